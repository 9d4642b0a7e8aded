"""Everything that `/metrics` tells, gathered when it is asked.

Names: https://prometheus.io/docs/practices/naming/. What the ledger counts survives a restart;
attempts, failures and threads are this process's own. docs/operations.md describes each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.errors import LookoutError, SwitchedOff
from bot.ledger import Counts
from bot.ledger.days import FLAGGED
from bot.publish.quota import Quota
from bot.review.outcomes import Outcome
from bot.watching.observer import Observer
from bot.watching.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from."""

    vitals: Vitals
    observer: Observer
    connected: Callable[[], bool]
    census: Callable[[], Counts]
    quota: Callable[[], Quota]


def registry_of(sources: Sources) -> CollectorRegistry:
    """Return a registry of its own, with the bot's metrics and those of its process."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_BotCollector(sources))
    ProcessCollector(registry=registry)
    return registry


class _BotCollector(Collector):
    """A ledger that is away takes its figures along, and `lookout_ledger_up` says so."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def describe(self) -> Iterable[Metric]:
        """Name nothing ahead, so that registering does not count the ledger."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Gather everything."""
        yield from _of_process(self._sources)
        yield from _of_baseline(self._sources.observer)
        try:
            counts, quota = self._sources.census(), self._sources.quota()
        except LookoutError:
            yield _gauge("lookout_ledger_up", "Whether the ledger answers", 0)
            return
        yield _gauge("lookout_ledger_up", "Whether the ledger answers", 1)
        yield from _of_uploads(counts)
        yield from _of_outcome(counts)
        yield from _of_quota(quota)


def _of_process(sources: Sources) -> Iterator[Metric]:
    vitals = sources.vitals
    yield InfoMetricFamily("lookout_build", "The version that runs", {"version": __version__})
    model = {"version": vitals.model} if vitals.model else None
    yield InfoMetricFamily("lookout_model", "The model that scores", model)
    connected = int(sources.connected())
    yield _gauge("lookout_stream_connected", "Whether the stream is being read", connected)
    yield _counter("lookout_attempts", "Attempts at uploads begun", vitals.attempts)
    yield _counters(
        "lookout_failures", "Attempts that failed, by error class", "error", vitals.failures
    )
    yield _counters("lookout_pauses", "Pauses of threads, by error class", "error", vitals.pauses)
    yield from _of_shadow(vitals)
    off = int(vitals.troubled_by(SwitchedOff))
    yield _gauge("lookout_switched_off", "Whether the run page forbids edits", off)
    yield _gauges(
        "lookout_thread_overdue_seconds",
        "How long ago each thread should have taken a turn",
        "thread",
        vitals.overdue_s(),
    )


def _of_shadow(vitals: Vitals) -> Iterator[Metric]:
    yield _counter(
        "lookout_shadow_scored", "Files that the candidate has scored too", vitals.shadow_files
    )
    yield _counter(
        "lookout_shadow_seconds", "Time that the candidate has taken", vitals.shadow_seconds
    )
    yield _counters(
        "lookout_shadow_failures",
        "Failures of the candidate, by error class",
        "error",
        vitals.shadow_failures,
    )


def _of_baseline(observer: Observer) -> Iterator[Metric]:
    yield _gauges(
        "lookout_baseline_outside",
        "Whether the last day departs from those before",
        "measure",
        observer.outside,
    )
    yield _gauges(
        "lookout_baseline_deviations",
        "How far the last day lies off, in units of the usual spread",
        "measure",
        {reading.measure: reading.deviation for reading in observer.readings},
    )


def _of_uploads(counts: Counts) -> Iterator[Metric]:
    yield _counter("lookout_uploads_seen", "Uploads the stream announced", counts.seen)
    yield _gauges("lookout_uploads", "Uploads by state", "state", counts.states)
    yield _gauges(
        "lookout_uploads_waiting", "Uploads whose turn is to come", "lane", counts.waiting
    )
    yield _counters("lookout_uploads_scored", "Scored uploads", "verdict", counts.verdicts)
    yield _counters("lookout_uploads_skipped", "Uploads without a score", "reason", counts.skipped)
    yield _gauges("lookout_uploads_dead", "Uploads that failed for good", "error", counts.dead)
    flagged = counts.verdicts.get(FLAGGED, 0)
    yield _counter("lookout_uploads_flagged", "Uploads suggested for review", flagged)
    yield _counter(
        "lookout_events_rejected", "Upload events nobody could read", counts.rejected_events
    )


def _of_outcome(counts: Counts) -> Iterator[Metric]:
    yield _counter("lookout_suggestions_published", "Entries on the wiki", counts.published)
    yield _gauge("lookout_suggestions_unpublished", "Entries in the outbox", counts.unpublished)
    decided = {word.value: counts.reviews.get(word, 0) for word in Outcome}
    yield _counters("lookout_reviews", "Decisions of people", "outcome", decided)
    yield _gauge("lookout_suggestions_refused", "Entries the wiki does not take", counts.refused)
    if counts.lag_seconds is not None:
        yield _gauge("lookout_lag_seconds", "Distance behind the stream", counts.lag_seconds)
    yield _gauge("lookout_gap_seconds", "Stream time still to be filled", counts.gap_seconds)
    yield _gauge(
        "lookout_oldest_unfinished_seconds",
        "Age of the oldest upload that is not finished, 0 without one",
        counts.oldest_unfinished_seconds or 0.0,
    )


def _of_quota(quota: Quota) -> Iterator[Metric]:
    limits = {"edits": quota.edits_per_day, "flags": quota.flags_per_day}
    yield _gauges("lookout_quota_limit", "What may go out in a day", "quota", limits)
    left = {"edits": quota.edits_left, "flags": quota.flags_left}
    yield _gauges("lookout_quota_left", "What may still go out today (UTC)", "quota", left)
    yield _gauge("lookout_suggestions_held", "Uploads whose entries a quota holds", quota.held)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counters(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
