"""The state of the miniature Commons: files with their versions, users, the upload log."""

import hashlib
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Literal

from bot.demo.commons.formats import Format, describe
from bot.demo.commons.pages import Text

PREFIX = "File:"
BASE36_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE36_SHA1_LENGTH = 31
COMPACT_TIME = "%Y%m%d%H%M%S"
LogAction = Literal["upload", "overwrite", "delete"]


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

    @property
    def sha1(self) -> str:
        """40 hex digits."""
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of Special:Log; a deletion has no version."""

    log_id: int
    action: LogAction
    title: str
    user: str
    comment: str
    at: datetime
    version: Version | None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A registered account."""

    user_id: int
    name: str
    edits: int
    registered_at: datetime
    groups: tuple[str, ...] = ()


@dataclass(slots=True)
class _Page:
    page_id: int
    versions: list[Version] = field(default_factory=list)  # newest first
    text: Text | None = None


class MiniWiki:
    """Files, users and log of the miniature Commons; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[str, _Page] = {}
        self._users: dict[str, User] = {}
        self._log: list[LogEntry] = []
        self._pages_made = 0
        self._revisions = 0

    def register(self, name: str, *, edits: int, days: int, groups: tuple[str, ...] = ()) -> User:
        """Create an account that is `days` old and has made `edits` edits."""
        with self._lock:
            user = User(
                user_id=len(self._users) + 1,
                name=name,
                edits=edits,
                registered_at=_now() - timedelta(days=days),
                groups=groups,
            )
            self._users[name] = user
            return user

    def upload(
        self, title: str, content: bytes, *, user: str, comment: str, rendering_s: float = 0.0
    ) -> LogEntry:
        """Store a file, or a new version of one; its thumbnails are 404 for `rendering_s` seconds.

        A version made within a second of the one before it is dated one second later, as
        LocalFile::recordUpload3 does, so its time can lie in the future.
        """
        with self._lock:
            page = self._pages.get(title) or self._new_page(title)
            before = page.versions[0] if page.versions else None
            moment = max(_now(), before.uploaded_at + timedelta(seconds=1)) if before else _now()
            if before:
                archived = f"{moment:{COMPACT_TIME}}!{file_name(title)}"
                page.versions[0] = replace(before, archive_name=archived)
            version = Version(
                content=content,
                user=user,
                comment=comment,
                uploaded_at=moment,
                format=describe(title, content),
                rendered_from=monotonic() + rendering_s,
            )
            page.versions.insert(0, version)
            return self._record("overwrite" if before else "upload", title, user, comment, version)

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
            del self._pages[title]
            return self._record("delete", title, user, comment, None)

    def versions(self, title: str) -> tuple[Version, ...]:
        """Return the versions of a file, newest first; none when it does not exist."""
        with self._lock:
            page = self._pages.get(title)
            return tuple(page.versions) if page else ()

    def page_id(self, title: str) -> int | None:
        """Return the number of a file's page, or None when it does not exist."""
        with self._lock:
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
        self, action: LogAction, title: str, user: str, comment: str, version: Version | None
    ) -> LogEntry:
        entry = LogEntry(
            log_id=len(self._log) + 1,
            action=action,
            title=title,
            user=user,
            comment=comment,
            at=_now(),
            version=version,
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
