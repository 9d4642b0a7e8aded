"""From the files of a package to the artefacts of a bundle."""

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor

from model.bundle import TORCHSCRIPT
from model.card import Description


def export(description: Description, members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Build every artefact of a model: file name to content.

    The work is done in a process of its own. TorchScript numbers the classes it makes, so a
    second export in one process would differ from the first, and the same input has to give
    the same hash. It also gives the memory back.
    """
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        return pool.submit(_export, description, members).result()


def _export(description: Description, members: Mapping[str, bytes]) -> dict[str, bytes]:
    # Imported here, so that only the exporting process pays for torch.
    from model import torchscript  # noqa: PLC0415
    from model.sources.builders import BUILDERS  # noqa: PLC0415

    pipeline = BUILDERS[description.name](members)
    return {TORCHSCRIPT: torchscript.freeze(pipeline)}
