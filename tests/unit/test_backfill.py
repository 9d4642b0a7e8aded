"""Old files of the miniature Commons, listed and looked at in one process."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.backfill.here import Here
from bot.backfill.lister import Lister
from bot.backfill.listing import Listing, Source
from bot.backfill.suggester import Suggester
from bot.backfill.worker import Worker
from bot.config import Settings
from bot.demo.commons import MiniCommons
from bot.engine import Seen
from bot.errors import Refused
from bot.ledger import Backfill, Phase, Progress
from bot.logevents import WikiLog
from bot.settings.backfill import BackfillSettings
from bot.settings.intake import WikiSettings
from bot.wikiapi import WikiApi
from support.bench import AGENT, Bench, dull, picture, striking
from support.scripted import ScriptedServer, as_json, in_turn

COLOURS = ("red", "green", "blue", "white", "black", "yellow", "cyan")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as bench:
        bench.settings = with_backfill(bench.settings, shard_files=3, again_seconds=5)
        yield bench


def with_backfill(settings: Settings, **values: Any) -> Settings:
    return settings.model_copy(update={"backfill": BackfillSettings(**values)})


def put(bench: Bench, *names: str, content: bytes = b"") -> None:
    """Upload files that nobody announces."""
    for name in names:
        colour = COLOURS[len(bench.wiki.log) % len(COLOURS)]
        side = 40 + len(bench.wiki.log)
        data = content or picture(colour, side)
        bench.wiki.upload(f"File:{name}", data, user="Alice", comment="own work")


def here(bench: Bench) -> Here:
    backfills, settings = bench.ledger.backfills, bench.settings
    parts = (bench.ledger, bench.commons, bench.fetcher, bench.engine, bench.stop)
    lister = Lister(backfills, Listing(bench.commons.api), settings.backfill)
    worker = Worker(*parts, settings=settings)
    return Here(backfills, lister, worker, settings.backfill, bench.stop)


def run(bench: Bench, source: Source = Source.ALL, target: str = "") -> Progress:
    """Make a backfill and work until it is done."""
    number = bench.ledger.backfills.make(source, target, None)
    here(bench).run()
    return bench.ledger.backfills.progress(number)[0]


def test_every_file_is_looked_at_and_the_same_content_once(bench: Bench) -> None:
    put(bench, *(f"{number}.png" for number in range(7)))
    put(bench, "Copy.png", content=bench.wiki.versions("File:0.png")[0].content)
    done = run(bench)
    assert (done.state, done.listed, done.contents, done.copies) == ("done", 8, 7, 1)
    assert done.states == {"scored": 7}
    assert len(bench.engine.looks) == 7
    again = run(bench)
    assert again.states == {"scored": 7}
    assert len(bench.engine.looks) == 7  # the scores are known
    put(bench, "New.png")
    assert run(bench).states == {"scored": 8}
    assert len(bench.engine.looks) == 8


def test_a_file_that_is_listed_twice_is_no_copy_of_itself(bench: Bench) -> None:
    put(bench, "A.png")
    backfills = bench.ledger.backfills
    number = backfills.make(Source.CATEGORIES, "Category:A", None, "begin")
    for token in ("on", None):
        (at,) = backfills.running()
        (file,) = (
            Listing(bench.commons.api).page(replace(at, source="allimages", token=None), 9).files
        )
        backfills.add(at, [file], hidden=0, token=token)
    (done,) = backfills.progress(number)
    assert (done.listed, done.contents, done.copies) == (2, 1, 0)


def test_suggestions_stay_in_the_ledger(bench: Bench) -> None:
    put(bench, "Drawn.png")
    bench.engine.deed = striking
    done = run(bench)
    assert done.verdicts == {"review": 1}
    assert [flag.title for flag in bench.ledger.backfills.flags(done.id)] == ["File:Drawn.png"]
    assert bench.ledger.outbox.pending(limit=9) == []
    assert bench.ledger.census.take().seen == 0


def test_suggestions_are_handed_to_the_bot_when_that_is_wanted(bench: Bench) -> None:
    put(bench, "Drawn.png", "Dull.png")
    drawn = bench.wiki.versions("File:Drawn.png")[0]
    bench.engine.deed = lambda data, place: (striking if data == drawn.content else dull)(
        data, place
    )
    done = run(bench)
    stream = bench.settings.stream
    suggester = Suggester(bench.ledger, WikiLog(bench.commons.api, stream.wiki), stream)
    assert suggester.turn() == 1
    assert suggester.turn() == 0
    bench.turns()  # the bot comes to it
    (effect,) = bench.ledger.outbox.pending(limit=9)
    assert (effect.entry["title"], effect.log_id) == ("File:Drawn.png", 1)
    assert len(bench.engine.looks) == done.contents  # its scores were known


def test_an_upload_of_known_content_needs_no_second_look(bench: Bench) -> None:
    put(bench, "Old.png")
    run(bench)
    bench.upload("New.png", bench.wiki.versions("File:Old.png")[0].content)
    bench.turns()
    assert len(bench.engine.looks) == 1


def test_only_what_is_new_enough_is_listed(bench: Bench) -> None:
    old = datetime(2020, 1, 1, tzinfo=UTC)
    for days, name in enumerate(["A.png", "B.png", "C.png"]):
        bench.wiki.clock = lambda days=days: old + timedelta(days=days)  # type: ignore[misc]
        put(bench, name)
    done = run(bench, Source.SINCE, "2020-01-02T00:00:00Z")
    assert (done.listed, done.state) == (2, "done")


def test_a_file_deleted_since_it_was_listed_is_skipped(bench: Bench) -> None:
    put(bench, "Gone.png", "Fine.png")
    number = bench.ledger.backfills.make(Source.ALL, "", None)
    Lister(bench.ledger.backfills, Listing(bench.commons.api), bench.settings.backfill).turn()
    bench.wiki.delete("File:Gone.png", user="Admin", comment="by request")
    here(bench).run()
    (done,) = bench.ledger.backfills.progress(number)
    assert done.states == {"scored": 1, "skipped": 1}


def test_it_waits_while_an_upload_waits(bench: Bench) -> None:
    put(bench, "Old.png")
    bench.settings = with_backfill(bench.settings, yield_seconds=0, again_seconds=5)
    bench.upload("New.png")
    time.sleep(0.05)
    bench.ledger.backfills.make(Source.ALL, "", None)
    thread = threading.Thread(target=here(bench).run)
    thread.start()
    time.sleep(0.5)
    assert bench.engine.looks == []
    bench.turns()  # the bot comes to the upload
    thread.join(20)
    assert len(bench.engine.looks) == 2


def test_what_the_bot_has_in_hand_is_left_to_it(bench: Bench) -> None:
    put(bench, "Old.png")
    bench.upload("New.png")
    retry = bench.settings.retry
    jobs = bench.ledger.queue.claim(limit=1, lease_s=60, max_attempts=retry.attempts)
    number = bench.ledger.backfills.make(Source.ALL, "", None)
    one = here(bench)
    one._turn()
    assert bench.ledger.backfills.progress(number)[0].states == {"scored": 1, "waiting": 1}
    bench.ledger.queue.release(jobs)
    bench.turns()
    with bench.ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE backfill_shards SET dispatched_at = 0")
    one.run()
    assert bench.ledger.backfills.progress(number)[0].states == {"scored": 2}
    assert len(bench.engine.looks) == 2


def test_a_pause_ends_the_work_between_two_batches_and_it_goes_on(bench: Bench) -> None:
    put(bench, *(f"{number}.png" for number in range(6)))
    number = bench.ledger.backfills.make(Source.ALL, "", None)
    backfills = bench.ledger.backfills

    def pausing(data: bytes, place: str) -> Seen:
        backfills.change(number, Phase.PAUSED)
        return dull(data, place)

    bench.engine.deed = pausing
    here(bench).run()  # ends, since nothing is running any more
    (paused,) = backfills.progress(number)
    assert paused.state == "paused"
    assert 0 < paused.finished < 6
    assert "leased" not in paused.states
    bench.engine.deed = dull
    bench.settings = with_backfill(bench.settings, shard_files=3, again_seconds=5)
    backfills.change(number, Phase.RUNNING)
    here(bench).run()
    assert backfills.progress(number)[0].state == "done"
    assert len(bench.engine.looks) == 6


def test_two_processes_share_the_work_and_look_at_nothing_twice(bench: Bench) -> None:
    put(bench, *(f"{number}.png" for number in range(30)))
    number = bench.ledger.backfills.make(Source.ALL, "", None)
    threads = [threading.Thread(target=here(bench).run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert bench.ledger.backfills.progress(number)[0].states == {"scored": 30}
    assert len(bench.engine.looks) == len({data for data, _ in bench.engine.looks}) == 30


def test_a_file_that_outlasts_its_shards_time_is_finished_and_nobody_else_is_given_the_shard(
    bench: Bench,
) -> None:
    put(bench, "Slow.png")
    backfills, settings = bench.ledger.backfills, bench.settings
    number = backfills.make(Source.ALL, "", None)
    Lister(backfills, Listing(bench.commons.api), settings.backfill).turn()
    shard = backfills.take_shard(again_s=settings.backfill.again_seconds)
    assert shard is not None
    longest_s = settings.backfill.again_seconds / 2

    def slow(data: bytes, place: str) -> Seen:
        time.sleep(longest_s)
        assert backfills.take_shard(again_s=0.8 * longest_s) is None
        return dull(data, place)

    bench.engine.deed = slow
    parts = (bench.ledger, bench.commons, bench.fetcher, bench.engine, bench.stop)
    assert Worker(*parts, settings=settings).work(shard, longest_s=0.8 * longest_s)
    assert backfills.progress(number)[0].states == {"scored": 1}


def test_a_token_that_the_wiki_does_not_know_says_what_to_do(bench: Bench) -> None:
    number = bench.ledger.backfills.make(Source.ALL, "", None)
    (backfill,) = bench.ledger.backfills.running()
    bench.ledger.backfills.add(backfill, [], hidden=0, token="bad")  # noqa: S106 - of a listing
    lister = Lister(bench.ledger.backfills, Listing(bench.commons.api), bench.settings.backfill)
    with pytest.raises(Refused, match=f"backfill {number}: .*cancel it and begin anew"):
        lister.turn()


def test_the_wiki_tells_how_many_files_it_has(bench: Bench) -> None:
    put(bench, "A.png", "B.png")
    listing = Listing(bench.commons.api)
    assert listing.expected(Source.ALL, "") == 2
    assert listing.expected(Source.SINCE, "2020-01-01T00:00:00Z") is None


def test_a_page_of_the_list_goes_on_where_the_one_before_ended(bench: Bench) -> None:
    put(bench, *(f"{number}.png" for number in range(5)))
    listing = Listing(bench.commons.api)
    at = Backfill(
        id=1, source="allimages", target="", state="running", token=None, listed=0, expected=5
    )
    titles = []
    for _ in range(3):
        page = listing.page(at, 2)
        titles += [file.title for file in page.files]
        at = replace(at, token=page.token)
    assert at.token is None
    assert sorted(titles) == [f"File:{number}.png" for number in range(5)]


def test_a_list_that_leads_back_is_read_in_a_larger_page_or_given_up() -> None:
    stuck: dict[str, object] = {
        "query": {"allimages": []},
        "continue": {"aicontinue": "here", "continue": "-||"},
    }
    at = Backfill(
        id=1,
        source="allimages",
        target="",
        state="running",
        token="here",  # noqa: S106 - of a listing
        listed=2,
        expected=5,
    )
    with (
        ScriptedServer(in_turn(as_json(stuck), as_json({"query": {"allimages": []}}))) as server,
        closing(WikiApi(WikiSettings(api=f"{server.url}/api.php"), user_agent=AGENT)) as api,
    ):
        assert Listing(api).page(at, 2).token is None
        assert [asked.form["ailimit"] for asked in server.requests] == ["2", "500"]
        server.script = in_turn(as_json(stuck))
        with pytest.raises(Refused, match="does not go on from 'here'"):
            Listing(api).page(at, 2)
