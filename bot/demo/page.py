"""The review page as a person sees it: the bot's wikitext as HTML, pictures blurred until clicked.

The page on a wiki holds links only. Pictures are added here because these ones are harmless.
"""

import base64
import html
import re
from collections.abc import Callable

from bot.demo.page_template import TEMPLATE
from bot.publish.template import EntryCall, parse

Picture = Callable[[str, str], bytes | None]
"""Takes a file's title and the place in it that the entry names; returns JPEG or PNG bytes."""

_COMMENT = re.compile(r"<!--.*?-->")
_SWITCH = re.compile(r"__[A-Z]+__\n?")
_LINK = re.compile(r"\[\[:?([^\]|]+)(?:\|([^\]]+))?\]\]")
_CODE = re.compile(r"&lt;(/?)code&gt;")
PNG_SIGNATURE = b"\x89PNG"


def render(title: str, wikitext: str, picture: Picture) -> str:
    """Return a page of HTML that needs no other file."""
    text = _COMMENT.sub("", _SWITCH.sub("", wikitext))
    introduction = [line for line in text.splitlines() if line and line[0] not in "*="]
    return TEMPLATE.substitute(
        title=html.escape(title),
        introduction="\n".join(f"<p>{_inline(line)}</p>" for line in introduction),
        entries="\n".join(_entry(call, picture) for call in parse(wikitext)),
        wikitext=html.escape(wikitext),
    )


def _entry(call: EntryCall, picture: Picture) -> str:
    content = picture(call.file, call.time)
    notes = [f"look at {call.time}"] if call.time else []
    notes += [call.note] if call.note else []
    suggestion = f"<em>{_escaped(call.rule)}</em> {_escaped(call.score)} ({_escaped(call.labels)})"
    parts = [
        f'<span class="link">{_escaped(call.file)}</span>: automated suggestion {suggestion}',
        *map(_escaped, notes),
        f"<small>{_escaped(call.model)}</small>",
    ]
    return f"<li>{_figure(content) if content else ''}<div>{' · '.join(parts)}</div></li>"


def _figure(content: bytes) -> str:
    kind = "png" if content.startswith(PNG_SIGNATURE) else "jpeg"
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return (
        '<button type="button" aria-pressed="false" aria-label="Show the picture">'
        f'<img src="{source}" alt=""></button>'
    )


def _inline(line: str) -> str:
    """Return the few marks of the introduction as HTML; everything else is escaped."""
    text = _LINK.sub(
        lambda match: f'<span class="link">{match[2] or match[1]}</span>', _escaped(line)
    )
    return _CODE.sub(r"<\1code>", text)


def _escaped(text: str) -> str:
    return html.escape(text.strip(), quote=False)
