"""torchvision is usable beside a CPU-only torch."""

import subprocess
import sys

import torch

from model.vision import torchvision


def test_a_backbone_of_torchvision_runs() -> None:
    network = torchvision.models.mobilenet_v3_small().eval()
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 1000)


def test_the_shim_comes_first_whoever_imports_torch_before() -> None:
    program = "import torch; from model.vision import torchvision; print(torchvision.__version__)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("0.28.")
