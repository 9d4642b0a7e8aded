"""The rig proves itself: forty files of every type, their thumbnails, stills and traps."""

import hashlib
import io
import re
from typing import Any

import pytest
import requests
from PIL import Image

from rig import ApiError, MediaWikiRig
from rig.media import sample, samples
from rig.pictures import drawing, jpeg

TIMEOUT_S = 60.0
AGENT = {"User-Agent": "test/1"}

pytestmark = pytest.mark.rig


def fetch(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers={**AGENT, **headers}, timeout=TIMEOUT_S)


def picture(url: str) -> Image.Image:
    response = fetch(url)
    assert response.status_code == 200, response.text
    return Image.open(io.BytesIO(response.content))


def uploaded(rig: MediaWikiRig, name: str, *, width: int | None = None) -> dict[str, Any]:
    """Upload one of the samples and return what the API says of it."""
    rig.client("Uploader").upload(name, sample(name).bytes)
    return rig.client("Uploader").file_info(name, width=width)


def test_all_samples_are_accepted_and_served_as_they_are(rig: MediaWikiRig) -> None:
    uploader = rig.client("Uploader")
    for file in samples():
        info = uploader.upload(file.name, file.bytes)
        assert fetch(info["url"]).content == file.bytes, file.name
        assert hashlib.sha1(file.bytes, usedforsecurity=False).hexdigest() == info["sha1"]
        if file.expect == "scored":
            info = uploader.file_info(file.name, width=330)
            assert "file-type-icons" not in info["thumburl"], file.name
            assert 250 <= picture(info["thumburl"]).width <= 330, file.name
    rig.settle()
    titles = [event["title"] for event in rig.events if event.get("log_type") == "upload"]
    assert sorted(titles) == sorted(f"File:{file.name}" for file in samples())


def test_the_samples_are_forty_different_files_of_every_type() -> None:
    assert len({file.name for file in samples()}) == len({file.bytes for file in samples()}) == 40
    assert {file.expect for file in samples()} == {"scored", "skipped", "any-terminal"}
    assert sum(file.drawn for file in samples()) >= 8
    assert all(len(file.bytes) < 2_000_000 for file in samples())


def test_widths_are_rounded_to_the_standard_ones(rig: MediaWikiRig) -> None:
    info = uploaded(rig, "Coffee large.jpg", width=640)
    assert "/960px-" in info["thumburl"]
    assert (info["thumbwidth"], info["thumbheight"]) == (640, 427)
    assert picture(info["thumburl"]).width == 960
    refused = fetch(info["thumburl"].replace("/960px-", "/640px-"))
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers


def test_a_small_picture_is_its_own_thumbnail(rig: MediaWikiRig) -> None:
    info = uploaded(rig, "Coffee.jpg", width=960)
    assert info["thumburl"] == info["url"]


def test_video_gives_stills_of_any_second(rig: MediaWikiRig) -> None:
    info = uploaded(rig, "Story VP8.webm", width=960)
    assert info["thumburl"].endswith("/500px--Story_VP8.webm.jpg")
    stills = [
        picture(info["thumburl"].replace("500px--", f"500px-seek={second}-")) for second in (0, 2)
    ]
    assert stills[0].width == 500
    assert stills[0].tobytes() != stills[1].tobytes()
    answer = rig.client("Uploader").get(
        action="query",
        prop="imageinfo",
        titles="File:Story VP8.webm",
        iiprop="url|size",
        iiurlwidth=330,
        iiurlparam="330px-seek=1",
    )["query"]["pages"][0]["imageinfo"][0]
    assert answer["thumburl"].endswith("/330px-seek%3D1-Story_VP8.webm.jpg")
    assert answer["duration"] == pytest.approx(3.6, abs=0.3)


@pytest.mark.parametrize(
    ("name", "first", "third"),
    [
        ("Three pages.pdf", "page1-", "page3-"),
        ("Three pages.tif", "lossy-page1-", "lossy-page3-"),
    ],
)
def test_documents_give_stills_of_any_page(
    rig: MediaWikiRig, name: str, first: str, third: str
) -> None:
    info = uploaded(rig, name, width=330)
    assert info["pagecount"] == 3
    assert f"/{first}330px-" in info["thumburl"]
    pages = [picture(info["thumburl"].replace(first, page)) for page in (first, third)]
    assert pages[0].width == pages[1].width == 330
    assert pages[0].tobytes() != pages[1].tobytes()


@pytest.mark.parametrize("name", ["Tone.ogg", "Tone.wav", "Waving.webp"])
def test_what_cannot_be_scaled_gets_an_icon(rig: MediaWikiRig, name: str) -> None:
    info = uploaded(rig, name, width=960)
    assert "/resources/assets/file-type-icons/" in info["thumburl"]
    assert picture(info["thumburl"]).width == 120


def test_one_file_without_a_size_fails_a_whole_batch(rig: MediaWikiRig) -> None:
    uploaded(rig, "Coffee.jpg")
    uploaded(rig, "Three pages truncated.tif")
    with pytest.raises(ApiError) as refused:
        rig.client("Uploader").get(
            action="query",
            prop="imageinfo",
            titles="File:Coffee.jpg|File:Three pages truncated.tif",
            iiprop="url",
            iiurlwidth=330,
        )
    assert refused.value.code == "urlparamnormal"


def test_a_picture_beyond_the_scalers_limits_answers_500_in_html(rig: MediaWikiRig) -> None:
    response = fetch(uploaded(rig, "White sheet.png", width=960)["thumburl"])
    assert response.status_code == 500
    assert response.headers["Content-Type"].startswith("text/html")


def test_a_range_of_an_original_can_be_fetched(rig: MediaWikiRig) -> None:
    url = uploaded(rig, "Coffee.jpg")["url"]
    whole = sample("Coffee.jpg").bytes
    middle, rest = fetch(url, Range="bytes=100-199"), fetch(url, Range="bytes=100-")
    assert (middle.status_code, middle.content) == (206, whole[100:200])
    assert middle.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert rest.content == whole[100:]
    assert fetch(url, Range=f"bytes={len(whole)}-").status_code == 416


def test_an_overwritten_file_keeps_its_url_and_its_old_version(rig: MediaWikiRig) -> None:
    uploader = rig.client("Uploader")
    first, second = jpeg(drawing(1)), jpeg(drawing(2))
    before = uploader.upload("Again.jpg", first)
    after = uploader.upload("Again.jpg", second)
    assert before["url"] == after["url"]
    assert fetch(after["url"]).content == second
    new, old = uploader.versions("Again.jpg")
    assert (new["sha1"], old["sha1"]) == (after["sha1"], before["sha1"])
    assert re.search("/archive/.*Again.jpg$", old["url"])
    assert fetch(old["url"]).content == first


def test_a_deleted_file_is_missing_and_its_urls_are_gone(rig: MediaWikiRig) -> None:
    info = uploaded(rig, "Coffee large.jpg", width=960)
    assert fetch(info["thumburl"]).ok
    rig.client("Admin").delete("File:Coffee large.jpg")
    page = rig.client("Uploader").get(
        action="query", prop="imageinfo", titles="File:Coffee large.jpg"
    )["query"]["pages"][0]
    assert page["missing"] is True
    assert "imageinfo" not in page
    assert [fetch(info[url]).status_code for url in ("url", "thumburl")] == [404, 404]
    rig.client("Admin").undelete("File:Coffee large.jpg")
    assert fetch(info["url"]).content == sample("Coffee large.jpg").bytes


def test_a_moved_file_answers_under_its_old_title(rig: MediaWikiRig) -> None:
    old = uploaded(rig, "Coffee.jpg")
    rig.client("Admin").move("File:Coffee.jpg", "File:Tea.jpg")
    new = rig.client("Uploader").file_info("Coffee.jpg")
    assert new["url"].endswith("/Tea.jpg")
    assert fetch(old["url"]).status_code == 404


def test_deleted_files_and_foreign_paths_are_not_served(rig: MediaWikiRig) -> None:
    uploaded(rig, "Coffee.jpg")
    rig.client("Admin").delete("File:Coffee.jpg")
    area = rig.api_url.replace("/w/api.php", "/wikipedia/commons")
    for path in ("/deleted/", "/lockdir/", "/%2e%2e/db/commonswiki.sqlite"):
        assert fetch(area + path).status_code == 404
