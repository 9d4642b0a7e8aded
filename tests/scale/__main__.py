"""Prints the tables of docs/scale.md: `python -m scale`; --write puts them into the page."""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from scale.figures import ROOT, Assumed, measured
from scale.report import Plan

PAGE = ROOT / "docs/scale.md"
CHART = PAGE.with_suffix(".svg")
NOTES = {
    "files": "how many files there are",
    "uploads_per_day": "new ones",
    "fetch_s": "seconds until a thumbnail is there, without our limits",
    "call_s": "seconds of a call of api.php",
    "core_hour": "price of a processor core for an hour",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print, and write when asked to."""
    parser = argparse.ArgumentParser(prog="scale", description=__doc__)
    for field in fields(Assumed):
        option = f"--{field.name.replace('_', '-')}"
        help_text = f"{NOTES[field.name]} (default: {field.default:g})"
        kind = type(field.default)
        parser.add_argument(option, type=kind, default=field.default, help=help_text)
    parser.add_argument("--write", action="store_true", help="put all into docs/scale.md and .svg")
    chosen = vars(parser.parse_args(arguments))
    write = chosen.pop("write")
    plan = Plan(measured(), replace(Assumed(), **chosen))
    sections = plan.sections()
    for name, table in sections.items():
        sys.stdout.write(f"{name}\n\n{table}\n\n")
    if write:
        PAGE.write_text(filled(PAGE.read_text("utf-8"), sections), "utf-8")
        CHART.write_text(plan.chart(), "utf-8")
    return 0


def filled(page: str, sections: Mapping[str, str]) -> str:
    """Return the page with each section between its marks."""
    for name, table in sections.items():
        begin, end = f"<!-- make scale: {name} -->", "<!-- end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        page, number = pattern.subn(f"{begin}\n\n{table}\n\n{end}", page)
        if number != 1:
            raise ValueError(f"docs/scale.md has {number} places for {name}")
    return page


if __name__ == "__main__":
    raise SystemExit(main())
