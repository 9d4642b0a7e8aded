"""Types and table options that mean the same on both databases.

The migrations use them too, so none may change its meaning: add another name instead.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Float, Integer
from sqlalchemy.dialects.mysql import DOUBLE

# A moment is seconds since 1970, UTC. MariaDB's FLOAT has 24 bits, which is minutes of error.
MOMENT: Final = Float().with_variant(DOUBLE(asdecimal=False), "mariadb")
SCORE: Final = MOMENT  # the same precision, for shares between 0 and 1
# SQLite numbers rows by itself only under the name INTEGER (https://sqlite.org/autoinc.html).
ROW_ID: Final = BigInteger().with_variant(Integer(), "sqlite")
# Binary and without padding: titles that differ in case, accents or a final space are different,
# as they are in SQLite (https://mariadb.com/kb/en/supported-character-sets-and-collations/).
TABLE_OPTIONS: Final[dict[str, Any]] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}
