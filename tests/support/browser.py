"""Headless Chromium, as people use the wiki: one browser for the whole run, always closed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from rig import MediaWikiRig

CHROMIUM = Path("/usr/bin/chromium")
# Nothing that talks to other hosts, and no sandbox: the tests run as root.
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 120_000.0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium; without it skip on a developer's machine and fail in CI."""
    if not CHROMIUM.exists():
        verdict = pytest.fail if os.environ.get("CI") else pytest.skip
        verdict(f"run tests/rig/install.sh as root; missing: {CHROMIUM}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield started
        finally:
            started.close()


class WebUser:
    """Somebody with an account, a browser, and nothing else."""

    def __init__(self, browser: Browser, rig: MediaWikiRig, account: str) -> None:
        self._index = rig.index_url
        self._account = rig.accounts[account]
        self._context = browser.new_context()
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()

    def log_in(self) -> None:
        """Log in through the form."""
        self.page.goto(f"{self._index}?title=Special:UserLogin")
        self.page.fill("#wpName1", self._account.name)
        self.page.fill("#wpPassword1", self._account.password)
        self.page.click("#wpLoginAttempt")
        self.page.wait_for_selector("#pt-logout")

    def set_states(self, title: str, states: dict[int, str]) -> None:
        """Edit a page in the form: fill in the state of each entry, by key, and save."""
        self.page.goto(f"{self._index}?title={title}&action=edit")
        text = self.page.input_value("#wpTextbox1")
        for key, state in states.items():
            text = _with_state(text, key, state)
        self.page.fill("#wpTextbox1", text)
        self.page.fill("#wpSummary", "reviewed")
        self.page.click("#wpSave")
        self.page.wait_for_selector("#ca-edit")
        assert "action=edit" not in self.page.url, self.page.inner_text("#content")

    def close(self) -> None:
        """Close the windows."""
        self._context.close()


def _with_state(text: str, key: int, state: str) -> str:
    """Return a page's wikitext with the state of one entry filled in."""
    entry = re.compile(rf"(\|key={key}\|.*?\|state=)[^}}]*")
    assert len(entry.findall(text)) == 1, f"not one entry {key}:\n{text}"
    return entry.sub(rf"\g<1>{state}", text)
