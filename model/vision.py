"""torchvision beside a CPU-only torch. Import it from here: `from model.vision import torchvision`.

PyPI's torchvision links CUDA. Next to a torch without CUDA its compiled operators do not load, and
its import then fails, because it describes two of them to torch.compile that were never declared:
`operator torchvision::nms does not exist`. Declaring their schemas first is enough. The operators
themselves (boxes of detectors) stay unusable, and nothing here uses them.
"""

from typing import Final

import torch

_SCHEMAS: Final = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


# torch types neither of the two calls.
def _declared() -> torch.library.Library:
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for schema in _SCHEMAS:
        library.define(schema)  # type: ignore[no-untyped-call]
    return library


if torch.version.cuda is None:
    _OPERATORS = _declared()  # kept: the schemas vanish with the object

import torchvision  # noqa: E402 - only now can it be imported

__all__ = ["torchvision"]
