"""A patroller signs in, decides, takes it back and signs out, in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.ledger import Ledger
from support.api import ApiProcess
from support.dashboard import Windows
from support.ledgers import address
from support.oauth import OAuthProvider

pytestmark = pytest.mark.model


@pytest.fixture
def windows(desk: ApiProcess, wiki: OAuthProvider, browser: Browser) -> Iterator[Windows]:
    wiki.user, wiki.profile, wiki.fault = "Patroller", {}, 0
    windows = Windows(browser, desk.base)
    yield windows
    for window in windows.opened:
        window.close()
    assert [window.complaints for window in windows.opened] == [[]] * len(windows.opened)


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/queue**")
    expect(page.get_by_text("Patroller", exact=True)).to_be_visible()


def test_sign_in_decide_undo_and_sign_out(windows: Windows, desk: ApiProcess) -> None:
    with Ledger(address(desk.folder / "ledger.sqlite")) as ledger:
        before = len(ledger.reviews.all())
        page = windows.open("/queue?status=open")
        expect(page.locator(".decide")).to_have_count(0)
        sign_in(page)
        assert page.url.endswith("/queue?status=open")
        assert "lookout" not in page.evaluate("document.cookie")
        card = page.locator(".card").first
        log_id = int(card.get_attribute("data-log-id") or 0)

        page.keyboard.press("j")
        page.keyboard.press("s")
        expect(page.locator("#said")).to_contain_text("Out of scope")
        (made,) = [one for one in ledger.reviews.of([log_id]) if one.counts]
        assert (made.source, made.outcome, made.reviewer) == ("dashboard", "scope", "Patroller")

        page.keyboard.press("u")
        expect(page.locator("#said")).to_contain_text("Taken back")
        assert not any(one.counts for one in ledger.reviews.of([log_id]))
        assert len(ledger.reviews.all()) == before + 1

        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        page.goto("/queue")
        expect(page.locator(".decide")).to_have_count(0)


@pytest.mark.usefixtures("windows")
def test_a_decision_without_scripts(desk: ApiProcess, browser: Browser) -> None:
    context = browser.new_context(base_url=desk.base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/queue")
    sign_in(page)
    card = page.locator(".card").first
    log_id = int(card.get_attribute("data-log-id") or 0)
    card.get_by_role("button", name="Not sure").click()
    page.wait_for_url("**/queue**")
    with Ledger(address(desk.folder / "ledger.sqlite")) as ledger:
        assert [one.outcome for one in ledger.reviews.of([log_id]) if one.counts] == ["unsure"]
    context.close()


def test_another_site_cannot_decide_in_somebodys_name(
    windows: Windows, desk: ApiProcess, wiki: OAuthProvider
) -> None:
    page = windows.open("/queue")
    sign_in(page)
    with Ledger(address(desk.folder / "ledger.sqlite")) as ledger:
        before = len(ledger.reviews.all())
        forged = windows.open(f"{wiki.url}/forged?to={desk.base}/decisions")
        forged.set_content(
            f'<form method="post" action="{desk.base}/decisions">'
            '<input name="log_id" value="9"><input name="outcome" value="ok">'
            "<button>Win</button></form>"
        )
        forged.get_by_role("button").click()
        forged.wait_for_url("**/decisions")
        assert "403" in forged.content()
        assert len(ledger.reviews.all()) == before
    windows.opened[-1].complaints.clear()  # the 404 and the 403


def test_who_says_no_is_told_so(windows: Windows) -> None:
    page = windows.open("/queue")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("body")).to_contain_text("you chose not to")
    windows.opened[-1].complaints.clear()  # the 403
