"""The real wiki, written through pywikibot.

pywikibot takes its settings from a file it finds by itself, and without one works on
test.wikipedia.org. Here that file is empty: the module is told everything around its import, and
the host name is compared before the first write. It would also ask at the terminal and wait for
minutes, where this bot has a log and a publisher that comes back.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from bot.config import Settings
from bot.errors import (
    ConfigInvalid,
    NetworkFault,
    NotAllowed,
    PageClosed,
    Refused,
    ServerBusy,
    WrongWiki,
)
from bot.http import LONGEST_RETRY_AFTER_S
from bot.patience import Patience
from bot.publish.exclusion import may_edit
from bot.publish.private import make_private, write_secret
from bot.publish.refusals import ASSERTION_CODES, meaning, tag_refused
from bot.publish.wiki import Page

FAMILY = "lookout"
PASSWORD_FILE = "passwords"  # noqa: S105 - a file name
CONFIG_FILE = "user-config.py"
MAXLAG_S = 5

REDIRECTS_FOLLOWED = 3
IDS_PER_REQUEST = 50
TAG_EXISTS = "tags-create-already-exists"


class LiveWiki:
    """One account on one wiki."""

    mode = "live"

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        patience: Patience | None = None,
        permit: Callable[[], None] = lambda: None,
    ) -> None:
        """`permit` is called before each edit, and raises when there should be none."""
        self._settings = settings
        self._permit = permit
        self._folder = folder
        self._patience = patience or Patience()
        self._bot = _import_pywikibot(settings, folder)
        self._site: Any = None

    def check(self) -> None:
        """Log in, and compare host and rights with what the settings ask for."""
        with self._errors():
            self._site = site = self._bot.Site(url=self._settings.wiki.api, fam=FAMILY)
            compare_host(site, self._settings.wiki.api)
            self._log_in(site)
            self._compare_rights(site)

    def read(self, title: str) -> Page:
        """Return the page as it is now, or what it became when it was moved."""
        with self._session():
            page = self._find(title)
            if not page.exists():
                return Page(title, "", 0)
            if not may_edit(page.text, self._site.username()):
                raise PageClosed(
                    f"{title} asks bots to stay away ({{{{nobots}}}} or {{{{bots}}}})",
                    code="nobots",
                )
            return Page(page.title(), page.text, page.latest_revision_id)

    def save(self, page: Page, text: str, summary: str) -> int:
        """Save with the API's own safeguards: base revision, assertion, no silent re-creation."""
        base = {"baserevid": page.revision, "nocreate": 1} if page.revision else {"createonly": 1}
        with self._session():
            return self._edit(title=page.title, text=text, summary=summary, **base)

    def sha1(self, title: str) -> str | None:
        """Return the SHA-1 of a file's current version."""
        with self._session():
            file = self._bot.FilePage(self._site, title)
            try:
                digest: str = file.latest_file_info.sha1
            except self._bot.exceptions.PageRelatedError:
                return None
            return digest

    def tag(self, log_ids: Sequence[int], name: str, reason: str) -> Mapping[int, str]:
        """Put the tag on, fifty entries a request; the wiki passes over those that have it."""
        refused: dict[int, str] = {}
        with self._session():
            for start in range(0, len(log_ids), IDS_PER_REQUEST):
                batch = "|".join(map(str, log_ids[start : start + IDS_PER_REQUEST]))
                for one in self._write(action="tag", logid=batch, add=name, reason=reason):
                    refused |= tag_refused(one)
        return refused

    def make_tag(self, name: str, description: str) -> bool:
        """Make the tag, unless it is there."""
        with self._session():
            try:
                self._write(
                    action="managetags", operation="create", tag=name, reason=description, bot=1
                )
            except self._bot.exceptions.APIError as error:
                if error.code == TAG_EXISTS:
                    return False
                if error.code == "permissiondenied":  # only of tags, and no reason to stop
                    raise Refused(f"the wiki says: {error.info}", code=error.code) from error
                raise
            return True

    def _find(self, title: str) -> Any:
        """Return the page, or the one it was moved to, with or without a redirect left behind."""
        page = first = self._bot.Page(self._site, title)
        exceptions = self._bot.exceptions
        for _ in range(REDIRECTS_FOLLOWED):
            try:
                if page.isRedirectPage():
                    page = page.getRedirectTarget()
                elif not page.exists():
                    page = page.moved_target()
                else:
                    break
            except exceptions.NoMoveTargetError:
                break
            except (
                exceptions.CircularRedirectError,
                exceptions.InterwikiRedirectPageError,
            ) as error:
                raise PageClosed(f"{title} was moved to nowhere: {error}", code="moved") from error
        if page.namespace() != first.namespace():
            raise PageClosed(f"{title} was moved to {page.title()}", code="moved")
        return page

    def _edit(self, **parameters: Any) -> int:
        """Return the new revision, or the old one if the text was there already."""
        outcome = self._write(action="edit", bot=1, **parameters)
        if outcome.get("result") != "Success":
            raise Refused(f"the wiki did not save {parameters['title']}: {outcome}")
        return int(outcome.get("newrevid") or parameters["baserevid"])

    def _write(self, *, action: str, **parameters: Any) -> Any:
        self._permit()
        token = self._site.tokens["csrf"]
        request = self._site.simple_request(
            action=action, maxlag=MAXLAG_S, token=token, **parameters
        )
        # Given above, this would be overwritten: pywikibot itself only ever asserts `user`.
        request["assert"] = self._settings.publish.assert_right
        return request.submit()[action]

    def close(self) -> None:
        """Remove the password file."""
        (self._folder / PASSWORD_FILE).unlink(missing_ok=True)

    def _log_in(self, site: Any) -> None:
        secrets = self._settings.secrets
        if secrets.oauth:
            self._bot.config.authenticate[site.hostname()] = secrets.oauth
            site._username = site.userinfo["name"]  # noqa: SLF001 - the tokens decide who we are
        else:
            name, _, suffix = secrets.bot_name.partition("@")
            name = self._bot.tools.normalize_username(name)
            site._username = name  # noqa: SLF001 - Site(user=…) would ask the absent config file
            self._write_password(name, suffix, secrets.bot_password.get_secret_value())
        # Of a session that was lost pywikibot remembers too much to renew it.
        del site.userinfo
        site.tokens.clear()
        site.login()
        if not site.logged_in():
            raise NotAllowed(f"login as {site.username()} was refused")

    def _compare_rights(self, site: Any) -> None:
        wanted = self._settings.publish.assert_right
        if wanted == "bot" and "bot" not in site.userinfo["rights"]:
            raise NotAllowed(
                f"{site.user()} has no bot right here, or its bot password lacks the grant "
                "'High-volume (bot) access'. Grant it, or set publish.assert_right: user"
            )

    def _write_password(self, name: str, suffix: str, password: str) -> None:
        """Write the file from which pywikibot renews a lost session."""
        path = self._folder / PASSWORD_FILE
        credentials = f"BotPassword({suffix!r}, {password!r})" if suffix else repr(password)
        write_secret(path, f"({name!r}, {credentials})\n")
        self._bot.config.password_file = str(path)

    @contextmanager
    def _session(self) -> Iterator[None]:
        """Tell a lost session from a lost right by logging in again."""
        try:
            with self._errors():
                yield
        except NotAllowed as error:
            if not self._is_of_the_session(error.__cause__):
                raise
            self.check()
            raise ServerBusy("the session was lost, and is renewed") from error

    def _is_of_the_session(self, error: BaseException | None) -> bool:
        if isinstance(error, self._bot.exceptions.NoUsernameError):
            return True
        return getattr(error, "code", "") in ASSERTION_CODES

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with self._patience.asking(), self._translated():
            yield

    @contextmanager
    def _translated(self) -> Iterator[None]:
        exceptions = self._bot.exceptions
        try:
            yield
        except exceptions.APIError as error:
            raise meaning(error.code, error.info, _block_reason(error)) from error
        except exceptions.NoUsernameError as error:
            raise NotAllowed(f"login was refused: {error}") from error
        except exceptions.InvalidTitleError as error:
            raise ConfigInvalid(f"publish.page_prefix makes no title: {error}") from error
        except exceptions.Error as error:
            # No answer in time, one that is no JSON, lag: its many words for "not now".
            text = f"the wiki: {type(error).__name__}: {error}"
            raise ServerBusy(text, retry_after=self._pause_asked_for()) from error
        except OSError as error:
            raise NetworkFault(f"the wiki: {error}") from error

    def _pause_asked_for(self) -> float | None:
        """Take over the last Retry-After, which pywikibot would sleep for before its next call."""
        if self._site is None:
            return None
        seconds, self._site.throttle.retry_after = self._site.throttle.retry_after, 0
        return min(seconds, LONGEST_RETRY_AFTER_S) or None


def compare_host(site: Any, api: str) -> None:
    """Refuse to go on when pywikibot chose another wiki than the configured one."""
    wanted = urlsplit(api).netloc
    if site.hostname() != wanted:
        raise WrongWiki(f"pywikibot would write to {site.hostname()}, not to {wanted}")


def _block_reason(error: Any) -> str:
    return str(error.other.get("blockinfo", {}).get("blockreason", ""))


def _import_pywikibot(settings: Settings, folder: Path) -> Any:
    make_private(folder, CONFIG_FILE, PASSWORD_FILE)
    # Where there is no such file, pywikibot does not keep its state either.
    write_secret(folder / CONFIG_FILE, "")
    os.environ["PYWIKIBOT_DIR"] = str(folder)
    import pywikibot  # noqa: PLC0415 - it reads the variable while it is imported
    from pywikibot import config  # noqa: PLC0415

    config.put_throttle = 0  # publish.interval_seconds paces the edits
    config.max_retries = 0  # waiting is the publisher's affair
    config.socket_timeout = (settings.wiki.timeout_seconds, settings.wiki.timeout_seconds)
    config.user_agent_description = settings.wiki.contact
    pywikibot.input = _answer_no_question
    return pywikibot


def _answer_no_question(question: str, **_: Any) -> NoReturn:
    """Stand in for the terminal, where pywikibot wants a password after an odd login failure."""
    raise ServerBusy(f"login failed for now; pywikibot asks: {question}")
