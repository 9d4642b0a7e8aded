"""Two models on the same files: figures, thresholds and advice, on scores made for the purpose."""

import numpy as np
import pytest

from model.training.dataset.entry import Entry
from model.training.evaluation.metrics import average_precision, roc_auc
from model.training.sidebyside.advice import Word, advise, compared
from model.training.sidebyside.figures import (
    paired,
    precision_from,
    recall_from,
    threshold_for_precision,
    threshold_of,
)
from model.training.sidebyside.held import Held
from model.training.sidebyside.report import Match, side_by_side

MATCH = Match("live/1", "mine/2", threshold=0.5, keep=0.95, positive="worth-a-look")


def entry(number: int, *, group: int | None = None, tag: str = "") -> Entry:
    return Entry(
        path=f"/pictures/{number}.jpg",
        label="any",
        source="suggested",
        page=f"https://example.org/wiki/File:{number}.jpg",
        tags=(tag,) if tag else (),
        sha1=f"{number:040x}",
        fingerprint="",
        width=100,
        height=100,
        group=str(number if group is None else group),
        split="test",
    )


def held(live: list[float], candidate: list[float], positive: list[bool]) -> Held:
    entries = tuple(map(entry, range(len(live))))
    return Held(entries, np.array(positive), np.array(live), np.array(candidate))


def drawn(count: int, better: float, *, seed: int = 1, groups: int | None = None) -> Held:
    """Return pictures of which the candidate sees more by `better` standard deviations."""
    random = np.random.default_rng(seed)
    positive = np.arange(count) % 2 == 0
    signal = positive.astype(float)
    noise = random.normal(size=(2, count))
    entries = tuple(
        entry(number, group=number % groups if groups else None) for number in range(count)
    )
    squash = 1 / (1 + np.exp(-(signal[None] * np.array([[1.0], [1.0 + better]]) + noise)))
    return Held(entries, positive, squash[0], squash[1])


# Figures ------------------------------------------------------------------------------------------


def test_the_same_scores_differ_by_nothing_in_every_resample() -> None:
    one = drawn(200, 0.0)
    same = Held(one.entries, one.positive, one.live, one.live)
    made = paired(same, average_precision)
    assert made.difference.value == made.difference.low == made.difference.high == 0
    assert made.live == made.candidate
    assert made.live.low < made.live.value < made.live.high


def test_the_interval_of_a_difference_holds_the_truth_nineteen_times_of_twenty() -> None:
    truth = np.mean(
        [
            roc_auc(big.candidate, big.positive) - roc_auc(big.live, big.positive)
            for big in (drawn(20_000, 0.5, seed=seed) for seed in range(5))
        ]
    )
    intervals = [
        paired(drawn(120, 0.5, seed=seed), roc_auc, seed=seed).difference
        for seed in range(100, 160)
    ]
    covered = sum(one.low <= truth <= one.high for one in intervals)
    assert covered >= 52  # of 60; at 95 % fewer are to be expected once in a hundred times


def test_pictures_that_belong_together_make_an_interval_wider() -> None:
    apart = paired(drawn(200, 0.5), roc_auc).difference
    one = drawn(10, 0.5)
    copies = Held(
        tuple(entry(number, group=number % 10) for number in range(200)),
        np.tile(one.positive, 20),
        np.tile(one.live, 20),
        np.tile(one.candidate, 20),
    )
    together = paired(copies, roc_auc).difference
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_precision_and_recall_are_counted_from_the_threshold_on() -> None:
    scores, positive = np.array([0.9, 0.8, 0.7, 0.2]), np.array([True, False, True, True])
    assert precision_from(0.7)(scores, positive) == pytest.approx(2 / 3)
    assert recall_from(0.7)(scores, positive) == pytest.approx(2 / 3)
    assert np.isnan(precision_from(0.95)(scores, positive))
    assert np.isnan(recall_from(0.5)(scores, ~positive & positive))


# Thresholds ---------------------------------------------------------------------------------------


def test_the_candidates_threshold_finds_nearly_what_live_finds() -> None:
    positive = [True] * 4 + [False]
    made = held([0.9, 0.9, 0.9, 0.1, 0.9], [0.81239, 0.7, 0.6, 0.5, 0.99], positive)
    assert threshold_of(made, 0.5, keep=1.0) == 0.6
    assert threshold_of(made, 0.5, keep=0.6) == 0.7
    assert threshold_of(made, 0.5, keep=0.3) == 0.8123


def test_where_live_finds_none_one_is_to_be_found() -> None:
    made = held([0.1, 0.1, 0.1], [0.8, 0.6, 0.9], [True, True, False])
    assert threshold_of(made, 0.5, keep=0.95) == 0.8


def test_a_threshold_for_a_goal_is_the_one_of_most_recall() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    positive = np.array([True, False, True, False])
    assert threshold_for_precision(scores, positive, 0.6) == 0.7
    assert threshold_for_precision(scores, positive, 1.0) == 0.9
    assert threshold_for_precision(scores, ~positive, 0.9) is None


# Advice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("better", "word"), [(2.0, Word.TRY), (0.0, Word.WAIT), (-3.0, Word.KEEP)])
def test_the_advice_follows_the_interval_of_the_difference(better: float, word: Word) -> None:
    assert advise(*compared(drawn(300, better))).word is word


def test_a_candidate_that_is_worse_in_a_slice_is_not_recommended() -> None:
    good, bad = drawn(300, 3.0), drawn(60, -3.0, seed=5)
    both = Held(
        tuple(entry(number, tag="art" if number >= 300 else "rest") for number in range(360)),
        np.concatenate([good.positive, bad.positive]),
        np.concatenate([good.live, bad.live]),
        np.concatenate([good.candidate, bad.candidate]),
    )
    advice = advise(*compared(both))
    assert advice.word is Word.KEEP
    assert advice.worse == ("tag art",)


# The report ---------------------------------------------------------------------------------------


def test_the_report_names_the_files_that_change_and_which_way() -> None:
    validation = held([0.9, 0.9, 0.2], [0.9, 0.8, 0.1], [True, True, False])
    test = held(
        [0.9, 0.9, 0.9, 0.1, 0.1], [0.9, 0.2, 0.1, 0.95, 0.96], [True, True, False, True, False]
    )
    made = side_by_side(MATCH, validation, test, ["A note."])
    assert made.threshold == 0.8
    tables = {section.title: section.table[1:] for section in made.sections}
    changed = {
        title: [row[0].rpartition(":")[2] for row in rows]
        for title, rows in tables.items()
        if "uggested" in title
    }
    assert changed == {
        "No longer suggested, though worth-a-look": ["1.jpg"],
        "No longer suggested, and rightly so": ["2.jpg"],
        "Suggested by the candidate alone, and worth-a-look": ["3.jpg"],
        "Suggested by the candidate alone, in vain": ["4.jpg"],
    }
    counted = {row[0]: row[1:] for row in tables["At the thresholds"]}
    assert counted["worth-a-look, found"] == ("2 of 3", "2 of 3", "+0")
    assert counted["others, suggested in vain"] == ("1 of 2", "1 of 2", "+0")
    assert "A note." in made.sections[0].text
