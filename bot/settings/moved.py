"""Keys that earlier versions of `config.yaml` had, and what to write instead."""

from collections.abc import Sequence
from typing import Final

MOVED: Final[dict[tuple[str, ...], str]] = {
    ("rules", "action"): (
        "is now `actions`. Instead of `action: review` write `actions: [log]`; instead of "
        "`action: record` write `shadow: true`. See docs/rules.md"
    ),
}


def moved(place: Sequence[int | str]) -> str | None:
    """Return what became of the key at `place`, if it is one of an earlier version."""
    return MOVED.get(tuple(step for step in place if isinstance(step, str)))
