"""Settings read from text, and the words in which text is refused."""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.configfile import load
from bot.errors import ConfigInvalid

# Enough to be allowed to edit, apart from the credentials.
LIVE = "publish: {mode: live}\nwiki: {contact: 'User:Operator'}\n"


def read(file: Path, text: str, **environment: str) -> Settings:
    """Write `text` to `file` and load it, with these environment variables and no others."""
    file.write_text(text, encoding="utf-8")
    return load(file, environment)


def refusal(file: Path, text: str, **environment: str) -> str:
    """Return the words in which `text` is refused, with a short name for the file."""
    with pytest.raises(ConfigInvalid) as caught:
        read(file, text, **environment)
    return str(caught.value).replace(str(file), "config.yaml")
