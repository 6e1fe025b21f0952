"""Extraction: the numbers of a plain loop, whatever the batches, order, threads and memory."""

import dataclasses
import threading

import numpy as np
import pytest
import torch

import embedlib.extract.passes
from embedlib.errors import (
    Cancelled,
    LimitError,
    ModelError,
    OptionError,
    TextError,
    UnknownNameError,
)
from embedlib.extract import extract, token_vectors
from embedlib.models.encoder import Encoder
from embedlib.pooling import POOLINGS
from embedlib.records import Progress, TokenSettings
from tests import tiny

TEXTS = [
    "the river bank",
    "a savings bank of money!",
    "the cat runs to the sea and the dog runs to the river",
    "sea",
    "the river bank",
    "money flows slow, not fast",
    "is the dog fast?",
    "zebra 42",
] * 3
LAYERS = tuple(range(tiny.N_LAYERS + 1))
POOLED = tuple(name for name in POOLINGS if name != "chosen")
ARCHITECTURES = pytest.mark.parametrize("model_type", tiny.ARCHITECTURES)


@pytest.fixture
def bert() -> Encoder:
    return tiny.encoder("bert")


def budget_of(monkeypatch: pytest.MonkeyPatch, n_tokens: int) -> None:
    monkeypatch.setattr(embedlib.extract.passes, "token_budget", lambda encoder: n_tokens)


def plain_loop(encoder: Encoder, texts: list[str], layer: int, pooling: str) -> np.ndarray:
    """What a tutorial does: one text at a time, transformers' own hidden states, no padding."""
    rows = []
    for text in texts:
        ids = torch.tensor([encoder.tokenizer(text)["input_ids"]])
        with torch.inference_mode():
            hidden = encoder.model(input_ids=ids, output_hidden_states=True).hidden_states[layer]
        rows.append(POOLINGS[pooling].function(hidden, torch.ones_like(ids, dtype=bool))[0])
    return torch.stack(rows).numpy()


@ARCHITECTURES
@pytest.mark.parametrize("budget", [1, 40, 1_024])
def test_every_layer_and_pooling_equals_a_plain_loop(monkeypatch, model_type, budget):
    budget_of(monkeypatch, budget)
    encoder = tiny.encoder(model_type)
    vectors = extract(encoder, TEXTS[:8], layers=LAYERS, poolings=POOLED)
    for pooling in POOLED:
        for layer in LAYERS:
            expected = plain_loop(encoder, TEXTS[:8], layer, pooling)
            np.testing.assert_allclose(vectors.select(pooling, layer), expected, atol=1e-5)


@ARCHITECTURES
def test_order_duplicates_and_neighbours_are_irrelevant(monkeypatch, model_type):
    budget_of(monkeypatch, 64)
    encoder = tiny.encoder(model_type)
    once = extract(encoder, TEXTS, layers=LAYERS, poolings=POOLED)
    order = np.random.default_rng(5).permutation(len(TEXTS))
    shuffled = extract(encoder, [TEXTS[i] for i in order], layers=LAYERS, poolings=POOLED)
    alone = extract(encoder, [TEXTS[3]], layers=LAYERS, poolings=POOLED)
    for pooling in POOLED:
        array = once.arrays[pooling]
        np.testing.assert_allclose(shuffled.arrays[pooling], array[:, order], atol=1e-5)
        np.testing.assert_allclose(alone.arrays[pooling][:, 0], array[:, 3], atol=1e-5)
        np.testing.assert_array_equal(array[:, :8], array[:, 8:16])


def test_equal_texts_are_read_once(monkeypatch, bert):
    read: list[int] = []
    real = embedlib.extract.passes.forward
    monkeypatch.setattr(
        embedlib.extract.passes, "forward", lambda *args: (read.append(len(args[1])), real(*args))
    )
    extract(bert, TEXTS, layers=(3,), poolings=("mean",))
    assert sum(read) == len(set(TEXTS)) == 7


def test_all_layers_and_poolings_take_one_pass(monkeypatch, bert):
    real, passes = embedlib.extract.passes.forward, []

    def counted(*given):
        passes.append(len(given[1]))
        real(*given)

    monkeypatch.setattr(embedlib.extract.passes, "forward", counted)
    extract(bert, ["a cat", "a dog"], layers=LAYERS, poolings=POOLED)
    assert passes == [2]


def test_the_layers_asked_for_stand_in_their_order(bert):
    everything = extract(bert, TEXTS, layers=LAYERS, poolings=("max",))
    some = extract(bert, TEXTS, layers=(0, 2), poolings=("max",))
    assert some.layers == (0, 2)
    np.testing.assert_array_equal(some.arrays["max"], everything.arrays["max"][[0, 2]])


def test_what_comes_back_says_how_it_was_made(bert):
    vectors = extract(bert, TEXTS, layers=LAYERS, poolings=("mean",))
    assert vectors.encoder == bert.card and vectors.settings == TokenSettings()
    assert vectors.n_texts == len(TEXTS) and vectors.dim == tiny.DIM
    assert set(vectors.versions) == {"torch", "transformers", "tokenizers"}
    assert vectors.seconds > 0 and not vectors.from_store
    with pytest.raises(ValueError, match="read-only"):
        vectors.arrays["mean"][:] = 0


# Special tokens, windows and the ledger


def test_special_tokens_are_pooled_unless_told_otherwise(bert):
    hidden = token_vectors(bert, "the river bank").hidden
    own = extract(
        bert,
        ["the river bank"],
        layers=LAYERS,
        poolings=("mean", "cls", "last"),
        settings=TokenSettings(pool_special=False),
    )
    np.testing.assert_allclose(own.arrays["mean"][:, 0], hidden[:, 1:-1].mean(1), atol=1e-6)
    np.testing.assert_array_equal(own.arrays["cls"][:, 0], hidden[:, 1])
    np.testing.assert_array_equal(own.arrays["last"][:, 0], hidden[:, -2])


def test_a_text_of_only_special_tokens_has_these_pooled(bert):
    settings = TokenSettings(pool_special=False)
    vectors = extract(bert, ["\u200b", "sea"], layers=(3,), poolings=("mean",), settings=settings)
    expected = token_vectors(bert, "\u200b").hidden[3].mean(0)
    assert np.isfinite(vectors.arrays["mean"]).all()
    if vectors.ledger.n_all[0] == 0:
        np.testing.assert_allclose(vectors.arrays["mean"][0, 0], expected, atol=1e-6)


@pytest.mark.parametrize("pool_special", [True, False])
@pytest.mark.parametrize("pooling", POOLED)
def test_windows_are_averaged_by_their_pooled_tokens(monkeypatch, bert, pooling, pool_special):
    budget_of(monkeypatch, 30)
    long = "the river bank flows slow to the sea and the dog runs"
    settings = TokenSettings(max_tokens=7, windows=True, pool_special=pool_special)
    vectors = extract(bert, ["sea", long], layers=LAYERS, poolings=(pooling,), settings=settings)
    words = long.split()
    parts, weights = [], []
    for start in range(0, len(words), 5):
        part = " ".join(words[start : start + 5])
        one = extract(
            bert,
            [part],
            layers=LAYERS,
            poolings=(pooling,),
            settings=TokenSettings(pool_special=pool_special),
        )
        parts.append(one.arrays[pooling][:, 0])
        weights.append(len(part.split()) + 2 * pool_special)
    expected = np.average(parts, axis=0, weights=weights)
    np.testing.assert_allclose(vectors.arrays[pooling][:, 1], expected, atol=1e-5)
    assert vectors.ledger.n_windows.tolist() == [1, 3]


def test_windows_in_bounded_groups_give_the_same(monkeypatch, bert):
    texts = [" ".join(["the river bank flows"] * n) for n in range(1, 12)]
    options = {"layers": LAYERS, "poolings": ("mean", "max")}
    settings = TokenSettings(max_tokens=9, windows=True)
    expected = extract(bert, texts, settings=settings, **options)
    monkeypatch.setattr("embedlib.extract.gathering._OPEN_BYTES", 1)
    again = extract(bert, texts, settings=settings, **options)
    for pooling in ("mean", "max"):
        np.testing.assert_allclose(again.arrays[pooling], expected.arrays[pooling], atol=1e-6)


def test_what_is_cut_is_counted_for_every_text(bert):
    texts = ["sea", "the river bank flows", "sea", "the river bank flows"]
    vectors = extract(
        bert, texts, layers=(3,), poolings=("mean",), settings=TokenSettings(max_tokens=4)
    )
    assert vectors.ledger.n_all.tolist() == [1, 4, 1, 4]
    assert vectors.ledger.n_kept.tolist() == [1, 2, 1, 2]
    assert vectors.ledger.max_tokens == 4


# Chosen tokens


def test_chosen_tokens_are_pooled_and_a_text_without_is_nan(bert):
    texts = ["the river bank", "the river bank", "sea", "the river bank"]
    chosen = {0: [2], 1: [2, 3], 3: (2, 3, 2)}
    vectors = extract(bert, texts, layers=LAYERS, poolings=("chosen", "mean"), chosen=chosen)
    hidden = token_vectors(bert, "the river bank").hidden
    found = vectors.arrays["chosen"]
    np.testing.assert_allclose(found[:, 0], hidden[:, 2], atol=1e-6)
    np.testing.assert_allclose(found[:, 1], hidden[:, 2:4].mean(1), atol=1e-6)
    np.testing.assert_array_equal(found[:, 3], found[:, 1])
    assert np.isnan(found[:, 2]).all()
    usual = extract(bert, texts, layers=LAYERS, poolings=("mean",))
    np.testing.assert_allclose(vectors.arrays["mean"], usual.arrays["mean"], atol=1e-6)


def test_chosen_tokens_are_numbered_over_all_windows_as_token_vectors_does(bert):
    settings = TokenSettings(max_tokens=5, windows=True)
    text = "the river bank flows slow to the sea"
    tokens = token_vectors(bert, text, settings)
    assert tokens.pieces.count("[CLS]") == 3 and tokens.n_lost == 0
    place = tokens.pieces.index("slow")
    vectors = extract(
        bert,
        [text, text],
        layers=LAYERS,
        poolings=("chosen",),
        settings=settings,
        chosen={0: [place]},
    )
    np.testing.assert_allclose(vectors.arrays["chosen"][:, 0], tokens.hidden[:, place], atol=1e-6)
    assert np.isnan(vectors.arrays["chosen"][:, 1]).all()


@pytest.mark.parametrize("number", [5, -1, 99])
def test_a_chosen_token_that_is_not_there_is_refused(bert, number):
    words = rf"chosen token of texts\[2\] must be from 0 to 4, got {number}\."
    with pytest.raises(OptionError, match=words):
        extract(
            bert,
            ["sea", "sea", "the river bank"],
            layers=(3,),
            poolings=("chosen",),
            chosen={2: [1, number]},
        )


def test_a_choice_for_a_text_that_is_not_there_is_refused(bert):
    with pytest.raises(OptionError, match=r"rows of texts from 0 to 0, got 1\."):
        extract(bert, ["sea"], layers=(3,), poolings=("chosen",), chosen={1: [1]})


@pytest.mark.parametrize(("poolings", "chosen"), [(("chosen",), None), (("mean",), {0: [1]})])
def test_chosen_and_its_pooling_come_together(bert, poolings, chosen):
    with pytest.raises(OptionError, match=r"with the pooling 'chosen' and only then, got \("):
        extract(bert, ["sea"], layers=(3,), poolings=poolings, chosen=chosen)


# Every token of one text


@ARCHITECTURES
def test_token_vectors_are_transformers_hidden_states(model_type):
    encoder = tiny.encoder(model_type)
    tokens = token_vectors(encoder, "The river-bank")
    ids = torch.tensor([encoder.tokenizer("The river-bank")["input_ids"]])
    with torch.inference_mode():
        expected = encoder.model(input_ids=ids, output_hidden_states=True).hidden_states
    assert tokens.hidden.dtype == np.float32
    np.testing.assert_allclose(tokens.hidden, torch.cat(expected).numpy(), atol=1e-5)
    assert len(tokens.pieces) == len(tokens.spans) == len(tokens.words) == ids.shape[1]


def test_token_vectors_count_what_is_lost(bert):
    tokens = token_vectors(bert, "the river bank flows slow", TokenSettings(max_tokens=5))
    assert tokens.pieces == ("[CLS]", "the", "river", "bank", "[SEP]")
    assert tokens.n_lost == 2 and tokens.cut.pieces == ("flows", "slow")
    assert tokens.cut.words.tolist() == [3, 4]
    assert tokens.cut.spans.tolist() == [[15, 20], [21, 25]]


def test_windows_lose_no_token_and_a_prefix_takes_room(bert):
    text = "the river bank flows slow"
    assert not len(token_vectors(bert, text, TokenSettings(max_tokens=5, windows=True)).cut)
    prefixed = token_vectors(bert, text, TokenSettings(max_tokens=5, prefix="the "))
    assert prefixed.cut.pieces == ("bank", "flows", "slow")
    assert [text[a:b] for a, b in prefixed.cut.spans] == ["bank", "flows", "slow"]


# Bad input, before any model work


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"texts": ["a", " "]}, TextError, r"texts\[1\] must not be blank"),
        ({"texts": ["x" * 100_001]}, LimitError, r"at most 100,000 characters"),
        ({"layers": ()}, OptionError, r"layers must name at least one layer"),
        ({"layers": (4,)}, OptionError, r"whole number from 0 to 3, got 4"),
        ({"layers": (2, 0)}, OptionError, r"ascending numbers, each once, got \(2, 0\)"),
        ({"layers": (1, 1)}, OptionError, r"ascending numbers, each once"),
        ({"layers": (-1,)}, OptionError, r"ascending numbers.* Use \(3,\)"),
        ({"poolings": ()}, OptionError, r"poolings must be a tuple of at least one name"),
        ({"poolings": "mean"}, OptionError, r"poolings must be a tuple .*got 'mean'"),
        ({"poolings": ("men",)}, UnknownNameError, r"must be one of mean, cls"),
        ({"settings": TokenSettings(max_tokens=2)}, OptionError, r"from 3 to 64"),
        ({"out": {}}, OptionError, r"out\['mean'\] must be an array of shape \(1, 1, 16\).*none"),
        ({"out": {"mean": np.empty((1, 1, 16))}}, OptionError, r"float32, got .* float64"),
        ({"out": {"mean": np.empty((1, 2, 16), np.float32)}}, OptionError, r"got \(1, 2, 16\)"),
    ],
)
def test_what_cannot_be_done_is_refused_before_the_model_runs(
    monkeypatch, bert, change, error, words
):
    monkeypatch.setattr(embedlib.extract.passes, "forward", None)
    options = {"texts": ["sea"], "layers": (3,), "poolings": ("mean",)} | change
    with pytest.raises(error, match=words):
        extract(bert, options.pop("texts"), **options)


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "a\x00b",
        "\ud83d",
        "a \udc00\ud800 b",
        "\u202eabc\u202c",
        "👩‍👩‍👧‍👦" * 30,
        "x" * 100_000,
    ],
)
def test_odd_texts_are_embedded(bert, text):
    vectors = extract(bert, [text, "sea"], layers=LAYERS, poolings=POOLED)
    assert all(np.isfinite(array).all() for array in vectors.arrays.values())


# Long work: progress, cancel, pages, memory, threads


def test_progress_counts_texts_from_none_to_all(monkeypatch, bert):
    budget_of(monkeypatch, 12)
    seen: list[Progress] = []
    extract(bert, TEXTS, layers=(3,), poolings=("mean",), progress=seen.append)
    done = [step.done for step in seen]
    assert done[0] == 0 and done[-1] == len(TEXTS) and done == sorted(done) and len(done) > 3
    assert {(step.total, step.unit, step.note) for step in seen} == {(len(TEXTS), "texts", "")}


def test_cancel_stops_between_batches(monkeypatch, bert):
    budget_of(monkeypatch, 12)
    asked: list[int] = []
    seen: list[Progress] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(Cancelled, match="Stopped as you asked"):
        extract(
            bert, TEXTS, layers=(3,), poolings=("mean",), progress=seen.append, cancelled=cancelled
        )
    assert 0 < seen[-1].done < len(TEXTS) and len(seen) == 3
    assert extract(bert, TEXTS, layers=(3,), poolings=("mean",)).n_texts == len(TEXTS)


def test_arrays_of_the_caller_are_filled_and_their_pages_released(monkeypatch, bert, tmp_path):
    budget_of(monkeypatch, 12)
    monkeypatch.setattr(embedlib.extract.passes, "_RELEASE_BYTES", 1_000)
    released: list[int] = []
    shape = (len(LAYERS), len(TEXTS), tiny.DIM)
    array = np.memmap(tmp_path / "vectors", np.float32, "w+", shape=shape)
    vectors = extract(
        bert,
        TEXTS,
        layers=LAYERS,
        poolings=("mean",),
        out={"mean": array},
        release=lambda: released.append(1),
    )
    np.testing.assert_array_equal(array, vectors.arrays["mean"])
    assert len(released) >= 2 and array.any(axis=2).all()


CPU_WORDS = "[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: you"


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError(CPU_WORDS), MemoryError()],
    ids=["cuda", "cpu", "python"],
)
def test_when_memory_is_short_batches_are_halved_and_it_is_said(monkeypatch, bert, error):
    real, sizes = embedlib.extract.passes.forward, []
    expected = extract(bert, TEXTS, layers=LAYERS, poolings=("mean",))

    def short(encoder, ids, *rest):
        sizes.append(ids.numel())
        if ids.numel() > 20:
            raise error
        real(encoder, ids, *rest)

    monkeypatch.setattr(embedlib.extract.passes, "forward", short)
    seen: list[Progress] = []
    vectors = extract(bert, TEXTS, layers=LAYERS, poolings=("mean",), progress=seen.append)
    np.testing.assert_allclose(vectors.arrays["mean"], expected.arrays["mean"], atol=1e-5)
    assert max(sizes) > 20 and len([size for size in sizes if size > 20]) < 6
    assert seen[0].note == "" and seen[-1].note == "Memory was short: batches were halved."
    assert seen[-1].done == len(TEXTS)


def test_memory_that_runs_short_midway_costs_no_text(monkeypatch, bert):
    budget_of(monkeypatch, 64)
    real, seen = embedlib.extract.passes.forward, []
    expected = extract(bert, TEXTS, layers=LAYERS, poolings=("mean",))

    def short(encoder, ids, *rest):
        if len(seen) > 2 and len(ids) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        real(encoder, ids, *rest)

    monkeypatch.setattr(embedlib.extract.passes, "forward", short)
    vectors = extract(bert, TEXTS, layers=LAYERS, poolings=("mean",), progress=seen.append)
    np.testing.assert_allclose(vectors.arrays["mean"], expected.arrays["mean"], atol=1e-5)
    assert not seen[2].note and "halved" in seen[-1].note


def test_a_text_that_does_not_fit_alone_is_refused_with_what_to_do(monkeypatch, bert):
    def short(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(embedlib.extract.passes, "forward", short)
    with pytest.raises(ModelError, match=r"A text of \d+ tokens must fit .*Set max_tokens lower"):
        extract(bert, TEXTS, layers=LAYERS, poolings=("mean",))


def test_other_failures_of_the_model_are_not_taken_for_short_memory(monkeypatch, bert):
    def broken(*_):
        raise RuntimeError("size mismatch")

    monkeypatch.setattr(embedlib.extract.passes, "forward", broken)
    with pytest.raises(RuntimeError, match="size mismatch"):
        extract(bert, TEXTS, layers=LAYERS, poolings=("mean",))


@pytest.mark.parametrize("model_type", ["bert", "albert", "gpt2"])
def test_threads_with_different_settings_give_the_serial_results(monkeypatch, model_type):
    budget_of(monkeypatch, 24)
    encoder = tiny.encoder(model_type)
    questions = [
        {"layers": (0,), "poolings": ("mean",), "settings": TokenSettings()},
        {"layers": LAYERS, "poolings": POOLED, "settings": TokenSettings(max_tokens=5)},
        {"layers": (1, 2), "poolings": ("max",), "settings": TokenSettings(5, windows=True)},
        {"layers": (3,), "poolings": ("cls", "last"), "settings": TokenSettings(prefix="sea ")},
    ]
    serial = [extract(encoder, TEXTS, **question).arrays for question in questions]
    wrong: list[str] = []

    def ask(number: int) -> None:
        for _ in range(12):
            found = extract(encoder, TEXTS, **questions[number]).arrays
            wrong.extend(
                name for name in found if not np.array_equal(found[name], serial[number][name])
            )

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("model_type", ["bert", "gpt2"])
def test_half_precision_models_are_pooled_in_float32(model_type):
    full = tiny.encoder(model_type)
    model = type(full.model)(full.model.config).eval().requires_grad_(False)
    model.load_state_dict(full.model.state_dict())
    half = dataclasses.replace(full, model=model.bfloat16())
    found = extract(half, TEXTS, layers=LAYERS, poolings=POOLED)
    expected = extract(full, TEXTS, layers=LAYERS, poolings=POOLED)
    for pooling in POOLED:
        assert found.arrays[pooling].dtype == np.float32
        np.testing.assert_allclose(found.arrays[pooling], expected.arrays[pooling], atol=0.15)
