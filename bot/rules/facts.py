"""What is known of a file beside its scores. What is None was not asked for, or cannot be known."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from bot.settings.values import Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploader:
    """The account that uploaded the file; without one, no groups, no edits, and no age."""

    groups: tuple[str, ...] = ()
    edits: int = 0
    registered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Of the uploader's earlier uploads: how many were suggested, and what people said of these."""

    suggested: int = 0
    confirmed: int = 0  # worth the look
    fine: int = 0  # not worth it


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """The file's page. Names are without their namespace."""

    templates: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One file, as conditions see it."""

    medium: Medium
    mime: str | None = None
    bytes: int | None = None
    pixels: int | None = None
    uploaded_at: datetime | None = None
    judged_at: datetime | None = None
    uploader: Uploader | None = None
    record: Record | None = None
    page: FilePage | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is known, as plain JSON for the record."""
        return _plain(asdict(self))

    @classmethod
    def then(
        cls,
        recorded: Mapping[str, Any] | None,
        *,
        medium: str,
        uploaded_at: datetime,
        judged_at: datetime,
    ) -> Self:
        """Return what was known at a verdict; None is of one from before that was recorded."""
        known = {
            "medium": medium,
            "uploaded_at": uploaded_at.isoformat(),
            "judged_at": judged_at.isoformat(),
        }
        return cls.from_json(recorded or known)

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Self:
        """Return the facts that `as_json` wrote."""
        values = dict(known)
        for name in ("uploaded_at", "judged_at"):
            values[name] = _moment(values.get(name))
        if uploader := values.get("uploader"):
            registered = _moment(uploader.get("registered_at"))
            groups = tuple(uploader["groups"])
            values["uploader"] = Uploader(
                **uploader | {"groups": groups, "registered_at": registered}
            )
        if record := values.get("record"):
            values["record"] = Record(**record)
        if page := values.get("page"):
            values["page"] = FilePage(**{name: tuple(names) for name, names in page.items()})
        return cls(**values)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value)
        if isinstance(value, dict)
        else value.astimezone(UTC).isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
        if value is not None
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
