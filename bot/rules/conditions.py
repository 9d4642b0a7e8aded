"""Whether a rule's conditions hold of a file: yes, no, or not to be told from what is known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal

from bot.rules.facts import Facts, FilePage, Record, Uploader
from bot.settings.conditions import (
    Conditions,
    PageConditions,
    Range,
    TimeConditions,
    UploaderConditions,
)

Need = Literal["uploader", "record", "page"]
Names = tuple[str, ...]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# A reviewer's or a review bot's templates (https://commons.wikimedia.org/wiki/Commons:License_review).
REVIEW_TEMPLATES = (
    "FlickreviewR",
    "FlickrReview",
    "LicenseReview",
    "License review",
    "Panoramioreview",
    "PixabayReview",
    "YouTubeReview",
    "iNaturalistReview",
)
REVIEW_PENDING = "License review needed"  # begins the categories of files that wait for one


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: what it asks and what was found. `need` says where to ask for the unknown."""

    name: str
    asked: str
    found: str
    holds: bool | None
    need: Need | None = None


def combined(outcomes: Iterable[bool | None]) -> bool | None:
    """Return whether all hold: no, if one does not; else unknown, if one is unknown."""
    seen = set(outcomes)
    if False in seen:
        return False
    return None if None in seen else True


def checks(when: Conditions, facts: Facts) -> Iterator[Check]:
    """Yield every condition that is asked, the cheap ones first."""
    if when.media:
        yield _one_of("media", when.media, facts.medium)
    if when.mime:
        yield _one_of("mime", when.mime, facts.mime)
    yield from _number("bytes", when.bytes, facts.bytes)
    yield from _number("pixels", when.pixels, facts.pixels)
    yield from _time(when.time or TimeConditions(), facts)
    yield from _uploader(when.uploader or UploaderConditions(), facts)
    yield from _page(when.page or PageConditions(), facts.page)


def _one_of(name: str, patterns: tuple[str, ...], found: str | None) -> Check:
    holds = None if found is None else any(fnmatchcase(found, pattern) for pattern in patterns)
    return Check(name, f"one of {', '.join(patterns)}", found or "unknown", holds)


def _number(
    name: str, wanted: Range | None, found: float | None, need: Need | None = None
) -> Iterator[Check]:
    if wanted is None:
        return
    shown = "unknown" if found is None else f"{found:g}"
    yield Check(
        name, _words(wanted), shown, None if found is None else _within(wanted, found), need
    )


def _words(wanted: Range) -> str:
    low = "" if wanted.at_least is None else f"at least {wanted.at_least:g}"
    high = "" if wanted.below is None else f"below {wanted.below:g}"
    return ", ".join(part for part in (low, high) if part)


def _within(wanted: Range, found: float) -> bool:
    above = wanted.at_least is None or found >= wanted.at_least
    return above and (wanted.below is None or found < wanted.below)


def _time(asked: TimeConditions, facts: Facts) -> Iterator[Check]:
    uploaded, judged = facts.uploaded_at, facts.judged_at
    age = (judged - uploaded) / HOUR if uploaded and judged else None
    yield from _number("time.hours_since_upload", asked.hours_since_upload, age)
    shown = f"{uploaded:%Y-%m-%d %H:%M}" if uploaded else "unknown"
    if asked.since:
        reached = uploaded >= _utc(asked.since) if uploaded else None
        yield Check("time.since", asked.since, shown, reached)
    if asked.until:
        before = uploaded < _utc(asked.until) if uploaded else None
        yield Check("time.until", asked.until, shown, before)


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _uploader(asked: UploaderConditions, facts: Facts) -> Iterator[Check]:
    who = facts.uploader
    groups = who.groups if who else None
    yield from _any("uploader.groups", asked.groups, groups, "uploader")
    yield from _none("uploader.not_groups", asked.not_groups, groups, "uploader")
    yield from _number("uploader.edits", asked.edits, who.edits if who else None, "uploader")
    days = _days(who, facts.judged_at)
    yield from _number("uploader.registered_days", asked.registered_days, days, "uploader")
    yield from _record(asked, facts.record)


def _record(asked: UploaderConditions, record: Record | None) -> Iterator[Check]:
    for word in ("suggested", "confirmed", "fine"):
        found = getattr(record, word) if record else None
        name = f"{word}_before"
        yield from _number(f"uploader.{name}", getattr(asked, name), found, "record")


def _days(who: Uploader | None, judged_at: datetime | None) -> float | None:
    if who is None or judged_at is None:
        return None
    return max(0.0, (judged_at - who.registered_at) / DAY) if who.registered_at else 0.0


def _page(asked: PageConditions, page: FilePage | None) -> Iterator[Check]:
    templates = page.templates if page else None
    categories = page.categories if page else None
    yield from _any("page.templates", asked.templates, templates, "page")
    yield from _none("page.no_templates", asked.no_templates, templates, "page")
    yield from _any("page.categories", asked.categories, categories, "page")
    yield from _none("page.no_categories", asked.no_categories, categories, "page")
    if asked.license_reviewed is not None:
        reviewed = is_reviewed(page) if page else None
        holds = None if reviewed is None else reviewed is asked.license_reviewed
        wanted = _yes_or_no(answer=asked.license_reviewed)
        yield Check("page.license_reviewed", wanted, _yes_or_no(answer=reviewed), holds, "page")


def _any(name: str, wanted: Names, found: Names | None, need: Need) -> Iterator[Check]:
    if wanted:
        holds = None if found is None else _meet(wanted, found)
        yield Check(name, f"any of {', '.join(wanted)}", _listed(found), holds, need)


def _none(name: str, unwanted: Names, found: Names | None, need: Need) -> Iterator[Check]:
    if unwanted:
        holds = None if found is None else not _meet(unwanted, found)
        yield Check(name, f"none of {', '.join(unwanted)}", _listed(found), holds, need)


def _meet(some: Names, others: Names) -> bool:
    return bool(_canonical(some) & _canonical(others))


def _listed(found: Names | None) -> str:
    return "unknown" if found is None else ", ".join(found) or "none"


def _canonical(names: Iterable[str]) -> set[str]:
    """Return names as MediaWiki compares them: spaces for underscores, a large first letter."""
    plain = (name.replace("_", " ").strip() for name in names)
    return {name[:1].upper() + name[1:] for name in plain}


def is_reviewed(page: FilePage) -> bool:
    """Tell whether somebody has confirmed the licence at its source."""
    waiting = any(name.startswith(REVIEW_PENDING) for name in page.categories)
    return not waiting and _meet(page.templates, REVIEW_TEMPLATES)


def _yes_or_no(*, answer: bool | None) -> str:
    return "unknown" if answer is None else "yes" if answer else "no"
