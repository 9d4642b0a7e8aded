"""What all routes share."""

from dataclasses import dataclass

from fastapi import Request

from bot.config import Settings
from bot.ledger import Ledger
from bot.web.clients import Clients, RateLimit
from bot.web.fetching import Wikimedia
from bot.web.jobs import Jobs
from bot.web.scorer import Scorer
from bot.web.signingin import SigningIn
from bot.web.waiting import Places


@dataclass(frozen=True, slots=True)
class Parts:
    """One service's own."""

    settings: Settings
    scorer: Scorer
    wikimedia: Wikimedia
    ledger: Ledger
    places: Places
    jobs: Jobs
    clients: Clients
    rate: RateLimit
    tokens: frozenset[str]
    signin: SigningIn | None


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that got the request."""
    parts: Parts = request.app.state.parts
    return parts
