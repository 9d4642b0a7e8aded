"""Chooses the arithmetic: int8 or bfloat16 where it is faster and the scores stay close."""

import time
from collections.abc import Iterator
from typing import Literal

import torch

from model.bundle import TORCHSCRIPT, TORCHSCRIPT_BFLOAT16, TORCHSCRIPT_INT8, Bundle
from model.engine import Engine
from model.errors import BundleCorrupt
from model.golden_pictures import golden_pictures
from model.torchscript import without_deprecation_warnings

Precision = Literal["fp32", "bf16", "int8"]

ARCHIVES: dict[Precision, str] = {
    "fp32": TORCHSCRIPT,
    "bf16": TORCHSCRIPT_BFLOAT16,
    "int8": TORCHSCRIPT_INT8,
}

_WORDS: dict[Precision, str] = {"fp32": "float32", "bf16": "bfloat16", "int8": "int8"}
_NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16", "bf16")
"""Names of the processor features as `torch.cpu.get_capabilities` gives them, x86 and Arm."""


def processor_has_bfloat16() -> bool:
    """Tell whether bfloat16 is faster here, rather than emulated."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(feature, False) for feature in _NATIVE_BFLOAT16)


_WORTH_IT = 0.85
"""Share of the time in float32 that bfloat16 may take at most, to be chosen."""
_TIMED_RUNS = 7


def drift(bundle: Bundle, engine: Engine) -> float:
    """Return the largest difference between the engine's scores and the card's reference."""
    reference = bundle.card.reference
    pictures = golden_pictures(reference.size)
    pixels = [torch.from_numpy(picture)[None] for picture in pictures.values()]
    expected = torch.tensor([reference.scores[name] for name in pictures])
    with without_deprecation_warnings():
        scores = torch.stack(engine.score(pixels))
    return (scores - expected).abs().max().item()


def open_engine(
    bundle: Bundle, *, precision: Precision | Literal["auto"], batch: int, fused: bool
) -> tuple[Engine, Precision]:
    """Load the graph of the wanted precision.

    Args:
        bundle: An open bundle.
        precision: `auto` takes int8, where the bundle has it, or bfloat16, where it is faster and
            the drift is in bounds.
        batch: As for `Engine`.
        fused: As for `Engine`.

    Raises:
        BundleCorrupt: Another than float32 was asked for by name, and drifts too far or is
            not there.
    """
    if precision == "fp32":
        return _open(bundle, "fp32", batch=batch, fused=fused), "fp32"
    if precision == "auto":
        return _fastest(bundle, batch=batch, fused=fused)
    if ARCHIVES[precision] not in bundle.card.artefacts:
        raise BundleCorrupt(f"{bundle.name} has no graph in {precision}: use fp32.")
    engine = _open(bundle, precision, batch=batch, fused=fused)
    difference = drift(bundle, engine)
    if difference <= bundle.card.reference.bound:
        return engine, precision
    raise BundleCorrupt(
        f"In {_WORDS[precision]} the scores of {bundle.name} move by {difference:.3f}, more than "
        f"the card's bound of {bundle.card.reference.bound}: use fp32."
    )


def _fastest(bundle: Bundle, *, batch: int, fused: bool) -> tuple[Engine, Precision]:
    exact: Engine | None = None
    for precision in _candidates(bundle):
        engine = _open(bundle, precision, batch=batch, fused=fused)
        close = drift(bundle, engine) <= bundle.card.reference.bound
        exact = exact or _open(bundle, "fp32", batch=batch, fused=fused)
        if close and _is_faster(bundle, engine, exact):
            return engine, precision
    return exact or _open(bundle, "fp32", batch=batch, fused=fused), "fp32"


def _candidates(bundle: Bundle) -> Iterator[Precision]:
    if TORCHSCRIPT_INT8 in bundle.card.artefacts:
        yield "int8"
    if processor_has_bfloat16():
        yield "bf16"


def _is_faster(bundle: Bundle, half: Engine, exact: Engine) -> bool:
    """Tell whether bfloat16 pays here.

    Not every processor that lists the instructions gains by them: on some cloud machines of
    Intel's the same graph takes 1.4 times as long as in float32. The least of several times
    counts: what else a machine does can only add to one.
    """
    size = bundle.card.reference.size
    picture = torch.from_numpy(next(iter(golden_pictures(size).values())))[None]
    times: dict[Engine, list[float]] = {half: [], exact: []}
    for _ in range(_TIMED_RUNS):
        for engine, taken in times.items():
            taken.append(_processor_seconds(engine, picture))
    return min(times[half]) <= _WORTH_IT * min(times[exact])


def _processor_seconds(engine: Engine, picture: torch.Tensor) -> float:
    before = time.process_time()
    engine.score([picture])
    return time.process_time() - before


def _open(bundle: Bundle, precision: Precision, *, batch: int, fused: bool) -> Engine:
    return Engine(bundle.artefact(ARCHIVES[precision]), batch=batch, fused=fused)
