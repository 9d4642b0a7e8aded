"""A real MariaDB on loopback that never outlives the tests."""

import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pymysql
import pytest
from sqlalchemy import URL

from rig.phpserver import free_port
from support.leader import Leader

HOST = "127.0.0.1"
USER = "lookout"
PASSWORD = "p:a/s@s%w#"  # noqa: S105 - of a server on loopback, and hard on every quoting
ADMIN = "admin"
READY_TIMEOUT_S = 30.0
POLL_S = 0.02
PROGRAMS = ("mariadbd", "mariadb-install-db")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own in it, as tempfile makes it
ROOM_BYTES = 512 * 1024 * 1024
SMALL = (
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=8M",
    "--key-buffer-size=64K",
    "--performance-schema=OFF",
    "--skip-log-bin",
    # Only this process is ever killed, never the machine: what the kernel has is safe.
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
    "--skip-innodb-doublewrite",
)
# The bot's account may do what ToolsDB lets a tool do: nothing outside its own databases.
ACCOUNTS = f"""
CREATE USER IF NOT EXISTS {ADMIN}@'{HOST}';
GRANT ALL ON *.* TO {ADMIN}@'{HOST}' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS {USER}@'{HOST}' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON `lookout\\_%`.* TO {USER}@'{HOST}';
"""


def missing_mariadb() -> list[str]:
    """Return the programs that are not installed."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    return [program for program in PROGRAMS if shutil.which(program, path=path) is None]


class MariaDb:
    """One server with its data in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._leader = Leader(folder / "log", afterwards='; rm -rf "$0"', name=str(folder))

    def __enter__(self) -> Self:
        self._install()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server and return when it answers."""
        command = [
            *self._command("mariadbd"),
            *SMALL,
            f"--bind-address={HOST}",
            f"--port={self.port}",
            f"--socket={self._folder / 'socket'}",
            f"--init-file={self._folder / 'accounts.sql'}",
            "--skip-name-resolve",
        ]
        self._leader.start(command)
        self._wait_until_ready()

    def kill(self) -> None:
        """SIGKILL, as at a crash of the machine's container."""
        self._leader.kill()

    def address(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """Return what stands in `ledger.url`."""
        url = URL.create("mysql+pymysql", user, password, HOST, self.port, database)
        return url.render_as_string(hide_password=False)

    def admin(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement with all rights; return its rows."""
        connection = pymysql.connect(
            host=HOST, port=self.port, user=ADMIN, autocommit=True, ssl_disabled=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Lend an empty database; yield its address."""
        self.admin(f"CREATE DATABASE {name}")
        yield self.address(name)
        self.admin(f"DROP DATABASE {name}")

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Refuse every write, as ToolsDB does while it fails over."""
        self.admin("SET GLOBAL read_only = ON")
        try:
            yield
        finally:
            self.admin("SET GLOBAL read_only = OFF")

    def _command(self, program: str) -> list[str]:
        path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
        assert path
        owner = f"--user={getpass.getuser()}"
        return [path, "--no-defaults", owner, f"--datadir={self._folder / 'data'}"]

    def _install(self) -> None:
        (self._folder / "accounts.sql").write_text(ACCOUNTS, encoding="utf-8")
        options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        command = [*self._command("mariadb-install-db"), *options, *SMALL]
        subprocess.run(command, check=True, capture_output=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while True:
            try:
                self.admin("SELECT 1")
            except pymysql.OperationalError as error:
                if time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(encoding="utf-8")
                    raise RuntimeError(f"MariaDB does not come up:\n{log[-2000:]}") from error
                time.sleep(POLL_S)
            else:
                return


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """The server; without its package skip on a developer's machine and fail in CI."""
    if missing := missing_mariadb():
        verdict = pytest.fail if os.environ.get("CI") else pytest.skip
        verdict(f"run tests/rig/install.sh as root; missing: {', '.join(missing)}")
    spare = tmp_path_factory.mktemp("mariadb")
    with roomy_folder(spare) as folder, MariaDb(folder) as server:
        yield server


@contextmanager
def roomy_folder(spare: Path) -> Iterator[Path]:
    """Lend a folder in memory, where tables are made 8 times as fast, or else `spare`."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        with tempfile.TemporaryDirectory(dir=MEMORY, prefix="lookout-") as folder:
            yield Path(folder)
    else:
        yield spare
