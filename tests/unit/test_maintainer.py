"""The maintainers' page: a section for every alert, true names, and steps that do what they say."""

import configparser
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import bot.errors
import model.errors
from bot.cli import build_parser
from bot.ledger import Ledger
from bot.ledger.migrate import REVISION
from support.ledgers import address, fill

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/maintainer.md").read_text(encoding="utf-8")
METRICS: Final = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
CODE: Final = "".join(
    path.read_text(encoding="utf-8")
    for package in ("bot", "model")
    for path in (ROOT / package).rglob("*.py")
)
PARTS: Final = ["Means", "Look at", "Do"]
BEFORE, NEWER, AFTER = range(3)  # log ids: stored before a copy, and after it
EVENT: Final = re.compile(r"`((?:patrol|publish|gap|stream|ledger|upload|ingest)\.[a-z-]+)`")


def section(title: str, level: str = "##") -> str:
    """Return the text below a heading, up to the next one of its level."""
    _, _, rest = PAGE.partition(f"\n{level} {title}\n")
    return rest.partition(f"\n{level} ")[0]


def alerts() -> list[dict[str, Any]]:
    text = (ROOT / "toolforge/alerts.yaml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


NAMES: Final = [rule["alert"] for rule in alerts()]


def test_the_runbook_has_a_section_for_every_alert_and_no_other() -> None:
    assert re.findall(r"^### (\w+)$", section("Runbook"), re.MULTILINE) == NAMES


@pytest.mark.parametrize("alert", NAMES)
def test_a_section_says_what_it_means_what_to_look_at_and_what_to_do(alert: str) -> None:
    text = section(alert, "###")
    assert re.findall(r"^\*\*([\w ]+)\.\*\* \S", text, re.MULTILINE) == PARTS


def test_metrics_that_are_named_are_exported() -> None:
    exported = set(re.findall(r"^\| `(lookout_\w+)", METRICS, re.MULTILINE))
    named = set(re.findall(r"`(lookout_\w+)", PAGE))
    assert named
    assert named <= exported


def test_events_that_are_named_are_logged() -> None:
    named = set(EVENT.findall(PAGE)) - {"publish.mode", "stream.url", "ledger.sqlite-wal"}
    assert len(named) > 5
    assert [event for event in named if f'"{event}"' not in CODE] == []


def test_dead_letters_are_told_apart_by_errors_there_are() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", section("Dead letters"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    known = {**vars(model.errors), **vars(bot.errors)}
    ends = (model.errors.RetryLater, model.errors.NotYet, model.errors.Never)
    assert all(issubclass(known[name], ends) for name in named)
    pictures = model.errors.ImageError.__subclasses__()
    assert {kind.__name__ for kind in pictures} <= named
    assert {"WorkerDied", "WorkerStalled", "NotThereYet", "NetworkFault", "Refused"} <= named


# The service --------------------------------------------------------------------------------------


def service() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names have capitals
    unit.read(ROOT / "examples/lookout.service", encoding="utf-8")
    return unit["Service"]


def test_the_service_starts_the_bot_with_options_it_takes() -> None:
    program, *arguments = shlex.split(service()["ExecStart"])
    assert program == f"{service()['WorkingDirectory']}/.venv/bin/lookout"
    assert build_parser().parse_args(arguments).listen == ("127.0.0.1", 8000)


def test_the_places_of_the_service_are_those_of_the_page() -> None:
    app = service()["WorkingDirectory"]
    assert app == "/srv/lookout/app"
    assert service()["ReadWritePaths"] == f"{app}/var"
    assert f"export {service()['Environment']}" in PAGE
    assert f"--home-dir {Path(app).parent} --shell /bin/bash {service()['User']}" in PAGE
    assert service()["EnvironmentFile"].removeprefix("-") in section("Secrets")


# Copies of the ledger -----------------------------------------------------------------------------


def shell(lines: list[str], folder: Path) -> None:
    """Run lines of the page as its reader would, in the clone's folder."""
    program = "\n".join(["set -eu", *lines])
    environment = {"PATH": os.environ["PATH"], "LOOKOUT_HOME": str(folder / "var")}
    subprocess.run(["sh", "-c", program], cwd=folder, env=environment, check=True, timeout=60)


def blocks(title: str, *, naming: str) -> list[str]:
    """Return the lines to type of a section that name something."""
    lines = re.findall(r"^ {4}(.+)$", section(title), re.MULTILINE)
    return [line for line in lines if naming in line]


@pytest.mark.skipif(
    not shutil.which("sqlite3") and not os.environ.get("CI"),
    reason="sqlite3 is not installed: apt-get install sqlite3",
)
@pytest.mark.parametrize(
    ("made_under", "copy"),
    [("Upgrade", "ledger-before.sqlite"), ("Backup and restore", "ledger-backup.sqlite")],
)
def test_a_copy_made_while_the_bot_works_takes_the_ledger_back(
    tmp_path: Path, made_under: str, copy: str
) -> None:
    app = tmp_path / "app"
    path = app / "var/ledger.sqlite"
    with Ledger(address(path)) as ledger:
        fill(ledger, [BEFORE], position=1)
        shell(blocks(made_under, naming="sqlite"), app)
        fill(ledger, [NEWER], position=2)
        with closing(sqlite3.connect(path)) as newer:  # as a newer version would leave it
            newer.execute("UPDATE alembic_version SET version_num = '9999'")
            newer.commit()
    restore = [
        line.replace("ledger-before.sqlite", copy)
        for line in blocks("Rollback", naming="sqlite")
        if not line.startswith(".venv")
    ]
    assert len(restore) == 3
    shell(restore, app)
    assert not path.with_name("ledger.sqlite-wal").exists()
    with Ledger(address(path)) as ledger:
        assert ledger.census.take().seen == 1
        assert fill(ledger, [BEFORE, AFTER], position=3) == 1
    with closing(sqlite3.connect(path)) as back:
        assert back.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISION,)
