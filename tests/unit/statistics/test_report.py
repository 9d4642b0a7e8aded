"""Figures counted by hand on ten suggestions and four audit samples.

suggested    rule        label   medium    decided                        counts as
 1  Nov 22   explicit    porn    image     scope after 60 s                hit
 2  Nov 22   explicit    porn    image     scope after 120 s               hit
 3  Nov 22   explicit    porn    image     deleted, nudity, after 180 s    hit
 4  Nov 22   explicit    hentai  image     ok after 240 s                  miss
 5  Nov 22   explicit    hentai  video     false positive after 300 s      miss
 6  Nov 22   explicit    porn    image     deleted, copyvio, after 600 s   no answer
 7  Nov 22   suggestive  sexy    image     unsure after 1000 s             no answer
 8  Dec 1    suggestive  sexy    video     kept after 2000 s               miss
 9  Dec 1    suggestive  sexy    image     nobody                          open
10  Dec 1    explicit    porn    image     ok by the uploader, set aside   open
"""

import csv
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.ledger import Review, Suggestion, Volumes
from bot.review.consensus import settle
from bot.settings.reviewing import ReviewSettings
from bot.statistics import tables
from bot.statistics.cases import Case
from bot.statistics.report import Missed, Report, quantile, report
from bot.statistics.text import duration, table
from support.reviews import review

NOVEMBER, DECEMBER = 1795305600.0, 1796090400.0  # Nov 22, 0:00 and Dec 1, 2:00, 2026, UTC
VOLUMES = Volumes(seen=1000, scored=900, suggested=10, cleared=890)
SETTINGS = ReviewSettings()
TIERS = {"explicit": "high", "suggestive": "low", "audit": "low"}
Said = tuple[str, float, str | None] | None


def case(
    number: int,
    rule: str,
    label: str,
    medium: str,
    said: Said,
    *,
    at: float = NOVEMBER,
    kind: str = "log-page",
    set_aside: str | None = None,
) -> Case:
    one = Suggestion(
        log_id=number,
        kind=kind,
        page="User:RigBot/Log/2026-11-22",
        title=f"File:{number}.jpg",
        uploader="Uploader",
        sha1=f"{number:040x}",
        medium=medium,
        model="model@1",
        suggested_at=at - 30,
        sent_at=at,
        entry={
            "tier": TIERS[rule],
            "rule": rule,
            "confidence": 0.9,
            "scores": {label: 0.8, "neutral": 0.2},
        },
    )
    reviews: list[Review] = []
    if said:
        outcome, after, reason = said
        made = {"reviewed_at": at + after, "reason": reason, "set_aside": set_aside}
        reviews = [review(number, outcome, **made)]
    moments = [made.reviewed_at for made in reviews if made.counts]
    return Case(one, settle(reviews, SETTINGS), min(moments, default=None))


TEN = [
    case(1, "explicit", "porn", "image", ("scope", 60, None)),
    case(2, "explicit", "porn", "image", ("scope", 120, None)),
    case(3, "explicit", "porn", "image", ("deleted", 180, "nudity out of scope")),
    case(4, "explicit", "hentai", "image", ("ok", 240, None)),
    case(5, "explicit", "hentai", "video", ("false positive", 300, None)),
    case(6, "explicit", "porn", "image", ("deleted", 600, "copyvio")),
    case(7, "suggestive", "sexy", "image", ("unsure", 1000, None)),
    case(8, "suggestive", "sexy", "video", ("kept", 2000, None), at=DECEMBER),
    case(9, "suggestive", "sexy", "image", None, at=DECEMBER),
    case(10, "explicit", "porn", "image", ("ok", 5, None), at=DECEMBER, set_aside="uploader"),
]
DRAWN = [
    case(11, "audit", "neutral", "image", ("ok", 60, None), kind="audit"),
    case(12, "audit", "neutral", "image", ("ok", 60, None), kind="audit"),
    case(13, "audit", "neutral", "image", ("scope", 60, None), kind="audit"),
    case(14, "audit", "neutral", "image", None, kind="audit"),
]


@pytest.fixture
def made() -> Report:
    return report([*TEN, *DRAWN], VOLUMES, since=NOVEMBER, until=DECEMBER + 86_400)


# suggested, open, no answer, hits, answered
BY_HAND = {
    ("all", "all"): (10, 2, 2, 3, 6),
    ("tier", "high"): (7, 1, 1, 3, 5),
    ("tier", "low"): (3, 1, 1, 0, 1),
    ("rule", "explicit"): (7, 1, 1, 3, 5),
    ("rule", "suggestive"): (3, 1, 1, 0, 1),
    ("label", "porn"): (5, 1, 1, 3, 3),
    ("label", "hentai"): (2, 0, 0, 0, 2),
    ("label", "sexy"): (3, 1, 1, 0, 1),
    ("medium", "image"): (8, 2, 2, 3, 4),
    ("medium", "video"): (2, 0, 0, 0, 2),
    ("month", "2026-11"): (7, 0, 2, 3, 5),
    ("month", "2026-12"): (3, 2, 0, 0, 1),
}


def test_precision_is_as_counted_by_hand(made: Report) -> None:
    counted = {
        (line.dimension, line.value): (
            line.suggested,
            line.open,
            line.no_answer,
            line.precision.count,
            line.precision.total,
        )
        for line in made.precision
    }
    assert counted == BY_HAND
    # 3 of 6: (0.5 ± 1.96·√(0.25/6 + 1.96²/(4·36)) + …) / (1 + 1.96²/6), worked out apart.
    overall = made.precision[0].precision
    assert overall.value == 0.5
    assert (round(overall.low or 0, 3), round(overall.high or 0, 3)) == (0.188, 0.812)


def test_latency_is_as_counted_by_hand(made: Report) -> None:
    # 60 120 180 240 300 600 1000 2000: the middle is between 240 and 300; 0.9 · 7 = 6.3.
    assert made.latency.reviewed == 8
    assert made.latency.median == pytest.approx(270)
    assert made.latency.p90 == pytest.approx(1000 + 0.3 * 1000)


def test_outcomes_are_those_that_count(made: Report) -> None:
    assert made.outcomes == {
        "scope": 2,
        "deleted": 2,
        "ok": 1,
        "false positive": 1,
        "unsure": 1,
        "kept": 1,
    }


def test_the_audit_stands_for_all_that_was_cleared(made: Report) -> None:
    missed: Missed = made.missed
    assert (missed.drawn, missed.share.count, missed.share.total) == (4, 1, 3)
    assert missed.files == pytest.approx(890 / 3)
    assert (round(missed.share.low or 0, 3), round(missed.share.high or 0, 3)) == (0.061, 0.792)
    assert missed.low == pytest.approx((missed.share.low or 0) * 890)


def test_without_any_decision_nothing_is_claimed() -> None:
    empty = report([], VOLUMES, since=0, until=1)
    assert empty.precision[0].precision.value is None
    assert empty.latency.median is empty.missed.files is None
    assert "nothing reviewed yet" in table(empty)


def test_the_table_says_what_the_report_says(made: Report) -> None:
    lines = table(made).splitlines()
    assert " ".join(lines[1].split()) == "all all 10 2 2 3 6 50.0% (18.8%-81.2%)"
    assert "8 reviewed, median 4.5 min, 90 % within 21.7 min" in table(made)
    assert "4 drawn, 1 of 3 answered" in table(made)


def test_the_csv_files_hold_the_same_figures(made: Report, tmp_path: Path) -> None:
    written = tables.write(made, tmp_path / "figures")
    assert [path.name for path in written] == [
        "precision.csv",
        "latency.csv",
        "volumes.csv",
        "outcomes.csv",
        "missed.csv",
    ]
    with written[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(BY_HAND)
    assert (rows[0]["hits"], rows[0]["answered"], rows[0]["share"]) == ("3", "6", "0.5")
    with written[2].open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["cleared"] == "890"


def test_quantiles_interpolate() -> None:
    assert quantile([], 0.5) is None
    assert quantile([7.0], 0.9) == 7
    assert quantile([0.0, 10.0], 0.25) == 2.5


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (90, "1.5 min"), (5400, "1.5 h"), (129_600, "1.5 d")]
)
def test_durations_are_told_in_their_own_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_report_is_plain_json(made: Report) -> None:
    assert json.loads(json.dumps(asdict(made)))["precision"][0]["precision"]["count"] == 3
