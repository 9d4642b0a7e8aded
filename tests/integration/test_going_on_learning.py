"""Round the whole circle, on benign pictures: decisions, retraining, shadow mode, report.

The live model flags drawings. People find them worth a look unless they have a black frame: the
live model cannot tell the two apart, a candidate can. `make learning` has more uploads.
"""

import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
import pytest
import yaml
from PIL import Image

from bot.demo.commons import MiniCommons
from bot.demo.eventstream import EventStreamServer
from bot.ledger import Ledger
from bot.retraining.decisions import HIT
from bot.retraining.retrain import RESULT, TEXT
from model.bundle import DEFAULT_BUNDLE, open_bundle
from model.install import CACHE
from model.training.sidebyside.advice import Word
from standin import pencils, photographs
from support.bot import LOOKOUT, MIB, BotProcess
from support.ledgers import address
from support.models import Installer
from support.reviews import decide, review
from support.world import World, announce

pytestmark = pytest.mark.model

UPLOADS: Final = int(os.environ.get("LOOKOUT_LEARNING_UPLOADS", "270"))
OF_AN_UPLOADER: Final = 4
EDGE: Final = 160
TIMEOUT_S: Final = 300 + UPLOADS
NAME: Final = "candidate"
MEMORY_MIB: Final = 512
RETRAINING_MIB: Final = 2048  # as in toolforge/jobs.yaml
POLL_S: Final = 0.2
Draw = Callable[[np.random.Generator, int], Image.Image]
KINDS: Final[Mapping[str, Draw]] = {
    "Drawing": pencils.plain,
    "Framed": pencils.framed,
    "Photograph": photographs.crops,
}
Measured = Callable[[str], None]


def picture(kind: str, number: int) -> bytes:
    """Return one benign picture, the same each time."""
    random = np.random.default_rng([8, number, *kind.encode()])
    encoded = io.BytesIO()
    KINDS[kind](random, EDGE).save(encoded, "JPEG", quality=90)
    return encoded.getvalue()


class Circle:
    """A miniature Commons, a bot beside it, and people who decide."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self.world = world
        self._stream = world.stream
        self.kinds: dict[int, str] = {}  # by log_id

    def upload(self, count: int) -> None:
        """Upload so many pictures of all kinds, each few by an account of their own."""
        names = list(KINDS)
        for number in range(len(self.kinds), len(self.kinds) + count):
            kind = names[number % len(names)]
            user = f"{kind} {number // (OF_AN_UPLOADER * len(names))}"
            title = f"File:{kind} {number}.jpg"
            content = picture(kind, number)
            entry = self.world.wiki.upload(title, content, user=user, comment="")
            announce(self._stream, entry)
            self.kinds[entry.log_id] = kind

    def decide(self) -> None:
        """Let people say of everything they are asked about what they make of it."""
        with Ledger(address(self.folder / "ledger.sqlite")) as ledger:
            for one in ledger.suggestions.of(list(self.kinds)):
                outcome = "scope" if self.kinds[one.log_id] == "Drawing" else "ok"
                decide(ledger, review(one.log_id, outcome, reference=one.log_id, reviewed_at=4e9))

    def settings(self, **model: Any) -> dict[str, Any]:
        """Return the settings of a dry run that asks about some of what it clears."""
        rules = [{"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.2}}]
        model = {"precision": "fp32", **model}  # what is learnt is the same on each processor
        return self.world.settings(rules=rules, reviews={"audit_rate": 0.4}, model=model)

    @contextmanager
    def bot(self, **model: Any) -> Iterator[BotProcess]:
        """Run the bot on the circle's ledger."""
        shutil.rmtree(self.folder / "bot", ignore_errors=True)
        process = BotProcess(self.folder / "bot", self.settings(**model))
        ledger = {"url": address(self.folder / "ledger.sqlite")}
        process.configure({**self.settings(**model), "ledger": ledger})
        with process as running:
            yield running

    def wait(self) -> None:
        """Wait until everything uploaded is done."""
        deadline = time.monotonic() + TIMEOUT_S
        with Ledger(address(self.folder / "ledger.sqlite")) as ledger:
            while True:
                counts = ledger.census.take()
                if counts.seen == len(self.kinds) and not counts.unfinished + counts.unpublished:
                    return
                assert time.monotonic() < deadline, counts
                time.sleep(POLL_S)


@pytest.fixture
def circle(
    tmp_path: Path, installed: Installer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Circle]:
    published = installed(DEFAULT_BUNDLE).folder
    models = tmp_path / "models"
    shutil.copytree(published, models / DEFAULT_BUNDLE)
    shutil.copytree(published.parent / CACHE, models / CACHE)
    monkeypatch.setenv("LOOKOUT_MODELS", str(models))
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    with MiniCommons() as mini, EventStreamServer() as stream:
        yield Circle(tmp_path, World(mini, stream))


def lookout(circle: Circle, *arguments: str, **model: Any) -> str:
    """Run a command on the circle's ledger; return what it prints."""
    return watched(circle, *arguments, **model)[0]


def watched(circle: Circle, *arguments: str, **model: Any) -> tuple[str, float]:
    """Run a command; return what it prints, and how much memory it had at most, in MiB (PSS)."""
    config = circle.folder / "config.yaml"
    ledger = {"url": address(circle.folder / "ledger.sqlite")}
    config.write_text(yaml.safe_dump({**circle.settings(**model), "ledger": ledger}))
    peak, deadline = 0.0, time.monotonic() + TIMEOUT_S
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        command: list[str | Path] = [LOOKOUT, *arguments, "--config", config]
        with subprocess.Popen(command, stdout=output, stderr=errors) as process:
            while process.poll() is None:
                assert time.monotonic() < deadline
                peak = max(peak, family_mib(process.pid))
                time.sleep(POLL_S)
        output.seek(0)
        errors.seek(0)
        assert process.returncode == 0, errors.read()
        return output.read(), peak


def family_mib(pid: int) -> float:
    """Return the PSS of a process and its children; of those that end meanwhile, nothing."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += one.memory_full_info().pss
    return total / MIB


@pytest.mark.timeout(3 * TIMEOUT_S)
def test_decisions_become_a_candidate_that_is_tried_beside_the_live_model(
    circle: Circle, measured: Measured
) -> None:
    few = ("--fewest", "40", "--fewest-each", "20", "--threads", "1", "--name", NAME)
    with circle.bot() as running:
        circle.upload(UPLOADS)
        circle.wait()
        measured(f"{running.memory_mib():.0f} MiB with the live model alone")
    assert "Not enough decisions yet: 0 of at least 40 pictures" in lookout(circle, "retrain", *few)
    circle.decide()

    told, peak = watched(circle, "retrain", *few)
    measured(f"{peak:.0f} MiB at most while retraining (the job has {RETRAINING_MIB})")
    assert peak < RETRAINING_MIB
    folder = circle.folder / "retraining" / NAME
    assert told.startswith(f"{Word.TRY.capitalize()}: it is better on files neither has seen")
    assert "Nothing was switched" in told
    report = (folder / "report" / TEXT).read_text(encoding="utf-8")
    assert "## No longer suggested, and rightly so" in report
    assert f"Live: {DEFAULT_BUNDLE}/" in report
    assert not list(folder.rglob("*.jpg"))
    measured(told.splitlines()[0])

    graph = circle.folder / "models" / NAME / "model.ts"
    before = (graph.stat().st_ino, (folder / RESULT).read_bytes())
    assert f"{NAME} is done" in lookout(circle, "retrain", *few)
    assert (graph.stat().st_ino, (folder / RESULT).read_bytes()) == before

    shadow = {"shadow": {"name": NAME, "share": 1.0}}
    with circle.bot(**shadow) as running:
        circle.upload(UPLOADS // 4)
        circle.wait()
        memory = running.memory_mib()
        measured(f"{memory:.0f} MiB with a candidate in shadow mode (at most {MEMORY_MIB})")
    circle.decide()
    assert memory < MEMORY_MIB
    _check_shadow_report(circle, folder, shadow, measured)
    assert open_bundle(circle.folder / "models", NAME).card.training


def _check_shadow_report(
    circle: Circle, folder: Path, shadow: dict[str, Any], measured: Measured
) -> None:
    threshold = json.loads((folder / RESULT).read_text())["threshold"]
    own = circle.folder / "own.yaml"
    rule = {"name": HIT, "labels": [HIT], "at_least": {"image": threshold}}
    own.write_text(yaml.safe_dump({"rules": [rule]}))
    asked = ("shadow", "report", "--candidate-config", str(own))
    (made,) = json.loads(lookout(circle, *asked, "--json", **shadow))
    assert made["candidate"].startswith(f"{NAME}/")
    assert made["files"] == UPLOADS // 4
    live, candidate = made["live_precision"], made["candidate_precision"]
    assert candidate["value"] > live["value"]
    assert made["hits_kept"]["value"] > 0.8
    measured("\n".join(lookout(circle, *asked, "--limit", "3", **shadow).splitlines()[:12]))
