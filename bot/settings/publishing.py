"""Where suggestions go."""

from typing import Annotated, Literal

from pydantic import Field

from bot.settings.values import Section

Send = Literal["none", "dry-run", "live"]
# MediaWiki takes no such sign in a title, and no title of more than 255 bytes.
Title = Annotated[str, Field(pattern=r"^[^#<>\[\]|{}\n]+$", min_length=1, max_length=200)]


class LogPageSettings(Section):
    """One page a day with an entry for each suggestion."""

    send: Send = "live"
    gallery: bool = False
    max_kilobytes: int = Field(200, ge=10, le=1000)
    max_entries: int = Field(500, ge=10, le=2000)


class CategorySettings(Section):
    """A hidden category on the file's page."""

    send: Send = "dry-run"
    name: Title = "Commons Lookout suggestions"
    per_minute: int = Field(6, ge=1, le=600)


class TagSettings(Section):
    """A change tag on the upload in the wiki's log."""

    send: Send = "dry-run"
    name: str = Field("commons-lookout", pattern=r"^[^,|/#<>\[\]{}\s]{1,100}$")


class StatusPageSettings(Section):
    """How the bot does, on a page."""

    send: Send = "live"
    title: Title = "User:CommonsLookoutBot/Status"
    minutes: int = Field(30, ge=1, le=1440)


class StatisticsPageSettings(StatusPageSettings):
    """What people made of the suggestions, on a page."""

    send: Send = "none"
    title: Title = "User:CommonsLookoutBot/Statistics"
    minutes: int = Field(1440, ge=1, le=1440)


class PublishSettings(Section):
    """What the bot writes, and where. With `mode: dry-run` nothing is live."""

    mode: Literal["dry-run", "live"] = "dry-run"
    page_prefix: str = Field("User:CommonsLookoutBot/Log", min_length=1, max_length=200)
    interval_seconds: float = Field(60.0, ge=0.1, le=3600)
    edits_per_day: int = Field(2000, ge=0, le=100_000)
    flags_per_day: int = Field(2000, ge=0, le=100_000)
    put_off_seconds: int = Field(900, ge=1, le=86_400)
    model_card: str = "User:CommonsLookoutBot/Model card"
    false_positives: str = "User:CommonsLookoutBot/False positives"
    assert_right: Literal["bot", "user"] = "bot"
    log_page: LogPageSettings = LogPageSettings()
    category: CategorySettings = CategorySettings()
    tag: TagSettings = TagSettings()
    status_page: StatusPageSettings = StatusPageSettings()
    statistics_page: StatisticsPageSettings = StatisticsPageSettings()
