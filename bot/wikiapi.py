"""The read side of one wiki's API, through mwapi, with what goes wrong in the terms of our tree."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import mwapi
import requests

from bot.errors import NetworkFault, Refused, ServerBusy
from bot.http import no_answer, raise_if_busy, retry_after
from bot.patience import Patience
from bot.settings.intake import WikiSettings

VALUES_PER_REQUEST = 50  # titles or names, of an account without `apihighlimits`
MAXLAG_S = 5  # https://www.mediawiki.org/wiki/Manual:Maxlag_parameter
BUSY_CODES = ("maxlag", "ratelimited", "readonly")


class WikiApi:
    """Reads by `action=query`. Safe to share between threads; calls come one at a time.

    That is what https://www.mediawiki.org/wiki/API:Etiquette asks for.
    """

    def __init__(
        self, settings: WikiSettings, *, user_agent: str, patience: Patience | None = None
    ) -> None:
        parts = urlsplit(settings.api)
        self._session = requests.Session()
        self._session.hooks["response"].append(_check)
        # Our POSTs only read; told so, the data centre nearby may answer (ApiMain.php).
        self._session.headers["Promise-Non-Write-API-Action"] = "true"
        self._turn = threading.Lock()
        self._patience = patience or Patience()
        self._api = mwapi.Session(
            f"{parts.scheme}://{parts.netloc}",
            api_path=parts.path,
            user_agent=user_agent,
            formatversion=2,
            timeout=settings.timeout_seconds,
            session=self._session,
        )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have the wiki to oneself, for one call of `answers` and for reading what it says.

        Raises:
            RetryLater: the wiki is busy or out of reach, or its answer is none.
            Refused: the wiki does not accept the request.
        """
        with self._turn, self._patience.asking(), faults():
            yield

    def answers(self, **asked: str) -> Iterator[dict[str, Any]]:
        """Yield the parts of one answer, each asked for when it is wanted. Call it in a `turn`.

        By POST: fifty titles of 240 bytes each are too long for a request's first line.

        Raises:
            GateClosed: as `Limiter.calling` does.
        """
        answers: Iterator[dict[str, Any]] = self._api.post(
            continuation=True, action="query", maxlag=MAXLAG_S, **asked
        )
        while True:
            with self._patience.calling():
                answer = next(answers, None)
            if answer is None:
                return
            yield answer
            if "continue" not in answer:
                return

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()


def batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield `values` in parts that one request takes."""
    for start in range(0, len(values), VALUES_PER_REQUEST):
        yield values[start : start + VALUES_PER_REQUEST]


@contextmanager
def faults() -> Iterator[None]:
    """Turn what mwapi raises, and what an answer without its parts raises, into our errors."""
    try:
        yield
    except mwapi.errors.APIError as error:
        if error.code in BUSY_CODES:
            raise ServerBusy(f"the wiki says {error.code}: {error.info}") from error
        message = f"the wiki refuses: {error.code}: {error.info}"
        raise Refused(message, code=str(error.code)) from error
    except requests.RequestException as error:
        # mwapi wraps whatever our hook raises.
        if isinstance(error.__cause__, ServerBusy):
            raise error.__cause__ from None
        raise no_answer("the wiki's API", error) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NetworkFault(f"the wiki's API gave an answer that is none: {error!r}") from error


def _check(response: requests.Response, **_: Any) -> None:
    """Look at an answer before mwapi does, which would lose its status and headers."""
    try:
        raise_if_busy(response)
        _raise_if_error_is_busy(response)
    except ServerBusy:
        response.close()
        raise


def _raise_if_error_is_busy(response: requests.Response) -> None:
    code = response.headers.get("MediaWiki-API-Error")
    if code in BUSY_CODES:
        raise ServerBusy(f"the wiki says {code}", retry_after=retry_after(response))
