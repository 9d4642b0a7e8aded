"""One suggestion: what is stored for it in the outbox, and the template call made of that.

The wording is objective: a suggestion by a program, with all it rests on. It is no judgement.
"""

from collections.abc import Mapping
from typing import Any

from bot.ledger import Job
from bot.publish.template import EntryCall, labels_text
from bot.rules import Hit, Scores

Entry = dict[str, Any]
TIERS = ("high", "medium", "low")


def compose(
    job: Job,
    hit: Hit,
    scores: Scores,
    *,
    title: str,
    sha1: str,
    model: str,
    partial: bool,
    disagreement: float | None = None,
    like: str | None = None,
) -> Entry:
    """Return everything an entry needs, as plain JSON for the outbox.

    `disagreement` is how far a second model's score lies from the first's, if one was asked.
    `like` is the title of a file that this one nearly equals and that people marked fine.
    """
    return {
        "log_id": job.log_id,
        "title": title,
        "sha1": sha1,
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
        "like": like,
    }


def call_of(entry: Mapping[str, Any]) -> EntryCall:
    """Return the template call of an entry. Entries of older versions lack some keys."""
    return EntryCall(
        key=entry["log_id"],
        file=entry["title"],
        tier=tier_of(entry),
        rule=entry["rule"],
        score=f"{entry['confidence']:.2f}",
        labels=labels_text(entry["scores"]),
        model=entry["model"],
        time=entry["place"],
        note="; ".join(_notes(entry)),
    )


def tier_of(entry: Mapping[str, Any]) -> str:
    """Return one of `TIERS`."""
    tier = entry.get("tier")
    return tier if tier in TIERS else "medium"


def _notes(entry: Mapping[str, Any]) -> list[str]:
    notes = [entry.get("reason", "")]
    if entry["partial"]:
        notes.append("only in part scored")
    if like := entry.get("like"):
        notes.append(f"flagged though like {like} that was marked fine")
    difference = entry.get("disagreement")
    if difference is not None:
        notes.append(f"a second model differs by {difference:.2f}")
    return [note for note in notes if note]
