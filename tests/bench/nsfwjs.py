"""nsfwjs itself, under Node, in turn with something of ours."""

import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.sidebyside import MS, Sample
from bot.home import home
from model.errors import SourceUnavailable

PACKAGES = ("nsfwjs@4.4.0", "@tensorflow/tfjs@4.22.0", "buffer@6.0.3")
SCRIPT = Path(__file__).with_name("time_nsfwjs.mjs").resolve()
MODEL = "MobileNetV2Mid"
PICTURES = 3  # a round, so that one start of Node serves several
INSTALL_TIMEOUT_S = 300.0
ROUND_TIMEOUT_S = 120.0


def installed() -> Path:
    """Return the folder with nsfwjs, installed by npm into the state folder if it is not there.

    Raises:
        SourceUnavailable: there is no npm, or it cannot fetch the packages (335 MB).
    """
    folder = home() / "bench" / "nsfwjs"
    if not all(shutil.which(program) for program in ("node", "npm")):
        raise SourceUnavailable("node and npm are not installed")
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}", encoding="utf-8")
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        try:
            _output(install, folder, INSTALL_TIMEOUT_S)
        except SourceUnavailable:
            shutil.rmtree(folder)
            raise
    return folder


def beside(
    folder: Path, picture: NDArray[np.uint8], ours: Callable[[], object], *, rounds: int
) -> tuple[Sample, Sample]:
    """Return processor time for each picture, ours and theirs, in rounds that take turns.

    Args:
        folder: from `installed`.
        picture: uint8 RGB (H, H, 3), of the size that the model takes.
        ours: scores that picture.
        rounds: how often each gets its turn; of a round its median counts.
    """
    run = ["node", str(SCRIPT), MODEL, str(picture.shape[0]), str(PICTURES)]
    theirs: list[float] = []
    own: list[float] = []
    for _ in range(rounds):
        answer = _output(run, folder, ROUND_TIMEOUT_S, picture.tobytes())
        theirs.append(statistics.median(json.loads(answer)))
        own.append(statistics.median(_milliseconds(ours) for _ in range(PICTURES)))
    return Sample("lookout", own, "ms"), Sample("nsfwjs", theirs, "ms")


def _milliseconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return MS * (time.process_time() - started)


def _output(command: list[str], folder: Path, timeout_s: float, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            command, cwd=folder, check=True, capture_output=True, input=given, timeout=timeout_s
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode("utf-8", "replace")[-500:]
        raise SourceUnavailable(f"{command[0]} {command[1]} failed: {last}") from error
    except subprocess.TimeoutExpired as error:
        raise SourceUnavailable(f"{command[0]} took more than {timeout_s:g} s") from error
    return done.stdout
