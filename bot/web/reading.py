"""Reads bodies into memory, never to disk, whatever a client claims them to be."""

import asyncio
from dataclasses import dataclass
from typing import Final, TypeVar

from fastapi import Request, status
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from bot.settings.serving import ServeSettings

Shape = TypeVar("Shape", bound=BaseModel)
JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"
FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 16
BAD_REQUEST: Final = status.HTTP_400_BAD_REQUEST
UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class Upload:
    """A file from a form."""

    name: str
    data: bytes


def kind_of(request: Request) -> str:
    """Return the media type of a body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_kind(*wanted: str) -> HTTPException:
    """Return the refusal of a media type."""
    said = f"the body should be {' or '.join(wanted)}"
    return HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, said)


async def uploads(request: Request, serve: ServeSettings) -> list[Upload]:
    """Return the files of a multipart body, in their order.

    Raises:
        HTTPException: 400, it is none, or holds no file, or too many.
    """
    form = await read_form(request, serve)
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    if not files:
        raise HTTPException(BAD_REQUEST, "the form holds no file")
    return [Upload(file.filename or "", await file.read()) for file in files]


async def read_form(request: Request, serve: ServeSettings) -> FormData:
    """Return a form, of either kind.

    Raises:
        HTTPException: 400, it cannot be read; 415, it is none.
    """
    try:
        if kind_of(request) == MULTIPART:
            return await _multipart(request, serve)
        if kind_of(request) == FORM:
            return await FormParser(request.headers, request.stream()).parse()
    except MultiPartException as error:
        raise HTTPException(BAD_REQUEST, error.message) from error
    raise refuse_kind(MULTIPART, FORM)


async def _multipart(request: Request, serve: ServeSettings) -> FormData:
    parser = MultiPartParser(
        request.headers,
        request.stream(),
        max_files=serve.max_files,
        max_fields=MOST_FIELDS,
    )
    # Larger parts would go to a temporary file, where pictures must not be.
    parser.spool_max_size = serve.max_bytes + 1
    return await parser.parse()


async def read_json(
    request: Request, shape: type[Shape], *, mismatch: int = UNPROCESSABLE
) -> Shape:
    """Return a JSON body as `shape`, read in a thread: tens of megabytes take a while.

    Raises:
        HTTPException: 400, it is no JSON; `mismatch`, it is of another shape.
    """
    body = await request.body()
    try:
        return await asyncio.to_thread(shape.model_validate_json, body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        code = BAD_REQUEST if first["type"] == "json_invalid" else mismatch
        place = ".".join(map(str, first["loc"]))
        raise HTTPException(code, f"{place}: {first['msg']}".removeprefix(": ")) from None
