"""`lookout wiki setup`: pages written once, renewed, and never over what people changed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import PageClosed, Refused
from bot.ledger import Ledger
from bot.publish.setup import set_up
from bot.publish.statuspage import StatusPage
from bot.publish.template import NAME
from bot.publish.wikipages import STATES, pages_of
from bot.review.outcomes import Outcome
from bot.settings.publishing import PublishSettings
from support.outputs import TroubledWiki, suggest

SETTINGS = PublishSettings()
TEMPLATE = f"Template:{NAME}"
LOOKOUT = Path(sys.executable).with_name("lookout")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as made:
        yield made


@pytest.fixture
def wiki(tmp_path: Path) -> TroubledWiki:
    return TroubledWiki(tmp_path / "pages")


def results(wiki: TroubledWiki, ledger: Ledger, *, force: bool = False) -> dict[str, str]:
    """Set up; return the first word of what became of each."""
    done = set_up(wiki, ledger, SETTINGS, force=force)
    return {title: result.split()[0].rstrip(":") for title, result in done}


def test_every_page_is_made_once(wiki: TroubledWiki, ledger: Ledger) -> None:
    assert set(results(wiki, ledger).values()) <= {"made", "same"}
    for title, text in pages_of(SETTINGS).items():
        assert wiki.read(title).text == text
    saves = wiki.saves
    assert set(results(wiki, ledger).values()) == {"same"}
    assert wiki.saves == saves


def test_what_people_changed_is_kept_unless_forced(wiki: TroubledWiki, ledger: Ledger) -> None:
    results(wiki, ledger)
    wiki.write(TEMPLATE, "Better.")
    assert results(wiki, ledger)[TEMPLATE] == "kept"
    assert wiki.read(TEMPLATE).text == "Better."
    assert results(wiki, ledger, force=True)[TEMPLATE] == "changed"
    assert wiki.read(TEMPLATE).text == pages_of(SETTINGS)[TEMPLATE]


def test_what_people_made_before_is_kept(wiki: TroubledWiki, ledger: Ledger) -> None:
    wiki.write(SETTINGS.page_prefix, "Our own index.")
    assert results(wiki, ledger)[SETTINGS.page_prefix] == "kept"


def test_a_page_of_our_own_older_version_is_renewed(wiki: TroubledWiki, ledger: Ledger) -> None:
    revision = wiki.save(wiki.read(TEMPLATE), "What version 1 wrote.", "")
    ledger.outbox.note_edit(wiki.mode, page=TEMPLATE, revision=revision)
    assert results(wiki, ledger)[TEMPLATE] == "changed"


def test_the_status_is_not_set_back(wiki: TroubledWiki, ledger: Ledger) -> None:
    StatusPage(ledger, wiki, SETTINGS).send()
    before = wiki.read(SETTINGS.status_page.title)
    results(wiki, ledger)
    assert wiki.read(SETTINGS.status_page.title) == before


def test_what_is_refused_is_said_and_holds_up_nothing(wiki: TroubledWiki, ledger: Ledger) -> None:
    wiki.before[TEMPLATE] = [PageClosed("protected")]
    wiki.before[f"{TEMPLATE}/doc"] = [Refused("a filter")]
    done = results(wiki, ledger)
    assert (done[TEMPLATE], done[f"{TEMPLATE}/doc"]) == ("refused", "refused")
    assert done[SETTINGS.page_prefix] == "made"


def test_the_documentation_names_every_state_that_is_read_back() -> None:
    assert set(STATES) == {outcome.value for outcome in Outcome} - {"other"}
    assert all(f"<code>{state}</code>" in pages_of(SETTINGS)[f"{TEMPLATE}/doc"] for state in STATES)


def test_the_hidden_category_is_hidden() -> None:
    text = pages_of(SETTINGS)[f"Category:{SETTINGS.category.name}"]
    assert text.startswith("__HIDDENCAT__")
    assert "NSFW" not in "".join(pages_of(SETTINGS).values())


# The command --------------------------------------------------------------------------------------


def lookout(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    config = folder / "config.yaml"
    config.write_text("publish: {mode: live}\nwiki: {contact: a@example.org}\n", encoding="utf-8")
    secrets = {"LOOKOUT_BOT_NAME": "Bot@a", "LOOKOUT_BOT_PASSWORD": "secret"}
    return subprocess.run(
        [LOOKOUT, "wiki", *arguments, "--config", config],
        env={"PATH": "", "LOOKOUT_HOME": str(folder), **secrets},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_dry_run_writes_files_whatever_the_mode_of_the_bot(tmp_path: Path) -> None:
    done = lookout(tmp_path, "setup")
    assert done.returncode == 0, done.stderr
    assert f"{TEMPLATE}: made" in done.stdout
    assert (tmp_path / "dry-run" / f"{TEMPLATE}.wiki").read_text(encoding="utf-8")
    assert f"{TEMPLATE}: same as before" in lookout(tmp_path, "setup").stdout


def test_what_was_refused_is_listed_and_can_be_tried_again(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger:
        suggest(ledger, 334455)
        ledger.outbox.refuse(ledger.outbox.pending(limit=1), "a filter")
    listed = lookout(tmp_path, "refused").stdout
    assert "log-page" in listed
    assert "334455" in listed
    assert "a filter" in listed
    number = listed.split()[0]
    assert lookout(tmp_path, "refused", "--again", number).stdout == "tried again: 1\n"
    assert lookout(tmp_path, "refused").stdout == ""
