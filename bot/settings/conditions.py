"""What a rule can ask of a file beside its scores. All that is named has to hold."""

from datetime import datetime
from typing import Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from bot.settings.values import Medium, Section


class _Asked(Section):
    """A section that shows only what it asks for."""

    @model_serializer(mode="wrap")
    def _without_what_is_not_asked(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        whole: dict[str, Any] = handler(self)
        return {key: value for key, value in whole.items() if value not in (None, [], (), {})}


class Range(_Asked):
    """A number from `at_least` on, up to but without `below`."""

    at_least: float | None = Field(None, ge=0)
    below: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _something_lies_within(self) -> Self:
        if self.at_least is None and self.below is None:
            raise ValueError("at_least, below, or both are needed")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(
                f"at_least should be under below, but {self.at_least} is not under {self.below}"
            )
        return self


class UploaderConditions(_Asked):
    """Of the account that uploaded the file. Whoever has no account counts as new."""

    groups: tuple[str, ...] = Field((), description="the uploader is in any of these")
    not_groups: tuple[str, ...] = Field((), description="the uploader is in none of these")
    edits: Range | None = Field(None, description="the uploader's number of edits")
    registered_days: Range | None = Field(None, description="age of the uploader's account")
    suggested_before: Range | None = Field(
        None, description="how many of the uploader's earlier uploads were suggested"
    )
    confirmed_before: Range | None = Field(
        None, description="of these, how many people found worth the look"
    )
    fine_before: Range | None = Field(None, description="of these, how many people found fine")


class PageConditions(_Asked):
    """Of the file's page."""

    templates: tuple[str, ...] = Field((), description="any of these is on the file's page")
    no_templates: tuple[str, ...] = Field((), description="none of these is")
    categories: tuple[str, ...] = Field((), description="any of these, templates included")
    no_categories: tuple[str, ...] = Field((), description="none of these")
    license_reviewed: bool | None = Field(
        None, description="whether somebody confirmed the licence at its source"
    )


class TimeConditions(_Asked):
    """Of the upload's time. Dates are UTC, as in 2026-11-22 or 2026-11-22T18:00."""

    hours_since_upload: Range | None = Field(None, description="when the rules are applied")
    since: str | None = Field(None, description="uploaded from this date on, UTC")
    until: str | None = Field(None, description="uploaded before this date, UTC")

    @model_validator(mode="after")
    def _dates_are_dates(self) -> Self:
        for name in ("since", "until"):
            value = getattr(self, name)
            if value is not None:
                try:
                    datetime.fromisoformat(value)
                except ValueError:
                    raise ValueError(f"{name} should be a date such as 2026-11-22") from None
        return self


class Conditions(_Asked):
    """What a rule asks beside scores."""

    media: tuple[Medium, ...] = Field((), description="the file is one of these")
    mime: tuple[str, ...] = Field(
        (), description="its type is one of these; `image/*` for a whole family"
    )
    bytes: Range | None = Field(None, description="its size")
    pixels: Range | None = Field(None, description="width times height")
    uploader: UploaderConditions | None = None
    page: PageConditions | None = None
    time: TimeConditions | None = None

    @classmethod
    def of(cls, **asked: Any) -> Self:
        """Return conditions from plain values, as they stand in config.yaml."""
        return cls.model_validate(asked)
