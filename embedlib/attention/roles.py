"""head_roles: what each head does, measured on a person's own texts, with how sure that is.

A new role is a name in `_FOCUSED`: that of the attention measure that scores it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np

from embedlib.attention.doors import Doubles, check_seed
from embedlib.attention.maps import KINDS, AttentionMaps, shares
from embedlib.attention.measures import ATTENTION_MEASURES
from embedlib.attention.reading import attention
from embedlib.attention.resampling import draws, known_mean, resampled
from embedlib.errors import Cancelled
from embedlib.limits import LIMITS
from embedlib.models.encoder import Encoder
from embedlib.records import Bools, EncoderCard, Floats, Longs, Progress
from embedlib.table import Table
from embedlib.texts import checked_texts

MIXED: Final = "mixed"
# A head has a focused role when it goes this far from uniform (0) to nothing else (1).
_LEAST_FOCUS: Final = 0.3
_LEAST_BROAD: Final = 0.8


@dataclass(frozen=True)
class Role:
    """One thing that a head can be for.

    Args:
        name: The row's name: "previous".
        label: For choosers: "Previous token".
        measure: The row of `ATTENTION_MEASURES` that scores it.
    """

    name: str
    label: str
    measure: str


_FOCUSED: Final = ("previous", "next", "self", "same_token", "same_word", "first")
_RESTING: Final = ("separator", "punctuation")
_ROWS = (
    *(Role(name, ATTENTION_MEASURES[name].label, name) for name in (*_FOCUSED, *_RESTING)),
    Role("broad", "Broad", "entropy_share"),
)
ROLES: Final[Table[Role]] = Table("role", {row.name: row for row in _ROWS})


@dataclass(frozen=True, eq=False)
class HeadRoles:
    """The passport of every head.

    Args:
        encoder: The model.
        n_texts: Texts that it was measured on.
        kind: "weight" or "contribution".
        roles: (layer, head) names of `ROLES`, or "mixed" for a head with no clear one.
        score: (layer, head) float32, mean over texts of the measure of the role; of the nearest
            role for a mixed head.
        low: (layer, head) float32, lower end of the score's 95 % bootstrap interval over texts.
        high: (layer, head) float32, its upper end.
        stability: (layer, head) float32, share of bootstrap samples in which the role is the
            same.
        strongest: (layer, head) the text in which the score is highest.
        measures: (layer, head) float32 means over texts for each of `ATTENTION_MEASURES`; NaN
            where no text had anything to measure.
        lifts: (role, layer, head) float32, how far from uniform attention (0) to nothing else
            (1) each role goes; NaN where no text could show it.
    """

    encoder: EncoderCard
    n_texts: int
    kind: str
    roles: tuple[tuple[str, ...], ...]
    score: Floats
    low: Floats
    high: Floats
    stability: Floats
    strongest: Longs
    measures: dict[str, Floats]
    lifts: Floats

    def above(self, chance: "HeadRoles") -> Bools:
        """(layer, head) True where a head's role stands out from random weights.

        Its interval must lie above the best score of that role in any head of `chance`, which
        should come from `random_twin` and the same texts. Mixed heads are never above.
        """
        bound = np.array([[chance.best(role) for role in layer] for layer in self.roles])
        return np.asarray(self.low > bound)

    def best(self, role: str) -> float:
        """The best score of a role in any head: -1 where no text shows it, infinite for none."""
        if role not in ROLES:
            return np.inf
        return float(np.nan_to_num(self.measures[ROLES[role].measure], nan=-1.0).max())


def head_roles(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    kind: str = "weight",
    seed: int = 0,
    max_tokens: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> HeadRoles:
    """What every head does on these texts.

    A head's role is the one in which it goes farthest from what uniform attention would score on
    the same text, if at least three tenths of the way to all attention; else "broad" if its
    entropy is at least 0.8 of the most it could be; else "mixed".

    Args:
        encoder: The model.
        texts: 1 to LIMITS["passport_texts"] texts; 20 or more for an interval that means much.
        kind: A row of `embedlib.attention.maps.KINDS`.
        seed: Of the bootstrap.
        max_tokens: As for `attention`.
        progress: Called after each text.
        cancelled: Asked before each text.

    Raises:
        Cancelled: If `cancelled` says so.
        TextError: If a text is blank or there is none.
        LimitError: If there are too many texts, or one is too long.
        UnsupportedModelError, OptionError, UnknownNameError: As `attention` does.

    Source: the roles are those of Clark et al. 2019, section 3, and Voita et al. 2019, section 5;
    the bootstrap is Efron 1979 (percentile interval).
    """
    KINDS[kind]
    generator = np.random.default_rng(check_seed(seed))
    texts = checked_texts(texts)
    LIMITS["passport_texts"].check(len(texts), "The number of texts")
    measured, uniform = [], []
    began = perf_counter()
    for done, text in enumerate(texts, start=1):
        if cancelled is not None and cancelled():
            raise Cancelled
        maps = attention(encoder, text, max_tokens=max_tokens)
        measured.append(_measured(maps, kind))
        uniform.append(_uniform(maps))
        if progress is not None:
            progress(Progress(done, len(texts), "texts", perf_counter() - began))
    return _passport(encoder.card, kind, np.stack(measured), np.stack(uniform), generator)


def _measured(maps: AttentionMaps, kind: str) -> Doubles:
    """(measure, layer, head) of one text."""
    found = np.empty((len(ATTENTION_MEASURES), maps.n_layers, maps.n_heads))
    for layer in range(maps.n_layers):
        rows = shares(maps, layer, kind).astype(np.float64)
        for number, row in enumerate(ATTENTION_MEASURES.values()):
            found[number, layer] = row.function(rows, maps)
    return found


def _uniform(maps: AttentionMaps) -> Doubles:
    """(measure,) what a head that averages all it can see would score on this text."""
    rows = np.ones((1, maps.n_tokens, maps.n_tokens))
    if maps.causal:
        rows = np.tril(rows)
    rows /= rows.sum(axis=-1, keepdims=True)
    return np.array([float(row.function(rows, maps)[0]) for row in ATTENTION_MEASURES.values()])


def _passport(
    card: EncoderCard,
    kind: str,
    measured: Doubles,  # (text, measure, layer, head)
    uniform: Doubles,  # (text, measure)
    generator: np.random.Generator,
) -> HeadRoles:
    names = list(ATTENTION_MEASURES)
    columns = [names.index(row.measure) for row in ROLES.values()]
    scores = measured[:, columns]  # (text, role, layer, head)
    chance = np.broadcast_to(uniform[:, columns, None, None], scores.shape)
    means, lifts = known_mean(scores), _lifts(known_mean(scores), known_mean(chance))
    best = _best(means, lifts)
    nearest = np.where(best < 0, _nearest(lifts), best)[None]  # a mixed head's score is of this
    own = np.take_along_axis(scores, nearest[None], axis=1)[:, 0]  # (text, layer, head)
    low, high, stability = _bootstrap(scores, chance, best, nearest, generator)
    labels = [*ROLES, MIXED]
    measures = {name: known_mean(measured[:, number]) for number, name in enumerate(names)}
    return HeadRoles(
        encoder=card,
        n_texts=len(measured),
        kind=kind,
        roles=tuple(tuple(labels[number] for number in layer) for layer in best.tolist()),
        score=np.take_along_axis(means, nearest, axis=0)[0].astype(np.float32),
        low=low.astype(np.float32),
        high=high.astype(np.float32),
        stability=stability.astype(np.float32),
        strongest=np.nan_to_num(own, nan=-np.inf).argmax(axis=0).astype(np.int64),
        measures={name: mean.astype(np.float32) for name, mean in measures.items()},
        lifts=lifts.astype(np.float32),
    )


def _lifts(means: Doubles, chance: Doubles) -> Doubles:
    room = 1.0 - chance
    return np.where(room > 1e-9, (means - chance) / np.where(room > 1e-9, room, 1.0), np.nan)


def _nearest(lifts: Doubles) -> Longs:
    """(layer, head) the focused role that goes farthest."""
    return np.asarray(np.nan_to_num(lifts[:-1], nan=-np.inf).argmax(axis=0))


def _best(means: Doubles, lifts: Doubles) -> Longs:
    """(..., layer, head) number of the role, -1 for mixed, from (..., role, layer, head)."""
    focused = np.nan_to_num(lifts[..., :-1, :, :], nan=-np.inf)
    chosen = focused.argmax(axis=-3)
    clear = focused.max(axis=-3) >= _LEAST_FOCUS
    otherwise = np.where(means[..., -1, :, :] >= _LEAST_BROAD, means.shape[-3] - 1, -1)
    return np.asarray(np.where(clear, chosen, otherwise))


def _bootstrap(
    scores: Doubles,
    chance: Doubles,
    best: Longs,
    nearest: Longs,
    generator: np.random.Generator,
) -> tuple[Doubles, Doubles, Doubles]:
    """(layer, head) ends of the score's interval, and how often the role stays the same."""
    drawn = draws(len(scores), generator)
    means = resampled(scores, drawn)
    lifts = _lifts(means, resampled(np.broadcast_to(chance, scores.shape), drawn))
    same = (_best(means, lifts) == best).mean(axis=0)
    own = np.take_along_axis(means, nearest[None], axis=1)[:, 0]
    low, high = np.percentile(own, (2.5, 97.5), axis=0)
    return low, high, same
