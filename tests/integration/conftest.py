"""A bot for the rig."""

from pathlib import Path

import pytest

from rig import MediaWikiRig
from support.bot import BotProcess
from support.deploy import Deploy, rig_settings


@pytest.fixture
def deployed(tmp_path: Path) -> Deploy:
    """Return a function that sets a bot up for a rig, not started yet."""

    def deploy(rig: MediaWikiRig) -> BotProcess:
        name, password = rig.accounts["RigBot"].bot_login
        secrets = {"LOOKOUT_BOT_NAME": name, "LOOKOUT_BOT_PASSWORD": password}
        return BotProcess(tmp_path / "bot", rig_settings(rig), secrets)

    return deploy
