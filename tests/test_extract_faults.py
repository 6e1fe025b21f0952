"""What interrupts an extraction: a person who stops it, and memory that does not suffice."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from embedlib.errors import Cancelled, ModelError
from embedlib.extract import extract
from embedlib.models.encoder import Encoder
from embedlib.records import Progress, TokenSettings
from tests import tiny

TEXTS = [" ".join(tiny.WORDS[: 1 + n % 9]) + f" {n}" for n in range(40)]
ALL = tuple(range(tiny.N_LAYERS + 1))


@pytest.fixture(scope="module")
def bert() -> Encoder:
    encoder = tiny.encoder("bert")
    extract(encoder, ["a cat"], layers=ALL, poolings=("mean",))  # a first use may try the model
    return encoder


@pytest.fixture
def failing(bert):
    """A function that makes the model raise `error` for batches that `fails` says True of."""
    handles = []

    def install(error: Exception, fails: Callable[[int], bool]) -> None:
        def hook(_module, _args, named):
            if fails(len(named["input_ids"])):
                raise error

        handles.append(bert.model.register_forward_pre_hook(hook, with_kwargs=True))

    yield install
    for handle in handles:
        handle.remove()


def vectors(encoder: Encoder, **options) -> np.ndarray:
    return extract(encoder, TEXTS, layers=ALL, poolings=("mean",), **options).arrays["mean"]


def test_a_run_that_is_cancelled_before_it_begins_reads_nothing(bert, failing):
    failing(AssertionError("the model ran"), lambda _: True)
    with pytest.raises(Cancelled, match="Stopped as you asked"):
        vectors(bert, cancelled=lambda: True)


def test_a_run_stops_after_the_batch_in_which_it_was_cancelled(bert, monkeypatch):
    monkeypatch.setattr("embedlib.extract.passes.token_budget", lambda *_: 32)
    seen: list[Progress] = []
    with pytest.raises(Cancelled, match="Stopped as you asked"):
        vectors(bert, progress=seen.append, cancelled=lambda: len(seen) == 1)
    assert len(seen) == 1 and seen[0].done < len(TEXTS)


@pytest.mark.parametrize("settings", [TokenSettings(), TokenSettings(max_tokens=6, windows=True)])
def test_progress_rises_to_all_texts_duplicates_included(bert, settings, monkeypatch):
    monkeypatch.setattr("embedlib.extract.passes.token_budget", lambda *_: 32)
    seen: list[Progress] = []
    texts = TEXTS + TEXTS[:7]
    extract(bert, texts, layers=(1,), poolings=("mean",), settings=settings, progress=seen.append)
    done = [step.done for step in seen]
    assert len(done) > 5 and done == sorted(done) and done[-1] == len(texts)
    assert {(step.total, step.unit, step.note) for step in seen} == {(len(texts), "texts", "")}
    seconds = [step.seconds for step in seen]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        MemoryError(),
    ],
)
@pytest.mark.parametrize("settings", [TokenSettings(), TokenSettings(max_tokens=6, windows=True)])
def test_batches_are_halved_until_they_fit_and_the_result_is_the_same(
    bert, failing, error, settings
):
    expected = vectors(bert, settings=settings)
    seen: list[Progress] = []
    failing(error, lambda n_rows: n_rows > 2)
    found = vectors(bert, settings=settings, progress=seen.append)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert seen[-1].note == "Memory was short: batches were halved."
    assert seen[-1].done == len(TEXTS)


def test_memory_that_runs_short_midway_costs_no_text(bert, failing, monkeypatch):
    monkeypatch.setattr("embedlib.extract.passes.token_budget", lambda *_: 64)
    expected = vectors(bert)
    seen: list[Progress] = []
    failing(torch.OutOfMemoryError("out of memory"), lambda n: n > 2 and len(seen) > 2)
    found = vectors(bert, progress=seen.append)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    assert not seen[0].note and "halved" in seen[-1].note


def test_a_text_that_never_fits_is_refused_with_what_to_do(bert, failing):
    failing(torch.OutOfMemoryError("out of memory"), lambda _: True)
    with pytest.raises(
        ModelError, match=r"A text of \d+ tokens must fit in the device's memory.*max_tokens lower"
    ):
        vectors(bert)


def test_any_other_error_of_the_model_passes_through(bert, failing):
    calls: list[int] = []
    failing(RuntimeError("shapes do not fit"), lambda n: not calls.append(n))
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        vectors(bert)
    assert len(calls) == 1
