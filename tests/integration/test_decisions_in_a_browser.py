"""A reviewer with an account, a browser and the wiki's own forms: from the click to the figures."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import bot.demo
from rig import MediaWikiRig
from support.bot import BotProcess, settled
from support.browser import WebUser
from support.deploy import PAGE_PREFIX, Deploy

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(420)]

MEDIA = Path(bot.demo.__file__).parent / "media"
DRAWINGS = sorted((MEDIA / "drawings").glob("*.jpg"))
PHOTOGRAPH = MEDIA / "photographs" / "rocket.jpg"
READY_S = 90
SETTLE_S = 180
DECIDED_S = 180  # for a machine that is busy; the figure printed is what counts
POLL_S = 0.2
Reviewed = list[tuple[str, str, str, str | None]]


@pytest.fixture
def reviewer(browser: Browser, rig: MediaWikiRig) -> Iterator[WebUser]:
    """A patroller who is logged in."""
    user = WebUser(browser, rig, "Reviewer")
    user.log_in()
    yield user
    user.close()


@pytest.fixture
def uploader(browser: Browser, rig: MediaWikiRig) -> Iterator[WebUser]:
    """Whoever uploaded the files, with an opinion on them."""
    user = WebUser(browser, rig, "Uploader")
    user.log_in()
    yield user
    user.close()


def flagged(patrol: BotProcess) -> dict[str, int]:
    """Return the flagged uploads, file name to key."""
    return {
        end.title.removeprefix("File:"): end.log_id
        for end in patrol.ends()
        if end.verdict == "review"
    }


def log_page(rig: MediaWikiRig) -> str:
    """Return the title of the one page of the day."""
    pages = rig.client("Admin").get(
        action="query", list="allpages", apnamespace=2, apprefix=f"{PAGE_PREFIX[5:]}/", aplimit=50
    )["query"]["allpages"]
    (page,) = pages
    title: str = page["title"]
    return title


def reviews(patrol: BotProcess) -> Reviewed:
    """Return what the ledger knows of people's decisions, straight from the database file."""
    with closing(sqlite3.connect(patrol.folder / "ledger.sqlite")) as ledger:
        rows = ledger.execute(
            "SELECT title, outcome, reviewer, set_aside FROM reviews"
            " JOIN uploads ON uploads.log_id = reviews.log_id ORDER BY reviews.id"
        )
        return [(title.removeprefix("File:"), *rest) for title, *rest in rows]


def wait_for(patrol: BotProcess, count: int) -> float:
    """Return after how many seconds the ledger has so many decisions."""
    start = time.monotonic()
    while len(reviews(patrol)) < count:
        assert time.monotonic() - start < DECIDED_S, patrol.log_text()[-4000:]
        time.sleep(POLL_S)
    return time.monotonic() - start


def stats(patrol: BotProcess) -> dict[tuple[str, str], tuple[int, int, int, int, int]]:
    """Return suggested, open, without answer, hits and answered of each line of the figures."""
    return {
        (line["dimension"], line["value"]): (
            line["suggested"],
            line["open"],
            line["no_answer"],
            line["precision"]["count"],
            line["precision"]["total"],
        )
        for line in patrol.told("stats")["precision"]
    }


def test_decisions_in_the_wikis_form_come_back_and_are_counted(
    rig: MediaWikiRig,
    deployed: Deploy,
    reviewer: WebUser,
    uploader: WebUser,
    measured: Callable[[str], None],
) -> None:
    with deployed(rig) as patrol:
        patrol.wait_for_log("patrol.ready", READY_S)
        for path in (*DRAWINGS, PHOTOGRAPH):
            rig.client("Uploader").upload(path.name.capitalize(), path.read_bytes())
        patrol.wait_for(lambda status: settled(status, seen=len(DRAWINGS) + 1), SETTLE_S)
        keys = flagged(patrol)
        assert len(keys) >= 4, patrol.ends()
        first, second, third, fourth, *others = sorted(keys)
        page = log_page(rig)

        reviewer.set_states(page, {keys[first]: "scope", keys[second]: "ok ~~~~"})
        took_s = wait_for(patrol, 2)
        measured(f"{took_s:.1f} s from a reviewer's save in the web form to the ledger")
        uploader.set_states(page, {keys[third]: "false positive"})
        patrol.kill()
        reviewer.set_states(page, {keys[fourth]: "copyvio"})
        patrol.start()
        wait_for(patrol, 4)

        assert sorted(reviews(patrol)) == sorted(
            [
                (first, "scope", "Reviewer", None),
                (second, "ok", "Reviewer", None),
                (third, "false positive", "Uploader", "uploader"),
                (fourth, "copyvio", "Reviewer", None),
            ]
        )
        # By hand: one hit, one miss, one without answer; the uploader's word leaves one open.
        by_hand = (4 + len(others), 1 + len(others), 1, 1, 2)
        counted = stats(patrol)
        assert counted["all", "all"] == by_hand
        assert counted["rule", "drawn"] == by_hand
        assert counted["medium", "image"] == by_hand

        rig.client("Uploader").upload("The same again.jpg", _file(second).read_bytes())
        patrol.wait_for(lambda status: settled(status, seen=len(DRAWINGS) + 2), SETTLE_S)
        again = next(end for end in patrol.ends() if end.title == "File:The same again.jpg")
        assert again.verdict == "marked-fine"


def _file(name: str) -> Path:
    return next(path for path in DRAWINGS if path.name.capitalize() == name.replace(" ", "_"))
