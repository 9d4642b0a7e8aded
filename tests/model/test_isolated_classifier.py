"""The classifier in a process of its own answers as the one in ours."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from model.bundle import Bundle
from model.classifier import Classifier
from model.errors import BundleError, WorkerStalled
from model.golden_pictures import golden_pictures
from model.isolated_classifier import IsolatedClassifier
from support.loops import awaited
from support.models import Installer

pytestmark = pytest.mark.model


def test_scores_and_explanations_are_the_same_in_either_process(
    bundle: Bundle, classifier: Classifier
) -> None:
    picture = golden_pictures(300)["chelsea"]
    with IsolatedClassifier(bundle.folder.parent, bundle.name) as isolated:
        shares = isolated.explain(picture, "drawing")
        (scores,) = isolated.classify([picture])
        assert isolated.version == classifier.provenance.version
    expected = classifier.explain(picture, "drawing")
    assert shares.dtype == expected.dtype
    np.testing.assert_allclose(shares, expected, atol=1e-3)
    assert scores == pytest.approx(classifier.classify([picture])[0], abs=1e-3)


def test_a_picture_that_is_alone_is_given_the_same_scores_by_more_threads(bundle: Bundle) -> None:
    async def both() -> list[dict[str, float]]:
        return [await isolated.aclassify(picture, alone=alone) for alone in (False, True)]

    picture = golden_pictures(300)["chelsea"]
    with IsolatedClassifier(bundle.folder.parent, bundle.name, alone_threads=2) as isolated:
        in_batch, alone = awaited(both())
        assert in_batch == isolated.classify([picture])[0]
    assert alone == pytest.approx(in_batch, abs=5e-3)


def test_a_candidate_answers_for_itself_and_leaves_the_first_as_it_is(installed: Installer) -> None:
    live, other = installed("nsfwjs-mobilenet-v2-mid"), installed("open-nsfw")
    picture = golden_pictures(300)["chelsea"]
    with IsolatedClassifier(live.folder.parent, live.name, precision="fp32") as alone:
        (expected,) = alone.classify([picture])
    with IsolatedClassifier(
        live.folder.parent, live.name, candidate=other.name, precision="fp32"
    ) as beside:
        (by_candidate,) = beside.classify_by_candidate([picture], timeout_s=30)
        (scores,) = beside.classify([picture])
        assert beside.version == alone.version
        assert beside.candidate.labels == other.card.labels
    assert scores == expected
    assert by_candidate == pytest.approx(
        Classifier(other, precision="fp32").classify([picture])[0], abs=1e-3
    )


def test_a_candidate_that_is_damaged_or_missing_leaves_the_first_at_work(
    bundle: Bundle, tmp_path: Path
) -> None:
    shutil.copytree(bundle.folder, tmp_path / bundle.name)
    damaged = shutil.copytree(bundle.folder, tmp_path / "damaged")
    for archive in damaged.glob("*.ts"):
        archive.write_bytes(archive.read_bytes()[:-1])
    picture = golden_pictures(300)["chelsea"]
    for name, trouble in (("damaged", "BundleCorrupt"), ("absent", "BundleMissing")):
        with IsolatedClassifier(tmp_path, bundle.name, candidate=name) as isolated:
            assert trouble in isolated.candidate.trouble
            with pytest.raises(BundleError, match=trouble):
                isolated.classify_by_candidate([picture], timeout_s=30)
            assert len(isolated.classify([picture])) == 1


def test_a_candidate_that_takes_too_long_is_ended_and_the_first_goes_on(bundle: Bundle) -> None:
    picture = golden_pictures(300)["chelsea"]
    with IsolatedClassifier(bundle.folder.parent, bundle.name, candidate=bundle.name) as isolated:
        before = isolated.classify([picture])
        with pytest.raises(WorkerStalled):
            isolated.classify_by_candidate([picture], timeout_s=0.0001)
        (scores,) = isolated.classify([picture])
        assert scores == pytest.approx(before[0], abs=1e-3)
