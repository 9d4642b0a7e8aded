"""A data set from people's decisions: labels, weights, and pictures fetched anew."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from bot.cli import main
from bot.collecting.fetching import Collector
from bot.collecting.reviewed import Reviewed, reviewed_files
from bot.config import Settings
from bot.configfile import load
from bot.demo.commons import MiniCommons
from bot.errors import NetworkFault
from bot.ledger import Ledger
from bot.ledger.suggestions import AUDIT
from bot.settings.reviewing import ReviewSettings
from model.bundle import Bundle, open_bundle
from model.training.dataset.manifest import Dataset
from model.training.fitting import fit_temperature
from standin.task import make
from support.ledgers import address, finish
from support.ledgers import claim_one as claim
from support.ledgers import fill as record
from support.reviews import decide, review, suggest

LATER = 4e9  # s since 1970
SUGGESTED, SAMPLED = 60, 40


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(address(tmp_path / "ledger.sqlite")) as opened:
        yield opened


@pytest.fixture
def commons() -> Iterator[MiniCommons]:
    with MiniCommons() as server:
        yield server


@pytest.fixture
def settings(commons: MiniCommons, tmp_path: Path) -> Settings:
    path = tmp_path / "config.yaml"
    wiki = {
        "api": commons.addresses.api,
        "file_hosts": [urlsplit(commons.addresses.base).netloc],
    }
    place = {"url": address(tmp_path / "ledger.sqlite")}
    path.write_text(yaml.safe_dump({"wiki": wiki, "ledger": place}), encoding="utf-8")
    return load(path)


def files(found: Reviewed) -> dict[str, tuple[str, str, float]]:
    return {one.title: (one.label, one.source, round(one.weight, 3)) for one in found.wanted}


def test_answers_become_labels_weighted_by_what_they_stand_for(ledger: Ledger) -> None:
    for number in range(1, 7):
        suggest(ledger, number)
    suggest(ledger, 7, medium="video")
    for number in (8, 9):
        suggest(ledger, number, kind=AUDIT)
    for number in range(10, 16):
        record(ledger, [number])
        finish(ledger, claim(ledger))
    decide(
        ledger,
        review(1, "scope", reference=1),
        review(2, "false positive", reference=2),
        review(3, "copyvio", reference=3),
        review(4, "scope", reference=4, set_aside="bot"),
        review(5, "scope", reference=5, set_aside="uploader"),
        review(7, "ok", reference=7),
        review(8, "ok", reference=8),
    )
    found = reviewed_files(ledger, ReviewSettings(), since=0, until=LATER)
    assert files(found) == {
        "File:1.jpg": ("worth-a-look", "suggested", 2.333),
        "File:2.jpg": ("fine", "suggested", 2.333),
        "File:8.jpg": ("fine", "audit-sample", 8.0),
    }
    assert found.left_out == {"undecided": 4, "no answer": 1, "a video": 1}


@pytest.fixture
def decided(ledger: Ledger, commons: MiniCommons, tmp_path: Path) -> None:
    """Files on the wiki, of many uploaders, that people decided about; one of them is gone."""
    make(tmp_path / "made", 120, edge=64)
    pictures = sorted((tmp_path / "made").glob("*/*.jpg"))
    for number, path in enumerate(pictures[: SUGGESTED + SAMPLED], 1):
        title, user = f"File:Picture {number}.jpg", f"User {number}"
        commons.wiki.register(user, edits=9, days=9)
        entry = commons.wiki.upload(title, path.read_bytes(), user=user, comment="own work")
        assert entry.version
        kind = "log-page" if number <= SUGGESTED else AUDIT
        suggest(ledger, number, title=title, sha1=entry.version.sha1, user=user, kind=kind)
        outcome = "scope" if number <= SUGGESTED and path.parent.name == "drawing" else "ok"
        decide(ledger, review(number, outcome, reference=number))
    commons.wiki.delete("File:Picture 2.jpg", user="Admin", comment="by request")
    photograph = pictures[-1].read_bytes()
    commons.wiki.upload("File:Picture 3.jpg", photograph, user="User 3", comment="better")


@pytest.mark.usefixtures("decided", "settings")
def test_the_command_fetches_thumbnails_and_builds_the_set(
    commons: MiniCommons, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--config", str(tmp_path / "config.yaml"), "--to", str(tmp_path / "set")]
    assert main(["dataset", "build", "--reviewed", *told]) == 0
    output = capsys.readouterr().out
    assert "98 pictures" in output
    assert "1 another version, 1 gone" in output
    dataset = Dataset.read(tmp_path / "set")
    assert dataset.labels == ("fine", "worth-a-look")
    one = next(entry for entry in dataset.entries if entry.source == "suggested")
    assert one.page.startswith(f"{commons.addresses.base}/wiki/File:Picture_")
    assert one.uploader.startswith("User ")
    assert one.tags == ("rule-explicit",)
    # Nothing is fetched again, and what is deleted by now goes.
    asked = sum("/upload/" in path for path in commons.asked)
    commons.wiki.delete("File:Picture 4.jpg", user="Admin", comment="by request")
    assert main(["dataset", "build", "--reviewed", *told]) == 0
    assert "97 pictures" in (output := capsys.readouterr().out)
    assert ", 0 of them new" in output
    assert "1 pictures were removed" in output
    assert sum("/upload/" in path for path in commons.asked) == asked


@pytest.mark.model
@pytest.mark.usefixtures("decided", "settings")
def test_a_model_is_calibrated_by_decisions_that_stand_for_all_uploads(
    trained: Bundle,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(1001, 1001 + 3 * SAMPLED):  # cleared, and nobody was asked
        record(ledger, [number])
        finish(ledger, claim(ledger))
    models = tmp_path / "models"
    shutil.copytree(trained.folder, models / trained.name)
    monkeypatch.setenv("LOOKOUT_MODELS", str(models))
    where = [str(tmp_path / "set"), "--config", str(tmp_path / "config.yaml")]
    labels = ["--hit-label", "drawing", "--miss-label", "photograph"]
    assert main(["dataset", "build", "--reviewed", "--to", *where, *labels]) == 0
    weighed: list[NDArray[np.float64]] = []

    def fit(*half: NDArray[np.float64]) -> float:
        logits, truth, weights = half
        weighed.append(weights)
        return fit_temperature(logits, truth.astype(np.int64), weights)

    monkeypatch.setattr("model.training.calibrate.fit_temperature", fit)
    told = [str(tmp_path / "set"), "--model", trained.name, "--side", "all"]
    assert main(["calibrate", *told]) == 0
    (weights,) = weighed
    assert set(weights.round(3)) == {1.0, 4.0}
    training = open_bundle(models, trained.name).card.training
    assert training
    assert training.temperature != 1
    assert training.calibrated.startswith(f"temperature, fitted on {len(weights)} pictures")
    assert f"which stand for {weights.sum():.0f} (inverse-probability" in training.calibrated
    assert training.calibrated in capsys.readouterr().out


@pytest.mark.usefixtures("decided")
def test_interrupted_it_goes_on(
    settings: Settings, commons: MiniCommons, ledger: Ledger, tmp_path: Path
) -> None:
    wanted = reviewed_files(ledger, settings.reviews, since=0, until=LATER).wanted
    folder = tmp_path / "pictures"

    def cut(path: str) -> None:
        if sum("/upload/" in one for one in commons.asked) > 30:
            raise ConnectionError(path)

    commons.before = cut
    pauses: list[str] = []
    with (
        Collector(settings, say=pauses.append, sleep=lambda _: None) as collector,
        pytest.raises(NetworkFault),
    ):
        collector.collect(wanted, folder)
    assert pauses
    there = len(list(folder.glob("*/*")))
    assert there >= 25
    commons.before = lambda _: None
    with Collector(settings, say=pauses.append) as collector:
        whole = collector.collect(wanted, folder)
    assert len(whole.pictures) == 98
    assert whole.fetched == 98 - there
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 98
    assert (folder.stat().st_mode & 0o077) == 0
