"""The real wiki, written through pywikibot.

pywikibot takes its settings from a file it finds by itself, and without one works on
test.wikipedia.org. Here it reads no file: the module is told everything before it is imported,
and the host name is compared before the first write.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.config import Settings
from bot.errors import EditConflict, NetworkFault, NotAllowed, Refused, ServerBusy, WrongWiki
from bot.publish.wiki import Page

FAMILY = "lookout"
PRIVATE = 0o700
SECRET = 0o600
PASSWORD_FILE = "passwords"  # noqa: S105 - a file name
RETRIES = 2  # inside pywikibot; longer waiting is the publisher's affair
RETRY_WAIT_S = 5
MAXLAG_S = 5

CONFLICT_CODES = ("editconflict", "articleexists", "missingtitle", "pagedeleted")
BUSY_CODES = ("maxlag", "ratelimited", "readonly", "failed-save")
NOT_ALLOWED_CODES = (
    "assertbotfailed",
    "assertuserfailed",
    "autoblocked",
    "blocked",
    "cascadeprotected",
    "permissiondenied",
    "protectedpage",
    "readapidenied",
)


class LiveWiki:
    """One account on one wiki."""

    mode = "live"

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._bot = _import_pywikibot(settings, folder)
        self._site: Any = None

    def check(self) -> None:
        """Log in, and compare host and rights with what the settings ask for."""
        with self._errors():
            site = self._bot.Site(url=self._settings.wiki.api, fam=FAMILY)
            self._compare_host(site)
            self._log_in(site)
            wanted = self._settings.publish.assert_right
            if wanted == "bot" and "bot" not in site.userinfo["rights"]:
                raise NotAllowed(
                    f"{site.user()} has no bot right here, or its bot password lacks the grant "
                    "'High-volume (bot) access'. Grant it, or set publish.assert_right: user"
                )
        self._site = site

    def read(self, title: str) -> Page:
        """Return the page as it is now."""
        with self._errors():
            page = self._bot.Page(self._site, title)
            if not page.exists():
                return Page(title, "", 0)
            if not page.botMayEdit():
                raise NotAllowed(f"{title} asks bots to stay away ({{{{nobots}}}} or {{{{bots}}}})")
            return Page(title, page.text, page.latest_revision_id)

    def save(self, page: Page, text: str, summary: str) -> None:
        """Save with the API's own safeguards: base revision, assertion, no silent re-creation."""
        base = {"baserevid": page.revision, "nocreate": 1} if page.revision else {"createonly": 1}
        with self._errors():
            self._site.simple_request(
                action="edit",
                title=page.title,
                text=text,
                summary=summary,
                bot=1,
                maxlag=MAXLAG_S,
                token=self._site.tokens["csrf"],
                **{"assert": self._settings.publish.assert_right},
                **base,
            ).submit()

    def close(self) -> None:
        """Remove the password file."""
        (self._folder / PASSWORD_FILE).unlink(missing_ok=True)

    def _compare_host(self, site: Any) -> None:
        wanted = urlsplit(self._settings.wiki.api).netloc
        if site.hostname() != wanted:
            raise WrongWiki(f"pywikibot would write to {site.hostname()}, not to {wanted}")

    def _log_in(self, site: Any) -> None:
        secrets = self._settings.secrets
        if secrets.oauth:
            self._bot.config.authenticate[site.hostname()] = secrets.oauth
            site._username = site.userinfo["name"]  # noqa: SLF001 - the tokens decide who we are
        else:
            name, _, suffix = secrets.bot_name.partition("@")
            site._username = name  # noqa: SLF001 - Site(user=…) would ask the absent config file
            self._write_password(name, suffix, secrets.bot_password.get_secret_value())
        site.login()
        if not site.logged_in():
            raise NotAllowed(f"login as {site.username()} was refused")

    def _write_password(self, name: str, suffix: str, password: str) -> None:
        """Write the file, for our eyes only, from which pywikibot renews a lost session."""
        path = self._folder / PASSWORD_FILE
        credentials = f"BotPassword({suffix!r}, {password!r})" if suffix else repr(password)
        path.unlink(missing_ok=True)
        path.touch(mode=SECRET)
        path.write_text(f"({name!r}, {credentials})\n", encoding="utf-8")
        self._bot.config.password_file = str(path)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        exceptions = self._bot.exceptions
        try:
            yield
        except exceptions.APIError as error:
            raise _meaning(error) from error
        except exceptions.NoUsernameError as error:
            raise NotAllowed(f"login was refused: {error}") from error
        except (exceptions.ServerError, exceptions.TimeoutError) as error:
            raise ServerBusy(f"the wiki: {error}") from error
        except OSError as error:
            raise NetworkFault(f"the wiki: {error}") from error


def _meaning(error: Any) -> Exception:
    """Return an API error in the terms of our tree."""
    text = f"the wiki says {error.code}: {error.info}"
    if error.code in CONFLICT_CODES:
        return EditConflict(text)
    if error.code in BUSY_CODES:
        return ServerBusy(text)
    if error.code in NOT_ALLOWED_CODES or error.code.startswith("login"):
        return NotAllowed(f"{text}. The bot stops until a person has looked at its account")
    return Refused(text, code=error.code)


def _import_pywikibot(settings: Settings, folder: Path) -> Any:
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    folder.chmod(PRIVATE)
    os.environ["PYWIKIBOT_DIR"] = str(folder)
    os.environ["PYWIKIBOT_NO_USER_CONFIG"] = "2"
    import pywikibot  # noqa: PLC0415 - it reads both variables while it is imported
    from pywikibot import config  # noqa: PLC0415

    config.put_throttle = 0  # publish.interval_seconds paces the edits
    config.max_retries = RETRIES
    config.retry_wait = RETRY_WAIT_S
    config.socket_timeout = (settings.wiki.timeout_seconds, settings.wiki.timeout_seconds)
    config.user_agent_description = settings.wiki.contact
    return pywikibot
