"""The finding in a sentence: who receives attention, by weight and by contribution."""

import numpy as np
import pytest

from embedlib.attention import attention, received
from embedlib.attention.findings import received_sentence, resting_places
from embedlib.attention.samples import ATTENTION_SAMPLES
from embedlib.models import load
from tests.attention import made
from tests.attention.test_filters import pair


def test_attention_rests_on_special_tokens_or_else_on_the_first() -> None:
    assert resting_places(pair()).tolist() == [True, False, False, True, False, True]
    assert resting_places(made.maps(made.uniform(3))).tolist() == [True, False, False]


def test_the_sentence_names_the_tokens_and_both_shares() -> None:
    maps = made.maps(made.uniform(4, causal=True))
    sentence = received_sentence(maps, received(maps, resting_places(maps)))
    share = (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4  # of a causal head that averages all it sees
    assert sentence == (
        f"The first token (1 of 4 tokens) receives {share * 100:.1f} % of the weight "
        f"and {share * 100:.1f} % of the contribution."
    )


def test_each_special_piece_is_named_once() -> None:
    maps = pair()
    sentence = received_sentence(maps, received(maps, resting_places(maps)))
    assert sentence.startswith("[CLS] and [SEP] (3 of 6 tokens) receive ")


def test_it_can_speak_of_some_heads() -> None:
    maps = pair()
    found = received(maps, resting_places(maps))
    share = found.weight[[0, 1], [2, 0]].mean()
    assert f"{share * 100:.1f} % of the weight" in received_sentence(maps, found, [(0, 2), (1, 0)])


@pytest.mark.parametrize("name", list(ATTENTION_SAMPLES))
def test_in_every_sample_special_tokens_receive_far_more_weight_than_contribution(
    name: str,
) -> None:
    row = ATTENTION_SAMPLES[name]
    maps = attention(load(), row.text, row.pair)
    found = received(maps, resting_places(maps))
    assert float(np.mean(found.weight)) > 2 * float(np.mean(found.contribution))
    assert maps.n_lost == 0
