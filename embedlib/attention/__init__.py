"""attention: what every head of a model does with a text; one module a question.

>>> from embedlib import attention, load  # doctest: +SKIP
>>> maps = attention.attention(load(), "a river bank")  # doctest: +SKIP

`maps.weights` is (layer, head, query, key). Blocks and heads count from 0. No torch is imported
until a model is read: figures use the records and the views alone.
"""

from embedlib.attention.ablation import Ablation, ablate, all_heads, head_effects
from embedlib.attention.chance import random_twin
from embedlib.attention.comparison import Comparison, VectorChange, compare, vector_change
from embedlib.attention.contributions import (
    Received,
    contribution_vectors,
    layer_contributions,
    measured_residual,
    mixing_share,
    output_bias,
    received,
)
from embedlib.attention.filters import SPECIALS, UNITS, Filters, Shown, shown
from embedlib.attention.following import Followed, follow
from embedlib.attention.graph import flow, mixed, mixed_as_measured, rollout
from embedlib.attention.heads import Neurons, neurons
from embedlib.attention.inputs import token_bound, window_spans
from embedlib.attention.maps import KINDS, AttentionMaps, Kind, shares
from embedlib.attention.measures import (
    ATTENTION_MEASURES,
    AttentionMeasure,
    measure,
)
from embedlib.attention.merging import Words, by_word, merged
from embedlib.attention.passport import HEAD_NUMBERS, HeadNumber, Passports, passports
from embedlib.attention.patterns import punctuation_tokens
from embedlib.attention.pictures import FORMATS, REDUCTIONS, HeadBytes, Tiles, head_bytes, tiles
from embedlib.attention.predictions import Prediction, predict, with_mask
from embedlib.attention.reading import attention
from embedlib.attention.residuals import (
    Dependence,
    dependence,
    drawn,
    elsewhere,
    token_shares,
)
from embedlib.attention.roles import ROLES, HeadRoles, Role, head_roles
from embedlib.attention.twin import eager_twin
from embedlib.attention.views import (
    SEGMENT_FILTERS,
    SegmentFilter,
    averaged,
    between,
    cropped,
    from_token,
    head_mean,
    strongest,
    to_token,
    without,
)

__all__ = [
    "ATTENTION_MEASURES",
    "FORMATS",
    "HEAD_NUMBERS",
    "KINDS",
    "REDUCTIONS",
    "ROLES",
    "SEGMENT_FILTERS",
    "SPECIALS",
    "UNITS",
    "Ablation",
    "AttentionMaps",
    "AttentionMeasure",
    "Comparison",
    "Dependence",
    "Filters",
    "Followed",
    "HeadBytes",
    "HeadNumber",
    "HeadRoles",
    "Kind",
    "Neurons",
    "Passports",
    "Prediction",
    "Received",
    "Role",
    "SegmentFilter",
    "Shown",
    "Tiles",
    "VectorChange",
    "Words",
    "ablate",
    "all_heads",
    "attention",
    "averaged",
    "between",
    "by_word",
    "compare",
    "contribution_vectors",
    "cropped",
    "dependence",
    "drawn",
    "eager_twin",
    "elsewhere",
    "flow",
    "follow",
    "from_token",
    "head_bytes",
    "head_effects",
    "head_mean",
    "head_roles",
    "layer_contributions",
    "measure",
    "measured_residual",
    "merged",
    "mixed",
    "mixed_as_measured",
    "mixing_share",
    "neurons",
    "output_bias",
    "passports",
    "predict",
    "punctuation_tokens",
    "random_twin",
    "received",
    "rollout",
    "shares",
    "shown",
    "strongest",
    "tiles",
    "to_token",
    "token_bound",
    "token_shares",
    "vector_change",
    "window_spans",
    "with_mask",
    "without",
]
