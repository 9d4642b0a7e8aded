"""Building blocks of the networks, against their definitions."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from model.networks.preprocessing import Squash
from model.networks.same_padding import SameConv2d, same_padding
from model.sources.layouts import fill_convolution


@given(size=st.integers(1, 300), kernel=st.integers(1, 7), stride=st.integers(1, 3))
def test_same_padding_gives_the_ceiling_of_size_over_stride(
    size: int, kernel: int, stride: int
) -> None:
    before, after = same_padding(size, kernel, stride)
    assert 0 <= after - before <= 1
    assert (size + before + after - kernel) // stride + 1 >= -(-size // stride)
    if before + after:
        assert (size + before + after - kernel) // stride + 1 == -(-size // stride)


def test_the_odd_zero_goes_last() -> None:
    convolution = SameConv2d(1, 1, 3, size=4, stride=2)
    fill_convolution(convolution, torch.ones(3, 3, 1, 1), torch.zeros(1))
    with torch.no_grad():
        answer = convolution(torch.arange(16.0).reshape(1, 1, 4, 4))
    # What TensorFlow gives for a kernel of ones, stride 2 and "SAME".
    assert answer.flatten().tolist() == [45.0, 39.0, 66.0, 50.0]


@pytest.mark.parametrize("shape", [(300, 400), (1000, 60), (224, 224), (17, 33)])
def test_squashing_is_pillows_antialiased_resize(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (*shape, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(pixels).resize((224, 224), Image.Resampling.BILINEAR))
    resized = Squash(224).resized(torch.from_numpy(pixels)[None])[0].permute(1, 2, 0).numpy()
    difference = np.abs(resized.astype(int) - expected.astype(int))
    assert difference.max() <= 1
    assert difference.mean() < 0.25


def test_pixels_are_scaled_to_one() -> None:
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(1, 1, 1, 3)
    assert Squash(2)(pixels)[0, :, 0, 0].tolist() == pytest.approx([0.0, 0.2, 1.0])
