"""A miniature Commons and its stream for a bot that runs as a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bot.demo
from bot.commons import Commons
from bot.demo.commons import LogEntry, MiniCommons, base36_sha1
from bot.demo.eventstream import EventStreamServer
from bot.settings.intake import WikiSettings
from support.scripted import Asked, Reply, as_json

MEDIA = Path(bot.demo.__file__).parent / "media"
CAT = (MEDIA / "drawings/cat_in_pencil.jpg").read_bytes()


class World:
    """A wiki and its stream, and uploads that reach both."""

    def __init__(self, mini: MiniCommons, stream: EventStreamServer) -> None:
        self.wiki = mini.wiki
        self.stream = stream
        self.api = mini.addresses.api
        self.host = mini.addresses.base.removeprefix("http://")

    def upload(self, name: str, content: bytes, **more: Any) -> LogEntry:
        """Upload a file and announce it."""
        entry = self.wiki.upload(f"File:{name}", content, user="Alice", comment="", **more)
        announce(self.stream, entry)
        return entry

    def thumbnail(self, title: str) -> str:
        """Return the address of a file's picture."""
        commons = Commons(WikiSettings(api=self.api), user_agent="tests", width=500)
        address = commons.files([title])[title].thumbnail
        commons.close()
        assert address
        return address

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Return a config.yaml: an impatient dry run that flags drawings."""
        return {
            "stream": {"url": self.stream.url},
            "wiki": {"api": self.api, "file_hosts": [self.host]},
            "rules": [rule(at_least=0.5)],
            "publish": {"interval_seconds": 0.2},
            "retry": {"first_pause_seconds": 0.2, "fresh_seconds": 2, "lease_seconds": 5},
        } | changed


def rule(*, at_least: float) -> dict[str, Any]:
    """Return the rule that flags drawings."""
    return {"name": "drawn", "labels": ["drawing"], "at_least": {"image": at_least}}


def announce(stream: EventStreamServer, entry: LogEntry) -> None:
    """Publish the event of an upload."""
    assert entry.version
    stream.publish(
        {
            "type": "log",
            "namespace": 6,
            "title": entry.title,
            "timestamp": int(entry.at.timestamp()),
            "user": entry.user,
            "bot": False,
            "log_id": entry.log_id,
            "log_type": "upload",
            "log_action": entry.action,
            "log_params": {
                "img_sha1": base36_sha1(entry.version.sha1),
                "img_timestamp": f"{entry.version.uploaded_at:%Y%m%d%H%M%S}",
            },
            "wiki": "commonswiki",
        }
    )


@contextmanager
def small_world() -> Iterator[World]:
    """Lend one."""
    with MiniCommons() as mini, EventStreamServer() as stream:
        yield World(mini, stream)


class Slow:
    """Describes files at once, and hands their pictures out for ever."""

    def __init__(self, entries: list[LogEntry]) -> None:
        self._sha1 = {entry.title: entry.version.sha1 for entry in entries if entry.version}

    def __call__(self, asked: Asked) -> Reply:
        """Answer one request."""
        if "titles" not in asked.form:
            return Reply(body=bytes(10_000_000), kind="image/jpeg", bytes_per_s=1_000)
        base = f"http://{asked.headers['Host']}/thumb"
        pages = [
            {
                "title": title,
                "imageinfo": [
                    {
                        "timestamp": "2026-11-22T10:00:00Z",
                        "size": 10,
                        "width": 4000,
                        "height": 3000,
                        "url": f"{base}/{number}.jpg",
                        "thumburl": f"{base}/{number}.jpg",
                        "sha1": self._sha1[title],
                        "mime": "image/jpeg",
                        "mediatype": "BITMAP",
                        "canonicaltitle": title,
                    }
                ],
            }
            for number, title in enumerate(asked.form["titles"].split("|"))
        ]
        return as_json({"batchcomplete": True, "query": {"pages": pages}})
