"""Caps on request bodies, kept while they arrive: bytes of one, bytes of all, and time."""

import asyncio
from typing import Final

import structlog
from fastapi import status
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings.serving import ServeSettings
from bot.web.problems import answer, busy, problem_of

log = structlog.get_logger(__name__)

BODY: Final = "http.request"


class BodyCaps:
    """Refuses a body at the first byte too many, or when its time is up.

    Nothing is held here: it counts what passes.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app = app
        self._settings = settings
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self, self._settings)
        try:
            self._refuse_announced(Headers(scope=scope).get("content-length", ""))
            await self._app(scope, body.receive, send)
        except ClientDisconnect:
            log.info("api.hung_up")  # in the middle of a body: nobody is left to answer
        except HTTPException as error:  # from here, or raised through a route that reads
            await answer(problem_of(error), dict(error.headers or {}))(scope, receive, send)
        finally:
            self._held -= body.size

    def take(self, size: int) -> None:
        """Count bytes that have come.

        Raises:
            HTTPException: 429, all bodies together are too much.
        """
        self._held += size
        if self._held > self._settings.held_bytes:
            raise busy("the service holds as many bytes as it may; send this again in a while")

    def _refuse_announced(self, length: str) -> None:
        if length.isdecimal() and int(length) > self._settings.max_bytes:
            raise too_large(self._settings)


class _Body:
    """One request's body."""

    def __init__(self, receive: Receive, caps: BodyCaps, settings: ServeSettings) -> None:
        self._receive = receive
        self._caps = caps
        self._settings = settings
        self._whole = False
        self._deadline = asyncio.get_running_loop().time() + settings.body_seconds
        self.size = 0

    async def receive(self) -> Message:
        """Pass a part of the body on, or what comes after it."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            seconds = self._settings.body_seconds
            raise HTTPException(
                status.HTTP_408_REQUEST_TIMEOUT, f"the body took longer than {seconds:g} s"
            ) from error
        if message["type"] == BODY:
            self._count(len(message.get("body", b"")))
            self._whole = not message.get("more_body", False)
        return message

    def _count(self, size: int) -> None:
        self.size += size
        self._caps.take(size)
        if self.size > self._settings.max_bytes:
            raise too_large(self._settings)


def too_large(settings: ServeSettings) -> HTTPException:
    """Return the refusal of a body over the cap."""
    said = f"the body is over serve.max_mebibytes ({settings.max_mebibytes} MiB)"
    return HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, said)
