"""From the outbox to a page: each entry once, whatever breaks off in between."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import EditConflict, NotAllowed, Refused
from bot.events import Upload
from bot.ledger import Decision, Intent, Ledger, Scored
from bot.publish import Page, Publisher
from bot.publish.dryrun import DryRunWiki
from bot.settings.publishing import PublishSettings

SETTINGS = PublishSettings(page_prefix="User:RigBot/Log")
MONDAY, TUESDAY = "User:RigBot/Log/2026-11-23", "User:RigBot/Log/2026-11-24"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class CountedWiki(DryRunWiki):
    """A folder that counts, and lets a test break a save."""

    checks = saves = 0
    breaks: dict[str, Exception]

    def check(self) -> None:
        """Count."""
        self.checks += 1
        super().check()

    def save(self, page: Page, text: str, summary: str) -> int:
        """Save, and then perhaps break off, as a lost answer does."""
        self.saves += 1
        revision = super().save(page, text, summary)
        if error := self.breaks.pop(page.title, None):
            raise error
        return revision


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as made:
        yield made


@pytest.fixture
def wiki(tmp_path: Path) -> CountedWiki:
    made = CountedWiki(tmp_path / "pages")
    made.breaks = {}
    return made


@pytest.fixture
def publisher(ledger: Ledger, wiki: CountedWiki) -> Publisher:
    return Publisher(ledger.outbox, wiki, SETTINGS)


def flag(ledger: Ledger, log_id: int, page: str = MONDAY) -> None:
    """Bring an upload to the verdict that puts an entry into the outbox."""
    upload = Upload(
        log_id=log_id,
        action="upload",
        title=f"File:{log_id}.jpg",
        user="Alice",
        by_bot=False,
        sha1=f"{log_id:040x}",
        uploaded_at=NOON,
    )
    ledger.intake.record("test", [upload], None)
    (job,) = ledger.queue.claim(limit=1, lease_s=60, max_attempts=9)
    scored = Scored(sha1=f"{log_id:040x}", model="m", medium="image", views=[], partial=False)
    entry = {
        "log_id": log_id,
        "title": upload.title,
        "user": "Alice",
        "uploaded_at": NOON.isoformat(),
        "rule": "explicit",
        "confidence": 0.9,
        "place": "",
        "scores": {"porn": 0.9},
        "model": "m",
        "partial": False,
    }
    intent = Intent(kind="log-page", page=page, entry=entry)
    assert ledger.queue.finish(job, decision=Decision("review"), scored=scored, intents=[intent])


def count(wiki: CountedWiki, log_id: int, page: str = MONDAY) -> int:
    return wiki.read(page).text.count(f"<!-- lookout:{log_id} -->")


def test_an_empty_outbox_asks_nothing_of_the_wiki(wiki: CountedWiki, publisher: Publisher) -> None:
    assert publisher.turn() == 0
    assert wiki.checks == 0


def test_everything_pending_goes_out_in_one_edit_a_page(
    ledger: Ledger, wiki: CountedWiki, publisher: Publisher
) -> None:
    for log_id, page in [(1, MONDAY), (2, TUESDAY), (3, MONDAY)]:
        flag(ledger, log_id, page)
    assert publisher.turn() == 3
    assert [count(wiki, 1), count(wiki, 2, TUESDAY), count(wiki, 3)] == [1, 1, 1]
    assert wiki.saves == 2
    assert publisher.turn() == 0
    assert ledger.census.take().unpublished == 0


def test_the_wiki_is_checked_once(ledger: Ledger, wiki: CountedWiki, publisher: Publisher) -> None:
    for log_id in (1, 2):
        flag(ledger, log_id)
        publisher.turn()
    assert wiki.checks == 1


@pytest.mark.parametrize("error", [EditConflict("lost"), NotAllowed("blocked")], ids=repr)
def test_an_edit_whose_answer_was_lost_is_not_made_twice(
    ledger: Ledger, wiki: CountedWiki, publisher: Publisher, error: Exception
) -> None:
    flag(ledger, 1)
    wiki.breaks[MONDAY] = error
    with pytest.raises(type(error)):
        publisher.turn()
    assert ledger.census.take().unpublished == 1
    publisher.turn()
    assert count(wiki, 1) == 1
    assert ledger.census.take().unpublished == 0


def test_a_page_that_is_refused_does_not_hold_up_the_next(
    ledger: Ledger, wiki: CountedWiki, publisher: Publisher
) -> None:
    flag(ledger, 1)
    flag(ledger, 2, TUESDAY)
    wiki.breaks[MONDAY] = Refused("abusefilter-disallowed")
    with pytest.raises(Refused):
        publisher.turn()
    assert count(wiki, 2, TUESDAY) == 1
    assert ledger.census.take().unpublished == 1
