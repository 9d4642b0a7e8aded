"""Stills of a moment of a video, as they are fetched for a heat map."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.config import Settings
from bot.errors import NotThereYet, Refused
from bot.settings.intake import WikiSettings
from bot.web.fetching import Wikimedia
from support.world import CAT, MEDIA, World

FILM = "File:Six seconds.webm"


@pytest.fixture(scope="module")
def wikimedia(world: World) -> Iterator[Wikimedia]:
    """A wiki that has a film of six seconds, and a picture."""
    world.upload("Six seconds.webm", (MEDIA / "others/slideshow.webm").read_bytes())
    world.upload("Cat.jpg", CAT)
    settings = Settings(wiki=WikiSettings(api=world.api, file_hosts=(world.host,)))
    with closing(Wikimedia(settings)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("place", "stills"),
    [
        ("0:00", ["0:00", "0:01"]),
        ("0:04", ["0:04", "0:05"]),
        ("0:05", ["0:05"]),
        ("0:06", ["0:05"]),  # where the last frame may be
    ],
)
def test_the_second_and_the_next_if_there_is_one(
    wikimedia: Wikimedia, place: str, stills: list[str]
) -> None:
    found = wikimedia.by_moment(FILM, place)
    assert [source.place for source, _ in found] == stills
    assert all(data.startswith(b"\xff\xd8") for _, data in found)


@pytest.mark.parametrize(
    ("title", "place"), [(FILM, "0:07"), (FILM, ""), (FILM, "p. 3"), ("File:Cat.jpg", "0:00")]
)
def test_what_is_no_moment_of_it_is_refused(wikimedia: Wikimedia, title: str, place: str) -> None:
    with pytest.raises(Refused, match="no moment of"):
        wikimedia.by_moment(title, place)


def test_a_video_that_is_gone_is_said_to_be(wikimedia: Wikimedia) -> None:
    with pytest.raises(NotThereYet, match="not a file"):
        wikimedia.by_moment("File:Gone.webm", "0:00")
