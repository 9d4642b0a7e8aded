"""What the classifying routes take and answer, as it stands in the OpenAPI document."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.web.problems import Problem, problem

Scores = dict[str, float]
Share = Annotated[float, Field(ge=-0.001, le=1.001)]  # bfloat16 rounds
SCORES: Final = {"drawing": 0.02, "hentai": 0.01, "neutral": 0.93, "porn": 0.01, "sexy": 0.03}
VERSION: Final = "nsfwjs-mobilenet-v2-mid/0123456789ab/bilinear-1/bf16"
MODEL: Final[dict[str, Any]] = {
    "name": "nsfwjs-mobilenet-v2-mid",
    "version": VERSION,
    "weights": "0123456789ab" + 52 * "0",
    "preprocessing": "bilinear-1",
    "precision": "bf16",
}
RESULT: Final[dict[str, Any]] = {
    "name": "boat.jpg",
    "label": "neutral",
    "confidence": 0.93,
    "scores": SCORES,
    "place": "",
    "verdict": "cleared",
    "rules": [],
    "partial": False,
    "views": [{"place": "", "scores": SCORES}],
}


class ModelInfo(BaseModel):
    """Exactly what produced the scores."""

    name: str = Field(description="Name of the bundle.")
    version: str = Field(description="A short key; scores with different keys do not compare.")
    weights: str = Field(description="sha256 of the graph that was run.")
    preprocessing: str = Field(description="Version of the step from pixels to network input.")
    precision: str = Field(description="Arithmetic of the network: fp32 or bf16.")

    model_config = ConfigDict(json_schema_extra={"examples": [MODEL]})


class ShownView(BaseModel):
    """One picture of a file: the whole of it, a page, a frame, or a moment."""

    place: str = Field(description="Where in the file, such as `p. 3`; empty for the whole.")
    scores: Scores = Field(description="Label to probability; they add up to 1.")


class Result(BaseModel):
    """What one file shows. An automated suggestion, never a judgement."""

    name: str = Field(description="The file's name, title or address, as it was given.")
    label: str = Field(description="The likeliest label of the view that weighs most.")
    confidence: Share = Field(description="That label's probability.")
    scores: Scores = Field(description="All probabilities of that view.")
    place: str = Field(description="Where that view is; empty for a single picture.")
    verdict: str = Field(
        description="What the operator's rules say of the picture alone: review, ignored, "
        "cleared, or cleared-in-part."
    )
    rules: list[str] = Field(description="Rules that apply, those in shadow left out.")
    partial: bool = Field(description="Some of the file could not be read.")
    views: list[ShownView] = Field(description="Every view that was scored.")
    heat_map: str | None = Field(
        None, description="With explain=1: what spoke for the label, a PNG as a data URI."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [RESULT]})


class ShownScene(BaseModel):
    """What lies between two cuts."""

    start_s: float
    end_s: float
    at_s: float = Field(description="Where it weighs most; where to look.")
    explicit: Share = Field(description="Its score: what the labels of serve.explicit add up to.")


class VideoResult(Result):
    """What a video shows."""

    reasons: list[str] = Field([], description="Why part of it was not looked at.")
    duration_s: float | None = Field(None, description="As far as it was decoded.")
    scenes: list[ShownScene] = Field([], description="Only of a video that was sent.")
    heat_map_place: str | None = Field(
        None, description="When the frame is seen that the heat map was made of: the heaviest."
    )
    heat_map_label: str | None = Field(None, description="The label that the heat map is about.")


class Failed(BaseModel):
    """One file among several that could not be scored. That is never a low score."""

    name: str
    error: Problem

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "notes.txt", "error": problem(415, "text is no picture").model_dump()}
            ]
        }
    )


class Classified(BaseModel):
    """One result for each file, in the order in which they were sent."""

    model: ModelInfo
    results: list[Result | Failed]

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"model": MODEL, "results": [RESULT]}]}
    )


class Named(BaseModel):
    """One file, by its title or by its address: one of the two."""

    title: str | None = Field(None, max_length=300, examples=["File:Example.jpg"])
    url: str | None = Field(
        None,
        max_length=2000,
        examples=["https://upload.wikimedia.org/wikipedia/commons/a/a9/Example.jpg"],
    )

    model_config = ConfigDict(extra="forbid")


class NamedFiles(Named):
    """One file by `title` or `url`, or several under `files`."""

    files: list[Named] | None = Field(None, min_length=1, max_length=100)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"title": "File:Example.jpg"}]},
    )
