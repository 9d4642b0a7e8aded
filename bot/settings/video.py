"""How videos are looked at."""

from typing import Literal

from pydantic import Field, field_validator

from bot.settings.values import MIB, Section

VideoSource = Literal["transcode", "stills", "original"]


class VideoSettings(Section):
    """Where a video's pictures come from, in which order, and what one video may cost."""

    sources: tuple[VideoSource, ...] = Field(("transcode", "stills", "original"), min_length=1)
    transcode_height: int = Field(480, ge=120, le=1080)
    requests: int = Field(60, ge=10, le=1000)
    max_mebibytes: int = Field(64, ge=1, le=4096)
    seconds: float = Field(240.0, ge=1, le=3600)
    frames: int = Field(256, ge=4, le=4096)
    gap_seconds: float = Field(2.0, ge=0.1, le=60)

    @property
    def max_bytes(self) -> int:
        """The byte limit of one fetched video."""
        return self.max_mebibytes * MIB

    @field_validator("sources")
    @classmethod
    def _are_distinct(cls, sources: tuple[VideoSource, ...]) -> tuple[VideoSource, ...]:
        if len(set(sources)) < len(sources):
            raise ValueError("each may stand once; the order is that of the attempts")
        return sources
