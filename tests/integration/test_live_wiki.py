"""`LiveWiki` on a real MediaWiki: logging in, being kept out, and a wiki in trouble."""

import hashlib
import json
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.configfile import load
from bot.errors import (
    ConfigInvalid,
    NetworkFault,
    NotAllowed,
    PageClosed,
    Refused,
    RetryLater,
    ServerBusy,
    WrongWiki,
)
from bot.publish.entry import call_of
from bot.publish.live import LiveWiki, compare_host
from bot.publish.page import summary_for, with_calls
from bot.publish.template import NAME
from bot.publish.wikipages import pages_of
from bot.settings.publishing import PublishSettings
from rig import ApiFault, HttpFault, MediaWikiRig, answer, delay
from rig.media import samples
from support.live_wiki import ChildWiki
from support.outputs import an_entry

pytestmark = pytest.mark.rig

TITLE = "User:RigBot/Log/2026-11-22"
ODD_TITLES = [
    "File:L''été à l'île.jpg",
    "File:'''Bold'''.jpg",
    'File:"Quoted" & more.jpg',
    "File:東京 Łódź عربى 🐱.jpg",
    "File:A*b:c;d=e~~f.jpg",
    "File:50%.jpg",
    "File:-- !-- lookout 5 --.jpg",
    "File:=Heading=.jpg",
]
SETTINGS = PublishSettings(page_prefix="User:RigBot/Log")


@pytest.fixture(scope="module")
def child(
    booted_rig: MediaWikiRig, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ChildWiki]:
    login = booted_rig.accounts["RigBot"].bot_login
    with ChildWiki(booted_rig.api_url, tmp_path_factory.mktemp("live"), login=login) as live:
        yield live


@pytest.fixture
def wiki(rig: MediaWikiRig, child: ChildWiki) -> ChildWiki:
    """One account, logged in to a fresh wiki, with one page."""
    child.check()
    rig.client("Admin").edit(TITLE, "one")
    return child


def edits(rig: MediaWikiRig) -> int:
    """Count the edits that were asked for, whatever became of them."""
    return sum(
        request.post.get("action") == "edit" and request.post.get("bot") == "1"
        for request in rig.requests()
    )


# Logging in ---------------------------------------------------------------------------------------


def test_edits_are_marked_as_a_bots_and_carry_their_summary(
    rig: MediaWikiRig, wiki: ChildWiki
) -> None:
    wiki.save(wiki.read(TITLE), "two", summary_for(2, SETTINGS))
    newest = rig.client("Admin").get(
        action="query", list="recentchanges", rcprop="user|comment|flags", rclimit=1
    )["query"]["recentchanges"][0]
    assert (newest["user"], newest["bot"]) == ("RigBot", True)
    assert newest["comment"].startswith("2 automated suggestions for review")
    agents = {request.user_agent for request in rig.requests() if request.post.get("bot")}
    assert all("test@example.org" in agent for agent in agents)


def test_nothing_is_written_but_in_the_state_folder_and_that_is_private(wiki: ChildWiki) -> None:
    wiki.save(wiki.read(TITLE), "two", "")
    assert [list(folder.iterdir()) for folder in wiki.outside] == [[], []]
    assert stat.S_IMODE(wiki.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((wiki.state / "passwords").stat().st_mode) == 0o600
    wiki.close()
    assert not (wiki.state / "passwords").exists()


def test_a_wrong_password_stops_the_bot(rig: MediaWikiRig, tmp_path: Path) -> None:
    name, _ = rig.accounts["RigBot"].bot_login
    with (
        ChildWiki(rig.api_url, tmp_path, login=(name, "0" * 32)) as wiki,
        pytest.raises(NotAllowed, match="login was refused"),
    ):
        wiki.check()


def test_a_name_may_begin_with_a_small_letter(rig: MediaWikiRig, tmp_path: Path) -> None:
    name, password = rig.accounts["RigBot"].bot_login
    with ChildWiki(rig.api_url, tmp_path, login=(name.replace("R", "r", 1), password)) as wiki:
        wiki.check()


def test_an_account_without_the_bot_right_is_no_bot(rig: MediaWikiRig, tmp_path: Path) -> None:
    uploader = rig.accounts["Uploader"]
    with (
        ChildWiki(rig.api_url, tmp_path, login=(uploader.name, uploader.password)) as wiki,
        pytest.raises(NotAllowed, match="assert_right: user"),
    ):
        wiki.check()
    assert edits(rig) == 0


def test_a_first_trial_may_be_made_without_the_bot_right(rig: MediaWikiRig, tmp_path: Path) -> None:
    uploader = rig.accounts["Uploader"]
    login = (uploader.name, uploader.password)
    with ChildWiki(rig.api_url, tmp_path, login=login, assert_right="user") as wiki:
        wiki.check()
        wiki.save(wiki.read(TITLE), "one", "")
    assert rig.client("Admin").history(TITLE)[0].user == "Uploader"


def test_another_host_than_the_configured_one_is_never_written_to() -> None:
    site = SimpleNamespace(hostname=lambda: "test.wikipedia.org")
    with pytest.raises(WrongWiki, match=r"test\.wikipedia\.org"):
        compare_host(site, "https://commons.wikimedia.org/w/api.php")
    compare_host(site, "https://test.wikipedia.org/w/api.php")


def test_a_session_lost_before_a_save_is_renewed(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    page = wiki.read(TITLE)
    rig.runtime(apiErrors={"edit": ApiFault("assertbotfailed", "You are no bot", count=1)})
    with pytest.raises(ServerBusy, match="renewed"):
        wiki.save(page, "two", "")
    wiki.save(page, "two", "")
    assert wiki.read(TITLE).text == "two"


def test_a_session_lost_before_a_read_is_renewed(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    rig.reset()  # forgets every session
    with pytest.raises(ServerBusy, match="renewed"):
        wiki.read(TITLE)
    assert wiki.read(TITLE).revision == 0
    wiki.save(wiki.read(TITLE), "two", "")


def test_a_bot_right_lost_meanwhile_stops_the_bot(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    page = wiki.read(TITLE)
    rig.runtime(groupPermissions={"bot": {"bot": False}})
    with pytest.raises(NotAllowed, match="no bot right"):
        wiki.save(page, "two", "")


# Being kept out -----------------------------------------------------------------------------------


def test_a_blocked_bot_stops(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    rig.client("Admin").post("block", user="RigBot", reason="errs")
    with pytest.raises(NotAllowed, match=r"blocked.*The reason given: errs"):
        wiki.save(wiki.read(TITLE), "two", "")


def test_a_protected_page_is_closed(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    rig.client("Admin").post("protect", title=TITLE, protections="edit=sysop")
    with pytest.raises(PageClosed, match="protectedpage"):
        wiki.save(wiki.read(TITLE), "two", "")


def test_a_title_that_may_not_be_made_is_closed(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    absent = wiki.read("User:RigBot/Log/2026-11-23")
    rig.client("Admin").post("protect", title=absent.title, protections="create=sysop")
    with pytest.raises(PageClosed):
        wiki.save(absent, "one", "")


def test_a_bot_that_may_not_make_pages_stops(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    absent = wiki.read("User:RigBot/Log/2026-11-23")
    rig.runtime(groupPermissions={"*": {"createpage": False}, "user": {"createpage": False}})
    with pytest.raises(NotAllowed):
        wiki.save(absent, "one", "")


@pytest.mark.parametrize("text", ["{{nobots}}", "{{bots|deny=RigBot}}"])
def test_a_page_that_asks_bots_to_stay_away_is_closed(
    rig: MediaWikiRig, wiki: ChildWiki, text: str
) -> None:
    rig.client("Admin").edit("Template:Nobots", "-")
    rig.client("Admin").edit("Template:Bots", "-")
    rig.client("Admin").edit(TITLE, text)
    with pytest.raises(PageClosed, match="stay away"):
        wiki.read(TITLE)


def test_a_text_that_a_filter_refuses_is_no_reason_to_stop(
    rig: MediaWikiRig, wiki: ChildWiki
) -> None:
    page = wiki.read(TITLE)
    rig.runtime(apiErrors={"edit": ApiFault("abusefilter-disallowed", "No.")})
    with pytest.raises(Refused, match="abusefilter-disallowed") as caught:
        wiki.save(page, "two", "")
    assert not isinstance(caught.value, RetryLater)


def test_an_edit_that_failed_without_an_error_is_not_taken_for_saved(
    rig: MediaWikiRig, wiki: ChildWiki
) -> None:
    page = wiki.read(TITLE)
    failure = json.dumps({"edit": {"result": "Failure", "captcha": {"type": "image"}}})
    rig.http_faults(
        [answer(200, "action=edit", body=failure, content_type="application/json", count=1)]
    )
    with pytest.raises(Refused, match="captcha"):
        wiki.save(page, "two", "")


# A wiki in trouble --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "switch",
    [
        {"readOnly": "maintenance"},
        {"lag": 30},
        {"apiErrors": {"edit": ApiFault("ratelimited", "Too fast.")}},
        {"apiErrors": {"edit": ApiFault("failed-save", "Not saved.")}},
    ],
    ids=["read-only", "lagged", "rate-limited", "failed"],
)
def test_a_wiki_that_takes_no_edits_now_is_asked_once_and_later_again(
    rig: MediaWikiRig, wiki: ChildWiki, switch: dict[str, object]
) -> None:
    page = wiki.read(TITLE)
    rig.runtime(**switch)
    with pytest.raises(RetryLater):
        wiki.save(page, "two", "")
    assert edits(rig) == 1
    rig.runtime(**dict.fromkeys(switch))
    wiki.save(page, "two", "")
    assert wiki.read(TITLE).text == "two"


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (answer(429, "api.php", retry_after=60), 60.0),
        (answer(503, "api.php", retry_after=60), None),  # pywikibot forgets to look
        (answer(500, "api.php"), None),
        (answer(200, "api.php"), None),
        (delay(2.5, "api.php", count=1), None),
    ],
    ids=["429", "503", "500", "200 HTML", "silent"],
)
def test_a_web_server_in_trouble_is_left_alone_and_asked_again_later(
    rig: MediaWikiRig, wiki: ChildWiki, fault: HttpFault, pause: float | None
) -> None:
    page = wiki.read(TITLE)
    calls: list[Callable[[], object]] = [
        lambda: wiki.read(TITLE),
        lambda: wiki.save(page, "two", ""),
        wiki.check,
    ]
    for number, call in enumerate(calls):
        before = len(rig.requests())
        rig.http_faults([replace(fault, id=f"call-{number}")])
        with pytest.raises(RetryLater) as caught:
            call()
        assert caught.value.retry_after == pause
        assert len(rig.requests()) - before <= 2
    rig.http_faults([])
    wiki.check()
    wiki.save(wiki.read(TITLE), "two", "")
    assert wiki.read(TITLE).text == "two"


def test_a_wiki_out_of_reach_is_asked_again_later(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/w/api.php"
    with (
        ChildWiki(nowhere, tmp_path, login=("RigBot@pipeline", "0" * 32)) as wiki,
        pytest.raises((NetworkFault, ServerBusy)),
    ):
        wiki.check()


# What the text becomes ----------------------------------------------------------------------------


def test_every_odd_title_is_a_link_and_none_shows_its_picture(
    rig: MediaWikiRig, wiki: ChildWiki
) -> None:
    entries = [call_of(an_entry(number, title=title)) for number, title in enumerate(ODD_TITLES)]
    template = pages_of(SETTINGS)[f"Template:{NAME}"]
    rig.client("Admin").edit(f"Template:{NAME}", template)
    page = wiki.read("User:RigBot/Log/2026-11-24")
    wiki.save(page, with_calls(page.text, entries, SETTINGS), summary_for(7, SETTINGS))
    saved = wiki.read("User:RigBot/Log/2026-11-24")
    assert with_calls(saved.text, entries, SETTINGS) == saved.text
    parsed = rig.client("Admin").get(
        action="parse", page="User:RigBot/Log/2026-11-24", prop="links|images|text|properties"
    )["parse"]
    files = {link["title"] for link in parsed["links"] if link["ns"] == 6}
    assert files == set(ODD_TITLES)
    assert parsed["images"] == []
    assert "noindex" in parsed["properties"]
    assert len(re.findall("<li>", parsed["text"])) == len(ODD_TITLES)
    assert "{{" not in parsed["text"]


# Files and the log --------------------------------------------------------------------------------


def test_the_digest_is_that_of_the_current_version(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    robot = next(one for one in samples() if one.name == "Robot.png")
    info = rig.client("Uploader").upload("A.png", robot.bytes)
    assert wiki.sha1("File:A.png") == info["sha1"] == hashlib.sha1(robot.bytes).hexdigest()  # noqa: S324 - MediaWiki's
    assert wiki.sha1("File:None.png") is None


def test_a_file_moved_without_a_redirect_is_found(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    robot = next(one for one in samples() if one.name == "Robot.png")
    rig.client("Uploader").upload("A.png", robot.bytes, text="About A.")
    rig.client("Admin").move("File:A.png", "File:B.png", redirect=False)
    assert (wiki.read("File:A.png").title, wiki.read("File:A.png").text) == (
        "File:B.png",
        "About A.",
    )
    rig.client("Admin").delete("File:B.png")
    assert wiki.read("File:A.png").revision == 0


def test_a_page_moved_to_another_namespace_is_closed(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    rig.client("Admin").move(TITLE, "Gallery page")
    with pytest.raises(PageClosed, match="moved to Gallery page"):
        wiki.read(TITLE)


def test_a_tag_is_put_on_an_upload_once_and_the_page_stays_untouched(
    rig: MediaWikiRig, wiki: ChildWiki
) -> None:
    robot = next(one for one in samples() if one.name == "Robot.png")
    admin = rig.client("Admin")
    for number in range(3):
        rig.client("Uploader").upload(f"{number}.png", robot.bytes + bytes([number]))
    query = {"action": "query", "list": "logevents", "leprop": "ids|tags", "lelimit": 50}
    uploads = [one["logid"] for one in admin.get(**query, letype="upload")["query"]["logevents"]]
    before = [revision.id for revision in admin.history("File:0.png")]
    with pytest.raises(Refused, match="lookout"):
        wiki.tag(uploads, "lookout", "why")
    admin.post("managetags", operation="create", tag="lookout", reason="test")
    assert wiki.tag([*uploads, 999_999], "lookout", "why") == {999_999: "nosuchlogid"}
    assert wiki.tag(uploads, "lookout", "again") == {}
    events = admin.get(**query, letype="upload")["query"]["logevents"]
    assert [one["tags"] for one in events] == [["lookout"]] * 3
    assert len(admin.get(**query, letype="tag")["query"]["logevents"]) == 3
    assert [revision.id for revision in admin.history("File:0.png")] == before


def test_a_bot_that_may_not_make_tags_is_told(rig: MediaWikiRig, wiki: ChildWiki) -> None:
    with pytest.raises(Refused):
        wiki.make_tag("lookout", "test")
    rig.client("Admin").post("managetags", operation="create", tag="lookout", reason="test")
    rig.runtime(groupPermissions={"bot": {"managechangetags": True}})
    with pytest.raises(Refused):
        wiki.make_tag("other", "the bot password lacks the grant")


# Before the first write ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "user-config.py", "passwords"])
def test_a_state_that_others_can_write_is_refused_before_the_first_write(
    rig: MediaWikiRig, tmp_path: Path, name: str
) -> None:
    state = tmp_path / "pywikibot"
    state.mkdir(mode=0o700)
    shared = state / name
    if name:
        shared.write_text("family = 'elsewhere'", encoding="utf-8")
    shared.chmod(0o777)
    before = len(rig.requests())
    settings = tmp_path / "config.yaml"
    settings.write_text("publish: {mode: dry-run}", encoding="utf-8")
    with pytest.raises(ConfigInvalid, match="can be written by others"):
        LiveWiki(load(settings, {}), state)
    assert len(rig.requests()) == before
