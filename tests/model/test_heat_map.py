"""Heat maps: where the colour goes."""

import numpy as np

from model.heat_map import LONGEST_EDGE, heat_map


def test_the_colour_lies_where_the_share_is() -> None:
    shares = np.zeros((7, 7), dtype=np.float32)
    shares[0, 6] = 2.0
    drawn = heat_map(np.full((300, 600, 3), 90, dtype=np.uint8), shares)
    assert drawn.shape == (LONGEST_EDGE // 2, LONGEST_EDGE, 3)
    redness = drawn[..., 0].astype(int) - drawn[..., 2]
    assert redness[:5, -5:].min() > 100
    assert abs(redness[:, : LONGEST_EDGE // 2]).max() == 0


def test_what_speaks_against_leaves_the_picture_grey() -> None:
    shares = np.full((7, 7), -1.0, dtype=np.float32)
    drawn = heat_map(np.full((50, 20, 3), 90, dtype=np.uint8), shares)
    assert np.unique(drawn).tolist() == [90]


def test_a_sliver_still_has_a_picture() -> None:
    drawn = heat_map(np.zeros((2000, 1, 3), dtype=np.uint8), np.ones((7, 7), dtype=np.float32))
    assert drawn.shape == (LONGEST_EDGE, 1, 3)
