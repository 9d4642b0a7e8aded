"""The lists of a real MediaWiki, as a backfill reads them."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from bot.backfill.listing import Listing, Source
from bot.backfill.walk import Walk
from bot.errors import Refused
from bot.ledger import Backfill, ListedFile
from bot.settings.intake import WikiSettings
from bot.wikiapi import WikiApi
from rig import MediaWikiRig
from rig.media import samples
from support.bench import AGENT

pytestmark = pytest.mark.rig

NAMES = [sample.name for sample in samples() if sample.name.endswith((".png", ".jpg"))][:5]
CATEGORY = "Category:Rig pictures"
A_SECOND_S = 1.1  # the rig's SQLite orders the files of one second otherwise than MediaWiki expects


@pytest.fixture
def listing(rig: MediaWikiRig) -> Iterator[Listing]:
    with closing(WikiApi(WikiSettings(api=rig.api_url), user_agent=AGENT)) as api:
        yield Listing(api)


def all_of(
    listing: Listing, source: Source, target: str = "", size: int = 2, token: str | None = None
) -> list[ListedFile]:
    """Read the whole list, a page at a time."""
    at = Backfill(
        id=1, source=source, target=target, state="running", token=token, listed=0, expected=None
    )
    found: list[ListedFile] = []
    while True:
        page = listing.page(at, size)
        found += page.files
        assert page.hidden == 0
        if page.token is None:
            return found
        assert page.token != at.token
        at = replace(at, token=page.token)


def test_files_are_listed_a_page_at_a_time(rig: MediaWikiRig, listing: Listing) -> None:
    uploader = rig.client("Uploader")
    by_name = {sample.name: sample.bytes for sample in samples()}
    infos = {}
    for name in NAMES:
        infos[f"File:{name}"] = uploader.upload(name, by_name[name])
        time.sleep(A_SECOND_S)
    rig.settle()
    everything = {file.title: file for file in all_of(listing, Source.ALL)}
    assert set(infos) <= set(everything)
    for title, info in infos.items():
        assert (everything[title].sha1, everything[title].user) == (info["sha1"], "Uploader")
    newest = max(file.uploaded_at for file in everything.values())
    since = f"{newest:%Y-%m-%dT%H:%M:%SZ}"
    late = all_of(listing, Source.SINCE, since)
    assert {file.title for file in late} == {
        title for title, file in everything.items() if file.uploaded_at >= newest
    }
    assert (listing.expected(Source.ALL, "") or 0) >= len(infos)


def test_a_category_is_listed_with_the_current_versions(
    rig: MediaWikiRig, listing: Listing
) -> None:
    uploader = rig.client("Uploader")
    by_name = {sample.name: sample.bytes for sample in samples()}
    for name in NAMES[:3]:
        uploader.upload(name, by_name[name])
        uploader.edit(f"File:{name}", f"[[{CATEGORY}]]")
    rig.settle()
    found = all_of(listing, Source.CATEGORY, CATEGORY)
    assert sorted(file.title for file in found) == sorted(f"File:{name}" for name in NAMES[:3])
    assert all(len(file.sha1) == 40 for file in found)
    assert listing.expected(Source.CATEGORY, CATEGORY) == 3
    with pytest.raises(Refused, match="no category with files"):
        listing.expected(Source.CATEGORY, "Category:Nothing here")


def test_sub_categories_are_listed_as_far_down_as_is_asked_and_each_once(
    rig: MediaWikiRig, listing: Listing
) -> None:
    uploader = rig.client("Uploader")
    by_name = {sample.name: sample.bytes for sample in samples()}
    below, deep = f"{CATEGORY} below", f"{CATEGORY} far below"
    for name, where in zip(NAMES[:3], (CATEGORY, below, deep), strict=True):
        uploader.upload(name, by_name[name])
        uploader.edit(f"File:{name}", f"[[{where}]]")
    uploader.edit(below, f"[[{CATEGORY}]]")
    uploader.edit(deep, f"[[{below}]]")
    uploader.edit(CATEGORY, f"[[{deep}]]")  # leads back
    rig.settle()
    for depth, found in ((1, 2), (2, 3), (9, 3)):
        start = Walk.begin(CATEGORY, depth).text
        files = all_of(listing, Source.CATEGORIES, CATEGORY, size=1, token=start)
        assert sorted(file.title for file in files) == sorted(
            f"File:{name}" for name in NAMES[:found]
        )
