"""Bytes for the browser: tiles of every head, one head at full resolution."""

import numpy as np
import pytest

from embedlib.attention import KINDS, REDUCTIONS, attention, head_bytes, tiles
from embedlib.errors import OptionError, UnknownNameError
from tests.attention import made, others

TEXT = "the river bank flows to the sea and was not slow"


@pytest.fixture(scope="module")
def maps():
    return attention(others.lively("bert"), TEXT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_text_keeps_every_token(maps, kind):
    found = tiles(maps, kind, size_px=64)
    assert found.values.shape == maps.weights.shape
    assert (found.values.dtype, found.reduction, found.reduced) == (np.uint8, "none", False)
    for layer in range(maps.n_layers):
        back = found.values[layer] / 255 * found.scale[layer]
        exact = KINDS[kind].function(maps, layer)
        assert np.abs(back - exact).max() <= found.scale[layer] / 255 / 2 + 1e-6
    assert (found.scale == 1).all() == (kind == "weight")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cells_are_the_maximum_or_the_mean_of_their_tokens(maps, kind, reduction):
    found = tiles(maps, kind, size_px=5, reduction=reduction)
    assert found.values.shape[2:] == (5, 5)
    assert (found.edges[0], found.edges[-1]) == (0, maps.n_tokens)
    assert found.reduced
    exact = KINDS[kind].function(maps, 1)
    for row in range(5):
        for column in range(5):
            block = exact[
                :,
                found.edges[row] : found.edges[row + 1],
                found.edges[column] : found.edges[column + 1],
            ]
            value = block.max((1, 2)) if reduction == "max" else block.mean((1, 2))
            steps = np.rint(value / found.scale[1] * 255)
            assert np.abs(found.values[1, :, row, column] - steps).max() <= 1


def test_twelve_by_twelve_heads_at_512_tokens_are_less_than_a_megabyte():
    weights = np.broadcast_to(made.uniform(512), (1, 12, 512, 512))
    found = tiles(made.maps(weights.copy()))
    assert 12 * found.values.nbytes == 12 * 12 * 64 * 64 < 10**6


@pytest.mark.parametrize(
    ("format", "dtype", "error"), [("uint8", "u1", 0.002), ("float16", "<f2", 0.001)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_one_head_comes_back_from_its_bytes(maps, kind, format, dtype, error):
    found = head_bytes(maps, -1, 1, kind, format)
    read = np.frombuffer(found.content, dtype=dtype).astype(np.float64)
    back = read / (255 if format == "uint8" else 1) * found.scale
    exact = KINDS[kind].function(maps, maps.n_layers - 1)[1]
    assert found.n_tokens == maps.n_tokens
    assert np.abs(back.reshape(exact.shape) - exact).max() <= error * found.scale


def test_heads_of_a_layer_share_their_scale(maps):
    scales = {head_bytes(maps, 0, head, "contribution").scale for head in range(maps.n_heads)}
    assert scales == {float(tiles(maps, "contribution").scale[0])}


def test_nothing_at_all_is_black_and_not_broken():
    silent = made.maps(made.uniform(3), grams=np.zeros((1, 3, 1, 1), dtype=np.float32))
    assert (tiles(silent, "contribution").values == 0).all()
    assert set(head_bytes(silent, 0, 0, "contribution").content) == {0}


def test_wrong_arguments_are_refused_in_words(maps):
    with pytest.raises(OptionError, match="size_px must be a positive whole number, got 0"):
        tiles(maps, size_px=0)
    with pytest.raises(UnknownNameError, match="reduction must be one of max, mean, got 'min'"):
        tiles(maps, reduction="min")
    with pytest.raises(UnknownNameError, match="number format must be one of uint8, float16"):
        head_bytes(maps, 0, 0, format="float32")
    with pytest.raises(OptionError, match="The head must be a whole number from 0 to 1, got 2"):
        head_bytes(maps, 0, 2)
