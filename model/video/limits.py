"""What one video may cost, and how closely it is looked at."""

from dataclasses import dataclass, fields
from typing import Final

FEWEST_FRAMES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLimits:
    """Beyond these a video is scored in part, and its score says so.

    Attributes:
        seconds: time for one file, decoding and scoring together.
        file_bytes: bytes read of a file.
        frames: frames that the classifier sees of a file.
        pixels: width x height of a frame; a larger one is an error, there being nothing to show.
        gap_s: longest time between two looks, seconds. Stretched when a video is so long that
            `frames` would not last to its end.
        lattice_s: how often a scene that changes slowly, as in a fade, is compared with what was
            looked at before, seconds.
        batch: frames scored at once, while the next ones are being decoded.
    """

    seconds: float = 120.0
    file_bytes: int = 200 * 2**20
    frames: int = 256
    pixels: int = 36_000_000
    gap_s: float = 2.0
    lattice_s: float = 0.25
    batch: int = 8

    def __post_init__(self) -> None:
        """Raise ValueError for a limit that is not above zero, or for fewer than 4 frames."""
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"video limit {field.name} must be above zero")
        if self.frames < FEWEST_FRAMES:
            raise ValueError(f"video limit frames must be at least {FEWEST_FRAMES}")


DEFAULT_LIMITS: Final = VideoLimits()
