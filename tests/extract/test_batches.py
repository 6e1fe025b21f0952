"""Batches: every window once, within the budget, of equal length wherever that pays."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.extract import batches
from embedlib.extract.batches import _cheapest, padded, plan, token_budget
from embedlib.records import TokenSettings
from embedlib.tokens import tokenise
from tests import tiny

LENGTHS = st.lists(st.integers(1, 80), min_size=1, max_size=300).map(np.array)


@settings(deadline=None)
@given(lengths=LENGTHS, budget=st.integers(1, 600))
def test_every_window_is_in_one_batch_within_the_budget(lengths, budget):
    planned = plan(lengths, np.arange(len(lengths)), budget)
    assert sorted(np.concatenate(planned).tolist()) == list(range(len(lengths)))
    for batch in planned:
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= budget


def cost_of(lengths, batches, budget):
    padded_tokens = sum(len(batch) * lengths[batch].max() for batch in batches)
    return padded_tokens + len(batches) * max(1, budget // 20)


@settings(deadline=None)
@given(lengths=LENGTHS, budget=st.integers(80, 600))
def test_full_batches_are_of_one_length(lengths, budget):
    planned = plan(lengths, np.arange(len(lengths)), budget)
    for length in set(lengths.tolist()):
        n_rows = budget // length
        full = sum(len(batch) == n_rows and (lengths[batch] == length).all() for batch in planned)
        assert full >= (lengths == length).sum() // n_rows


@settings(deadline=None)
@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=9).map(np.array))
def test_what_is_left_over_is_divided_at_the_least_cost(lengths):
    """Against every way to cut the sorted windows into runs."""
    ordered, budget = np.argsort(lengths, kind="stable"), 60
    best = np.inf
    for cuts in range(2 ** (len(lengths) - 1)):
        places = [place for place in range(1, len(lengths)) if cuts >> (place - 1) & 1]
        batches = np.split(ordered, places)
        if all(len(batch) * lengths[batch].max() <= budget for batch in batches):
            best = min(best, cost_of(lengths, batches, budget))
    assert cost_of(lengths, _cheapest(lengths, ordered, budget), budget) == best


def test_only_the_windows_asked_for_are_planned():
    lengths = np.array([5, 9, 5, 7, 5])
    assert sorted(np.concatenate(plan(lengths, np.array([4, 1]), 20)).tolist()) == [1, 4]


def test_the_order_is_mixed_so_that_progress_is_honest():
    lengths = np.repeat(np.arange(10, 60), 200)
    first_half = plan(lengths, np.arange(len(lengths)), 1000)
    sizes = [lengths[batch].mean() for batch in first_half]
    half = len(sizes) // 2
    assert abs(np.mean(sizes[:half]) - np.mean(sizes[half:])) < 5


def test_a_batch_is_padded_on_the_right_and_flags_of_padding_are_false():
    tokens = tokenise(tiny.encoder("bert"), ["the", "the river bank"], TokenSettings())
    batch = padded(tokens, np.array([1, 0]), 0)
    assert batch.ids.tolist() == [[2, 5, 7, 9, 3], [2, 5, 3, 0, 0]]
    assert batch.real.tolist() == [[True] * 5, [True] * 3 + [False] * 2]
    assert batch.of(np.ones(8, dtype=bool)).tolist() == batch.real.tolist()
    assert batch.of(tokens.special)[1].tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(("device", "expected"), [("cpu", 1_024), ("mps", 4_096)])
def test_the_budget_is_fixed_where_free_memory_is_not_known(device, expected):
    encoder = SimpleNamespace(device=torch.device(device))
    assert token_budget(encoder) == expected


@pytest.mark.parametrize(
    ("free_bytes", "expected"),
    [(0, 1_024), (2 * 4 * 16 * 24 * 5_000, 5_000), (10**12, batches._GPU_TOKENS[1])],
)
def test_the_budget_of_a_gpu_follows_its_free_memory(monkeypatch, free_bytes, expected):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free_bytes, 10**12))
    card = tiny.encoder("bert").card
    encoder = SimpleNamespace(device=torch.device("cuda"), card=card)
    assert token_budget(encoder) == expected
