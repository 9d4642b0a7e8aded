"""A collapsed gallery below the entries. Off by default, because it shows the pictures unblurred.

https://www.mediawiki.org/wiki/Help:Images#Rendering_a_gallery_of_images
"""

from collections.abc import Sequence

from bot.publish.template import EntryCall, escape

MARK = "<!-- lookout: the newest picture goes below -->"
_START = (
    '<div class="mw-collapsible mw-collapsed" data-expandtext="Show the pictures">\n'
    "The pictures, as they are\n"
    '<gallery class="mw-collapsible-content" widths="120" heights="120">\n'
)
_END = "</gallery>\n</div>"


def with_pictures(text: str, calls: Sequence[EntryCall]) -> str:
    """Return `text` with the pictures of `calls` in its gallery, the first on top."""
    if MARK not in text:
        text = f"{text.rstrip()}\n\n{_START}{MARK}\n{_END}\n"
    before, _, after = text.partition(MARK)
    lines = [_line(call) for call in calls]
    return "\n".join([before + MARK, *lines, after.removeprefix("\n")])


def end_of_entries(text: str) -> int:
    """Return where the gallery begins, or the end of a page without one."""
    at = text.find(_START)
    return len(text) if at < 0 else at


def _line(call: EntryCall) -> str:
    # A gallery decodes %41 in a title (ParserGallery), so that a percent sign has to be spelt out.
    title = escape(call.file).replace("%", "%25")
    return f"{title}|{escape(call.score)}"
