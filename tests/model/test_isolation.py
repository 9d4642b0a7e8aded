"""Real children that crash, hang, hog and answer."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from model import errors
from model.isolation import IsolatedWorker, ProcessLimits
from support.loops import awaited

HERE = Path(__file__).parent
SMALL = ProcessLimits(memory_bytes=2**29, answer_bytes=2**20)
AMPLE_S = 60.0
Do = Callable[..., Any]


@pytest.fixture(autouse=True)
def _handlers_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture
def worker() -> Iterator[IsolatedWorker]:
    with _worker() as made:
        yield made


def _worker(limits: ProcessLimits = SMALL) -> IsolatedWorker:
    return IsolatedWorker("isolation_handlers:serve", options={"who": "test"}, limits=limits)


def _do(worker: IsolatedWorker, deed: str, timeout_s: float = AMPLE_S, **payload: Any) -> Any:
    return worker.call({"do": deed, **payload}, timeout_s=timeout_s)


def _await(worker: IsolatedWorker, deed: str, timeout_s: float = AMPLE_S, **payload: Any) -> Any:
    return awaited(worker.acall({"do": deed, **payload}, timeout_s=timeout_s))


EITHER_WAY = pytest.mark.parametrize("do", [_do, _await], ids=["call", "acall"])


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@EITHER_WAY
def test_plain_values_come_back_as_sent(do: Do, worker: IsolatedWorker) -> None:
    value = {"text": "é", "list": [1, 2.5, None, True], "bytes": b"\x00\xff"}
    assert do(worker, "echo", value=value) == value


@EITHER_WAY
def test_arrays_cross_both_ways(do: Do, worker: IsolatedWorker) -> None:
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    doubled = do(worker, "double", array=array)
    assert doubled.dtype == np.uint8
    np.testing.assert_array_equal(doubled, array * 2)


def test_the_factory_is_given_its_options(worker: IsolatedWorker) -> None:
    assert _do(worker, "options") == {"who": "test"}


@EITHER_WAY
def test_one_child_answers_many_calls(do: Do, worker: IsolatedWorker) -> None:
    assert len({do(worker, "pid") for _ in range(5)}) == 1


@EITHER_WAY
@pytest.mark.parametrize(
    ("deed", "message"),
    [
        ("segfault", "SIGSEGV"),
        ("hog", "out of memory"),
        ("bug", r"ZeroDivisionError: a bug \(.*isolation_handlers.py, line \d+\)"),
        ("object", "not a plain value"),
        ("flood", "over the limit"),
    ],
)
def test_a_child_that_breaks_costs_one_call(
    do: Do, worker: IsolatedWorker, deed: str, message: str
) -> None:
    before = do(worker, "pid")
    with pytest.raises(errors.WorkerDied, match=message):
        do(worker, deed)
    assert do(worker, "pid") != before


@EITHER_WAY
def test_children_that_break_leave_no_descriptors(do: Do, worker: IsolatedWorker) -> None:
    do(worker, "pid")
    before = _descriptors()
    for _ in range(3):
        with pytest.raises(errors.WorkerDied):
            do(worker, "segfault")
    do(worker, "pid")
    assert _descriptors() == before


@EITHER_WAY
def test_a_child_that_hangs_is_killed(do: Do, worker: IsolatedWorker) -> None:
    child = psutil.Process(do(worker, "pid"))
    with pytest.raises(errors.WorkerDied, match=r"no answer within 0\.2 s"):
        do(worker, "hang", timeout_s=0.2)
    assert not child.is_running()


@EITHER_WAY
@pytest.mark.parametrize(
    "kind",
    [errors.RetryLater, errors.NotYet, errors.Never, errors.Unsupported, errors.OverLimit],
)
def test_errors_of_the_tree_are_raised_as_themselves(
    do: Do, worker: IsolatedWorker, kind: type[errors.LookoutError]
) -> None:
    before = do(worker, "pid")
    with pytest.raises(errors.LookoutError, match="said the child") as caught:
        do(worker, "fail", error=kind.__name__, message="said the child")
    assert caught.type is kind
    assert do(worker, "pid") == before


@EITHER_WAY
@pytest.mark.parametrize("name", ["Stop", "BundleCorrupt", "Exception", "__name__"])
def test_a_child_cannot_stop_the_bot_nor_name_other_errors(
    do: Do, worker: IsolatedWorker, name: str
) -> None:
    do(worker, "pid")
    with pytest.raises(errors.WorkerDied, match=f"error '{name}'"):
        do(worker, "claim", error=name)


def test_an_error_at_the_start_is_raised_as_itself() -> None:
    worker = IsolatedWorker("isolation_handlers:refuse", options={"name": "mid"}, limits=SMALL)
    with worker, pytest.raises(errors.BundleMissing, match="install mid first"):
        worker.call(None, timeout_s=AMPLE_S)


@EITHER_WAY
def test_a_child_that_died_while_idle_is_replaced_unnoticed(do: Do, worker: IsolatedWorker) -> None:
    child = psutil.Process(do(worker, "pid"))
    child.kill()
    psutil.wait_procs([child], timeout=AMPLE_S)
    assert do(worker, "pid") != child.pid


@EITHER_WAY
def test_a_child_is_recycled_after_its_calls(do: Do) -> None:
    with _worker(ProcessLimits(calls_before_recycling=2)) as worker:
        pids = [do(worker, "pid") for _ in range(6)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [2, 2, 2]


@EITHER_WAY
def test_a_child_that_has_grown_is_recycled(do: Do) -> None:
    with _worker(ProcessLimits(growth_bytes=2**25 + 2**23)) as worker:
        pids = [do(worker, "leak", bytes=2**24) for _ in range(9)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [4, 4, 1]


@EITHER_WAY
def test_a_child_that_computes_for_too_long_is_ended_by_the_kernel(do: Do) -> None:
    with _worker(ProcessLimits(processors=1 / AMPLE_S)) as worker:
        with pytest.raises(errors.WorkerDied, match="SIGXCPU"):
            do(worker, "spin")
        assert do(worker, "echo", value=1) == 1


def test_a_child_without_a_limit_on_address_space_has_one_on_its_own_memory() -> None:
    limits = ProcessLimits(memory_bytes=None, data_bytes=2**28)
    with _worker(limits) as worker, pytest.raises(errors.WorkerDied, match="out of memory"):
        _do(worker, "hog")


@EITHER_WAY
def test_threads_share_a_worker_without_mixing_answers(do: Do, worker: IsolatedWorker) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: do(worker, "echo", value=i), range(200)))
    assert answers == list(range(200))


def test_the_child_outlives_the_thread_that_started_it(worker: IsolatedWorker) -> None:
    pids: list[int] = []
    starter = threading.Thread(target=lambda: pids.append(_do(worker, "pid")))
    starter.start()
    starter.join()
    assert _do(worker, "pid") == pids[0]


def test_a_loop_is_held_up_neither_by_a_late_answer_nor_by_half_of_one(
    worker: IsolatedWorker,
) -> None:
    async def watched() -> tuple[int, str]:
        asked = asyncio.create_task(worker.acall({"do": "begin"}, timeout_s=0.5))
        turns = 0
        while not asked.done():
            await asyncio.sleep(0.01)
            turns += 1
        return turns, repr(asked.exception())

    _do(worker, "pid")
    turns, trouble = awaited(watched())
    assert "WorkerStalled" in trouble
    assert turns > 5


def test_a_call_that_is_given_up_ends_its_child(worker: IsolatedWorker) -> None:
    async def given_up() -> None:
        async with asyncio.timeout(0.2):
            await worker.acall({"do": "hang"}, timeout_s=AMPLE_S)

    child = psutil.Process(_do(worker, "pid"))
    with pytest.raises(TimeoutError):
        awaited(given_up())
    assert not child.is_running()
    assert _await(worker, "pid") != child.pid


def test_many_await_one_worker_without_mixing_answers(worker: IsolatedWorker) -> None:
    async def together() -> list[Any]:
        asked = (worker.acall({"do": "echo", "value": i}, timeout_s=AMPLE_S) for i in range(50))
        return await asyncio.gather(*asked)

    assert awaited(together()) == list(range(50))


@pytest.mark.parametrize("size", [2**10, 2**16, 2**21, 2**22])
def test_what_is_too_large_to_be_sent_at_once_is_answered_too(size: int) -> None:
    value = np.arange(size, dtype=np.uint8)
    with _worker(ProcessLimits()) as worker:
        _do(worker, "pid")
        np.testing.assert_array_equal(_await(worker, "echo", value=value), value)


def test_closing_ends_a_call_in_another_thread(worker: IsolatedWorker) -> None:
    child = psutil.Process(_do(worker, "pid"))
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(_do, worker, "hang")
        worker.close()
        with pytest.raises((errors.WorkerDied, ValueError)):
            hanging.result()
    assert not child.is_running()


@EITHER_WAY
def test_a_closed_worker_refuses_calls(do: Do, worker: IsolatedWorker) -> None:
    worker.close()
    with pytest.raises(ValueError, match="closed"):
        do(worker, "pid")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_child_leaves_the_signals_of_a_shutdown_to_its_parent(
    worker: IsolatedWorker, number: signal.Signals
) -> None:
    pid = _do(worker, "pid")
    os.kill(pid, number)
    assert _do(worker, "pid") == pid


def test_the_child_is_given_no_secrets_and_leaves_no_core_files(
    worker: IsolatedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTH_ACCESS_SECRET", "s3cret")
    assert "s3cret" not in _do(worker, "environment").values()
    assert _do(worker, "core size") == 0


@pytest.mark.parametrize("deed", ["pid", "hang"])
def test_a_killed_parent_leaves_no_orphan_idle_or_busy(deed: str) -> None:
    script = f"""
import threading
from model.isolation import IsolatedWorker, ProcessLimits
worker = IsolatedWorker("isolation_handlers:serve", options={{}}, limits=ProcessLimits())
print(worker.call({{"do": "pid"}}, timeout_s=60), flush=True)
worker.call({{"do": "{deed}"}}, timeout_s=600)
threading.Event().wait()
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    _, alive = psutil.wait_procs([child], timeout=AMPLE_S)
    assert not alive


def test_the_parent_side_does_without_torch() -> None:
    script = "import sys, model.decoder; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
