"""The pages that the outputs rest on, as `lookout wiki setup` writes them.

The templates need only the ParserFunctions extension, which every Wikimedia wiki has.
"""

from bot.publish.statuspage import BEGIN, END, INTRODUCTION
from bot.publish.template import NAME
from bot.settings.publishing import PublishSettings

ADVISORY = (
    "Automated suggestions for human review. A program looks at new uploads and suggests the few "
    "that may be worth a look. This is no judgement: nudity is allowed on Commons, and the program "
    "errs. It deletes nothing, changes no file and notifies nobody."
)
STATES = {
    "ok": "the file is fine as it is",
    "false positive": "fine, and the program was wrong to suggest it",
    "kept": "kept after a deletion request",
    "scope": "out of scope, by [[Commons:Project scope]]",
    "deleted": "deleted, or nominated for deletion",
    "copyvio": "a copyright problem, whatever it shows",
    "unsure": "looked at, and no decision",
}
_ENTRY = """\
<includeonly>[[:{{{file}}}]]: automated suggestion ''{{{rule|}}}'' {{{score}}} ({{{labels|}}})\
{{#if:{{{time|}}}|&#32;· look at {{{time}}}}}{{#if:{{{note|}}}|&#32;· {{{note}}}}} · \
<small>{{{model|}}}</small> · {{#if:{{{state|}}}|'''{{{state}}}'''|''not reviewed yet''}}\
</includeonly><noinclude>{{DOC}}</noinclude>"""


def pages_of(settings: PublishSettings) -> dict[str, str]:
    """Return the text of every page by its title."""
    pages = {
        f"Template:{NAME}": _ENTRY.replace("DOC", f"Template:{NAME}/doc"),
        f"Template:{NAME}/doc": _documentation(settings),
        settings.page_prefix: _index(settings),
        settings.false_positives: _false_positives(settings),
    }
    if settings.category.send != "none":
        pages[f"Category:{settings.category.name}"] = _category(settings)
    if settings.status_page.send != "none":
        pages[settings.status_page.title] = f"{INTRODUCTION}{BEGIN}\n{END}"
    return pages


def _documentation(settings: PublishSettings) -> str:
    rows = "\n".join(f"|-\n| <code>{state}</code> || {what}" for state, what in STATES.items())
    return f"""\
One suggestion on a [[{settings.page_prefix}|log page]]. The bot writes it; people decide.

To decide, write a word behind <code>state=</code>, and sign if you like:
<pre>|state=ok ~~~~}}}}</pre>
{{| class="wikitable"
! state !! meaning
{rows}
|}}
Any other word is recorded as well, and counts neither for nor against the suggestion.

{{| class="wikitable"
! parameter !! meaning
|-
| key || the upload's number in the log; the bot finds the entry by it
|-
| file || the file's title
|-
| tier || high, medium or low: how strongly it is suggested
|-
| rule || which rule of the bot's settings suggests it
|-
| score || what the labels of that rule add up to, from 0 to 1
|-
| labels || every label of the model with its score
|-
| model || name and version of the [[{settings.model_card}|model]]
|-
| time || the moment of a video, or the page of a document, that was hit
|-
| note || what else is worth knowing, such as that only a part could be looked at
|-
| state || empty until somebody decides
|}}"""


def _index(settings: PublishSettings) -> str:
    return f"""\
__NOINDEX__
{ADVISORY}

One page a day; a long one goes on at <code>/2</code>. [[Template:{NAME}|How to read an entry, and \
how to decide]]. [[{settings.model_card}|The model]]. [[{settings.false_positives}|Wrong \
suggestions]].

{{{{Special:PrefixIndex/{settings.page_prefix}/|stripprefix=1}}}}"""


def _false_positives(settings: PublishSettings) -> str:
    return f"""\
__NOINDEX__
Was a file suggested that was not worth the look? Write <code>state=false positive</code> into its \
entry on the [[{settings.page_prefix}|log page]]: the bot counts it. For anything else, such as a \
kind of picture that is suggested again and again, write here, with a link to the file."""


def _category(settings: PublishSettings) -> str:
    return f"""\
__HIDDENCAT__
__NOINDEX__
{ADVISORY}

Whoever has looked at a file removes this category from its page. The bot adds it once and never \
again. [[{settings.page_prefix}|The same suggestions with their scores]]."""
