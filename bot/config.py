"""`config.yaml` as typed, bounded settings.

Every key has a type, a range and a default in `bot/settings/`, and nowhere else. Unknown keys are
refused. Secrets never stand in the file: they come from the environment (see `Secrets`).
"""

from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator

from bot.errors import ConfigInvalid
from bot.settings.backfill import BackfillSettings
from bot.settings.control import ControlSettings
from bot.settings.credentials import Secrets
from bot.settings.document import DocumentSettings
from bot.settings.fleet import FleetSettings
from bot.settings.intake import MediaSettings, StreamSettings, WikiSettings
from bot.settings.publishing import PublishSettings
from bot.settings.reviewing import ReviewSettings
from bot.settings.rules import DEFAULT_RULES, Rule
from bot.settings.scoring import ModelSettings, RetrySettings
from bot.settings.services import LedgerSettings
from bot.settings.serving import ServeSettings
from bot.settings.signin import SignInSettings
from bot.settings.values import Section
from bot.settings.video import VideoSettings
from bot.settings.watching import WatchSettings


class Settings(Section):
    """The whole of `config.yaml`, plus the secrets of the environment."""

    stream: StreamSettings = StreamSettings()
    wiki: WikiSettings = WikiSettings()
    media: MediaSettings = MediaSettings()
    video: VideoSettings = VideoSettings()
    document: DocumentSettings = DocumentSettings()
    model: ModelSettings = ModelSettings()
    rules: tuple[Rule, ...] = DEFAULT_RULES
    retry: RetrySettings = RetrySettings()
    publish: PublishSettings = PublishSettings()
    reviews: ReviewSettings = ReviewSettings()
    control: ControlSettings = ControlSettings()
    ledger: LedgerSettings = LedgerSettings()
    watch: WatchSettings = WatchSettings()
    serve: ServeSettings = ServeSettings()
    signin: SignInSettings = SignInSettings()
    fleet: FleetSettings = FleetSettings()
    backfill: BackfillSettings = BackfillSettings()
    secrets: Secrets = Field(default=Secrets(), exclude=True)

    @model_validator(mode="after")
    def _rules_are_distinct(self) -> Self:
        if not self.rules:
            raise ValueError("rules: at least one is needed, or nothing is ever suggested")
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError(f"rules: each name may stand once, but found {', '.join(names)}")
        return self

    @model_validator(mode="after")
    def _live_needs_credentials(self) -> Self:
        if self.publish.mode == "live" and not self.secrets.complete:
            raise ValueError(
                "publish.mode is live, but no credentials are set. Set LOOKOUT_BOT_NAME and "
                "LOOKOUT_BOT_PASSWORD (or the four LOOKOUT_OAUTH_* tokens) in the environment, "
                "or go back to mode: dry-run"
            )
        return self

    def gone_live(self) -> Self:
        """Return these settings with `publish.mode: live`.

        Raises:
            ConfigInvalid: what a live bot needs is missing.
        """
        try:
            return self._with_mode("live")
        except ValidationError as error:
            problems = [detail["msg"].removeprefix("Value error, ") for detail in error.errors()]
            raise ConfigInvalid("\n".join(problems)) from None

    def dry(self) -> Self:
        """Return these settings with `publish.mode: dry-run`."""
        return self._with_mode("dry-run")

    def _with_mode(self, mode: str) -> Self:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["publish"] = self.publish.model_copy(update={"mode": mode})
        return type(self)(**values)

    @model_validator(mode="after")
    def _live_needs_contact(self) -> Self:
        if self.publish.mode == "live" and not self.wiki.contact:
            raise ValueError(
                "publish.mode is live, but wiki.contact is empty. Name the operator's user page or "
                "e-mail address: https://meta.wikimedia.org/wiki/User-Agent_policy"
            )
        return self


DEFAULT_PATH = Path("config.yaml")
