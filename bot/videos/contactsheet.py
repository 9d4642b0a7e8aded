"""A page about watched videos: timeline, and a blurred thumbnail of every scene.

It stands alone: no script, no address outside it. A click on a thumbnail shows it.
"""

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.rules.views import Scores
from bot.settings.rules import Rule
from bot.videos.account import by_any_rule, lines, threshold_of
from bot.videos.places import heaviest, precise
from bot.videos.timeline import timeline
from model.video.score import SceneScore, VideoScore

EDGE: Final = 240  # of a thumbnail, pixels
QUALITY: Final = 70

STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2.5rem; overflow-wrap: anywhere }
svg { width: 100%; border-bottom: 1px solid #8888; }
svg .below { fill: #7a8ca555 } svg .above { fill: #c2662d } svg circle { fill: currentColor }
svg .threshold { stroke: currentColor; stroke-dasharray: 4 4 }
svg text { fill: currentColor; font-size: 13px }
ol { list-style: none; padding: 0; display: grid; gap: 1rem;
     grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
li { border: 1px solid #8885; border-radius: 6px; overflow: hidden; }
li.above { border-color: #c2662d; box-shadow: 0 0 0 1px #c2662d; }
label { display: block; cursor: pointer; overflow: hidden; background: #8883; }
input { position: absolute; opacity: 0 }
img { display: block; width: 100%; height: 9rem; object-fit: contain; filter: blur(16px); }
input:checked + img { filter: none } input:focus-visible + img { outline: 3px solid Highlight }
p { margin: .5rem .7rem } .note { opacity: .75 } pre { overflow: auto }
"""


class ContactSheet:
    """Grows by a section for each video."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._sections: list[str] = []

    def add(self, name: str, score: VideoScore, thumbnails: Sequence[bytes]) -> None:
        """Add a video.

        Args:
            name: of the file.
            score: of the video.
            thumbnails: JPEGs of the frames scored, in the order in which they were.
        """
        summary = by_any_rule(score, self._rules)
        threshold = threshold_of(self._rules)
        cards = "".join(_card(scene, threshold, thumbnails) for scene in summary.scenes)
        told = [line for line in lines(score, self._rules) if not line.startswith(("*", " "))]
        self._sections.append(
            f"<section><h2>{escape(name)}</h2>"
            f"{timeline(score, summary, self._value, threshold)}"
            f"<pre>{escape(chr(10).join(told))}</pre><ol>{cards}</ol></section>"
        )

    def html(self) -> str:
        """Return the page."""
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
            f"<title>Watched videos</title><style>{STYLE}</style></head><body>"
            "<h1>Watched videos</h1>"
            '<p class="note">Scores are an automated suggestion of where to look, and no '
            "judgement. Thumbnails are blurred; a click shows one.</p>"
            f"{''.join(self._sections)}</body></html>\n"
        )

    def _value(self, scores: Scores) -> float:
        return heaviest([rule for rule in self._rules if rule.labels], scores)


def thumbnail(pixels: NDArray[np.uint8]) -> bytes:
    """Return a small JPEG of a frame, uint8 RGB (H, W, 3)."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((EDGE, EDGE))
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=QUALITY)
    return encoded.getvalue()


def _card(scene: SceneScore, threshold: float, thumbnails: Sequence[bytes]) -> str:
    kind = "above" if scene.score >= threshold else "below"
    source = base64.b64encode(thumbnails[scene.best.number]).decode("ascii")
    return (
        f'<li class="{kind}"><label><input type="checkbox" aria-label="show the thumbnail">'
        f'<img alt="a frame at {precise(scene.at_s)}" '
        f'src="data:image/jpeg;base64,{source}"></label>'
        f"<p><strong>{scene.score:.2f}</strong> at {precise(scene.at_s)}<br>"
        f'<span class="note">{precise(scene.start_s)} to {precise(scene.end_s)}</span></p></li>'
    )
