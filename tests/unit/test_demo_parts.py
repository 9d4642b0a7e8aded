"""The demonstration's parts by themselves: its events, its log reader, its page."""

import random
from collections import Counter
from pathlib import Path

import pytest

import bot.demo
from bot.demo.commons import MiniWiki
from bot.demo.logfmt import parse
from bot.demo.narration import Narrator
from bot.demo.outcome import NotArrived, Outcome, settled
from bot.demo.page import render
from bot.demo.preview import preview
from bot.demo.scenario import MEDIA, SCRIPT, Cut, Upload
from bot.demo.traffic import log_event, other_event
from bot.events import parse_upload

MAX_FILE_BYTES = 50_000
MAX_MEDIA_BYTES = 800_000
ENTRY = (
    "* {{Commons Lookout entry|key=7|file=File:A &amp; B.pdf|tier=high|rule=drawing|score=0.90"
    "|labels=drawing 0.90|model=m/1|time=p. 2|note=|state=}}"
)


def test_the_bot_reads_an_upload_event_as_what_happened() -> None:
    wiki = MiniWiki()
    content = (MEDIA / "drawings/owl.png").read_bytes()
    entry = wiki.upload("File:Owl.png", content, user="Alice", comment="own work")
    upload = parse_upload({**log_event(entry), "wiki": "commonswiki"}, "commonswiki")
    assert upload is not None
    assert entry.version is not None
    assert (upload.log_id, upload.action, upload.title) == (1, "upload", "File:Owl.png")
    assert (upload.sha1, upload.uploaded_at) == (entry.version.sha1, entry.version.uploaded_at)


def test_a_deletion_is_no_upload() -> None:
    wiki = MiniWiki()
    content = (MEDIA / "drawings/owl.png").read_bytes()
    wiki.upload("File:Owl.png", content, user="Alice", comment="own work")
    entry = wiki.delete("File:Owl.png", user="Admin", comment="by request")
    assert parse_upload({**log_event(entry), "wiki": "commonswiki"}, "commonswiki") is None


def test_no_other_event_is_an_upload_to_commons() -> None:
    chance = random.Random(1)
    events = [{"wiki": "commonswiki", **other_event(chance)} for _ in range(200)]
    assert [event for event in events if parse_upload(event, "commonswiki")] == []
    assert Counter(event.get("log_type") == "upload" for event in events)[True] > 10


def test_every_file_of_the_media_is_small_and_has_a_source() -> None:
    files = [path for path in MEDIA.rglob("*") if path.is_file() and path.suffix != ".md"]
    sources = (MEDIA / "SOURCES.md").read_text(encoding="utf-8")
    assert [path.name for path in files if f"`{path.name}`" not in sources] == []
    assert [path.name for path in files if path.stat().st_size > MAX_FILE_BYTES] == []
    assert sum(path.stat().st_size for path in files) < MAX_MEDIA_BYTES


def test_the_script_plays_every_file_of_the_media() -> None:
    steps = [step.meanwhile if isinstance(step, Cut) else step for step in SCRIPT]
    played = {step.file for step in steps} | {step.then for step in steps}
    files = {str(path.relative_to(MEDIA)) for path in MEDIA.rglob("*.*") if path.suffix != ".md"}
    assert files <= played
    assert all(isinstance(step, Upload) for step in steps)


def test_a_log_line_is_read_with_its_quotes() -> None:
    line = r'timestamp=2026 level=info event=upload.scored title="File:A \"b\" = c.jpg"'
    assert parse(line)["title"] == 'File:A "b" = c.jpg'


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", "it's \"half", ""])
def test_what_is_no_log_line_has_no_fields(line: str) -> None:
    assert parse(line) == {}


def test_the_narrator_says_what_the_bot_logs_even_when_a_field_is_gone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    narrator = Narrator()
    narrator.bot({"event": "upload.skipped", "title": "File:A.wav", "reason": "audio"})
    narrator.bot({"event": "upload.scored", "title": "File:B.jpg", "verdict": "review"})
    narrator.bot({"event": "patrol.heartbeat"})
    lines = capsys.readouterr().out.splitlines()
    first, second = (line.split("bot", 1)[1].strip() for line in lines)
    assert first == "skipped: File:A.wav, a sound has no picture"
    assert second == "worth a look: File:B.jpg (?)"


def test_the_page_shows_entries_as_text_and_their_pictures_hidden() -> None:
    asked: list[tuple[str, str]] = []

    def picture(title: str, place: str) -> bytes:
        asked.append((title, place))
        return b"\xff\xd8\xff"

    page = render("User:Bot/Log", f"__NOINDEX__\nAbout <this>.\n<!-- mark -->\n{ENTRY}\n", picture)
    assert asked == [("File:A & B.pdf", "p. 2")]
    assert (
        '<span class="link">File:A &amp; B.pdf</span>: automated suggestion <em>drawing</em>'
        in page
    )
    assert "<small>m/1</small>" in page
    assert "<p>About &lt;this&gt;.</p>" in page
    assert 'aria-pressed="false"' in page
    assert "http" not in page.split("<body>")[1]


def test_a_title_cannot_bring_marks_into_the_page() -> None:
    page = render(
        "User:Bot/Log",
        "* {{Commons Lookout entry|key=7|file=File:&lt;script&gt;$title.jpg}}",
        lambda *_: None,
    )
    assert "<script>$title" not in page
    assert "&lt;script&gt;$title.jpg" in page


@pytest.mark.parametrize(
    ("file", "place"),
    [("others/booklet.pdf", "p. 2"), ("others/slideshow.webm", "0:05")],
)
def test_the_preview_shows_the_place_that_the_entry_names(file: str, place: str) -> None:
    wiki = MiniWiki()
    title = f"File:{Path(file).name}"
    wiki.upload(title, (MEDIA / file).read_bytes(), user="Alice", comment="own work")
    assert preview(wiki, title, place) != preview(wiki, title, "")


def counts(**changes: object) -> dict[str, object]:
    states = {"waiting": 0, "leased": 0, "scored": 1, "skipped": 0, "dead": 0}
    status = {"seen": 1, "states": states, "unpublished": 0, "published": 1, "rejected_events": 0}
    return status | changes


def test_a_suggestion_that_is_not_on_the_page_fails_the_demonstration() -> None:
    Outcome(counts(), {"User:Bot/Log": f"About\n{ENTRY}\n"}).check()
    with pytest.raises(NotArrived, match="2 suggestions were made, but 1"):
        Outcome(counts(published=2), {"User:Bot/Log": f"About\n{ENTRY}\n"}).check()
    with pytest.raises(NotArrived, match="0 are on the page"):
        Outcome(counts(published=0), {}).check()


def test_an_unreadable_event_fails_the_demonstration() -> None:
    with pytest.raises(NotArrived, match="could not read 3 events"):
        Outcome(counts(rejected_events=3), {"User:Bot/Log": f"About\n{ENTRY}\n"}).check()


@pytest.mark.parametrize(
    "changes", [{"seen": 0}, {"unpublished": 1}, {"states": {"waiting": 1, "leased": 0}}]
)
def test_the_demonstration_waits_until_nothing_is_left_to_do(changes: dict[str, object]) -> None:
    assert settled(counts(), seen=1)
    assert not settled(counts(**changes), seen=1)


def test_the_media_are_where_the_package_says() -> None:
    assert MEDIA.parent == Path(bot.demo.__file__).parent
