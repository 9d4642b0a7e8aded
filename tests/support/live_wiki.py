"""The tests' end of `support.live_child`: a `ReviewWiki` whose `LiveWiki` runs elsewhere."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import yaml

import bot.errors
from bot.publish import Page

TESTS = Path(__file__).parents[1]


class ChildWiki:
    """Passes every call on. `outside` holds the child's working directory and its home."""

    mode = "live"

    def __init__(self, api: str, folder: Path, *, login: tuple[str, str], **changed: Any) -> None:
        self.state = folder / "pywikibot"
        self.outside = [folder / "cwd", folder / "home"]
        for empty in self.outside:
            empty.mkdir(parents=True)
        config = folder / "config.yaml"
        settings = {
            "wiki": {"api": api, "contact": "test@example.org", "timeout_seconds": 2}
            | changed.pop("wiki", {}),
            "publish": {"mode": "live", "page_prefix": "User:RigBot/Log"} | changed,
        }
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        with (folder / "stderr").open("wb") as stderr:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "support.live_child", config, self.state],
                cwd=self.outside[0],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.outside[1]),
                    "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path]),
                    "LOOKOUT_BOT_NAME": login[0],
                    "LOOKOUT_BOT_PASSWORD": login[1],
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate(timeout=30)

    def check(self) -> None:
        """Log in."""
        self._call("check")

    def read(self, title: str) -> Page:
        """Read a page."""
        return Page(**self._call("read", title))

    def save(self, page: Page, text: str, summary: str) -> int:
        """Save a page."""
        revision: int = self._call(
            "save",
            {"title": page.title, "text": page.text, "revision": page.revision},
            text,
            summary,
        )
        return revision

    def sha1(self, title: str) -> str | None:
        """Ask for a file's digest."""
        digest: str | None = self._call("sha1", title)
        return digest

    def tag(self, log_ids: Sequence[int], name: str, reason: str) -> Mapping[int, str]:
        """Tag entries of the log."""
        refused = self._call("tag", list(log_ids), name, reason)
        return {int(log_id): why for log_id, why in refused.items()}

    def make_tag(self, name: str, description: str) -> bool:
        """Make a tag."""
        made: bool = self._call("make_tag", name, description)
        return made

    def close(self) -> None:
        """Close the wiki; the child goes on."""
        self._call("close")

    def _call(self, method: str, *arguments: Any) -> Any:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps([method, arguments]) + "\n")
        self._child.stdin.flush()
        answer = json.loads(self._child.stdout.readline())
        if "error" in answer:
            kind = getattr(bot.errors, answer["error"])
            error = kind(answer["message"])
            error.retry_after = answer["retry_after"]
            raise error
        return answer["result"]
