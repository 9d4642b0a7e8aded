"""The branches that concern wikis, grown from the four kinds of `model.errors`.

RetryLater
├── NetworkFault      no answer: reset, timed out, cut short
│   ├── Unreachable   no connection: the host is down or we are, whatever was asked for
│   └── GarbledStream an event was no JSON: most often torn by a cut, and whole when read again
├── ServerBusy        429, 503, maxlag, read-only; carries the pause that was asked for
│   └── GateClosed    somebody else was told so, and the pause is not over: nothing was asked
├── LedgerBusy        the database is locked, read-only for a while, or out of reach
├── EditConflict      somebody else saved the page first: read it again
└── SwitchedOff       the run page does not say true: nothing is written until it does
NotYet
└── NotThereYet       a fresh upload's thumbnail or database row does not exist yet
Never
├── NothingToScore    no picture, or no longer this one; `reason` becomes the skip reason
├── PageRefused       a control page asks for what it cannot have, and is not followed
├── MalformedEvent    an event that is not what the stream's schema promises
└── Refused           the other side says no for good to this one request
    └── PageClosed    this one page is not to be edited by us: protected, or it keeps bots away
Stop
├── ConfigInvalid     config.yaml says something that cannot be meant
├── WrongWiki         the client would talk to another wiki than the configured one
├── LedgerUnusable    the database cannot be opened, or belongs to another version
└── NotAllowed        login refused, blocked, rights lost
"""

from model.errors import LookoutError, Never, NotYet, RetryLater, Stop

__all__ = [
    "ConfigInvalid",
    "EditConflict",
    "GarbledStream",
    "GateClosed",
    "LedgerBusy",
    "LedgerUnusable",
    "LookoutError",
    "MalformedEvent",
    "NetworkFault",
    "Never",
    "NotAllowed",
    "NotThereYet",
    "NotYet",
    "NothingToScore",
    "PageClosed",
    "PageRefused",
    "Refused",
    "RetryLater",
    "ServerBusy",
    "Stop",
    "SwitchedOff",
    "Unreachable",
    "WrongWiki",
]


class NetworkFault(RetryLater):
    """No usable answer came back."""


class Unreachable(NetworkFault):
    """The host did not take the call, which is never the fault of what was asked for."""


class GarbledStream(NetworkFault):
    """What came over the stream is no event."""


class ServerBusy(RetryLater):
    """The other side asks for patience."""


class GateClosed(ServerBusy):
    """Not asked for, because the whole bot was told to wait: never the fault of what was wanted."""


class LedgerBusy(RetryLater):
    """The database cannot be had now: locked, failing over, or not answering."""


class EditConflict(RetryLater):
    """The page changed between reading and saving."""


class SwitchedOff(RetryLater):
    """People on the wiki want no edits now. The message says whose words these are."""


class NotThereYet(NotYet):
    """Expected within minutes of an upload (https://phabricator.wikimedia.org/T393236)."""


class NothingToScore(Never):
    """There is no picture to look at. `reason` is a short code for the ledger and the metrics."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class PageRefused(Never):
    """The message names the page, its revision and author, and every problem."""


class MalformedEvent(Never):
    """The event lacks what the schema promises."""


class Refused(Never):
    """Asking again would get the same answer. `code` is the other side's own word for it."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class PageClosed(Refused):
    """Whatever the text, this page is not to be edited by this account now."""


class ConfigInvalid(Stop):
    """The message lists every problem with its line, key, value and what is allowed."""


class WrongWiki(Stop):
    """Raised before the first write, never after."""


class LedgerUnusable(Stop):
    """The message says which database and what to do."""


class NotAllowed(Stop):
    """A person has to restore the account or its rights."""
