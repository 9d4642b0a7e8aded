"""A change of config.yaml while the bot runs: adopted when valid, refused with its reason."""

import logging
import os
from pathlib import Path

import pytest

from bot.config import Settings
from bot.configfile import ConfigWatch
from bot.errors import ConfigInvalid
from support.configs import LIVE, read

LONG_AGO = (1, 1)  # modification times, for a file that seems to have changed since


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def accept(_: Settings) -> None:
    """Find nothing wrong."""


def watch(file: Path, text: str = "media: {stills: 5}\n") -> ConfigWatch:
    """Return a watch on a file that was last changed long ago."""
    settings = read(file, text)
    os.utime(file, LONG_AGO)
    return ConfigWatch(file, settings)


def test_an_untouched_file_offers_nothing(file: Path) -> None:
    assert watch(file).changed(accept) is None


def test_a_valid_change_is_offered_once_and_in_force(file: Path) -> None:
    watched = watch(file)
    file.write_text("media: {stills: 9}\n", encoding="utf-8")
    new = watched.changed(accept)
    assert new
    assert new.media.stills == 9
    assert watched.settings == new
    assert watched.changed(accept) is None


def test_a_change_of_comments_alone_is_no_change(file: Path) -> None:
    watched = watch(file)
    file.write_text("# moved\nmedia: {stills: 5}\n", encoding="utf-8")
    assert watched.changed(accept) is None


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("media: {stills: 0}\n", "media.stills"),
        ("media: [\n", "is not valid YAML"),
        ("", "is empty"),
        (LIVE, "no credentials are set"),
    ],
)
def test_an_invalid_change_is_refused_with_its_reason_and_the_old_stays(
    file: Path, caplog: pytest.LogCaptureFixture, text: str, reason: str
) -> None:
    watched = watch(file)
    file.write_text(text, encoding="utf-8")
    assert watched.changed(accept) is None
    assert watched.settings.media.stills == 5
    (logged,) = reasons(caplog)
    assert "config.refused" in logged
    assert reason in logged
    assert watched.changed(accept) is None
    assert len(reasons(caplog)) == 1


def test_a_change_that_fails_the_callers_own_check_is_refused(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: Settings) -> None:
        raise ConfigInvalid("the model gives no label ink")

    watched = watch(file)
    file.write_text("media: {stills: 9}\n", encoding="utf-8")
    assert watched.changed(refuse) is None
    assert watched.settings.media.stills == 5
    assert "no label ink" in reasons(caplog)[0]


def test_a_corrected_mistake_is_adopted(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    watched = watch(file)
    file.write_text("media: {stills: 0}\n", encoding="utf-8")
    watched.changed(accept)
    file.write_text("media: {stills: 10}\n", encoding="utf-8")
    new = watched.changed(accept)
    assert new
    assert new.media.stills == 10
    assert len(reasons(caplog)) == 1


def test_a_file_deleted_meanwhile_changes_nothing_until_it_is_back(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = watch(file)
    file.unlink()
    assert watched.changed(accept) is None
    assert watched.changed(accept) is None
    assert "does not exist" in reasons(caplog)[0]
    assert len(reasons(caplog)) == 1
    file.write_text("media: {stills: 9}\n", encoding="utf-8")
    new = watched.changed(accept)
    assert new
    assert new.media.stills == 9


def test_a_file_that_cannot_be_reached_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    watched = watch(folder / "config.yaml")
    (folder / "config.yaml").unlink()
    folder.rmdir()
    folder.write_text("a file where the folder was", encoding="utf-8")
    assert watched.changed(accept) is None
    assert "cannot be read" in reasons(caplog)[0]
