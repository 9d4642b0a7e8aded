"""Bar charts as SVG text, readable on light and dark pages."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

WIDTH = 720
_ROW = 28
_LEFT = 300
_RIGHT = 90
_STYLE = "text{font:13px sans-serif;fill:#777}rect{fill:#3366cc}"


def bar_chart(title: str, values: Mapping[str, float], unit: str) -> str:
    """Draw one horizontal bar per value, all from zero on one scale."""
    height = _ROW * (len(values) + 1) + 10
    longest = max(values.values())
    rows = [
        _row(index, name, value, unit, (WIDTH - _LEFT - _RIGHT) * value / longest)
        for index, (name, value) in enumerate(values.items(), start=1)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">'
    caption = f'<text x="0" y="18">{escape(title)}</text>'
    return "\n".join([head, f"<style>{_STYLE}</style>", caption, *rows, "</svg>\n"])


def _row(index: int, name: str, value: float, unit: str, length: float) -> str:
    top = index * _ROW
    return (
        f'<text x="0" y="{top + 18}">{escape(name)}</text>'
        f'<rect x="{_LEFT}" y="{top + 6}" width="{length:.1f}" height="16"/>'
        f'<text x="{_LEFT + length + 6:.1f}" y="{top + 18}">{value:.0f} {escape(unit)}</text>'
    )
