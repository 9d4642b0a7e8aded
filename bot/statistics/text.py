"""A report as text for a terminal, and its parts as words."""

from bot.statistics.interval import Share
from bot.statistics.report import Latency, Missed, Precision, Report

HEAD = ("", "", "suggested", "open", "no answer", "hits", "answered", "precision (95 %)")
MINUTE_S = 60.0
HOUR_S = 3600.0
DAY_S = 86_400.0


def table(report: Report) -> str:
    """Return the whole report."""
    lines = [_row(HEAD), *(_row(_cells(line)) for line in report.precision)]
    volumes = report.volumes
    counts = f"{volumes.seen} seen, {volumes.scored} scored, {volumes.suggested} suggested"
    outcomes = ", ".join(f"{count} {word}" for word, count in report.outcomes.items())
    return "\n".join(
        [
            *lines,
            "",
            f"uploads    {counts}, {volumes.cleared} cleared",
            f"decisions  {outcomes or 'none yet'}",
            f"latency    {latency(report.latency)}",
            f"missed     {missed(report.missed)}",
        ]
    )


def interval(share: Share) -> str:
    """Return a share in percent with its interval, `-` when nothing was counted."""
    if share.value is None or share.low is None or share.high is None:
        return "-"
    return f"{share.value:.1%} ({share.low:.1%}-{share.high:.1%})"


def latency(measured: Latency) -> str:
    """Return the latency in words."""
    if measured.median is None or measured.p90 is None:
        return "nothing reviewed yet"
    middle, late = duration(measured.median), duration(measured.p90)
    return f"{measured.reviewed} reviewed, median {middle}, 90 % within {late}"


def missed(estimate: Missed) -> str:
    """Return what the audit sample says, in words."""
    if not estimate.drawn:
        return "no audit sample (reviews.audit_rate)"
    answered = f"{estimate.share.count} of {estimate.share.total} answered"
    if estimate.files is None:
        return f"{estimate.drawn} drawn, {answered}"
    return (
        f"{estimate.drawn} drawn, {answered}: {interval(estimate.share)}; of {estimate.cleared} "
        f"cleared files about {estimate.files:.0f} ({estimate.low:.0f}-{estimate.high:.0f})"
    )


def duration(seconds: float) -> str:
    """Return a duration in its most telling unit."""
    for unit, name in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.0f} s"


def _cells(line: Precision) -> tuple[str, ...]:
    share = line.precision
    numbers = (line.suggested, line.open, line.no_answer, share.count, share.total)
    return (line.dimension, line.value, *map(str, numbers), interval(share))


def _row(cells: tuple[str, ...]) -> str:
    dimension, value, *numbers, precision = cells
    columns = "".join(f"{number:>10}" for number in numbers)
    return f"{dimension:<8}{value:<16}{columns}  {precision}".rstrip()
