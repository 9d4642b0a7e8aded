"""`/api`: the REST API for people, read from its own OpenAPI document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.web.pages.frame import page
from bot.web.pages.route import pages

router = pages()


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    group: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


@router.get("/api")
def routes(request: Request) -> HTMLResponse:
    """Show every route with what it takes and answers."""
    document = request.app.openapi()
    groups: dict[str, list[Operation]] = {}
    for one in operations(document):
        groups.setdefault(one.group, []).append(one)
    return page(
        request,
        "api.html",
        about=document["info"]["description"],
        groups=groups,
    )


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield the operations of an OpenAPI document."""
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            yield Operation(
                group=next(iter(one.get("tags", ())), "other"),
                method=method.upper(),
                path=path,
                summary=one.get("summary", ""),
                description=one.get("description", ""),
                parameters=tuple(
                    (item["name"], item.get("description", ""))
                    for item in one.get("parameters", ())
                ),
                answers=tuple(
                    (code, answer["description"]) for code, answer in one["responses"].items()
                ),
            )
