"""Laws that hold for every row of POOLINGS, and the formula of each against plain numpy."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.errors import OptionError, UnknownNameError
from embedlib.pooling import POOLINGS, pooled_tokens, token_weights

ROWS = pytest.mark.parametrize("name", tuple(POOLINGS))

REFERENCES = {
    "mean": lambda kept: kept.mean(0),
    "cls": lambda kept: kept[0],
    "max": lambda kept: kept.max(0),
    "mean_sqrt_len": lambda kept: kept.sum(0) / np.sqrt(len(kept)),
    "last": lambda kept: kept[-1],
    "weighted_mean": lambda kept: np.average(kept, axis=0, weights=np.arange(1, len(kept) + 1)),
    "chosen": lambda kept: kept.mean(0),
}


def batch(lengths: list[int], *, left: bool = False, seed: int = 0):
    """Random hidden vectors and masks for texts of these lengths, padded to the longest + 2."""
    generator = torch.Generator().manual_seed(seed)
    width = max(lengths) + 2
    hidden = torch.randn(len(lengths), width, 5, generator=generator)
    mask = torch.zeros(len(lengths), width, dtype=torch.bool)
    for row, length in enumerate(lengths):
        mask[row, width - length :] = left
        mask[row, :length] |= not left
        mask[row, length:] &= left or length == width
    return hidden, mask


def only_true(hidden: torch.Tensor, mask: torch.Tensor, row: int) -> np.ndarray:
    return hidden[row][mask[row]].double().numpy()


def test_every_pooling_has_a_reference_and_the_rows_stand_in_the_agreed_order():
    assert tuple(REFERENCES) == tuple(POOLINGS)
    assert [row.name for row in POOLINGS.values() if row.needs_choice] == ["chosen"]


@ROWS
@settings(deadline=None, max_examples=60)
@given(masks=st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=4))
def test_any_mask_gives_the_formula_over_its_true_tokens(name, masks):
    mask = torch.tensor(masks)
    hidden = torch.randn(*mask.shape, 3, generator=torch.Generator().manual_seed(1))
    pooled = POOLINGS[name].function(hidden, mask).numpy()
    for row in range(len(masks)):
        kept = only_true(hidden, mask, row)
        expected = REFERENCES[name](kept) if len(kept) else np.full(3, np.nan)
        np.testing.assert_allclose(pooled[row], expected, atol=1e-6, rtol=1e-6)


@ROWS
@pytest.mark.parametrize("junk", [float("nan"), float("inf"), -1e9])
def test_padding_is_never_read(name, junk):
    hidden, mask = batch([3, 1, 5])
    expected = POOLINGS[name].function(hidden, mask)
    spoilt = hidden.masked_fill(~mask[..., None], junk)
    assert torch.equal(POOLINGS[name].function(spoilt, mask), expected)


@ROWS
def test_the_side_of_the_padding_is_irrelevant(name):
    hidden, mask = batch([3, 1, 5])
    left_hidden, left_mask = hidden.clone(), mask.clone()
    for row in range(len(mask)):
        n_padding = int((~mask[row]).sum())
        left_hidden[row] = hidden[row].roll(n_padding, 0)
        left_mask[row] = mask[row].roll(n_padding, 0)
    right = POOLINGS[name].function(hidden, mask)
    left = POOLINGS[name].function(left_hidden, left_mask)
    torch.testing.assert_close(left, right, atol=1e-6, rtol=1e-6)


@ROWS
def test_inputs_are_untouched(name):
    hidden, mask = batch([3, 1, 5])
    hidden_before, mask_before = hidden.clone(), mask.clone()
    POOLINGS[name].function(hidden, mask)
    assert torch.equal(hidden, hidden_before)
    assert torch.equal(mask, mask_before)


@ROWS
def test_neighbours_in_the_batch_are_irrelevant(name):
    hidden, mask = batch([3, 1, 5])
    together = POOLINGS[name].function(hidden, mask)
    for row in range(len(mask)):
        alone = POOLINGS[name].function(
            hidden[row : row + 1, mask[row]], mask[row : row + 1, mask[row]]
        )
        torch.testing.assert_close(together[row], alone[0], atol=1e-6, rtol=1e-6)


@ROWS
def test_a_single_token_is_its_own_vector(name):
    hidden, mask = batch([1, 1])
    torch.testing.assert_close(POOLINGS[name].function(hidden, mask), hidden[mask])


@ROWS
def test_half_precision_is_pooled_in_float32(name):
    hidden, mask = batch([300])
    half = hidden.bfloat16()
    pooled = POOLINGS[name].function(half, mask)
    assert pooled.dtype == torch.float32
    torch.testing.assert_close(pooled, POOLINGS[name].function(half.float(), mask))


@ROWS
def test_a_text_without_pooled_tokens_is_nan_and_harms_no_other(name):
    hidden, mask = batch([3, 2])
    expected = POOLINGS[name].function(hidden, mask)[1]
    mask[0] = False
    pooled = POOLINGS[name].function(hidden, mask)
    assert pooled[0].isnan().all()
    assert torch.equal(pooled[1], expected)


def test_help_is_one_sentence_and_labels_differ():
    for row in POOLINGS.values():
        assert row.help.endswith(".") and row.help.count(". ") == 0, row.name
    assert len({row.label for row in POOLINGS.values()}) == len(POOLINGS)


def test_an_unknown_pooling_names_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"must be one of mean, cls, .* got 'men'\. Did you"):
        POOLINGS["men"]


@pytest.mark.parametrize("module", ["embedlib.pooling", "embedlib.layers"])
def test_choosers_read_the_tables_without_importing_torch(module):
    code = f"import {module}, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("n", [1, 2, 7])
@pytest.mark.parametrize("name", [name for name, row in POOLINGS.items() if row.weights])
def test_weights_say_what_a_linear_pooling_does(name: str, n: int) -> None:
    hidden = torch.randn(1, n, 5)
    weights = torch.tensor(POOLINGS[name].weights(n))
    expected = POOLINGS[name].function(hidden, torch.ones(1, n, dtype=torch.bool))
    torch.testing.assert_close(weights @ hidden[0], expected[0])


def test_only_the_maximum_is_not_linear() -> None:
    assert [name for name, row in POOLINGS.items() if row.weights is None] == ["max"]


@pytest.mark.parametrize("pool_special", [True, False])
@pytest.mark.parametrize("name", [name for name in POOLINGS if POOLINGS[name].weights])
def test_the_weights_of_tokens_make_the_pooled_vector(name, pool_special):
    hidden = torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    special = [True, False, False, False, True, True]
    weights = token_weights(special, name, pool_special=pool_special)
    mask = torch.tensor(pooled_tokens(special, pool_special=pool_special))
    pooled = POOLINGS[name].function(hidden[None], mask[None])[0]
    np.testing.assert_allclose(weights @ hidden.numpy(), pooled, atol=1e-6)


def test_special_tokens_are_pooled_where_there_is_nothing_else():
    assert pooled_tokens([True, True], pool_special=False).all()


def test_the_maximum_has_no_weights():
    with pytest.raises(OptionError, match="a sum over tokens, got 'max'"):
        token_weights([False], "max")
