"""The one place that speaks TorchScript.

Every entry point of `torch.jit` warns that torch.export is its successor. TorchScript stays
because it loads in a tenth of a second, without a compiler and without torch's exporter, which
alone takes seconds and 70 MB more.
"""

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from model.networks.pipeline import Pipeline

Graph = torch.jit.ScriptModule

_EXAMPLE_SHAPE = (1, 300, 400, 3)
_WRITTEN_BY_THE_WRITER = ("version", "byteorder", ".data/serialization_id")
_RUNS_TO_FUSE = 3
"""Two that observe shapes, and one that pays for compiling."""


@contextmanager
def without_deprecation_warnings() -> Iterator[None]:
    """Keep what torch says of its successors out of every log: see above."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`torch\.jit\.\w+` is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", r"torch\.quantize_per_tensor, .* deprecated", UserWarning)
        yield


def freeze(pipeline: Pipeline) -> bytes:
    """Return a pipeline, traced and frozen, as a TorchScript archive with the same methods."""
    pixels = torch.zeros(_EXAMPLE_SHAPE, dtype=torch.uint8)
    with torch.no_grad():
        prepared = pipeline.eval().prepare(pixels)
    examples = {"forward": pixels, "prepare": pixels, "score": prepared, "explain": prepared}
    return freeze_methods(pipeline, examples)


def freeze_methods(module: nn.Module, examples: Mapping[str, Tensor]) -> bytes:
    """Return a module's methods, traced on an example each and frozen, as an archive."""
    with torch.no_grad(), without_deprecation_warnings():
        traced = torch.jit.trace_module(  # type: ignore[no-untyped-call]
            module.eval(), dict(examples), check_trace=False
        )
        frozen = torch.jit.freeze(traced, preserved_attrs=list(examples.keys() - {"forward"}))
        archive = io.BytesIO()
        torch.jit.save(frozen, archive)
    return _without_source_locations(archive.getvalue())


def load(path: Path) -> Graph:
    """Load an archive onto the CPU."""
    with without_deprecation_warnings():
        return torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call, no-any-return]


def fuse(graph: Graph, pixels: Tensor) -> None:
    """Let oneDNN compile `graph.score` for as many pictures as there are in `pixels`.

    Other numbers still give right answers, slowly.
    """
    with torch.inference_mode(), _onednn_fusion():
        prepared = graph.prepare(pixels)
        for _ in range(_RUNS_TO_FUSE):
            graph.score(prepared)


@contextmanager
def _onednn_fusion() -> Iterator[None]:
    # A switch of the whole process, looked at when a graph is optimised.
    before = torch.jit.onednn_fusion_enabled()  # type: ignore[no-untyped-call]
    torch.jit.enable_onednn_fusion(True)  # noqa: FBT003
    try:
        yield
    finally:
        torch.jit.enable_onednn_fusion(before)


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
