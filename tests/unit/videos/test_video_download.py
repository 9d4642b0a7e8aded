"""A video in pieces: capped, resumed after cuts, never mixed from two versions, never kept."""

import hashlib
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.demo.commons.ranges import part_of
from bot.errors import NetworkFault, NotThereYet, Refused, RetryLater, ServerBusy, Unreachable
from bot.hosts import FileHosts
from bot.settings.intake import MediaSettings, WikiSettings
from bot.settings.video import VideoSettings
from bot.videos import download
from bot.videos.budget import Budget
from bot.videos.download import Downloaded, downloaded
from model.errors import OverLimit
from support.scripted import Asked, Reply, Script, ScriptedServer

PIECE = 1000
FILE = bytes(range(256)) * 20  # 5120 bytes: six pieces
OTHER = FILE[::-1]
LIMIT = 10_000


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PIECE_BYTES", PIECE)
    monkeypatch.setattr(download, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(download, "LONGEST_PAUSE_S", 0.001)
    monkeypatch.setattr(download, "BETWEEN_PIECES_S", 0.005)


def serving(content: bytes = FILE) -> Script:
    """Answer as the miniature Commons does."""

    def answer(asked: Asked) -> Reply:
        part = part_of(content, asked.headers)
        return Reply(status=part.status, body=part.content, kind="video/webm", headers=part.headers)

    return answer


def cut(reply: Reply, after: int) -> Reply:
    """Return the same answer, which breaks off."""
    return Reply(
        status=reply.status,
        body=reply.body[:after],
        kind=reply.kind,
        headers=reply.headers,
        promised=len(reply.body),
    )


def at_request(number: int, script: Script, otherwise: Script) -> Script:
    """Answer the request of that number, from 1, in another way."""
    count = iter(range(1, 10_000))

    def answer(asked: Asked) -> Reply:
        chosen = script if next(count) == number else otherwise
        return chosen(asked)

    return answer


def budget(*, stop: threading.Event | None = None, **settings: float) -> Budget:
    return Budget(VideoSettings().model_copy(update=settings), stop or threading.Event())


@contextmanager
def fetched(
    server: ScriptedServer,
    *,
    limit: int = LIMIT,
    beginning: bool = False,
    spent: Budget | None = None,
) -> Iterator[Downloaded]:
    wiki = WikiSettings(api="https://wiki.example.org/w/api.php", file_hosts=(server.netloc,))
    hosts = FileHosts(wiki, MediaSettings(timeout_seconds=0.5), user_agent="Test/1")
    with downloaded(
        hosts, f"{server.url}/V.webm", spent or budget(), limit=limit, beginning=beginning
    ) as file:
        yield file


def content(script: Script, **more: object) -> tuple[bytes, bool, list[str]]:
    """Return what was fetched, whether that is all, and the ranges that were asked for."""
    with ScriptedServer(script) as server:
        with fetched(server, **more) as file:  # type: ignore[arg-type]  # any option
            data = file.path.read_bytes()
        return data, file.complete, [asked.headers["Range"] for asked in server.requests]


# What is right ------------------------------------------------------------------------------------


def test_a_file_comes_whole_in_pieces() -> None:
    data, complete, ranges = content(serving())
    assert (data, complete) == (FILE, True)
    assert ranges[:2] == ["bytes=0-999", "bytes=1000-1999"]
    assert len(ranges) == 6


def test_it_has_no_name_while_it_is_there_and_is_gone_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ScriptedServer(serving()) as server:
        with fetched(server) as file:
            assert str(file.path.readlink()).endswith("(deleted)")
            assert file.path.stat().st_nlink == 0
            kept = file.path.open("rb")
        with kept:
            assert kept.read() == FILE  # only who opened it before can still read it
        assert list(tmp_path.iterdir()) == []


def test_every_piece_is_of_the_version_that_the_first_was_of() -> None:
    with ScriptedServer(serving()) as server, fetched(server):
        tags = [asked.headers.get("If-Range") for asked in server.requests]
    digest = hashlib.sha1(FILE, usedforsecurity=False).hexdigest()
    assert tags == [None, *[f'"{digest}"'] * 5]


def test_a_file_as_large_as_the_limit_is_whole_and_a_larger_one_is_refused() -> None:
    assert content(serving(), limit=len(FILE))[:2] == (FILE, True)
    with pytest.raises(OverLimit, match="5120 bytes"):
        content(serving(), limit=len(FILE) - 1)


def test_the_beginning_of_a_larger_file_will_do_if_so_asked() -> None:
    data, complete, ranges = content(serving(), limit=2500, beginning=True)
    assert (data, complete) == (FILE[:2500], False)
    assert ranges[-1] == "bytes=2000-2499"


def test_a_server_that_gives_no_parts_is_read_at_once() -> None:
    def whole(_: Asked) -> Reply:
        return Reply(body=FILE, kind="application/ogg")

    assert content(whole) == (FILE, True, ["bytes=0-999"])
    assert content(whole, limit=2500, beginning=True)[:2] == (FILE[:2500], False)


# What goes wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 700])
def test_after_a_cut_it_goes_on_where_it_was(after: int) -> None:
    broken = at_request(3, lambda asked: cut(serving()(asked), after), serving())
    data, complete, ranges = content(broken)
    assert (data, complete) == (FILE, True)
    assert f"bytes={2000 + after}-" in ranges[3]


def test_a_connection_that_is_reset_again_and_again_is_given_up() -> None:
    with ScriptedServer(lambda _: Reply(reset=True)) as server:
        with pytest.raises(NetworkFault), fetched(server):
            pass
        assert len(server.requests) == download.RESUMES + 1


def test_a_file_replaced_in_the_midst_is_begun_anew_and_never_mixed() -> None:
    count = iter(range(100))

    def replaced(asked: Asked) -> Reply:
        return serving(FILE if next(count) < 3 else OTHER)(asked)

    assert content(replaced)[:2] == (OTHER, True)


def test_a_file_that_keeps_changing_is_given_up() -> None:
    count = iter(range(1000))

    def changing(asked: Asked) -> Reply:
        return cut(serving(bytes([next(count)]) * len(FILE))(asked), 500)

    with pytest.raises(NetworkFault):
        content(changing)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=404), NotThereYet),
        (Reply(status=403), Refused),
        (Reply(status=503, headers={"Retry-After": "7"}), ServerBusy),
        (Reply(body=b"<html>Maintenance</html>"), NetworkFault),
        (
            Reply(
                status=206,
                body=b"abc",
                kind="video/webm",
                headers={"Content-Range": "bytes 7-9/10"},
            ),
            NetworkFault,
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_video_is_none(reply: Reply, error: type[Exception]) -> None:
    with pytest.raises(error):
        content(lambda _: reply)


def test_a_host_that_takes_no_call_is_unreachable() -> None:
    with ScriptedServer(serving()) as server:
        pass
    with pytest.raises(Unreachable), fetched(server):
        pass


def test_no_other_host_is_asked_not_even_by_a_redirect() -> None:
    elsewhere = Reply(status=302, headers={"Location": "https://evil.example.org/V.webm"})
    with pytest.raises(Refused, match="file_hosts"):
        content(lambda _: elsewhere)


# What it may cost ---------------------------------------------------------------------------------


def test_requests_that_run_out_leave_the_beginning_or_nothing() -> None:
    few = budget(requests=4)  # two are kept for what is asked around the download
    assert content(serving(), beginning=True, spent=few)[:2] == (FILE[:2000], False)
    with pytest.raises(OverLimit, match=r"video\.requests"):
        content(serving(), spent=budget(requests=4))


def test_time_that_runs_out_leaves_the_beginning_or_nothing() -> None:
    def dripping(asked: Asked) -> Reply:
        reply = serving()(asked)
        return Reply(
            status=reply.status,
            body=reply.body,
            kind=reply.kind,
            headers=reply.headers,
            bytes_per_s=2000,
        )

    data, complete, _ = content(dripping, beginning=True, spent=budget(seconds=0.3))
    assert 0 < len(data) < len(FILE)
    assert not complete
    with pytest.raises(OverLimit, match=r"video\.seconds"):
        content(dripping, spent=budget(seconds=0.3))


def test_a_bot_that_ends_does_not_wait_for_a_video() -> None:
    stop = threading.Event()

    def then_stop(asked: Asked) -> Reply:
        stop.set()
        return serving()(asked)

    with pytest.raises(RetryLater, match="ending"):
        content(then_stop, beginning=True, spent=budget(stop=stop))


def test_pictures_can_be_fetched_between_two_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one connection in all, a picture waits for one piece, not for the video."""
    monkeypatch.setattr(download, "BETWEEN_PIECES_S", 0.2)
    between: list[int] = []
    with ScriptedServer(serving()) as server:
        media = MediaSettings(concurrent_fetches=1)
        hosts = FileHosts(WikiSettings(file_hosts=(server.netloc,)), media, user_agent="Test/1")
        asked_for = threading.Event()

        def picture() -> None:
            asked_for.wait()
            with hosts.open(f"{server.url}/P.png", {}):
                between.append(len(server.requests))

        thread = threading.Thread(target=picture)
        thread.start()
        calls = iter(range(100))
        whole = server.script

        def script(asked: Asked) -> Reply:
            if next(calls) == 0:
                asked_for.set()
            return whole(asked)

        server.script = script
        with downloaded(hosts, f"{server.url}/V.webm", budget(), limit=LIMIT, beginning=False):
            thread.join()
    assert between[0] < 6
