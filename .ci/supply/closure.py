"""The installed packages that the program needs, found by following their own metadata."""

from collections.abc import Container, Iterable, Iterator
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


def needs(package: Distribution, found: Container[str]) -> list[str]:
    """Return which of the packages found this one needs directly, by canonical name, sorted.

    What it needs for an extra alone is left out.
    """
    names = (canonicalize_name(one.name) for one in _requirements(package, ""))
    return sorted({name for name in names if name in found})


def _requirements(package: Distribution, extra: str) -> Iterator[Requirement]:
    for requirement in map(Requirement, package.requires or []):
        if not requirement.marker or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _follow(
    wanted: Requirement, found: dict[str, Distribution], seen: set[tuple[str, str]]
) -> None:
    name = canonicalize_name(wanted.name)
    found[name] = distribution(wanted.name)
    for extra in {"", *wanted.extras}:
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for requirement in _requirements(found[name], extra):
            _follow(requirement, found, seen)
