"""One entry of a review page: what is stored for it, and its wikitext.

The wording is objective: a suggestion by a program, with all it rests on. It is no judgement.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.ledger import Job
from bot.rules import Hit, Scores

Entry = dict[str, Any]


def compose(
    job: Job,
    hit: Hit,
    scores: Scores,
    *,
    title: str,
    model: str,
    partial: bool,
    disagreement: float | None = None,
) -> Entry:
    """Return everything an entry needs, as plain JSON for the outbox.

    `disagreement` is how far a second model's score lies from the first's, if one was asked.
    """
    return {
        "log_id": job.log_id,
        "title": title,
        "user": job.user,
        "uploaded_at": job.uploaded_at.isoformat(timespec="minutes"),
        "rule": hit.rule,
        "tier": hit.tier,
        "reason": hit.reason,
        "confidence": hit.confidence,
        "place": hit.place,
        "scores": {label: round(score, 4) for label, score in scores.items()},
        "model": model,
        "partial": partial,
        "disagreement": None if disagreement is None else round(disagreement, 4),
    }


def key(entry: Mapping[str, Any]) -> str:
    """Return the mark by which an entry is found again on a page."""
    return f"<!-- lookout:{entry['log_id']} -->"


def wikitext(entry: Mapping[str, Any]) -> str:
    """Return the entry as one list item, a link and no picture."""
    suggestion = f"automated suggestion ''{entry['rule']}'' {entry['confidence']:.2f}"
    parts = [
        f"* {key(entry)} [[:{entry['title']}]]: {suggestion} ({_scores(entry['scores'])})",
        *_second(entry),
        *_look_at(entry),
        _uploaded(entry),
        f"<small>{entry['model']}</small>",
    ]
    return " · ".join(parts)


def _scores(scores: Scores) -> str:
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return ", ".join(f"{label} {score:.2f}" for label, score in ordered)


def _second(entry: Mapping[str, Any]) -> list[str]:
    # Entries written before there were second opinions have no such key.
    difference = entry.get("disagreement")
    return [] if difference is None else [f"a second model differs by {difference:.2f}"]


def _look_at(entry: Mapping[str, Any]) -> list[str]:
    notes = [f"look at {entry['place']}"] if entry["place"] else []
    return [*notes, "only in part scored"] if entry["partial"] else notes


def _uploaded(entry: Mapping[str, Any]) -> str:
    moment = datetime.fromisoformat(entry["uploaded_at"])
    by = f" by [[User:{entry['user']}|{entry['user']}]]" if entry["user"] else ""
    return f"uploaded {moment:%Y-%m-%d %H:%M} UTC{by}"
