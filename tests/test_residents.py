"""A child that stays: asked in turn, replaced when it dies, gone with its parent."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from embedlib.errors import Cancelled, ReadError, WorkerError
from embedlib.residents import Resident
from embedlib.workers import Bounds

ROOMY = Bounds(wall_seconds=60)


@pytest.fixture(scope="module")
def shared():
    resident = Resident("tests.stub_resident", ROOMY)
    yield resident
    resident.close()


def ask(resident, request: bytes, **settings) -> bytes:
    return resident.ask([request], what="The work", **settings)


def wait_until(true, seconds=30.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_child_answers_many_requests(shared):
    assert ask(shared, b"echo abc") == b"cba"
    assert ask(shared, b"pid") == ask(shared, b"pid") == str(shared.pid).encode()


def test_a_large_request_in_parts_and_a_large_reply_do_not_block(shared):
    content = os.urandom(2**22)
    parts = [b"echo ", memoryview(content)[: 2**20], content[2**20 :]]
    assert shared.ask(parts, what="The work") == content[::-1]


def test_progress_is_told_while_the_work_goes_on(shared):
    said = []
    assert ask(shared, b"counts", progress=said.append) == b"done"
    assert [p.note for p in said] == [f"Step {i}" for i in range(1, 6)]
    assert said[-1].total == 5


def test_an_error_keeps_its_class_and_words_and_the_child_stays(shared):
    before = ask(shared, b"pid")
    with pytest.raises(ReadError, match="Line 3 must be right") as caught:
        ask(shared, b"complains")
    assert caught.value.hint == "Mend it."
    with pytest.raises(WorkerError, match=r"The work failed in a way that was not foreseen\."):
        ask(shared, b"fails text of a person")
    assert ask(shared, b"pid") == before


@pytest.mark.parametrize(
    ("name", "words"),
    [("SIGKILL", "was stopped by the system"), ("SIGSEGV", r"crashed \(SIGSEGV\)")],
)
def test_a_death_is_told_once_and_the_next_request_works(shared, name, words):
    before = ask(shared, b"pid")
    with pytest.raises(WorkerError, match=f"The work {words}"):
        ask(shared, f"dies {name}".encode())
    assert ask(shared, b"pid") != before


def test_a_child_that_was_killed_between_requests_is_replaced(shared):
    before = int(ask(shared, b"pid"))
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: shared.pid != before)
    assert int(ask(shared, b"pid")) != before


def test_cancelling_kills_the_child_and_another_is_warmed(shared, tmp_path):
    told = tmp_path / "pid"
    with pytest.raises(Cancelled):
        ask(shared, b"hangs " + bytes(told), cancelled=told.exists)
    wait_until(lambda: shared.pid not in (None, int(told.read_text() or 0)))
    assert not is_running(int(told.read_text()))
    assert ask(shared, b"echo ab") == b"ba"


def test_an_error_of_whoever_listens_does_not_leave_half_an_answer_behind(shared):
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(shared, b"counts", progress=stop)
    assert ask(shared, b"echo ab") == b"ba"


def test_two_who_ask_at_once_are_served_in_turn(shared):
    replies = {}

    def asking(number):
        content = str(number).encode() * 10_000
        replies[number] = ask(shared, b"echo " + content) == content[::-1]

    threads = [threading.Thread(target=asking, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert replies == dict.fromkeys(range(8), True)


def test_whoever_waits_for_a_turn_is_told_and_may_give_up(tmp_path):
    resident, told, stop = Resident("tests.stub_resident", ROOMY), tmp_path / "pid", []

    def hanging():
        with pytest.raises(Cancelled):
            ask(resident, b"hangs " + bytes(told), cancelled=lambda: bool(stop))

    first = threading.Thread(target=hanging)
    first.start()
    try:
        wait_until(told.exists)
        said = []
        with pytest.raises(Cancelled):
            ask(resident, b"pid", progress=said.append, cancelled=lambda: len(said) > 2)
        assert said[0].note == "Waiting for another piece of work"
        assert is_running(int(told.read_text()))
    finally:
        stop.append(True)
        first.join(60)
        resident.close()


def test_whoever_asks_before_it_is_ready_hears_so():
    resident, said = Resident("tests.stub_resident", ROOMY), []
    try:
        assert ask(resident, b"echo ab", progress=said.append) == b"ba"
    finally:
        resident.close()
    assert {progress.note for progress in said} == {
        "Getting ready, which takes longest the first time"
    }


def test_it_is_ready_after_the_first_step_and_does_the_others_while_nobody_asks(tmp_path):
    told = tmp_path / "told"
    resident = Resident("tests.stub_resident", ROOMY, {"EMBEDLIB_STUB_LATER": str(told)})
    try:
        resident.warm()
        wait_until(told.exists)  # after a step that failed
        assert ask(resident, b"echo ab") == b"ba"
    finally:
        resident.close()


def test_the_clock_and_memory_bound_a_request():
    resident = Resident("tests.stub_resident", Bounds(wall_seconds=2, memory_bytes=2**32))
    try:
        with pytest.raises(WorkerError, match="The work needed more memory than it may use"):
            ask(resident, b"eats")
        with pytest.raises(WorkerError, match="The work took more than 2 seconds"):
            ask(resident, b"hangs " + os.devnull.encode())
    finally:
        resident.close()


def test_closing_ends_the_child_and_a_later_request_starts_another():
    resident = Resident("tests.stub_resident", ROOMY)
    resident.warm()
    before = resident.pid
    resident.close()
    assert resident.pid is None and not is_running(before)
    resident.close()
    assert ask(resident, b"echo ab") == b"ba"
    resident.close()


def test_a_child_that_cannot_start_says_why(caplog):
    with pytest.raises(WorkerError, match=r"Warming up ended early, with status 1\."):
        Resident("tests.no_such_module", ROOMY).warm()
    assert "No module named" in caplog.text
    flawed = Resident("tests.stub_resident", ROOMY, {"EMBEDLIB_STUB_FLAW": "No compiler."})
    with pytest.raises(ReadError, match="No compiler"):
        flawed.warm()
    assert flawed.pid is None


def test_what_the_child_complained_of_is_logged_at_its_end(caplog):
    resident = Resident("tests.stub_resident", ROOMY)
    with caplog.at_level(logging.WARNING):
        ask(resident, b"echo x")
        resident.close()
    assert "what a library prints" in caplog.text


def test_the_child_goes_with_a_parent_that_is_killed(tmp_path):
    code = (
        "import sys, time\n"
        "from embedlib.residents import Resident\n"
        "from embedlib.workers import Bounds\n"
        "resident = Resident('tests.stub_resident', Bounds(60))\n"
        "resident.warm()\n"
        "print(resident.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    with parent.stdout:
        child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_running(child))
