"""A ledger and a wiki with enough in them to look at: a month of a small bot, all of it drawings.

Everything is made from one seed. Titles are of files that the miniature Commons has.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

import bot.demo
from bot.demo.commons import MiniWiki
from bot.ledger import Ledger
from bot.ledger.schema import cursors, decisions, edits, outbox, reviews, scores, uploads

MEDIA: Final = Path(bot.demo.__file__).parent / "media"
DRAWINGS: Final = sorted((MEDIA / "drawings").iterdir())
OTHERS: Final = [MEDIA / "others" / name for name in ("pinwheel.gif", "slideshow.webm")]
LABELS: Final = ("drawing", "hentai", "neutral", "porn", "sexy")
MODEL: Final = "nsfwjs-mobilenet-v2-mid/1f1ed9a2b4c6/bilinear-1/bf16"
THRESHOLD: Final = 0.8
HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
DAYS: Final = 21
PER_DAY: Final = 90
FLAGGED: Final = 0.12  # of all
ANSWERED_UNTIL_S: Final = 3.0 * DAY_S  # what is newer is open
WORDS: Final = ("ok", "false positive", "unsure", "copyvio")
REVIEWERS: Final = ("Anna", "Bjarne", "Chidi")
UPLOADERS: Final = ("Draughtsman", "Pencil and ink", "Watercolourist", "Ünal")
SKIPPED: Final = ("audio", "gone", "superseded")


@dataclass
class Rows:
    """What is inserted at once, by table."""

    uploads: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)

    def insert(self, connection: Connection) -> None:
        """Store them."""
        for table in (uploads, scores, decisions, outbox, reviews):
            connection.execute(table.insert(), getattr(self, table.name))


def fill(ledger: Ledger, wiki: MiniWiki, *, seed: int = 7) -> list[int]:
    """Fill a ledger and its wiki; return the uploads that are suggested and open, by weight."""
    chance, now, rows = random.Random(seed), ledger.census.now(), Rows()
    history = History(rows, chance, wiki, now)
    for log_id, at in enumerate(_moments(chance, now), 1):
        history.add(log_id, at)
    with ledger._engine.begin() as connection:
        rows.insert(connection)
        stream = {"stream": "http://127.0.0.1/stream", "moved_at": now}
        connection.execute(cursors.insert(), [{**stream, "position": int(1000 * (now - 4))}])
        today = {"edited_at": now, "mode": "dry-run", "page": "User:Bot/Log", "revision": 1}
        connection.execute(edits.insert(), [{**today, "log_ids": []}])
    decided = {review["log_id"] for review in rows.reviews}
    left = [effect for effect in rows.outbox if effect["log_id"] not in decided]
    return [effect["log_id"] for effect in sorted(left, key=lambda one: -one["weight"])]


def _moments(chance: random.Random, now: float) -> Iterator[float]:
    """Yield when uploads came: more at some hours than at others."""
    found = []
    for day in range(DAYS):
        for _ in range(PER_DAY):
            hour = chance.gauss(9, 5) % 24
            found.append(now - day * DAY_S - hour * HOUR_S)
    yield from sorted(found)


class History:
    """What became of uploads, by chance."""

    def __init__(self, rows: Rows, chance: random.Random, wiki: MiniWiki, now: float) -> None:
        self._rows = rows
        self._chance = chance
        self._wiki = wiki
        self._now = now

    def add(self, log_id: int, at: float) -> None:
        """Have a file uploaded."""
        rows, chance, age_s = self._rows, self._chance, self._now - at
        draw = chance.random()
        row = {
            "log_id": log_id,
            "action": "upload",
            "title": f"File:Photograph {log_id}.jpg",
            "user": chance.choice(UPLOADERS),
            "by_bot": False,
            "sha1": f"{log_id:040x}",
            "uploaded_at": at - 3,
            "seen_at": at,
            "state": "scored",
            "attempts": 1,
            "verdict": "cleared",
            "reason": None,
            "detail": None,
            "finished_at": at + 2,
        }
        if draw > 0.97:
            rows.uploads.append(
                row | {"state": "skipped", "verdict": None, "reason": chance.choice(SKIPPED)}
            )
            return
        if age_s < DAY_S and draw < 0.02:
            broken = {"reason": "Undecodable", "detail": "the picture ends before its last row"}
            rows.uploads.append(row | {"state": "dead", "verdict": None} | broken)
            return
        if age_s < HOUR_S:
            late = {"reason": "NotThereYet", "detail": "answered 404", "finished_at": None}
            rows.uploads.append(row | {"state": "waiting", "verdict": None} | late)
            return
        flagged = draw < FLAGGED + 0.02
        seen = _scores(chance, flagged=flagged)
        row |= {"verdict": "review"} if flagged else {}
        medium = "image"
        if flagged and age_s < ANSWERED_UNTIL_S:
            row["title"], medium = self._on_the_wiki(log_id, str(row["user"]))
        rows.uploads.append(row)
        _judged(rows, row, seen, medium)
        if flagged:
            self._suggested(row, seen, medium)

    def _on_the_wiki(self, log_id: int, user: str) -> tuple[str, str]:
        chance = self._chance
        path = chance.choice(OTHERS if chance.random() < 0.25 else DRAWINGS)
        name = path.stem.replace("_", " ").capitalize()
        title = f"File:{name} {log_id}{path.suffix}"
        self._wiki.upload(title, path.read_bytes(), user=user, comment="")
        return title, "video" if path.suffix == ".webm" else "image"

    def _suggested(self, row: Mapping[str, Any], seen: Mapping[str, float], medium: str) -> None:
        rows, chance = self._rows, self._chance
        tier = chance.choice(("high", "medium", "medium", "low"))
        confidence, log_id, at = seen["drawing"], row["log_id"], float(row["seen_at"])
        entry = {
            "log_id": log_id,
            "title": row["title"],
            "sha1": row["sha1"],
            "user": row["user"],
            "uploaded_at": datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes"),
            "rule": "drawing",
            "tier": tier,
            "reason": "a drawing",
            "confidence": confidence,
            "place": "0:04" if medium == "video" else "",
            "scores": dict(seen),
            "model": MODEL,
            "partial": False,
            "disagreement": None,
            "like": None,
        }
        rows.outbox.append(
            {
                "log_id": log_id,
                "kind": "log-page",
                "page": f"User:Bot/Log/{datetime.fromtimestamp(at, UTC):%Y-%m-%d}",
                "entry": entry,
                "created_at": at + 2,
                "sent_at": at + 60,
                "sent_as": "dry-run",
                "weight": ("low", "medium", "high").index(tier) + confidence,
            }
        )
        if self._now - at > ANSWERED_UNTIL_S:
            worth = chance.random() < 3.5 * (confidence - THRESHOLD) + 0.15
            rows.reviews.append(
                {
                    "log_id": log_id,
                    "source": "page",
                    "reference": log_id,
                    "outcome": "scope" if worth else chance.choice(WORDS),
                    "reviewer": chance.choice(REVIEWERS),
                    "reviewed_at": at + chance.expovariate(1 / HOUR_S),
                    "noted_at": at + 2 * HOUR_S,
                    "withdrawn": False,
                }
            )


def _scores(chance: random.Random, *, flagged: bool) -> Mapping[str, float]:
    top = chance.uniform(THRESHOLD, 0.995) if flagged else THRESHOLD * chance.random() ** 3
    rest = [chance.expovariate(1) for _ in LABELS[1:]]
    rest[1] += 6.0  # neutral
    shares = [(1 - top) * one / sum(rest) for one in rest]
    return dict(zip(LABELS, (round(one, 4) for one in (top, *shares)), strict=True))


def _judged(rows: Rows, row: Mapping[str, Any], seen: Mapping[str, float], medium: str) -> None:
    moments = [("0:01", 0.2), ("0:04", 1.0), ("0:07", 0.6)] if medium == "video" else [("", 1.0)]
    views = [
        {"place": place, "scores": {**seen, "drawing": round(seen["drawing"] * part, 4)}}
        for place, part in moments
    ]
    key = {"sha1": row["sha1"], "model": MODEL}
    rows.scores.append(
        {**key, "medium": medium, "views": views, "partial": False, "scored_at": row["seen_at"]}
    )
    hit = row["verdict"] == "review"
    made = {
        "rule": "drawing",
        "actions": ["log"],
        "confidence": seen["drawing"],
        "place": "0:04" if medium == "video" else "",
        "tier": "medium",
        "reason": "a drawing",
        "shadow": False,
    }
    rows.decisions.append(
        {
            **key,
            "log_id": row["log_id"],
            "decided_at": row["finished_at"],
            "verdict": row["verdict"],
            "rule": "drawing" if hit else None,
            "confidence": seen["drawing"] if hit else None,
            "thresholds": {"drawing": THRESHOLD},
            "hits": [made] if hit else [],
            "facts": {"medium": medium},
        }
    )
