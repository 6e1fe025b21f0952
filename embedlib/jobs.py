"""Jobs: long work in background threads, one job a key however many ask; no Streamlit here.

`submit` a function of (progress, cancelled); whoever submits the same key joins the same job.
"""

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from traceback import clear_frames
from typing import Any, Final

from embedlib.errors import Cancelled, LimitError
from embedlib.limits import LIMITS
from embedlib.records import Progress

Work = Callable[[Callable[[Progress], None], Callable[[], bool]], Any]
_MOST_FINISHED: Final = 32


class Job:
    """One piece of work.

    Attributes:
        state: "queued", "running", "done", "failed" or "cancelled".
        progress: The last that the work said.
        result: What it gave, once done.
        error: Why it ended, once failed or cancelled.
    """

    def __init__(self, key: Hashable, work: Work) -> None:
        self.key = key
        self.state = "queued"
        self.progress = Progress(0, 0, "", 0.0)
        self.result: Any = None
        self.error: BaseException | None = None
        self._work: Work | None = work
        self._owners: set[str] = set()
        self._stoppers: set[str] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._end = threading.Event()

    @property
    def finished(self) -> bool:
        return self._end.is_set()

    @property
    def cancelling(self) -> bool:
        """Whether the work was asked to stop and has not yet."""
        return self._stop.is_set() and not self.finished

    def wait(self, seconds: float | None) -> bool:
        """Wait for the end, at most `seconds`; whether it came."""
        return self._end.wait(seconds)

    def join(self, owner: str) -> bool:
        """Count `owner` among those who want the result.

        Returns:
            False where others have stopped the job, so that `owner` needs a new one.
        """
        with self._lock:
            if self._stop.is_set():
                return owner in self._stoppers
            self._owners.add(owner)
            return True

    def cancel(self, owner: str) -> None:
        """Stop the work, unless somebody else still wants the result."""
        with self._lock:
            self._owners.discard(owner)
            self._stoppers.add(owner)
            if self._owners:
                return
            self._stop.set()
            if self.state == "queued":  # nobody waits for a worker to notice
                self._finish("cancelled", error=Cancelled())

    def run(self) -> None:
        """Do the work in this thread, unless it was cancelled while it was waiting."""
        with self._lock:
            work = self._work
            if self.finished or work is None:
                return
            self.state = "running"
        try:
            result = work(self._say, self._stop.is_set)
        except Cancelled as error:
            self._finish("cancelled", error=error)
        except BaseException as error:  # whoever waits must hear of every end
            clear_frames(error.__traceback__)  # or they would hold their arrays
            self._finish("failed", error=error)
        else:
            self._finish("done", result=result)

    def _say(self, progress: Progress) -> None:
        self.progress = progress

    def _finish(
        self, state: str, *, result: Any = None, error: BaseException | None = None
    ) -> None:
        self._work = None  # with the texts that it holds
        self.result, self.error, self.state = result, error, state
        self._end.set()


class Jobs:
    """A few threads, a bounded queue, and the last results.

    Args:
        workers: Jobs that run at once.
    """

    def __init__(self, workers: int) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for number in range(workers):
            # Daemons: an unfinished job must not keep the server from ending.
            threading.Thread(target=self._serve, name=f"job-{number}", daemon=True).start()

    def submit(self, key: Hashable, work: Work, *, owner: str = "") -> Job:
        """The job of `key`, in whatever state, or a new one.

        A failed job stays failed, and a stopped one stopped for who stopped it, until `forget`:
        a page that is drawn again must not start it over by itself.

        Raises:
            LimitError: If too many jobs are waiting.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.join(owner):
                self._jobs.move_to_end(key)
                return job
            waiting = sum(job.state == "queued" for job in self._jobs.values())
            most = LIMITS["queued_jobs"].value
            if waiting >= most:
                raise LimitError(
                    f"At most {most} jobs must be waiting, got {waiting}.",
                    "The machine is busy: try again in a minute.",
                )
            job = self._jobs[key] = Job(key, work)
            self._jobs.move_to_end(key)
            job.join(owner)
            self._forget_oldest()
        self._waiting.put(job)
        return job

    def get(self, key: Hashable) -> Job | None:
        """The job of `key` while it is known, whoever asked for it."""
        with self._lock:
            return self._jobs.get(key)

    def forget(self, key: Hashable) -> None:
        """Let the next `submit` of a finished `key` start anew."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.finished:
                del self._jobs[key]

    def _forget_oldest(self) -> None:
        """Drop the oldest finished jobs beyond the bound; their results are in the store."""
        finished = [key for key, job in self._jobs.items() if job.finished]
        for key in finished[: max(0, len(finished) - _MOST_FINISHED)]:
            del self._jobs[key]

    def _serve(self) -> None:
        while True:
            self._waiting.get().run()
