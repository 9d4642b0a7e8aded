"""The classifier in a process of its own answers as the one in ours."""

import numpy as np
import pytest

from model.bundle import Bundle
from model.classifier import Classifier
from model.golden_pictures import golden_pictures
from model.isolated_classifier import IsolatedClassifier

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
