"""A line chart as SVG text, in the manner of `model.comparison.chart`."""

import math
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 720
HEIGHT: Final = 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 40
COLOURS: Final = ("#36c", "#d33", "#14866d", "#ac6600")
_STYLE: Final = (
    "text{font:13px sans-serif;fill:#777}line{stroke:#9994}polyline{fill:none;stroke-width:2}"
)


def line_chart(title: str, lines: Mapping[str, Sequence[float]], *, across: str, up: str) -> str:
    """Draw one line per sequence, whose values lie one step apart from 0 on, on one scale."""
    longest = _round(max(len(values) - 1 for values in lines.values()))
    highest = _round(max(max(values) for values in lines.values()))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    parts = [head, f"<style>{_STYLE}</style>", _text(0, 18, title)]
    for quarter in range(5):
        x, y = _place(longest * quarter / 4, highest * quarter / 4, longest, highest)
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
            _text(LEFT - 8, y + 5, f"{highest * quarter / 4:g}", "end"),
            _text(x, HEIGHT - BOTTOM + 18, f"{longest * quarter / 4:g}", "middle"),
        ]
    parts.append(_text(WIDTH - RIGHT, HEIGHT - 4, across, "end"))
    parts.append(_text(LEFT, TOP - 6, up))
    for index, (name, values) in enumerate(lines.items()):
        colour = COLOURS[index % len(COLOURS)]
        points = " ".join(
            "{:.1f},{:.1f}".format(*_place(step, value, longest, highest))
            for step, value in enumerate(values)
        )
        parts.append(f'<polyline points="{points}" stroke="{colour}"/>')
        y = TOP + 20 * (index + 1)
        parts.append(f'<line x1="430" x2="450" y1="{y - 5}" y2="{y - 5}" style="stroke:{colour}"/>')
        parts.append(_text(456, y, name))
    return "\n".join([*parts, "</svg>\n"])


def _place(step: float, value: float, longest: float, highest: float) -> tuple[float, float]:
    x = LEFT + (WIDTH - LEFT - RIGHT) * step / longest
    return x, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest


def _round(value: float) -> float:
    """Return the next 1.6, 2, 4, 6, 8 or 10 times a power of ten, whose quarters are short."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.6, 2, 4, 6, 8, 10) if step * power >= value)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'
