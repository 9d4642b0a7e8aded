"""Accuracy figures, against values known from elsewhere."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from model.comparison.evaluation import area_under_curve, evaluate, judge, proportion
from model.errors import Never


class Brightness:
    """Scores a picture by how bright it is."""

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Give the mean value, 0..1."""
        return [{"bright": float(picture.mean()) / 255} for picture in pictures]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder, values in {"positive": (250, 200, 40), "negative": (10, 20, 30, 160)}.items():
        (tmp_path / folder).mkdir()
        for value in values:
            grey = Image.new("RGB", (8, 8), (value, value, value))
            grey.save(tmp_path / folder / f"{value}.png")
    return tmp_path


def test_wilsons_interval_is_the_published_one() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 0 of 20.
    many, none = proportion(81, 263), proportion(0, 20)
    assert many is not None
    assert none is not None
    assert [many.low, many.high] == pytest.approx([0.2553, 0.3662], abs=1e-4)
    assert [none.low, none.high] == pytest.approx([0.0, 0.1611], abs=1e-4)


def test_nothing_tried_has_no_share() -> None:
    assert proportion(0, 0) is None


def test_the_area_counts_pairs_and_half_of_ties() -> None:
    area = area_under_curve(np.array([0.9, 0.5, 0.4]), np.array([0.5, 0.1]))
    assert area is not None
    assert area.value == pytest.approx((2 + 1.5 + 1) / 6)
    assert area.low < area.value < area.high <= 1


def test_scores_that_say_nothing_have_an_area_of_a_half() -> None:
    area = area_under_curve(np.full(50, 0.3), np.full(70, 0.3))
    assert area is not None
    assert area.value == 0.5


def test_a_folder_is_scored_file_by_file(data: Path) -> None:
    result = evaluate(Brightness(), data, ["bright", "unknown"])
    assert (result.positives, result.negatives, result.unreadable) == (3, 4, 0)
    assert result.recall is not None
    assert result.recall.value == pytest.approx(2 / 3)
    assert result.precision is not None
    assert result.precision.value == pytest.approx(2 / 3)
    assert result.accuracy is not None
    assert result.accuracy.value == pytest.approx(5 / 7)


def test_a_file_that_is_no_picture_is_counted_apart(data: Path) -> None:
    (data / "negative" / "notes.txt").write_text("not a picture")
    result = evaluate(Brightness(), data, ["bright"])
    assert (result.negatives, result.unreadable) == (4, 1)


def test_without_positives_recall_is_undefined() -> None:
    result = judge(np.array([]), np.array([0.1, 0.9]))
    assert result.recall is None
    assert result.area_under_curve is None
    assert result.precision is not None
    assert result.precision.value == 0


def test_a_missing_folder_and_unknown_labels_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Never, match="positive/ and negative/"):
        evaluate(Brightness(), tmp_path / "nowhere", ["bright"])
    with pytest.raises(Never, match="none of the labels dark"):
        evaluate(Brightness(), data, ["dark"])
