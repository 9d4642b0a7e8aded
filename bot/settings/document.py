"""How documents are looked at."""

from pydantic import Field

from bot.settings.values import Section


class DocumentSettings(Section):
    """What one document of several pages may cost."""

    pages: int = Field(400, ge=2, le=5000)
    seconds: float = Field(600.0, ge=1, le=3600)
