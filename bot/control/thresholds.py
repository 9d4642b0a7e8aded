"""The threshold page: JSON on a protected page that moves thresholds within configured bounds.

    {"explicit": {"image": 0.9, "video": 0.95}}

names rules of config.yaml, and the kinds of file whose threshold it moves. It is taken whole or not
at all: a page that is refused leaves the thresholds of config.yaml in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from bot.config import Settings
from bot.control.pages import ControlPage
from bot.errors import PageRefused
from bot.settings.control import ThresholdPageSettings
from bot.settings.rules import Rule
from bot.settings.values import Medium, Section, Share


class _Moved(Section):
    image: Share | None = None
    video: Share | None = None
    document: Share | None = None


_Wanted = dict[str, _Moved]
_FORMAT = TypeAdapter(_Wanted)


@dataclass(frozen=True, slots=True)
class Move:
    """One threshold, moved."""

    rule: str
    medium: Medium
    old: float
    new: float

    def __str__(self) -> str:
        return f"{self.rule}.{self.medium} {self.old:g} → {self.new:g}"


def moves(page: ControlPage, settings: Settings) -> list[Move]:
    """Return what a page asks for, if all of it can be had.

    Raises:
        PageRefused: the page is not protected as required, is no such JSON, names a rule that does
            not exist, or goes beyond the bounds. The message names every problem.
    """
    asked = settings.control.thresholds
    if page.protection not in asked.protection:
        raise PageRefused(
            f"{page.source}: should be protected so that only {' or '.join(asked.protection)} can "
            f"edit it, but is open to {page.protection or 'everybody'}"
        )
    wanted = _parse(page)
    found = [move for rule in settings.rules for move in _of(rule, wanted.pop(rule.name, _Moved()))]
    problems = [f"{name}: config.yaml has no rule of this name" for name in wanted]
    problems += [problem for move in found for problem in _beyond(move, asked)]
    if problems:
        raise PageRefused(f"{page.source}: " + "; ".join(problems))
    return found


def adjusted(settings: Settings, moved: Sequence[Move]) -> Settings:
    """Return settings with these thresholds moved."""
    rules = list(settings.rules)
    for move in moved:
        rules = [_with(rule, move) if rule.name == move.rule else rule for rule in rules]
    return settings.model_copy(update={"rules": tuple(rules)})


def _parse(page: ControlPage) -> _Wanted:
    try:
        return _FORMAT.validate_json(page.text)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, detail['loc'])) or 'the page'}: {detail['msg']}"
            for detail in error.errors()
        ]
        raise PageRefused(f"{page.source}: " + "; ".join(problems)) from None


def _of(rule: Rule, moved: _Moved) -> list[Move]:
    media: tuple[Medium, ...] = ("image", "video", "document")
    found = [(medium, getattr(rule.at_least, medium), getattr(moved, medium)) for medium in media]
    return [
        Move(rule.name, medium, old, new)
        for medium, old, new in found
        if new is not None and new != old
    ]


def _beyond(move: Move, asked: ThresholdPageSettings) -> list[str]:
    if asked.lowest <= move.new <= asked.highest:
        return []
    bounds = f"from {asked.lowest} to {asked.highest}"
    return [f"{move.rule}.{move.medium}: should be {bounds}, but is {move.new}"]


def _with(rule: Rule, move: Move) -> Rule:
    at_least = rule.at_least.model_copy(update={move.medium: move.new})
    return rule.model_copy(update={"at_least": at_least})
