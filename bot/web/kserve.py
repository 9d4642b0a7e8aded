"""The V1 protocol of KServe, as Lift Wing's `logo-detection` speaks it.

Unlike there, answers keep the order of the instances, equal file names do not meet, names are
never taken for paths, and one bad picture does not fail the batch.
https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol
"""

import asyncio
import base64
import binascii
import time
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr
from starlette.exceptions import HTTPException

from bot.errors import LookoutError
from bot.rules import Scores
from bot.rules.views import weight
from bot.web.access import Shared, may_read, may_score
from bot.web.looks import Item, explicit, look, worked_on
from bot.web.parts import Parts
from bot.web.problems import problem_of, responses
from bot.web.reading import BAD_REQUEST, read_json
from bot.web.shapes import Result

router = APIRouter(prefix="/v1/models", tags=["KServe"])
MOST_INSTANCES: Final = 50
DIGITS: Final = 4
EXPLICIT: Final = "explicit"
EXAMPLE: Final[dict[str, Any]] = {
    "filename": "boat.jpg",
    "image": "iVBORw0KGgo=",
    "target": EXPLICIT,
}


class Instance(BaseModel):
    """One picture."""

    filename: StrictStr = Field(description="Comes back as it is; nothing is done with it.")
    image: StrictStr = Field(description="The file, in base64.")
    target: StrictStr = Field(description="`explicit`, a label of the model, or a rule's name.")


class PredictRequest(BaseModel):
    """What `logo-detection` takes, too."""

    instances: list[Instance] = Field(min_length=1, max_length=MOST_INSTANCES)
    debug: StrictBool = Field(False, description="Add how long it took.")  # noqa: FBT003 - pydantic's way

    model_config = ConfigDict(json_schema_extra={"examples": [{"instances": [EXAMPLE]}]})


class Prediction(BaseModel):
    """What one picture got, in the place it had in the request."""

    filename: str
    target: str
    prediction: float | None = Field(None, description="Of the target, 0 to 1; none with error.")
    out_of_domain: float | None = Field(None, description="1 - prediction.")
    scores: dict[str, float] | None = Field(None, description="All probabilities.")
    error: str | None = Field(None, description="Why this picture could not be scored.")


class Predicted(BaseModel):
    """Predictions in the order of the instances."""

    predictions: list[Prediction]
    latency: dict[str, float] | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "predictions": [
                        {
                            "filename": "boat.jpg",
                            "target": EXPLICIT,
                            "prediction": 0.0123,
                            "out_of_domain": 0.9877,
                        }
                    ]
                }
            ]
        }
    )


class Models(BaseModel):
    """Names."""

    models: list[str] = Field(examples=[["nsfwjs-mobilenet-v2-mid"]])


class ModelReady(BaseModel):
    """Whether a model answers."""

    name: str = Field(examples=["nsfwjs-mobilenet-v2-mid"])
    ready: bool


BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/PredictRequest"}}
        },
    }
}


@router.get(
    "", summary="Names of models", dependencies=[Depends(may_read)], responses=responses(401, 429)
)
async def models(parts: Shared) -> Models:
    """List the one model that scores."""
    return Models(models=[parts.scorer.name])


@router.get(
    "/{name}",
    summary="Is a model ready?",
    dependencies=[Depends(may_read)],
    responses=responses(401, 404, 429),
)
async def model(name: str, parts: Shared) -> ModelReady:
    """Tell."""
    _refuse_unknown(name, parts)
    return ModelReady(name=name, ready=True)


@router.post(
    "/{name}:predict",
    summary="Score pictures sent in base64",
    dependencies=[Depends(may_score)],
    response_model_exclude_none=True,
    responses=responses(400, 401, 404, 408, 413, 429, 503, 504),
    openapi_extra=BODY,
)
async def predict(name: str, request: Request, parts: Shared) -> Predicted:
    """Score each instance; of several frames, the highest prediction counts."""
    _refuse_unknown(name, parts)
    begun = time.perf_counter()
    asked = await read_json(request, PredictRequest, mismatch=BAD_REQUEST)
    for instance in asked.instances:
        _refuse_unknown_target(instance.target, parts)
    read = time.perf_counter()
    async with worked_on(parts, len(asked.instances)):
        predictions = await asyncio.gather(*(_predict(parts, one) for one in asked.instances))
    done = time.perf_counter()
    latency = {
        "preprocess (s)": read - begun,
        "predict (s)": done - read,
        "total (s)": done - begun,
    }
    return Predicted(predictions=list(predictions), latency=latency if asked.debug else None)


async def _predict(parts: Parts, one: Instance) -> Prediction:
    answer = Prediction(filename=one.filename, target=one.target)
    try:
        data = await asyncio.to_thread(base64.b64decode, one.image, validate=True)
        result = await look(parts, Item(one.filename, data))
    except (binascii.Error, ValueError) as error:
        answer.error = f"image is no base64: {error}"
    except (LookoutError, HTTPException) as error:
        answer.error = problem_of(error).detail
    else:
        _fill(answer, result, parts)
    return answer


def _fill(answer: Prediction, result: Result, parts: Parts) -> None:
    highest = max(_valued(answer.target, view.scores, parts) for view in result.views)
    answer.prediction = round(min(1.0, max(0.0, highest)), DIGITS)
    answer.out_of_domain = round(1 - answer.prediction, DIGITS)
    answer.scores = result.scores


def _valued(target: str, scores: Scores, parts: Parts) -> float:
    if target == EXPLICIT:
        return explicit(parts, scores)
    rule = next((rule for rule in parts.settings.rules if rule.name == target), None)
    return weight(rule, scores) if rule else scores.get(target, 0.0)


def _refuse_unknown(name: str, parts: Parts) -> None:
    if name != parts.scorer.name:
        raise HTTPException(404, f"Model with name {name} does not exist.")


def _refuse_unknown_target(target: str, parts: Parts) -> None:
    rules = [rule.name for rule in parts.settings.rules]
    known = dict.fromkeys([EXPLICIT, *parts.scorer.engine.labels, *rules])
    if target not in known:
        raise HTTPException(BAD_REQUEST, f"target should be one of {', '.join(known)}")
