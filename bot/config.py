"""`config.yaml` as typed, bounded settings.

Every key has a type, a range and a default here, and nowhere else. Unknown keys are refused.
Secrets never stand in the file: they come from the environment (see `Secrets`).
"""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.home import home

MIB = 1024 * 1024
# The only widths Wikimedia renders (https://www.mediawiki.org/wiki/Common_thumbnail_sizes).
ThumbnailWidth = Literal[250, 330, 500, 960, 1280]
Medium = Literal["image", "video", "document"]


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(
            "should be a full address, such as https://commons.wikimedia.org/w/api.php"
        )
    return value


Url = Annotated[str, AfterValidator(_http_url)]
# A name and perhaps a port, as it stands in an address between `//` and `/`.
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:[0-9]+)?$")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Section(BaseModel):
    """A part of the file: strict, frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StreamSettings(Section):
    """Where uploads are announced."""

    url: Url = "https://stream.wikimedia.org/v2/stream/mediawiki.recentchange"
    wiki: str = Field("commonswiki", min_length=1)
    overlap_seconds: int = Field(60, ge=0, le=86_400)
    silence_seconds: int = Field(60, ge=1, le=900)


class WikiSettings(Section):
    """The wiki that is read, and written to once `publish.mode` says so."""

    api: Url = "https://commons.wikimedia.org/w/api.php"
    file_hosts: tuple[Host, ...] = Field(("upload.wikimedia.org",), min_length=1)
    contact: str = ""
    timeout_seconds: float = Field(30.0, gt=0, le=300)

    @property
    def hostname(self) -> str:
        """Host name and port of the API."""
        return urlsplit(self.api).netloc


class MediaSettings(Section):
    """How much of a file is fetched."""

    thumbnail_width: ThumbnailWidth = 500
    max_mebibytes: int = Field(20, ge=1, le=512)
    concurrent_fetches: int = Field(2, ge=1, le=8)
    stills: int = Field(5, ge=1, le=60)
    timeout_seconds: float = Field(30.0, gt=0, le=300)
    decode_seconds: float = Field(20.0, gt=0, le=300)

    @property
    def max_bytes(self) -> int:
        """The byte limit of one fetched picture."""
        return self.max_mebibytes * MIB


class SecondOpinionSettings(Section):
    """Another bundle, asked about pictures on which the first is unsure."""

    name: str = Field("", pattern=r"^([a-z0-9][a-z0-9._-]*)?$")
    of: tuple[str, ...] = Field(("porn", "hentai"), min_length=1)
    labels: tuple[str, ...] = Field(("nsfw",), min_length=1)
    low: Share = 0.4
    high: Share = 0.8

    @model_validator(mode="after")
    def _low_is_below_high(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low should not be above high, but {self.low} is above {self.high}")
        return self


class ModelSettings(Section):
    """Which installed bundle scores, and how."""

    name: str = Field("nsfwjs-mobilenet-v2-mid", pattern=r"^[a-z0-9][a-z0-9._-]*$")
    threads: int = Field(1, ge=1, le=64)
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    second_opinion: SecondOpinionSettings = SecondOpinionSettings()


class Thresholds(Section):
    """From which sum of scores on a rule applies, apart for each kind of file."""

    image: Share = 0.8
    video: Share = 0.85
    document: Share = 0.85


class Rule(Section):
    """A file is suggested for review when the scores of `labels` add up to the threshold."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    labels: tuple[str, ...] = Field(min_length=1)
    at_least: Thresholds = Thresholds()
    action: Literal["review", "record"] = "review"

    @model_validator(mode="after")
    def _labels_are_distinct(self) -> Self:
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("labels: each may stand once, or its score would count twice")
        return self


DEFAULT_RULES = (
    Rule(name="explicit", labels=("porn", "hentai")),
    Rule(name="suggestive", labels=("sexy",), action="record"),
)


class RetrySettings(Section):
    """How long the bot tries before a person has to look."""

    attempts: int = Field(12, ge=1, le=50)
    crashes: int = Field(3, ge=1, le=50)
    first_pause_seconds: float = Field(5.0, gt=0, le=3600)
    longest_pause_seconds: float = Field(900.0, gt=0, le=86_400)
    fresh_seconds: float = Field(60.0, ge=0, le=3600)
    lease_seconds: int = Field(120, ge=5, le=3600)


class PublishSettings(Section):
    """The page patrollers read."""

    mode: Literal["dry-run", "live"] = "dry-run"
    page_prefix: str = Field("User:CommonsLookoutBot/Log", min_length=1, max_length=200)
    interval_seconds: float = Field(60.0, ge=0.1, le=3600)
    model_card: str = "User:CommonsLookoutBot/Model card"
    false_positives: str = "User:CommonsLookoutBot/False positives"
    assert_right: Literal["bot", "user"] = "bot"


class LedgerSettings(Section):
    """The database that remembers every upload."""

    url: str = Field("", pattern=r"^([a-z0-9+]+://.*)?$")

    @property
    def address(self) -> str:
        """The SQLAlchemy address; empty means an SQLite file in the state folder."""
        return self.url or f"sqlite:///{home() / 'ledger.sqlite'}"


class Secrets(BaseModel):
    """Credentials, from environment variables only.

    Either `LOOKOUT_BOT_NAME` and `LOOKOUT_BOT_PASSWORD` (Special:BotPasswords), or the four
    `LOOKOUT_OAUTH_*` tokens of an owner-only OAuth 1.0a consumer.
    """

    model_config = ConfigDict(frozen=True)

    bot_name: str = ""
    bot_password: SecretStr = SecretStr("")
    oauth_consumer_token: SecretStr = SecretStr("")
    oauth_consumer_secret: SecretStr = SecretStr("")
    oauth_access_token: SecretStr = SecretStr("")
    oauth_access_secret: SecretStr = SecretStr("")

    @property
    def oauth(self) -> tuple[str, str, str, str] | None:
        """The four OAuth tokens, or None unless all are set."""
        tokens = (
            self.oauth_consumer_token.get_secret_value(),
            self.oauth_consumer_secret.get_secret_value(),
            self.oauth_access_token.get_secret_value(),
            self.oauth_access_secret.get_secret_value(),
        )
        return tokens if all(tokens) else None

    @property
    def complete(self) -> bool:
        """Whether one way to log in is fully given."""
        return bool(self.oauth or (self.bot_name and self.bot_password.get_secret_value()))


class Settings(Section):
    """The whole of `config.yaml`, plus the secrets of the environment."""

    stream: StreamSettings = StreamSettings()
    wiki: WikiSettings = WikiSettings()
    media: MediaSettings = MediaSettings()
    model: ModelSettings = ModelSettings()
    rules: tuple[Rule, ...] = DEFAULT_RULES
    retry: RetrySettings = RetrySettings()
    publish: PublishSettings = PublishSettings()
    ledger: LedgerSettings = LedgerSettings()
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

    @model_validator(mode="after")
    def _live_needs_contact(self) -> Self:
        if self.publish.mode == "live" and not self.wiki.contact:
            raise ValueError(
                "publish.mode is live, but wiki.contact is empty. Name the operator's user page or "
                "e-mail address: https://meta.wikimedia.org/wiki/User-Agent_policy"
            )
        return self


DEFAULT_PATH = Path("config.yaml")
