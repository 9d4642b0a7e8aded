"""`lookout run`: where the health checks answer can be said on the command line."""

import argparse

import pytest

from bot.cli.options import host_and_port
from bot.cli.run import listening
from bot.config import Settings


def test_the_place_of_the_command_line_replaces_that_of_the_file() -> None:
    settings = listening(Settings(), ("::", 8000))
    assert (settings.watch.host, settings.watch.port) == ("::", 8000)
    assert listening(Settings(), None) == Settings()


@pytest.mark.parametrize(
    ("text", "place"), [("127.0.0.1:0", ("127.0.0.1", 0)), (":::65535", ("::", 65_535))]
)
def test_a_place_is_a_host_and_a_port(text: str, place: tuple[str, int]) -> None:
    assert host_and_port(text) == place


@pytest.mark.parametrize("text", ["8000", ":8000", "localhost:", "localhost:x", "localhost:65536"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no HOST:PORT"):
        host_and_port(text)
