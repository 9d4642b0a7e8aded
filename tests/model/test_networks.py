"""Building blocks of the networks, against their definitions."""

import io

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from model.golden_pictures import golden_pictures
from model.networks.jpeg import jpeg_round_trip
from model.networks.mirrored import MirroredConv2d, mirror
from model.networks.pooled import Head, Pooled
from model.networks.preprocessing import Scaled, Yahoo
from model.sources.layouts import fill_convolution, fill_linear


def test_a_mirrored_convolution_puts_the_odd_zero_last() -> None:
    convolution = MirroredConv2d(1, 1, 3, stride=2)
    fill_convolution(convolution, torch.ones(3, 3, 1, 1), torch.zeros(1))
    with torch.no_grad():
        answer = mirror(convolution(mirror(torch.arange(16.0).reshape(1, 1, 4, 4))))
    # What TensorFlow gives for a kernel of ones, stride 2 and "SAME".
    assert answer.flatten().tolist() == [45.0, 39.0, 66.0, 50.0]


@settings(deadline=None)
@given(half=st.integers(1, 20), stride=st.sampled_from([1, 2]))
def test_a_mirrored_convolution_equals_one_that_pads_first(half: int, stride: int) -> None:
    convolution = MirroredConv2d(2, 4, 3, stride=stride, groups=2)
    inputs = torch.randn(1, 2, 2 * half, 2 * half)
    ahead = 1 if stride == 1 else 0
    padded = torch.nn.functional.pad(inputs, (ahead, 1, ahead, 1))
    with torch.no_grad():
        expected = torch.nn.functional.conv2d(
            padded, convolution.weight, convolution.bias, stride, groups=2
        )
        answer = mirror(convolution(mirror(inputs)))
    torch.testing.assert_close(answer, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("shape", [(300, 400), (1000, 60), (224, 224), (17, 33)])
def test_squashing_is_pillows_antialiased_resize(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (*shape, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(pixels).resize((224, 224), Image.Resampling.BILINEAR))
    resized = Scaled(224).resized(torch.from_numpy(pixels)[None])[0].permute(1, 2, 0).numpy()
    difference = np.abs(resized.astype(int) - expected.astype(int))
    assert difference.max() <= 1
    assert difference.mean() < 0.25


def test_pixels_are_scaled_to_one() -> None:
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(1, 1, 1, 3)
    assert Scaled(2)(pixels)[0, :, 0, 0].tolist() == pytest.approx([0.0, 0.2, 1.0])
    symmetric = Scaled(2, symmetric=True)(pixels)
    assert symmetric[0, :, 0, 0].tolist() == pytest.approx([-1.0, -0.6, 1.0])


def as_batch(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None]


def pillows_jpeg(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG")
    return np.asarray(Image.open(file), dtype=np.float32)


@pytest.mark.parametrize("name", golden_pictures(16))
def test_the_jpeg_step_is_pillows_to_the_bit(name: str) -> None:
    pixels = golden_pictures(256)[name]
    answer = jpeg_round_trip(as_batch(pixels))[0].permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(answer, pillows_jpeg(pixels))


def test_yahoos_input_is_the_middle_in_bgr_less_the_means() -> None:
    pixels = golden_pictures(256)["astronaut"]
    means = np.array([104, 117, 123], dtype=np.float32)
    expected = pillows_jpeg(pixels)[16:240, 16:240, ::-1] - means
    answer = Yahoo()(torch.from_numpy(pixels.copy())[None])[0].permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(answer, expected)


@pytest.mark.parametrize("widths", [(6, 3), (6, 5, 4, 3)])
def test_the_jacobian_of_a_head_is_autograds(widths: tuple[int, ...]) -> None:
    torch.manual_seed(3)
    head = Head(widths)
    pooled = torch.randn(2, 6)
    expected = torch.func.vmap(torch.func.jacrev(head.forward))(pooled[:, None])[:, 0, :, 0]
    torch.testing.assert_close(head.jacobian(pooled), expected)


def test_an_activation_map_averages_to_the_logits_less_the_bias() -> None:
    torch.manual_seed(3)
    network = Pooled(torch.nn.Conv2d(3, 6, 3), Head((6, 3)))
    inputs = torch.randn(2, 3, 9, 9)
    averages = network.activation_map(inputs).mean(dim=(2, 3))
    torch.testing.assert_close(averages, network(inputs) - network.head.layers[0].bias)


def test_an_activation_map_points_at_the_place_that_matters() -> None:
    network = Pooled(torch.nn.Identity(), Head((3, 2)))
    inputs = torch.zeros(1, 3, 4, 4)
    inputs[0, 1, 2, 3] = 1
    fill_linear(network.head.layers[0], torch.tensor([[0.0, 1], [5, 0], [0, 0]]), torch.zeros(2))
    shares = network.activation_map(inputs)
    assert shares[0, 0].argmax() == 2 * 4 + 3
    assert shares[0, 1].abs().max() == 0
