"""What a model costs: size, arithmetic, time and memory, each measured in a fresh process."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, Protocol, TypeVar

from model.bundle import EXPORTED, TORCHSCRIPT, open_bundle
from model.golden_pictures import Pixels, golden_pictures

if TYPE_CHECKING:
    from torch import Tensor

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

RUNS = 15
PICTURE_EDGE = 640
"""Pixels; about what is fetched of an upload."""
MIB = 2**20


@dataclass(frozen=True)
class Timing:
    """Medians of one setting.

    Attributes:
        batch: Pictures at once.
        threads: Processor threads.
        milliseconds: Per picture, resizing included.
        start_up_s: From an empty process to the first answer, seconds.
        peak_mib: Largest resident memory of the process.
        precision: Arithmetic chosen on this processor.
    """

    batch: int
    threads: int
    milliseconds: float
    start_up_s: float
    peak_mib: float
    precision: str


@dataclass(frozen=True)
class Size:
    """What does not depend on the machine.

    Attributes:
        parameters: Number of weights.
        multiply_adds: Per picture.
        file_mib: TorchScript, float32.
    """

    parameters: int
    multiply_adds: int
    file_mib: float


class Opened(NamedTuple):
    """A model ready to run.

    Attributes:
        run: Gives an answer per picture, each uint8 RGB (H, W, 3).
        precision: Arithmetic chosen on this processor.
    """

    run: Callable[[Sequence[Pixels]], Sequence[object]]
    precision: str


class Opener(Protocol):
    """Opens a model; it is pickled, and has to load torch itself."""

    def __call__(self, *, threads: int, batch: int) -> Opened:
        """Open it for so many threads and pictures at once."""
        ...


def measure_timing(open_model: Opener, *, batch: int, threads: int) -> Timing:
    """Time a model in a process of its own, so that nothing is warm and memory is its own."""
    return in_fresh_process(_timing, open_model, batch, threads)


def measure_size(models: Path, name: str) -> Size:
    """Count a bundle's weights and arithmetic, likewise in a process of its own."""
    return in_fresh_process(_size, models, name)


def in_fresh_process(
    function: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Answer:
    """Run a function in a new interpreter, which ends with it."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as process:
        return process.submit(function, *args, **kwargs).result()


def open_installed(models: Path, name: str, *, threads: int, batch: int) -> Opened:
    """Open a bundle as the bot does."""
    # Imported here, because loading torch is part of starting up.
    from model.classifier import Classifier  # noqa: PLC0415

    classifier = Classifier(open_bundle(models, name), threads=threads, batch=batch)
    return Opened(classifier.classify, classifier.provenance.precision)


def multiply_adds(model: Callable[["Tensor"], "Tensor"], edge: int) -> int:
    """Count them for one uint8 RGB picture (1, edge, edge, 3)."""
    # Imported here, so that the measuring process alone pays for torch.
    import torch  # noqa: PLC0415
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros((1, edge, edge, 3), dtype=torch.uint8))
    operations: int = counter.get_total_flops()
    return operations // 2


def _timing(open_model: Opener, batch: int, threads: int) -> Timing:
    pictures = [golden_pictures(PICTURE_EDGE)["coffee"]] * batch
    started = time.perf_counter()
    model = open_model(threads=threads, batch=batch)
    model.run(pictures)
    start_up_s = time.perf_counter() - started
    taken: list[float] = []
    for _ in range(RUNS):
        started = time.perf_counter()
        model.run(pictures)
        taken.append(time.perf_counter() - started)
    return Timing(
        batch=batch,
        threads=threads,
        milliseconds=1000 * statistics.median(taken) / batch,
        start_up_s=start_up_s,
        peak_mib=_peak_mib(),
        precision=model.precision,
    )


def _peak_mib() -> float:
    # getrusage counts what the parent held before this process was its own (man 2 getrusage).
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / MIB


def _size(models: Path, name: str) -> Size:
    from model.exported import load_program  # noqa: PLC0415 - as above

    card = open_bundle(models, name).card
    return Size(
        parameters=card.parameters,
        multiply_adds=multiply_adds(load_program(models / name / EXPORTED), card.input.size),
        file_mib=card.artefacts[TORCHSCRIPT].size / MIB,
    )
