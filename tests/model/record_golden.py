"""Records what the original runtimes answer for the golden pictures.

Run once per model, after installing nsfwjs in a scratch folder; see record_golden.mjs:

    python tests/model/record_golden.py nsfwjs-mobilenet-v2-mid SCRATCH_FOLDER
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from model.golden_pictures import GOLDEN, fingerprint, golden_pictures

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


def write_golden(bundle: str, size: int, recorded: dict[str, Any]) -> Path:
    """Write `model/golden/<bundle>.json`."""
    pixels = {name: fingerprint(picture) for name, picture in golden_pictures(size).items()}
    path = GOLDEN / f"{bundle}.json"
    record = {"runtime": recorded["runtime"], "size": size, "pixels": pixels}
    path.write_text(json.dumps(record | {"scores": recorded["scores"]}, indent=2) + "\n")
    return path


if __name__ == "__main__":
    bundle_name, scratch = sys.argv[1:]
    nsfwjs_name, input_size = NSFWJS_MODELS[bundle_name]
    answer = ask_nsfwjs(nsfwjs_name, input_size, Path(scratch))
    sys.stdout.write(f"{write_golden(bundle_name, input_size, answer)}\n")
