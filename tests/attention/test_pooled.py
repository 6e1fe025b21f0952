"""Pooled hidden states are the vectors that extraction gives."""

import numpy as np
import pytest

from embedlib.attention import attention
from embedlib.attention.pooled import pooled_vectors
from embedlib.errors import OptionError
from embedlib.extract import extract
from embedlib.pooling import POOLINGS
from embedlib.records import TokenSettings
from tests.attention import others

TEXT = "the river bank flows"


@pytest.mark.parametrize("pooling", [name for name in POOLINGS if name != "chosen"])
@pytest.mark.parametrize("pool_special", [True, False])
def test_the_vectors_are_those_of_extraction(pooling, pool_special):
    encoder = others.lively("bert")
    maps = attention(encoder, TEXT)
    found = pooled_vectors(maps.hidden, maps.special, pooling, pool_special=pool_special)
    made = extract(
        encoder,
        [TEXT],
        layers=(0, 1, 2, 3),
        poolings=(pooling,),
        settings=TokenSettings(pool_special=pool_special),
    )
    assert np.allclose(found, made.arrays[pooling][:, 0], atol=1e-5)


def test_a_choice_of_tokens_is_refused():
    with pytest.raises(OptionError, match="no choice of tokens, got 'chosen'"):
        pooled_vectors(np.zeros((2, 3, 4)), np.zeros(3, dtype=bool), "chosen")
