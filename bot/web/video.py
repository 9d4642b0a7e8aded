"""`POST /v1/classify/video` and `/v1/jobs`: videos are watched as jobs."""

import asyncio
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from bot.settings.values import MIB
from bot.web.access import Shared, may_score
from bot.web.films import watch_bytes, watch_title
from bot.web.jobs import Job, Work
from bot.web.looks import model_info
from bot.web.parts import Parts
from bot.web.problems import Problem, responses
from bot.web.reading import JSON, MULTIPART, UNPROCESSABLE, kind_of, read_json, refuse_kind, uploads
from bot.web.shapes import ModelInfo, VideoResult

router = APIRouter(tags=["videos"], dependencies=[Depends(may_score)])
ACCEPTED: Final = 202


class VideoTitle(BaseModel):
    """A video of the wiki."""

    title: str = Field(max_length=300, examples=["File:Example.webm"])

    model_config = ConfigDict(extra="forbid")


class ShownJob(BaseModel):
    """A video on its way, or what became of it."""

    id: str
    state: str = Field(description="waiting, running, done or failed", examples=["done"])
    frames: int = Field(description="Scored until now.")
    most_frames: int = Field(description="That will be scored, at most.")
    model: ModelInfo
    result: VideoResult | None = None
    error: Problem | None = None


BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            JSON: {"schema": {"$ref": "#/components/schemas/VideoTitle"}},
        },
    }
}


@router.post(
    "/v1/classify/video",
    summary="Watch a video",
    response_model_exclude_none=True,
    responses={
        ACCEPTED: {"model": ShownJob, "description": "A job; Location tells where to ask for it."},
        **responses(400, 401, 404, 408, 413, 415, 422, 429, 502, 503, 504),
    },
    openapi_extra=BODY,
)
async def watch(
    request: Request,
    response: Response,
    parts: Shared,
    *,
    explain: Annotated[
        bool, Query(description="Add a heat map of the heaviest frame of a video that is sent.")
    ] = False,
) -> ShownJob:
    """Begin a job. A file up to `serve.small_video_mebibytes` is waited for, and answered at once.

    Of a small file that cannot be watched, the error is the answer.
    """
    name, work, is_small = await _asked(request, parts, explain=explain)
    job = parts.jobs.begin(name, work)
    if is_small and job.future:
        await asyncio.wait([asyncio.wrap_future(job.future)], timeout=parts.settings.serve.seconds)
        if job.error:
            parts.jobs.forget(job.id)
            raise HTTPException(job.error.status, job.error.detail)
    if not job.is_over:
        response.status_code = ACCEPTED
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return _shown(job, parts)


@router.get(
    "/v1/jobs/{key}",
    summary="How far is a video?",
    response_model_exclude_none=True,
    responses=responses(401, 404, 422, 429),
)
async def job(key: str, parts: Shared) -> ShownJob:
    """Return a job; its result stays until a hundred others are done."""
    found = parts.jobs.get(key)
    if found is None:
        raise HTTPException(404, "no such job, or no longer")
    return _shown(found, parts)


@router.delete(
    "/v1/jobs/{key}",
    summary="Cancel and forget a video",
    status_code=204,
    responses=responses(401, 404, 422, 429),
)
async def cancel(key: str, parts: Shared) -> None:
    """Cancel a job, whatever its state; its result is gone."""
    if not await asyncio.to_thread(parts.jobs.forget, key):
        raise HTTPException(404, "no such job, or no longer")


async def _asked(request: Request, parts: Parts, *, explain: bool) -> tuple[str, Work, bool]:
    match kind_of(request):
        case "multipart/form-data":
            files = await uploads(request, parts.settings.serve)
            if len(files) > 1:
                raise HTTPException(UNPROCESSABLE, "one video at a time")
            (file,) = files
            small = len(file.data) <= parts.settings.serve.small_video_mebibytes * MIB
            work = partial(watch_bytes, parts, file.data, explain=explain)
            return file.name, work, small
        case "application/json" if explain:
            said = "explain=1 is for a video that is sent; the dashboard explains those of the wiki"
            raise HTTPException(UNPROCESSABLE, said)
        case "application/json":
            asked = await read_json(request, VideoTitle)
            return asked.title, partial(watch_title, parts, asked.title), False
    raise refuse_kind(MULTIPART, JSON)


def _shown(job: Job, parts: Parts) -> ShownJob:
    return ShownJob(
        id=job.id,
        state=job.state,
        frames=job.frames,
        most_frames=parts.settings.video.frames,
        model=model_info(parts.scorer),
        result=job.result,
        error=job.error,
    )
