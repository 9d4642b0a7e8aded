"""`lookout retrain` on decided files of a miniature Commons: refused, killed, done all the same."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from bot.cli import main
from bot.demo.commons import MiniCommons
from bot.ledger import Ledger
from bot.ledger.suggestions import AUDIT
from bot.retraining.lock import alone
from bot.retraining.plan import PLAN, Plan
from bot.retraining.retrain import PAGE, RESULT
from model.bundle import DEFAULT_BUNDLE, Bundle, open_bundle
from standin.task import make
from support.bot import LOOKOUT
from support.ledgers import address
from support.reviews import decide, review, suggest

SUGGESTED, SAMPLED = 60, 40
FEW = ("--fewest", "80", "--fewest-each", "10", "--threads", "1")
NAME = "candidate"
TIMEOUT_S = 240
POLL_S = 0.02


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    monkeypatch.setenv("LOOKOUT_MODELS", str(tmp_path / "models"))
    return tmp_path


@pytest.fixture
def live(home: Path, trained: Bundle) -> Path:
    """The live model, one for small pictures, in a folder of bundles of its own."""
    shutil.copytree(trained.folder, home / "models" / trained.name)
    return home / "models"


@pytest.fixture
def commons() -> Iterator[MiniCommons]:
    with MiniCommons() as server:
        yield server


@pytest.fixture
def config(home: Path, commons: MiniCommons, trained: Bundle) -> Path:
    """Files on the wiki, of many uploaders, that people decided about; and the settings."""
    make(home / "made", 120, edge=64)
    place = address(home / "ledger.sqlite")
    pictures = sorted((home / "made").glob("*/*.jpg"))
    with Ledger(place) as ledger:
        for number, path in enumerate(pictures[: SUGGESTED + SAMPLED], 1):
            title, user = f"File:Picture {number}.jpg", f"User {number}"
            entry = commons.wiki.upload(title, path.read_bytes(), user=user, comment="own work")
            assert entry.version
            kind = "log-page" if number % 5 < 3 else AUDIT
            suggest(ledger, number, title=title, sha1=entry.version.sha1, user=user, kind=kind)
            outcome = "scope" if path.parent.name == "drawing" else "ok"
            decide(ledger, review(number, outcome, reference=number))
    hosts = [urlsplit(commons.addresses.base).netloc]
    settings = {
        "wiki": {"api": commons.addresses.api, "file_hosts": hosts},
        "ledger": {"url": place},
        "model": {"name": trained.name},
        "rules": [{"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.8}}],
    }
    file = home / "config.yaml"
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return file


@pytest.mark.model
@pytest.mark.usefixtures("live")
def test_too_few_decisions_are_counted_and_leave_nothing_behind(
    home: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["retrain", "--config", str(config), "--name", NAME]
    assert main(told) == 0
    output = capsys.readouterr().out
    assert "Not enough decisions yet: 100 of at least 300 pictures (60 worth-a-look" in output
    assert main([*told, "--fewest", "80", "--fewest-each", "50"]) == 0
    output = capsys.readouterr().out
    assert "Not enough decisions yet: 60 worth-a-look, 40 fine, and at least 50 of each" in output
    assert not (home / "retraining" / NAME).exists()


@pytest.mark.model
@pytest.mark.usefixtures("live")
def test_decided_files_that_are_gone_are_no_decisions_to_learn_from(
    commons: MiniCommons, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(1, 31):
        commons.wiki.delete(f"File:Picture {number}.jpg", user="Admin", comment="nudity")
    assert main(["retrain", "--config", str(config), "--name", NAME, *FEW]) == 0
    output = capsys.readouterr().out
    assert "Not enough decisions yet: 70 of at least 80" in output
    assert "of those that are still on the wiki; 30 gone" in output


@pytest.mark.model
def test_two_at_once_or_a_model_of_that_name_or_another_live_model_are_refused(
    home: Path, live: Path, config: Path, trained: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["retrain", "--config", str(config), *FEW]
    folder = home / "retraining"
    with alone(folder):
        assert main([*told, "--name", NAME]) == 1
    assert f"Another retraining is at work in {folder}" in capsys.readouterr().err
    assert main([*told, "--name", DEFAULT_BUNDLE]) == 1
    assert "is the name of a published model" in capsys.readouterr().err
    (live / "mine").symlink_to(live / trained.name)
    assert main([*told, "--name", "mine"]) == 1
    assert "A model called mine is installed" in capsys.readouterr().err
    plan = Plan(
        name=NAME,
        start=trained.name,
        live="another/0123",
        since=0,
        until=1,
        most=1,
        epochs=0,
        threads=1,
        keep=0.9,
        sums=(("drawing",),),
        threshold=0.8,
    )
    plan.write(folder / NAME)
    assert main([*told, "--name", NAME]) == 1
    assert "was begun beside another/0123" in capsys.readouterr().err
    (folder / NAME / PLAN).write_text("{}", encoding="utf-8")
    assert main([*told, "--name", NAME]) == 1
    assert "begin anew with --restart" in capsys.readouterr().err


@pytest.mark.model
@pytest.mark.timeout(3 * TIMEOUT_S)
def test_killed_anywhere_and_its_pictures_lost_it_goes_on_to_the_same_end(
    home: Path, live: Path, config: Path, tmp_path: Path
) -> None:
    pictures, folder = tmp_path / "elsewhere", home / "retraining" / NAME
    command: list[str | Path] = [
        LOOKOUT,
        "retrain",
        "--config",
        config,
        "--name",
        NAME,
        *FEW,
        "--pictures",
        pictures,
    ]
    for pattern, where in (("*/*/*.jpg", pictures), ("run/*/checkpoint.pt", folder)):
        _kill_when_there_is(command, pattern, where)
        assert not (folder / RESULT).exists()
    plan, version = (folder / PLAN).read_bytes(), _versions(folder)
    shutil.rmtree(pictures)  # as with a container
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    assert f"Going on with {NAME}" in done.stderr
    assert "Going on with the head after" in done.stderr
    assert "Nothing was switched" in done.stdout
    assert (folder / PLAN).read_bytes() == plan
    assert _versions(folder) == version
    assert list(pictures.glob("*")) == []
    assert (folder / "report" / PAGE).exists()
    assert (folder.parent.stat().st_mode & 0o077) == 0
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    training = open_bundle(live, NAME).card.training
    assert training
    assert training.dataset == result["dataset"]


def _kill_when_there_is(command: list[str | Path], pattern: str, where: Path) -> None:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + TIMEOUT_S
        while not any(where.glob(pattern)):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(POLL_S)
        process.kill()


def _versions(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "run").iterdir())
