"""Secrets come from the environment alone, and never show."""

from pathlib import Path

import pytest
import yaml

from bot.configfile import describe
from bot.settings.credentials import Secrets
from support.configs import LIVE, read, refusal

BOT = {"LOOKOUT_BOT_NAME": "Bot@patrol", "LOOKOUT_BOT_PASSWORD": "hunter2"}
OAUTH = {
    f"LOOKOUT_OAUTH_{name}": f"value-{number}"
    for number, name in enumerate(
        ("CONSUMER_TOKEN", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")
    )
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


@pytest.mark.parametrize("environment", [BOT, OAUTH, BOT | OAUTH], ids=["bot", "oauth", "both"])
def test_with_credentials_in_the_environment_the_bot_may_go_live(
    file: Path, environment: dict[str, str]
) -> None:
    accepted = read(file, LIVE, **environment)
    assert accepted.publish.mode == "live"
    assert accepted.secrets.complete


@pytest.mark.parametrize("missing", [*BOT, *OAUTH])
def test_credentials_in_part_are_none(file: Path, missing: str) -> None:
    whole = BOT if missing in BOT else OAUTH
    partly = {name: value for name, value in whole.items() if name != missing}
    assert "no credentials are set. Set LOOKOUT_BOT_NAME" in refusal(file, LIVE, **partly)
    assert not read(file, "publish: {mode: dry-run}\n", **partly).secrets.complete


def test_live_without_a_contact_is_refused(file: Path) -> None:
    assert "wiki.contact is empty" in refusal(file, "publish: {mode: live}\n", **BOT)


def test_secrets_in_the_file_are_refused_and_not_repeated(file: Path) -> None:
    message = refusal(file, "secrets: {bot_password: hunter2}\n")
    assert "secrets belong in the environment" in message
    assert "hunter2" not in message


def test_no_refusal_repeats_a_secret(file: Path) -> None:
    assert "hunter2" not in refusal(file, "media: {stills: 0}\n", **BOT)


def test_the_description_masks_every_secret_and_shows_the_rest(file: Path) -> None:
    names = ("API_TOKENS", "SIGNIN_SECRET", "SESSION_KEY")
    tokens = {f"LOOKOUT_{name}": "hunter3" for name in names}
    shown = describe(read(file, "media: {stills: 7}\n", **BOT, **OAUTH, **tokens))
    described = yaml.safe_load(shown)
    assert described["media"]["stills"] == 7
    assert set(described["secrets"].values()) == {"(set)"}
    assert set(described["secrets"]) == set(Secrets.model_fields)
    assert not any(value in shown for value in (BOT | OAUTH | tokens).values())


def test_the_description_says_which_secrets_are_not_set(file: Path) -> None:
    shown = describe(read(file, "# nothing\n", LOOKOUT_BOT_NAME="Bot"))
    assert "bot_name: (set)" in shown
    assert "bot_password: (not set)" in shown


@pytest.mark.parametrize("password", ["hunter2", "with@sign", "with:colon"])
def test_the_description_masks_a_password_in_the_ledgers_address(file: Path, password: str) -> None:
    url = f"mysql+pymysql://bot:{password}@tools.db/ledger"
    shown = describe(read(file, yaml.safe_dump({"ledger": {"url": url}})))
    assert "mysql+pymysql://bot:***@tools.db/ledger" in shown
    assert password not in shown


def test_settings_cannot_be_changed_in_place(file: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(file, "media: {stills: 7}\n").media.stills = 8  # type: ignore[misc]  # the point of the test


def test_a_password_in_a_refused_address_is_not_shown(file: Path) -> None:
    message = refusal(file, "ledger: {url: 'My_SQL://bot:hush@host/ledger'}\n")
    assert "ledger.url" in message
    assert "hush" not in message
