"""`POST /v1/classify` as a client meets it."""

import base64
import io

import pytest
from PIL import Image

from bot.web.problems import MEDIA_TYPE
from support.api import ApiProcess
from support.world import CAT, MEDIA, World

pytestmark = pytest.mark.model
ASTRONAUT = (MEDIA / "photographs/astronaut.jpg").read_bytes()
PINWHEEL = (MEDIA / "others/pinwheel.gif").read_bytes()


def test_one_picture_gives_label_confidence_all_scores_and_what_made_them(api: ApiProcess) -> None:
    answer = api.classify(CAT)
    assert answer.status_code == 200
    body = answer.json()
    (result,) = body["results"]
    assert result["label"] == "drawing"
    assert result["confidence"] == result["scores"]["drawing"] > 0.5
    assert sum(result["scores"].values()) == pytest.approx(1, abs=0.01)
    assert (result["verdict"], result["rules"]) == ("review", ["drawn"])
    assert body["model"]["name"] == "nsfwjs-mobilenet-v2-mid"
    assert len(body["model"]["weights"]) == 64
    assert "heat_map" not in result


def test_several_files_are_answered_in_order_and_one_bad_one_spoils_none(api: ApiProcess) -> None:
    answer = api.classify(CAT, b"no picture", ASTRONAUT, CAT[:200], PINWHEEL)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result["name"] for result in results] == [f"{n}.bin" for n in range(5)]
    assert [result.get("label", result.get("error", {}).get("status")) for result in results] == [
        "drawing",
        415,
        "neutral",
        422,
        results[4]["label"],
    ]
    assert len(results[4]["views"]) == 8  # frames of an animation: all that differ


def test_the_heat_map_is_a_picture(api: ApiProcess) -> None:
    (result,) = api.classify(CAT, params={"explain": 1}).json()["results"]
    head, _, data = result["heat_map"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.format == "PNG"


def test_files_of_the_wiki_are_asked_for_by_title_or_address(api: ApiProcess, world: World) -> None:
    world.upload("Cat in pencil.jpg", CAT)
    by_title = api.post("/v1/classify", json={"title": "File:Cat_in_pencil.jpg"})
    (result,) = by_title.json()["results"]
    assert (result["name"], result["label"]) == ("File:Cat_in_pencil.jpg", "drawing")
    address = world.thumbnail("File:Cat in pencil.jpg")
    (result,) = api.post("/v1/classify", json={"url": address}).json()["results"]
    assert result["label"] == "drawing"
    both = {"files": [{"title": "File:Nobody.jpg"}, {"url": address}]}
    first, second = api.post("/v1/classify", json=both).json()["results"]
    assert first["error"]["status"] == 404
    assert second["label"] == "drawing"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"title": "File:A.jpg", "url": "http://x/"}', 422),
        (b'{"title": "File:A|B.jpg"}', 422),
        (b'{"title": ""}', 422),
        (b'{"title": "File:Not there.jpg"}', 404),
        (b'{"file": 3}', 422),
        (b'{"files": []}', 422),
        (b'{"files": [{}]}', 422),
        (b'{"title": "\\ud800"}', 400),
    ],
)
def test_bodies_that_say_nothing_are_refused(api: ApiProcess, body: bytes, status: int) -> None:
    answer = api.post("/v1/classify", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"x", 415),
        ("", b"x", 415),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=a", b"", 400),
        ("multipart/form-data; boundary=a", b"--a--", 400),
        ("multipart/form-data; boundary=" + 80 * "a", b"--a", 400),
        ("image/jpeg", CAT, 415),
    ],
)
def test_bodies_of_other_kinds_are_refused(
    api: ApiProcess, kind: str, body: bytes, status: int
) -> None:
    answer = api.post("/v1/classify", data=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text


def test_more_files_than_allowed_are_refused(api: ApiProcess) -> None:
    assert api.classify(*17 * [b"x"]).status_code == 400
    named = {"files": 17 * [{"title": "File:A.jpg"}]}
    assert api.post("/v1/classify", json=named).status_code == 422


def test_every_answer_carries_the_headers_against_browsers(api: ApiProcess) -> None:
    for answer in (api.get("/v2/health/live"), api.get("/nowhere"), api.classify(b"x")):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "server" not in answer.headers
