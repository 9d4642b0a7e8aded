"""When a file is suggested, and what follows: the rules, in the order in which they are read."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from bot.settings.conditions import Conditions
from bot.settings.values import Section, Share

Action = Literal["ignore", "log", "category", "tag"]
Tier = Literal["high", "medium", "low"]
Reason = Annotated[str, Field(max_length=200, pattern=r"^[^\[\]{}<>|\n]*$")]


class Thresholds(Section):
    """From which sum of scores on a rule applies, apart for each kind of file."""

    image: Share = Field(0.8, description="from this sum of its labels on a rule applies")
    video: Share = Field(0.85, description="the same, in any moment of a video")
    document: Share = Field(0.85, description="the same, on any page of a document")


class Rule(Section):
    """Applies to a file when its labels add up to the threshold and every condition holds."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_-]{0,31}$", description="each rule has one of its own"
    )
    labels: tuple[str, ...] = Field(
        (), description="scores to add up; only a rule that ignores may have none"
    )
    at_least: Thresholds = Thresholds()
    when: Conditions = Conditions()
    actions: tuple[Action, ...] = Field(
        ("log",),
        min_length=1,
        description="ignore alone, or what is to happen: an entry on the page for patrollers, a "
        "category of the file's page, a tag on the upload",
    )
    tier: Tier = Field("medium", description="how urgent")
    reason: Reason = Field("", description="why, in a few plain words for patrollers")
    shadow: bool = Field(default=False, description="only in the bot's records")

    @property
    def ignores(self) -> bool:
        """Whether a file to which this applies is to be left alone."""
        return "ignore" in self.actions

    @model_validator(mode="after")
    def _labels_are_distinct(self) -> Self:
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("labels: each may stand once, or its score would count twice")
        return self

    @model_validator(mode="after")
    def _actions_go_together(self) -> Self:
        if len(set(self.actions)) < len(self.actions):
            raise ValueError("actions: each may stand once")
        if self.ignores and len(self.actions) > 1:
            raise ValueError("actions: ignore stands alone")
        return self

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.labels and not self.ignores:
            raise ValueError("labels: a rule that suggests needs at least one")
        if not self.labels and self.when == Conditions():
            raise ValueError("when: a rule without labels and conditions would ignore every file")
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_not_asked(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = handler(self)
        if not self.labels:
            del whole["labels"], whole["at_least"]
        if self.when == Conditions():
            del whole["when"]
        return whole


SUGGESTED = ("porn", "hentai")
DEFAULT_RULES = (
    Rule(
        name="trusted",
        when=Conditions.of(
            uploader={
                "groups": ("bot", "autopatrolled", "patroller", "image-reviewer", "sysop"),
            }
        ),
        actions=("ignore",),
        tier="low",
        reason="uploads of this account need no patrol",
    ),
    Rule(
        name="new-uploader",
        labels=SUGGESTED,
        when=Conditions.of(uploader={"edits": {"below": 150}}),
        tier="high",
        reason="likely explicit, by an uploader with few edits",
    ),
    Rule(name="explicit", labels=SUGGESTED, reason="likely explicit"),
    Rule(
        name="suggestive",
        labels=("sexy",),
        tier="low",
        reason="perhaps suggestive",
        shadow=True,
    ),
)
