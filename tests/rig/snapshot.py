"""A freshly installed wiki on disk, made once and copied for every boot."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from rig.accounts import ACCOUNTS, PASSWORD
from rig.requirements import MEDIAWIKI

WIKI = Path(__file__).parent / "wiki"
"""The PHP side of the rig."""
DATABASE = Path("db/commonswiki.sqlite")
CACHE = "cache"
OPCACHE = "opcache"
STEP_TIMEOUT_S = 120.0


def snapshot(folder: Path) -> Path:
    """Return the snapshot under `folder` that fits the rig's files, making it when it is new."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / _fingerprint()
    if not wanted.exists():
        _make(wanted)
    return wanted


def environment(
    instance: Path, snapshot_folder: Path, *, port: int, feed_port: int
) -> dict[str, str]:
    """Return what LocalSettings.php reads."""
    return {
        **os.environ,
        "MW_CONFIG_FILE": str(WIKI / "LocalSettings.php"),
        "RIG_INSTANCE": str(instance),
        "RIG_SNAPSHOT": str(snapshot_folder),
        "RIG_PORT": str(port),
        "RIG_FEED_PORT": str(feed_port),
    }


def _fingerprint() -> str:
    """Name the snapshot by everything that shapes it, so that an edit makes a new one."""
    files = [*sorted(WIKI.rglob("*.*")), Path(__file__), MEDIAWIKI / "includes/Defines.php"]
    digest = hashlib.sha256(repr(ACCOUNTS).encode())
    for file in files:
        digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _make(wanted: Path) -> None:
    """Build beside the final name: a killed run leaves no half-made snapshot."""
    with tempfile.TemporaryDirectory(dir=wanted.parent, ignore_cleanup_errors=True) as scratch:
        made = Path(scratch) / "made"
        for name in (DATABASE.parent, CACHE, OPCACHE, "tmp"):
            (made / name).mkdir(parents=True)
        _install(made)
        (made / "LocalSettings.php").unlink()
        try:
            made.rename(wanted)
        except OSError:
            if not wanted.exists():  # else another run was faster, and made the same
                raise


def _install(made: Path) -> None:
    env = environment(made, made, port=0, feed_port=9)
    _php(
        [str(MEDIAWIKI / "maintenance/install.php"), *_install_options(made)],
        {**env, "MW_CONFIG_FILE": str(made / "LocalSettings.php")},
    )
    _php([str(MEDIAWIKI / "maintenance/rebuildLocalisationCache.php"), "--lang=en"], env)
    accounts = json.dumps([asdict(account) for account in ACCOUNTS.values()])
    _php([str(WIKI / "populate.php")], env, stdin=accounts)


def _install_options(made: Path) -> list[str]:
    return [
        "--dbtype=sqlite",
        f"--dbname={DATABASE.stem}",
        f"--dbpath={made / DATABASE.parent}",
        f"--confpath={made}",
        "--server=http://127.0.0.1",
        "--scriptpath=/w",
        f"--pass={PASSWORD}-for-the-installer",
        "Wikimedia Commons",
        "Admin",
    ]


def _php(arguments: list[str], env: dict[str, str], *, stdin: str = "") -> None:
    done = subprocess.run(
        [str(shutil.which("php")), *arguments],
        env=env,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(arguments[0]).name} failed:\n{done.stdout}")
