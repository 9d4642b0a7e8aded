"""People on a real wiki stop the bot, opt out, and move its thresholds."""

from pathlib import Path
from typing import Any

import pytest

import bot.demo
from rig import MediaWikiRig
from rig.client import WikiClient
from support.bot import BotProcess, Status, settled
from support.deploy import rig_settings

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(300)]

RUN, OUT, JSON = "User:RigBot/Run", "User:RigBot/Opt-out", "User:RigBot/Thresholds.json"
DRAWINGS = Path(bot.demo.__file__).parent / "media" / "drawings"
READY_S = 60
SETTLE_S = 60


def start(rig: MediaWikiRig, folder: Path, **control: Any) -> BotProcess:
    """Start a live bot with the pages of a test, which it reads all the time."""
    name, password = rig.accounts["RigBot"].bot_login
    secrets = {"LOOKOUT_BOT_NAME": name, "LOOKOUT_BOT_PASSWORD": password}
    pages = {"run_page": "", "opt_out_page": "", "check_seconds": 0.2, **control}
    settings = rig_settings(rig) | {"control": pages}
    return BotProcess(folder / "bot", settings, secrets)


def upload(rig: MediaWikiRig, name: str, drawing: str = "cat_in_pencil.jpg") -> str:
    """Upload a drawing; return its title."""
    rig.client("Uploader").upload(name, (DRAWINGS / drawing).read_bytes())
    return f"File:{name}"


def log_pages(admin: WikiClient) -> str:
    """Return the text of all log pages."""
    pages = admin.get(action="query", list="allpages", apnamespace=2, apprefix="RigBot/Log/")
    return "".join(admin.text(page["title"]) or "" for page in pages["query"]["allpages"])


def contributions(admin: WikiClient) -> int:
    """Count the bot's edits."""
    answer = admin.get(action="query", list="usercontribs", ucuser="RigBot", uclimit=500)
    return len(answer["query"]["usercontribs"])


def decided(seen: int, unpublished: int) -> Any:
    """Return a condition: so many uploads are scored, and so many of them wait for their entry."""

    def condition(status: Status) -> bool:
        return bool(
            status["states"]["scored"] == seen == status["seen"]
            and status["unpublished"] == unpublished
        )

    return condition


def test_the_run_page_stops_the_edits_and_lets_them_go_on(
    rig: MediaWikiRig, tmp_path: Path
) -> None:
    admin, reviewer = rig.client("Admin"), rig.client("Reviewer")
    with start(rig, tmp_path, run_page=RUN) as running:
        running.wait_for_log("stream.connected", READY_S)
        first = upload(rig, "First.jpg")
        running.wait_for(decided(1, unpublished=1), SETTLE_S)
        running.wait_for_log(f"{RUN} does not exist", READY_S)
        assert log_pages(admin) == ""
        admin.edit(RUN, "true")
        running.wait_for(decided(1, unpublished=0), SETTLE_S)
        assert log_pages(admin).count(first) == 1
        revision = reviewer.edit(RUN, "It floods the page, stop.")["newrevid"]
        running.wait_for_log(f"{RUN}, revision {revision} by Reviewer, says", READY_S)
        edits = contributions(admin)
        second = upload(rig, "Second.jpg", "astronaut_in_pencil.jpg")
        running.wait_for(decided(2, unpublished=1), SETTLE_S)
        assert second not in log_pages(admin)
        assert contributions(admin) == edits
        reviewer.edit(RUN, "true <!-- mended -->")
        running.wait_for_log("control.resumed", READY_S)
        running.wait_for(decided(2, unpublished=0), SETTLE_S)
        assert log_pages(admin).count(second) == 1
        assert running.terminate(12) == 0


def test_an_uploader_opts_out_and_a_protected_page_moves_a_threshold(
    rig: MediaWikiRig, tmp_path: Path
) -> None:
    admin = rig.client("Admin")
    admin.edit(OUT, "People who do not want this:\n* [[User:Uploader|me]]")
    admin.edit(JSON, '{"drawn": {"image": 1.0}}')
    asked = {"page": JSON, "lowest": 0.5, "highest": 1.0}
    with start(rig, tmp_path, opt_out_page=OUT, thresholds=asked) as running:
        running.wait_for_log("control.opt-out", READY_S)
        upload(rig, "Private.jpg")
        running.wait_for(lambda status: settled(status, seen=1), SETTLE_S)
        admin.edit(OUT, "Nobody.")
        running.wait_for(lambda _: running.log_text().count("control.opt-out") == 2, SETTLE_S)
        running.wait_for_log("should be protected so that only sysop can edit it", READY_S)
        upload(rig, "Open.jpg", "photographer_in_pencil.jpg")
        running.wait_for(lambda status: settled(status, seen=2), SETTLE_S)
        admin.post("protect", title=JSON, protections="edit=sysop", expiry="infinite")
        running.wait_for_log("drawn.image 0.5 → 1", READY_S)
        assert "by Admin" in running.log_text()
        upload(rig, "Protected.jpg", "astronaut_in_pencil.jpg")
        running.wait_for(lambda status: settled(status, seen=3), SETTLE_S)
        ends = {end.title: end.reason or end.verdict for end in running.ends()}
    assert ends == {
        "File:Private.jpg": "opted-out",
        "File:Open.jpg": "review",
        "File:Protected.jpg": "cleared",
    }
