"""The dashboard for tests: a running service, and browser windows on it."""

from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, Page

from support.api import ApiProcess
from support.shown import THRESHOLD
from support.world import World

PATIENCE_MS: Final = 20_000.0
RULE: Final = {
    "name": "drawing",
    "labels": ["drawing"],
    "at_least": dict.fromkeys(("image", "video", "document"), THRESHOLD),
    "reason": "a drawing",
}


@dataclass(frozen=True)
class Dashboard:
    """A running service, its wiki, and the uploads that are open, what weighs most first."""

    api: ApiProcess
    world: World
    waiting: list[int]


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
        if message.type == "error":
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
