"""The review page as a person sees it: the bot's wikitext as HTML, pictures blurred until clicked.

The page on a wiki holds links only. Pictures are added here because these ones are harmless.
"""

import base64
import html
import re
from collections.abc import Callable

from bot.demo.page_template import TEMPLATE

Picture = Callable[[str, str], bytes | None]
"""Takes a file's title and the place in it that the entry names; returns JPEG or PNG bytes."""

_COMMENT = re.compile(r"<!--.*?-->")
_SWITCH = re.compile(r"__[A-Z]+__\n?")
_LINK = re.compile(r"\[\[:?([^\]|]+)(?:\|([^\]]+))?\]\]")
_EMPHASIS = re.compile(r"''(.+?)''")
_SMALL = re.compile(r"&lt;(/?)small&gt;")
_TITLE = re.compile(r"\[\[:(File:[^\]|]+)\]\]")
_PLACE = re.compile(r"look at ([^·]+?) ·")
PNG_SIGNATURE = b"\x89PNG"


def render(title: str, wikitext: str, picture: Picture) -> str:
    """Return a page of HTML that needs no other file."""
    lines = _SWITCH.sub("", wikitext).splitlines()
    entries = [line for line in lines if line.startswith("* ")]
    introduction = [line for line in lines if _COMMENT.sub("", line) and line not in entries]
    return TEMPLATE.substitute(
        title=html.escape(title),
        introduction="\n".join(f"<p>{_inline(line)}</p>" for line in introduction),
        entries="\n".join(_entry(line, picture) for line in entries),
        wikitext=html.escape(wikitext),
    )


def _entry(line: str, picture: Picture) -> str:
    text = _inline(line.removeprefix("* "))
    title = _TITLE.search(line)
    place = _PLACE.search(line)
    content = picture(title[1], place[1] if place else "") if title else None
    return f"<li>{_figure(content) if content else ''}<div>{text}</div></li>"


def _figure(content: bytes) -> str:
    kind = "png" if content.startswith(PNG_SIGNATURE) else "jpeg"
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return (
        '<button type="button" aria-pressed="false" aria-label="Show the picture">'
        f'<img src="{source}" alt=""></button>'
    )


def _inline(line: str) -> str:
    """Return the few marks that the bot writes as HTML; everything else is escaped."""
    text = html.escape(_COMMENT.sub("", line).strip(), quote=False)
    text = _LINK.sub(lambda match: f'<span class="link">{match[2] or match[1]}</span>', text)
    return _SMALL.sub(r"<\1small>", _EMPHASIS.sub(r"<em>\1</em>", text))
