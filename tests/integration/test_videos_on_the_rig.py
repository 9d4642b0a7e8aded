"""A long video on a real MediaWiki, seen by the stills that it renders.

The rig's video handler names stills as TimedMediaHandler does; that itself is in no Debian package.
"""

from collections.abc import Callable

import pytest

from rig import MediaWikiRig
from support.bot import settled
from support.deploy import PAGE_PREFIX, Deploy
from support.films import DRAWING, PHOTOGRAPH, film

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(420)]

READY_S = 60
SETTLE_S = 300
REQUESTS = 60
INFO = ("imageinfo", "videoinfo")
START_S, END_S, LENGTH_S = 290, 320, 600


def test_an_insert_in_ten_minutes_is_found_by_few_requests_and_its_time_is_named(
    rig: MediaWikiRig, deployed: Deploy, measured: Callable[[str], None]
) -> None:
    long = film((PHOTOGRAPH, START_S), (DRAWING, END_S - START_S), (PHOTOGRAPH, LENGTH_S - END_S))
    with deployed(rig) as bot:
        bot.wait_for_log("patrol.ready", READY_S)
        bot.wait_for_log("stream.connected", READY_S)
        rig.client("Uploader").upload("Ten minutes.webm", long)
        bot.wait_for(lambda status: settled(status, seen=1), SETTLE_S)
        (end,) = bot.ends()
        assert (end.state, end.verdict) == ("scored", "review")
        told = [line for line in bot.log_text().splitlines() if "video.watched" in line]
        assert len(told) == 1
        assert "source=stills" in told[0]
        stills = [seen for seen in rig.requests("/thumb/") if "seek" in seen.url]
        about = [seen for seen in rig.requests() if seen.post.get("prop") in INFO]
        asked = len(stills) + len(about)
        assert asked <= REQUESTS
        measured(f"on MediaWiki, a video of {LENGTH_S} s: {len(stills)} stills, {asked} requests")
        admin = rig.client("Admin")
        pages = admin.get(
            action="query", list="allpages", apnamespace=2, apprefix=f"{PAGE_PREFIX[5:]}/"
        )["query"]["allpages"]
        text = "".join(admin.text(page["title"]) or "" for page in pages)
        assert "4:5" in text or "5:0" in text or "5:1" in text
