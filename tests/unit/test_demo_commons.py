"""The miniature Commons over real HTTP, asked through mwapi and requests as the bot asks."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mwapi
import pytest
import requests
from PIL import Image

import bot.demo
from bot.demo.commons import MiniCommons, base36_sha1

MEDIA = Path(bot.demo.__file__).parent / "media"
AGENT = "CommonsLookoutTest/1.0 (https://example.org; test@example.org)"
EVERYTHING = "timestamp|user|url|size|sha1|mime|thumbmime|mediatype|canonicaltitle"
ICON_SIDE = 120
HOUR_S = 3600.0


@pytest.fixture
def commons() -> Iterator[MiniCommons]:
    with MiniCommons() as server:
        yield server


@pytest.fixture
def api(commons: MiniCommons) -> mwapi.Session:
    return mwapi.Session(
        commons.addresses.base, api_path="/w/api.php", user_agent=AGENT, formatversion=2
    )


def stored(path: str) -> bytes:
    return (MEDIA / path).read_bytes()


def upload(commons: MiniCommons, title: str, path: str, **more: Any) -> None:
    commons.wiki.upload(title, stored(path), user="Alice", comment="own work", **more)


def imageinfo(api: mwapi.Session, title: str, **asked: Any) -> dict[str, Any]:
    asked = {"iiprop": EVERYTHING, "iiurlwidth": 500} | asked
    answer = api.get(action="query", prop="imageinfo", titles=title, **asked)
    info: dict[str, Any] = answer["query"]["pages"][0]["imageinfo"][0]
    return info


def fetch(address: str) -> requests.Response:
    return requests.get(address, headers={"User-Agent": AGENT}, timeout=10)


def picture(response: requests.Response) -> Image.Image:
    response.raise_for_status()
    return Image.open(io.BytesIO(response.content))


def test_a_photograph_is_described_in_the_words_of_mediawiki(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Coffee.jpg", "photographs/coffee.jpg")
    answer = api.get(
        action="query",
        prop="imageinfo",
        titles="file:coffee.jpg|File:Nothing_here.jpg",
        iiprop=EVERYTHING,
        iiurlwidth=500,
        maxlag=5,
    )
    missing, page = answer["query"]["pages"]
    assert answer["batchcomplete"] is True
    assert answer["query"]["normalized"] == [
        {"fromencoded": False, "from": "file:coffee.jpg", "to": "File:Coffee.jpg"},
        {"fromencoded": False, "from": "File:Nothing_here.jpg", "to": "File:Nothing here.jpg"},
    ]
    assert missing == {
        "ns": 6,
        "title": "File:Nothing here.jpg",
        "missing": True,
        "imagerepository": "",
    }
    (info,) = page.pop("imageinfo")
    assert page == {
        "pageid": 1,
        "ns": 6,
        "title": "File:Coffee.jpg",
        "imagerepository": "local",
    }
    assert info.pop("timestamp").endswith("Z")
    base = commons.addresses.base
    folder = "2/24/Coffee.jpg"  # where MediaWiki 1.39 puts this name
    assert info == {
        "user": "Alice",
        "size": len(stored("photographs/coffee.jpg")),
        "width": 600,
        "height": 400,
        "canonicaltitle": "File:Coffee.jpg",
        "thumburl": f"{base}/upload/thumb/{folder}/500px-Coffee.jpg",
        "thumbwidth": 500,
        "thumbheight": 333,
        "thumbmime": "image/jpeg",
        "url": f"{base}/upload/{folder}",
        "descriptionurl": f"{base}/wiki/File:Coffee.jpg",
        "descriptionshorturl": f"{base}/w/index.php?curid=1",
        "sha1": commons.wiki.versions("File:Coffee.jpg")[0].sha1,
        "mime": "image/jpeg",
        "mediatype": "BITMAP",
    }


def test_the_original_and_its_thumbnail_are_served(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Große Eule & Käuzchen.png", "drawings/owl.png")
    info = imageinfo(api, "File:Große Eule & Käuzchen.png")
    assert fetch(info["url"]).content == stored("drawings/owl.png")
    thumbnail = picture(fetch(info["thumburl"]))
    assert (thumbnail.format, thumbnail.size) == ("PNG", (500, 375))


def test_alpha_survives_in_a_thumbnail(commons: MiniCommons, api: mwapi.Session) -> None:
    upload(commons, "File:Star.png", "others/star.png")
    assert picture(fetch(imageinfo(api, "File:Star.png")["thumburl"])).mode == "RGBA"


@pytest.mark.parametrize(
    ("asked", "in_address", "told"), [(500, 500, 500), (251, 330, 251), (320, 330, 320)]
)
def test_widths_are_raised_to_the_steps_wikimedia_renders(
    commons: MiniCommons, api: mwapi.Session, asked: int, in_address: int, told: int
) -> None:
    upload(commons, "File:Owl.png", "drawings/owl.png")
    info = imageinfo(api, "File:Owl.png", iiurlwidth=asked)
    assert info["thumburl"].endswith(f"/{in_address}px-Owl.png")
    assert info["thumbwidth"] == told


def test_a_file_no_wider_than_asked_is_its_own_thumbnail(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Pinwheel.gif", "others/pinwheel.gif")
    info = imageinfo(api, "File:Pinwheel.gif")
    assert info["thumburl"] == info["url"]
    assert (info["thumbwidth"], info["thumbheight"], info["duration"]) == (320, 240, 0.64)


def test_a_width_that_wikimedia_does_not_render_is_refused_for_good(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Owl.png", "drawings/owl.png")
    address = imageinfo(api, "File:Owl.png")["thumburl"].replace("500px", "512px")
    response = fetch(address)
    assert (response.status_code, "Retry-After" in response.headers) == (429, False)
    assert "w.wiki/GHai" in response.text


def test_a_fresh_thumbnail_is_not_there_yet_while_the_original_is(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Owl.png", "drawings/owl.png", rendering_s=HOUR_S)
    info = imageinfo(api, "File:Owl.png")
    assert fetch(info["thumburl"]).status_code == 404
    assert fetch(info["url"]).status_code == 200


def test_a_sound_has_an_icon_for_a_thumbnail(commons: MiniCommons, api: mwapi.Session) -> None:
    upload(commons, "File:Chime.wav", "others/chime.wav")
    info = imageinfo(api, "File:Chime.wav")
    assert (info["mime"], info["mediatype"], info["width"]) == ("audio/wav", "AUDIO", 0)
    assert "/resources/assets/file-type-icons/" in info["thumburl"]
    assert picture(fetch(info["thumburl"])).size == (ICON_SIDE, ICON_SIDE)


def test_a_video_shows_any_second_and_is_never_enlarged(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Slides.webm", "others/slideshow.webm")
    middle = imageinfo(api, "File:Slides.webm")
    late = imageinfo(api, "File:Slides.webm", iiurlparam="500px-seek=99")
    early = imageinfo(api, "File:Slides.webm", iiurlparam="500px-seek=0")
    assert (middle["mediatype"], middle["duration"]) == ("VIDEO", 6.0)
    assert middle["thumburl"].endswith("/330px--Slides.webm.jpg")
    assert late["thumburl"].endswith("/330px-seek%3D99-Slides.webm.jpg")
    stills = [fetch(info["thumburl"]) for info in (early, middle, late)]
    assert [picture(still).size for still in stills] == [(330, 248)] * 3
    assert len({still.content for still in stills}) == 3


def test_each_page_of_a_document_can_be_had(commons: MiniCommons, api: mwapi.Session) -> None:
    upload(commons, "File:Booklet.pdf", "others/booklet.pdf")
    info = imageinfo(api, "File:Booklet.pdf", iiurlparam="page2-500px")
    assert (info["mediatype"], info["pagecount"], info["thumbmime"]) == ("OFFICE", 2, "image/jpeg")
    assert info["thumburl"].endswith("/page2-500px-Booklet.pdf.jpg")
    second = fetch(info["thumburl"])
    first = fetch(imageinfo(api, "File:Booklet.pdf")["thumburl"])
    assert picture(first).size == picture(second).size == (500, 375)
    assert first.content != second.content


def test_a_parameter_the_handler_does_not_know_is_only_a_warning(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Owl.png", "drawings/owl.png")
    answer = api.get(
        action="query",
        prop="imageinfo",
        titles="File:Owl.png",
        iiprop="url",
        iiurlwidth=500,
        iiurlparam="page2-500px",
    )
    assert answer["warnings"]["imageinfo"]["warnings"] == (
        'Could not parse "iiurlparam" for Owl.png. Using only width and height.'
    )
    assert answer["query"]["pages"][0]["imageinfo"][0]["thumburl"].endswith("/500px-Owl.png")


def test_a_damaged_file_has_a_size_and_no_thumbnail(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Damaged.jpg", "others/damaged.jpg")
    info = imageinfo(api, "File:Damaged.jpg", iiurlwidth=330)
    assert (info["width"], info["height"]) == (451, 300)
    assert fetch(info["thumburl"]).status_code == 500


def test_an_overwritten_file_shows_the_new_version_and_where_to_go_on(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Flower.png", "drawings/house.png")
    upload(commons, "File:Flower.png", "drawings/robot.png")
    new, old = commons.wiki.versions("File:Flower.png")
    answers = list(
        api.get(
            action="query",
            prop="imageinfo",
            titles="File:Flower.png",
            iiprop="sha1|url|timestamp|archivename",
            continuation=True,
        )
    )
    first, second = (answer["query"]["pages"][0]["imageinfo"][0] for answer in answers)
    assert "batchcomplete" not in answers[0]
    assert [first["sha1"], second["sha1"]] == [new.sha1, old.sha1]
    assert "archivename" not in first
    assert second["archivename"].endswith("!Flower.png")
    assert fetch(first["url"]).content == stored("drawings/robot.png")
    assert fetch(second["url"]).content == stored("drawings/house.png")


def test_a_quick_overwrite_is_dated_a_second_later(commons: MiniCommons) -> None:
    upload(commons, "File:Flower.png", "drawings/house.png")
    upload(commons, "File:Flower.png", "drawings/robot.png")
    new, old = commons.wiki.versions("File:Flower.png")
    assert (new.uploaded_at - old.uploaded_at).total_seconds() >= 1
    assert [entry.action for entry in commons.wiki.log] == ["upload", "overwrite"]


def test_a_deleted_file_is_missing_and_its_addresses_are_dead(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    upload(commons, "File:Owl.png", "drawings/owl.png")
    info = imageinfo(api, "File:Owl.png")
    commons.wiki.delete("File:Owl.png", user="Admin", comment="by request")
    answer = api.get(action="query", prop="imageinfo", titles="File:Owl.png", iiprop="sha1")
    assert answer["query"]["pages"][0]["missing"] is True
    assert {fetch(info[name]).status_code for name in ("url", "thumburl")} == {404}


def test_accounts_and_the_site_introduce_themselves(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    commons.wiki.register("Alice", edits=12, days=400, groups=("autopatrolled",))
    answer = api.get(
        action="query",
        list="users",
        meta="siteinfo",
        ususers="Alice|Nobody",
        usprop="editcount|groups",
    )
    assert answer["query"]["users"] == [
        {
            "userid": 1,
            "name": "Alice",
            "editcount": 12,
            "groups": ["autopatrolled", "*", "user", "autoconfirmed"],
        },
        {"name": "Nobody", "missing": True},
    ]
    assert answer["query"]["general"]["wikiid"] == "commonswiki"


@pytest.mark.parametrize(
    ("asked", "code", "info"),
    [
        ({"action": "edit"}, "badvalue", 'Unrecognized value for parameter "action": edit.'),
        (
            {"action": "query", "titles": "|".join(f"File:{n}.jpg" for n in range(51))},
            "toomanyvalues",
            'Too many values supplied for parameter "titles". The limit is 50.',
        ),
        (
            {"action": "query", "prop": "imageinfo", "titles": "File:A.jpg", "iilimit": "some"},
            "badinteger",
            'Invalid value "some" for integer parameter "iilimit".',
        ),
    ],
)
def test_a_call_that_cannot_be_answered_fails_as_mediawiki_fails(
    api: mwapi.Session, asked: dict[str, str], code: str, info: str
) -> None:
    with pytest.raises(mwapi.errors.APIError) as caught:
        api.get(**asked)
    assert (caught.value.code, caught.value.info) == (code, info)


def test_an_unknown_module_is_only_a_warning(api: mwapi.Session) -> None:
    answer = api.get(action="query", prop="metaphysics")
    assert answer["warnings"]["query"]["warnings"] == (
        'Unrecognized value for parameter "prop": metaphysics'
    )


@pytest.mark.parametrize("agent", ["python-requests/2.34.2", "", "curl/8.1"])
@pytest.mark.parametrize("path", ["/w/api.php", "/upload/a/ab/A.jpg"])
def test_a_program_that_does_not_say_who_it_is_gets_403(
    commons: MiniCommons, agent: str, path: str
) -> None:
    address = commons.addresses.base + path
    response = requests.get(address, headers={"User-Agent": agent}, timeout=10)
    assert response.status_code == 403
    assert "user-agent" in response.text


def test_base_36_is_that_of_the_upload_log() -> None:
    # From the recorded samples: the log's digits and what int() makes of them.
    logged = "5c5j46uaroxq4daw5ej5r8rgqm16rm1"
    assert base36_sha1(f"{int(logged, 36):040x}") == logged


# Transcodes and parts of files --------------------------------------------------------------------


def test_transcodes_are_told_in_the_words_of_timed_media_handler(
    commons: MiniCommons, api: mwapi.Session
) -> None:
    small = b"a small transcode"
    upload(commons, "File:Show.webm", "others/slideshow.webm", transcodes={"240p.vp9.webm": small})
    upload(commons, "File:Coffee.jpg", "photographs/coffee.jpg")
    titles = "File:Show.webm|File:Coffee.jpg"
    answer = api.get(action="query", prop="videoinfo", titles=titles, viprop="derivatives")
    show, coffee = answer["query"]["pages"]
    original, transcode = show["videoinfo"][0]["derivatives"]
    assert coffee["videoinfo"] == [{"derivatives": []}]
    assert "transcodekey" not in original
    assert (transcode["transcodekey"], transcode["height"]) == ("240p.vp9.webm", 240)
    assert transcode["src"].endswith("/Show.webm/Show.webm.240p.vp9.webm")
    assert fetch(original["src"]).content == stored("others/slideshow.webm")
    assert fetch(transcode["src"]).content == small
    assert fetch(transcode["src"].replace("240p", "360p")).status_code == 404


def test_a_part_of_a_file_is_given_if_it_is_of_the_version_that_is_asked_for(
    commons: MiniCommons,
) -> None:
    upload(commons, "File:Show.webm", "others/slideshow.webm")
    whole = stored("others/slideshow.webm")
    address = commons.addresses.original(
        "File:Show.webm", commons.wiki.versions("File:Show.webm")[0]
    )

    def part(**headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(address, headers={"User-Agent": AGENT, **named}, timeout=10)

    first = part(Range="bytes=0-9")
    assert (first.status_code, first.content) == (206, whole[:10])
    assert first.headers["Content-Range"] == f"bytes 0-9/{len(whole)}"
    rest = part(Range="bytes=10-", If_Range=first.headers["ETag"])
    assert (rest.status_code, rest.content) == (206, whole[10:])
    other = part(Range="bytes=10-", If_Range='"another version"')
    assert (other.status_code, other.content) == (200, whole)
    assert part(Range=f"bytes={len(whole)}-").status_code == 416


def test_a_title_leads_to_its_picture_in_a_size(commons: MiniCommons) -> None:
    upload(commons, "File:Red rocket.jpg", "photographs/rocket.jpg")
    index = f"{commons.addresses.base}/w/index.php?title=Special:Redirect/file"
    small = fetch(f"{index}/Red_rocket.jpg&width=120")
    assert small.url.endswith("/120px-Red_rocket.jpg")
    assert picture(small).width == 120
    assert fetch(f"{index}/Red rocket.jpg&width=3840").content == stored("photographs/rocket.jpg")
    assert fetch(f"{index}/Nothing.jpg&width=120").status_code == 404
