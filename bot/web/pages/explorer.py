"""`/explorer`: what another threshold would change, on stored scores."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from bot.settings.values import Medium
from bot.statistics.curve import STEPS, THRESHOLDS, Curve, step
from bot.statistics.interval import Share
from bot.web.pages.figures import Figures, figures_of
from bot.web.pages.frame import page
from bot.web.pages.plots import points, scaled
from bot.web.pages.route import pages

router = pages()
Shown = Annotated[Figures, Depends(figures_of)]
MEDIA: Final = ("image", "video", "document")
HALF: Final = 0.5
UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class Told:
    """What one threshold means."""

    threshold: float
    per_day: float
    precision: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Two plots over the same thresholds, from `low` to 1; `at` and `force` are places on them."""

    low: float
    top: float
    files: str
    precision: str
    band: str
    at: float
    force: float
    asked: float


@router.get("/explorer")
def explorer(
    request: Request,
    figures: Shown,
    *,
    rule: Annotated[str, Query(max_length=32)] = "",
    medium: Medium = "image",
    threshold: Annotated[float | Literal[""], Query()] = "",
) -> HTMLResponse:
    """Show the length of the queue and its precision from a threshold on."""
    stored = figures.stored()
    names = [one.name for one in stored.rules]
    chosen = rule or (names[0] if names else "")
    if chosen not in names:
        raise HTTPException(UNPROCESSABLE, f"rule: one of {', '.join(names)}")
    curve = stored.curve(chosen, medium)
    at = curve.threshold if threshold == "" else _within(threshold)
    return page(
        request,
        "explorer.html",
        rules=names,
        media=MEDIA,
        rule=next(one for one in stored.rules if one.name == chosen),
        medium=medium,
        stored=stored,
        curve=curve,
        steps=STEPS,
        now=_told(curve, curve.threshold),
        then=_told(curve, at),
        drawn=_drawn(curve, at),
        data=json.dumps(_data(curve)),
    )


def _within(threshold: float) -> float:
    if not 0.0 <= threshold <= 1.0:
        raise HTTPException(UNPROCESSABLE, "threshold: between 0 and 1")
    return THRESHOLDS[step(threshold)]


def _told(curve: Curve, threshold: float) -> Told:
    return Told(threshold, curve.per_day(threshold), curve.right(threshold))


def _drawn(curve: Curve, at: float) -> Drawn:
    low = 0.0 if min(at, curve.threshold) < HALF else HALF
    across = scaled(low, 1.0)
    shown = [one for one in THRESHOLDS if one >= low]
    top = max(1.0, curve.per_day(low))
    told = [(across(one), share) for one in shown if (share := _known(curve, one))]
    upper = [(x, share.high or 0.0) for x, share in told]
    lower = [(x, share.low or 0.0) for x, share in reversed(told)]
    asked = low if curve.asked_from is None else curve.asked_from
    return Drawn(
        low=low,
        top=top,
        files=points([(across(one), curve.per_day(one) / top) for one in shown]),
        precision=points([(x, share.value or 0.0) for x, share in told]),
        band=points([*upper, *lower]),
        at=1000 * across(at),
        force=1000 * across(curve.threshold),
        asked=1000 * across(asked),
    )


def _known(curve: Curve, threshold: float) -> Share | None:
    share = curve.right(threshold)
    return share if share and share.total else None


def _data(curve: Curve) -> Mapping[str, Any]:
    """Return what the page's script needs to tell every threshold."""
    shares: Sequence[Share | None] = [_known(curve, one) for one in THRESHOLDS]
    return {
        "perDay": [round(curve.per_day(one), 3) for one in THRESHOLDS],
        "precision": [
            None if one is None else [one.value, one.low, one.high, one.total] for one in shares
        ],
    }
