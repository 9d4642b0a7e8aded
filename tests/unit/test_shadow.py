"""A candidate in shadow mode: its scores are kept, and nothing else depends on it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.demo
from bot.demo.commons import MiniCommons
from bot.settings.scoring import ShadowSettings
from bot.shadow import FAILURES_IN_A_ROW, Shadow, drawn
from bot.watching.vitals import Vitals
from model.errors import BundleCorrupt, WorkerStalled
from model.isolated_classifier import Candidate
from support.bench import DULL, STRIKING, Bench, picture, striking

BOOKLET = (Path(bot.demo.__file__).parent / "media/others/booklet.pdf").read_bytes()
ALL = ShadowSettings(name="candidate", share=1.0)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        yield made


def shadowed(bench: Bench, settings: ShadowSettings = ALL) -> Vitals:
    """Have the bench score with its engine's candidate in shadow mode."""
    vitals = Vitals()
    bench.use(bench.engine, Shadow(bench.engine, settings, vitals))
    return vitals


def stored(bench: Bench, model: str) -> list[dict[str, Any]]:
    """Return what is stored of one model."""
    return bench.sql("SELECT * FROM scores WHERE model = ? ORDER BY sha1", model)


def raising(error: Exception) -> Any:
    """Raise, where only an expression may stand."""
    raise error


def noted(times: list[float], timeout_s: float) -> dict[str, float]:
    """Note a time limit, and see nothing."""
    times.append(timeout_s)
    return DULL


def test_the_candidates_scores_stand_beside_and_decide_nothing(bench: Bench) -> None:
    bench.engine.candidate_deed = lambda _: STRIKING
    vitals = shadowed(bench)
    entry = bench.upload("Dull.png")
    bench.turn()
    assert bench.row(entry)["verdict"] == "cleared"
    assert bench.ledger.outbox.pending(limit=10) == []
    (live,), (candidate,) = stored(bench, "scripted/1"), stored(bench, "candidate/1")
    assert json.loads(live["views"])[0]["scores"] == DULL
    assert json.loads(candidate["views"])[0]["scores"] == STRIKING
    assert live["sha1"] == candidate["sha1"]
    (decision,) = bench.sql("SELECT model FROM decisions")
    assert decision["model"] == "scripted/1"
    assert vitals.shadow_files == 1
    assert vitals.shadow_seconds > 0


def test_a_suggestion_stays_one_whatever_the_candidate_says(bench: Bench) -> None:
    bench.engine.deed = striking
    shadowed(bench)
    entry = bench.upload("Striking.png")
    bench.turn()
    assert bench.row(entry)["verdict"] == "review"
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["scores"] == STRIKING
    assert effect.entry["model"] == "scripted/1"


def test_every_page_of_a_document_is_scored_where_it_stands(bench: Bench) -> None:
    shadowed(bench)
    bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    (row,) = stored(bench, "candidate/1")
    assert [view["place"] for view in json.loads(row["views"])] == ["p. 1", "p. 2"]


@pytest.mark.parametrize("error", [BundleCorrupt("no probabilities"), WorkerStalled("too long")])
def test_a_candidate_that_fails_costs_no_upload_its_score(bench: Bench, error: Exception) -> None:
    bench.engine.deed = striking
    bench.engine.candidate_deed = lambda _: raising(error)
    vitals = shadowed(bench)
    entries = [bench.upload(f"{n}.png", picture(f"rgb({n},0,0)")) for n in range(8)]
    bench.turns()
    assert {bench.row(entry)["verdict"] for entry in entries} == {"review"}
    assert {bench.row(entry)["attempts"] for entry in entries} == {1}
    assert stored(bench, "candidate/1") == []
    assert vitals.shadow_failures == {type(error).__name__: FAILURES_IN_A_ROW}
    assert vitals.failures == {}


def test_a_candidate_that_fails_now_and_then_is_kept(bench: Bench) -> None:
    turns = iter([True, False] * 6)
    bench.engine.candidate_deed = lambda _: raising(WorkerStalled("slow")) if next(turns) else DULL
    vitals = shadowed(bench)
    for number in range(12):
        bench.upload(f"{number}.png", picture(f"rgb({number},0,0)"))
    bench.turns()
    assert vitals.shadow_failures == {"WorkerStalled": 6}
    assert vitals.shadow_files == len(stored(bench, "candidate/1")) == 6


def test_a_document_on_whose_page_it_fails_gets_no_scores_in_part(bench: Bench) -> None:
    answers = iter([DULL, None])
    bench.engine.candidate_deed = lambda _: next(answers) or raising(WorkerStalled("slow"))
    shadowed(bench)
    entry = bench.upload("Booklet.pdf", BOOKLET)
    bench.turn()
    assert bench.row(entry)["verdict"] == "cleared"
    assert stored(bench, "candidate/1") == []


def test_a_candidate_that_cannot_be_opened_is_counted_and_left_alone(bench: Bench) -> None:
    bench.engine.candidate = Candidate("", (), trouble="BundleMissing: not installed")
    vitals = shadowed(bench)
    entry = bench.upload("Dull.png")
    bench.turn()
    assert bench.row(entry)["verdict"] == "cleared"
    assert vitals.shadow_failures == {"BundleError": 1}


def test_the_candidate_has_the_time_that_the_settings_give_it(bench: Bench) -> None:
    given: list[float] = []
    bench.engine.candidate_deed = lambda timeout_s: noted(given, timeout_s)
    shadowed(bench, ShadowSettings(name="candidate", share=1.0, seconds=2.5))
    bench.upload("Dull.png")
    bench.turn()
    assert given == [2.5]


def test_content_outside_the_share_is_not_shown_to_the_candidate(bench: Bench) -> None:
    shadowed(bench, ShadowSettings(name="candidate", share=0.3))
    entries = [bench.upload(f"{n}.png", picture(f"rgb(0,{n},0)")) for n in range(40)]
    bench.turns()
    sha1s = {entry.version.sha1 for entry in entries if entry.version}
    expected = {sha1 for sha1 in sha1s if drawn(sha1, 0.3)}
    assert {row["sha1"] for row in stored(bench, "candidate/1")} == expected
    assert 0 < len(expected) < 40


@given(st.binary(min_size=20, max_size=20), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_holds_the_smaller_one(sha1: bytes, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert drawn(sha1.hex(), small) <= drawn(sha1.hex(), large)
    assert not drawn(sha1.hex(), 0.0)
    assert drawn(sha1.hex(), 1.0)
