"""A report as sections, written as Markdown and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from model.comparison.evaluation import Estimate

Table = Sequence[Sequence[str]]
"""The first row names the columns."""

_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2rem .6rem;"
    "text-align:left}:root{color-scheme:light dark}"
)


@dataclass(frozen=True)
class Section:
    """A title, sentences, a table and plots by file name; what is empty is left out."""

    title: str
    text: tuple[str, ...] = ()
    table: Table = ()
    plots: tuple[tuple[str, str], ...] = ()


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """Render sections; plots are linked as files beside it."""
    parts = [f"# {title}"]
    for section in sections:
        parts += [f"## {section.title}", *section.text]
        if section.table:
            head, *rows = section.table
            lines = [head, ["---"] * len(head), *rows]
            parts.append("\n".join("| " + " | ".join(line) + " |" for line in lines))
        parts += [f"![{name}]({name})" for name, _ in section.plots]
    return "\n\n".join(parts) + "\n"


def as_html(title: str, sections: Sequence[Section]) -> str:
    """Render sections as one page, plots included."""
    body = "".join(map(_section, sections))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>\n"
    )


def _section(section: Section) -> str:
    text = "".join(f"<p>{escape(line)}</p>" for line in section.text)
    plots = "".join(f"<figure>{svg}</figure>" for _, svg in section.plots)
    return f"<h2>{escape(section.title)}</h2>{text}{_table(section.table)}{plots}"


def _table(table: Table) -> str:
    if not table:
        return ""
    head, *rows = table
    lines = "".join(_row(row, "td") for row in rows)
    return f"<table>{_row(head, 'th')}{lines}</table>"


def _row(cells: Sequence[str], kind: str) -> str:
    return "<tr>" + "".join(f"<{kind}>{escape(cell)}</{kind}>" for cell in cells) + "</tr>"


def interval(estimate: Estimate | None) -> str:
    """Return a figure with its interval, for a table."""
    if estimate is None:
        return "undefined"
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
