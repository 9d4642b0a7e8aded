"""The application: routes, what stands before them, and the OpenAPI document."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.openapi.utils import get_openapi
from starlette.middleware.sessions import SessionMiddleware

from bot import __version__
from bot.web import classify, decisions, files, flags, health, kserve, onenumber, signin, video
from bot.web.bodies import BodyCaps
from bot.web.headers import SecurityHeaders
from bot.web.pages import apiroutes, entry, explorer, queue, statistics, status
from bot.web.pages import model as model_page
from bot.web.pages.figures import Figures
from bot.web.pages.frame import STATIC, Statics
from bot.web.parts import Parts
from bot.web.problems import Problem, install
from bot.web.reviewers import COOKIE
from bot.web.shapes import NamedFiles

ROUTERS: Final = (
    classify.router,
    video.router,
    kserve.router,
    onenumber.router,
    files.router,
    flags.router,
    decisions.router,
    signin.router,
    health.router,
    status.router,
    queue.router,
    entry.router,
    entry.costly,
    explorer.router,
    statistics.router,
    model_page.router,
    apiroutes.router,
)
# Bodies that a route reads by itself, so that FastAPI does not know of them.
SHAPES: Final = (Problem, NamedFiles, kserve.PredictRequest, video.VideoTitle)
DESCRIPTION: Final = """\
Scores pictures with the classifier of Commons Lookout. Every answer is an automated suggestion, \
never a judgement: nudity is allowed on Wikimedia Commons. No picture is stored or logged.
"""


def create_app(parts: Parts) -> FastAPI:
    """Return the application around `parts`, which it does not close."""
    app = FastAPI(
        title="Commons Lookout",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,  # a page with scripts from elsewhere, which the CSP forbids
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    furnish(app, parts)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Statics(directory=STATIC), name="static")
    install(app)
    if parts.signin:
        app.add_middleware(
            SessionMiddleware,
            secret_key=parts.signin.key,
            session_cookie=COOKIE,
            max_age=int(parts.signin.hours * 3600),
            same_site="lax",
            https_only=True,
        )
    app.add_middleware(BodyCaps, settings=parts.settings.serve)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=parts.settings.serve.origins,
        allow_methods=["GET"],
        allow_headers=["Authorization"],
    )
    app.add_middleware(SecurityHeaders)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's own way
    return app


def furnish(app: FastAPI, parts: Parts) -> None:
    """Give an application its parts, in place of those it had."""
    app.state.parts = parts
    app.state.figures = Figures(parts)


def _document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, once made."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for shape in SHAPES:
            schemas |= _schemas(shape.model_json_schema(ref_template=REFERENCE))
        _without_default_errors(document)
        app.openapi_schema = document
    return app.openapi_schema


REFERENCE: Final = "#/components/schemas/{model}"


def _schemas(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema and those it refers to, by name."""
    parts: dict[str, Any] = schema.pop("$defs", {})
    return {**parts, schema["title"]: schema}


def _without_default_errors(document: dict[str, Any]) -> None:
    """Drop FastAPI's own 422, which is no problem document."""
    for path in document["paths"].values():
        for operation in path.values():
            error = operation["responses"].get("422", {})
            if "application/json" in error.get("content", {}):
                from_problem = operation["responses"]["422"]["content"]
                del from_problem["application/json"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
