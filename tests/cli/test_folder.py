"""The result folder appears whole or not at all, and replaces only what is ours."""

import os

import pytest

from embedlib.cli import folder
from embedlib.errors import OptionError, StoreError

REQUEST = {"input_sha256": "ab", "layers": "all"}


def ours(target, request=REQUEST):
    with folder.building(target) as hidden:
        (hidden / folder.ARRAY).write_bytes(b"numbers")
        folder.VECTORS.write(hidden, {"request": request})
    return target


def test_a_folder_is_made_with_its_parents(tmp_path):
    target = ours(tmp_path / "a" / "b")
    assert folder.VECTORS.read(target) == {"format": folder.VECTORS.format, "request": REQUEST}
    assert [path.name for path in target.parent.iterdir()] == ["b"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_nothing_is_left_of_a_stopped_run(tmp_path, stop):
    with pytest.raises(stop), folder.building(tmp_path / "out") as hidden:
        (hidden / folder.ARRAY).write_bytes(b"half")
        raise stop
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_run_leaves_the_old_folder_as_it_was(tmp_path):
    target = ours(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt), folder.building(target):
        raise KeyboardInterrupt
    assert (target / folder.ARRAY).read_bytes() == b"numbers"
    assert list(tmp_path.iterdir()) == [target]


def test_the_old_folder_comes_back_when_the_new_cannot_take_its_place(tmp_path, monkeypatch):
    target = ours(tmp_path / "out")
    replace = os.replace

    def failing(source, destination):
        if str(destination) == str(target) and not str(source).endswith(".old"):
            raise OSError(5, "Input/output error")
        replace(source, destination)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(StoreError, match="cannot be written: Input/output error"):
        ours(target, {"other": 1})
    assert folder.VECTORS.read(target)["request"] == REQUEST
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_said_and_nothing_is_left(tmp_path):
    with (
        pytest.raises(StoreError, match=r"cannot be written: No space left on device. Free some"),
        folder.building(tmp_path / "out"),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_is_a_file_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        ours(tmp_path / "file" / "out")


def test_new_and_empty_folders_may_be_used(tmp_path):
    folder.check_target(folder.VECTORS, tmp_path / "new", REQUEST, force=False)
    (tmp_path / "empty").mkdir()
    folder.check_target(folder.VECTORS, tmp_path / "empty", REQUEST, force=False)
    ours(tmp_path / "empty")


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path, force):
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(OptionError, match=r"holds 'thesis.doc', so it is left alone"):
        folder.check_target(folder.VECTORS, tmp_path, REQUEST, force=force)


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_of_ours_with_a_foreign_file_is_left_alone(tmp_path, force):
    target = ours(tmp_path / "out")
    (target / "notes.txt").write_text("mine")
    with pytest.raises(OptionError, match=r"holds 'notes.txt'"):
        folder.check_target(folder.VECTORS, target, REQUEST, force=force)


@pytest.mark.parametrize("content", ["", "[]", '{"format": "other"}', "\x00"])
def test_a_foreign_manifest_does_not_make_a_folder_ours(tmp_path, content):
    (tmp_path / folder.MANIFEST).write_text(content)
    with pytest.raises(OptionError, match="is not a folder of vectors, so it is left alone"):
        folder.check_target(folder.VECTORS, tmp_path, REQUEST, force=True)


def test_the_same_request_replaces_and_another_needs_force(tmp_path):
    target = ours(tmp_path / "out")
    folder.check_target(folder.VECTORS, target, REQUEST, force=False)
    other = REQUEST | {"layers": "6"}
    with pytest.raises(OptionError, match=r"another input or other settings. Replace it with --f"):
        folder.check_target(folder.VECTORS, target, other, force=False)
    folder.check_target(folder.VECTORS, target, other, force=True)
    ours(target, other)
    assert folder.VECTORS.read(target)["request"] == other


def test_files_and_links_are_not_replaced(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(OptionError, match="is a file or a link"):
            folder.check_target(folder.VECTORS, tmp_path / name, REQUEST, force=True)
