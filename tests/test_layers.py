"""Layers as people write them, mixes of layers, and reading one setting out of Vectors."""

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.layers import LAYER_MIXES, at_layer, layer_number, parse_layers, select
from embedlib.records import EncoderCard, Ledger, TokenSettings, Vectors

MIXES = pytest.mark.parametrize("name", tuple(LAYER_MIXES))


def card(n_layers: int) -> EncoderCard:
    return EncoderCard(
        name="tiny",
        source="folder",
        revision="",
        weights_sha256="0" * 64,
        model_type="bert",
        n_layers=n_layers,
        n_heads=2,
        dim=4,
        max_tokens=64,
        most_tokens=64,
        n_parameters=1,
        causal=False,
    )


def vectors_of(layers: tuple[int, ...], n_layers: int = 6, n_texts: int = 5) -> Vectors:
    """Random vectors of these layers; row `position` of the array is layer `layers[position]`."""
    generator = np.random.default_rng(3)
    array = generator.standard_normal((len(layers), n_texts, 4)).astype(np.float32)
    array.flags.writeable = False
    none = np.zeros(n_texts, dtype=np.int64)
    ledger = Ledger(none, none, none, 64)
    return Vectors({"mean": array}, layers, card(n_layers), TokenSettings(), ledger, "", 0.0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("all", (0, 1, 2, 3, 4, 5, 6)),
        ("6", (6,)),
        (" 3, 0,6, ", (0, 3, 6)),
        (2, (2,)),
        (-1, (6,)),
        (np.int64(4), (4,)),
        ((6, 0, 6, -1), (0, 6)),
        (["1", 2], (1, 2)),
        ("-2", (5,)),
        ("mean_last_4", (3, 4, 5, 6)),
        ("0,mean_last_4", (0, 3, 4, 5, 6)),
    ],
)
def test_layers_can_be_written_in_many_ways(written, expected):
    assert parse_layers(written, 6) == expected


@pytest.mark.parametrize(
    "written", ["7", "-8", "1.5", "six", "0;3", "²", "9" * 5000, 7, 1.0, True, None, [None], [[1]]]
)
def test_no_such_layer_is_refused_with_the_range(written):
    with pytest.raises(OptionError, match=r"whole number from 0 to 6, got .*also all"):
        parse_layers(written, 6)


@pytest.mark.parametrize("written", ["", " , ", (), []])
def test_no_layer_at_all_is_refused(written):
    with pytest.raises(OptionError, match=r"layers must name at least one layer, got .* Use all"):
        parse_layers(written, 6)


def test_a_negative_layer_counts_from_the_last():
    assert [layer_number(number, 6) for number in (-1, -7, 0)] == [6, 0, 0]


@MIXES
@pytest.mark.parametrize("n_layers", [1, 2, 3, 4, 6, 12])
def test_a_mix_needs_layers_that_the_model_has_and_never_the_embeddings(name, n_layers):
    needed = LAYER_MIXES[name].needs(n_layers)
    assert needed == tuple(sorted(set(needed)))
    assert needed[0] >= 1
    assert needed[-1] == n_layers


def test_the_mixes_give_their_formulas():
    vectors = vectors_of(tuple(range(7)))
    array = vectors.arrays["mean"]
    np.testing.assert_allclose(select(vectors, "mean", "mean_last_4"), array[3:].mean(0), rtol=1e-6)
    np.testing.assert_allclose(select(vectors, "mean", "mean_all"), array[1:].mean(0), rtol=1e-6)
    side_by_side = np.concatenate([array[3], array[4], array[5], array[6]], axis=1)
    np.testing.assert_array_equal(select(vectors, "mean", "concat_last_4"), side_by_side)


@MIXES
def test_a_model_with_few_layers_mixes_those_it_has(name):
    vectors = vectors_of((0, 1, 2), n_layers=2)
    mixed = select(vectors, "mean", name)
    assert mixed.shape == ((5, 8) if name == "concat_last_4" else (5, 4))


@MIXES
@pytest.mark.parametrize("normalise", [False, True])
def test_what_is_selected_is_float32_rows_in_text_order(name, normalise):
    selected = vectors_of(tuple(range(7))).select("mean", name, normalise=normalise)
    assert selected.dtype == np.float32
    assert len(selected) == 5


@pytest.mark.parametrize("layer", [2, *LAYER_MIXES])
def test_chosen_rows_are_those_of_the_whole(layer):
    vectors, rows = vectors_of(tuple(range(7))), np.array([4, 0, 3])
    whole = vectors.select("mean", layer, normalise=True)
    chosen = vectors.select("mean", layer, normalise=True, rows=rows)
    np.testing.assert_array_equal(chosen, whole[rows])


def test_a_layer_is_found_by_its_number_not_its_place():
    vectors = vectors_of((2, 5))
    np.testing.assert_array_equal(select(vectors, "mean", 5), vectors.arrays["mean"][1])
    np.testing.assert_array_equal(select(vectors, "mean", -2), vectors.arrays["mean"][1])
    np.testing.assert_array_equal(select(vectors, "mean", "2"), vectors.arrays["mean"][0])


def test_what_is_selected_is_the_callers_own():
    vectors = vectors_of((6,))
    select(vectors, "mean", 6)[:] = 0
    assert vectors.arrays["mean"].any()


def test_normalised_rows_have_length_one_and_zeros_stay_zero():
    array = np.float32([[[3, 4, 0, 0], [0, 0, 0, 0], [1e-30, 0, 0, 0], [1e30, 1e30, 0, 0]]])
    base = vectors_of((6,), n_texts=4)
    vectors = Vectors(
        {"mean": array}, (6,), base.encoder, base.settings, base.ledger, "", base.seconds
    )
    rows = select(vectors, "mean", 6, normalise=True)
    expected = [[0.6, 0.8, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0.5**0.5, 0.5**0.5, 0, 0]]
    np.testing.assert_allclose(rows, expected, rtol=1e-6)


def test_a_pooling_that_was_not_extracted_is_refused_with_those_there_are():
    with pytest.raises(OptionError, match=r"got 'max'\. There are: mean\."):
        select(vectors_of((6,)), "max", 6)


@pytest.mark.parametrize("layer", [4, "4", "mean_last_4", "mean_all"])
def test_a_layer_that_was_not_extracted_is_refused_with_those_there_are(layer):
    with pytest.raises(OptionError, match=r"was extracted, got \d\. There are: 0, 6\."):
        select(vectors_of((0, 6)), "mean", layer)


def test_an_unknown_mix_is_refused_with_the_mixes():
    with pytest.raises(OptionError, match=r"got 'mean_last_5'\. .*mean_last_4, concat_last_4"):
        select(vectors_of((0, 6)), "mean", "mean_last_5")


@pytest.mark.parametrize("layer", [0, -1, *LAYER_MIXES])
def test_a_layer_of_loose_vectors_is_that_of_extracted_ones(layer):
    hidden = np.random.default_rng(0).standard_normal((7, 3, 5)).astype(np.float32)
    found = at_layer(hidden, layer)
    if layer in LAYER_MIXES:
        mix = LAYER_MIXES[layer]
        assert np.array_equal(found, mix.function(hidden[list(mix.needs(6))]))
    else:
        assert np.array_equal(found, hidden[layer])


def test_a_layer_that_loose_vectors_lack_is_refused():
    with pytest.raises(OptionError, match="whole number from 0 to 6, got 7"):
        at_layer(np.zeros((7, 1, 2), dtype=np.float32), 7)
