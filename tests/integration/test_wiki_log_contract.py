"""What the bot relies on in a wiki's log: the miniature Commons keeps to it, and MediaWiki does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import logevents
from bot.commons import Commons
from bot.demo.commons import MiniCommons
from bot.demo.traffic import log_event
from bot.errors import Refused
from bot.events import Upload, parse_upload
from bot.logevents import PARTS, LogPage, WikiLog, next_move
from bot.settings.intake import WikiSettings
from rig import MediaWikiRig
from support.bench import AGENT, picture

WIKI = "commonswiki"
OVERSIGHT = {"sysop": {"deletelogentry": True, "deletedhistory": True}}


@dataclass(frozen=True)
class Place:
    """A wiki under test, and what people do on it."""

    api: str
    upload: Callable[[str, bytes], object]
    delete: Callable[[str], object]
    restore: Callable[[str], object]
    move: Callable[[str, str], object]
    hide: Callable[[int, str], object]  # a log entry's "action" or "user"
    announced: Callable[[], list[Upload | None]]  # what the stream told of all that


def mini_place(mini: MiniCommons) -> Place:
    wiki = mini.wiki
    who: dict[str, Any] = {"user": "Uploader", "comment": ""}
    return Place(
        api=mini.addresses.api,
        upload=lambda title, content: wiki.upload(title, content, **who),
        delete=lambda title: wiki.delete(title, **who),
        restore=lambda title: wiki.restore(title, **who),
        move=lambda title, target: wiki.move(title, target, redirect=False, **who),
        hide=wiki.hide,
        announced=lambda: [
            parse_upload({**log_event(entry), "wiki": WIKI}, WIKI) for entry in wiki.log
        ],
    )


def rig_place(rig: MediaWikiRig) -> Place:
    uploader, admin = rig.client("Uploader"), rig.client("Admin")
    rig.runtime(groupPermissions=OVERSIGHT)

    def hide(log_id: int, what: str) -> None:
        content = {"action": "content", "user": "user"}[what]
        admin.post("revisiondelete", type="logging", ids=log_id, hide=content)

    def announced() -> list[Upload | None]:
        rig.settle()
        return [parse_upload({"wiki": WIKI, **event}, WIKI) for event in rig.events]

    return Place(
        api=rig.api_url,
        upload=lambda title, content: uploader.upload(title.removeprefix("File:"), content),
        delete=admin.delete,
        restore=admin.undelete,
        move=lambda title, target: admin.move(title, target, redirect=False),
        hide=hide,
        announced=announced,
    )


@pytest.fixture(params=["mini", pytest.param("mediawiki", marks=pytest.mark.rig)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "mediawiki":
        yield rig_place(request.getfixturevalue("rig"))
        return
    with MiniCommons() as mini:
        yield mini_place(mini)


@pytest.fixture
def commons(place: Place) -> Iterator[Commons]:
    made = Commons(WikiSettings(api=place.api), user_agent=AGENT, width=500)
    yield made
    made.close()


def pages(commons: Commons, part: str, **ends: int) -> list[LogPage]:
    """Read one part of the log from end to end."""
    log, now = WikiLog(commons.api, WIKI), datetime.now(UTC)
    hour = timedelta(hours=1)
    window: dict[str, Any] = {"since": _ms(now - hour), "until": _ms(now + hour)} | ends
    found = [log.page(part, **window)]
    while token := found[-1].token:
        found.append(log.page(part, token=token, **window))
    return found


def uploads(commons: Commons, part: str, **ends: int) -> list[Upload]:
    return [upload for page in pages(commons, part, **ends) for upload in page.uploads]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_an_empty_log_is_one_empty_page(commons: Commons) -> None:
    (page,) = pages(commons, "upload")
    assert (page.uploads, page.bad, page.hidden, page.token) == ([], [], 0, None)


def test_log_and_stream_tell_of_every_upload_in_the_same_way(
    place: Place, commons: Commons
) -> None:
    place.upload("File:A.png", picture("red"))
    place.upload("File:A.png", picture("blue"))
    place.upload("File:Grüße & mehr.png", picture("green"))
    place.delete("File:A.png")
    place.restore("File:A.png")
    found = [upload for part in PARTS for upload in uploads(commons, part)]
    assert [upload.action for upload in found] == ["upload", "overwrite", "upload", "restore"]
    assert {*found} == {*place.announced()} - {None}


def test_pages_follow_each_other_without_loss_or_repeat(
    place: Place, commons: Commons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logevents, "ENTRIES_PER_REQUEST", 2)
    for n in range(5):
        place.upload(f"File:{n}.png", picture(f"rgb({n},0,0)"))
    read = pages(commons, "upload")
    assert [len(page.uploads) for page in read] == [2, 2, 1]
    titles = [upload.title for page in read for upload in page.uploads]
    assert titles == [f"File:{n}.png" for n in range(5)]


def test_both_ends_of_a_window_belong_to_it(place: Place, commons: Commons) -> None:
    place.upload("File:A.png", picture("red"))
    (only,) = uploads(commons, "upload")
    moment, second = _ms(only.uploaded_at), 1000
    assert uploads(commons, "upload", since=moment, until=moment) == [only]
    assert uploads(commons, "upload", since=moment + second, until=moment + 9 * second) == []
    assert uploads(commons, "upload", since=moment - 9 * second, until=moment - second) == []


def test_a_token_of_another_make_is_refused_by_name(commons: Commons) -> None:
    with pytest.raises(Refused) as caught:
        WikiLog(commons.api, WIKI).page("upload", 0, 1, "of another version")
    assert caught.value.code == "badcontinue"


def test_a_move_is_found_by_the_title_before_it(place: Place, commons: Commons) -> None:
    place.upload("File:Old.png", picture("red"))
    place.move("File:Old.png", "File:New.png")
    (upload,) = uploads(commons, "upload")
    move = next_move(commons.api, upload.title, after=upload.log_id, since=upload.uploaded_at)
    assert move
    assert move.target == "File:New.png"
    for title in ("File:Old.png", "File:New.png"):
        assert next_move(commons.api, title, after=move.log_id, since=upload.uploaded_at) is None
    assert commons.files(["File:Old.png"]) == {}


def test_hidden_entries_are_counted_and_hidden_names_are_empty(
    place: Place, commons: Commons
) -> None:
    for n in range(3):
        place.upload(f"File:{n}.png", picture(f"rgb({n},0,0)"))
    gone, nameless, _ = uploads(commons, "upload")
    place.hide(gone.log_id, "action")
    place.hide(nameless.log_id, "user")
    (page,) = pages(commons, "upload")
    assert (page.hidden, page.bad) == (1, [])
    assert [(upload.title, upload.user) for upload in page.uploads] == [
        ("File:1.png", ""),
        ("File:2.png", "Uploader"),
    ]
