"""Which transcodes the wiki has finished, as TimedMediaHandler and wikis without it tell."""

from contextlib import closing

import pytest

from bot.commons import Commons, Transcode
from bot.errors import NetworkFault
from bot.settings.intake import WikiSettings
from support.scripted import ScriptedServer, as_json, in_turn

TITLE = "File:A.webm"
ORIGINAL = {"src": "https://upload.example.org/A.webm", "width": 1920, "height": 1080}
SMALL = {
    "src": "//upload.example.org/transcoded/A.webm/A.webm.240p.vp9.webm",
    "type": 'video/webm; codecs="vp9, opus"',
    "transcodekey": "240p.vp9.webm",
    "width": 426,
    "height": 240,
    "bandwidth": 160_000,
}
LARGE = {**SMALL, "transcodekey": "480p.vp9.webm", "height": 480, "bandwidth": 900_000}


def transcodes(**page: object) -> list[Transcode]:
    """Return what is found of a file that the wiki describes so."""
    reply = as_json({"batchcomplete": True, "query": {"pages": [{"title": TITLE, **page}]}})
    with ScriptedServer(in_turn(reply)) as server:
        settings = WikiSettings(api=f"{server.url}/w/api.php")
        with closing(Commons(settings, user_agent="Test/1", width=500)) as commons:
            found = commons.transcodes(TITLE)
        (asked,) = server.requests
        assert (asked.form["prop"], asked.form["viprop"]) == ("videoinfo", "derivatives")
    return found


def test_finished_transcodes_are_told_the_smallest_first_without_the_original() -> None:
    found = transcodes(videoinfo=[{"derivatives": [ORIGINAL, LARGE, SMALL]}])
    assert [one.key for one in found] == ["240p.vp9.webm", "480p.vp9.webm"]
    assert (found[0].height, found[0].bits_per_s) == (240, 160_000)


def test_an_address_without_a_scheme_gets_the_wikis() -> None:
    (found,) = transcodes(videoinfo=[{"derivatives": [SMALL]}])
    assert found.address == "http:" + str(SMALL["src"])


@pytest.mark.parametrize(
    "page",
    [{}, {"missing": True}, {"videoinfo": [{}]}, {"videoinfo": [{"derivatives": [ORIGINAL]}]}],
    ids=["no TimedMediaHandler", "deleted", "no video", "none finished"],
)
def test_there_may_be_none(page: dict[str, object]) -> None:
    assert transcodes(**page) == []


def test_an_answer_that_is_none_is_asked_for_again() -> None:
    with pytest.raises(NetworkFault):
        transcodes(videoinfo=[{"derivatives": [{"transcodekey": "240p.vp9.webm"}]}])
