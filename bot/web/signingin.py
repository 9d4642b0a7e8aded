"""What signing in needs, where it is set up."""

import threading
import time
from dataclasses import dataclass
from typing import Final

from bot.config import Settings
from bot.errors import ConfigInvalid
from bot.identity import user_agent
from bot.web.members import Members
from bot.web.wikilogin import WikiLogin
from bot.wikiapi import WikiApi

SHORTEST_KEY: Final = 32


class Ended:
    """Sessions that were signed out of before their time. Forgotten when the service restarts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def add(self, session: str, *, until: float) -> None:
        """Have a session refused until it ends by itself (s since 1970)."""
        now = time.time()
        with self._lock:
            self._until = {key: end for key, end in self._until.items() if end > now}
            self._until[session] = until

    def __contains__(self, session: object) -> bool:
        return session in self._until


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The wiki as the one who knows people, and the key that signs their cookies."""

    login: WikiLogin
    members: Members
    ended: Ended
    key: str
    hours: float


def signing_in(settings: Settings, api: WikiApi) -> SigningIn | None:
    """Return what signing in needs; None where it is not set up.

    Raises:
        ConfigInvalid: it is set up in part.
    """
    signin, secrets = settings.signin, settings.secrets
    if not signin.client_id:
        return None
    if not signin.address:
        raise ConfigInvalid(
            "signin.client_id is set, but signin.address is empty. Name where this service is "
            "reached, such as https://lookout.toolforge.org"
        )
    key = secrets.session_key.get_secret_value()
    if len(key) < SHORTEST_KEY:
        raise ConfigInvalid(
            f"signin.client_id is set, but LOOKOUT_SESSION_KEY has {len(key)} characters. Set it "
            f"to {SHORTEST_KEY} random ones or more, such as the output of: openssl rand -hex 32"
        )
    login = WikiLogin(
        signin,
        secrets.signin_secret.get_secret_value(),
        user_agent=user_agent(settings.wiki.contact),
        timeout_s=settings.wiki.timeout_seconds,
    )
    members = Members(api, own_name=secrets.account)
    return SigningIn(login, members, Ended(), key, signin.hours)
