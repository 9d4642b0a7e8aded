"""SIGTERM in the midst of an edit of a real wiki."""

from collections import Counter

import pytest

from rig import MediaWikiRig
from support.bot import settled
from support.deploy import Deploy
from support.outcome import entries_on_wiki
from support.world import CAT

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(300)]

READY_S = 120
SETTLE_S = 120
GOODBYE_S = 12  # Toolforge sends SIGKILL 15 s after SIGTERM


def test_an_edit_under_way_keeps_no_bot_from_ending_and_is_made_once(
    rig: MediaWikiRig, deployed: Deploy
) -> None:
    with deployed(rig) as bot:
        bot.wait_for_log("patrol.ready", READY_S)
        with rig.hold(r"action=edit") as held:
            rig.client("Uploader").upload("Cat.jpg", CAT)
            held.wait_until_reached()
            assert bot.terminate(GOODBYE_S) == 0
        rig.settle()  # the wiki makes the edit, and nobody hears of it
        assert entries_on_wiki(rig).total() == 1
        bot.start()
        status = bot.wait_for(lambda status: settled(status, seen=1), SETTLE_S)
        assert status["states"]["scored"] == 1
        assert entries_on_wiki(rig) == Counter(end.log_id for end in bot.ends())
