"""Uploaders, file pages and control pages as a real MediaWiki tells of them."""

from collections.abc import Iterator

import pytest

from bot.control.pages import read_pages
from bot.identity import user_agent
from bot.people import file_pages, uploaders
from bot.rules import FilePage, Uploader
from bot.settings.intake import WikiSettings
from bot.wikiapi import WikiApi
from rig import MediaWikiRig
from rig.media import samples

pytestmark = [pytest.mark.rig, pytest.mark.timeout(120)]

MANY = 520  # more than one answer holds for an account without higher limits


@pytest.fixture
def api(rig: MediaWikiRig) -> Iterator[WikiApi]:
    api = WikiApi(WikiSettings(api=rig.api_url), user_agent=user_agent("test@example.org"))
    yield api
    api.close()


def test_accounts_addresses_and_nobody(rig: MediaWikiRig, api: WikiApi) -> None:
    rig.client("Uploader").edit("Project:A", "one edit")
    found = uploaders(api, ["RigBot", "Uploader", "192.0.2.1", "No such user", "A|B", ""])
    assert "bot" in found["RigBot"].groups
    assert "sysop" not in found["RigBot"].groups
    assert found["Uploader"].edits == 1
    assert found["Uploader"].registered_at
    strangers = {found[name] for name in ("192.0.2.1", "No such user", "A|B", "")}
    assert strangers == {Uploader()}


def test_templates_and_categories_those_of_templates_too(rig: MediaWikiRig, api: WikiApi) -> None:
    admin = rig.client("Admin")
    admin.edit("Template:Artwork", "[[Category:Works of art]]")
    drawing = samples()[0]
    rig.client("Uploader").upload(drawing.name, drawing.bytes)
    title = f"File:{drawing.name}"
    admin.edit(title, "{{Artwork}} [[Category:Rome]] <nowiki>{{Hidden}}</nowiki>")
    found = file_pages(api, [title, "File:Nowhere.png"])
    assert found["File:Nowhere.png"] == FilePage()
    assert found[title].templates == ("Artwork",)
    assert set(found[title].categories) == {"Works of art", "Rome"}


def test_an_answer_in_several_parts_is_put_together(rig: MediaWikiRig, api: WikiApi) -> None:
    drawing = samples()[0]
    rig.client("Uploader").upload(drawing.name, drawing.bytes)
    title = f"File:{drawing.name}"
    links = "".join(f"[[Category:Number {number}]]" for number in range(MANY))
    rig.client("Admin").edit(title, links)
    assert len(set(file_pages(api, [title])[title].categories)) == MANY


def test_a_control_page_with_its_author_and_protection(rig: MediaWikiRig, api: WikiApi) -> None:
    admin, title = rig.client("Admin"), "User:RigBot/Thresholds.json"
    revision = admin.edit(title, "{}")["newrevid"]
    (page,) = read_pages(api, ["user:RigBot/Thresholds.json", "User:RigBot/Nowhere", ""]).values()
    assert (page.text, page.user, page.revision) == ("{}", "Admin", revision)
    assert page.protection == ""
    admin.post("protect", title=title, protections="edit=sysop|move=sysop", expiry="infinite")
    (page,) = read_pages(api, [title]).values()
    assert page.protection == "sysop"
