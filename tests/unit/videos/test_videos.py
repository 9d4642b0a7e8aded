"""How videos end: the scorer of their lane on a real ledger and a miniature Commons."""

import logging
import threading
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Seen
from bot.errors import NetworkFault, NotThereYet, Refused, ServerBusy
from bot.lanes import Lane
from bot.settings.video import VideoSettings
from model.errors import NoPictures, Undecodable, WorkerDied
from model.video.score import Moment, Scene, VideoScore
from support.bench import DULL, STRIKING, Bench, dull, one_scene, picture, striking, video_score
from support.films import DRAWING, PHOTOGRAPH, film
from support.reviews import decide, review
from support.uploads import wait_until

TEN_MINUTES = 600
LEASE_S = 3
SMALL = "240p.vp9.webm"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


@cache
def short() -> bytes:
    """Return eight seconds: a photograph, then a drawing."""
    return film((PHOTOGRAPH, 4), (DRAWING, 4))


@cache
def long() -> bytes:
    """Return ten minutes."""
    return film((PHOTOGRAPH, TEN_MINUTES))


def only(bench: Bench, *sources: str, **video: Any) -> Settings:
    """Return settings with these sources and limits for videos."""
    settings = VideoSettings().model_copy(update={"sources": sources, **video})
    return bench.settings.model_copy(update={"video": settings})


def state(bench: Bench, entry: LogEntry) -> tuple[str, str | None]:
    """Return where an upload stands and why: its verdict, skip reason or last error."""
    row = bench.row(entry)
    return row["state"], row["verdict"] or row["reason"]


def raising(error: Exception) -> Any:
    """Raise, where only an expression may stand."""
    raise error


def _second(place: str) -> int:
    minutes, seconds = place.split(":")
    return 60 * int(minutes) + int(seconds)


def between(start: int, end: int) -> Callable[[bytes, str], Seen]:
    """See something from one second of the video to another."""

    def look(data: bytes, place: str) -> Seen:
        return (striking if start <= _second(place) < end else dull)(data, place)

    return look


# A small transcode --------------------------------------------------------------------------------


def test_the_smallest_finished_transcode_is_watched_first(bench: Bench) -> None:
    larger = short() + bytes(9000)
    entry = bench.upload("A.webm", short(), transcodes={"480p.vp9.webm": larger, SMALL: short()})
    bench.turns()
    assert state(bench, entry) == ("scored", "cleared")
    assert bench.engine.watched == [len(short())]
    assert any(path.endswith(f"A.webm.{SMALL}") for path in bench.mini.asked)
    assert bench.engine.looks == []
    assert not bench.partial(entry)


def test_a_hit_names_the_time_to_look_at_and_rests_on_the_scenes_heavier_half(
    bench: Bench,
) -> None:
    half = {"drawing": 0.5, "neutral": 0.5}
    moments = (Moment(62.0, half), Moment(63.0, STRIKING), Moment(64.0, half), Moment(65.0, DULL))
    scenes = (Scene(0.0, 60.0, (Moment(0.0, DULL),)), Scene(60.0, 70.0, moments))
    bench.engine.watch_deed = lambda _: video_score(*scenes)
    entry = bench.upload("A.webm", short(), transcodes={SMALL: short()})
    bench.turns()
    assert state(bench, entry) == ("scored", "review")
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["place"] == "1:03"
    assert effect.entry["confidence"] == pytest.approx(0.75, abs=1e-4)


def test_a_near_duplicate_of_a_video_marked_fine_says_so(bench: Bench) -> None:
    def shown(*marks: str) -> VideoScore:
        quiet = Scene(0.0, 9.0, (Moment(0.0, DULL, fingerprint=marks[0]),))
        return video_score(quiet, Scene(9.0, 12.0, (Moment(9.0, STRIKING, fingerprint=marks[1]),)))

    bench.engine.watch_deed = lambda _: shown("0123456789abcdef", "b15fe6465121175e")
    first = bench.upload("A.webm", short(), transcodes={SMALL: short()})
    bench.turns()
    decide(bench.ledger, review(first.log_id, "ok"))
    bench.engine.watch_deed = lambda _: shown("fedcba9876543210", "b15fe6465121175d")
    bench.upload("B.webm", short() + b"\0", transcodes={SMALL: short()})
    bench.turns()
    second = bench.ledger.outbox.pending(limit=10)[-1]
    assert second.entry["title"] == "File:B.webm"
    assert second.entry["like"] == "File:A.webm"


def test_a_lone_outlier_in_a_long_scene_is_no_hit(bench: Bench) -> None:
    moments = tuple(Moment(float(at), STRIKING if at == 7 else DULL) for at in range(20))
    bench.engine.watch_deed = lambda _: video_score(Scene(0.0, 20.0, moments))
    entry = bench.upload("A.webm", short(), transcodes={SMALL: short()})
    bench.turns()
    assert state(bench, entry) == ("scored", "cleared")


@pytest.mark.parametrize("key", ["720p.vp9.webm", "1080p.vp9.webm"])
def test_a_large_transcode_is_not_fetched(bench: Bench, key: str) -> None:
    bench.upload("A.webm", short(), transcodes={key: short()})
    bench.turns()
    assert bench.engine.watched == []
    assert bench.engine.looks


def test_what_was_scored_in_part_is_cleared_in_part_only(bench: Bench) -> None:
    bench.engine.watch_deed = lambda _: video_score(
        Scene(0.0, 2.0, (Moment(0.0, DULL),)), reasons=("time",)
    )
    entry = bench.upload("A.webm", short(), transcodes={SMALL: short()})
    bench.turns()
    assert state(bench, entry) == ("scored", "cleared-in-part")


# Stills -------------------------------------------------------------------------------------------


def test_a_ten_minute_video_is_judged_by_at_most_sixty_requests(
    bench: Bench, measured: Callable[[str], None]
) -> None:
    bench.engine.deed = between(291, 311)
    entry = bench.upload("Long.webm", long())
    bench.turns(only(bench, "stills"))
    assert state(bench, entry) == ("scored", "review")
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert "4:51" <= effect.entry["place"] <= "5:10"
    assert len(bench.mini.asked) <= 60
    measured(
        f"a video of {TEN_MINUTES} s judged by {len(bench.engine.looks)} stills, "
        f"{len(bench.mini.asked)} requests in all"
    )


def test_how_far_stills_of_ten_minutes_lie_apart_is_said(
    bench: Bench, measured: Callable[[str], None]
) -> None:
    bench.upload("Long.webm", long())
    bench.turns(only(bench, "stills"))
    looked_at = sorted(_second(place) for _, place in bench.engine.looks)
    gap = max(after - before for before, after in pairwise(looked_at))
    measured(f"{len(looked_at)} stills of {TEN_MINUTES} s lie up to {gap} s apart")


def test_stills_too_far_apart_clear_a_video_in_part_only(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    entry = bench.upload("Long.webm", long())
    bench.turns(only(bench, "stills"))
    assert state(bench, entry) == ("scored", "cleared-in-part")
    assert "s apart" in caplog.text


def test_a_short_video_is_seen_whole_by_stills(bench: Bench) -> None:
    entry = bench.upload("Short.webm", short())
    bench.turns(only(bench, "stills"))
    assert state(bench, entry) == ("scored", "cleared")
    assert [place for _, place in sorted(bench.engine.looks, key=lambda look: look[1])] == [
        "0:00", "0:01", "0:03", "0:04", "0:06", "0:07",
    ]  # fmt: skip


def test_the_address_of_one_still_tells_those_of_all(bench: Bench) -> None:
    bench.upload("500px-seek=0-Short.webm", short())
    bench.turns(only(bench, "stills"))
    assert sum(path.endswith("api.php") for path in bench.mini.asked) == 3
    assert len({data for data, _ in bench.engine.looks}) > 1


@pytest.mark.parametrize("error", [NotThereYet("404"), Refused("403"), NetworkFault("500")])
def test_a_still_that_cannot_be_had_makes_it_a_part(bench: Bench, error: Exception) -> None:
    bench.fetcher.before = lambda address: "seek%3D4" in address and raising(error)
    entry = bench.upload("Short.webm", short())
    bench.turns(only(bench, "stills"))
    assert state(bench, entry) == ("scored", "cleared-in-part")


def test_time_that_runs_out_leaves_what_was_seen_until_then(bench: Bench) -> None:
    enough = threading.Event()

    def slow(data: bytes, place: str) -> Seen:
        if len(bench.engine.looks) > 5:
            enough.wait(1.0)
        return dull(data, place)

    bench.engine.deed = slow
    entry = bench.upload("Long.webm", long())
    bench.turns(only(bench, "stills", seconds=1.0))
    assert state(bench, entry) == ("scored", "cleared-in-part")


# From one source to the next ----------------------------------------------------------------------


def test_what_fails_falls_through_to_the_next_source_and_says_so(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.fetcher.before = lambda _: raising(Refused("no still"))
    entry = bench.upload("A.webm", short())
    bench.turns()
    assert state(bench, entry) == ("scored", "cleared")
    assert bench.engine.watched == [len(short())]
    assert "0 transcodes" in caplog.text
    assert "no still" in caplog.text


def test_a_transcode_that_kills_the_decoder_is_passed_over(bench: Bench) -> None:
    bench.engine.watch_deed = lambda _: raising(WorkerDied("crashed"))
    entry = bench.upload("A.webm", short(), transcodes={SMALL: short()})
    bench.turns()
    assert state(bench, entry) == ("scored", "cleared")
    assert bench.engine.looks


def test_the_order_is_that_of_the_settings(bench: Bench) -> None:
    bench.upload("A.webm", short(), transcodes={SMALL: short()[:-1]})
    bench.turns(only(bench, "original", "transcode"))
    assert bench.engine.watched == [len(short())]


def test_of_a_large_original_the_beginning_is_watched_and_called_a_part(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VideoSettings, "max_bytes", 1000)
    entry = bench.upload("A.webm", short())
    bench.turns(only(bench, "original"))
    assert bench.engine.watched == [1000]
    assert state(bench, entry) == ("scored", "cleared-in-part")


def test_a_busy_wiki_is_not_asked_for_something_dearer(bench: Bench) -> None:
    bench.fetcher.before = lambda _: raising(ServerBusy("maxlag", retry_after=1.0))
    entry = bench.upload("A.webm", short())
    with pytest.raises(ServerBusy):
        bench.turn()
    assert state(bench, entry) == ("waiting", "ServerBusy")
    assert bench.engine.watched == []


def test_what_may_still_come_is_tried_again_and_never_called_safe(bench: Bench) -> None:
    bench.fetcher.before = lambda _: raising(NotThereYet("404"))
    bench.engine.watch_deed = lambda _: raising(Undecodable("damaged"))
    entry = bench.upload("A.webm", short())
    bench.turn()
    assert state(bench, entry) == ("waiting", "NotThereYet")
    bench.turns(bench.adjusted(attempts=2))
    assert state(bench, entry) == ("dead", "NotThereYet")


def test_a_fresh_upload_waits_for_its_stills_instead_of_fetching_the_original(
    bench: Bench,
) -> None:
    bench.fetcher.before = lambda _: raising(NotThereYet("404"))
    entry = bench.upload("A.webm", short())
    bench.turn(bench.adjusted(fresh_seconds=3600.0))
    assert state(bench, entry) == ("waiting", "NotThereYet")
    assert bench.engine.watched == []


def test_a_video_that_nothing_can_be_seen_of_is_dead(bench: Bench) -> None:
    bench.fetcher.before = lambda _: raising(Refused("no still"))
    bench.engine.watch_deed = lambda _: raising(Undecodable("damaged"))
    entry = bench.upload("A.webm", short())
    bench.turns()
    assert state(bench, entry) == ("dead", "Undecodable")


@pytest.mark.parametrize("what", ["a sound without pictures (opus)", "no frame at all"])
@pytest.mark.parametrize("error", [Refused("no still"), NetworkFault("500")])
def test_sound_alone_and_videos_without_a_frame_are_skipped_with_the_reason(
    bench: Bench, what: str, error: Exception
) -> None:
    bench.fetcher.before = lambda _: raising(error)
    bench.engine.watch_deed = lambda _: raising(NoPictures(what))
    entry = bench.upload("A.webm", short())
    bench.turns()
    assert state(bench, entry) == ("skipped", "no-pictures")
    assert bench.row(entry)["detail"] == what


def test_what_the_wiki_finds_no_pictures_in_is_not_fetched(bench: Bench) -> None:
    entry = bench.upload("A.webm", b"\x1a\x45\xdf\xa3 of sound alone")
    bench.turns()
    assert state(bench, entry) == ("skipped", "no-pictures")
    assert bench.engine.watched == []


# Lanes and leases ---------------------------------------------------------------------------------


def test_a_picture_under_a_videos_name_goes_to_the_other_lane_uncounted(bench: Bench) -> None:
    entry = bench.upload("A.png", picture("red"))
    bench.sql("UPDATE uploads SET lane = 'videos'")
    bench.turns()
    assert state(bench, entry) == ("scored", "cleared")
    assert bench.row(entry)["attempts"] == 1
    assert bench.row(entry)["lane"] == Lane.PICTURES


def test_a_long_video_does_not_delay_pictures_and_keeps_its_lease(bench: Bench) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def held(_: bytes) -> VideoScore:
        reached.set()
        go_on.wait()
        return one_scene()

    bench.engine.watch_deed = held
    video = bench.upload("A.webm", short(), transcodes={SMALL: short()})
    brief = bench.adjusted().model_copy(
        update={"retry": bench.settings.retry.model_copy(update={"lease_seconds": LEASE_S})}
    )
    thread = threading.Thread(target=bench.videos.turn, args=(brief,))
    thread.start()
    try:
        reached.wait()
        begun = bench.row(video)["lease_until"]
        pictures = [bench.upload(f"{n}.png", picture(f"rgb({n},9,9)")) for n in range(30)]
        while bench.scorer.turn(brief):
            pass
        assert {state(bench, entry) for entry in pictures} == {("scored", "cleared")}
        wait_until(lambda: bench.row(video)["lease_until"] > begun + LEASE_S)
        assert bench.ledger.queue.claim(limit=9, lease_s=60, max_attempts=9) == []
    finally:
        go_on.set()
        thread.join()
    assert state(bench, video) == ("scored", "cleared")
    assert bench.row(video)["attempts"] == 1


def test_a_bot_that_ends_gives_a_half_watched_video_back_uncounted(bench: Bench) -> None:
    def look(data: bytes, place: str) -> Seen:
        bench.stop.set()
        return dull(data, place)

    bench.engine.deed = look
    entry = bench.upload("Long.webm", long())
    with pytest.raises(Exception, match="ending"):
        bench.videos.turn(only(bench, "stills"))
    assert state(bench, entry) == ("waiting", None)
    assert bench.row(entry)["attempts"] == 0
