"""`model.image.decode` behind a process boundary: the way to open bytes from outside."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final, Self

from model.image import DEFAULT_LIMITS, DecodeLimits, Frame, Picture, decode
from model.isolation import IsolatedWorker, ProcessLimits

DECODE_TIMEOUT_S: Final = 30.0
DEFAULT_PROCESS: Final = ProcessLimits()


class IsolatedDecoder:
    """Decodes in one child process, one picture at a time. Safe to share between threads."""

    def __init__(
        self,
        *,
        limits: DecodeLimits = DEFAULT_LIMITS,
        target: int | None = None,
        process: ProcessLimits = DEFAULT_PROCESS,
    ) -> None:
        """Take `limits` and `target` as `model.image.decode` does."""
        self._limits = limits
        options = {"limits": asdict(limits), "target": target}
        self._worker = IsolatedWorker("model.decoder:serve", options=options, limits=process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def decode(self, data: bytes, *, timeout_s: float = DECODE_TIMEOUT_S) -> Picture:
        """Decode as `model.image.decode` does, raising what it raises.

        Raises:
            WorkerDied: the file crashed the decoder, or took too long or too much memory.
        """
        self._limits.check_size(data)  # before the child has to hold it
        answer = self._worker.call(data, timeout_s=timeout_s)
        frames = tuple(Frame(frame["pixels"], frame["index"]) for frame in answer.pop("frames"))
        return Picture(frames=frames, **answer | {"notes": tuple(answer["notes"])})

    def close(self) -> None:
        """End the child."""
        self._worker.close()


def serve(options: Mapping[str, Any]) -> Callable[[bytes], dict[str, Any]]:
    """Return the child's handler: bytes to the fields of a `Picture`."""
    limits = DecodeLimits(**options["limits"])
    target = options["target"]

    def handle(data: bytes) -> dict[str, Any]:
        return asdict(decode(data, limits=limits, target=target))

    return handle
