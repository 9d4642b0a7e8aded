"""The read side of the API: the miniature Commons for what is right, a script for what is not."""

import io
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

import bot.demo
from bot.commons import Commons, FileInfo
from bot.demo.commons import MiniCommons
from bot.errors import NetworkFault, Refused, RetryLater, ServerBusy, Unreachable
from bot.identity import user_agent
from bot.settings.intake import WikiSettings
from support.scripted import Asked, Reply, ScriptedServer, as_json, in_turn

MEDIA = Path(bot.demo.__file__).parent / "media"
WIDTH = 500
BATCH = 50
WIKI_LINE_BYTES = 8_000  # what Wikimedia's servers take in a request's first line


@pytest.fixture
def mini() -> Iterator[MiniCommons]:
    with MiniCommons() as server:
        yield server


@pytest.fixture
def commons(mini: MiniCommons) -> Iterator[Commons]:
    with closing(reader(mini.addresses.api)) as made:
        yield made


def reader(api: str, *, timeout_s: float = 10.0) -> Commons:
    settings = WikiSettings(api=api, timeout_seconds=timeout_s)
    return Commons(settings, user_agent=user_agent("test@example.org"), width=WIDTH)


@contextmanager
def scripted(script: Callable[[Asked], Reply]) -> Iterator[tuple[Commons, ScriptedServer]]:
    with (
        ScriptedServer(script) as server,
        closing(reader(f"{server.url}/w/api.php", timeout_s=0.5)) as commons,
    ):
        yield commons, server


def stored(path: str) -> bytes:
    return (MEDIA / path).read_bytes()


def upload(mini: MiniCommons, title: str, path: str = "photographs/coffee.jpg") -> str:
    entry = mini.wiki.upload(title, stored(path), user="Alice", comment="own work")
    assert entry.version
    return entry.version.sha1


def drawn(colour: str) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(encoded, "PNG")
    return encoded.getvalue()


def described(title: str, **more: Any) -> dict[str, Any]:
    """One page of an answer, as api.php gives it for a small JPEG."""
    info = {
        "timestamp": "2026-11-22T10:00:00Z",
        "user": "Alice",
        "size": 10,
        "width": 4,
        "height": 3,
        "url": "http://127.0.0.1/a.jpg",
        "thumburl": "http://127.0.0.1/a.jpg",
        "sha1": "ab" * 20,
        "mime": "image/jpeg",
        "mediatype": "BITMAP",
        "canonicaltitle": title,
    }
    page = {"pageid": 1, "ns": 6, "title": title, "imagerepository": "local"}
    return {**page, "imageinfo": [info | more]}


def answer(*pages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"batchcomplete": True, "query": {"pages": list(pages)}, **more}


def failing(code: str, **headers: str) -> Reply:
    error = {"code": code, "info": f"{code} it is", "docref": ""}
    return as_json({"error": error}, MediaWiki_API_Error=code, **headers)


def titles_of(asked: Asked) -> list[str]:
    return asked.form["titles"].split("|")


# What is right ------------------------------------------------------------------------------------


def test_a_photograph_is_known_in_full(mini: MiniCommons, commons: Commons) -> None:
    sha1 = upload(mini, "File:Coffee.jpg")
    info = commons.files(["File:Coffee.jpg"])["File:Coffee.jpg"]
    assert (info.title, info.sha1, info.mime) == ("File:Coffee.jpg", sha1, "image/jpeg")
    assert (info.mediatype, info.medium) == ("BITMAP", "image")
    assert (info.width, info.height, info.pages, info.duration) == (600, 400, 1, 0.0)
    assert info.size == len(stored("photographs/coffee.jpg"))
    assert datetime.now(UTC) - info.timestamp < timedelta(minutes=1)
    assert info.thumbnail
    assert f"/{WIDTH}px-" in info.thumbnail


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("others/booklet.pdf", ("document", 2, 0.0)),
        ("others/slideshow.webm", ("video", 1, 6.0)),
        ("others/pinwheel.gif", ("image", 1, 0.6)),
    ],
)
def test_pages_and_playing_time_are_known(
    mini: MiniCommons, commons: Commons, path: str, expected: tuple[str, int, float]
) -> None:
    title = f"File:Other{Path(path).suffix}"
    upload(mini, title, path)
    info = commons.files([title])[title]
    assert (info.medium, info.pages, round(info.duration, 1)) == expected


def test_sound_has_no_thumbnail_though_the_wiki_names_an_icon(
    mini: MiniCommons, commons: Commons
) -> None:
    upload(mini, "File:Chime.wav", "others/chime.wav")
    info = commons.files(["File:Chime.wav"])["File:Chime.wav"]
    assert info.thumbnail is None
    assert info.medium is None
    assert commons.rendition("File:Chime.wav", f"{WIDTH}px-seek=1") is None


def test_more_titles_than_one_request_takes_are_all_found(
    mini: MiniCommons, commons: Commons
) -> None:
    titles = [f"File:Square {number}.png" for number in range(2 * BATCH + 3)]
    hashes = {}
    for number, title in enumerate(titles):
        entry = mini.wiki.upload(
            title, drawn(f"rgb({number},0,0)"), user="Alice", comment="own work"
        )
        assert entry.version
        hashes[title] = entry.version.sha1
    assert {title: info.sha1 for title, info in commons.files(titles).items()} == hashes
    assert commons.hashes(titles) == hashes


def test_no_titles_need_no_request() -> None:
    with scripted(in_turn(Reply())) as (commons, server):
        assert commons.files([]) == {}
        assert commons.hashes([]) == {}
        assert server.requests == []


def test_files_come_back_under_the_titles_asked_for(mini: MiniCommons, commons: Commons) -> None:
    upload(mini, "File:A cup of coffee.jpg")
    asked = ["file:a_cup_of_coffee.jpg", "File:A cup of coffee.jpg", "File:Missing.jpg"]
    assert set(commons.files(asked)) == set(asked[:2])
    assert set(commons.hashes(asked)) == set(asked[:2])
    assert commons.rendition("file:a_cup_of_coffee.jpg", f"{WIDTH}px") is not None
    assert commons.rendition("File:Missing.jpg", f"{WIDTH}px") is None


@pytest.mark.parametrize(
    "title", ["File:Zürich «Łódź» 東京 🐱.jpg", 'File:It\'s "50%" & more+.jpg']
)
def test_titles_may_hold_any_letter(mini: MiniCommons, commons: Commons, title: str) -> None:
    sha1 = upload(mini, title)
    assert commons.hashes([title]) == {title: sha1}


def test_long_titles_of_many_bytes_do_not_make_a_long_request_line() -> None:
    titles = [f"File:{number:02}{'猫' * 75}.jpg" for number in range(BATCH)]
    pages = [described(title) for title in titles]
    with scripted(in_turn(as_json(answer(*pages)))) as (commons, server):
        assert set(commons.files(titles)) == set(titles)
        assert titles_of(server.requests[0]) == titles
        assert all(len(asked.path) < WIKI_LINE_BYTES for asked in server.requests)


def test_an_overwritten_file_is_known_by_its_newest_version(
    mini: MiniCommons, commons: Commons
) -> None:
    upload(mini, "File:Again.jpg", "photographs/coffee.jpg")
    upload(mini, "File:Again.jpg", "photographs/rocket.jpg")
    newest = upload(mini, "File:Again.jpg", "photographs/text.jpg")
    assert commons.hashes(["File:Again.jpg"]) == {"File:Again.jpg": newest}
    assert commons.files(["File:Again.jpg"])["File:Again.jpg"].sha1 == newest
    address = commons.rendition("File:Again.jpg", f"{WIDTH}px")
    assert address is not None
    assert "/archive/" not in address


def test_older_versions_are_not_even_asked_for() -> None:
    more = {"continue": {"iistart": "2026-11-21T10:00:00Z", "continue": "||"}}
    reply = as_json(answer(described("File:A.jpg"), **more))
    with scripted(in_turn(reply)) as (commons, server):
        assert set(commons.hashes(["File:A.jpg"])) == {"File:A.jpg"}
        assert len(server.requests) == 1


def test_an_answer_in_parts_is_put_together() -> None:
    first, second = described("File:A.jpg"), described("File:B.jpg")
    bare = {key: value for key, value in second.items() if key != "imageinfo"}
    parts = in_turn(
        as_json(answer(first, bare, **{"continue": {"iicontinue": "B.jpg", "continue": "||"}})),
        as_json(answer(second)),
    )
    with scripted(parts) as (commons, server):
        assert set(commons.files(["File:A.jpg", "File:B.jpg"])) == {"File:A.jpg", "File:B.jpg"}
        assert server.requests[1].form["iicontinue"] == "B.jpg"


def test_a_moved_file_keeps_the_title_asked_for_and_tells_its_new_one() -> None:
    page = described("File:Old.jpg", canonicaltitle="File:New.jpg")
    with scripted(in_turn(as_json(answer(page)))) as (commons, _):
        assert commons.files(["File:Old.jpg"])["File:Old.jpg"].title == "File:New.jpg"


def test_a_hidden_version_and_a_page_without_a_file_count_as_absent() -> None:
    hidden = {"filehidden": True, "timestamp": "2026-11-22T10:00:00Z"}
    pages = [
        {"pageid": 1, "ns": 6, "title": "File:Hidden.jpg", "imageinfo": [hidden]},
        {"pageid": 2, "ns": 6, "title": "File:Page.jpg", "imagerepository": ""},
        {"pageid": 3, "ns": 6, "title": "File:Lost.jpg", "imageinfo": [{"filemissing": True}]},
        {"ns": 6, "title": "File:Gone.jpg", "missing": True, "imagerepository": ""},
    ]
    titles = [str(page["title"]) for page in pages]
    with scripted(in_turn(as_json(answer(*pages)))) as (commons, _):
        assert commons.files(titles) == {}
        assert commons.hashes(titles) == {}


def test_warnings_do_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    warned = answer(
        described("File:A.jpg"), warnings={"imageinfo": {"warnings": "Unrecognized value: x"}}
    )
    with caplog.at_level(logging.ERROR), scripted(in_turn(as_json(warned))) as (commons, _):
        assert set(commons.files(["File:A.jpg"])) == {"File:A.jpg"}


def test_requests_name_the_bot_and_ask_for_little_lag() -> None:
    with scripted(in_turn(as_json(answer()))) as (commons, server):
        commons.hashes(["File:A.jpg"])
    asked = server.requests[0]
    assert asked.headers["User-Agent"].startswith("CommonsLookout/")
    assert asked.headers["Promise-Non-Write-API-Action"] == "true"
    assert asked.form["maxlag"] == "5"


def test_calls_from_several_threads_come_one_at_a_time() -> None:
    reply = Reply(body=b"{}", kind="application/json", after_s=0.05)
    with (
        scripted(in_turn(reply)) as (commons, server),
        ThreadPoolExecutor(4) as pool,
    ):
        asked = [pool.submit(commons.rendition, "File:A.jpg", f"{WIDTH}px") for _ in range(4)]
        assert [one.result() for one in asked] == [None] * 4
        assert len(server.requests) == 4
        assert server.most_at_once == 1


# A file that cannot be scaled ---------------------------------------------------------------------


@pytest.mark.parametrize("code", ["urlparamnormal", "iiurlparamnormal"])
def test_one_unscalable_file_costs_the_others_nothing(code: str) -> None:
    def script(asked: Asked) -> Reply:
        titles = titles_of(asked)
        if "File:Bad.tif" in titles and "iiurlwidth" in asked.form:
            return failing(code)
        return as_json(answer(*(described(title) for title in titles)))

    titles = ["File:A.jpg", "File:Bad.tif", "File:B.jpg"]
    with scripted(script) as (commons, _):
        found = commons.files(titles)
    assert set(found) == set(titles)
    assert found["File:A.jpg"].thumbnail is not None


def test_an_unscalable_file_is_described_without_a_thumbnail() -> None:
    def script(asked: Asked) -> Reply:
        if "iiurlwidth" in asked.form:
            return failing("urlparamnormal")
        page = described("File:Bad.tif", mime="image/tiff")
        del page["imageinfo"][0]["thumburl"]
        return as_json(answer(page))

    with scripted(script) as (commons, _):
        info = commons.files(["File:Bad.tif"])["File:Bad.tif"]
    assert (info.mime, info.thumbnail) == ("image/tiff", None)


# What goes wrong ----------------------------------------------------------------------------------


def all_calls(commons: Commons) -> list[Callable[[], Any]]:
    return [
        lambda: commons.files(["File:A.jpg", "File:B.jpg"]),
        lambda: commons.hashes(["File:A.jpg"]),
        lambda: commons.rendition("File:A.jpg", f"{WIDTH}px-seek=1"),
    ]


@pytest.mark.parametrize("code", ["maxlag", "ratelimited", "readonly"])
def test_a_busy_wiki_is_given_the_time_it_asks_for(code: str) -> None:
    for number in range(3):
        with scripted(in_turn(failing(code, Retry_After="7"))) as (commons, _):
            call = all_calls(commons)[number]
            with pytest.raises(ServerBusy, match=code) as caught:
                call()
            assert caught.value.retry_after == 7.0


def test_a_busy_wiki_without_the_header_is_busy_all_the_same() -> None:
    body = {"error": {"code": "maxlag", "info": "Waiting for db1: 9 seconds lagged."}}
    with (
        scripted(in_turn(as_json(body))) as (commons, _),
        pytest.raises(ServerBusy, match="9 seconds lagged"),
    ):
        commons.hashes(["File:A.jpg"])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_web_server_is_given_the_time_it_asks_for(status: int) -> None:
    reply = Reply(status=status, body=b"<html>Busy</html>", headers={"Retry-After": "3"})
    with (
        scripted(in_turn(reply)) as (commons, _),
        pytest.raises(ServerBusy, match=str(status)) as caught,
    ):
        commons.files(["File:A.jpg"])
    assert caught.value.retry_after == 3.0


@pytest.mark.parametrize("value", ["", "soon", "-1", "\xb2", "1e400"])
def test_an_unreadable_pause_is_no_pause(value: str) -> None:
    with (
        scripted(in_turn(Reply(status=503, headers={"Retry-After": value}))) as (commons, _),
        pytest.raises(ServerBusy) as caught,
    ):
        commons.hashes(["File:A.jpg"])
    assert caught.value.retry_after is None


def test_a_pause_may_be_given_as_a_date_and_never_lasts_for_days() -> None:
    for value, most in [
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 3600.0),
        ("99999999999999", 3600.0),
    ]:
        with (
            scripted(in_turn(Reply(status=503, headers={"Retry-After": value}))) as (commons, _),
            pytest.raises(ServerBusy) as caught,
        ):
            commons.hashes(["File:A.jpg"])
        assert caught.value.retry_after == most


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<html>Our servers are currently under maintenance</html>"),
        Reply(status=500, body=b"<html>Fatal exception</html>"),
        Reply(status=403, body=b"Please set a user-agent"),
        Reply(body=b'{"query": {', kind="application/json"),
        Reply(body=b"null", kind="application/json"),
        Reply(body=b"[1]", kind="application/json"),
        Reply(body=b'{"query": 5}', kind="application/json"),
        Reply(body=b'{"query": {"pages": [{"imageinfo": []}]}}', kind="application/json"),
        Reply(body=b"{}", promised=100, kind="application/json"),
        Reply(body=b"\xff\xfe\x00", kind="application/json"),
        Reply(reset=True),
        Reply(silent=True),
        Reply(status=302, headers={"Location": "/w/api.php"}),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:12]!r} {reply.reset=} {reply.silent=}",
)
def test_no_usable_answer_is_asked_for_again_later(reply: Reply) -> None:
    with scripted(in_turn(reply)) as (commons, _):
        for call in all_calls(commons):
            with pytest.raises(NetworkFault):
                call()


def test_a_description_without_its_parts_is_asked_for_again_later() -> None:
    page = described("File:A.jpg")
    del page["imageinfo"][0]["mediatype"]
    with scripted(in_turn(as_json(answer(page)))) as (commons, _), pytest.raises(NetworkFault):
        commons.files(["File:A.jpg"])


def test_a_host_that_does_not_answer_the_call_is_unreachable() -> None:
    with ScriptedServer(in_turn(Reply())) as server:
        api = f"{server.url}/w/api.php"
    with closing(reader(api)) as commons, pytest.raises(Unreachable):
        commons.hashes(["File:A.jpg"])


def test_what_the_wiki_refuses_is_told_by_its_own_code() -> None:
    with (
        scripted(in_turn(failing("readapidenied"))) as (commons, _),
        pytest.raises(Refused, match="readapidenied it is") as caught,
    ):
        commons.files(["File:A.jpg", "File:B.jpg"])
    assert caught.value.code == "readapidenied"
    assert not isinstance(caught.value, RetryLater)


def test_a_generic_agent_is_refused_by_the_miniature_commons(mini: MiniCommons) -> None:
    settings = WikiSettings(api=mini.addresses.api)
    agent = requests.utils.default_user_agent()
    with (
        closing(Commons(settings, user_agent=agent, width=WIDTH)) as anonymous,
        pytest.raises(NetworkFault, match="user-agent"),
    ):
        anonymous.hashes(["File:A.jpg"])


def test_what_a_file_is_decides_its_thresholds() -> None:
    def medium(mediatype: str, pages: int = 1) -> str | None:
        page = described("File:A", mediatype=mediatype, pagecount=pages)
        with scripted(in_turn(as_json(answer(page)))) as (commons, _):
            info: FileInfo = commons.files(["File:A"])["File:A"]
        return info.medium

    assert medium("BITMAP") == medium("DRAWING") == "image"
    assert medium("BITMAP", pages=3) == medium("OFFICE", pages=3) == "document"
    assert medium("VIDEO") == "video"
    assert medium("AUDIO") is medium("TEXT") is medium("3D") is None
