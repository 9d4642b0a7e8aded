"""The demonstration's own flat drawings, in code so that their authorship is beyond doubt.

Coordinates are in a 640 by 480 frame; everything is drawn at `OVERSAMPLING` times that size and
reduced once, which is what smooths the edges.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
OVERSAMPLING = 3
INK = "#22252b"
LINE_WIDTH = 5
Point = tuple[float, float]


class Sheet:
    """A sheet of paper with an ink pen: flat colours inside dark outlines."""

    def __init__(self, paper: str) -> None:
        self.image = Image.new("RGBA", (WIDTH * OVERSAMPLING, HEIGHT * OVERSAMPLING), paper)
        self._draw = ImageDraw.Draw(self.image)

    def blob(self, centre: Point, radius: Point, fill: str, ink: str | None = INK) -> None:
        """Draw an ellipse."""
        (x, y), (rx, ry) = centre, radius
        box = _scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.ellipse(box, fill=fill, outline=ink, width=LINE_WIDTH * OVERSAMPLING)

    def shape(self, corners: Sequence[Point], fill: str, ink: str | None = INK) -> None:
        """Draw a closed polygon."""
        self._draw.polygon(_scaled(corners), fill=fill)
        if ink:
            self.line([*corners, corners[0], corners[1]], ink)

    def box(self, corner: Point, size: Point, fill: str, radius: float = 0) -> None:
        """Draw an upright rectangle, its corners rounded by `radius`."""
        (x, y), (width, height) = corner, size
        box = _scaled([(x, y), (x + width, y + height)])
        self._draw.rounded_rectangle(
            box, radius * OVERSAMPLING, fill=fill, outline=INK, width=LINE_WIDTH * OVERSAMPLING
        )

    def line(self, points: Sequence[Point], ink: str = INK, width: float = LINE_WIDTH) -> None:
        """Draw a line through `points` with round joints."""
        self._draw.line(_scaled(points), ink, int(width * OVERSAMPLING), joint="curve")

    def arc(self, centre: Point, radius: Point, start: float, end: float) -> None:
        """Draw part of an ellipse's outline, from `start` to `end` degrees clockwise from east."""
        (x, y), (rx, ry) = centre, radius
        box = _scaled([(x - rx, y - ry), (x + rx, y + ry)])
        self._draw.arc(box, start, end, INK, LINE_WIDTH * OVERSAMPLING)

    def reduced(self) -> Image.Image:
        """Return the finished drawing, 640 by 480, RGBA."""
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]


def star(centre: Point, outer: float, inner: float, spikes: int, turn: float = 0) -> list[Point]:
    """Return the corners of a star with `spikes` spikes, turned by `turn` radians."""
    return [
        (
            centre[0] + (inner if index % 2 else outer) * math.sin(turn + math.pi * index / spikes),
            centre[1] - (inner if index % 2 else outer) * math.cos(turn + math.pi * index / spikes),
        )
        for index in range(2 * spikes)
    ]


def house() -> Sheet:
    """A house between two trees."""
    sheet = Sheet("#bfe3f5")
    sheet.shape([(-9, 350), (649, 350), (649, 489), (-9, 489)], "#8cc26b")
    sheet.shape(star((555, 80), 70, 42, 12), "#f7d154")
    sheet.box((190, 210), (260, 190), "#f3e2c2")
    sheet.shape([(160, 215), (320, 90), (480, 215)], "#c9533f")
    sheet.box((290, 300), (65, 100), "#7b4f2e")
    for x in (215, 375):
        sheet.box((x, 250), (55, 50), "#dff1fb")
        sheet.line([(x + 27, 250), (x + 27, 300)])
    for x in (95, 560):
        sheet.box((x - 12, 310), (24, 90), "#8a5a33")
        sheet.blob((x, 260), (62, 75), "#4f9a4a")
    return sheet


def robot() -> Sheet:
    """A robot that waves."""
    sheet = Sheet("#e9e4f5")
    sheet.line([(320, 100), (320, 50)])
    sheet.blob((320, 45), (14, 14), "#e2574c")
    sheet.box((235, 95), (170, 120), "#9fb8cc", 18)
    sheet.box((215, 230), (210, 150), "#7d9bb5", 14)
    for x in (282, 358):
        sheet.blob((x, 145), (24, 24), "#fdf6b2")
        sheet.blob((x, 145), (8, 8), INK)
    sheet.box((275, 182), (90, 18), "#ffffff")
    sheet.line([(215, 260), (140, 320), (140, 380)], width=16)
    sheet.line([(425, 260), (500, 220), (520, 140)], width=16)
    sheet.blob((523, 125), (22, 22), "#9fb8cc")
    for x in (255, 345):
        sheet.box((x, 380), (42, 70), "#5f7d97", 6)
    for index, colour in enumerate(("#e2574c", "#f7d154", "#6fbf73")):
        sheet.blob((270 + 50 * index, 300), (17, 17), colour)
    return sheet


def boat() -> Sheet:
    """A sailing boat on waves."""
    sheet = Sheet("#d7eefb")
    sheet.blob((120, 90), (48, 48), "#f9dc6b")
    sheet.line([(330, 70), (330, 330)], width=9)
    sheet.shape([(345, 80), (345, 300), (500, 300)], "#ffffff")
    sheet.shape([(318, 110), (318, 300), (200, 300)], "#e2574c")
    sheet.shape([(170, 330), (510, 330), (450, 400), (225, 400)], "#8a5a33")
    sea = [(x, 400 + 14 * math.sin(x / 22)) for x in range(-10, 660, 8)]
    sheet.shape([*sea, (660, 490), (-10, 490)], "#4c8fc4")
    for x, y in ((450, 90), (500, 120), (90, 200)):
        sheet.arc((x - 18, y), (18, 14), 190, 350)
        sheet.arc((x + 18, y), (18, 14), 190, 350)
    return sheet


def owl() -> Sheet:
    """An owl at night."""
    sheet = Sheet("#27375f")
    for x, y in ((70, 60), (160, 130), (500, 70), (590, 180), (90, 280), (560, 330)):
        sheet.shape(star((x, y), 16, 6, 5), "#fdf3b0", None)
    sheet.line([(-10, 405), (650, 385)], "#6b4a2f", 26)
    sheet.shape([(215, 110), (245, 60), (285, 110)], "#a9764a")
    sheet.shape([(425, 110), (395, 60), (355, 110)], "#a9764a")
    sheet.blob((320, 250), (125, 160), "#a9764a")
    sheet.blob((320, 300), (78, 98), "#e6c99c")
    for x in (268, 372):
        sheet.blob((x, 170), (48, 48), "#ffffff")
        sheet.blob((x, 170), (20, 20), INK)
    sheet.shape([(302, 200), (338, 200), (320, 240)], "#f2a93b")
    for row in range(3):
        for column in range(3):
            sheet.arc((280 + 40 * column, 280 + 34 * row), (18, 16), 0, 180)
    return sheet


def pinwheel(turn: float) -> Sheet:
    """A pinwheel, its blades turned by `turn` radians."""
    sheet = Sheet("#eaf6ff")
    sheet.line([(320, 220), (320, 460)], "#8a5a33", 14)
    sheet.shape(star((320, 210), 170, 60, 6, turn), "#6fbf73")
    sheet.shape(star((320, 210), 90, 34, 6, -turn), "#f7d154")
    sheet.blob((320, 210), (20, 20), "#e2574c")
    return sheet


def sticker() -> Sheet:
    """A star on nothing: everything around it is transparent."""
    sheet = Sheet("#00000000")
    sheet.shape(star((320, 240), 220, 100, 5), "#f7d154")
    for x in (280, 360):
        sheet.blob((x, 225), (16, 24), INK)
    sheet.arc((320, 265), (52, 40), 15, 165)
    return sheet


SCENES: dict[str, Callable[[], Sheet]] = {
    scene.__name__: scene for scene in (house, robot, boat, owl)
}
