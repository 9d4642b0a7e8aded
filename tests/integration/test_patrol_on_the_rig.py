"""From upload to review page on a real MediaWiki, undisturbed and under every disturbance."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from rig import MediaWikiRig, answer
from rig.media import samples
from support.bot import BotProcess, settled
from support.deploy import Deploy
from support.outcome import entries_on_wiki, upload_log

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(420)]

MEMORY_LIMIT_MIB = 480
KILLS = 10
SEED = 20261122
READY_S = 60
SETTLE_S = 180


def upload_all(rig: MediaWikiRig) -> None:
    """Upload the forty samples."""
    uploader = rig.client("Uploader")
    for sample in samples():
        uploader.upload(sample.name, sample.bytes)


@contextmanager
def disturbed(rig: MediaWikiRig, bot: BotProcess) -> Iterator[None]:
    """Kill the bot ten times, and cut, stall and double its stream, at random moments."""
    chance = random.Random(SEED)
    troubles = threading.Thread(target=_make_trouble, args=(rig, bot, chance))
    troubles.start()
    yield
    troubles.join()


def _make_trouble(rig: MediaWikiRig, bot: BotProcess, chance: random.Random) -> None:
    rig.stream.faults.duplicate = len(samples())
    for number in range(KILLS):
        time.sleep(chance.uniform(0.3, 4.0))
        rig.stream.faults.stall = number % 3 == 1
        if number % 2:
            rig.stream.cut("abort" if number % 4 == 1 else "half")
        bot.kill()
        bot.start()
    rig.stream.faults.stall = False
    rig.stream.faults.duplicate = 0


def check_outcome(rig: MediaWikiRig, bot: BotProcess) -> None:
    """Every upload is final with a reason; every flagged one stands on the page exactly once."""
    uploads = upload_log(rig)
    ends = bot.ends()
    assert {end.log_id: end.title for end in ends} == uploads
    assert all(end.state in ("scored", "skipped", "dead") for end in ends)
    assert all(end.verdict if end.state == "scored" else end.reason for end in ends)
    by_name = {end.title.removeprefix("File:"): end for end in ends}
    for sample in samples():
        if sample.expect != "any-terminal":
            assert by_name[sample.name].state == sample.expect, by_name[sample.name]
    flagged = {end.log_id for end in ends if end.verdict == "review"}
    assert len(flagged) >= 2
    assert entries_on_wiki(rig) == Counter(flagged)


def test_forty_files_of_every_type_come_to_an_end_with_a_reason(
    rig: MediaWikiRig, deployed: Deploy, measured: Callable[[str], None]
) -> None:
    with deployed(rig) as bot:
        bot.wait_for_log("stream.connected", READY_S)
        upload_all(rig)
        highest = 0.0
        deadline = time.monotonic() + SETTLE_S
        while not settled(bot.status(), seen=len(samples())):
            highest = max(highest, bot.memory_mib())
            assert time.monotonic() < deadline, bot.log_text()[-4000:]
        check_outcome(rig, bot)
        measured(f"{highest:.0f} MiB highest PSS of the bot and its children over 40 files")
        assert highest <= MEMORY_LIMIT_MIB
        assert bot.terminate(12) == 0


def test_nothing_is_lost_or_doubled_when_the_bot_is_killed_and_its_stream_disturbed(
    rig: MediaWikiRig, deployed: Deploy
) -> None:
    with deployed(rig) as bot:
        bot.wait_for_log("stream.connected", READY_S)
        with disturbed(rig, bot):
            upload_all(rig)
        bot.wait_for(lambda status: settled(status, seen=len(samples())), SETTLE_S)
        check_outcome(rig, bot)


def test_uploads_made_while_the_bot_is_down_are_found(
    rig: MediaWikiRig, deployed: Deploy, measured: Callable[[str], None]
) -> None:
    drawing = next(sample for sample in samples() if sample.name == "Robot.png")
    with deployed(rig) as bot:
        bot.wait_for_log("stream.connected", READY_S)
        bot.kill()
        rig.client("Uploader").upload(drawing.name, drawing.bytes)
        rig.settle()
        bot.start()
        first_event_s = bot.wait_for_log("ingest.stored", READY_S)
        measured(f"{first_event_s:.1f} s from the bot's start to its first event")
        bot.wait_for(lambda status: settled(status, seen=1), SETTLE_S)
        assert bot.ends()[0].state == "scored"


def test_uploads_that_the_stream_never_delivered_are_found_in_the_log(
    rig: MediaWikiRig, deployed: Deploy
) -> None:
    some = samples()[:6]
    rig.stream.faults.drop = 1_000
    uploader, admin = rig.client("Uploader"), rig.client("Admin")
    for sample in some:
        uploader.upload(sample.name, sample.bytes)
    back, moved = (f"File:{sample.name}" for sample in some[:2])
    admin.delete(back)
    admin.undelete(back)
    admin.move(moved, moved.replace("File:", "File:Moved "), redirect=False)
    rig.settle()
    rig.stream.faults.drop = 0
    bot = deployed(rig)
    bot.arguments = ("--since", "10 minutes ago")
    with bot:
        bot.wait_for_log("gap.read", READY_S)
        bot.kill()
        bot.start()
        bot.wait_for(lambda status: settled(status, seen=len(some) + 1), SETTLE_S)
        bot.wait_for(lambda status: status["gap_seconds"] == 0, SETTLE_S)
        ends = bot.ends()
    uploads = upload_log(rig)
    assert {end.log_id for end in ends} > set(uploads)
    assert Counter(end.title for end in ends) == Counter([*uploads.values(), back])
    assert {end.state for end in ends} == {"scored"}
    flagged = {end.log_id for end in ends if end.verdict == "review"}
    assert entries_on_wiki(rig) == Counter(flagged)


def test_the_wikis_troubles_delay_and_never_lose(rig: MediaWikiRig, deployed: Deploy) -> None:
    rig.http_faults(
        [
            answer(404, r"/thumb/", count=3),
            answer(503, r"/thumb/", count=2, retry_after=1),
            answer(429, r"iiprop", count=2, retry_after=1),
            answer(200, r"iiprop", count=1),
        ]
    )
    rig.runtime(lag=20)
    some = samples()[:8]
    with deployed(rig) as bot:
        bot.wait_for_log("stream.connected", READY_S)
        for sample in some:
            rig.client("Uploader").upload(sample.name, sample.bytes)
        bot.wait_for_log("maxlag", READY_S)
        rig.runtime(lag=None, readOnly="maintenance")
        bot.wait_for(lambda status: status["states"]["scored"] >= 1, SETTLE_S)
        rig.runtime(readOnly=None)
        bot.wait_for(lambda status: settled(status, seen=len(some)), SETTLE_S)
        assert {end.state for end in bot.ends()} <= {"scored", "dead"}
        flagged = {end.log_id for end in bot.ends() if end.verdict == "review"}
        assert entries_on_wiki(rig) == Counter(flagged)


def test_files_overwritten_or_deleted_before_the_fetch_are_skipped(
    rig: MediaWikiRig, deployed: Deploy
) -> None:
    first, second, third = samples()[0], samples()[2], samples()[4]
    uploader = rig.client("Uploader")
    with deployed(rig) as bot:
        bot.wait_for_log("patrol.ready", READY_S)
        with rig.hold(r"iiprop") as held:
            uploader.upload("Changing.jpg", first.bytes)
            uploader.upload("Going.jpg", second.bytes)
            held.wait_until_reached()
            uploader.upload("Changing.jpg", third.bytes)
            rig.client("Admin").delete("File:Going.jpg")
        bot.wait_for(lambda status: settled(status, seen=3), SETTLE_S)
        reasons = Counter((end.title, end.reason or end.verdict) for end in bot.ends())
    assert reasons == {
        ("File:Changing.jpg", "superseded"): 1,
        ("File:Changing.jpg", "cleared"): 1,
        ("File:Going.jpg", "gone"): 1,
    }
