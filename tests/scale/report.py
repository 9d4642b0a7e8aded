"""The tables of docs/scale.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from bot.limits.meter import WINDOW_S, Limits
from bot.settings.fleet import FleetSettings
from scale.chart import line_chart
from scale.figures import DAY_S, HOURS_A_DAY, Assumed, Measured
from scale.minutes import Rates, play
from scale.years import Course, Pace, last

MILLION: Final = 1e6
TERABYTE: Final = 1e12
GIGABYTE: Final = 1e9
BITS: Final = 8
WORKERS: Final = (1, 2, 4, 8, 16, 32)
CHARTED: Final = 16  # workers
TRIED: Final = 4  # workers of what is otherwise


@dataclass(frozen=True, slots=True)
class Regime:
    """Limits that somebody might grant."""

    name: str
    settings: FleetSettings
    who: str

    @property
    def limits(self) -> Limits:
        """As the meter takes them."""
        return Limits.of(self.settings)


REGIMES: Final = (
    Regime("the defaults", FleetSettings(), "the robot policy"),
    Regime(
        "four times",
        FleetSettings(
            fetches_at_once=8, fetches_per_second=80, megabits_per_second=100, calls_per_second=12
        ),
        "to be agreed with Wikimedia first",
    ),
    Regime(
        "inside",
        FleetSettings(
            fetches_at_once=64,
            fetches_per_second=500,
            megabits_per_second=1000,
            calls_per_second=50,
        ),
        "in Wikimedia's own network, beside the files",
    ),
)


class Plan:
    """Works out everything once, for one set of figures."""

    def __init__(self, measured: Measured, assumed: Assumed) -> None:
        self._measured = measured
        self._assumed = assumed
        self._rates = cache(self._play)

    def sections(self) -> Mapping[str, str]:
        """Return the generated parts of the page by their names."""
        return {
            "arithmetic": self._arithmetic(),
            "limits": self._limits(),
            "days": self._days(),
            "money": self._money(),
            "live": self._live(),
            "what-if": self._what_if(),
        }

    def chart(self) -> str:
        """Draw how many files are left."""
        lines = {
            f"{regime.name}, {CHARTED} workers": self._left(self._course(regime, CHARTED))
            for regime in REGIMES
        }
        title = f"Files left of {self._assumed.files / MILLION:.0f} million"
        return line_chart(title, lines, across="days", up="millions")

    def _arithmetic(self) -> str:
        measured, files = self._measured, self._assumed.files
        rows = [
            ("calls of api.php", measured.calls, "", f"{files * measured.calls / MILLION:,.1f} M"),
            ("requests for files", measured.fetches, "", _millions(files * measured.fetches)),
            (
                "bytes fetched",
                measured.fetched_bytes / 1000,
                "kB",
                f"{files * measured.fetched_bytes / TERABYTE:,.1f} TB",
            ),
            (
                "processor time",
                measured.processor_s * 1000,
                "ms",
                f"{self._core_days:,.1f} core-days",
            ),
            (
                "in the ledger",
                measured.stored_bytes,
                "bytes",
                f"{files * measured.stored_bytes / GIGABYTE:,.0f} GB",
            ),
        ]
        return _table(
            ("What", "One file", "All"),
            [(name, f"{one:g} {unit}".strip(), total) for name, one, unit, total in rows],
        )

    def _limits(self) -> str:
        measured, assumed = self._measured, self._assumed
        rows = []
        for regime in REGIMES:
            limits = regime.limits
            rates = {
                "at once": limits.at_once / assumed.fetch_s,
                "fetches": limits.fetches / (WINDOW_S + assumed.fetch_s) / measured.fetches,
                "bytes": limits.bytes / WINDOW_S / measured.fetched_bytes,
                "calls": limits.calls / (WINDOW_S + assumed.call_s) / measured.calls,
            }
            binding = min(rates, key=lambda name: rates[name])
            cells = [f"{assumed.files / rate / DAY_S:,.1f}" for rate in rates.values()]
            rows.append((regime.name, *cells, binding))
        return _table(("Limits", "at once", "fetches", "bytes", "calls", "Binds"), rows)

    def _days(self) -> str:
        rows = []
        for regime in REGIMES:
            courses = [self._course(regime, workers) for workers in WORKERS]
            rows.append((regime.name, *(_days(course) for course in courses)))
        return _table(("Limits", *(_workers(number) for number in WORKERS)), rows)

    def _money(self) -> str:
        rows = []
        for regime in REGIMES:
            cells = []
            for workers in WORKERS:
                course = self._course(regime, workers)
                busy = self._rates(regime.name, workers, alone=False).busy
                cells.append(f"{self._cost(workers, course.days):,.0f} ({busy:.0%})")
            rows.append((regime.name, *cells))
        return _table(("Limits", *(_workers(number) for number in WORKERS)), rows)

    def _live(self) -> str:
        rows = []
        for regime in REGIMES:
            for workers in (0, TRIED, WORKERS[-1]):
                rates = self._rates(regime.name, workers, alone=False)
                rows.append(
                    (
                        regime.name,
                        str(workers),
                        f"{rates.live_median_s:.1f} s",
                        f"{rates.live_worst_s:.1f} s",
                        f"{rates.most_fetches} of {regime.limits.fetches}",
                        f"{rates.most_calls} of {regime.limits.calls}",
                    )
                )
        return _table(
            ("Limits", "Workers", "Median", "Longest", "Fetches in a second", "Calls in a second"),
            rows,
        )

    def _what_if(self) -> str:
        measured, assumed = self._measured, self._assumed
        cases = {
            "as above": (measured, assumed),
            "thumbnails twice as large": (
                replace(measured, fetched_bytes=2 * measured.fetched_bytes),
                assumed,
            ),
            "processor half as fast": (
                replace(measured, processor_s=2 * measured.processor_s),
                assumed,
            ),
            "a model of five times the cost": (
                replace(measured, processor_s=5 * measured.processor_s),
                assumed,
            ),
            "the wiki answers half as fast": (
                measured,
                replace(assumed, fetch_s=2 * assumed.fetch_s, call_s=2 * assumed.call_s),
            ),
            "twice as many new uploads": (
                measured,
                replace(assumed, uploads_per_day=2 * assumed.uploads_per_day),
            ),
            "twice as many files": (measured, replace(assumed, files=2 * assumed.files)),
        }
        rows = [(name, *Plan(*case).cells()) for name, case in cases.items()]
        head = ("If", "core-days", *(f"days, {regime.name}" for regime in REGIMES))
        return _table(head, rows)

    def cells(self) -> Sequence[str]:
        """Return core-days, and the days under each limits with `TRIED` workers."""
        courses = [self._course(regime, TRIED) for regime in REGIMES]
        return f"{self._core_days:,.1f}", *(_days(course) for course in courses)

    @property
    def _core_days(self) -> float:
        return self._assumed.files * self._measured.processor_s / DAY_S

    def _cost(self, workers: int, days: int) -> float:
        return workers * days * HOURS_A_DAY * self._assumed.core_hour

    def _course(self, regime: Regime, workers: int) -> Course:
        rates = [self._rates(regime.name, workers, alone=alone) for alone in (True, False)]
        return last(self._assumed, Pace(*(each.files_per_s for each in rates)))

    def _play(self, name: str, workers: int, *, alone: bool) -> Rates:
        (regime,) = (regime for regime in REGIMES if regime.name == name)
        assumed = replace(self._assumed, uploads_per_day=0) if alone else self._assumed
        return play(self._measured, assumed, regime.limits, workers)

    def _left(self, course: Course) -> list[float]:
        return [files / MILLION for files in (self._assumed.files, *course.left)]


def _days(course: Course) -> str:
    return str(course.days) if course.finished else f"more than {course.days}"


def _workers(number: int) -> str:
    return "1 worker" if number == 1 else f"{number} workers"


def _millions(value: float) -> str:
    return f"{value / MILLION:,.0f} M"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
