"""The same graph for torch.export, which is to succeed TorchScript."""

import io
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import Dim

_EXAMPLE_SHAPE = (2, 30, 40, 3)
_LONGEST_EDGE = 32_768
_LARGEST_BATCH = 1024


def export_program(module: nn.Module) -> bytes:
    """Return `module.forward`, for any batch and picture size, as a `.pt2` archive."""
    example = torch.zeros(_EXAMPLE_SHAPE, dtype=torch.uint8)
    edges = Dim("height", min=2, max=_LONGEST_EDGE), Dim("width", min=2, max=_LONGEST_EDGE)
    shapes = {0: Dim("batch", min=1, max=_LARGEST_BATCH), 1: edges[0], 2: edges[1]}
    program = torch.export.export(
        module.eval().requires_grad_(requires_grad=False), (example,), dynamic_shapes=(shapes,)
    )
    for node in program.graph.nodes:
        # Holds paths of the building machine; without them two builds give the same bytes.
        node.meta.pop("stack_trace", None)
    archive = io.BytesIO()
    torch.export.save(program, archive)
    return archive.getvalue()


def load_program(path: Path) -> Callable[[Tensor], Tensor]:
    """Load a `.pt2`: uint8 RGB (N, H, W, 3) to float32 probabilities (N, labels)."""
    return torch.export.load(path).module()
