"""The files for Toolforge: each is whole, and names only what there is."""

import configparser
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from packaging.specifiers import SpecifierSet
from prometheus_client import CollectorRegistry
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.cli import build_parser
from bot.home import models_folder
from bot.settings import toolsdb
from bot.settings.credentials import Secrets
from bot.settings.fleet import PASSWORD_VARIABLE, FleetSettings
from bot.settings.services import LedgerSettings
from bot.watching.health import Health
from bot.watching.server import WatchServer
from bot.watching.vitals import Vitals
from rig.phpserver import free_port
from supply.lockfile import LOCK, read_lock
from support.redis import require_redis, wait_for_redis

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "toolforge"
SCRIPTS = [FOLDER / "branch", *sorted((FOLDER / "bin").iterdir())]
METRICS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
LOOPBACK = "127.0.0.1"
BRANCH = "refs/heads/toolforge"
MEMORY = re.compile(r"^(\d+)(Mi|Gi)$")
CRON_FIELD = r"(\*|\d+)(/\d+)?"
CRON = re.compile(rf"^{CRON_FIELD}( {CRON_FIELD}){{4}}$")
NAME = re.compile(r"^[a-z0-9][a-z0-9.-]{0,51}$")
# What Toolforge's jobs and components take; unknown keys are refused there.
OF_JOB = {"name", "command", "image", "mem", "cpu", "mount", "emails"}
CONTINUOUS = OF_JOB | {"continuous", "port", "health-check-script"}
SCHEDULED = OF_JOB | {"schedule"}
OF_RUN = {"command", "memory", "cpu", "mount", "emails"}
RUN = OF_RUN | {"port", "health_check_http", "schedule"}
OF_THE_TOOLS_FOLDER = {"retrain"}  # what it makes has to last
BUILD = {"repository", "ref", "use_latest_versions", "reuse_from"}


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def parsed(name: str) -> Any:
    return yaml.safe_load(text(name))


def processes() -> dict[str, str]:
    """Return the commands of the Procfile by their names."""
    return dict(line.split(": ", 1) for line in text("Procfile").splitlines())


def jobs(file: str = "jobs.yaml") -> dict[str, dict[str, Any]]:
    return {job["name"]: job for job in parsed(file)}


# Processes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", processes())
def test_every_process_is_a_program_that_exec_starts(name: str) -> None:
    assert NAME.match(name)
    word, program, *arguments = processes()[name].split()
    assert word == "exec"
    assert os.access(ROOT / program, os.X_OK)
    if program.endswith("/lookout"):
        build_parser().parse_args(arguments)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_shell_finds_nothing_wrong(script: Path) -> None:
    if not shutil.which("shellcheck"):
        assert not os.environ.get("CI"), "tests/rig/install.sh brings shellcheck"
        pytest.skip("there is no shellcheck on this machine")
    checked = subprocess.run(
        ["shellcheck", "-x", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A `lookout` that says how it was called, by which process, and waits for a signal."""
    program = tmp_path / "bin" / "lookout"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\necho "$$ $* $LOOKOUT_HOME $LOOKOUT_MODELS $LOOKOUT_LOG"\nexec sleep 600\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program


def environment(stand_in: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOOKOUT_")}
    return {**kept, "PATH": f"{stand_in.parent}:{kept['PATH']}"}


def test_sigterm_reaches_the_bot_and_not_a_shell_around_it(stand_in: Path) -> None:
    with subprocess.Popen(
        ["bash", "-c", processes()["bot"]],
        cwd=ROOT,
        env=environment(stand_in),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        pid, *words = process.stdout.readline().split()
        process.send_signal(signal.SIGTERM)
        assert process.wait() == -signal.SIGTERM
    assert int(pid) == process.pid
    assert words[:3] == ["run", "--listen", "0.0.0.0:8000"]
    assert words[3:] == ["/tmp/lookout", str(ROOT / "var/models"), "json"]  # noqa: S108 - of the image


def test_the_retraining_keeps_its_candidate_in_the_tools_folder_and_no_picture_there(
    stand_in: Path, tmp_path: Path
) -> None:
    program = tmp_path / "image"
    shutil.copytree(FOLDER, program / "toolforge")
    (program / "var/models/live").mkdir(parents=True)
    (program / "var/models/live/card.json").write_text("new", encoding="utf-8")
    models = tmp_path / "data/lookout/models"
    for name in ("live", "retrained-2026-10"):
        (models / name).mkdir(parents=True)
        (models / name / "card.json").write_text("old", encoding="utf-8")
    with subprocess.Popen(
        ["bash", "-c", processes()["retrain"]],
        cwd=program,
        env={**environment(stand_in), "TOOL_DATA_DIR": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        _, *words = process.stdout.readline().split()
        process.send_signal(signal.SIGTERM)
        assert process.wait() != 0
    build_parser().parse_args(words[:-3])
    assert words[:-3] == ["retrain", "--threads", "1", "--pictures", "/tmp/lookout-retraining"]  # noqa: S108 - of the image
    assert words[-3:] == [str(tmp_path / "data/lookout"), str(models), "json"]
    cards = {path.parent.name: path.read_text() for path in models.glob("*/card.json")}
    assert cards == {"live": "new", "retrained-2026-10": "old"}


def test_without_the_tools_folder_the_retraining_says_what_it_needs(stand_in: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", processes()["retrain"]],
        cwd=ROOT,
        env=environment(stand_in),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "the job needs mount: all" in done.stderr


def probe(port: int) -> int:
    """Return the exit code of the health check."""
    return subprocess.run(
        [FOLDER / "bin/health"],
        env={**os.environ, "LOOKOUT_PORT": str(port)},
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


def test_the_health_check_succeeds_only_while_the_bot_lives() -> None:
    vitals = Vitals()
    health = Health(vitals, 60.0, lambda: False, lambda: None)
    with WatchServer(LOOPBACK, 0, health, CollectorRegistry()) as server:
        assert probe(server.port) == 0
        vitals.beat("score", -3600.0)
        assert probe(server.port) != 0
    assert probe(server.port) != 0


# Jobs ---------------------------------------------------------------------------------------------


def test_the_jobs_have_the_keys_that_toolforge_knows() -> None:
    for job in jobs().values():
        assert set(job) == (CONTINUOUS if job.get("continuous") else SCHEDULED)
        assert NAME.match(job["name"])
        assert job["command"] in processes()
        assert MEMORY.match(job["mem"])
        assert job["mount"] == ("all" if job["name"] in OF_THE_TOOLS_FOLDER else "none")
        assert CRON.match(job.get("schedule", "* * * * *"))
    assert jobs()["bot"]["health-check-script"] in processes()


def test_a_backfill_has_jobs_of_its_own() -> None:
    own = jobs("backfill.yaml")
    assert set(own).isdisjoint(jobs())
    for job in own.values():
        assert set(job) <= CONTINUOUS
        assert set(job) >= OF_JOB | {"continuous"}
        assert NAME.match(job["name"])
        assert job["command"] in processes()
        assert MEMORY.match(job["mem"])
        assert job["mount"] == "none"
    assert f'"${{LOOKOUT_REDIS_PORT:={own["redis"]["port"]}}}"' in text("bin/environment")
    assert text("Aptfile").split() == ["redis-server"]


def test_redis_does_not_start_without_a_password(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOOKOUT_")}
    done = subprocess.run(
        [FOLDER / "bin/redis"],
        env={**kept, "LOOKOUT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "toolforge envvars create LOOKOUT_REDIS_PASSWORD" in done.stderr


def test_redis_asks_for_its_password_and_keeps_a_file(tmp_path: Path) -> None:
    require_redis()
    port = str(free_port())
    own = {"LOOKOUT_HOME": str(tmp_path), "LOOKOUT_REDIS_PORT": port, PASSWORD_VARIABLE: "a1"}
    with subprocess.Popen(
        [FOLDER / "bin/redis"], env={**os.environ, **own}, stdout=subprocess.DEVNULL
    ) as process:
        try:
            wait_for_redis(int(port), "a1")
            once = Retry(NoBackoff(), 0)
            with (
                redis.Redis(port=int(port), retry=once) as stranger,
                pytest.raises(redis.AuthenticationError),
            ):
                stranger.ping()
            with redis.Redis(port=int(port), password="a1") as friend:  # noqa: S106 - of this test
                assert friend.config_get("appendonly") == {"appendonly": "yes"}
        finally:
            process.terminate()
        assert process.wait() == 0


def test_the_password_of_redis_is_not_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = FleetSettings(redis="redis://redis:6379/0")
    assert settings.address == "redis://redis:6379/0"
    monkeypatch.setenv(PASSWORD_VARIABLE, "p@ss/word")
    assert settings.address == "redis://:p%40ss%2Fword@redis:6379/0"
    assert FleetSettings(redis="redis://:own@redis/0").address == "redis://:own@redis/0"


def test_the_components_are_the_jobs() -> None:
    config = parsed("components.yaml")
    assert config["config_version"] == "v1beta1"
    components = config["components"]
    assert set(components) == set(jobs())
    for name, component in components.items():
        assert set(component) == {"build", "run"}
        assert set(component["build"]) <= BUILD
        run, job = component["run"], jobs()[name]
        assert OF_RUN <= set(run) <= RUN
        assert (run["command"], run["memory"], run["cpu"]) == (
            job["command"],
            job["mem"],
            job["cpu"],
        )
        assert (run.get("schedule"), run.get("port")) == (job.get("schedule"), job.get("port"))
        assert component["build"].get("reuse_from", name) in components
    assert components["bot"]["run"]["health_check_http"] == "/livez"


def test_the_bot_fits_the_default_memory() -> None:
    assert jobs()["bot"]["mem"] == "512Mi"


def test_the_retraining_has_the_memory_that_its_test_measures_it_against() -> None:
    assert jobs()["retrain"]["mem"] == "2Gi"


def test_one_port_for_all() -> None:
    port = jobs()["bot"]["port"]
    assert f'"${{LOOKOUT_PORT:={port}}}"' in text("bin/environment")
    assert parsed("prometheus.yaml")["scrape_configs"][0]["static_configs"] == [
        {"targets": [f"bot:{port}"]}
    ]


def test_the_python_is_one_that_the_project_supports() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    supported = SpecifierSet(setup["options"]["python_requires"])
    assert text(".python-version").strip() in supported


# Alerts -------------------------------------------------------------------------------------------


def rules() -> list[dict[str, Any]]:
    return [rule for group in parsed("alerts.yaml")["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_asks_for_metrics_there_are_and_has_a_runbook(rule: dict[str, Any]) -> None:
    assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    exported = set(re.findall(r"^\| `(lookout_\w+)", METRICS, re.MULTILINE))
    assert set(re.findall(r"lookout_\w+", rule["expr"])) <= exported
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["runbook"] == f"docs/maintainer.md#{rule['alert'].lower()}"


# Environment --------------------------------------------------------------------------------------


def variables() -> Iterator[str]:
    """Yield every variable that the program or its scripts read."""
    yield from (f"LOOKOUT_{name.upper()}" for name in Secrets.model_fields)
    files = [path for path in (ROOT / "bot").rglob("*.py") if "demo" not in path.parts]
    for path in [*files, *(ROOT / "model").rglob("*.py"), *SCRIPTS]:
        yield from re.findall(
            r"\b(?:LOOKOUT|TOOL)_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")
        )


def test_the_list_of_variables_is_what_the_code_reads() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", text("environment.md"), re.MULTILINE)
    assert sorted(listed) == sorted(set(variables()))


def test_toolsdb_is_the_ledger_of_a_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(toolsdb.USER_VARIABLE, "s12345")
    place = "mysql+pymysql://tools.db.svc.wikimedia.cloud/s12345__lookout"
    assert LedgerSettings().address == place
    assert LedgerSettings(url="sqlite:////data/x.sqlite").address == "sqlite:////data/x.sqlite"
    monkeypatch.delenv(toolsdb.USER_VARIABLE)
    assert LedgerSettings().address.startswith("sqlite:///")


def test_models_can_lie_apart_from_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKOUT_HOME", "/somewhere")
    assert models_folder() == Path("/somewhere/models")
    monkeypatch.setenv("LOOKOUT_MODELS", "/image/models")
    assert models_folder() == Path("/image/models")


# The branch ---------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def make_branch(folder: Path) -> str:
    """Run the script; return the commit it made."""
    names = {"GIT_AUTHOR_NAME": "T", "GIT_COMMITTER_NAME": "T"}
    mails = {"GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_EMAIL": "t@example.org"}
    subprocess.run(
        ["sh", "toolforge/branch"],
        cwd=folder,
        env={**os.environ, **names, **mails},
        capture_output=True,
        check=True,
    )
    return git(folder, "rev-parse", BRANCH)


def test_the_branch_is_the_commit_with_five_files_at_the_top(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "toolforge")
    (tmp_path / "config.yaml").write_text("# settings\n", encoding="utf-8")
    shutil.copy(LOCK, tmp_path)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=one")
    first = make_branch(tmp_path)
    assert git(tmp_path, "diff", "--name-status", "main", BRANCH).split() == [
        word
        for name in (
            ".python-version",
            "Aptfile",
            "Procfile",
            "constraints.txt",
            "requirements.txt",
        )
        for word in ("A", name)
    ]
    versions = [f"{name}=={package.version}" for name, package in read_lock().items()]
    constraints = git(tmp_path, "show", f"{BRANCH}:constraints.txt").splitlines()
    assert [line for line in constraints if not line.startswith("#")] == versions
    assert git(tmp_path, "show", f"{BRANCH}:Procfile") == text("Procfile").strip()
    assert git(tmp_path, "status", "--porcelain") == ""
    second = make_branch(tmp_path)
    assert git(tmp_path, "rev-parse", f"{BRANCH}^1") == first != second


# The model ----------------------------------------------------------------------------------------


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_building_the_package_of_the_model_puts_it_beside_the_program(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "model", tmp_path / "toolforge/model")
    name = "nsfwjs-mobilenet-v2-mid"
    shutil.copytree(models_folder() / name, tmp_path / "var/models" / name)
    (tmp_path / "var/models/.cache").mkdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    alone = ["--no-index", "--no-deps", "--no-build-isolation"]
    built = subprocess.run(
        [*pip, "wheel", "--verbose", *alone, "--wheel-dir", tmp_path, "./toolforge/model"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{name} is already installed in {tmp_path}" in built.stderr
    assert not (tmp_path / "var/models/.cache").exists()
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run([*pip, "install", *alone, "--target", tmp_path / "site", wheel], check=True)
