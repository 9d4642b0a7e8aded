"""A report as wikitext tables."""

from bot.publish.template import escape
from bot.statistics.report import Precision, Report
from bot.statistics.text import interval, latency, missed

HEAD = "! !! !! Suggested !! Open !! No answer !! Hits !! Answered !! Precision (95 %)"


def tables(report: Report) -> str:
    """Return the whole report; names of rules and tiers are the admins', and are escaped."""
    volumes = report.volumes
    facts = [
        ("Uploads seen", f"{volumes.seen:,}"),
        ("Scored", f"{volumes.scored:,}"),
        ("Suggested", f"{volumes.suggested:,}"),
        ("Time to a decision", latency(report.latency)),
        ("Missed", missed(report.missed)),
        *((f"Decided: {word}", f"{count:,}") for word, count in report.outcomes.items()),
    ]
    return "\n".join(
        [
            '{| class="wikitable sortable"',
            HEAD,
            *(_row(line) for line in report.precision),
            "|}",
            '{| class="wikitable"',
            *(f"|-\n| {name} || {value}" for name, value in facts),
            "|}",
        ]
    )


def _row(line: Precision) -> str:
    share = line.precision
    counts = (line.suggested, line.open, line.no_answer, share.count, share.total)
    cells = [line.dimension, escape(line.value), *map(str, counts), interval(share)]
    return f"|-\n| {' || '.join(cells)}"
