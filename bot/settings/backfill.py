"""How old files are worked through."""

from pydantic import Field

from bot.settings.values import Section


class BackfillSettings(Section):
    """Shards of old files, and when they wait for new uploads."""

    shard_files: int = Field(200, ge=1, le=500)  # the most that one request lists
    shards_ahead: int = Field(8, ge=1, le=1000)
    again_seconds: int = Field(120, ge=5, le=3600)
    yield_seconds: int = Field(10, ge=0, le=3600)
    suggest: bool = False
