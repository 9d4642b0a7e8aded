"""The state of the miniature Commons: files with their versions, users, the upload log."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Literal

from bot.demo.commons.formats import Format, describe
from bot.demo.commons.pages import Text

PREFIX = "File:"
BASE36_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE36_SHA1_LENGTH = 31
COMPACT_TIME = "%Y%m%d%H%M%S"
LogAction = Literal["upload", "overwrite", "delete", "restore", "move"]
LOG_TYPES: Mapping[LogAction, str] = {
    "upload": "upload",
    "overwrite": "upload",
    "delete": "delete",
    "restore": "delete",
    "move": "move",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a file; `rendered_from` is the monotonic time from which thumbnails exist."""

    content: bytes
    user: str
    comment: str
    uploaded_at: datetime
    format: Format
    rendered_from: float
    archive_name: str | None = None
    transcodes: Mapping[str, bytes] = field(default_factory=dict)  # finished ones, by their key

    @property
    def sha1(self) -> str:
        """40 hex digits."""
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of Special:Log; only an upload has a version, only a move a target."""

    log_id: int
    action: LogAction
    title: str
    user: str
    comment: str
    at: datetime
    page_id: int
    version: Version | None = None
    target: str | None = None
    redirect: bool = True  # left behind by the move
    files: int = 0  # versions restored
    hidden: frozenset[str] = frozenset()  # "action", "user": what only oversighters see

    @property
    def type(self) -> str:
        """The log that it stands in."""
        return LOG_TYPES[self.action]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A registered account."""

    user_id: int
    name: str
    edits: int
    registered_at: datetime
    groups: tuple[str, ...] = ()
    blocked: bool = False


@dataclass(slots=True)
class _Page:
    page_id: int
    versions: list[Version] = field(default_factory=list)  # newest first
    text: Text | None = None


class MiniWiki:
    """Files, users and log of the miniature Commons; safe to use from several threads.

    `clock` may be replaced, so that something happens there in the past.
    """

    def __init__(self) -> None:
        self.clock: Callable[[], datetime] = _now
        self._lock = threading.Lock()
        self._pages: dict[str, _Page] = {}
        self._users: dict[str, User] = {}
        self._log: list[LogEntry] = []
        self._deleted: dict[str, _Page] = {}
        self._redirects: dict[str, tuple[int, str]] = {}  # page number and target
        self._pages_made = 0
        self._revisions = 0

    def register(
        self,
        name: str,
        *,
        edits: int,
        days: int,
        groups: tuple[str, ...] = (),
        blocked: bool = False,
    ) -> User:
        """Create an account that is `days` old and has made `edits` edits."""
        with self._lock:
            user = User(
                user_id=len(self._users) + 1,
                name=name,
                edits=edits,
                registered_at=self.clock() - timedelta(days=days),
                groups=groups,
                blocked=blocked,
            )
            self._users[name] = user
            return user

    def upload(
        self,
        title: str,
        content: bytes,
        *,
        user: str,
        comment: str,
        rendering_s: float = 0.0,
        transcodes: Mapping[str, bytes] | None = None,
    ) -> LogEntry:
        """Store a file, or a new version of one; its thumbnails are 404 for `rendering_s` seconds.

        A version made within a second of the one before it is dated one second later, as
        LocalFile::recordUpload3 does, so its time can lie in the future.
        """
        with self._lock:
            self._redirects.pop(title, None)
            page = self._pages.get(title) or self._new_page(title)
            before = page.versions[0] if page.versions else None
            moment = self.clock()
            if before:
                moment = max(moment, before.uploaded_at + timedelta(seconds=1))
                archived = f"{moment:{COMPACT_TIME}}!{file_name(title)}"
                page.versions[0] = replace(before, archive_name=archived)
            version = Version(
                content=content,
                user=user,
                comment=comment,
                uploaded_at=moment,
                format=describe(title, content),
                rendered_from=monotonic() + rendering_s,
                transcodes=transcodes or {},
            )
            page.versions.insert(0, version)
            action: LogAction = "overwrite" if before else "upload"
            return self._record(action, title, user, comment, page=page, version=version)

    def write(self, title: str, text: str, *, user: str = "Admin", protection: str = "") -> int:
        """Save the text of any page; return the number of the revision."""
        with self._lock:
            page = self._pages.get(title) or self._new_page(title)
            self._revisions += 1
            page.text = Text(
                revision=self._revisions, text=text, user=user, at=_now(), protection=protection
            )
            return self._revisions

    def text(self, title: str) -> Text | None:
        """Return the newest revision of a page, or None when nobody has written it."""
        with self._lock:
            page = self._pages.get(title)
            return page.text if page else None

    def delete(self, title: str, *, user: str, comment: str) -> LogEntry:
        """Delete a file with all its versions.

        Raises:
            KeyError: there is no such file.
        """
        with self._lock:
            page = self._deleted[title] = self._pages.pop(title)
            return self._record("delete", title, user, comment, page=page)

    def restore(self, title: str, *, user: str, comment: str) -> LogEntry:
        """Bring back a deleted file with all its versions.

        Raises:
            KeyError: no such file was deleted.
        """
        with self._lock:
            page = self._pages[title] = self._deleted.pop(title)
            files = len(page.versions)
            return self._record("restore", title, user, comment, page=page, files=files)

    def move(
        self, title: str, target: str, *, user: str, comment: str, redirect: bool = True
    ) -> LogEntry:
        """Give a file another title; its old one leads to it unless there is no `redirect`.

        Raises:
            KeyError: there is no such file.
        """
        with self._lock:
            page = self._pages[target] = self._pages.pop(title)
            if redirect:
                self._pages_made += 1
                self._redirects[title] = (self._pages_made, target)
            return self._record(
                "move", title, user, comment, page=page, target=target, redirect=redirect
            )

    def hide(self, log_id: int, *what: str) -> None:
        """Hide the `action` or the `user` of a log entry, or both, as oversighters do."""
        with self._lock:
            self._log[log_id - 1] = replace(self._log[log_id - 1], hidden=frozenset(what))

    def canonical(self, title: str) -> str:
        """Return the title to which a redirect leads, and any other title as it is."""
        with self._lock:
            return self._redirects.get(title, (0, title))[1]

    def versions(self, title: str) -> tuple[Version, ...]:
        """Return the versions of a file, newest first; none when it does not exist."""
        with self._lock:
            page = self._pages.get(title)
            return tuple(page.versions) if page else ()

    def files(self) -> list[tuple[str, Version]]:
        """Return every file with its current version, the newest first."""
        with self._lock:
            current = [
                (title, page.versions[0]) for title, page in self._pages.items() if page.versions
            ]
        return sorted(current, key=lambda one: (one[1].uploaded_at, one[0]), reverse=True)

    def page_id(self, title: str) -> int | None:
        """Return the number of a page, or None when it does not exist."""
        with self._lock:
            if title in self._redirects:
                return self._redirects[title][0]
            page = self._pages.get(title)
            return page.page_id if page else None

    def user(self, name: str) -> User | None:
        """Return an account by name."""
        with self._lock:
            return self._users.get(name)

    @property
    def log(self) -> tuple[LogEntry, ...]:
        """Every log entry, oldest first."""
        with self._lock:
            return tuple(self._log)

    def _new_page(self, title: str) -> _Page:
        self._pages_made += 1
        page = self._pages[title] = _Page(self._pages_made)
        return page

    def _record(
        self, action: LogAction, title: str, user: str, comment: str, *, page: _Page, **more: Any
    ) -> LogEntry:
        entry = LogEntry(
            log_id=len(self._log) + 1,
            action=action,
            title=title,
            user=user,
            comment=comment,
            at=self.clock(),
            page_id=page.page_id,
            **more,
        )
        self._log.append(entry)
        return entry


def file_name(title: str) -> str:
    """Return the name in a file's address: no namespace, underscores for spaces."""
    return title.removeprefix(PREFIX).replace(" ", "_")


def base36_sha1(hex_sha1: str) -> str:
    """Return the 31 digits that MediaWiki's log writes for 40 hex digits."""
    number, digits = int(hex_sha1, 16), ""
    while number:
        number, digit = divmod(number, len(BASE36_DIGITS))
        digits = BASE36_DIGITS[digit] + digits
    return digits.zfill(BASE36_SHA1_LENGTH)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
