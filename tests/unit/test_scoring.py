"""How every upload ends: the scorer on a real ledger and a miniature Commons."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.demo
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Engine, Seen
from bot.errors import NotThereYet, Refused
from bot.rules import View
from model.bundle import Bundle
from model.errors import Undecodable
from support.bench import DULL, STRIKING, Bench, dull, picture, striking

MEDIA = Path(bot.demo.__file__).parent / "media"
BOOKLET = (MEDIA / "others/booklet.pdf").read_bytes()
CHIME = (MEDIA / "others/chime.wav").read_bytes()
COFFEE = (MEDIA / "photographs/coffee.jpg").read_bytes()
AGES_S = 3600.0


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


def raising(error: Exception) -> Any:
    """Raise, where only an expression may stand."""
    raise error


def state(bench: Bench, entry: LogEntry) -> tuple[str, str | None]:
    """Return where an upload stands and why: its verdict, skip reason or last error."""
    row = bench.row(entry)
    return row["state"], row["verdict"] or row["reason"]


# What is right ------------------------------------------------------------------------------------


def test_nothing_to_do_is_said(bench: Bench) -> None:
    assert bench.turn() == 0


def test_a_file_that_no_rule_applies_to_is_cleared(bench: Bench) -> None:
    entry = bench.upload("Dull.png")
    assert bench.turn() == 1
    assert state(bench, entry) == ("scored", "cleared")
    assert bench.ledger.outbox.pending(limit=10) == []


def test_a_file_that_a_rule_applies_to_is_suggested_for_review(bench: Bench) -> None:
    bench.engine.deed = striking
    entry = bench.upload("Striking.png")
    bench.turn()
    assert state(bench, entry) == ("scored", "review")
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.log_id == entry.log_id
    assert effect.page.startswith("User:CommonsLookoutBot/Log/")
    assert effect.entry["title"] == "File:Striking.png"
    assert effect.entry["rule"] == "drawn"
    assert effect.entry["scores"] == STRIKING
    assert effect.entry["user"] == "Alice"
    assert effect.entry["model"] == "scripted/1"
    assert effect.entry["partial"] is False


def test_a_batch_is_worked_on_as_a_whole(bench: Bench) -> None:
    entries = [bench.upload(f"{n}.png", picture(f"rgb({n},0,0)")) for n in range(55)]
    assert bench.turns() == 2
    assert {state(bench, entry) for entry in entries} == {("scored", "cleared")}


def test_a_document_is_seen_in_several_places(bench: Bench) -> None:
    bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    assert [place for _, place in bench.engine.looks] == ["p. 1", "p. 2"]


def test_the_place_that_weighs_most_is_pointed_out(bench: Bench) -> None:
    bench.engine.deed = lambda data, place: (striking if place == "p. 2" else dull)(data, place)
    bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["place"] == "p. 2"


def test_an_upload_whose_log_entry_hides_its_hash_is_scored_as_it_is(bench: Bench) -> None:
    entry = bench.wiki.upload("File:A.png", picture("red"), user="Alice", comment="own work")
    bench.announce(entry, sha1=None)
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")


# Nothing to look at -------------------------------------------------------------------------------


def test_sound_is_skipped_by_its_kind(bench: Bench) -> None:
    entry = bench.upload("Chime.wav", CHIME)
    bench.turn()
    assert state(bench, entry) == ("skipped", "audio")


def test_an_undecodable_file_is_dead_and_not_safe(bench: Bench) -> None:
    bench.engine.deed = lambda *_: raising(Undecodable("damaged"))
    entry = bench.upload("Damaged.png")
    bench.turn()
    assert state(bench, entry) == ("dead", "Undecodable")
    assert bench.row(entry)["detail"] == "damaged"


# Another version, or none -------------------------------------------------------------------------


def test_a_version_overwritten_before_the_fetch_is_superseded_and_the_new_one_scored(
    bench: Bench,
) -> None:
    first = bench.upload("A.png", picture("red"))
    second = bench.upload("A.png", picture("blue"))
    bench.turns()
    assert state(bench, first) == ("skipped", "superseded")
    assert state(bench, second) == ("scored", "cleared")
    assert len(bench.engine.looks) == 1


def test_a_version_overwritten_while_it_is_looked_at_is_not_given_the_others_scores(
    bench: Bench,
) -> None:
    def overwrite(*_: object) -> Seen:
        bench.wiki.upload("File:A.png", picture("blue"), user="Alice", comment="again")
        return striking()

    bench.engine.deed = overwrite
    entry = bench.upload("A.png", picture("red"))
    bench.turn()
    assert state(bench, entry) == ("waiting", "NotThereYet")
    assert bench.sql("SELECT * FROM scores") == []
    bench.turn()
    assert state(bench, entry) == ("skipped", "superseded")
    assert bench.ledger.outbox.pending(limit=10) == []


def test_a_deleted_file_is_gone(bench: Bench) -> None:
    entry = bench.upload("A.png")
    bench.wiki.delete("File:A.png", user="Admin", comment="")
    bench.turn()
    assert state(bench, entry) == ("skipped", "gone")


def test_a_file_deleted_while_it_is_looked_at_is_not_put_on_the_page(bench: Bench) -> None:
    def delete(*_: object) -> Seen:
        bench.wiki.delete("File:A.png", user="Admin", comment="")
        return striking()

    bench.engine.deed = delete
    entry = bench.upload("A.png")
    bench.turns()
    assert state(bench, entry) == ("skipped", "gone")
    assert bench.ledger.outbox.pending(limit=10) == []


def test_a_file_moved_with_a_redirect_is_reported_under_its_new_name(bench: Bench) -> None:
    entry = bench.upload("Old.png")
    bench.wiki.move("File:Old.png", "File:New.png", user="Admin", comment="")
    bench.engine.deed = striking
    bench.turn()
    assert state(bench, entry) == ("scored", "review")
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["title"] == "File:New.png"


def test_a_fresh_upload_that_is_absent_is_asked_for_again(bench: Bench) -> None:
    fresh = bench.adjusted(fresh_seconds=AGES_S)
    entry = bench.upload("A.png", picture("red"))
    bench.wiki.delete("File:A.png", user="Admin", comment="stands in for a lagged replica")
    bench.turn(fresh)
    assert state(bench, entry) == ("waiting", "NotThereYet")
    bench.wiki.upload("File:A.png", picture("red"), user="Alice", comment="")
    bench.turn(fresh)
    assert state(bench, entry) == ("scored", "cleared")


def test_what_a_fresh_upload_lacks_does_not_use_up_its_last_attempt(bench: Bench) -> None:
    entry = bench.upload("A.png", picture("red"))
    bench.wiki.delete("File:A.png", user="Admin", comment="stands in for a lagged replica")
    bench.turn(bench.adjusted(fresh_seconds=AGES_S, attempts=1))
    assert state(bench, entry) == ("waiting", "NotThereYet")


def test_a_fresh_upload_that_shows_an_older_version_is_asked_for_again(bench: Bench) -> None:
    older = bench.wiki.upload("File:A.png", picture("red"), user="Alice", comment="")
    assert older.version
    just_after = older.version.uploaded_at + timedelta(microseconds=1)
    bench.announce(older, sha1="cd" * 20, uploaded_at=just_after)
    bench.turn(bench.adjusted(fresh_seconds=AGES_S))
    assert state(bench, older) == ("waiting", "NotThereYet")
    bench.turn(bench.adjusted(fresh_seconds=0.0))
    assert state(bench, older) == ("skipped", "superseded")


# Pictures that come late, or only in part ---------------------------------------------------------


def test_a_thumbnail_that_is_not_rendered_yet_is_awaited(bench: Bench) -> None:
    entry = bench.upload("Coffee.jpg", COFFEE, rendering_s=0.2)
    bench.turn()
    assert state(bench, entry) == ("waiting", "NotThereYet")
    patient = bench.adjusted(attempts=50, first_pause_seconds=0.05, longest_pause_seconds=0.05)
    bench.turns(patient)
    assert state(bench, entry) == ("scored", "cleared")


def test_a_thumbnail_that_never_comes_leaves_the_file_dead_and_not_safe(bench: Bench) -> None:
    entry = bench.upload("Coffee.jpg", COFFEE, rendering_s=AGES_S)
    assert bench.turns(bench.adjusted(attempts=3)) == 3
    assert state(bench, entry) == ("dead", "NotThereYet")
    assert bench.row(entry)["attempts"] == 3


@pytest.mark.parametrize("error", [NotThereYet("404"), Refused("403")], ids=repr)
def test_a_document_is_scored_without_the_page_that_cannot_be_had_and_says_so(
    bench: Bench, error: Exception
) -> None:
    bench.fetcher.before = lambda address: "page2-" in address and raising(error)
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turns(bench.adjusted(attempts=2))
    assert state(bench, entry) == ("scored", "cleared-in-part")
    assert bench.partial(entry)
    assert [place for _, place in bench.engine.looks] == ["p. 1"]


def test_a_document_waits_for_a_page_while_it_may_still_come(bench: Bench) -> None:
    bench.fetcher.before = lambda address: "page2-" in address and raising(NotThereYet("404"))
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    assert state(bench, entry) == ("waiting", "NotThereYet")
    bench.fetcher.before = str
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")
    assert not bench.partial(entry)


def test_a_document_without_a_single_page_is_dead_and_not_safe(bench: Bench) -> None:
    bench.fetcher.before = lambda _: raising(Refused("403"))
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    assert state(bench, entry) == ("dead", "Refused")


def test_a_wiki_that_names_no_picture_of_any_page_leaves_the_file_dead(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.commons, "rendition", lambda *_: None)
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turns(bench.adjusted(attempts=2))
    assert state(bench, entry) == ("dead", "NotThereYet")


def test_a_page_that_cannot_be_decoded_leaves_the_rest_cleared_in_part(bench: Bench) -> None:
    def first_page_only(data: bytes, place: str) -> Seen:
        if place != "p. 1":
            raise Undecodable("damaged")
        return dull(data, place)

    bench.engine.deed = first_page_only
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared-in-part")


def test_a_truncated_picture_is_cleared_in_part_only(bench: Bench) -> None:
    bench.engine.deed = lambda *_: Seen((View(DULL),), partial=True)
    entry = bench.upload("Half.png")
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared-in-part")


def test_a_partial_file_with_a_hit_is_for_review_and_the_entry_says_what_it_rests_on(
    bench: Bench,
) -> None:
    bench.engine.deed = lambda *_: Seen((View(STRIKING),), partial=True)
    entry = bench.upload("Half.png")
    bench.turn()
    assert state(bench, entry) == ("scored", "review")
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["partial"] is True


# The same content again ---------------------------------------------------------------------------


def test_content_that_was_scored_before_is_not_fetched_again(bench: Bench) -> None:
    bench.upload("A.png", picture("red"))
    bench.turn()
    again = bench.upload("B.png", picture("red"))
    bench.turn()
    assert state(bench, again) == ("scored", "cleared")
    assert len(bench.fetcher.addresses) == len(bench.engine.looks) == 1


def test_content_uploaded_twice_at_once_is_fetched_once(bench: Bench) -> None:
    bench.engine.deed = striking
    entries = [bench.upload(f"{n}.png", picture("red")) for n in range(6)]
    assert bench.turns() == 2
    assert {state(bench, entry) for entry in entries} == {("scored", "review")}
    assert {bench.row(entry)["attempts"] for entry in entries} == {1}
    assert len(bench.fetcher.addresses) == 1
    assert len(bench.ledger.outbox.pending(limit=10)) == 6


# In earnest ---------------------------------------------------------------------------------------


@pytest.mark.model
def test_the_real_engine_scores_pictures_pages_and_stills(bench: Bench, bundle: Bundle) -> None:
    engine = Engine(bench.settings.model, bench.settings.media)
    bench.use(engine)
    cat = (MEDIA / "drawings/cat_in_pencil.jpg").read_bytes()
    drawing = bench.upload("Cat.jpg", cat)
    photograph = bench.upload("Coffee.jpg", COFFEE)
    booklet = bench.upload("Booklet.pdf", BOOKLET)
    damaged = bench.upload("Damaged.jpg", (MEDIA / "others/damaged.jpg").read_bytes())
    try:
        bench.turns(bench.adjusted(attempts=2))
    finally:
        engine.close()
    assert bundle.card.name in engine.version
    assert state(bench, drawing) == ("scored", "review")
    assert state(bench, photograph) == ("scored", "cleared")
    assert bench.row(booklet)["state"] == "scored"
    assert bench.row(damaged)["state"] == "dead"
    for row in bench.sql("SELECT views FROM scores"):
        assert "drawing" in row["views"]
