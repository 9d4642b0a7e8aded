"""Reading TensorFlow.js weights without a JavaScript engine."""

import base64

import numpy as np
import pytest

from model.errors import SourceUnavailable
from model.sources.tfjs import Entry, dequantise, read_manifest, read_shard

MANIFEST = (
    'a={modelTopology:{node:[{name:"input",op:"Placeholder"}]},weightsManifest:[{paths:["s"],'
    'weights:[{name:"k",shape:[2,3],dtype:"float32",'
    'quantization:{min:-1.5,scale:.25,dtype:"uint8"}},'
    '{name:"two",shape:[],dtype:"float32",quantization:{min:2,scale:1e-3,dtype:"uint8"}}]}]}'
)


def test_manifest_entries_keep_the_order_of_the_bytes() -> None:
    assert read_manifest(MANIFEST) == [
        Entry("k", (2, 3), -1.5, 0.25),
        Entry("two", (), 2.0, 0.001),
    ]


def test_a_manifest_with_unquantised_weights_is_refused() -> None:
    unquantised = MANIFEST.replace(',quantization:{min:-1.5,scale:.25,dtype:"uint8"}', "")
    with pytest.raises(SourceUnavailable, match="not of the known form"):
        read_manifest(unquantised)


def test_a_shard_gives_back_its_bytes() -> None:
    stored = bytes(range(256)) * 4
    wrapped = f'!function(t){{e.exports="{base64.b64encode(stored).decode()}"}}()'
    assert read_shard(wrapped) == stored


def test_a_shard_without_its_string_is_refused() -> None:
    with pytest.raises(SourceUnavailable, match="not of the known form"):
        read_shard("module.exports = {}")


def test_values_are_minimum_plus_scale_times_byte() -> None:
    tensors = dequantise([Entry("k", (2, 2), -1.0, 0.5)], bytes([0, 1, 2, 255]))
    np.testing.assert_array_equal(tensors["k"].numpy(), [[-1.0, -0.5], [0.0, 126.5]])


def test_missing_bytes_are_refused() -> None:
    with pytest.raises(SourceUnavailable, match="differ in length"):
        dequantise([Entry("k", (4,), 0.0, 1.0)], b"\x00" * 3)
