"""Times the default model beside other runtimes on the same weights, one picture at a time.

    PYTHONPATH=tests python -m bench.bench_model [--with-node]

Everything runs on one thread. Runs of the contenders alternate, so that what else the machine
does falls on all of them alike; what counts is the ratio of the medians.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE, Bundle, open_bundle
from model.classifier import Classifier
from model.golden_pictures import Pixels, golden_pictures
from model.install import CACHE
from model.networks.pipeline import Pipeline
from model.sources.builders import BUILDERS
from model.sources.package_files import read_members

ROUNDS = 60
WARM_UP_ROUNDS = 3
NODE_RUNS = 5
NODE_PACKAGES = ("nsfwjs@4.4.0", "@tensorflow/tfjs@4.22.0", "buffer@6.0.3")
NODE_SCRIPT = Path(__file__).with_name("time_nsfwjs.mjs").resolve()

Contenders = Mapping[str, Callable[[], object]]


def main() -> None:
    """Print medians in milliseconds, and ratios to onnxruntime."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with-node", action="store_true", help="also nsfwjs; 335 MB from npm")
    arguments = parser.parse_args()
    bundle = open_bundle(models_folder())
    picture = golden_pictures(bundle.card.input.size)["astronaut"]
    medians = alternate(contenders(bundle, picture), rounds=ROUNDS)
    if arguments.with_node:
        medians["nsfwjs under Node"] = statistics.median(time_nsfwjs(picture))
    report(medians)


def contenders(bundle: Bundle, picture: Pixels) -> Contenders:
    """Return the runtimes; ours start from the decoded picture, onnxruntime from its tensor."""
    float32 = Classifier(bundle, precision="fp32")
    chosen = Classifier(bundle)
    pipeline = rebuild(bundle)
    prepared = pipeline.prepare(torch.from_numpy(picture)[None]).numpy()
    session = onnx_session(pipeline, prepared)
    return {
        "onnxruntime fp32": lambda: session.run(None, {"prepared": prepared}),
        "lookout fp32": lambda: float32.classify([picture]),
        f"lookout {chosen.provenance.precision} (default)": lambda: chosen.classify([picture]),
    }


def rebuild(bundle: Bundle) -> Pipeline:
    """Build the network anew from the package in the cache."""
    package = bundle.folder.parent / CACHE / bundle.card.package.file
    return BUILDERS[DEFAULT_BUNDLE](read_members(package, bundle.card.members)).eval()


def onnx_session(
    pipeline: Pipeline, prepared: np.typing.NDArray[np.float32]
) -> onnxruntime.InferenceSession:
    """Give onnxruntime the same weights, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    scorer = torch.nn.Sequential(pipeline.network, torch.nn.Softmax(dim=1)).eval()
    example = torch.from_numpy(prepared)
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file, warnings.catch_warnings():
        # TorchScript and the exporter that needs no further package both call themselves old.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", "no signature found", UserWarning)
        frozen = torch.jit.freeze(torch.jit.trace(scorer, example))  # type: ignore[no-untyped-call]
        torch.onnx.export(frozen, (example,), file.name, dynamo=False, input_names=["prepared"])
        return onnxruntime.InferenceSession(file.name, options)


def alternate(runs: Contenders, *, rounds: int) -> dict[str, float]:
    """Return each contender's median, milliseconds, over rounds in which each runs once."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(WARM_UP_ROUNDS + rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            taken[name].append(1000 * (time.perf_counter() - started))
    return {name: statistics.median(times[WARM_UP_ROUNDS:]) for name, times in taken.items()}


def time_nsfwjs(picture: Pixels) -> list[float]:
    """Install nsfwjs in a scratch folder and return its milliseconds per picture."""
    with tempfile.TemporaryDirectory() as folder:
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *NODE_PACKAGES]
        Path(folder, "package.json").write_text("{}")
        subprocess.run(install, cwd=folder, check=True, capture_output=True)
        run = ["node", str(NODE_SCRIPT), "MobileNetV2Mid", str(picture.shape[0]), str(NODE_RUNS)]
        answer = subprocess.run(
            run, cwd=folder, check=True, capture_output=True, input=picture.tobytes()
        )
    return [float(value) for value in json.loads(answer.stdout)]


def report(medians: Mapping[str, float]) -> None:
    """Print a table."""
    base = medians["onnxruntime fp32"]
    for name, median in medians.items():
        ratio = median / base
        sys.stdout.write(f"{name:<28}{median:>10.1f} ms{ratio:>10.2f} x onnxruntime\n")


if __name__ == "__main__":
    main()
