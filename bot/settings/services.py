"""What the bot leans on."""

from pydantic import Field

from bot.home import home
from bot.settings.values import Section


class LedgerSettings(Section):
    """The database that remembers every upload."""

    url: str = Field("", pattern=r"^([a-z0-9+]+://.*)?$")

    @property
    def address(self) -> str:
        """The SQLAlchemy address; empty means an SQLite file in the state folder."""
        return self.url or f"sqlite:///{home() / 'ledger.sqlite'}"
