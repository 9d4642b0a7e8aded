"""Curves in a unit square, as SVG text that is readable on light and dark pages."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

EDGE: Final = 320
MARGIN: Final = 48
_STYLE: Final = (
    "text{font:13px sans-serif;fill:#777}path{fill:none;stroke:#3366cc;stroke-width:2}"
    ".frame{stroke:#999;stroke-width:1}.ideal{stroke:#999;stroke-dasharray:4}circle{fill:#3366cc}"
)

Points = Sequence[tuple[float, float]]


def square_plot(
    title: str, across: str, up: str, points: Points, *, dots: bool = False, ideal: bool = False
) -> str:
    """Draw points of 0..1 as a line.

    Args:
        title: Stands above.
        across: Name of the horizontal axis.
        up: Name of the vertical axis.
        points: From left to right.
        dots: Whether each is marked.
        ideal: Whether the diagonal is drawn, too.
    """
    side = EDGE + 2 * MARGIN
    turned = f"translate(20 {side - MARGIN}) rotate(-90)"
    marks = "".join(f'<circle cx="{x}" cy="{y}" r="4"/>' for x, y in map(_place, points))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style>",
            f'<text x="{MARGIN}" y="20">{escape(title)}</text>',
            _path("frame", [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]),
            _path("ideal", [(0, 0), (1, 1)]) if ideal else "",
            _path("curve", points),
            marks if dots else "",
            f'<text x="{MARGIN}" y="{side - 16}">{escape(across)}, 0 to 1</text>',
            f'<text transform="{turned}">{escape(up)}, 0 to 1</text>',
            "</svg>\n",
        ]
    )


def _place(point: tuple[float, float]) -> tuple[str, str]:
    x, y = point
    return f"{MARGIN + EDGE * x:.1f}", f"{MARGIN + EDGE * (1 - y):.1f}"


def _path(kind: str, points: Points) -> str:
    steps = " L".join(f"{x} {y}" for x, y in map(_place, points))
    return f'<path class="{kind}" d="M{steps}"/>'
