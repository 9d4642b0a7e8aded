"""Compression passes the drift check, or is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch

from bot.cli import main
from model.bundle import Bundle, open_bundle
from model.card import Card
from model.card_text import card_as_markdown
from model.compression.guard import Kept, check, drift_of
from model.compression.int8 import in_int8
from model.errors import BundleCorrupt, TrainingRefused
from model.golden_pictures import golden_pictures
from model.install import package_members
from model.precision import open_engine
from model.sources.builders import BUILDERS
from model.sources.catalogue import DESCRIPTIONS
from model.training.dataset.manifest import Dataset


@pytest.mark.model
def test_the_guard_refuses_naive_int8_of_the_default_model(bundle: Bundle) -> None:
    """As first measured on these weights, naive int8 moves scores by half and more."""
    description = DESCRIPTIONS[bundle.name]
    members = package_members(description, bundle.folder.parent, say=print)
    pipeline = BUILDERS[bundle.name](members).eval()
    assert drift_of(pipeline, bundle.card.reference) <= 1e-3
    # Other pictures than those it is judged by.
    others = [np.ascontiguousarray(each[::-1]) for each in golden_pictures(256).values()]
    prepared = torch.cat([pipeline.prepare(torch.from_numpy(each)[None]) for each in others])
    drift = drift_of(in_int8(pipeline, prepared, "naive"), bundle.card.reference)
    assert drift > 0.2
    with pytest.raises(TrainingRefused, match="Nothing was written"):
        check(bundle.name, "int8", Kept(drift, 1, 1), bundle.card.reference.bound)


def test_what_keeps_its_scores_passes_and_what_loses_accuracy_does_not() -> None:
    check("x", "int8", Kept(0.049, 0.97, 0.965), 0.05)
    with pytest.raises(TrainingRefused, match=r"falls from 0\.970 to 0\.950"):
        check("x", "int8", Kept(0.0, 0.97, 0.95), 0.05)


@pytest.mark.model
def test_a_bundle_with_int8_says_where_it_comes_from_and_is_checked_when_loaded(
    trained: Bundle,
    dataset: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With a bound that lets anything pass, since whether int8 is good enough is the model's."""
    models = trained.folder.parent
    monkeypatch.setenv("LOOKOUT_MODELS", str(models))
    few = Dataset((*dataset.side("train")[::8], *dataset.side("validation")[::8]))
    few.write(tmp_path / "set", "")
    told = ["compress", "standin", str(tmp_path / "set"), "--name", "standin-int8"]
    monkeypatch.setattr("model.compression.compress.check", lambda *_: None)
    assert main(told) == 0
    assert "scores of the reference pictures move by" in capsys.readouterr().out
    small = open_bundle(models, "standin-int8")
    made = small.card.compression
    assert made is not None
    assert made.source_sha256 == trained.card.artefacts["model.ts"].sha256
    assert "Made of standin" in card_as_markdown(small.card)
    strict = Bundle(small.folder, _with_bound(small.card, 1e-9))
    with pytest.raises(BundleCorrupt, match="In int8 the scores"):
        open_engine(strict, precision="int8", batch=1, fused=True)
    engine, precision = open_engine(
        Bundle(small.folder, _with_bound(small.card, 1.0)), precision="int8", batch=1, fused=True
    )
    assert precision == "int8"
    picture = torch.from_numpy(golden_pictures(224)["coffee"])[None]
    (scores,) = engine.score([picture])
    assert float(scores.sum()) == pytest.approx(1, abs=1e-4)
    with pytest.raises(BundleCorrupt, match="no graph in int8"):
        open_engine(trained, precision="int8", batch=1, fused=True)


def _with_bound(card: Card, bound: float) -> Card:
    reference = card.reference.model_copy(update={"bound": bound})
    return card.model_copy(update={"reference": reference})
