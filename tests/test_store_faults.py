"""The store under kills, damage, and disks that refuse."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embedlib.errors import StoreError
from embedlib.records import Progress
from embedlib.store import Store, draft, files, scratch, space
from tests.fakes import TEXTS, FakeExtract, ask, assert_right, install

CHILD = """
import os, sys, time
from embedlib.store import Store, draft, entry
from tests.fakes import FakeExtract, ask, install
import pytest

def stop(*_):
    print("there", flush=True)
    time.sleep(60)

root, stage = sys.argv[1:]
patch = pytest.MonkeyPatch()
install(patch, FakeExtract((lambda n: n == 2 and stop()) if stage == "extract" else (lambda n: 0)))
if stage == "manifest":
    real = entry.write_durably
    late = lambda p, c: stop() if p.name == "manifest.json" else real(p, c)
    patch.setattr(entry, "write_durably", late)
if stage == "replace":
    patch.setattr(draft.os, "replace", stop)
if stage == "second":
    real = os.replace
    patch.setattr(draft.os, "replace", lambda a, b: stop() if a.name == "cls" else real(a, b))
if stage == "sync":
    patch.setattr(draft, "sync", stop)
ask(Store(root), poolings=("mean", "cls"))
"""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeExtract:
    return install(monkeypatch, FakeExtract())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def refuse(number: int) -> Callable[..., None]:
    def refusal(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refusal


@pytest.mark.parametrize("stage", ["extract", "manifest", "replace", "second", "sync"])
def test_a_kill_in_the_middle_leaves_no_half_result(store, fake, stage) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store.root), stage], stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "there\n"
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    left_over = list(store.root.glob(".tmp-*"))
    vectors = ask(store, poolings=("mean", "cls"))
    assert_right(vectors)
    # What was published before the kill is whole; the rest is made again.
    expected = {"second": [("cls",)], "sync": []}.get(stage, [("mean", "cls")])
    assert [poolings for _, _, poolings in fake.calls] == expected
    assert list(store.root.glob(".tmp-*")) == left_over
    for folder in left_over:
        os.utime(folder, (time.time() - 4000,) * 2)
    ask(store, texts=("another",))
    assert not list(store.root.glob(".tmp-*"))


def flip(path: Path, position: float) -> None:
    content = bytearray(path.read_bytes())
    content[min(int(position * len(content)), len(content) - 1)] ^= 1
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    **{f"flipped at {share}": lambda path, at=share: flip(path, at) for share in (0, 0.3, 0.7, 1)},
    "flipped in the header": lambda path: flip(path, 20 / path.stat().st_size),
    "cut": lambda path: os.truncate(path, path.stat().st_size - 1),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "empty": lambda path: path.write_bytes(b""),
    "removed": lambda path: path.unlink(),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "json of another kind": lambda path: path.write_text('{"manifest": [], "sha256": 1}'),
}


@pytest.mark.parametrize("name", ["vectors.npy", "ledger.npz", "manifest.json"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_never_read_and_never_seen(store, fake, name, damage) -> None:
    ask(store, poolings=("mean", "cls"))
    path = next(store.root.glob(f"*/mean-*/{name}"))
    DAMAGE[damage](path)
    again = ask(store, poolings=("mean", "cls"))
    assert_right(again)
    assert again.notes == ()
    assert [poolings for _, _, poolings in fake.calls] == [("mean", "cls"), ("mean",)]
    third = ask(store, poolings=("mean", "cls"))
    assert_right(third)
    assert third.from_store


def test_damage_of_a_layer_that_was_not_asked_for_is_found_when_it_is(store, fake) -> None:
    ask(store)
    path = next(store.root.glob("*/mean-*/vectors.npy"))
    flip(path, 1)
    assert_right(ask(store, layers=(0,)))
    assert len(fake.calls) == 1
    assert_right(ask(store, layers=(6,)))
    assert len(fake.calls) == 2


def test_layers_are_not_joined_to_damaged_ones(store, fake) -> None:
    ask(store, layers=(5, 6))
    flip(next(store.root.glob("*/mean-*/vectors.npy")), 1)
    assert_right(ask(store))
    assert fake.calls[1][1] == (0, 1, 2, 3, 4, 5, 6)


def test_a_folder_with_another_folders_content_is_not_believed(store, fake) -> None:
    ask(store, layers=(0, 1))
    ask(store, layers=(0, 1), texts=TEXTS[:3])
    first, second = sorted(store.root.glob("*/mean-*"))
    shutil.rmtree(first)
    shutil.copytree(second, first)
    assert_right(ask(store, layers=(0, 1)))
    assert_right(ask(store, layers=(0, 1), texts=TEXTS[:3]), TEXTS[:3])


def test_a_file_in_place_of_a_folder_is_replaced(store, fake) -> None:
    ask(store)
    (folder,) = store.root.glob("*-*")
    shutil.rmtree(folder)
    folder.write_text("not a folder")
    assert ask(store).notes == ()
    assert ask(store).from_store


def test_verify_finds_what_reading_has_not_met_yet(store, fake) -> None:
    ask(store)
    ask(store, poolings=("cls",))
    assert store.verify() == 0
    flip(next(store.root.glob("*/cls-*/vectors.npy")), 0.5)
    assert store.verify() == 1
    assert store.verify() == 0
    assert_right(ask(store, poolings=("cls",)))


def test_too_many_open_files_is_no_reason_to_delete(store, fake, monkeypatch) -> None:
    ask(store)
    before = sorted(store.root.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(files.mmap, "mmap", refuse(errno.EMFILE))
        vectors = ask(store)
    assert_right(vectors)
    assert vectors.notes
    assert sorted(store.root.rglob("*")) == before
    del vectors
    assert ask(store).from_store


def test_removing_the_folder_while_in_use_harms_nobody(store, monkeypatch) -> None:
    install(monkeypatch, FakeExtract())
    held = ask(store)

    def remove_everything(number: int) -> None:
        if number == 2:
            shutil.rmtree(store.root)

    fake = install(monkeypatch, FakeExtract(remove_everything))
    assert_right(ask(store, poolings=("mean", "cls")))
    assert_right(held)
    fake.before = lambda _: None
    assert_right(ask(store, poolings=("mean", "cls")))
    assert ask(store, poolings=("mean", "cls")).from_store


FULL = {
    "no room for the array": (files.os, "posix_fallocate", errno.ENOSPC),
    "no room for the ledger": (draft, "seal", errno.ENOSPC),
    "no rights for the folder": (draft, "temporary_folder", errno.EACCES),
    "read-only": (draft.os, "replace", errno.EROFS),
    "input or output error": (draft, "sync", errno.EIO),
}


@pytest.mark.parametrize("fault", FULL)
def test_a_disk_that_refuses_costs_no_result_and_says_so_once(
    store, fake, monkeypatch, fault
) -> None:
    seen: list[Progress] = []
    with monkeypatch.context() as patch:
        module, name, number = FULL[fault]
        patch.setattr(module, name, refuse(number))
        if name == "posix_fallocate":  # memory has to do
            patch.setattr(scratch, "available_memory_bytes", lambda: 2**30)
        vectors = ask(store, progress=seen.append)
        assert_right(vectors)
    (note,) = vectors.notes
    assert note == (
        f"The vectors could not be kept on disk ({os.strerror(number)}). "
        "They are complete, and are made again next time."
    )
    assert [progress.note for progress in seen if progress.note] == [note]
    assert not list(store.root.glob(".tmp-*"))
    del vectors
    again = ask(store)
    assert_right(again)
    assert again.notes == ()


def test_what_cannot_be_kept_is_shared_while_somebody_holds_it(store, fake, monkeypatch) -> None:
    monkeypatch.setattr(draft, "temporary_folder", refuse(errno.EROFS))
    held = ask(store, poolings=("mean", "cls"))
    narrower = ask(store, layers=(0, 2, 3), poolings=("cls",))
    assert len(fake.calls) == 1
    assert_right(narrower)
    assert narrower.notes == held.notes
    assert_right(ask(store, poolings=("max",)))
    assert len(fake.calls) == 2
    del held, narrower
    ask(store, layers=(1,), poolings=("max",))
    assert len(fake.calls) == 3


def test_what_is_on_a_read_only_disk_is_used(store, fake, monkeypatch) -> None:
    ask(store, layers=(6,), poolings=("mean", "cls"))
    monkeypatch.setattr(draft, "temporary_folder", refuse(errno.EROFS))
    vectors = ask(store, layers=(5, 6), poolings=("mean", "cls"))
    assert fake.calls[1][1] == (5,)
    assert_right(vectors)
    assert_right(ask(store, layers=(6,), poolings=("cls", "max")))


def test_a_file_in_place_of_the_store_is_left_alone(tmp_path, fake) -> None:
    path = tmp_path / "store"
    path.write_text("mine")
    vectors = ask(Store(path))
    assert_right(vectors)
    assert "could not be kept on disk" in vectors.notes[0]
    assert path.read_text() == "mine"
    Store(path).clear()
    assert Store(path).size_bytes() == 0
    assert path.read_text() == "mine"


def test_a_bound_on_file_sizes_is_met_before_the_extraction(tmp_path) -> None:
    code = """
import resource, sys
from embedlib.store import Store
from tests.fakes import FakeExtract, ask, assert_right, install
import pytest
install(pytest.MonkeyPatch(), FakeExtract())
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
vectors = ask(Store(sys.argv[1]))
assert_right(vectors)
print(vectors.notes[0])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("The vectors could not be kept on disk (File too large).")
    assert done.returncode == 0
    assert not list(tmp_path.rglob("*.npy"))


def test_without_room_anywhere_the_error_says_what_to_do(store, fake, monkeypatch) -> None:
    monkeypatch.setattr(draft, "temporary_folder", refuse(errno.ENOSPC))
    monkeypatch.setattr(files.os, "posix_fallocate", refuse(errno.ENOSPC))
    monkeypatch.setattr(scratch, "available_memory_bytes", lambda: 0)
    words = r"The vectors need 0.00 GiB, which neither the disk nor memory can hold \(No space"
    with pytest.raises(StoreError, match=words) as caught:
        ask(store)
    assert caught.value.hint == "Free some space, or ask for fewer texts, layers or poolings."
    assert not fake.calls


def test_without_memory_results_lie_in_nameless_files(store, fake, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(draft, "temporary_folder", refuse(errno.EROFS))
    monkeypatch.setattr(scratch, "available_memory_bytes", lambda: 0)
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path))
    assert_right(ask(store, poolings=("mean", "cls")))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("embedlib-")]


def test_a_disk_without_room_is_not_filled_to_find_out(store, fake, monkeypatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=100)
    monkeypatch.setattr(space.shutil, "disk_usage", lambda _: usage)
    monkeypatch.setattr(files.os, "posix_fallocate", refuse(errno.EIO))
    assert "No space left on device" in ask(store).notes[0]
