"""The default model beside other runtimes on the same weights, on one thread."""

import tempfile
import warnings
from collections.abc import Callable, Iterator

import onnxruntime
import torch

from bench import nsfwjs
from bench.sidebyside import Bound, Line, Missing, Note, Row, interleaved
from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE, Bundle, open_bundle
from model.classifier import Classifier
from model.errors import SourceUnavailable
from model.golden_pictures import Pixels, golden_pictures
from model.install import CACHE
from model.networks.pipeline import Pipeline
from model.sources.builders import BUILDERS
from model.sources.catalogue import describe
from model.sources.package_files import read_members

ROUNDS = 60
WARM_UP_ROUNDS = 3
NODE_ROUNDS = 3
FLOAT32 = Bound("at most", 1.10)
BFLOAT16 = Bound("at most", 0.70)
BESIDE_NODE = Bound("at most", 0.02)  # fifty times as fast


def measure(*, quick: bool) -> Iterator[Line]:
    """Measure onnxruntime, then nsfwjs under Node."""
    bundle = open_bundle(models_folder())
    picture = golden_pictures(bundle.card.input.size)["astronaut"]
    exact, ours = Classifier(bundle, precision="fp32"), Classifier(bundle)
    runs: dict[str, Callable[[], object]] = {
        "onnxruntime fp32": onnx_run(bundle, picture),
        "lookout fp32": lambda: exact.classify([picture]),
    }
    if ours.provenance.precision == "bf16":
        runs["lookout bf16"] = lambda: ours.classify([picture])
    onnx, float32, *half = interleaved(runs, rounds=2 if quick else ROUNDS, warm_up=WARM_UP_ROUNDS)
    yield Row("picture, float32", float32, onnx, FLOAT32)
    if half:
        yield Row("picture, bfloat16", half[0], onnx, BFLOAT16)
    else:
        yield Note("model: float32 is as fast as bfloat16 on this processor, and is used here")
    yield Note(
        "model: processor time of one thread; ours start from decoded pixels of "
        f"{bundle.card.input.size} x {bundle.card.input.size}, onnxruntime "
        f"{onnxruntime.__version__} from the prepared tensor"
    )
    if not quick:
        yield from _beside_node(picture, ours)


def _beside_node(picture: Pixels, ours: Classifier) -> Iterator[Line]:
    try:
        folder = nsfwjs.installed()
    except SourceUnavailable as reason:
        yield Missing("nsfwjs under Node", str(reason))
        return
    lookout, node = nsfwjs.beside(
        folder, picture, lambda: ours.classify([picture]), rounds=NODE_ROUNDS
    )
    yield Row("picture, beside nsfwjs", lookout, node, BESIDE_NODE)
    yield Note("nsfwjs: in plain JavaScript, which is what npm installs; processor time of Node")


def onnx_run(bundle: Bundle, picture: Pixels) -> Callable[[], object]:
    """Return a run of onnxruntime, on one thread, with the weights of the package in the cache."""
    package = bundle.folder.parent / CACHE / describe(bundle.name).package.file
    pipeline = BUILDERS[DEFAULT_BUNDLE](read_members(package, bundle.card.members)).eval()
    prepared = pipeline.prepare(torch.from_numpy(picture)[None])
    session = _session(pipeline, prepared)
    values = {"prepared": prepared.numpy()}
    return lambda: session.run(None, values)


def _session(pipeline: Pipeline, prepared: torch.Tensor) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    scorer = torch.nn.Sequential(pipeline.network, torch.nn.Softmax(dim=1))
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file, warnings.catch_warnings():
        # The exporter that needs no further package is the older one, which says so.
        warnings.simplefilter("ignore", DeprecationWarning)
        # onnxruntime folds constants itself.
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)
        torch.onnx.export(scorer, (prepared,), file.name, dynamo=False, input_names=["prepared"])
        return onnxruntime.InferenceSession(file.name, options)
