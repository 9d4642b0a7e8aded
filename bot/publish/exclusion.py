"""{{nobots}} and {{bots}}: whether a page wants edits by a bot.

The rules of https://en.wikipedia.org/wiki/Template:Bots, which Commons shares. In doubt, no edit.
"""

import mwparserfromhell
from mwparserfromhell.nodes import Template

EVERYBODY = "all"
NOBODY = "none"


def may_edit(text: str, name: str) -> bool:
    """Tell whether a page with this wikitext may be edited by the bot called `name`.

    Templates in comments and in `<nowiki>` do not count.
    """
    templates = mwparserfromhell.parse(text, skip_style_tags=True).ifilter_templates()
    return all(_allows(template, _plain(name)) for template in templates)


def _allows(template: Template, name: str) -> bool:
    kind = _plain(str(template.name))
    if kind not in ("nobots", "bots"):
        return True
    allowed = _names(template, "allow")
    denied = _names(template, "deny") or (_names(template, "1") if kind == "nobots" else None)
    if denied is not None and (EVERYBODY in denied or name in denied):
        return False
    if allowed is not None:
        return NOBODY not in allowed and (EVERYBODY in allowed or name in allowed)
    return kind == "bots" or denied is not None


def _names(template: Template, key: str) -> set[str] | None:
    """Return the bots that a parameter names, None when it is not there."""
    if not template.has(key):
        return None
    return {_plain(name) for name in str(template.get(key).value).split(",")} - {""}


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).lower()
