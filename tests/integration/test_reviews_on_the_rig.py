"""Decisions made on a real MediaWiki, and what the ledger makes of them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import bot.demo
from bot.commons import Commons
from bot.config import Settings
from bot.ledger import Ledger, Review
from bot.publish.template import EntryCall, render
from bot.review.reader import ReviewReader
from bot.settings.intake import WikiSettings
from bot.settings.publishing import CategorySettings, PublishSettings
from rig import MediaWikiRig
from support.ledgers import address
from support.reviews import PAGE, suggest

pytestmark = [pytest.mark.rig, pytest.mark.timeout(180)]

DRAWING = Path(bot.demo.__file__).parent / "media" / "drawings" / "boat.png"
KEYS = (1, 2, 3)
AGENT = "CommonsLookout/test (https://example.org/operator)"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Three suggestions, which the wiki has on one page."""
    with Ledger(address(tmp_path / "ledger.sqlite")) as opened:
        for key in KEYS:
            suggest(opened, key, title=f"File:{key}.png")
        effects = opened.outbox.pending(limit=9)
        opened.outbox.mark_sent(effects, "live", page=PAGE, revision=1)
        yield opened


class Wiki:
    """The rig, a reader of it, and people who decide."""

    def __init__(self, rig: MediaWikiRig, ledger: Ledger, settings: Settings) -> None:
        self.rig = rig
        self._settings = settings
        self._ledger = ledger
        self.commons = Commons(settings.wiki, user_agent=AGENT, width=500)
        self.fresh_reader()

    def fresh_reader(self) -> None:
        """Begin anew, as after a kill: whatever is known stands in the ledger."""
        self._reader = ReviewReader(self._ledger, self.commons, own_name="RigBot")

    def states(self, account: str, **states: str) -> int:
        """Have an account save the page with `k1="ok"` and so on; return the revision."""
        lines = [f"* {entry(key, states.get(f'k{key}', ''))}" for key in KEYS]
        edit = self.rig.client(account).edit(PAGE, "\n".join(lines))
        revision: int = edit["newrevid"]
        return revision

    def read(self) -> list[Review]:
        """Return all that is known after another look."""
        self.rig.settle()
        while self._reader.turn(self._settings):
            pass
        return self._ledger.reviews.all()


def entry(key: int, state: str) -> str:
    return render(
        EntryCall(
            key=key,
            file=f"File:{key}.png",
            tier="high",
            score="0.90",
            labels="porn 0.90",
            model="model@1",
            state=state,
        )
    )


def settings(rig: MediaWikiRig, **reviews: Any) -> Settings:
    wiki = WikiSettings(api=rig.api_url)
    publish = PublishSettings(category=CategorySettings(send="live"))
    base = Settings(wiki=wiki, publish=publish)
    return base.model_copy(update={"reviews": base.reviews.model_copy(update=reviews)})


@pytest.fixture
def wiki(rig: MediaWikiRig, ledger: Ledger) -> Iterator[Wiki]:
    made = Wiki(rig, ledger, settings(rig))
    with closing(made.commons):
        yield made


def told(reviews: list[Review]) -> list[tuple[int, str, str, str | None]]:
    return [(one.log_id, one.outcome, one.reviewer, one.set_aside) for one in reviews]


def test_each_state_is_put_down_to_who_set_it(wiki: Wiki) -> None:
    wiki.states("RigBot")
    assert wiki.read() == []
    first = wiki.states("Reviewer", k1="ok")
    wiki.states("Admin", k1="ok", k2="scope")
    wiki.states("Uploader", k1="ok", k2="scope", k3="false positive")
    found = wiki.read()
    assert told(found) == [
        (1, "ok", "Reviewer", None),
        (2, "scope", "Admin", None),
        (3, "false positive", "Uploader", "uploader"),
    ]
    assert (found[0].source, found[0].reference) == ("page", first)


def test_what_is_read_again_after_a_kill_changes_nothing(wiki: Wiki) -> None:
    wiki.states("RigBot")
    wiki.states("Reviewer", k1="ok")
    found = wiki.read()
    wiki.fresh_reader()
    assert wiki.read() == found
    wiki.states("Reviewer", k1="ok", k2="unsure")
    assert told(wiki.read()) == [(1, "ok", "Reviewer", None), (2, "unsure", "Reviewer", None)]


def test_a_bot_decides_nothing(wiki: Wiki) -> None:
    wiki.states("RigBot")
    wiki.states("RigBot", k1="ok")
    assert told(wiki.read()) == [(1, "ok", "RigBot", "bot")]


def test_only_the_words_of_the_configured_groups_count(rig: MediaWikiRig, ledger: Ledger) -> None:
    made = Wiki(rig, ledger, settings(rig, reviewer_groups=("patroller", "sysop")))
    with closing(made.commons):
        made.states("RigBot")
        made.states("Reviewer", k2="ok")
        made.states("Uploader", k2="ok", k3="ok")
        assert told(made.read()) == [
            (2, "ok", "Reviewer", None),
            (3, "ok", "Uploader", "uploader"),
        ]


def test_a_changed_mind_is_another_word_and_an_emptied_state_takes_it_back(wiki: Wiki) -> None:
    wiki.states("RigBot")
    wiki.states("Reviewer", k1="ok", k2="ok")
    wiki.states("Reviewer", k1="scope", k2="")
    found = wiki.read()
    assert [(one.log_id, one.outcome, one.counts) for one in found] == [
        (1, "ok", True),
        (2, "ok", False),
        (1, "scope", True),
    ]


def test_a_page_emptied_and_restored_is_nobodys_decision(wiki: Wiki) -> None:
    wiki.states("RigBot")
    wiki.states("Reviewer", k1="ok")
    wiki.rig.client("Uploader").edit(PAGE, "Nothing")
    wiki.states("Admin", k1="ok")
    assert told(wiki.read()) == [(1, "ok", "Reviewer", None)]


def test_a_long_history_is_read_in_parts(wiki: Wiki) -> None:
    wiki.states("RigBot")
    words = ["ok", "scope"] * 12
    for word in words:
        wiki.states("Reviewer", k1=word)
    assert [one.outcome for one in wiki.read()] == words


def test_a_page_deleted_and_made_anew_is_read_from_its_beginning(wiki: Wiki) -> None:
    wiki.states("RigBot")
    wiki.states("Reviewer", k1="ok")
    wiki.read()
    wiki.rig.client("Admin").delete(PAGE)
    assert told(wiki.read()) == [(1, "ok", "Reviewer", None)]
    wiki.states("RigBot", k1="ok")
    wiki.states("Admin", k1="ok", k2="scope")
    assert told(wiki.read())[1:] == [(2, "scope", "Admin", None)]


def test_deletions_come_with_the_class_of_their_reason_and_restorations_take_them_back(
    wiki: Wiki,
) -> None:
    wiki.read()
    uploader, admin = wiki.rig.client("Uploader"), wiki.rig.client("Admin")
    photo = DRAWING.read_bytes()
    for name in ("1.png", "2.png", "3.png", "Never suggested.png"):
        uploader.upload(name, photo)
    admin.delete("File:1.png", reason="Out of [[COM:SCOPE|scope]], [[COM:NUDITY]]")
    admin.delete("File:2.png", reason="[[COM:CSD#F1|F1]]: copyright violation")
    admin.delete("File:Never suggested.png", reason="out of scope")
    found = wiki.read()
    assert [(one.log_id, one.outcome, one.reason) for one in found] == [
        (1, "deleted", "nudity out of scope"),
        (2, "deleted", "copyvio"),
    ]
    admin.undelete("File:1.png")
    assert [one.counts for one in wiki.read()] == [False, True]


def test_a_file_kept_after_a_request_is_known_by_its_talk_page(wiki: Wiki) -> None:
    wiki.read()
    admin = wiki.rig.client("Admin")
    admin.edit("File talk:1.png", "{{Kept|2026-11-22|{{noping|Somebody}}}}")
    admin.edit("File talk:2.png", "Should be kept.")
    wiki.rig.client("Reviewer").edit("File talk:1.png", "{{Kept|2026-11-22}} Thank you.")
    assert told(wiki.read()) == [(1, "kept", "Admin", None)]


def test_a_file_taken_out_of_the_review_category_was_looked_at(wiki: Wiki) -> None:
    wiki.read()
    category = "[[Category:Commons Lookout suggestions]]"
    admin, bot = wiki.rig.client("Admin"), wiki.rig.client("RigBot")
    admin.edit("Category:Commons Lookout suggestions", "__HIDDENCAT__")
    for key in KEYS:
        wiki.rig.client("Uploader").upload(f"{key}.png", DRAWING.read_bytes())
        bot.edit(f"File:{key}.png", category, bot=1)
    wiki.rig.client("Reviewer").edit("File:1.png", "Looked at.")
    wiki.rig.client("Reviewer").edit("File:2.png", f"Still in. {category}")
    found = wiki.read()
    assert told(found) == [(1, "ok", "Reviewer", None)]
    assert found[0].source == "category"


@pytest.mark.parametrize("sources", [("deletion",), ()])
def test_only_the_configured_sources_are_read(
    rig: MediaWikiRig, ledger: Ledger, sources: tuple[str, ...]
) -> None:
    made = Wiki(rig, ledger, settings(rig, sources=sources))
    with closing(made.commons):
        made.states("RigBot")
        made.states("Reviewer", k1="ok")
        assert made.read() == []
