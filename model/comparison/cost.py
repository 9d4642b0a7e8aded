"""What a model costs: size, arithmetic, time and memory, each measured in a fresh process."""

import multiprocessing
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from model.bundle import EXPORTED, TORCHSCRIPT, open_bundle
from model.golden_pictures import golden_pictures

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


def measure_timing(models: Path, name: str, *, batch: int, threads: int) -> Timing:
    """Time a bundle in a process of its own, so that nothing is warm and memory is its own."""
    with _fresh_process() as process:
        return process.submit(_timing, models, name, batch, threads).result()


def measure_size(models: Path, name: str) -> Size:
    """Count a bundle's weights and arithmetic, likewise in a process of its own."""
    with _fresh_process() as process:
        return process.submit(_size, models, name).result()


def _fresh_process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))


def _timing(models: Path, name: str, batch: int, threads: int) -> Timing:
    pictures = [golden_pictures(PICTURE_EDGE)["coffee"]] * batch
    started = time.perf_counter()
    # Imported here, because loading torch is part of starting up.
    from model.classifier import Classifier  # noqa: PLC0415

    classifier = Classifier(open_bundle(models, name), threads=threads, batch=batch)
    classifier.classify(pictures)
    start_up_s = time.perf_counter() - started
    taken: list[float] = []
    for _ in range(RUNS):
        started = time.perf_counter()
        classifier.classify(pictures)
        taken.append(time.perf_counter() - started)
    return Timing(
        batch=batch,
        threads=threads,
        milliseconds=1000 * statistics.median(taken) / batch,
        start_up_s=start_up_s,
        peak_mib=_peak_mib(),
        precision=classifier.provenance.precision,
    )


def _peak_mib() -> float:
    # getrusage counts what the parent held before this process was its own (man 2 getrusage).
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / MIB


def _size(models: Path, name: str) -> Size:
    # Imported here, so that the measuring process alone pays for torch.
    import torch  # noqa: PLC0415
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415

    from model.exported import load_program  # noqa: PLC0415

    card = open_bundle(models, name).card
    program = load_program(models / name / EXPORTED)
    with FlopCounterMode(display=False) as counter:
        program(torch.zeros((1, card.input.size, card.input.size, 3), dtype=torch.uint8))
    return Size(
        parameters=card.parameters,
        multiply_adds=counter.get_total_flops() // 2,
        file_mib=card.artefacts[TORCHSCRIPT].size / MIB,
    )
