"""Records what the original runtimes answer for the golden pictures.

Run once per model: for nsfwjs with a folder in which it is installed (see record_golden.mjs),
for open_nsfw with the ONNX file out of the wheel.

    python tests/model/record_golden.py nsfwjs-mobilenet-v2-mid NODE_FOLDER
    python tests/model/record_golden.py open-nsfw open-nsfw.onnx
"""

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from model.golden_pictures import GOLDEN, fingerprint, golden_pictures

OPEN_NSFW = "open-nsfw"
OPEN_NSFW_SIZE = 256
NSFWJS_MODELS = {
    "nsfwjs-mobilenet-v2": ("MobileNetV2", 224),
    "nsfwjs-mobilenet-v2-mid": ("MobileNetV2Mid", 224),
    "nsfwjs-inception-v3": ("InceptionV3", 299),
}
SCRIPT = Path(__file__).with_suffix(".mjs").resolve()


def ask_nsfwjs(model: str, size: int, node_folder: Path) -> dict[str, Any]:
    """Return `{runtime, scores}` as nsfwjs gives them under Node."""
    with tempfile.TemporaryDirectory() as folder:
        for name, pixels in golden_pictures(size).items():
            Path(folder, f"{name}.rgb").write_bytes(pixels.tobytes())
        command = ["node", str(SCRIPT), model, str(size), folder]
        answer = subprocess.run(command, cwd=node_folder, check=True, stdout=subprocess.PIPE)
    return json.loads(answer.stdout)  # type: ignore[no-any-return]


def ask_onnxruntime(onnx_file: Path) -> dict[str, Any]:
    """Return `{runtime, scores}` as onnxruntime gives them after Yahoo's own preprocessing."""
    session = onnxruntime.InferenceSession(onnx_file)
    scores = {}
    for name, pixels in golden_pictures(OPEN_NSFW_SIZE).items():
        (answer,) = session.run(None, {session.get_inputs()[0].name: prepare_like_yahoo(pixels)})
        scores[name] = answer[0].tolist()
    return {"runtime": f"onnxruntime {onnxruntime.__version__}, Pillow's JPEG", "scores": scores}


def prepare_like_yahoo(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Follow classify_nsfw.py: JPEG, the middle 224 pixels, BGR, less the means."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG")
    middle = np.asarray(Image.open(file), dtype=np.float32)[16:240, 16:240]
    return (middle[:, :, ::-1] - np.array([104, 117, 123], dtype=np.float32))[None]


def write_golden(bundle: str, size: int, recorded: dict[str, Any]) -> Path:
    """Write `model/golden/<bundle>.json`."""
    pixels = {name: fingerprint(picture) for name, picture in golden_pictures(size).items()}
    path = GOLDEN / f"{bundle}.json"
    record = {"runtime": recorded["runtime"], "size": size, "pixels": pixels}
    path.write_text(json.dumps(record | {"scores": recorded["scores"]}, indent=2) + "\n")
    return path


if __name__ == "__main__":
    bundle_name, source = sys.argv[1:]
    if bundle_name == OPEN_NSFW:
        input_size, answer = OPEN_NSFW_SIZE, ask_onnxruntime(Path(source))
    else:
        nsfwjs_name, input_size = NSFWJS_MODELS[bundle_name]
        answer = ask_nsfwjs(nsfwjs_name, input_size, Path(source))
    sys.stdout.write(f"{write_golden(bundle_name, input_size, answer)}\n")
