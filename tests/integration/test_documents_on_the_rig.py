"""Documents on a real MediaWiki: PDF by poppler and ghostscript, DjVu by DjVuLibre, and TIFF."""

import re
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from PIL import Image

from rig import MediaWikiRig
from rig.pictures import djvu, in_sequence, pencil, photograph
from support.bot import settled
from support.deploy import PAGE_PREFIX, Deploy

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(420)]

READY_S = 60
SETTLE_S = 240
PAGES = 8
HIT = 6
PHOTOGRAPHS = ("coffee.png", "astronaut.png", "brick.png", "gravel.png")
Book = Callable[[Sequence[Image.Image]], bytes]
BOOKS: dict[str, Book] = {
    "Book.pdf": partial(in_sequence, kind="PDF"),
    "Book.djvu": djvu,
    "Book.tif": partial(in_sequence, kind="TIFF", compression="tiff_lzw"),
}


def pages() -> list[Image.Image]:
    """Return photographs, and one drawing among them."""
    return [
        pencil("chelsea.png")
        if number == HIT
        else photograph(PHOTOGRAPHS[number % len(PHOTOGRAPHS)], 600 + 4 * number)
        for number in range(1, PAGES + 1)
    ]


def thumbnail(rig: MediaWikiRig, name: str, parameter: str) -> str:
    """Return the address of what the wiki shows for an `iiurlparam`."""
    answer = rig.client("Uploader").get(
        action="query",
        prop="imageinfo",
        titles=f"File:{name}",
        iiprop="url",
        iiurlwidth=500,
        iiurlparam=parameter,
    )
    address: str = answer["query"]["pages"][0]["imageinfo"][0]["thumburl"]
    return address


@pytest.mark.parametrize("name", BOOKS)
def test_the_wiki_renders_every_page_by_its_number(rig: MediaWikiRig, name: str) -> None:
    uploader = rig.client("Uploader")
    uploader.upload(name, BOOKS[name](pages()[:3]))
    assert uploader.file_info(name)["pagecount"] == 3
    kind = "lossy-" if name.endswith(".tif") else ""
    assert f"/{kind}page2-500px-Book" in thumbnail(rig, name, f"{kind}page2-500px")


def test_a_page_asked_for_in_words_that_a_handler_does_not_know_is_the_first(
    rig: MediaWikiRig,
) -> None:
    rig.client("Uploader").upload("Book.tif", BOOKS["Book.tif"](pages()[:3]))
    assert "/lossy-page1-500px-Book" in thumbnail(rig, "Book.tif", "page2-500px")


def test_one_page_of_each_document_is_found_and_named(
    rig: MediaWikiRig, deployed: Deploy, measured: Callable[[str], None]
) -> None:
    with deployed(rig) as bot:
        bot.wait_for_log("patrol.ready", READY_S)
        bot.wait_for_log("stream.connected", READY_S)
        for name, book in BOOKS.items():
            rig.client("Uploader").upload(name, book(pages()))
        bot.wait_for(lambda status: settled(status, seen=len(BOOKS)), SETTLE_S)
        ends = {end.title: (end.state, end.verdict) for end in bot.ends()}
        assert ends == {f"File:{name}": ("scored", "review") for name in BOOKS}
        urls = [seen.url for seen in rig.requests("/thumb/")]
        for name in BOOKS:
            found = {
                int(match[1])
                for url in urls
                if (match := re.search(rf"/{name}/(?:lossy-)?page(\d+)-500px-", url))
            }
            assert found == set(range(1, PAGES + 1)), name
        told = [line for line in bot.log_text().splitlines() if "series.looked-through" in line]
        assert len(told) == len(BOOKS)
        assert all(f'at="p. {HIT}"' in line and f"whole={PAGES}" in line for line in told), told
        admin = rig.client("Admin")
        listed = admin.get(
            action="query", list="allpages", apnamespace=2, apprefix=f"{PAGE_PREFIX[5:]}/"
        )["query"]["allpages"]
        text = "".join(admin.text(page["title"]) or "" for page in listed)
        assert text.count(f"p. {HIT}") == len(BOOKS)
        measured(f"on MediaWiki, {len(BOOKS)} documents of {PAGES} pages: {len(urls)} thumbnails")
