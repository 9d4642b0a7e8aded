"""Lines over one axis, each with its name, as SVG text that is readable on light and dark pages."""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 480
HEIGHT: Final = 280
MARGIN: Final = 48
_COLOURS: Final = ("#3366cc", "#d97700", "#14866d", "#9933aa")
_STYLE: Final = (
    "text{font:13px sans-serif;fill:#777}path{fill:none;stroke-width:2}"
    ".frame{stroke:#999;stroke-width:1}"
)

Line = Sequence[tuple[float, float]]


def lines_plot(title: str, across: str, up: str, lines: Mapping[str, Line]) -> str:
    """Draw lines whose heights lie in 0..1.

    Args:
        title: Stands above.
        across: Name of the horizontal axis, which goes from 0 to the largest value.
        up: Name of the vertical axis, 0 to 1.
        lines: Name to points, from left to right.
    """
    most = max(x for line in lines.values() for x, _ in line)
    height = HEIGHT + 2 * MARGIN + 20 * len(lines)
    turned = f"translate(20 {HEIGHT + MARGIN}) rotate(-90)"
    frame = _path([(0, 0), (most, 0), (most, 1), (0, 1), (0, 0)], most)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 2 * MARGIN} {height}" '
            f'width="{WIDTH + 2 * MARGIN}">'
        ),
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<text x="{MARGIN}" y="20">{escape(title)}</text>',
        f'<path class="frame" d="{frame}"/>',
        f'<text x="{MARGIN}" y="{HEIGHT + MARGIN + 18}">{escape(across)}, 0 to {most:g}</text>',
        f'<text transform="{turned}">{escape(up)}, 0 to 1</text>',
    ]
    for place, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        y = HEIGHT + MARGIN + 38 + 20 * place
        parts += [
            f'<path stroke="{colour}" d="{_path(line, most)}"/>',
            f'<path stroke="{colour}" d="M{MARGIN} {y - 4} h24"/>',
            f'<text x="{MARGIN + 32}" y="{y}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _path(line: Line, most: float) -> str:
    points = (f"{MARGIN + WIDTH * x / most:.1f} {MARGIN + HEIGHT * (1 - y):.1f}" for x, y in line)
    return "M" + " L".join(points)
