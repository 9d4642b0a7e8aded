"""The database that Toolforge offers every tool, by the variables it sets in every job.

https://wikitech.wikimedia.org/wiki/Help:Toolforge/ToolsDB
"""

import os
from collections.abc import Mapping
from typing import Final

USER_VARIABLE: Final = "TOOL_TOOLSDB_USER"
PASSWORD_VARIABLE: Final = "TOOL_TOOLSDB_PASSWORD"  # noqa: S105 - a variable's name
HOST: Final = "tools.db.svc.wikimedia.cloud"
DATABASE: Final = "lookout"


def address(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the tool's database, None when this is no tool.

    It names no user and no password: they are filled in from the environment where it is opened.
    """
    user = environment.get(USER_VARIABLE)
    return f"mysql+pymysql://{HOST}/{user}__{DATABASE}" if user else None
