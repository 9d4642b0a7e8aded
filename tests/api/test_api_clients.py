"""Clients written from the documents of KServe's logo-detection and of nsfwoid, unchanged."""

import base64
from typing import Any

import pytest
import requests

from support.api import ApiProcess
from support.world import CAT, World

pytestmark = pytest.mark.model
MODEL = "nsfwjs-mobilenet-v2-mid"


def logo_detection(base: str, model: str, pictures: dict[str, bytes]) -> dict[str, float]:
    """Ask as the documents of Lift Wing do; no content type, as curl's -d sends none of JSON."""
    instances = [
        {"filename": name, "image": base64.b64encode(data).decode(), "target": "drawing"}
        for name, data in pictures.items()
    ]
    answer = requests.post(
        f"{base}/v1/models/{model}:predict", json={"instances": instances}, timeout=60
    )
    answer.raise_for_status()
    return {one["filename"]: one["prediction"] for one in answer.json()["predictions"]}


def nsfwoid(base: str, address: str) -> float:
    """Ask as nsfwoid's README does with `curl -d url=…`."""
    answer = requests.post(f"{base}/v1/score", data={"url": address}, timeout=60)
    answer.raise_for_status()
    return float(answer.text)


def test_a_client_of_logo_detection_works_unchanged(api: ApiProcess) -> None:
    found = logo_detection(api.base, MODEL, {"b.jpg": CAT, "a.jpg": CAT})
    assert list(found) == ["b.jpg", "a.jpg"]
    assert found["a.jpg"] == round(found["a.jpg"], 4) > 0.5


def test_a_client_of_nsfwoid_works_unchanged(api: ApiProcess, world: World) -> None:
    world.upload("Cat for one number.jpg", CAT)
    address = world.thumbnail("File:Cat for one number.jpg")
    assert 0 <= nsfwoid(api.base, address) < 0.5


def predict(api: ApiProcess, body: Any, model: str = MODEL) -> requests.Response:
    return api.post(f"/v1/models/{model}:predict", json=body)


def instance(**changes: Any) -> dict[str, Any]:
    whole = {"filename": "a", "image": base64.b64encode(CAT).decode(), "target": "explicit"}
    return whole | changes


def test_what_logo_detection_gets_wrong_is_right_here(api: ApiProcess) -> None:
    instances = [
        instance(filename="z"),
        instance(filename="../../etc/passwd", image="!!"),
        instance(filename="z", target="drawn"),
        instance(filename="z", image=base64.b64encode(b"no picture").decode()),
    ]
    answer = predict(api, {"instances": instances, "debug": True})
    assert answer.status_code == 200
    first, second, third, fourth = answer.json()["predictions"]
    assert first["prediction"] + first["out_of_domain"] == pytest.approx(1)
    assert second["filename"] == "../../etc/passwd"
    assert "base64" in second["error"]
    assert third["prediction"] > 0.5 > first["prediction"]
    assert "error" in fourth
    assert set(answer.json()["latency"]) == {"preprocess (s)", "predict (s)", "total (s)"}


@pytest.mark.parametrize(
    ("body", "model", "status"),
    [
        ({"instances": []}, MODEL, 400),
        ({"instances": [instance(target="logo")]}, MODEL, 400),
        ({"instances": [instance(filename=3)]}, MODEL, 400),
        ({"instances": [instance()], "debug": "yes"}, MODEL, 400),
        ({"instances": 51 * [instance(image="")]}, MODEL, 400),
        ({"inputs": []}, MODEL, 400),
        ([], MODEL, 400),
        ({"instances": [instance()]}, "logo-detection", 404),
    ],
)
def test_kserve_errors_say_what_is_wrong(
    api: ApiProcess, body: Any, model: str, status: int
) -> None:
    answer = predict(api, body, model)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_kserves_other_routes(api: ApiProcess) -> None:
    assert api.get("/v1/models").json() == {"models": [MODEL]}
    assert api.get(f"/v1/models/{MODEL}").json() == {"name": MODEL, "ready": True}
    assert api.get("/v1/models/other").status_code == 404
    assert api.get("/v2/health/live").json() == {"live": True}
    assert api.get("/v2/health/ready").json() == {"ready": True}


def test_one_number_needs_an_address_of_wikimedia(api: ApiProcess) -> None:
    assert api.post("/v1/score", data={"x": "1"}).status_code == 400
    assert api.post("/v1/score", data={"url": "http://127.0.0.1:1/"}).status_code == 422
    assert api.post("/v1/score", json={"url": "x"}).status_code == 415
