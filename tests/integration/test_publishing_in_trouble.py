"""Many uploads to pages, categories and tags, each once, on a wiki where everything goes wrong.

A second account edits the log pages all the time. Meanwhile the wiki lags, limits rates, is read-
only, protects and deletes a log page, moves files, has a filter against one entry, and blocks the
bot; and the bot is killed. LOOKOUT_TROUBLE_UPLOADS=200, or `make trouble`, is the long form.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.publish.template import keys
from rig import HttpFault, MediaWikiRig, answer
from rig.media import sample
from support.adversary import Adversary, pages_under
from support.bot import BotProcess, Status
from support.deploy import PAGE_PREFIX, Deploy, rig_settings

UPLOADS = int(os.environ.get("LOOKOUT_TROUBLE_UPLOADS", "20"))
PATIENCE_S = 300
pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(600 + 6 * UPLOADS)]

CATEGORY = "Suggestions"
TAG = "lookout"
FILTERED, NOBOTS, MOVED, MOVED_BARE = "Filtered.jpg", "Nobots.jpg", "Moved.jpg", "Bare.jpg"
ODD = [FILTERED, NOBOTS, MOVED, MOVED_BARE]
FAILED = 1
REFUSALS = {("log-page", FILTERED), ("category", FILTERED), ("category", NOBOTS)}
CATEGORY_LINE = re.compile(rf"^\[\[Category:{CATEGORY}\]\]$", re.MULTILINE)


class Story:
    """One wiki, one bot, and what happens to them."""

    def __init__(self, rig: MediaWikiRig, bot: BotProcess) -> None:
        self.rig = rig
        self.bot = bot
        self.admin = rig.client("Admin")
        self.names: list[str] = []
        self._content = sample("Cat in pencil.jpg").bytes

    def upload(self, *names: str, text: str = "") -> None:
        """Upload drawings; what follows the picture makes each a file of its own."""
        for name in names:
            content = self._content + name.encode()
            self.rig.client("Uploader").upload(name, content, text=text or f"About {name}.")
            self.names.append(name)

    def some(self, number: int) -> list[str]:
        """Return names for the next uploads."""
        return [f"Drawing {len(self.names) + index}.jpg" for index in range(number)]

    def now(self) -> int:
        """Return how far the bot's log has come."""
        return len(self.bot.log_text())

    def logged(self, text: str, *, since: int) -> None:
        """Wait until the bot logs this, behind a place in its log."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.bot.log_text()[since:]:
            assert time.monotonic() < deadline, self.bot.log_text()[-4000:]
            time.sleep(0.1)

    def log_pages(self) -> list[str]:
        """Wait until there are log pages; return them."""
        deadline = time.monotonic() + PATIENCE_S
        while not (pages := pages_under(self.admin, PAGE_PREFIX)):
            assert time.monotonic() < deadline, self.bot.log_text()[-4000:]
            time.sleep(0.1)
        return pages

    def meet(self, trouble: dict[str, Any], sign: str, *, uploads: int) -> None:
        """Upload, and have the wiki in trouble until the bot has met it."""
        self.upload(*self.some(uploads))  # a wiki that is read-only takes none
        since = self.now()
        self.rig.runtime(**trouble)
        self.logged(sign, since=since)
        self.rig.runtime(**dict.fromkeys(trouble))


@pytest.fixture
def story(rig: MediaWikiRig, deployed: Deploy) -> Iterator[Story]:
    bot = deployed(rig)
    settings = rig_settings(
        rig,
        put_off_seconds=1,
        log_page={"max_entries": max(10, UPLOADS // 4)},
        category={"send": "live", "name": CATEGORY, "per_minute": 600},
        tag={"send": "live", "name": TAG},
    )
    settings["rules"][0]["actions"] = ["log", "category", "tag"]
    bot.configure(settings)
    rig.http_faults([edit_filter("Filtered.jpg")])
    with bot:
        yield Story(rig, bot)


def edit_filter(text: str) -> HttpFault:
    """Refuse every edit with `text` in it, as AbuseFilter does."""
    body = '{"error": {"code": "abusefilter-disallowed", "info": "This action was stopped."}}'
    match = rf"action=edit&(?s:.)*{re.escape(text)}"
    return answer(200, match, body=body, content_type="application/json")


def test_everything_is_had_once_on_a_wiki_in_every_trouble(
    story: Story, measured: Callable[[str], None]
) -> None:
    rig, bot, admin = story.rig, story.bot, story.admin
    share = max(1, (UPLOADS - len(ODD)) // 9)
    start = time.monotonic()
    bot.wait_for_log("stream.connected", PATIENCE_S)
    story.upload(*story.some(share))
    story.log_pages()
    story.logged("publish.tag-refused", since=0)  # there is no such tag yet
    admin.post("managetags", operation="create", tag=TAG, reason="test")
    with Adversary(rig, PAGE_PREFIX) as adversary:
        conflict(story, adversary, uploads=share)
        story.meet({"readOnly": "maintenance"}, "readonly", uploads=share)
        story.upload(FILTERED)
        story.upload(NOBOTS, text="{{nobots}}")
        bot.kill()
        bot.start()
        since = story.now()
        rig.runtime(lag=30)
        story.upload(MOVED, MOVED_BARE, *story.some(share))
        story.logged("maxlag", since=since)
        admin.move(f"File:{MOVED}", "File:New.jpg")
        admin.move(f"File:{MOVED_BARE}", "File:Bare new.jpg", redirect=False)
        rig.runtime(lag=None)
        limits = {"edit": {"user": [1, 3], "newbie": [1, 3]}}
        no_exemption = {"bot": {"noratelimit": False}}
        limited = {"rateLimits": limits, "groupPermissions": no_exemption}
        story.meet(limited, "ratelimited", uploads=share)
        protected(story, uploads=share)
        bot.kill()
        bot.start()
        deleted = story.log_pages()[-1]
        admin.delete(deleted)
        story.upload(*story.some(share))
        admin.post("block", user="RigBot", reason="errs too often")
        story.upload(*story.some(share))
        assert bot.wait(PATIENCE_S) == FAILED
        assert "errs too often" in bot.log_text()
        admin.post("unblock", user="RigBot", reason="mended")
        bot.start()
        story.upload(*story.some(UPLOADS - len(story.names)))
        bot.kill()
        bot.start()
        bot.wait_for(lambda status: done(status, seen=UPLOADS), PATIENCE_S + 3 * UPLOADS)
    took = time.monotonic() - start
    check(story, adversary, deleted)
    conflicts = bot.log_text().count("publish.conflict")
    measured(
        f"{UPLOADS} uploads in trouble: {took:.0f} s, {len(adversary.words)} edits by a second "
        f"account, {conflicts} conflicts met by the bot and {adversary.conflicts} by the account"
    )
    assert bot.terminate(12) == 0


def conflict(story: Story, adversary: Adversary, *, uploads: int) -> None:
    """Have the second account edit the bot's very lines between the bot's reading and saving."""
    log_edit = r"title=User:RigBot/Log(?s:.)*bot=1|bot=1(?s:.)*title=User:RigBot/Log"
    with story.rig.hold(log_edit) as held:
        story.upload(*story.some(uploads))
        held.wait_until_reached()
        since = story.now()
        adversary.wait_for_edits(2)
        held.release()
        story.logged("publish.conflict", since=since)


def protected(story: Story, *, uploads: int) -> None:
    """Protect every log page, and the part that would come next, until the bot has met that."""
    pages = story.log_pages()
    following = f"{min(pages, key=len)}/{len(pages) + 1}"
    since = story.now()
    for title in pages:
        story.admin.post("protect", title=title, protections="edit=sysop")
    story.admin.post("protect", title=following, protections="create=sysop")
    story.upload(*story.some(uploads))
    story.logged("publish.put-off", since=since)
    for title in pages:
        story.admin.post("protect", title=title, protections="edit=all")
    story.admin.post("protect", title=following, protections="create=all")


def done(status: Status, *, seen: int) -> bool:
    """Tell whether all uploads have come to an end, and all effects are had or refused."""
    unfinished = status["states"]["waiting"] + status["states"]["leased"]
    return bool(status["seen"] == seen and not unfinished and not status["unpublished"])


def check(story: Story, adversary: Adversary, deleted: str) -> None:
    """Compare what the wiki has with what the bot decided."""
    flagged = {end.log_id: end.title.removeprefix("File:") for end in story.bot.ends()}
    assert {end.verdict for end in story.bot.ends()} == {"review"}
    assert sorted(flagged.values()) == sorted(story.names)
    texts = {title: story.admin.text(title) or "" for title in story.log_pages()}
    texts[f"{deleted}, deleted"] = last_deleted_text(story, deleted)
    check_entries(texts, flagged)
    check_categories(story)
    check_tags(story, flagged)
    everything = "".join(texts.values())
    assert [word for word in adversary.words if word not in everything] == []
    assert story.bot.status()["refused"] == len(REFUSALS)


def check_entries(texts: dict[str, str], flagged: dict[int, str]) -> None:
    """Each flagged upload has one entry on all pages together, but for the filtered one."""
    calls = Counter(
        int(key) for text in texts.values() for key in re.findall(r"\|key=(\d+)\|", text)
    )
    expected = {key for key, name in flagged.items() if name != FILTERED}
    assert calls == Counter(expected)
    assert len(texts) > 2  # the pages were split
    limit = max(10, UPLOADS // 4)
    assert all(len(keys(text)) <= limit for text in texts.values())


def check_categories(story: Story) -> None:
    """Each file is in the category by one edit of the bot's, but for those that are not to be."""
    renamed = {MOVED: "New.jpg", MOVED_BARE: "Bare new.jpg"}
    for name in story.names:
        history = story.admin.history(f"File:{renamed.get(name, name)}")
        ours = [revision for revision in history if revision.user == "RigBot"]
        spared = name in (FILTERED, NOBOTS)
        assert len(ours) == (0 if spared else 1), name
        assert len(CATEGORY_LINE.findall(history[0].text)) == (0 if spared else 1), name


def check_tags(story: Story, flagged: dict[int, str]) -> None:
    """Each upload's log entry has the tag, by one action of the bot's."""
    asked = {"action": "query", "list": "logevents", "lelimit": 500, "leprop": "ids|tags|details"}
    uploads = story.admin.get(**asked, letype="upload")["query"]["logevents"]
    assert {event["logid"] for event in uploads if event["tags"] == [TAG]} == set(flagged)
    actions = story.admin.get(**asked, letype="tag")["query"]["logevents"]
    tagged = Counter(event["params"]["logid"] for event in actions)
    assert tagged == Counter(list(flagged))


def last_deleted_text(story: Story, title: str) -> str:
    """Return what stood on a page when it was deleted."""
    asked = {"prop": "deletedrevisions", "drvprop": "content", "drvslots": "main", "drvlimit": 1}
    answered = story.admin.get(action="query", titles=title, **asked)
    page = answered["query"]["pages"][0]
    text: str = page["deletedrevisions"][0]["slots"]["main"]["content"]
    return text
