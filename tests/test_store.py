import stat
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embedlib.errors import Cancelled, OptionError, TextError, UnknownNameError
from embedlib.records import Progress, TokenSettings, Vectors, digest_of_texts
from embedlib.store import Store
from embedlib.store import store as store_module
from embedlib.store.nowhere import Nowhere
from embedlib.store.request import numbers_key
from tests import tiny
from tests.fakes import ALL, CARD, TEXTS, FakeExtract, ask, assert_right, install


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeExtract:
    return install(monkeypatch, FakeExtract())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def is_mapped(array: np.ndarray) -> bool:
    while isinstance(array, np.ndarray):
        array = array.base
    return isinstance(array, memoryview) or type(array).__name__ == "mmap"


def test_a_second_visit_extracts_nothing_and_gives_the_same_bits(store, fake) -> None:
    first = ask(store, poolings=("mean", "cls"))
    second = ask(Store(store.root), poolings=("mean", "cls"))
    assert len(fake.calls) == 1
    assert not first.from_store and second.from_store
    assert_right(first)
    assert_right(second)
    assert second.poolings == ("mean", "cls")
    for name in ("n_all", "n_kept", "n_windows", "n_unknown", "max_tokens"):
        np.testing.assert_array_equal(getattr(second.ledger, name), getattr(first.ledger, name))
    assert second.texts_digest == first.texts_digest
    assert second.versions == {"torch": "0"}
    assert second.seconds == 1.5
    assert second.settings.max_tokens == CARD.max_tokens
    assert second.encoder == CARD


@pytest.mark.parametrize("layers", [(0,), (6,), (0, 3, 6), (2, 3, 4), (0, 1, 5), (5, 0), ALL])
def test_any_subset_is_answered_without_extraction(store, fake, layers) -> None:
    ask(store, poolings=("mean", "max", "cls"))
    found = ask(store, layers=layers, poolings=("max",))
    assert len(fake.calls) == 1
    assert found.layers == tuple(sorted(layers))
    assert found.poolings == ("max",)
    assert_right(found)


@pytest.mark.parametrize(("layers", "mapped"), [(ALL, True), ((0, 3, 6), True), ((0, 1, 5), False)])
def test_evenly_spaced_layers_are_maps_and_all_are_read_only(store, fake, layers, mapped) -> None:
    for vectors in (ask(store, layers=layers), ask(store, layers=layers)):
        array = vectors.arrays["mean"]
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0, 0] = 1
    ask(store)
    array = ask(store, layers=layers).arrays["mean"]
    assert is_mapped(array) == mapped
    assert not array.flags.writeable


def test_only_the_missing_pooling_is_extracted(store, fake) -> None:
    ask(store, poolings=("mean",))
    both = ask(store, poolings=("cls", "mean"))
    assert fake.calls[1][1:] == (ALL, ("cls",))
    assert both.poolings == ("cls", "mean")
    assert_right(both)


def test_only_the_missing_layers_are_extracted_and_join_the_others(store, fake) -> None:
    ask(store, layers=(6,))
    assert_right(ask(store))
    assert fake.calls[1][1:] == (tuple(range(6)), ("mean",))
    assert ask(store, layers=(6,)).from_store
    assert len(list(store.root.glob("*-*/mean-*"))) == 1


@pytest.mark.parametrize("first", [(0,), (1, 4), (3,), (6,)])
@pytest.mark.parametrize("second", [(0, 2), (4, 6), (5,), ALL])
@pytest.mark.parametrize("third", [(2, 6), ALL])
def test_layers_join_whatever_the_order_of_asking(store, fake, first, second, third) -> None:
    for layers in (first, second, third):
        assert_right(ask(store, layers=layers, poolings=("mean", "cls")))
    n_calls = len(fake.calls)
    everything = tuple(sorted({*first, *second, *third}))
    assert_right(ask(store, layers=everything, poolings=("cls", "mean")))
    assert len(fake.calls) == n_calls


def test_poolings_with_different_layers_on_disk_are_completed_together(store, fake) -> None:
    ask(store, layers=(6,), poolings=("mean",))
    ask(store, layers=(3,), poolings=("cls",))
    vectors = ask(store, layers=(4,), poolings=("mean", "cls", "max"))
    assert_right(vectors)
    assert len(fake.calls) == 3
    assert_right(ask(store, layers=(4, 6), poolings=("mean",)))
    assert_right(ask(store, layers=(3, 4), poolings=("cls",)))
    assert len(fake.calls) == 3


@pytest.mark.parametrize(
    "settings",
    [
        TokenSettings(max_tokens=8),
        TokenSettings(windows=True),
        TokenSettings(prefix="query: "),
        TokenSettings(pool_special=False),
    ],
)
def test_every_setting_is_part_of_the_key(store, fake, settings) -> None:
    ask(store)
    assert not ask(store, settings=settings).from_store
    assert ask(store, settings=settings).from_store


def test_the_key_covers_every_field_of_the_settings() -> None:
    other = {"max_tokens": 8, "windows": True, "prefix": "p", "pool_special": False}
    assert set(other) == set(TokenSettings.__dataclass_fields__)
    keys = {numbers_key(CARD, TokenSettings(**{name: value})) for name, value in other.items()}
    assert len(keys | {numbers_key(CARD, TokenSettings())}) == len(other) + 1
    assert numbers_key(replace(CARD, dtype="bfloat16"), TokenSettings()) not in keys


def test_the_models_default_length_and_the_same_number_are_one_result(store, fake) -> None:
    ask(store)
    assert ask(store, settings=TokenSettings(max_tokens=CARD.max_tokens)).from_store


def test_texts_in_another_order_and_moved_boundaries_are_other_results(store, fake) -> None:
    ask(store, texts=("ab", "c"))
    assert not ask(store, texts=("c", "ab")).from_store
    assert not ask(store, texts=("a", "bc")).from_store


def test_odd_texts_and_prefixes_have_keys(store, fake) -> None:
    texts = ("\ud800", "\x00", "naïve 😀", "\u202eabc")
    settings = TokenSettings(prefix="\udfff")
    ask(store, texts=texts, settings=settings)
    assert_right(ask(store, texts=texts, settings=settings), texts)
    assert len(fake.calls) == 1


def test_repeated_layers_and_poolings_count_once(store, fake) -> None:
    vectors = ask(store, layers=(6, 0, 6), poolings=("mean", "mean"))
    assert vectors.layers == (0, 6)
    assert vectors.poolings == ("mean",)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"poolings": ("chosen",)}, OptionError, "must need no choice of tokens, got 'chosen'"),
        ({"poolings": ()}, OptionError, "at least one pooling"),
        ({"poolings": ("meen",)}, UnknownNameError, "Did you mean mean"),
        ({"poolings": ("../../etc",)}, UnknownNameError, "must be one of mean"),
        ({"layers": (7,)}, OptionError, "from 0 to 6, got 7"),
        ({"layers": ()}, OptionError, "at least one layer"),
        ({"texts": ()}, TextError, "at least one text"),
        ({"texts": ("a", " ")}, TextError, r"texts\[1\] must not be blank"),
        ({"settings": TokenSettings(max_tokens=0)}, OptionError, "whole number from 3 to 32"),
    ],
)
def test_what_cannot_be_had_is_refused_before_anything_is_touched(
    store, fake, asked, error, words
) -> None:
    with pytest.raises(error, match=words):
        ask(store, **asked)
    assert not fake.calls
    assert not store.root.exists()


def test_folders_and_files_are_for_their_owner_only(store, fake) -> None:
    ask(store, poolings=("mean", "cls"))
    everything = [store.root, *store.root.rglob("*")]
    assert len(everything) == 1 + 1 + 2 * 4
    for path in everything:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_numpy_reads_the_file_as_it_is(store, fake) -> None:
    ask(store)
    (path,) = store.root.rglob("vectors.npy")
    np.testing.assert_array_equal(np.load(path, allow_pickle=False), ask(store).arrays["mean"])


def test_threads_that_want_the_same_wait_for_one_extraction(store, monkeypatch) -> None:
    begun, all_asked = threading.Event(), threading.Event()

    def before(_: int) -> None:
        begun.set()
        assert all_asked.wait(10)

    fake = install(monkeypatch, FakeExtract(before))
    results: list[Vectors] = []
    threads = [
        threading.Thread(target=lambda: results.append(ask(Store(store.root)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    all_asked.set()
    for thread in threads:
        thread.join(20)
    assert len(fake.calls) == 1
    assert sum(not vectors.from_store for vectors in results) == 1
    assert len(results) == 8
    for vectors in results:
        assert_right(vectors)
    assert len(store_module._FLIGHT) == 0


def test_a_thread_that_waits_for_another_can_be_cancelled(store, monkeypatch) -> None:
    begun, finish = threading.Event(), threading.Event()

    def before(_: int) -> None:
        begun.set()
        assert finish.wait(10)

    install(monkeypatch, FakeExtract(before))
    thread = threading.Thread(target=lambda: ask(store))
    thread.start()
    assert begun.wait(10)
    with pytest.raises(Cancelled, match="Stopped as you asked"):
        ask(store, cancelled=lambda: True)
    finish.set()
    thread.join(20)
    assert ask(store).from_store


def test_a_cancelled_extraction_leaves_nothing_and_what_was_there_stays(store, monkeypatch) -> None:
    install(monkeypatch, FakeExtract())
    ask(store)
    before = sorted(store.root.rglob("*"))

    def stop(number: int) -> None:
        if number == 2:
            raise Cancelled

    install(monkeypatch, FakeExtract(stop))
    with pytest.raises(Cancelled):
        ask(store, poolings=("cls",))
    assert sorted(store.root.rglob("*")) == before
    assert ask(store).from_store


def test_progress_passes_through(store, fake) -> None:
    seen: list[Progress] = []
    ask(store, progress=seen.append)
    assert [progress.done for progress in seen] == [1, 2, 3, 4]


def holds(store, layers=(6,), poolings=("mean",), model="fake", texts=TEXTS, **settings) -> bool:
    digest = digest_of_texts(texts)
    return store.holds(model, digest, TokenSettings(**settings), layers=layers, poolings=poolings)


def test_what_is_there_can_be_asked_without_the_model(store, fake) -> None:
    assert not holds(store)
    ask(store, layers=(6,), poolings=("mean",))
    assert holds(store)
    assert holds(store, max_tokens=CARD.max_tokens)
    assert not holds(store, windows=True)
    assert not holds(store, model="another")
    assert not holds(store, texts=TEXTS[:2])


def test_a_part_of_what_is_wanted_does_not_count_as_all_of_it(store, fake) -> None:
    ask(store, layers=(5, 6), poolings=("mean",))
    assert holds(store, layers=(5, 6))
    assert not holds(store, poolings=("mean", "cls"))
    assert not holds(store, layers=(4, 5, 6))
    ask(store, layers=(6,), poolings=("cls",))
    assert holds(store, layers=(6,), poolings=("mean", "cls"))
    assert not holds(store, layers=(5, 6), poolings=("mean", "cls"))


def test_size_and_clear(store, fake) -> None:
    assert store.size_bytes() == 0
    first = ask(store)
    files = [path for path in store.root.rglob("*") if path.is_file()]
    assert store.size_bytes() == sum(path.stat().st_size for path in files)
    stranger = store.root / "notes.txt"
    stranger.write_text("mine")
    store.clear()
    assert list(store.root.iterdir()) == [stranger]
    assert store.size_bytes() == 0
    assert_right(first)
    assert not ask(store).from_store


def test_the_default_folder_follows_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    assert Store().root == tmp_path / "home" / "store"
    monkeypatch.delenv("EMBEDLIB_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    if sys.platform == "linux":
        assert Store().root == tmp_path / "caches" / "embedlib" / "store"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert Store().root.is_relative_to(Path.home())
    assert repr(Store("x")) == f"Store({str(Path.cwd() / 'x')!r})"


@pytest.mark.parametrize("model_type", ["bert", "gpt2"])
def test_cached_equals_uncached_bit_for_bit_with_a_real_model(store, model_type) -> None:
    real = tiny.encoder(model_type)
    texts = [f"the river bank {'flows to the sea ' * (n % 5)}{n}" for n in range(40)] + ["a", "a"]
    asked = {
        "layers": range(4),
        "poolings": ("mean", "max"),
        "settings": TokenSettings(windows=True),
    }
    plain = Nowhere().vectors(real, texts, **asked)
    made, found = (store.vectors(real, texts, **asked) for _ in range(2))
    assert found.from_store
    for pooling, array in plain.arrays.items():
        np.testing.assert_array_equal(made.arrays[pooling], array)
        np.testing.assert_array_equal(found.arrays[pooling], array)
        assert not array.flags.writeable
    np.testing.assert_array_equal(found.ledger.n_windows, plain.ledger.n_windows)
    joined = Store(store.root / "joined")
    for layers in ((2,), (1, 3), range(4)):
        last = joined.vectors(real, texts, **(asked | {"layers": layers}))
    np.testing.assert_array_equal(last.arrays["max"], plain.arrays["max"])
