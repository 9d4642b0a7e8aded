"""`POST /v1/score`: an address in, one bare number out, as `nsfwoid` and `open_nsfw--` answer.

https://github.com/mdholloway/nsfwoid, https://github.com/rahiel/open_nsfw--
"""

from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from bot.web.access import Shared, may_score
from bot.web.looks import Item, explicit, look, worked_on
from bot.web.problems import responses
from bot.web.reading import BAD_REQUEST, FORM, MULTIPART, read_form

router = APIRouter(tags=["open_nsfw"], dependencies=[Depends(may_score)])
SCHEMA: Final = {
    "type": "object",
    "required": ["url"],
    "properties": {"url": {"type": "string", "description": "Of a picture at Wikimedia."}},
}
ADDRESS: Final = "https://upload.wikimedia.org/wikipedia/commons/a/a9/Example.jpg"
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {"schema": SCHEMA, "example": {"url": ADDRESS}},
            MULTIPART: {"schema": SCHEMA},
        },
    }
}


@router.post(
    "/v1/score",
    summary="One number for one address",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {"text/plain": {"example": "0.018645038828253746"}}},
        **responses(400, 401, 404, 408, 413, 415, 422, 429, 502, 503, 504),
    },
    openapi_extra=BODY,
)
async def score(request: Request, parts: Shared) -> PlainTextResponse:
    """Answer with the sum of the labels of `serve.explicit`, 0 to 1: of frames, the highest."""
    form = await read_form(request, parts.settings.serve)
    address = form.get("url")
    if not isinstance(address, str) or not address:
        raise HTTPException(BAD_REQUEST, "Missing `url` POST parameter")
    async with worked_on(parts, 1):
        item = Item(address, fetch=partial(parts.wikimedia.by_address, address))
        result = await look(parts, item)
    number = max(explicit(parts, view.scores) for view in result.views)
    return PlainTextResponse(str(min(1.0, max(0.0, number))))
