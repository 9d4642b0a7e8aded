"""How training tells how far it has come."""

from collections.abc import Callable, Iterable
from typing import Protocol

from model.training.pictures import Batch

Say = Callable[[str], None]


class Bar(Protocol):
    """Passes on batches and shows how far they have come."""

    def __call__(self, batches: Iterable[Batch], total: int, what: str, /) -> Iterable[Batch]:
        """Pass on `total` batches."""
        ...


def silent(batches: Iterable[Batch], total: int, what: str) -> Iterable[Batch]:  # noqa: ARG001
    """Show nothing."""
    return batches
