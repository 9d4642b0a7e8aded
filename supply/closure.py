"""The installed packages that the program needs, found by following their own metadata."""

from collections.abc import Iterable
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(wanted: Iterable[Requirement]) -> dict[str, Distribution]:
    """Return what meets the requirements, and all that needs in turn, by canonical name.

    Raises:
        PackageNotFoundError: One of them is not installed.
    """
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    for requirement in wanted:
        _follow(requirement, found, seen)
    return found


def _follow(
    wanted: Requirement, found: dict[str, Distribution], seen: set[tuple[str, str]]
) -> None:
    name = canonicalize_name(wanted.name)
    found[name] = distribution(wanted.name)
    for extra in {"", *wanted.extras}:
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for requirement in map(Requirement, found[name].requires or []):
            if not requirement.marker or requirement.marker.evaluate({"extra": extra}):
                _follow(requirement, found, seen)
