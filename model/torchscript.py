"""The one place that speaks TorchScript.

Every entry point of `torch.jit` warns that torch.export is its successor. TorchScript stays
because it loads without compiling, in a second and without a compiler on the machine.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

METHODS = ["forward", "squash", "explain"]
"""What survives freezing of `model.networks.pipeline.Pipeline`."""

_EXAMPLE_SHAPE = (1, 300, 400, 3)
_WRITTEN_BY_THE_WRITER = ("version", "byteorder", ".data/serialization_id")


@contextmanager
def _without_deprecation_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.\w+` is deprecated", DeprecationWarning)
        yield


def freeze(module: nn.Module) -> bytes:
    """Return `module`, traced and frozen, as a TorchScript archive.

    Args:
        module: A `Pipeline`; its methods take uint8 RGB (N, H, W, 3) of any size.
    """
    pixels = torch.zeros(_EXAMPLE_SHAPE, dtype=torch.uint8)
    with torch.no_grad(), _without_deprecation_warnings():
        traced = torch.jit.trace_module(  # type: ignore[no-untyped-call]
            module.eval(), dict.fromkeys(METHODS, pixels), check_trace=False
        )
        frozen = torch.jit.freeze(traced, preserved_attrs=METHODS[1:])
        archive = io.BytesIO()
        torch.jit.save(frozen, archive)
    return _without_source_locations(archive.getvalue())


def load(path: Path) -> torch.jit.ScriptModule:
    """Load an archive onto the CPU."""
    with _without_deprecation_warnings():
        return torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call, no-any-return]


def predict(graph: torch.jit.ScriptModule, pixels: Tensor) -> Tensor:
    """Run `forward`: uint8 RGB (N, H, W, 3) to float32 probabilities (N, labels)."""
    with torch.inference_mode():
        return graph(pixels)  # type: ignore[no-any-return]


def _without_source_locations(archive: bytes) -> bytes:
    """Drop the debugging records, which hold paths of the building machine.

    What is left depends on the weights and on torch's version only, so that two builds give
    the same bytes.
    """
    reader = torch._C.PyTorchFileReader(io.BytesIO(archive))  # noqa: SLF001 - as torch.serialization does
    stripped = io.BytesIO()
    writer = torch._C.PyTorchFileWriter(stripped)  # noqa: SLF001 - same reason
    for name in reader.get_all_records():
        if not name.endswith(".debug_pkl") and name not in _WRITTEN_BY_THE_WRITER:
            record = reader.get_record(name)
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()
    return stripped.getvalue()
