"""Who somebody is, asked of the wiki: OAuth 2.0 as MediaWiki's extension speaks it.

Authorization code with PKCE (RFC 7636). https://www.mediawiki.org/wiki/OAuth/For_Developers
"""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from bot.errors import NetworkFault, Refused
from bot.http import network_faults, raise_if_busy
from bot.settings.signin import SignInSettings

log = structlog.get_logger(__name__)

VERIFIER_BYTES: Final = 48  # 64 characters; RFC 7636 wants 43 to 128
OK: Final = 200


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody sent to the wiki, and what has to come back with them."""

    address: str
    state: str
    verifier: str


class WikiLogin:
    """One consumer of the wiki's. Safe to share between threads.

    Args:
        settings: The consumer and the endpoints.
        secret: Of a confidential consumer; empty for one that is not.
        user_agent: Sent with every request.
        timeout_s: For each of them.
    """

    def __init__(
        self, settings: SignInSettings, secret: str, *, user_agent: str, timeout_s: float
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._user_agent = user_agent
        self._timeout_s = timeout_s

    def depart(self) -> Departure:
        """Return where to send somebody who wants to sign in; nothing is asked of the wiki yet."""
        verifier = token_urlsafe(VERIFIER_BYTES)
        with self._session() as session:
            endpoint = self._settings.endpoint("authorize")
            address, state = session.create_authorization_url(endpoint, code_verifier=verifier)
        return Departure(address, state, verifier)

    def name(self, code: str, verifier: str) -> str:
        """Return the account of somebody who came back with a code. No token is kept.

        Raises:
            Refused: the wiki does not take the code, or the account is blocked.
            RetryLater: the wiki is busy or out of reach, or its answer is none.
        """
        profile = self._profile(code, verifier)
        if profile.get("blocked"):  # of a hidden account it says no more than that
            raise Refused("this account is blocked on the wiki")
        name = profile.get("username")
        if not isinstance(name, str) or not name:
            raise NetworkFault("the wiki's profile names no account")
        return name

    def _profile(self, code: str, verifier: str) -> dict[str, Any]:
        token_endpoint = self._settings.endpoint("access_token")
        with self._session() as session, network_faults("the wiki's sign-in"):
            try:
                session.fetch_token(token_endpoint, code=code, code_verifier=verifier)
            except AuthlibBaseError as error:
                raise Refused(f"the wiki did not confirm the sign-in: {error.error}") from error
            except ValueError as error:  # no JSON
                raise NetworkFault(f"the wiki's sign-in: {error}") from error
            answer = session.get(self._settings.endpoint("resource/profile"))
            raise_if_busy(answer)
            profile = answer.json() if answer.status_code == OK else None
        if not isinstance(profile, dict):
            raise NetworkFault(f"the wiki's profile answered {answer.status_code}")
        return profile

    def _session(self) -> OAuth2Session:
        session = OAuth2Session(
            self._settings.client_id,
            self._secret or None,
            redirect_uri=self._settings.callback,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post" if self._secret else "none",
            default_timeout=self._timeout_s,
        )
        session.headers["User-Agent"] = self._user_agent
        return session
