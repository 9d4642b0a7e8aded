"""`lookout wiki setup` on a real MediaWiki."""

import subprocess

import pytest

from rig import MediaWikiRig
from support.bot import LOOKOUT, BotProcess
from support.deploy import PAGE_PREFIX, Deploy

pytestmark = pytest.mark.rig
SETUP_TIMEOUT_S = 120.0
TEMPLATE = "Template:Commons Lookout entry"
TAG_REFUSED = 1  # a bot may not make change tags; the command tells whom to ask


def set_up(bot: BotProcess) -> dict[str, str]:
    """Run the command as an operator would; return what it says became of each page."""
    done = subprocess.run(
        [LOOKOUT, "wiki", "setup", "--live", "--config", bot.config],
        env=bot._environment,
        cwd=bot.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=SETUP_TIMEOUT_S,
    )
    assert done.returncode == TAG_REFUSED, done.stderr
    rows = (row.rpartition(": ") for row in done.stdout.splitlines())
    return {title: said for title, _, said in rows}


def test_setup_makes_its_pages_once_and_leaves_what_people_changed(
    rig: MediaWikiRig, deployed: Deploy
) -> None:
    bot = deployed(rig)
    first, second = set_up(bot), set_up(bot)
    assert {TEMPLATE, f"{TEMPLATE}/doc", PAGE_PREFIX} <= first.keys()
    assert all(first[title] == "made" for title in (TEMPLATE, PAGE_PREFIX))
    assert all(second[title] == "same as before" for title in (TEMPLATE, PAGE_PREFIX))
    reader = rig.client("Uploader")
    assert len(reader.history(TEMPLATE)) == 1
    reader.edit(TEMPLATE, "a person's own")
    set_up(bot)
    assert reader.text(TEMPLATE) == "a person's own"
