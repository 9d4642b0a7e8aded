"""From a file of a request to its result, or to the error that stands in its place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import status
from starlette.exceptions import HTTPException

from bot.engine import Seen
from bot.errors import LookoutError, Stop
from bot.media import Source
from bot.rules import Facts, View, judge
from bot.settings.values import Medium
from bot.web.fetching import Pictures
from bot.web.parts import Parts
from bot.web.problems import problem_of
from bot.web.scorer import Scorer
from bot.web.shapes import Failed, ModelInfo, Result, ShownView

Trouble = LookoutError | HTTPException


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a request: its bytes, or how they are fetched."""

    name: str
    data: bytes = b""
    fetch: Callable[[], Pictures] | None = None


@asynccontextmanager
async def worked_on(parts: Parts, count: int) -> AsyncIterator[None]:
    """Hold places in the queue for `count` pictures, and end what takes too long.

    Raises:
        HTTPException: 429, no place is free; 504, `serve.seconds` are over.
    """
    seconds = parts.settings.serve.seconds
    with parts.places.take(count):
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise HTTPException(
                status.HTTP_504_GATEWAY_TIMEOUT, f"not done within {seconds:g} s"
            ) from error


async def results(
    parts: Parts, items: Sequence[Item], *, explain: bool = False
) -> list[Result | Failed]:
    """Return what every item shows, in order.

    Raises:
        HTTPException: as `worked_on` does.
        LookoutError, HTTPException: the one item cannot be scored. Among several, that is told in
            its place instead.
    """
    async with worked_on(parts, len(items)):
        if len(items) == 1:
            return [await look(parts, items[0], explain=explain)]
        asked = [_look_or_fail(parts, item, explain=explain) for item in items]
        return list(await asyncio.gather(*asked))


async def look(parts: Parts, item: Item, *, explain: bool = False) -> Result:
    """Return what one item shows; the likeliest label is that of the view that weighs most.

    Raises:
        LookoutError, HTTPException: it cannot be scored.
    """
    pictures = await _pictures(parts, item)
    seen = [await parts.scorer.look(data, source.place) for source, data in pictures]
    views = [view for one in seen for view in one.views]
    left_out = len(pictures) < max(source.of for source, _ in pictures)
    partial = left_out or any(one.partial for one in seen)
    result = result_of(parts, item.name, views, partial=partial)
    if explain:
        data = _shown_in(seen, pictures, result.place)
        view = next(view for view in views if view.place == result.place)
        is_part = any(source.place for source, _ in pictures)
        drawn = View(view.scores, "" if is_part else view.place)
        result.heat_map = await parts.scorer.explain(data, drawn, result.label)
    return result


def model_info(scorer: Scorer) -> ModelInfo:
    """Return what produces the scores."""
    provenance = scorer.engine.provenance
    return ModelInfo(
        name=provenance["model"],
        version=scorer.engine.version,
        weights=provenance["weights"],
        preprocessing=provenance["preprocessing"],
        precision=provenance["precision"],
    )


def explicit(parts: Parts, scores: Mapping[str, float]) -> float:
    """Return the one number of a view: what the labels of `serve.explicit` add up to."""
    return sum(scores[label] for label in parts.settings.serve.explicit)


async def _look_or_fail(parts: Parts, item: Item, *, explain: bool) -> Result | Failed:
    try:
        return await look(parts, item, explain=explain)
    except Stop:
        raise
    except (LookoutError, HTTPException) as error:
        return Failed(name=item.name, error=problem_of(error))


async def _pictures(parts: Parts, item: Item) -> Pictures:
    if item.fetch:
        return await parts.scorer.fetched(item.fetch)
    limit = parts.settings.media
    if len(item.data) > limit.max_bytes:
        said = f"the file is over media.max_mebibytes ({limit.max_mebibytes} MiB)"
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, said)
    return [(Source(), item.data)]


def result_of(
    parts: Parts, name: str, views: Sequence[View], *, partial: bool, medium: Medium = "image"
) -> Result:
    """Return what views show: the one that weighs most, and what the rules say of all."""
    rules = parts.settings.rules
    verdict = judge(rules, views, Facts(medium=medium))
    shown = max(views, key=lambda view: explicit(parts, view.scores))
    own = {label: score for label, score in shown.scores.items() if "/" not in label}
    label = max(own, key=lambda one: own[one])
    return Result(
        name=name,
        label=label,
        confidence=own[label],
        scores=dict(shown.scores),
        place=shown.place,
        verdict=verdict.ending(partial=partial),
        rules=[hit.rule for hit in verdict.hits if not hit.shadow],
        partial=partial,
        views=[ShownView(place=view.place, scores=dict(view.scores)) for view in views],
    )


def _shown_in(seen: Sequence[Seen], pictures: Pictures, place: str) -> bytes:
    """Return the bytes of the picture that has the view at `place`."""
    return next(
        data
        for one, (_, data) in zip(seen, pictures, strict=True)
        if any(view.place == place for view in one.views)
    )
