"""From the files of a package to the artefacts of a bundle."""

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from model.bundle import EXPORTED, TORCHSCRIPT, TORCHSCRIPT_BFLOAT16
from model.card import About, Reference
from model.golden_pictures import golden_pictures

if TYPE_CHECKING:
    from model.networks.pipeline import Pipeline

BFLOAT16_BOUND = 0.05
"""Largest change of a reference picture's probability for which bfloat16 is offered."""
REFERENCE_DIGITS = 4
"""More would differ between processors, and the card would not be reproducible."""


class Export(NamedTuple):
    """File name to content, and the scores that faster graphs are held to."""

    artefacts: dict[str, bytes]
    reference: Reference


def export(description: About, members: Mapping[str, bytes]) -> Export:
    """Build every artefact of a model.

    The work is done in a process of its own. TorchScript numbers the classes it makes, so a
    second export in one process would differ from the first, and the same input has to give
    the same hash. It also gives the memory back.
    """
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        return pool.submit(_export, description, members).result()


def _export(description: About, members: Mapping[str, bytes]) -> Export:
    # Imported here, so that only the exporting process pays for torch.
    from model.sources.builders import BUILDERS  # noqa: PLC0415

    return built(BUILDERS[description.name](members), description.input.size)


def built(pipeline: "Pipeline", size: int) -> Export:
    """Build every artefact of a pipeline; call it in a process of its own, see `export`.

    Args:
        pipeline: With its weights.
        size: Width and height of the reference pictures, pixels.
    """
    from model import exported, torchscript  # noqa: PLC0415 - as above

    artefacts = {
        TORCHSCRIPT: torchscript.freeze(pipeline),
        TORCHSCRIPT_BFLOAT16: torchscript.freeze(pipeline.in_bfloat16()),
        EXPORTED: exported.export_program(pipeline),
    }
    return Export(artefacts, _reference(pipeline, size))


def _reference(pipeline: "Pipeline", size: int) -> Reference:
    import torch  # noqa: PLC0415 - as above

    scores = {}
    for name, pixels in golden_pictures(size).items():
        with torch.no_grad():
            (probabilities,) = pipeline(torch.from_numpy(pixels)[None])
        scores[name] = tuple(round(value, REFERENCE_DIGITS) for value in probabilities.tolist())
    return Reference(size=size, bound=BFLOAT16_BOUND, scores=scores)
