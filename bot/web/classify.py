"""`POST /v1/classify`: pictures in, labels and confidence out."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException

from bot.web.access import may_score
from bot.web.looks import Item, model_info, results
from bot.web.parts import Parts, parts_of
from bot.web.problems import responses
from bot.web.reading import JSON, MULTIPART, UNPROCESSABLE, kind_of, read_json, refuse_kind, uploads
from bot.web.shapes import Classified, Named, NamedFiles

router = APIRouter(tags=["classify"], dependencies=[Depends(may_score)])

BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "One picture or several: JPEG, PNG, GIF, WebP, TIFF.",
                        }
                    },
                }
            },
            JSON: {
                "schema": {"$ref": "#/components/schemas/NamedFiles"},
                "examples": {
                    "title": {"value": {"title": "File:Example.jpg"}},
                    "several": {
                        "value": {"files": [{"title": "File:A.jpg"}, {"title": "File:B.jpg"}]}
                    },
                },
            },
        },
    }
}


@router.post(
    "/v1/classify",
    summary="Score pictures",
    response_model_exclude_none=True,
    responses=responses(400, 401, 404, 408, 413, 415, 422, 429, 502, 503, 504),
    openapi_extra=BODY,
)
async def classify(
    request: Request,
    *,
    explain: Annotated[bool, Query(description="Add a heat map to every result.")] = False,
) -> Classified:
    """Score pictures from a form, or files that Wikimedia has, by title or address.

    A single file that cannot be scored is an error. Among several, the error stands in the place
    of the result, and the others are scored.
    """
    parts = parts_of(request)
    items = await _items(request, parts)
    return Classified(
        model=model_info(parts.scorer), results=await results(parts, items, explain=explain)
    )


async def _items(request: Request, parts: Parts) -> list[Item]:
    match kind_of(request):
        case "multipart/form-data":
            files = await uploads(request, parts.settings.serve)
            return [Item(file.name, file.data) for file in files]
        case "application/json":
            asked = await read_json(request, NamedFiles)
            return [_named(parts, one) for one in _asked(asked, parts.settings.serve.max_files)]
    raise refuse_kind(MULTIPART, JSON)


def _asked(body: NamedFiles, most: int) -> list[Named]:
    single = Named(title=body.title, url=body.url)
    given = [*(body.files or []), *([single] if body.title or body.url else [])]
    if not given or (body.files and len(given) > len(body.files)):
        raise HTTPException(UNPROCESSABLE, "give title, or url, or files")
    if len(given) > most:
        raise HTTPException(UNPROCESSABLE, f"more than {most} files; see serve.max_files")
    return given


def _named(parts: Parts, one: Named) -> Item:
    """Return an item that is fetched when its turn comes."""
    if bool(one.title) == bool(one.url):
        raise HTTPException(UNPROCESSABLE, "a file needs a title or a url, one of the two")
    name = one.title or one.url or ""
    fetch = parts.wikimedia.by_title if one.title else parts.wikimedia.by_address
    return Item(name, fetch=partial(fetch, name))
