"""`/`: how the bot does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from bot.settings.watching import WatchSettings
from bot.statistics.text import duration
from bot.watching.baseline import SCORED_SHARE, Reading
from bot.web.access import Shared
from bot.web.looks import model_info
from bot.web.pages.figures import HOURS, Figures, Now, figures_of
from bot.web.pages.frame import number, page
from bot.web.pages.plots import bars
from bot.web.pages.route import pages

router = pages()
Shown = Annotated[Figures, Depends(figures_of)]
FINAL: Final = ("scored", "skipped", "dead")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know, and the command that tells more."""

    kind: Literal["act", "know"]
    text: str
    command: str = ""


@router.get("/")
def status(request: Request, parts: Shared, figures: Shown) -> HTMLResponse:
    """Show lag, counts, throughput, errors, quotas, and what a person should look at."""
    now = figures.now()
    clocks = [f"{datetime.fromtimestamp(hour.start, UTC):%H:%M}" for hour in now.hours]
    return page(
        request,
        "status.html",
        now=now,
        precision=figures.report().precision[0].precision,
        notices=list(notices(now, figures.baseline(), parts.settings.watch)),
        model=model_info(parts.scorer),
        mode=parts.settings.publish.mode,
        clocks=clocks,
        hours=HOURS,
        seen=bars(
            [hour.seen for hour in now.hours],
            [f"{at}: {number(hour.seen)} seen" for at, hour in zip(clocks, now.hours, strict=True)],
        ),
        flagged=bars(
            [hour.flagged for hour in now.hours],
            [
                f"{at}: {number(hour.flagged)} suggested"
                for at, hour in zip(clocks, now.hours, strict=True)
            ],
        ),
    )


def notices(now: Now, baseline: Sequence[Reading], settings: WatchSettings) -> Iterator[Notice]:
    """Yield what a person should know, what needs them first."""
    yield from _about_the_bot(now, settings)
    yield from _about_files(now)
    yield from _about_the_wiki(now)
    for reading in baseline:
        if reading.departs(settings.baseline_deviations):
            yield Notice("act", _unusual(reading))


def _about_the_bot(now: Now, settings: WatchSettings) -> Iterator[Notice]:
    counts = now.counts
    if not counts.balanced:
        yield Notice("act", "The counts do not add up. That is a defect of the program: report it.")
    if counts.lag_seconds is None:
        yield Notice("know", "The bot has read nothing yet. Start it:", "lookout run")
    elif counts.lag_seconds > settings.stalled_seconds:
        behind = duration(counts.lag_seconds)
        yield Notice("act", f"The bot is {behind} behind the stream. Does it still run?")
    if counts.gap_seconds:
        missing = duration(counts.gap_seconds)
        yield Notice("know", f"{missing} of the stream are being filled from the wiki's log.")


def _about_files(now: Now) -> Iterator[Notice]:
    dead, rejected = now.counts.states["dead"], now.counts.rejected_events
    if dead:
        yield Notice("act", f"{_files(dead)} failed for good. What, and why:", "lookout dead list")
    if now.retried:
        yield Notice("know", f"{_files(sum(now.retried.values()))} failed and will be tried again.")
    if rejected:
        yield Notice("know", f"{number(rejected)} events of the stream could not be read.")


def _about_the_wiki(now: Now) -> Iterator[Notice]:
    quota = now.quota
    if now.counts.refused:
        refused = number(now.counts.refused)
        yield Notice("act", f"The wiki did not take {refused} edits.", "lookout wiki refused")
    if quota.held:
        yield Notice("know", f"{_files(quota.held)} are held until tomorrow by the daily quota.")
    if not quota.edits_left:
        yield Notice("know", "The edits of today (UTC) are spent.")


def _unusual(reading: Reading) -> str:
    if reading.measure == SCORED_SHARE:
        share, usual = f"{reading.value:.1%}", f"{reading.usual:.1%}"
        return f"In the last day {share} of the uploads were scored; {usual} is usual."
    value, usual = number(reading.value), number(reading.usual)
    return f"In the last day {value} files were suggested; {usual} is usual."


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{number(count)} files"
