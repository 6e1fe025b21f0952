"""Single texts, found again in whatever set they were embedded with."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from embedlib.records import TokenSettings, Vectors
from embedlib.store import Store, texttable
from embedlib.store.nowhere import Nowhere
from embedlib.store.texttable import ByText
from tests.fakes import ALL, FakeExtract, ask, assert_right, encoder, install

TEXTS = tuple(f"text {number}" for number in range(200))
POOLINGS = ("mean", "cls", "max", "mean_sqrt_len", "last", "weighted_mean")


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    texttable.forget()
    yield
    texttable.forget()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeExtract:
    return install(monkeypatch, FakeExtract())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(params=["store", "nowhere"])
def keeper(request: pytest.FixtureRequest, store: Store) -> Store | Nowhere:
    return store if request.param == "store" else Nowhere()


def gather(keeper, texts, layers=(6,), poolings=("mean",), settings=None) -> Vectors:
    vectors = ByText(keeper).vectors(
        encoder(), texts, layers=layers, poolings=poolings, settings=settings
    )
    assert vectors.layers == tuple(layers)
    assert vectors.poolings == tuple(poolings)
    assert vectors.n_texts == len(texts)
    assert_right(vectors, texts)
    np.testing.assert_array_equal(vectors.ledger.n_all, [len(text.split()) for text in texts])
    assert vectors.ledger.max_tokens == 16
    return vectors


def test_every_text_is_embedded_once_whatever_the_sets_layers_and_poolings(keeper, fake) -> None:
    for fold in range(5):
        test = TEXTS[fold * 40 : fold * 40 + 40]
        train = tuple(text for text in TEXTS if text not in test)
        for pooling in POOLINGS[::2]:
            for layers in ((0,), (6,), (3, 4, 5, 6)):
                gather(keeper, train, layers, (pooling,))
                gather(keeper, test, layers, (pooling,))
    assert fake.n_texts == len(TEXTS)
    assert len(fake.calls) == 2


def test_order_and_repeats_are_kept_across_blocks(keeper, fake) -> None:
    gather(keeper, TEXTS[100:])
    gather(keeper, TEXTS[:100])
    assert gather(keeper, (TEXTS[150], TEXTS[3], TEXTS[150], TEXTS[199])).from_store
    mixed = gather(keeper, ("new", TEXTS[7], "new"))
    assert not mixed.from_store
    assert fake.calls[-1][0] == ("new",)


def test_another_process_finds_the_texts_in_the_store(store, fake) -> None:
    gather(store, TEXTS[:120])
    texttable.forget()
    assert gather(store, TEXTS[20:110:3], (2,), ("max",)).from_store
    gather(store, TEXTS)
    assert fake.n_texts == 200
    texttable.forget()
    assert gather(store, TEXTS).from_store


def test_what_others_put_into_the_store_serves_too_where_it_suffices(store, fake) -> None:
    ask(store, texts=TEXTS, poolings=("mean",))
    assert gather(store, TEXTS[::2]).from_store
    gather(store, TEXTS[::2], poolings=("cls",))
    assert [poolings for _, _, poolings in fake.calls] == [("mean",), POOLINGS]
    assert gather(store, TEXTS[:10:2], poolings=("max", "cls")).from_store


def test_other_settings_are_other_vectors(keeper, fake) -> None:
    gather(keeper, TEXTS)
    gather(keeper, TEXTS, settings=TokenSettings(prefix="query: "))
    assert fake.n_texts == 2 * len(TEXTS)


def test_a_few_texts_make_no_folder(store, fake) -> None:
    gather(store, TEXTS[:10])
    assert not store.root.exists()
    assert gather(store, TEXTS[3:5]).from_store


def test_removed_and_damaged_folders_are_embedded_again(store, fake) -> None:
    gather(store, TEXTS)
    store.clear()
    gather(store, TEXTS[:100])
    assert fake.n_texts == 300
    path = next(store.root.glob("*/mean-*/vectors.npy"))
    path.write_bytes(bytes(path.stat().st_size))
    gather(store, TEXTS[:100])
    assert fake.n_texts == 400
    shutil.rmtree(store.root)
    gather(store, TEXTS[50:100])


def test_beyond_the_bound_only_the_pooling_asked_for_is_made(store, fake, monkeypatch) -> None:
    monkeypatch.setenv("EMBEDLIB_TEXT_TABLE_BYTES", str(200 * 7 * 8 * 4 * 3))
    gather(store, TEXTS, poolings=("cls",))
    assert fake.calls[0][1:] == (ALL, ("cls",))
    assert gather(store, TEXTS[:100], (3,), ("cls",)).from_store
    gather(store, TEXTS[:50], poolings=("max",))
    assert fake.calls[1][1:] == (ALL, POOLINGS)


def test_what_memory_holds_is_bounded(fake, monkeypatch) -> None:
    block_bytes = 20 * 7 * 8 * 4 * 6
    monkeypatch.setenv("EMBEDLIB_TEXT_TABLE_BYTES", str(3 * block_bytes))
    for start in range(0, 100, 20):
        gather(Nowhere(), TEXTS[start : start + 20])
    assert fake.n_texts == 100
    assert gather(Nowhere(), TEXTS[60:100]).from_store
    assert not gather(Nowhere(), TEXTS[:20]).from_store


def test_a_read_only_store_still_embeds_each_text_once(tmp_path, fake) -> None:
    path = tmp_path / "store"
    path.write_text("a file")
    gather(Store(path), TEXTS)
    assert gather(Store(path), TEXTS[::3], (1,), ("last",)).from_store
    assert fake.n_texts == 200


def test_threads_share_the_work(keeper, fake) -> None:
    threads = [threading.Thread(target=gather, args=(keeper, TEXTS[n:])) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert fake.n_texts == len({text for texts, _, _ in fake.calls for text in texts})
    gather(keeper, TEXTS)
    assert fake.n_texts == len(TEXTS)
