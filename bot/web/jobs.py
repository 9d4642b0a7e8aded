"""Work that takes longer than an answer should: one thread, a bounded number of jobs."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from bot.errors import LookoutError
from bot.web.problems import Problem, busy, problem, problem_of
from bot.web.shapes import VideoResult

FINISHED: Final = 100  # jobs that are remembered; the oldest is forgotten first
ID_BYTES: Final = 16
PAUSE_S: Final = 30.0


@dataclass(slots=True)
class Job:
    """One video on its way. Its thread writes, others read.

    `stop` tells its thread to end; `end` hurries that. `frames` were scored until now.
    """

    id: str
    name: str
    stop: threading.Event = field(default_factory=threading.Event)
    end: Callable[[], None] | None = None
    state: str = "waiting"
    frames: int = 0
    result: VideoResult | None = None
    error: Problem | None = None
    future: Future[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "failed")

    def cancel(self) -> None:
        """Have it end soon."""
        self.stop.set()
        if self.future:
            self.future.cancel()
        if self.end:
            self.end()


Work = Callable[[Job], VideoResult]


class Jobs:
    """Runs jobs one after the other.

    Args:
        most: That wait or run. A job more is refused.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._turn = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "video")

    def begin(self, name: str, work: Work) -> Job:
        """Have `work` done when its turn comes.

        Raises:
            HTTPException: 429, there are too many jobs.
        """
        with self._turn:
            over = [key for key, job in self._jobs.items() if job.is_over]
            if len(self._jobs) - len(over) >= self._most:
                raise busy(f"{self._most} videos wait or are watched", PAUSE_S)
            for key in over[: max(0, len(over) - FINISHED + 1)]:
                del self._jobs[key]
            job = Job(secrets.token_urlsafe(ID_BYTES), name)
            self._jobs[job.id] = job
        job.future = self._thread.submit(_run, job, work)
        return job

    def get(self, key: str) -> Job | None:
        """Return a job; None if it is not known, or no longer."""
        return self._jobs.get(key)

    def forget(self, key: str) -> bool:
        """Cancel a job and forget it; tell whether there was one."""
        with self._turn:
            job = self._jobs.pop(key, None)
        if job:
            job.cancel()
        return job is not None

    def close(self) -> None:
        """Cancel all jobs and end the thread."""
        for key in list(self._jobs):
            self.forget(key)
        self._thread.shutdown(cancel_futures=True)


def _run(job: Job, work: Work) -> None:
    if job.stop.is_set():
        return
    job.state = "running"
    try:
        job.result = work(job)
    except LookoutError as error:
        job.error = problem_of(error)
    except Exception as error:  # noqa: BLE001 - told to whoever asks for the job
        job.error = problem(500, f"an error that nobody foresaw: {type(error).__name__}")
    job.state = "failed" if job.error else "done"
