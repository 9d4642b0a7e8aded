"""Who is signed in: people who decide about suggestions here rather than on the wiki."""

from dataclasses import dataclass

from fastapi import Request


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who has signed in with the wiki.

    Attributes:
        name: The account on the wiki.
        may_decide: Whether the configured groups and exclusions let their word count.
        token: What every form of theirs has to carry as `csrf`.
    """

    name: str
    may_decide: bool
    token: str


def reviewer_of(request: Request) -> Reviewer | None:  # noqa: ARG001 - sign-in comes next
    """Return who sent a request; None for somebody who has not signed in."""
    return None
