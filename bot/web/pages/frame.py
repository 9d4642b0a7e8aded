"""A template, what every page has, and the headers that keep a page from doing anything else."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot import __version__
from bot.settings.intake import WikiSettings
from bot.statistics.text import duration, interval
from bot.web.parts import Parts, parts_of
from bot.web.reviewers import reviewer_of

STATIC: Final = Path(__file__).parents[1] / "static"
NAVIGATION: Final = (
    ("/", "Status"),
    ("/queue", "Queue"),
    ("/explorer", "Thresholds"),
    ("/statistics", "Statistics"),
    ("/model", "Model"),
    ("/api", "API"),
)
BACKTICKS: Final = re.compile("`([^`]+)`")
# Names of static files carry a hash of all of them, so that browsers may keep them.
KEPT: Final = "public, max-age=86400"


def static_version() -> str:
    """Return what changes whenever any static file does."""
    files = sorted(path for path in STATIC.iterdir() if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


class Statics(StaticFiles):
    """The style sheet and the scripts, which browsers may keep."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer one request."""
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = KEPT
        return answer


def page(
    request: Request,
    template: str,
    /,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
    **shown: Any,
) -> HTMLResponse:
    """Return a page made of a template."""
    parts = parts_of(request)
    html = TEMPLATES.get_template(template).render(
        **shown,
        navigation=NAVIGATION,
        here=request.url.path,
        address=_address(request),
        visitor=reviewer_of(request),
        sign_in=parts.signin is not None,
        program=__version__,
        static=STATIC_VERSION,
    )
    policy = {"Content-Security-Policy": content_policy(parts)}
    return HTMLResponse(html, status_code, headers={**policy, **(headers or {})})


def _address(request: Request) -> str:
    """Return where somebody should come back to: a page that was asked for, not sent to."""
    if request.method != "GET":
        return request.url.path.removesuffix("/heat-map")
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def content_policy(parts: Parts) -> str:
    """Return the CSP of pages: our own style sheet and scripts, pictures of the wiki, no more."""
    pictures = " ".join(picture_hosts(parts.settings.wiki))
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        f"img-src 'self' data: {pictures}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def picture_hosts(wiki: WikiSettings) -> list[str]:
    """Return whence a page may show pictures: the wiki leads to them, its file hosts have them."""
    scheme = urlsplit(wiki.api).scheme
    return [f"{scheme}://{host}" for host in dict.fromkeys((wiki.hostname, *wiki.file_hosts))]


def clock(seconds: float) -> str:
    """Return a moment (s since 1970) as people read it, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y, %H:%M} UTC"


def machine_clock(seconds: float) -> str:
    """Return a moment for the `datetime` attribute."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def number(value: float) -> str:
    """Return a count."""
    return f"{value:,.0f}"


def lasting(seconds: float | None) -> str:
    """Return a duration, `unknown` without one."""
    return "unknown" if seconds is None else duration(seconds)


def coded(text: str) -> Markup:
    """Return a text with what stands between backticks as code."""
    return Markup(BACKTICKS.sub(r"<code>\1</code>", str(Markup.escape(text))))  # noqa: S704 - escaped before


def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("bot.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clock": clock,
        "machine_clock": machine_clock,
        "number": number,
        "lasting": lasting,
        "interval": interval,
        "coded": coded,
    }
    return made


TEMPLATES: Final = _templates()
STATIC_VERSION: Final = static_version()
