"""Health, metrics and warnings, each on its own; the bot as a whole: test_watched_bot.py."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import requests
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot import __version__
from bot.errors import ConfigInvalid, LedgerBusy, NetworkFault, SwitchedOff
from bot.ledger import Counts, Day, Ledger
from bot.publish.quota import Quota, quota_of
from bot.settings.publishing import PublishSettings
from bot.settings.watching import WatchSettings
from bot.watching.health import Health
from bot.watching.metrics import Sources, registry_of
from bot.watching.observer import Observer
from bot.watching.server import WatchServer
from bot.watching.vitals import Vitals
from model.errors import Undecodable, WorkerStalled
from support.ledgers import address, claim, fill, finish

OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
USUAL = Day(seen=1000, scored=990, flagged=10)
ODD = Day(seen=1000, scored=10, flagged=10)
STALLED_S = 60.0
LOOPBACK = "127.0.0.1"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(address(tmp_path / "ledger.sqlite")) as made:
        yield made


def observer(*days: Day) -> Observer:
    made = Observer(lambda count: [*days, *[USUAL] * count][:count])
    made.turn(WatchSettings())
    return made


def away(_count: int = 0) -> Sequence[Day]:
    raise LedgerBusy("locked")


def no_census() -> Counts:
    raise LedgerBusy("locked")


def no_quota() -> Quota:
    raise LedgerBusy("locked")


def quota(ledger: Ledger) -> Callable[[], Quota]:
    return lambda: quota_of(ledger, PublishSettings(edits_per_day=7, flags_per_day=0))


def health(vitals: Vitals, *, connected: bool = True, ledger_away: bool = False) -> Health:
    return Health(vitals, STALLED_S, lambda: connected, away if ledger_away else lambda: None)


def full_registry(ledger: Ledger) -> CollectorRegistry:
    """Return a registry in which every metric has something to say."""
    fill(ledger, range(1, 7), 1000)
    flagged, cleared, gone, dead, _ = claim(ledger, limit=5)
    finish(ledger, flagged, review=True)
    finish(ledger, cleared)
    ledger.queue.skip(gone, "gone", "")
    ledger.queue.bury(dead, Undecodable(""))
    vitals = Vitals()
    vitals.model = "model@1"
    vitals.beat("score")
    vitals.beat("publish", 60.0, SwitchedOff("the run page says no"))
    vitals.attempted(5)
    vitals.failed(Undecodable(""))
    vitals.shadow_scored()
    vitals.shadow_took(0.25)
    vitals.shadow_failed(WorkerStalled(""))
    return registry_of(
        Sources(vitals, observer(ODD), lambda: True, ledger.census.take, quota(ledger))
    )


# Health -------------------------------------------------------------------------------------------


def test_a_thread_is_alive_while_it_pauses_and_for_a_while_after() -> None:
    vitals = Vitals()
    vitals.beat("publish", 900.0)
    vitals.beat("score", 1 - STALLED_S)
    assert health(vitals).live() == []


def test_a_thread_whose_turn_is_long_overdue_is_named() -> None:
    vitals = Vitals()
    vitals.beat("main")
    vitals.beat("score", -2 * STALLED_S)
    assert health(vitals).live() == ["score should have taken a turn 120 s ago"]
    vitals.beat("score")
    assert health(vitals).live() == []


def test_a_bot_that_lacks_something_is_alive_and_not_ready() -> None:
    vitals = Vitals()
    asked = health(vitals, connected=False, ledger_away=True)
    assert asked.live() == []
    assert asked.ready() == [
        "the model is not loaded",
        "the event stream is not connected",
        "the ledger does not answer: locked",
    ]


def test_a_bot_that_lacks_nothing_is_ready() -> None:
    vitals = Vitals()
    vitals.model = "model@1"
    assert health(vitals).ready() == []


# Served -------------------------------------------------------------------------------------------


def test_answers_come_with_the_status_that_probes_look_at() -> None:
    vitals = Vitals()
    vitals.beat("score", -2 * STALLED_S)
    registry = CollectorRegistry()
    with WatchServer(LOOPBACK, 0, health(vitals), registry) as server:
        base = f"http://{LOOPBACK}:{server.port}"
        live = requests.get(f"{base}/livez?verbose", timeout=30)
        assert live.status_code == 503
        assert "score" in live.text
        vitals.beat("score")
        vitals.model = "model@1"
        assert requests.get(f"{base}/livez", timeout=30).text == "ok\n"
        assert requests.get(f"{base}/readyz", timeout=30).status_code == 200
        assert requests.get(f"{base}/", timeout=30).status_code == 404


def test_metrics_come_in_the_format_that_prometheus_asks_for(ledger: Ledger) -> None:
    with WatchServer(LOOPBACK, 0, health(Vitals()), full_registry(ledger)) as server:
        place = f"http://{LOOPBACK}:{server.port}/metrics"
        plain = requests.get(place, timeout=30)
        assert plain.headers["Content-Type"].startswith("text/plain")
        assert "lookout_uploads_seen_total 6.0" in plain.text
        accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
        strict = requests.get(place, headers=accept, timeout=30)
        assert strict.headers["Content-Type"].startswith("application/openmetrics-text")
        assert strict.text.endswith("# EOF\n")


def test_a_port_that_is_taken_is_said() -> None:
    with (
        WatchServer(LOOPBACK, 0, health(Vitals()), CollectorRegistry()) as server,
        pytest.raises(ConfigInvalid, match=r"watch\.port \d+ on 127\.0\.0\.1 cannot be had"),
    ):
        WatchServer(LOOPBACK, server.port, health(Vitals()), CollectorRegistry())


# Metrics ------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_ledger_and_of_the_process(ledger: Ledger) -> None:
    value = full_registry(ledger).get_sample_value
    assert value("lookout_uploads_seen_total") == 6
    assert value("lookout_uploads", {"state": "waiting"}) == 1
    assert value("lookout_uploads_scored_total", {"verdict": "cleared"}) == 1
    assert value("lookout_uploads_flagged_total") == 1
    assert value("lookout_uploads_skipped_total", {"reason": "gone"}) == 1
    assert value("lookout_uploads_dead", {"error": "Undecodable"}) == 1
    assert value("lookout_suggestions_unpublished") == 1
    assert value("lookout_suggestions_held") == 0
    assert value("lookout_quota_limit", {"quota": "edits"}) == 7
    assert value("lookout_quota_left", {"quota": "edits"}) == 7
    assert value("lookout_quota_left", {"quota": "flags"}) == 0
    assert value("lookout_failures_total", {"error": "Undecodable"}) == 1
    assert value("lookout_attempts_total") == 5
    assert value("lookout_pauses_total", {"error": "SwitchedOff"}) == 1
    assert value("lookout_shadow_scored_total") == 1
    assert value("lookout_shadow_seconds_total") == 0.25
    assert value("lookout_shadow_failures_total", {"error": "WorkerStalled"}) == 1
    assert value("lookout_switched_off") == 1
    assert value("lookout_model_info", {"version": "model@1"}) == 1
    assert value("lookout_build_info", {"version": __version__}) == 1
    assert value("lookout_baseline_outside", {"measure": "scored_share"}) == 1
    assert value("lookout_baseline_outside", {"measure": "flags_per_day"}) == 0
    assert (value("lookout_oldest_unfinished_seconds") or 0.0) > 0
    assert (value("lookout_lag_seconds") or 0.0) > 0


def test_a_ledger_that_is_away_leaves_the_rest() -> None:
    sources = Sources(Vitals(), Observer(away), lambda: False, no_census, no_quota)
    value = registry_of(sources).get_sample_value
    assert value("lookout_ledger_up") == 0
    assert value("lookout_stream_connected") == 0
    assert value("lookout_uploads_seen_total") is None
    assert value("lookout_model_info") is None


def test_two_registries_know_nothing_of_each_other(ledger: Ledger) -> None:
    first = full_registry(ledger)
    others = Sources(Vitals(), Observer(away), lambda: False, ledger.census.take, quota(ledger))
    second = registry_of(others)
    assert first.get_sample_value("lookout_attempts_total") == 5
    assert second.get_sample_value("lookout_attempts_total") == 0


def test_the_table_in_the_documents_names_every_metric_with_its_type(ledger: Ledger) -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `(lookout_\w+)(?:\{\w+\})?` \| (\w+) \|", text, re.MULTILINE))
    exposition = generate_latest(full_registry(ledger)).decode()
    exported = {
        (sample.name, "info" if sample.name.endswith("_info") else family.type)
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name.startswith("lookout_")
    }
    assert described == exported


# Warnings -----------------------------------------------------------------------------------------


def test_leaving_the_baseline_and_coming_back_are_said_once_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    today = [ODD]
    watching = Observer(lambda count: [*today, *[USUAL] * (count - 1)])
    for _ in range(3):
        watching.turn(WatchSettings())
    (warning,) = caplog.messages
    assert "baseline.outside" in warning
    assert "measure='scored_share'" in warning
    assert watching.outside == {"scored_share": True, "flags_per_day": False}
    today[0] = USUAL
    for _ in range(3):
        watching.turn(WatchSettings())
    assert "baseline.inside" in caplog.messages[1]
    assert len(caplog.messages) == 2
    assert watching.outside == {"scored_share": False, "flags_per_day": False}


def test_switched_off_is_over_with_the_next_turn_that_goes_well() -> None:
    vitals = Vitals()
    vitals.beat("publish", 60.0, SwitchedOff(""))
    vitals.beat("score")
    assert vitals.troubled_by(SwitchedOff)
    vitals.beat("publish", 60.0)
    assert not vitals.troubled_by(SwitchedOff)
    assert vitals.pauses == {"SwitchedOff": 1}


def test_failures_are_counted_by_class() -> None:
    vitals = Vitals()
    for error in (NetworkFault(""), NetworkFault(""), Undecodable("")):
        vitals.failed(error)
    assert vitals.failures == {"NetworkFault": 2, "Undecodable": 1}
