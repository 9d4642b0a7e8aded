"""What the children of test_isolation.py are made to do."""

import ctypes
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from model import errors


def serve(options: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return a handler that does what its payload names."""

    def handle(payload: Any) -> Any:
        return _DEEDS[payload["do"]](payload, options)

    return handle


def refuse(options: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Fail to start, as a worker does whose model is not installed."""
    raise errors.BundleMissing(f"install {options['name']} first")


def _segfault(*_: object) -> None:
    ctypes.string_at(0)


def _hang(*_: object) -> None:
    while True:
        time.sleep(3600)


def _begin(*_: object) -> None:
    os.write(int(sys.argv[1]), b"\1\0")  # of the four bytes that a message begins with
    _hang()


def _spin(*_: object) -> None:
    while True:
        pass


_leaked: list[bytes] = []


def _leak(payload: Any, _: object) -> int:
    _leaked.append(b"\xff" * payload["bytes"])
    return os.getpid()


def _hog(*_: object) -> list[bytes]:
    kept = []
    while True:
        kept.append(b"\xff" * 2**24)


def _fail(payload: Any, _: object) -> None:
    raise getattr(errors, payload["error"])(payload["message"])


def _claim(payload: Any, _: object) -> None:
    raise type(payload["error"], (errors.LookoutError,), {})("made up")


def _bug(*_: object) -> None:
    raise ZeroDivisionError("a bug")


def _flood(*_: object) -> bytes:
    return bytes(2**21)


_DEEDS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "echo": lambda payload, _: payload["value"],
    "pid": lambda *_: os.getpid(),
    "double": lambda payload, _: np.asarray(payload["array"]) * 2,
    "options": lambda _, options: dict(options),
    "environment": lambda *_: dict(os.environ),
    "core size": lambda *_: resource.getrlimit(resource.RLIMIT_CORE)[0],
    "object": lambda *_: object(),
    "segfault": _segfault,
    "hang": _hang,
    "begin": _begin,
    "hog": _hog,
    "leak": _leak,
    "spin": _spin,
    "fail": _fail,
    "claim": _claim,
    "bug": _bug,
    "flood": _flood,
}
