"""Where this installation keeps what it makes: ledger, models, the wiki client's state."""

import os
from pathlib import Path

HOME_VARIABLE = "LOOKOUT_HOME"
MODELS_VARIABLE = "LOOKOUT_MODELS"


def home() -> Path:
    """Return the state folder: `$LOOKOUT_HOME`, else `var/` in the working directory."""
    return Path(os.environ.get(HOME_VARIABLE) or "var").resolve()


def models_folder() -> Path:
    """Return the folder that holds one sub-folder per installed model bundle.

    It is `$LOOKOUT_MODELS`, for models that come with the program rather than with its state, else
    `models` in the state folder.
    """
    return Path(os.environ.get(MODELS_VARIABLE) or home() / "models").resolve()
