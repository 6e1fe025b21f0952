"""How much a store may weigh on disk and in memory, and what goes first."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from embedlib.errors import Cancelled
from embedlib.store import Store, scratch, space
from embedlib.store.files import NewArray
from embedlib.store.flight import SingleFlight
from tests.fakes import FakeExtract, ask, assert_right, install

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeExtract:
    return install(monkeypatch, FakeExtract())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def age(store: Store, texts: tuple[str, ...], seconds: float) -> None:
    """Let a result have been used that long ago."""
    folder = store.root / next(
        path.parent.name
        for path in store.root.glob("*/mean-*")
        if path.parent.name.endswith(ask(store, texts=texts).texts_digest)
    )
    os.utime(folder, (time.time() - seconds,) * 2)


def present(store: Store, fake: FakeExtract, texts: tuple[str, ...]) -> bool:
    """Whether a result is on disk, without asking for it."""
    digests = {path.parent.name.split("-")[1] for path in store.root.glob("*/mean-*")}
    return ask(Store(store.root / "elsewhere"), texts=texts).texts_digest in digests


def test_the_least_recently_used_go_first(store, fake, monkeypatch) -> None:
    first, second, third = ("one",) * 100, ("two",) * 100, ("three",) * 100
    ask(store, texts=first)
    one = store.size_bytes()
    ask(store, texts=second)
    age(store, first, 100)
    age(store, second, 200)
    monkeypatch.setenv("EMBEDLIB_STORE_BYTES", str(int(2.5 * one)))
    ask(store, texts=third)
    assert [present(store, fake, texts) for texts in (first, second, third)] == [True, False, True]
    assert store.size_bytes() <= 2.5 * one


def test_reading_makes_a_result_recently_used(store, fake, monkeypatch) -> None:
    first, second, third = ("one",) * 100, ("two",) * 100, ("three",) * 100
    for texts in (first, second):
        ask(store, texts=texts)
    one = store.size_bytes() / 2
    age(store, second, 100)
    age(store, first, 200)
    assert ask(store, texts=first).from_store
    monkeypatch.setenv("EMBEDLIB_STORE_BYTES", str(int(2.5 * one)))
    ask(store, texts=third)
    assert [present(store, fake, texts) for texts in (first, second, third)] == [True, False, True]


def test_the_number_of_results_is_bounded(store, fake, monkeypatch) -> None:
    monkeypatch.setenv("EMBEDLIB_STORE_RESULTS", "3")
    for word in "abcdef":
        ask(store, texts=(word,))
    assert len(space.key_folders(store.root)) == 3
    assert ask(store, texts=("f",)).from_store


def test_what_this_call_made_stays_even_if_it_is_over_the_bound(store, fake, monkeypatch) -> None:
    monkeypatch.setenv("EMBEDLIB_STORE_BYTES", "1")
    ask(store, layers=(6,))
    assert ask(store, layers=(6,)).from_store
    assert_right(ask(store, poolings=("mean", "cls")))
    assert ask(store, poolings=("mean", "cls")).from_store
    other = ask(store, texts=("another",))
    assert_right(other, ("another",))
    assert len(space.key_folders(store.root)) == 1


def test_room_is_made_on_a_disk_that_the_store_itself_has_filled(store, fake, monkeypatch) -> None:
    ask(store, texts=("one",) * 200)
    usage = space.shutil.disk_usage(store.root)._replace(free=0)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    assert ask(store, texts=("two",) * 100).notes == ()
    assert len(space.key_folders(store.root)) == 1


def test_names_that_are_not_the_stores_are_never_removed(store, fake, monkeypatch) -> None:
    ask(store, texts=("one",) * 100)
    strangers = [store.root / name for name in ("models", "a" * 65, f"{'g' * 32}-{'0' * 32}")]
    for path in strangers:
        path.mkdir()
        os.utime(path, (0, 0))
    monkeypatch.setenv("EMBEDLIB_STORE_BYTES", "1")
    ask(store, texts=("two",) * 100)
    store.clear()
    assert sorted(store.root.iterdir()) == sorted(strangers)


def test_a_link_in_the_store_is_removed_and_not_followed(store, fake, tmp_path) -> None:
    ask(store)
    target = tmp_path / "precious"
    target.mkdir()
    (target / "file").write_text("mine")
    (store.root / f"{'0' * 32}-{'0' * 32}").symlink_to(target)
    store.clear()
    assert not list(store.root.iterdir())
    assert (target / "file").read_text() == "mine"


@linux_only
def test_released_pages_leave_memory_and_keep_their_values(tmp_path) -> None:
    n_mib = 64
    new = NewArray(tmp_path / "array.npy", (n_mib, 256, 1024))
    new.array[:] = 1.5
    full = rss_bytes()
    new.release()
    assert full - rss_bytes() > 0.8 * n_mib * 2**20
    assert (new.array == 1.5).all()


@linux_only
def test_an_extraction_much_larger_than_its_memory_stays_small(tmp_path) -> None:
    code = """
import resource, sys
import numpy as np
import pytest
from embedlib.store import Store
from tests.fakes import CARD, FakeExtract, encoder, install
from dataclasses import replace

class Large(FakeExtract):
    def __call__(self, encoder, texts, *, out, release, **more):
        for start in range(0, len(texts), 2000):
            for array in out.values():
                array[:, start : start + 2000] = 1.0
            release()
        small = super().__call__(encoder, texts[:1], **(more | dict(out=None, release=None)))
        return replace(small, arrays=out)

install(pytest.MonkeyPatch(), Large())
large = encoder(replace(CARD, dim=384))
texts = [str(number) for number in range(20_000)]
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
ask = dict(layers=range(7), poolings=("mean", "cls"))
Store(sys.argv[1]).vectors(large, texts[:100], **ask)
before = peak()
vectors = Store(sys.argv[1]).vectors(large, texts, **ask)
total = sum(array.nbytes for array in vectors.arrays.values())
assert not vectors.notes
print(total, peak() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    total, growth = map(int, done.stdout.split())
    assert total > 400 * 2**20
    assert growth < 100 * 2**20


def test_memory_holds_what_fits_and_files_the_rest(monkeypatch, tmp_path) -> None:
    shapes = {"mean": (2, 3, 4)}
    monkeypatch.setattr(scratch, "available_memory_bytes", lambda: 2**20)
    assert scratch.Scratch(shapes).arrays["mean"].base is None
    monkeypatch.setattr(scratch, "available_memory_bytes", lambda: 10)
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    filed = scratch.Scratch(shapes)
    filed.arrays["mean"][:] = 2
    filed.release()
    assert (filed.arrays["mean"] == 2).all()
    assert not list(tmp_path.iterdir())


def test_a_containers_bound_counts_as_memory(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(scratch, "_CGROUP", tmp_path)
    machine = scratch.available_memory_bytes()
    assert machine > 2**20
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("100\n")
    assert scratch.available_memory_bytes() > 2**20
    (tmp_path / "memory.max").write_text("1100\n")
    assert scratch.available_memory_bytes() == 1000


def test_one_key_is_held_by_one_thread_at_a_time() -> None:
    flight = SingleFlight()
    inside: list[int] = []
    most: list[int] = []

    def enter() -> None:
        for _ in range(50):
            with flight.holding("key"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    with flight.holding("another"):
        for thread in threads:
            thread.join(20)
    assert set(most) == {1}
    assert len(most) == 200
    assert len(flight) == 0


def test_a_lock_is_free_after_an_error_and_after_a_cancel() -> None:
    flight = SingleFlight()
    with pytest.raises(ZeroDivisionError), flight.holding("key"):
        1 / 0  # noqa: B018
    with flight.holding("key"):
        caught: list[BaseException] = []

        def wait() -> None:
            try:
                with flight.holding("key", lambda: True):
                    pass
            except Cancelled as error:
                caught.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(20)
        assert len(caught) == 1
    assert len(flight) == 0


def rss_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_a_header_is_what_numpy_writes(tmp_path) -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.save(tmp_path / "numpy.npy", array)
    new = NewArray(tmp_path / "ours.npy", array.shape)
    new.array[:] = array
    assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "numpy.npy").read_bytes()
