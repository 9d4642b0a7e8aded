"""Videos over HTTP: small ones at once, others as jobs."""

import base64
import io
import threading
import time
from typing import Any

import pytest
from PIL import Image
from starlette.exceptions import HTTPException

from bot.web.jobs import Job, Jobs
from bot.web.shapes import VideoResult
from model.errors import OverLimit
from model.heat_map import LONGEST_EDGE
from support.api import ApiProcess
from support.films import DRAWING, PHOTOGRAPH, film
from support.world import CAT, World

PATIENCE_S = 120.0
POLL_S = 0.05


def send(api: ApiProcess, data: bytes, **asked: int) -> Any:
    return api.post("/v1/classify/video", files={"file": ("a.webm", data)}, params=asked)


@pytest.mark.model
def test_a_small_video_is_answered_at_once(api: ApiProcess) -> None:
    answer = send(api, film((PHOTOGRAPH, 4), (DRAWING, 4)))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["state"] == "done"
    assert body["frames"] > 1
    result = body["result"]
    assert (result["verdict"], result["rules"]) == ("review", ["drawn"])
    assert result["duration_s"] == pytest.approx(8, abs=2)
    assert result["scenes"][0]["start_s"] == 0
    assert api.get(answer.headers["Location"]).json() == body
    assert list(api.temporary.rglob("*")) == []


@pytest.mark.model
def test_the_heaviest_frame_is_explained_when_somebody_asks(api: ApiProcess) -> None:
    data = film((PHOTOGRAPH, 2), (DRAWING, 2))
    assert "heat_map" not in send(api, data).json()["result"]
    answer = send(api, data, explain=1)
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    png = base64.b64decode(result["heat_map"].removeprefix("data:image/png;base64,"))
    assert max(Image.open(io.BytesIO(png), formats=["PNG"]).size) == LONGEST_EDGE
    assert result["heat_map_place"] in ("0:00", "0:01", "0:02", "0:03")
    assert result["heat_map_label"] in result["scores"]


@pytest.mark.model
def test_a_video_of_the_wiki_is_explained_elsewhere(api: ApiProcess) -> None:
    asked = {"title": "File:Two scenes.webm"}
    answer = api.post("/v1/classify/video", json=asked, params={"explain": 1})
    assert answer.status_code == 422
    assert "dashboard" in answer.json()["detail"]


@pytest.mark.model
@pytest.mark.parametrize(("data", "status"), [(b"", 415), (b"no video", 415), (CAT, 415)])
def test_what_is_no_video_is_refused(api: ApiProcess, data: bytes, status: int) -> None:
    assert send(api, data).status_code in (status, 422)


@pytest.mark.model
def test_a_video_of_the_wiki_is_a_job(api: ApiProcess, world: World) -> None:
    world.upload("Two scenes.webm", film((PHOTOGRAPH, 4), (DRAWING, 4)))
    begun = api.post("/v1/classify/video", json={"title": "File:Two scenes.webm"})
    assert begun.status_code == 202
    body = wait(api, begun.headers["Location"])
    assert body["state"] == "done", body
    assert body["result"]["verdict"] == "review"
    assert api.delete(begun.headers["Location"]).status_code == 204
    assert api.get(begun.headers["Location"]).status_code == 404
    assert api.delete(begun.headers["Location"]).status_code == 404


@pytest.mark.model
def test_a_job_that_fails_says_why(api: ApiProcess, world: World) -> None:
    world.upload("No film.jpg", CAT)
    begun = api.post("/v1/classify/video", json={"title": "File:No film.jpg"})
    body = wait(api, begun.headers["Location"])
    assert (body["state"], body["error"]["status"]) == ("failed", 422)
    begun = api.post("/v1/classify/video", json={"title": "File:Nowhere.webm"})
    assert wait(api, begun.headers["Location"])["error"]["status"] == 404


def wait(api: ApiProcess, place: str) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while (body := api.get(place).json())["state"] not in ("done", "failed"):
        assert time.monotonic() < deadline, body
        time.sleep(POLL_S)
    return body


def until_stopped(job: Job) -> VideoResult:
    assert job.stop.wait(PATIENCE_S)
    raise OverLimit("stopped")


def test_jobs_are_bounded_and_can_be_cancelled() -> None:
    jobs = Jobs(2)
    ended = threading.Event()
    first, second = (jobs.begin(name, until_stopped) for name in "ab")
    first.end = ended.set
    with pytest.raises(HTTPException) as refusal:
        jobs.begin("c", until_stopped)
    assert refusal.value.status_code == 429
    assert jobs.forget(first.id)
    assert ended.is_set()
    assert not jobs.forget(first.id)
    assert jobs.get(second.id) is second
    third = jobs.begin("c", until_stopped)
    jobs.close()
    assert second.stop.is_set()
    assert third.stop.is_set()


def test_a_finished_job_makes_place() -> None:
    jobs = Jobs(1)

    def fails(job: Job) -> VideoResult:
        raise OverLimit(job.name)

    for name in "abc":
        job = jobs.begin(name, fails)
        assert job.future
        job.future.result(PATIENCE_S)
        assert job.state == "failed"
        assert job.error
        assert job.error.status == 422
    jobs.close()
