"""Who we say we are. Wikimedia answers 403 to a library's default User-Agent.

https://meta.wikimedia.org/wiki/User-Agent_policy
"""

import requests

from bot import __version__

HOMEPAGE = "https://commons.wikimedia.org/wiki/User:CommonsLookoutBot"


def user_agent(contact: str) -> str:
    """Return the User-Agent; `contact` is the operator's page or address."""
    about = contact or f"{HOMEPAGE}; operator not named, dry-run"
    return f"CommonsLookout/{__version__} ({about}) python-requests/{requests.__version__}"
