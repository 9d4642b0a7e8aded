"""The dashboard for tests: a running service, and browser windows on it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page

from bot.ledger import Ledger
from support.api import ApiProcess
from support.ledgers import address
from support.oauth import CLIENT, SECRET, OAuthProvider
from support.shown import THRESHOLD, fill
from support.world import World, small_world

SESSION_KEY: Final = "0123456789abcdef" * 2
MISSING: Final = "Failed to load resource"  # the browser tells so of every 404, too
PATIENCE_MS: Final = 20_000.0
RULE: Final = {
    "name": "drawing",
    "labels": ["drawing"],
    "at_least": dict.fromkeys(("image", "video", "document"), THRESHOLD),
    "reason": "a drawing",
}


@dataclass(frozen=True)
class Dashboard:
    """A running service, its wiki, the address of its ledger, and the uploads that are open.

    These are in order: what weighs most comes first.
    """

    api: ApiProcess
    world: World
    ledger: str
    waiting: list[int]

    def title(self, log_id: int) -> str:
        """Return the title of an upload."""
        with Ledger(self.ledger) as ledger:
            upload = ledger.lookup.upload(log_id)
        assert upload
        return upload.title

    def outcomes(self) -> dict[int, str]:
        """Return the decisions made here that stand, by upload."""
        with Ledger(self.ledger) as ledger:
            given = ledger.reviews.of(self.waiting)
        return {one.log_id: one.outcome for one in given if not one.withdrawn}

    def path(self, path: str) -> str:
        """Return a path, with the number of a video in the place of VIDEO."""
        if "VIDEO" not in path:
            return path
        video = next(key for key in self.waiting if self.title(key).endswith(".webm"))
        return path.replace("VIDEO", str(video))


@contextmanager
def running(folder: Path, place: str | None = None) -> Iterator[Dashboard]:
    """Lend a dashboard on which Patroller can sign in, on a wiki that knows them.

    Its ledger is in the folder, or in the empty database at the address `place`.
    """
    place = place or address(folder / "ledger.sqlite")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with small_world() as world, OAuthProvider(callback=f"{base}/login/callback") as wiki:
        world.wiki.register("Patroller", edits=999, days=999)
        changed = world.settings(
            rules=[RULE],
            ledger={"url": place},
            serve={"port": port},
            signin={"client_id": CLIENT, "address": base, "oauth": wiki.url},
        )
        secrets = {"LOOKOUT_SIGNIN_SECRET": SECRET, "LOOKOUT_SESSION_KEY": SESSION_KEY}
        with ApiProcess(folder, changed, secrets) as api:
            with Ledger(place) as ledger:
                waiting = fill(ledger, world.wiki)
            yield Dashboard(api, world, place, waiting)


class Window:
    """One browser window on the dashboard; what its scripts complain of is an error."""

    def __init__(self, browser: Browser, base: str, **looks: Any) -> None:
        self._context = browser.new_context(base_url=base, **looks)
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def close(self) -> None:
        """Close it."""
        self._context.close()

    def _note(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(MISSING):
            self.complaints.append(message.text)


class Windows:
    """Opens windows."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser = browser
        self._base = base
        self.opened: list[Window] = []

    def open(self, path: str, **looks: Any) -> Page:
        """Open a page in a window of its own."""
        window = Window(self._browser, self._base, **looks)
        self.opened.append(window)
        window.page.goto(path)
        return window.page

    def open_signed_in(self, path: str, **looks: Any) -> Page:
        """Open a page as somebody who may decide, who signs in on the way."""
        page = self.open(path, **looks)
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("button", name="Allow").click()
        page.wait_for_url(f"**{path}")
        return page
