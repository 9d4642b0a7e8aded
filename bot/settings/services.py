"""What the bot leans on."""

from pydantic import Field

from bot.home import home
from bot.settings import toolsdb
from bot.settings.values import Section


class LedgerSettings(Section):
    """The database that remembers every upload."""

    url: str = Field("", pattern=r"^([a-z0-9+]+://.*)?$")

    @property
    def address(self) -> str:
        """The SQLAlchemy address.

        Empty means ToolsDB where Toolforge offers it, else an SQLite file in the state folder.
        """
        return self.url or toolsdb.address() or f"sqlite:///{home() / 'ledger.sqlite'}"
