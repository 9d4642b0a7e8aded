"""The jobs as Toolforge runs them, through a deploy, lost nodes and a read-only window of ToolsDB.

Processes, health check and environment are those of `toolforge/`. The wiki is that of the rig,
ToolsDB a real MariaDB, Kubernetes is played by `support.kubelet`. A backfill runs beside the bot,
with a Redis of the tool's own, by which the two share the limits.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from bot.home import models_folder
from bot.ledger import Ledger
from bot.publish.template import keys
from bot.settings.fleet import PASSWORD_VARIABLE as REDIS_PASSWORD_VARIABLE
from bot.settings.toolsdb import PASSWORD_VARIABLE, USER_VARIABLE
from rig import MediaWikiRig
from rig.media import samples
from rig.phpserver import free_port
from rig.pictures import drawing, jpeg
from support.deploy import rig_settings
from support.kubelet import GRACE_S, Kubelet
from support.mariadb import HOST, PASSWORD, USER, MariaDb
from support.redis import require_redis

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
MEMORY_MIB = 512  # Toolforge's default for a job
BACKFILL_MIB = {"redis": 128, "dispatch": 256, "backfill": 512}  # toolforge/backfill.yaml
OLD_FILES = 8
NOBODY = "65534"
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
PATIENCE_S = 180.0
POLL_S = 0.2
BATCH = int(os.environ.get("LOOKOUT_REHEARSAL", "3"))  # uploads between two disturbances, up to 10


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may use, as a job's own disk is: the job may be another user's."""
    with tempfile.TemporaryDirectory(prefix="lookout-job-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def wrapper() -> list[str]:
    """Return what makes a command run without root's rights, where that can be done."""
    if os.getuid() != 0 or not shutil.which("setpriv"):
        return []
    lookout = Path(sys.executable).with_name("lookout")
    possible = subprocess.run(
        [*AS_NOBODY, "sh", "-c", f"'{lookout}' --version"], capture_output=True, check=False
    )
    return AS_NOBODY if possible.returncode == 0 else []


def process(name: str) -> str:
    lines = (ROOT / "toolforge/Procfile").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)[name]


def environment_of(rig: MediaWikiRig, place: str, folder: Path) -> dict[str, str]:
    """Return what every job sees, with the rig's wiki and ToolsDB at `place`."""
    config, redis_port = folder / "config.yaml", free_port()
    settings = {
        **rig_settings(rig),
        "ledger": {"url": place},
        "fleet": {"redis": f"redis://127.0.0.1:{redis_port}/0", "calls_per_second": 50},
        "backfill": {"shard_files": 3, "again_seconds": 5},
    }
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    name, password = rig.accounts["RigBot"].bot_login
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LOOKOUT_CONFIG": str(config),
        "LOOKOUT_HOME": str(folder / "home"),
        "LOOKOUT_MODELS": str(models_folder()),
        "LOOKOUT_PORT": str(free_port()),
        "LOOKOUT_BOT_NAME": name,
        "LOOKOUT_BOT_PASSWORD": password,
        USER_VARIABLE: USER,
        PASSWORD_VARIABLE: PASSWORD,
        "LOOKOUT_REDIS_PORT": str(redis_port),
        REDIS_PASSWORD_VARIABLE: "lettersandd1gits",
    }


def job(name: str, environment: dict[str, str], folder: Path) -> Kubelet:
    """Return a job of `toolforge/`. Those of a backfill have no health check."""
    return Kubelet(
        process(name),
        process("health") if name == "bot" else "true",
        environment=environment,
        folder=ROOT,
        log=folder / f"{name}.log",
        wrapper=wrapper(),
    )


def old_files(rig: MediaWikiRig) -> list[str]:
    """Upload what is there before the bot is; return the titles."""
    names = [f"Old {number}.jpg" for number in range(OLD_FILES)]
    for number, name in enumerate(names, 100):
        rig.client("Uploader").upload(name, jpeg(drawing(number)))
    return [f"File:{name}" for name in names]


def ask_for_backfill(environment: dict[str, str]) -> None:
    """Note that all files are to be looked at, as a one-off job does."""
    command = process("status").removeprefix("exec ").replace("status", "backfill --allimages")
    subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )


def upload(rig: MediaWikiRig, start: int) -> None:
    """Upload the next batch of samples."""
    for sample in samples()[start : start + BATCH]:
        rig.client("Uploader").upload(sample.name, sample.bytes)


def wait(running: Kubelet, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, running.log_text()[-4000:]
        time.sleep(POLL_S)


def entries(rig: MediaWikiRig) -> Counter[int]:
    """Count the entries on all log pages."""
    admin = rig.client("Admin")
    pages = admin.get(
        action="query", list="allpages", apnamespace=2, apprefix="RigBot/Log/", aplimit=50
    )["query"]["allpages"]
    texts = [admin.text(page["title"]) or "" for page in pages]
    return Counter(
        {key: sum(text.count(f"|key={key}|") for text in texts) for key in keys("".join(texts))}
    )


def settled(ledger: Ledger, seen: int) -> bool:
    counts = ledger.census.take()
    return counts.seen == seen and not counts.unfinished and not counts.unpublished


def flagged(ledger: Ledger) -> set[int]:
    """Return the uploads that the bot decided to suggest."""
    decisions = ledger.history.decisions(0.0, time.time() + 1, limit=1000)
    return {one.log_id for one in decisions if one.verdict == "review"}


def reckoned(missing: int, suggested: set[int], found: Counter[int]) -> tuple[int, int]:
    """Return how many uploads and entries were lost, and how many entries are one too many."""
    lost = missing + len(suggested - found.keys())
    return lost, sum(found.values()) - len(suggested & found.keys())


def dead_old_files(mariadb: MariaDb) -> set[str]:
    """Return the titles that the backfills gave up."""
    asked = "SELECT title FROM lookout__rehearsal.backfill_files WHERE state = 'dead'"
    return {title for (title,) in mariadb.admin(asked)}


def damaged() -> set[str]:
    """Return the titles of the samples that may end in any way."""
    return {f"File:{sample.name}" for sample in samples() if sample.expect == "any-terminal"}


def code() -> dict[Path, int]:
    """Return all folders of the program, and when each file was written last.

    But for what Python compiles: that changes a folder's own time, too.
    """
    folders = (ROOT / "bot", ROOT / "model", ROOT / "toolforge")
    paths = [path for one in folders for path in one.rglob("*") if "__pycache__" not in path.parts]
    return {path: path.stat().st_mtime_ns if path.is_file() else 0 for path in paths}


def test_a_deploy_a_lost_node_and_a_read_only_database_lose_and_double_nothing(
    rig: MediaWikiRig, mariadb: MariaDb, folder: Path, measured: Callable[[str], None]
) -> None:
    before = code()
    require_redis()
    old = old_files(rig)
    with mariadb.database("lookout__rehearsal"), ExitStack() as stack:
        # Without a user, as in production: name and password come from Toolforge's variables.
        place = f"mysql+pymysql://{HOST}:{mariadb.port}/lookout__rehearsal"
        environment = environment_of(rig, place, folder)
        backing = {
            name: stack.enter_context(job(name, environment, folder))
            for name in ("redis", "dispatch", "backfill")
        }
        with job("bot", environment, folder) as running:
            wait(running, lambda: "patrol.ready" in running.log_text())
            wait(running, lambda: "stream.connected" in running.log_text())
            ask_for_backfill(environment)
            upload(rig, 0)
            deploy_s = running.recreate()
            upload(rig, BATCH)
            running.lose_node()
            ask_for_backfill(environment)
            backing["redis"].lose_node()
            backing["backfill"].lose_node()
            upload(rig, 2 * BATCH)
            worker_s = backing["backfill"].recreate()
            with mariadb.read_only():
                upload(rig, 3 * BATCH)
                wait(running, lambda: "read-only" in running.log_text())
            with Ledger(mariadb.address("lookout__rehearsal")) as ledger:
                # The stream is read from a little before the bot's start: some old ones are in it.
                early = sum(bool(ledger.lookup.uploads(title)) for title in old)
                wait(running, lambda: settled(ledger, 4 * BATCH + early))
                suggested, ended = flagged(ledger), ledger.census.take().seen
                wait(running, lambda: running.alive)
                wait(backing["backfill"], lambda: ledger.backfills.running() == [])
                backfills = ledger.backfills.progress()
            assert dead_old_files(mariadb) <= damaged()
        found = entries(rig)
    lost, doubled = reckoned(4 * BATCH + early - ended, suggested, found)
    assert (lost, doubled) == (0, 0)
    assert (running.restarts, running.hard_kills) == (0, 0), running.log_text()[-20_000:]
    assert max(deploy_s, worker_s) < GRACE_S
    assert running.peak_mib <= MEMORY_MIB
    assert len(backfills) == 2
    for one in backfills:
        assert (one.state, one.finished) == ("done", one.contents)
        assert one.listed >= OLD_FILES
    for name, mib in BACKFILL_MIB.items():
        assert (backing[name].restarts, backing[name].hard_kills) == (0, 0), name
        assert backing[name].peak_mib <= mib, name
    assert code() == before
    user = "nobody" if wrapper() else "the tests' own user"
    measured(
        f"rehearsal as {user}: {4 * BATCH} uploads, {lost} lost, {doubled} doubled, "
        f"{deploy_s:.1f} s to end"
    )
    alive = max(running.alive_after_s)
    measured(f"rehearsal: alive after {alive:.1f} s, peak {running.peak_mib:.0f} MiB PSS")
    peaks = ", ".join(f"{name} {one.peak_mib:.0f}" for name, one in backing.items())
    measured(
        f"rehearsal: 2 backfills of {backfills[1].listed} and {backfills[0].listed} files, "
        f"{sum(one.contents - one.finished for one in backfills)} lost, "
        f"worker ends in {worker_s:.1f} s, peak MiB PSS: {peaks}"
    )
