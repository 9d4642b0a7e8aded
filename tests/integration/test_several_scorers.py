"""Several processes that score beside each other, on one MariaDB: `lookout work`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from bot.demo.commons import MiniCommons
from bot.events import Upload
from bot.home import models_folder
from bot.ledger import Ledger
from support.bench import picture
from support.mariadb import MariaDb

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

UPLOADS = 60
PATIENCE_S = 120.0
GRACE_S = 15.0
Process = subprocess.Popen[bytes]


@pytest.fixture
def place(mariadb: MariaDb) -> Iterator[str]:
    with mariadb.database("lookout_scorers") as place:
        yield place


def announce(mini: MiniCommons, ledger: Ledger) -> None:
    """Upload different pictures, and tell the ledger as the stream would."""
    for number in range(UPLOADS):
        data = picture(f"#{number:06x}", 40)
        entry = mini.wiki.upload(f"File:{number}.png", data, user="Alice", comment="own work")
        assert entry.version
        upload = Upload(
            log_id=entry.log_id,
            action="upload",
            title=entry.title,
            user=entry.user,
            by_bot=False,
            sha1=entry.version.sha1,
            uploaded_at=entry.version.uploaded_at,
        )
        ledger.intake.record("test", [upload], None)


def start(folder: Path, mini: MiniCommons, place: str) -> Process:
    config = folder / "config.yaml"
    settings = {
        "wiki": {
            "api": mini.addresses.api,
            "file_hosts": [mini.addresses.base.removeprefix("http://")],
        },
        "control": {"run_page": "", "opt_out_page": ""},
        "ledger": {"url": place},
        "retry": {"lease_seconds": 5},
    }
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    environment = {"LOOKOUT_HOME": str(folder), "LOOKOUT_MODELS": str(models_folder())}
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [Path(sys.executable).with_name("lookout"), "work", "--config", config],
            env={**os.environ, **environment},
            stderr=log,
            start_new_session=True,
        )


@pytest.mark.usefixtures("bundle")
def test_each_upload_is_scored_once_though_one_of_them_is_killed(
    tmp_path: Path, place: str
) -> None:
    with MiniCommons() as mini, Ledger(place) as ledger:
        mini.before = lambda _: time.sleep(0.02)
        announce(mini, ledger)
        workers = [start(tmp_path, mini, place) for _ in range(2)]
        try:
            until(lambda: ledger.census.take().states["scored"] >= 10, tmp_path)
            os.killpg(workers[0].pid, signal.SIGKILL)
            until(lambda: ledger.census.take().unfinished == 0, tmp_path)
            workers[1].send_signal(signal.SIGTERM)
            assert workers[1].wait(GRACE_S) == 0
        finally:
            for worker in workers:
                if worker.poll() is None:
                    os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
        assert ledger.census.take().states["scored"] == UPLOADS
        decisions = ledger.history.decisions(0.0, time.time() + 60, limit=1000)
        assert sorted(one.log_id for one in decisions) == list(range(1, UPLOADS + 1))


def until(true: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, (folder / "log").read_text(encoding="utf-8")[-4000:]
        time.sleep(0.1)
