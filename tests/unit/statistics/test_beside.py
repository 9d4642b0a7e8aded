"""A candidate beside the live model, counted by hand on ten files.

number       live  candidate   asked, decided          what it shows
 1 2 3       0.9   0.95        suggested, hit          hits that the candidate keeps
 4           0.9   0.20        suggested, hit          a hit that it loses
 5 6         0.9   0.10        suggested, miss         misses that it drops
 7           0.9   0.90        suggested, miss         a miss that it keeps
 8           0.1   0.85        nobody was asked        one that it alone would suggest
 9           0.1   0.85        audit sample, hit       one that live had missed
10           0.1   0.10        nobody was asked        neither
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.ledger import Decision, Intent, Ledger, Outcome, Scored
from support.ledgers import MODEL, claim_one, fill
from support.reviews import decide, review

OLD, NEW = "mine/aaaa/p/fp32", "mine/bbbb/p/fp32"
FILES = {
    1: (0.9, 0.95, "log-page", "scope"),
    2: (0.9, 0.95, "log-page", "scope"),
    3: (0.9, 0.95, "log-page", "scope"),
    4: (0.9, 0.2, "log-page", "scope"),
    5: (0.9, 0.1, "log-page", "ok"),
    6: (0.9, 0.1, "log-page", "ok"),
    7: (0.9, 0.9, "log-page", "ok"),
    8: (0.1, 0.85, "", ""),
    9: (0.1, 0.85, "audit", "scope"),
    10: (0.1, 0.1, "", ""),
}
RULES: list[dict[str, Any]] = [
    {"name": "trusted", "actions": ["ignore"], "when": {"uploader": {"groups": ["sysop"]}}},
    {"name": "explicit", "labels": ["porn"]},
    {"name": "tried", "labels": ["neutral"], "shadow": True},
]
Report = Callable[..., Any]


def seen(number: int, model: str, weight: float, labels: tuple[str, str]) -> Scored:
    scores = dict(zip(labels, (weight, 1 - weight), strict=True))
    views = [{"scores": scores, "place": "", "fingerprint": ""}]
    return Scored(sha1=f"{number:040x}", model=model, medium="image", views=views, partial=False)


def store(
    ledger: Ledger, number: int, candidate: str, labels: tuple[str, str] = ("porn", "neutral")
) -> None:
    """Bring one upload to its end, as the bot does with a candidate in shadow mode."""
    live, other, kind, outcome = FILES[number]
    fill(ledger, [number])
    job = claim_one(ledger)
    entry = {"title": job.title, "rule": "explicit", "confidence": live, "scores": {"porn": live}}
    ended = Outcome(
        job=job,
        decision=Decision("review" if kind == "log-page" else "cleared"),
        scored=seen(number, MODEL, live, ("porn", "neutral")),
        intents=[Intent(kind=kind, page="P", entry=entry)] if kind else [],
        shadow=seen(number, candidate, other, labels),
    )
    assert ledger.queue.finish_all([ended]) == {number}
    if outcome:
        decide(ledger, review(number, outcome, reference=number))


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with Ledger(address) as opened:
        yield opened


@pytest.fixture
def report(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> Report:
    """Return a function that runs the command and returns what it printed."""
    settings = {"ledger": {"url": address}, "model": {"shadow": {"name": "mine"}}}
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({**settings, "rules": RULES}), encoding="utf-8")

    def run(*arguments: str, code: int = 0) -> str:
        assert main(["shadow", "report", "--config", str(config), *arguments]) == code
        shown = capsys.readouterr()
        return shown.err if code else shown.out

    return run


def share(made: dict[str, Any]) -> tuple[int, int]:
    return made["count"], made["total"]


def test_both_models_are_counted_on_the_same_files(ledger: Ledger, report: Report) -> None:
    for number in FILES:
        store(ledger, number, NEW)
    (made,) = json.loads(report("--json"))
    assert (made["candidate"], made["live"], made["files"]) == (NEW, {MODEL: 10}, 10)
    assert share(made["agreement"]) == (5, 10)
    assert (made["gained"], made["lost"]) == (2, 3)
    assert share(made["live_precision"]) == (4, 7)
    assert share(made["candidate_precision"]) == (3, 4)
    assert share(made["hits_kept"]) == (3, 4)
    assert share(made["misses_dropped"]) == (2, 3)
    assert share(made["audited"]) == (1, 1)
    assert made["shifts"]["0.0"] == pytest.approx(-0.8)
    assert made["shifts"]["0.5"] == pytest.approx(0.025)
    assert made["shifts"]["1.0"] == pytest.approx(0.75)
    assert [pair["log_id"] for pair in made["furthest"][:2]] == [5, 6]


def test_the_text_names_the_files_to_look_at(ledger: Ledger, report: Report) -> None:
    for number in FILES:
        store(ledger, number, NEW)
    shown = report("--limit", "3").splitlines()
    assert "agreement        5 of 10: 50.0% (23.7%-76.3%)" in shown
    assert "flips            2 suggested by the candidate alone, 3 by live alone" in shown
    assert shown[-3:-1] == [
        f"  0.90* 0.10   not worth it {ledger_title}" for ledger_title in (title(5), title(6))
    ]
    assert shown[-1].split()[:4] == ["0.10", "0.85*", "not", "asked"]


def title(number: int) -> str:
    return f"File:{number}.jpg"


def test_versions_of_a_candidate_are_told_apart(ledger: Ledger, report: Report) -> None:
    store(ledger, 1, OLD)
    store(ledger, 2, NEW)
    store(ledger, 3, "mine-too/cccc/p/fp32")
    made = json.loads(report("--json"))
    assert [(one["candidate"], one["files"]) for one in made] == [(OLD, 1), (NEW, 1)]
    (other,) = json.loads(report("--json", "--candidate", "mine-too"))
    assert other["files"] == 1


def test_a_candidate_of_other_labels_is_compared_by_rules_of_its_own(
    ledger: Ledger, report: Report, tmp_path: Path
) -> None:
    store(ledger, 1, NEW, labels=("relevant", "other"))
    assert "lookout: rules name the labels porn" in report(code=1)
    own = tmp_path / "own.yaml"
    own.write_text(yaml.safe_dump({"rules": [{"name": "relevant", "labels": ["relevant"]}]}))
    (made,) = json.loads(report("--json", "--candidate-config", str(own)))
    assert made["furthest"][0]["candidate"] == 0.95
    assert share(made["agreement"]) == (1, 1)


@pytest.mark.usefixtures("ledger")
def test_nothing_to_compare_is_said(report: Report) -> None:
    assert "mine has scored none of the uploads" in report(code=1)
