import json
import logging
import os
import threading
import time
from pathlib import Path

import pytest

from embedlib.errors import Cancelled, ReadError, WorkerError
from embedlib.workers import Bounds, call, clean_environment

ROOMY = Bounds(wall_seconds=60)


def ask(request: bytes, bounds: Bounds = ROOMY, **settings) -> bytes:
    return call("tests.stub_child", request, what="The work", bounds=bounds, **settings)


def test_the_reply_is_what_the_function_gave():
    assert ask(b"echo abc") == b"cba"


def test_a_large_request_and_reply_do_not_block():
    content = os.urandom(2**22)
    assert ask(b"echo " + content) == content[::-1]


def test_what_a_library_prints_does_not_spoil_the_reply():
    assert ask(b"talks kept") == b"kept"


def test_an_error_keeps_its_class_its_words_and_its_hint():
    with pytest.raises(ReadError) as caught:
        ask(b"complains")
    assert (caught.value.what, caught.value.hint) == ("Line 3 must be right, got 'x'.", "Mend it.")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (b"segfault", r"The work crashed \(SIGSEGV\)\."),
        (b"abort", r"The work crashed \(SIGABRT\)\."),
        (b"killed", "The work was stopped by the system, most likely for want of memory"),
        (b"stopped_by_a_rare_signal", r"The work crashed \(signal \d+\)"),
        (b"leaves", "The work ended early, with status 3"),
        (b"fails for a secret reason", "The work failed in a way that was not foreseen"),
    ],
)
def test_the_death_of_a_child_is_told_in_words(request_, words):
    with pytest.raises(WorkerError, match=words):
        ask(request_)


def test_what_was_not_foreseen_is_logged_without_its_message(caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(WorkerError) as caught:
        ask(b"fails text of a person")
    assert "RuntimeError" in caplog.text and "stub_child.py" in caplog.text
    assert "text of a person" not in caplog.text + str(caught.value)


def test_the_clock_bounds_a_child():
    with pytest.raises(WorkerError, match=r"The work took more than 0\.2 seconds"):
        ask(b"hangs", Bounds(wall_seconds=0.2))


def test_processor_time_bounds_a_child():
    with pytest.raises(WorkerError, match="took more than 1 seconds of processor time"):
        ask(b"spins", Bounds(wall_seconds=60, cpu_seconds=1))


def test_memory_bounds_a_child():
    with pytest.raises(WorkerError, match="needed more memory than it may use"):
        ask(b"eats", Bounds(wall_seconds=60, memory_bytes=2**30))


def test_a_child_with_no_room_for_the_smallest_object_is_ended():
    """Python 3.11 can spin for ever there, and the clock would be blamed for it."""
    with pytest.raises(WorkerError, match="needed more memory than it may use"):
        ask(b"fills_up", Bounds(wall_seconds=60, memory_bytes=2**29))


def test_the_size_of_the_reply_bounds_a_child():
    with pytest.raises(WorkerError, match="gave more than it may"):
        ask(b"writes_too_much", Bounds(wall_seconds=60, reply_bytes=2**20))


def test_a_child_is_killed_when_the_person_stops_it():
    with pytest.raises(Cancelled, match="Stopped as you asked"):
        ask(b"hangs", cancelled=lambda: True)


def test_a_killed_child_takes_its_own_children_along(tmp_path):
    note = tmp_path / "pid"
    with pytest.raises(Cancelled):
        ask(b"hangs_with_a_grandchild " + os.fsencode(note), cancelled=lambda: _is_written(note))
    grandchild = int(note.read_text())
    end = time.monotonic() + 10
    while _is_running(grandchild) and time.monotonic() < end:
        threading.Event().wait(0.01)
    assert not _is_running(grandchild)


def _is_written(note: Path) -> bool:
    return note.exists() and bool(note.read_text())


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_is_killed_when_the_parent_is_interrupted():
    class Interrupted(BaseException):
        pass

    def interrupt() -> bool:
        raise Interrupted

    before = set(_children())
    with pytest.raises(Interrupted):
        ask(b"hangs", cancelled=interrupt)
    assert set(_children()) == before


def _children() -> list[str]:
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [pid for file in tasks for pid in file.read_text().split()]


def test_a_crash_harms_no_other_child():
    replies: list[bytes] = []

    def work(number: int) -> None:
        replies.append(ask(b"echo %d" % number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    with pytest.raises(WorkerError, match="SIGSEGV"):
        ask(b"segfault")
    for thread in threads:
        thread.join()
    assert sorted(replies) == [b"0", b"1", b"2"]


def test_a_child_gets_no_secrets(monkeypatch):
    for name in (
        "HF_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "EMBEDLIB_API_KEY",
        "ANYTHING",
        "DB_PASSWORD",
    ):
        monkeypatch.setenv(name, "canary")
    monkeypatch.setenv("EMBEDLIB_ROWS", "12")
    environment = json.loads(ask(b"tells_environment", variables={"EXTRA": "1"}))
    assert "canary" not in environment.values()
    assert environment["EMBEDLIB_ROWS"] == "12" and environment["EXTRA"] == "1"


def test_the_python_path_is_kept_behind_our_own(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    paths = clean_environment()["PYTHONPATH"].split(os.pathsep)
    assert paths[1:] == ["/somewhere"] and (Path(paths[0]) / "embedlib").is_dir()


def test_modules_in_the_working_directory_are_not_taken(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    (tmp_path / "embedlib.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert ask(b"echo ab") == b"ba"


def test_a_module_that_is_not_there_is_told_in_words():
    with pytest.raises(WorkerError, match="The work ended early, with status 1"):
        call("embedlib.no_such_module", b"", what="The work", bounds=ROOMY)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("nonsense", "gave no answer that can be understood"),
        ("[]", "gave no answer that can be understood"),
        ('{"outcome": "error", "kind": "SystemExit", "what": "x", "hint": ""}', "not foreseen"),
        ('{"outcome": "error", "kind": "shown", "what": "x", "hint": ""}', "not foreseen"),
        ('{"outcome": "strange"}', "not foreseen"),
    ],
)
def test_a_parent_believes_only_what_it_knows(said, words):
    with pytest.raises(WorkerError, match=words):
        call(
            "tests.stub_nonsense",
            b"",
            what="The work",
            bounds=ROOMY,
            variables={"STUB_SAYS": said},
        )
