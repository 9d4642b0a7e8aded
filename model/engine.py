"""Runs a graph on batches of the sizes it was compiled for."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from model import torchscript


class Engine:
    """A graph from disk, compiled once per batch size.

    Args:
        archive: A TorchScript file whose hash has been checked.
        batch: Largest number of pictures run at once. What is left over runs one by one, so
            that there are two compiled graphs at most; each takes memory of its own.
        fused: Whether oneDNN compiles the graph: half the time, some 30 MB more.
    """

    def __init__(self, archive: Path, *, batch: int, fused: bool) -> None:
        self._archive = archive
        self._batch = batch
        self._fused = fused
        self._graph = torchscript.load(archive)
        self._graphs: dict[int, torchscript.Graph] = {}
        self._compiled(batch)

    def score(self, pictures: Sequence[Tensor]) -> list[Tensor]:
        """Give float32 probabilities (labels,) for pictures, each uint8 RGB (1, H, W, 3)."""
        scores: list[Tensor] = []
        with torch.inference_mode():
            while len(scores) < len(pictures):
                left = len(pictures) - len(scores)
                chunk = pictures[len(scores) :][: self._batch if left >= self._batch else 1]
                prepared = torch.cat([self._graph.prepare(pixels) for pixels in chunk])
                scores += self._compiled(len(chunk)).score(prepared)
        return scores

    def explain(self, pixels: Tensor) -> Tensor:
        """Give each place's share in each logit of a picture (1, H, W, 3), (1, labels, h, w)."""
        with torch.inference_mode():
            return self._graph.explain(self._graph.prepare(pixels))  # type: ignore[no-any-return]

    def _compiled(self, count: int) -> torchscript.Graph:
        if not self._fused:
            return self._graph
        if count not in self._graphs:
            graph = torchscript.load(self._archive) if self._graphs else self._graph
            torchscript.fuse(graph, torch.zeros((count, 1, 1, 3), dtype=torch.uint8))
            self._graphs[count] = graph
        return self._graphs[count]
