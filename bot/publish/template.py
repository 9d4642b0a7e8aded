"""One template call per suggestion: how it is written, and how it is read back.

A patroller decides by filling in `state`, the last parameter. Values come from strangers (file
titles), so that all of wikitext's own signs are written as character references, which MediaWiki
turns back where a title or a text is meant.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

import mwparserfromhell
from mwparserfromhell.nodes import Template

NAME = "Commons Lookout entry"
STATE = "state"

# `~~~~` would become a signature, `__` a magic word; line breaks would end a list item.
_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "|{}[]<>~"} | {ord("&"): "&amp;"}
_KEY = re.compile(r"\{\{\s*(?:[Tt]emplate:)?[Cc]ommons[ _]Lookout[ _]entry\s*\|\s*key\s*=\s*(\d+)")
_GAPS = re.compile(r"[\s\x00-\x1f\x7f]+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCall:
    """The parameters of one call, as texts without markup.

    Attributes:
        key: The number of the upload in the wiki's log, by which an entry is found again.
        file: The title, with its namespace.
        tier: How strongly the file is suggested: high, medium or low.
        rule: The name of the rule that suggests it.
        score: What the labels of the rule add up to, between 0 and 1.
        labels: Every label with its score, the highest first; see `labels_text`.
        model: Name and version of the model.
        time: The moment of a video that was hit, such as `0:12`, or the page of a document.
        note: What else a patroller should know, such as that the file was scored only in part.
        state: What a reviewer decided; empty until then. A reviewer may write anything.
    """

    key: int
    file: str
    tier: str
    rule: str = ""
    score: str
    labels: str
    model: str
    time: str = ""
    note: str = ""
    state: str = ""


_TEXTS = [field.name for field in fields(EntryCall) if field.name != "key"]


def labels_text(scores: Mapping[str, float]) -> str:
    """Return the scores of all labels as one text, the highest first."""
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    return ", ".join(f"{label} {score:.2f}" for label, score in ordered)


def render(call: EntryCall) -> str:
    """Return the call as one line of wikitext."""
    values = (f"|{field.name}={escape(str(getattr(call, field.name)))}" for field in fields(call))
    return f"{{{{{NAME}{''.join(values)}}}}}"


def parse(text: str) -> list[EntryCall]:
    """Return every call on a page that has a number for its key, in the order of the page.

    What reviewers wrote around or into the calls is taken as MediaWiki takes it: of a parameter
    given twice the last counts, comments and `<nowiki>` hide what they enclose.
    """
    code = mwparserfromhell.parse(text, skip_style_tags=True)
    calls = (_call(template) for template in code.ifilter_templates())
    return [call for call in calls if call]


def keys(text: str) -> set[int]:
    """Return the keys of all calls, those in comments or struck through included."""
    return {int(key) for key in _KEY.findall(text)}


def escape(value: str) -> str:
    """Return `value` as wikitext that shows it and does nothing else."""
    line = _GAPS.sub(" ", value).strip()
    return line.translate(_SIGNS).replace("__", "_&#95;")


def _call(template: Template) -> EntryCall | None:
    if not template.name.matches(NAME) and not template.name.matches(f"Template:{NAME}"):
        return None
    given = {str(one.name).strip(): _plain(str(one.value)) for one in template.params}
    if not given.get("key", "").isdecimal():
        return None
    key = int(given.pop("key"))
    return EntryCall(key=key, **{name: given.get(name, "") for name in _TEXTS})


def _plain(value: str) -> str:
    return html.unescape(_COMMENT.sub("", value)).strip()
