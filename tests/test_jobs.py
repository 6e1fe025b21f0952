"""Jobs: one job a key, progress, cancelling with several owners, failures that stay."""

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from embedlib.errors import Cancelled, LimitError
from embedlib.jobs import Job, Jobs
from embedlib.records import Progress

PATIENCE_SECONDS = 10


def at_once(_: Callable[[Progress], None], __: Callable[[], bool]) -> str:
    return "result"


class Held:
    """Work that begins, then waits to be let go or cancelled."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.runs = 0

    def __call__(self, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> str:
        self.runs += 1
        progress(Progress(1, 2, "texts", 0.5))
        self.begun.set()
        while not self.go.wait(0.01):
            if cancelled():
                raise Cancelled
        return "let go"


def finished(job: Job) -> Job:
    assert job.wait(PATIENCE_SECONDS)
    return job


def test_a_job_gives_its_result() -> None:
    job = finished(Jobs(1).submit("key", at_once))
    assert (job.state, job.result, job.error) == ("done", "result", None)


def test_who_asks_for_the_same_key_joins_the_same_job() -> None:
    jobs, work = Jobs(2), Held()
    first = jobs.submit("key", work, owner="a")
    second = jobs.submit("key", work, owner="b")
    work.go.set()
    assert first is second
    assert finished(first).result == "let go"
    assert jobs.submit("key", work, owner="c") is first
    assert work.runs == 1


def test_progress_is_seen_while_the_work_goes_on() -> None:
    jobs, work = Jobs(1), Held()
    job = jobs.submit("key", work)
    assert work.begun.wait(PATIENCE_SECONDS)
    assert (job.state, job.progress.done, job.progress.total) == ("running", 1, 2)
    work.go.set()
    finished(job)


def test_a_shared_job_ends_only_when_all_have_cancelled() -> None:
    jobs, work = Jobs(1), Held()
    job = jobs.submit("key", work, owner="a")
    jobs.submit("key", work, owner="b")
    job.cancel("a")
    assert not job.wait(0.05)
    job.cancel("b")
    assert finished(job).state == "cancelled"
    assert isinstance(job.error, Cancelled)


def test_a_stopped_job_stays_stopped_for_who_stopped_it_and_starts_anew_for_others() -> None:
    jobs, work = Jobs(1), Held()
    job = jobs.submit("key", work, owner="a")
    job.cancel("a")
    finished(job)
    assert jobs.submit("key", work, owner="a") is job
    other = jobs.submit("key", at_once, owner="b")
    assert other is not job
    assert finished(other).result == "result"


def test_a_queued_job_can_be_cancelled_before_it_begins() -> None:
    jobs, work = Jobs(1), Held()
    running = jobs.submit("first", work)
    queued = jobs.submit("second", at_once, owner="a")
    assert queued.state == "queued"
    queued.cancel("a")
    assert (queued.finished, queued.state) == (True, "cancelled")
    work.go.set()
    finished(running)
    finished(jobs.submit("third", at_once))
    assert (queued.state, queued.result) == ("cancelled", None)


def test_a_cancelled_job_leaves_its_place_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_QUEUED_JOBS", "1")
    jobs, work = Jobs(1), Held()
    running = jobs.submit("running", work)
    assert work.begun.wait(PATIENCE_SECONDS)
    queued = jobs.submit("queued", at_once, owner="a")
    with pytest.raises(LimitError, match="At most 1 jobs must be waiting, got 1"):
        jobs.submit("another", at_once)
    queued.cancel("a")
    another = jobs.submit("another", at_once)
    work.go.set()
    finished(running)
    assert finished(another).result == "result"


def test_what_a_failed_job_held_in_memory_is_let_go() -> None:
    class Large:
        pass

    seen: list[weakref.ref[Large]] = []

    def failing(*_: Any) -> None:
        large = Large()
        seen.append(weakref.ref(large))
        raise ValueError("broken")

    job = finished(Jobs(1).submit("key", failing))
    assert isinstance(job.error, ValueError)
    assert job.error.__traceback__ is not None
    gc.collect()
    assert seen[0]() is None


def test_threads_that_submit_one_key_share_one_run() -> None:
    jobs, work = Jobs(2), Held()
    found: list[Job] = []
    threads = [
        threading.Thread(target=lambda: found.append(jobs.submit("key", work))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    work.go.set()
    assert len({id(finished(job)) for job in found}) == 1
    assert work.runs == 1


def test_an_unfinished_job_does_not_keep_the_interpreter_from_ending() -> None:
    code = """
import threading
from embedlib.jobs import Jobs
begun = threading.Event()
def work(progress, cancelled):
    begun.set()
    threading.Event().wait()
Jobs(1).submit("key", work)
assert begun.wait(10)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=True).returncode == 0


def test_a_failure_is_kept_until_it_is_forgotten() -> None:
    def failing(*_: Any) -> None:
        raise ValueError("broken")

    jobs = Jobs(1)
    job = finished(jobs.submit("key", failing))
    assert job.state == "failed"
    assert str(job.error) == "broken"
    assert jobs.submit("key", at_once) is job
    jobs.forget("key")
    assert finished(jobs.submit("key", at_once)).result == "result"


def test_too_many_waiting_jobs_are_refused_in_words() -> None:
    jobs, work = Jobs(1), Held()
    running = jobs.submit("running", work)
    assert work.begun.wait(PATIENCE_SECONDS)
    for number in range(50):
        jobs.submit(number, at_once)
    with pytest.raises(LimitError, match=r"At most 50 jobs must be waiting.*try again"):
        jobs.submit("one too many", at_once)
    work.go.set()
    finished(running)


def test_old_results_are_dropped() -> None:
    jobs = Jobs(1)
    first = finished(jobs.submit("first", at_once))
    for number in range(40):
        finished(jobs.submit(number, at_once))
    assert jobs.submit("first", at_once) is not first


def test_a_job_is_found_by_its_key_whoever_asked_for_it() -> None:
    jobs = Jobs(1)
    assert jobs.get("key") is None
    job = finished(jobs.submit("key", at_once, owner="somebody"))
    assert jobs.get("key") is job
    jobs.forget("key")
    assert jobs.get("key") is None
