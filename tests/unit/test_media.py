"""Fetching pictures: from the miniature Commons, and from a server that does everything wrong."""

import gzip
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from PIL import Image

import bot.demo
from bot.commons import Commons, FileInfo
from bot.demo.commons import MiniCommons
from bot.errors import (
    NetworkFault,
    NothingToScore,
    NotThereYet,
    Refused,
    ServerBusy,
    Unreachable,
)
from bot.identity import user_agent
from bot.media import Fetcher, sources
from bot.settings.intake import MediaSettings, WikiSettings
from bot.settings.values import MIB
from model.errors import OverLimit
from support.scripted import Reply, ScriptedServer, in_turn

MEDIA = Path(bot.demo.__file__).parent / "media"
AGENT = user_agent("test@example.org")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PICTURE = Reply(body=PNG, kind="image/png")
IMPATIENT = MediaSettings(max_mebibytes=1, timeout_seconds=0.3)
WIDTH = MediaSettings().thumbnail_width


def fetcher(*hosts: str, media: MediaSettings = IMPATIENT, agent: str = AGENT) -> Fetcher:
    wiki = WikiSettings(api="https://wiki.example.org/w/api.php", file_hosts=hosts)
    return Fetcher(wiki, media, user_agent=agent)


@contextmanager
def answering(*replies: Reply) -> Iterator[tuple[Callable[[], bytes], ScriptedServer]]:
    """Lend a call that fetches a picture from a server with these replies."""
    with ScriptedServer(in_turn(*replies)) as server:
        from_here = fetcher(server.netloc)
        yield lambda: from_here.fetch(f"{server.url}/thumb/500px-A.png"), server


def description(**more: object) -> FileInfo:
    info = FileInfo(
        title="File:A.jpg",
        sha1="ab" * 20,
        timestamp=datetime(2026, 11, 22, tzinfo=UTC),
        mime="image/jpeg",
        mediatype="BITMAP",
        width=4000,
        height=3000,
        size=10,
        pages=1,
        duration=0.0,
        url="https://upload.example.org/A.jpg",
        thumbnail="https://upload.example.org/thumb/500px-A.jpg",
    )
    return replace(info, **more)  # type: ignore[arg-type]  # any field


# What is right ------------------------------------------------------------------------------------


def test_a_thumbnail_is_fetched_as_the_wiki_made_it() -> None:
    with MiniCommons() as mini:
        content = (MEDIA / "photographs/coffee.jpg").read_bytes()
        mini.wiki.upload("File:Coffee.jpg", content, user="Alice", comment="own work")
        settings = WikiSettings(
            api=mini.addresses.api, file_hosts=(mini.addresses.base.removeprefix("http://"),)
        )
        with closing(Commons(settings, user_agent=AGENT, width=WIDTH)) as commons:
            info = commons.files(["File:Coffee.jpg"])["File:Coffee.jpg"]
        (source,) = sources(info, MediaSettings())
        data = Fetcher(settings, MediaSettings(), user_agent=AGENT).fetch(source.address)
        anonymous = Fetcher(
            settings, MediaSettings(), user_agent=requests.utils.default_user_agent()
        )
        with pytest.raises(Refused, match="403"):
            anonymous.fetch(source.address)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.width == WIDTH


@pytest.mark.parametrize("spared", ["", "127.0.0.1"])
def test_a_proxy_of_the_environment_is_asked_unless_the_host_is_spared(
    monkeypatch: pytest.MonkeyPatch, spared: str
) -> None:
    with ScriptedServer(in_turn(PICTURE)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", spared)
        with answering(PICTURE) as (fetch, server):
            assert fetch() == PNG
            assert (len(proxy.requests), len(server.requests)) == ((0, 1) if spared else (1, 0))


def test_a_connection_is_kept_for_the_next_picture_and_cookies_are_not() -> None:
    reply = Reply(body=PNG, kind="image/png", keep=True, headers={"Set-Cookie": "seen=1; Path=/"})
    with answering(reply) as (fetch, server):
        assert [fetch(), fetch(), fetch()] == [PNG] * 3
        assert server.connections == 1
        assert not any("Cookie" in asked.headers for asked in server.requests)


def test_a_connection_is_not_kept_when_an_answer_was_left_unread() -> None:
    long = Reply(body=bytes(2 * MIB), kind="image/png", keep=True)
    with answering(long, replace(PICTURE, keep=True)) as (fetch, server):
        with pytest.raises(OverLimit):
            fetch()
        assert fetch() == PNG
        assert server.connections == 2


def test_the_bot_says_who_it_is_and_what_it_wants() -> None:
    with answering(PICTURE) as (fetch, server):
        assert fetch() == PNG
    assert server.requests[0].headers["User-Agent"] == AGENT
    assert server.requests[0].headers["Accept"] == "image/*"


def test_a_picture_may_be_as_large_as_the_limit_and_no_larger() -> None:
    whole = Reply(body=bytes(MIB), kind="image/png")
    with answering(whole, replace(whole, body=bytes(MIB + 1))) as (fetch, _):
        assert len(fetch()) == MIB
        with pytest.raises(OverLimit, match=f"{MIB} bytes"):
            fetch()


def test_a_compressed_picture_is_unpacked() -> None:
    squeezed = Reply(
        body=gzip.compress(PNG), kind="image/png", headers={"Content-Encoding": "gzip"}
    )
    with answering(squeezed) as (fetch, _):
        assert fetch() == PNG


def test_a_small_body_that_unpacks_to_more_than_the_limit_is_not_unpacked() -> None:
    bomb = Reply(
        body=gzip.compress(bytes(64 * MIB)), kind="image/png", headers={"Content-Encoding": "gzip"}
    )
    with answering(bomb) as (fetch, _), pytest.raises(OverLimit):
        fetch()


def test_no_more_connections_are_open_than_allowed() -> None:
    with (
        answering(replace(PICTURE, after_s=0.1)) as (fetch, server),
        ThreadPoolExecutor(6) as pool,
    ):
        assert [one.result() for one in [pool.submit(fetch) for _ in range(6)]] == [PNG] * 6
    assert server.most_at_once == IMPATIENT.concurrent_fetches


# What goes wrong ----------------------------------------------------------------------------------


def test_a_thumbnail_that_is_not_rendered_yet_is_awaited() -> None:
    with answering(Reply(status=404), PICTURE) as (fetch, _):
        with pytest.raises(NotThereYet):
            fetch()
        assert fetch() == PNG


@pytest.mark.parametrize(
    "text",
    [
        "Use thumbnail steps listed on https://w.wiki/GHai\n",
        "Unsupported: see thumbnail steps",
    ],
)
def test_a_width_that_is_never_rendered_is_not_asked_for_again(text: str) -> None:
    with (
        answering(Reply(status=429, body=text.encode())) as (fetch, _),
        pytest.raises(Refused, match="never rendered"),
    ):
        fetch()


@pytest.mark.parametrize(
    ("reply", "pause"),
    [
        (Reply(status=429, body=b"See https://w.wiki/GHai", headers={"Retry-After": "9"}), 9.0),
        (Reply(status=503, headers={"Retry-After": "2"}), 2.0),
    ],
)
def test_a_busy_server_is_left_alone(reply: Reply, pause: float) -> None:
    with answering(reply) as (fetch, _), pytest.raises(ServerBusy) as caught:
        fetch()
    assert caught.value.retry_after == pause


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500, body=b"<html>Error generating thumbnail</html>"),
        # MediaWiki's answer for one picture that it failed to render four times (thumb.php).
        Reply(status=429, body=b"<html>Too many failed attempts</html>"),
        Reply(status=502),
        Reply(status=504),
        Reply(body=b"<html>Maintenance</html>"),
        Reply(body=b"", kind="image/png", promised=10),
        Reply(body=PNG, kind="image/png", promised=len(PNG) + 1),
        Reply(body=PNG, kind="image/png", headers={"Transfer-Encoding": "chunked"}),
        Reply(body=PNG, kind="image/png", headers={"Content-Encoding": "gzip"}),
        Reply(reset=True),
        Reply(silent=True),
        Reply(body=PNG, kind=""),
    ],
    ids=lambda reply: f"{reply.status} {reply.kind} {reply.body[:6]!r} {reply.silent}",
)
def test_no_whole_picture_is_asked_for_again_later(reply: Reply) -> None:
    with answering(reply) as (fetch, _), pytest.raises(NetworkFault) as caught:
        fetch()
    assert not isinstance(caught.value, Unreachable)


def test_an_unreadable_length_is_no_length() -> None:
    with answering(replace(PICTURE, headers={"Content-Length": "many"})) as (fetch, _):
        assert fetch() == PNG


@pytest.mark.parametrize("status", [400, 401, 403, 410, 451])
def test_what_is_refused_is_not_asked_for_again(status: int) -> None:
    with answering(Reply(status=status)) as (fetch, _), pytest.raises(Refused, match=str(status)):
        fetch()


def test_a_picture_that_drips_is_given_up_though_every_byte_comes_in_time() -> None:
    drip = Reply(body=bytes(2000), kind="image/png", bytes_per_s=100)
    with answering(drip) as (fetch, _), pytest.raises(NetworkFault, match="slowly"):
        fetch()


def test_a_picture_that_comes_in_pieces_but_in_time_is_taken() -> None:
    with answering(replace(PICTURE, bytes_per_s=1000)) as (fetch, _):
        assert fetch() == PNG


def test_a_host_that_takes_no_call_is_unreachable() -> None:
    with answering(PICTURE) as (fetch, _):
        pass
    with pytest.raises(Unreachable):
        fetch()


# Where it may be fetched from ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.org/500px-A.png",
        "https://upload.example.org.evil.example.org/A.png",
        "https://upload.example.org@evil.example.org/A.png",
        "https://upload.example.org:444/A.png",
        "ftp://upload.example.org/A.png",
        "file:///etc/passwd",
        "//upload.example.org/A.png",
        "http://[upload.example.org/A.png",
        "",
    ],
)
def test_only_the_configured_hosts_are_ever_asked(address: str) -> None:
    with pytest.raises(Refused):
        fetcher("upload.example.org").fetch(address)


def test_a_redirect_to_an_allowed_host_is_followed() -> None:
    with ScriptedServer(in_turn(PICTURE)) as there:
        moved = Reply(status=301, headers={"Location": f"{there.url}/elsewhere.png"})
        with ScriptedServer(in_turn(moved)) as here:
            from_both = fetcher(here.netloc, there.netloc)
            assert from_both.fetch(f"{here.url}/A.png") == PNG
    assert there.requests[0].path == "/elsewhere.png"


@pytest.mark.parametrize("location", ["https://evil.example.org/A.png", "http://[/", "file:///A"])
def test_a_redirect_to_anywhere_else_is_refused(location: str) -> None:
    moved = Reply(status=302, headers={"Location": location})
    with answering(moved) as (fetch, server), pytest.raises(Refused):
        fetch()
    assert len(server.requests) == 1


def test_three_redirects_are_followed_and_a_loop_ends() -> None:
    onward = Reply(status=302, headers={"Location": "/again.png"})
    with answering(onward, onward, onward, PICTURE) as (fetch, _):
        assert fetch() == PNG
    with answering(onward) as (fetch, server), pytest.raises(Refused, match="redirects"):
        fetch()
    assert len(server.requests) == 4


# Which pictures stand for a file ------------------------------------------------------------------


def test_an_image_is_seen_by_its_thumbnail() -> None:
    (source,) = sources(description(), MediaSettings())
    assert (source.address, source.parameter, source.place) == (
        "https://upload.example.org/thumb/500px-A.jpg",
        "",
        "",
    )


def test_a_document_is_seen_by_some_of_its_pages() -> None:
    booklet = description(mediatype="OFFICE", mime="application/pdf", pages=101)
    chosen = sources(booklet, MediaSettings(stills=3))
    assert [source.place for source in chosen] == ["p. 1", "p. 51", "p. 101"]
    assert [source.parameter for source in chosen] == [
        f"page{page}-{WIDTH}px" for page in (1, 51, 101)
    ]


def test_pages_of_a_tiff_are_asked_for_in_its_handlers_words() -> None:
    scans = description(mime="image/tiff", pages=3)
    chosen = sources(scans, MediaSettings())
    assert [source.parameter for source in chosen] == [
        f"lossy-page{page}-{WIDTH}px" for page in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "short",
    [
        description(mediatype="OFFICE", pages=1),
        description(mediatype="BITMAP", pages=1, duration=4.0, size=21 * MIB),
        description(mediatype="BITMAP", pages=1, duration=4.0, mime="image/vnd.djvu"),
    ],
)
def test_what_has_a_single_picture_is_seen_by_its_thumbnail(short: FileInfo) -> None:
    (source,) = sources(short, MediaSettings())
    assert source.address == short.thumbnail


@pytest.mark.parametrize("mime", ["image/gif", "image/png", "image/webp"])
def test_an_animation_is_seen_by_the_original_because_thumbnails_may_stand_still(mime: str) -> None:
    moving = description(mime=mime, duration=4.0, size=20 * MIB)
    (source,) = sources(moving, MediaSettings())
    assert source.address == moving.url


@pytest.mark.parametrize("mediatype", ["AUDIO", "TEXT", "EXECUTABLE", "3D", "UNKNOWN"])
def test_what_has_no_picture_is_skipped_by_its_kind(mediatype: str) -> None:
    with pytest.raises(NothingToScore) as caught:
        sources(description(mediatype=mediatype), MediaSettings())
    assert caught.value.reason == mediatype.lower()


def test_the_original_stands_in_where_the_wiki_cannot_scale() -> None:
    (source,) = sources(description(thumbnail=None), MediaSettings())
    assert source.address == "https://upload.example.org/A.jpg"


def test_an_original_that_is_too_large_or_unreadable_does_not_stand_in() -> None:
    with pytest.raises(OverLimit, match="original"):
        sources(description(thumbnail=None, size=2 * MIB), IMPATIENT)
    with pytest.raises(NothingToScore) as caught:
        sources(description(thumbnail=None, mime="image/vnd.djvu"), MediaSettings())
    assert caught.value.reason == "no-rendering"
