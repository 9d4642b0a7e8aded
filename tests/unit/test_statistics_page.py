"""The figures on a wiki page, and the one line of them on the status page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.publish.dryrun import DryRunWiki
from bot.publish.statisticspage import StatisticsPage
from bot.publish.statuspage import StatusPage
from bot.settings.publishing import PublishSettings
from bot.settings.reviewing import ReviewSettings
from support.ledgers import address
from support.reviews import decide, review, suggest

SETTINGS = PublishSettings()
TITLE = SETTINGS.statistics_page.title


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(address(tmp_path / "ledger.sqlite")) as opened:
        for key, outcome in enumerate(["scope", "scope", "ok"], 1):
            suggest(opened, key, rule="explicit", tier="high")
            decide(opened, review(key, outcome))
        yield opened


@pytest.fixture
def wiki(tmp_path: Path) -> DryRunWiki:
    made = DryRunWiki(tmp_path / "wiki")
    made.check()
    return made


def test_the_figures_are_written_as_tables(ledger: Ledger, wiki: DryRunWiki) -> None:
    page = StatisticsPage(ledger, wiki, SETTINGS, ReviewSettings())
    assert page.due()
    page.send()
    text = wiki.read(TITLE).text
    assert "| rule || explicit || 3 || 0 || 0 || 2 || 3 || 66.7% (20.8%-93.9%)" in text
    assert "| Decided: scope || 2" in text
    assert not page.due()


def test_another_consensus_makes_other_figures(ledger: Ledger, wiki: DryRunWiki) -> None:
    StatisticsPage(ledger, wiki, SETTINGS, ReviewSettings(consensus="agreeing", agreeing=2)).send()
    assert "| all || all || 3 || 3 || 0 || 0 || 0 || -" in wiki.read(TITLE).text


def test_the_status_page_names_the_precision(ledger: Ledger, wiki: DryRunWiki) -> None:
    StatusPage(ledger, wiki, SETTINGS).send()
    text = wiki.read(SETTINGS.status_page.title).text
    assert "| Worth a look, of 3 answered || 66.7% (20.8%-93.9%)" in text
