"""Attacks and the report: gradients are real, figures are those of the served model."""

import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from bot.cli import main
from model.bundle import Bundle
from model.golden_pictures import Pixels, golden_pictures
from model.networks.preprocessing import Preprocessing, Scaled, Standardised, Yahoo
from model.robustness import attacks
from model.robustness.attacks import ATTACKS, Attacker, gradients
from model.robustness.measure import measure
from model.robustness.outcome import Outcome
from model.robustness.plan import Plan
from model.robustness.sample import Sample
from model.robustness.subject import Subject, open_subject
from model.training.dataset.manifest import Dataset

FEW = Plan(
    pictures=2, severities=(5,), pgd_steps=3, apgd_steps=2, square_queries=2, parts=("attacks",)
)


def through(items: Iterable[Sequence[Pixels]], total: int, what: str) -> Iterable[Sequence[Pixels]]:
    assert total
    assert what
    return items


@pytest.fixture(scope="module")
def subject(bundle: Bundle) -> Subject:
    return open_subject(bundle.name, bundle.folder.parent, say=print)


@pytest.mark.parametrize(
    "preprocessing", [Scaled(224), Scaled(224, symmetric=True), Standardised(224), Yahoo()]
)
def test_the_way_with_gradients_is_the_served_one(preprocessing: Preprocessing) -> None:
    picture = golden_pictures(preprocessing.size)["coffee"]
    values = torch.from_numpy(picture)[None].permute(0, 3, 1, 2).float().requires_grad_()
    prepared = preprocessing.differentiable(values)
    assert torch.allclose(prepared, preprocessing(torch.from_numpy(picture)[None]), atol=1e-5)
    (slopes,) = torch.autograd.grad(prepared.sum(), values)
    assert slopes.any()


@pytest.mark.model
def test_gradients_are_real_and_attacks_keep_their_bound(subject: Subject) -> None:
    pictures = tuple(golden_pictures(subject.size).values())[:2]
    subject.check(pictures)
    targets = subject.score(pictures).argmax(axis=1)
    attacker = Attacker(subject, pictures, FEW)
    assert gradients(subject.network, pictures, targets) == 1
    for name in ATTACKS:
        (found,) = attacker.attacked(name, targets, 4.0)
        moved = [np.abs(a.astype(int) - b).max() for a, b in zip(found, pictures, strict=True)]
        assert max(moved) in range(1, 5), name


@pytest.mark.model
def test_pgd_turns_the_default_model_and_more_than_one_step_does(subject: Subject) -> None:
    """An undefended network falls to small changes; if it did not, the attacks would be broken."""
    pictures = tuple(golden_pictures(subject.size).values())[:2]
    findings = measure(subject, Sample(pictures, None, 0, "golden"), FEW, bar=through)
    assert findings.attacks[attacks.PGD].kept.sum() == 0
    assert findings.attacks[attacks.FGSM].kept.sum() >= findings.attacks[attacks.PGD].kept.sum()
    assert findings.overwhelmed is not None
    assert not findings.overwhelmed.kept.any()
    assert not findings.masked


def test_flips_and_shifts_are_those_of_the_scores() -> None:
    clean = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])
    changed = np.array([[0.8, 0.2], [0.4, 0.6], [0.2, 0.8], [0.6, 0.4]])
    outcome = Outcome(clean, changed, np.array([0, 0, 0, 1]))
    assert outcome.flips.value == 0.5
    assert outcome.kept.tolist() == [True, False, False, False]
    assert outcome.shifts((1,)) == pytest.approx((0.15, 0.285))
    assert Outcome(clean, changed, None).kept.tolist() == [True, False, True, False]


@pytest.mark.model
def test_the_report_of_a_trained_model(
    trained: Bundle, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKOUT_MODELS", str(trained.folder.parent))
    dataset.write(tmp_path / "set", "")
    options = [
        "--quick", "--pictures", "4", "--pgd-steps", "2", "--apgd-steps", "2", "--positive",
        "drawing", "--square-queries", "2", "--threads", "1", "--write", str(tmp_path / "report"),
    ]  # fmt: skip
    assert main(["robustness", "standin", str(tmp_path / "set"), *options]) == 0
    text = (tmp_path / "report" / "robustness.md").read_text(encoding="utf-8")
    for part in ("Corruptions", "Attacks", "Are the attacks real", "Obfuscations", "APGD-CE"):
        assert part in text
    for plot in ("corruptions.svg", "pgd.svg"):
        ET.parse(tmp_path / "report" / plot)  # noqa: S314 - our own text
    figures = json.loads((tmp_path / "report" / "robustness.json").read_text(encoding="utf-8"))
    (model,) = figures["models"]
    assert model["accuracy"] >= 0.5
    assert model["kept under attacks"]["all"] <= min(model["kept under attacks"].values())


@pytest.mark.model
def test_pictures_without_labels_side_by_side(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, pixels in golden_pictures(200).items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    (tmp_path / "notes.txt").write_text("no picture")
    options = ["--parts", "scaling", "--pictures", "8", "--threads", "1"]
    told = ["robustness", bundle.name, str(tmp_path), "--against", bundle.name, *options]
    assert main(told) == 0
    output = capsys.readouterr()
    assert "1 files are no pictures" in output.err
    assert "not whether it is right" in output.out
    served, careless = (
        next(line for line in output.out.splitlines() if line.startswith(start))
        for start in ("| as served", "| what a careless")
    )
    assert served.split("|")[3].strip() == "0.00"
    assert float(careless.split("|")[3]) >= 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing", "."], "not installed"),
        (["nsfwjs-mobilenet-v2-mid", "absent", "--threads", "1"], "no folder"),
        (["nsfwjs-mobilenet-v2-mid", ".", "--positive", "cat"], "the labels of"),
        (["nsfwjs-mobilenet-v2-mid", ".", "--epsilon", "0"], "--epsilon: "),
    ],
)
@pytest.mark.model
def test_what_cannot_be_tried_is_explained(
    bundle: Bundle, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bundle.name
    assert main(["robustness", *arguments]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.model
def test_without_the_toolbox_attacks_are_refused_with_advice(
    bundle: Bundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Image.fromarray(golden_pictures(64)["coffee"]).save(tmp_path / "coffee.png")
    monkeypatch.setitem(sys.modules, "art.attacks.evasion", None)
    assert main(["robustness", bundle.name, str(tmp_path), "--threads", "1"]) == 1
    assert "--parts corruptions" in capsys.readouterr().err
