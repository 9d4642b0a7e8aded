"""From the bytes of a thumbnail to scores, beside the network alone on its pixels."""

from collections.abc import Iterator

from bench.machine import own_and_children_seconds
from bench.pictures import camera_photograph, thumbnails
from bench.scoring import Scoring
from bench.sidebyside import Bound, Line, Note, Row, interleaved
from bot.home import models_folder
from model.bundle import DEFAULT_BUNDLE
from model.decoder import IsolatedDecoder
from model.image import decode
from model.isolated_classifier import IsolatedClassifier

BOUND = Bound("at most", 1.35)
ROUNDS = 15
CAMERA_ROUNDS = 10


def measure(*, quick: bool) -> Iterator[Line]:
    """Measure decoding within this process, isolated, and of a large photograph."""
    scoring = Scoring()
    rounds = 2 if quick else ROUNDS
    yield from _one_process(scoring, rounds)
    yield from _isolated(scoring, rounds)
    yield from _camera(scoring.edge, 1 if quick else CAMERA_ROUNDS)
    yield Note(f"decode: scores in {scoring.precision}, one thread, processor time")


def _one_process(scoring: Scoring, rounds: int) -> Iterator[Line]:
    files, edge = thumbnails(), scoring.edge
    pixels = [decode(file, target=edge).frames[0].pixels for file in files]
    scored, inferred, decoded = interleaved(
        {
            "bytes to scores": lambda: [scoring.scores(file) for file in files],
            "network alone": lambda: [scoring.classifier.classify([one]) for one in pixels],
            "decoding alone": lambda: [decode(file, target=edge) for file in files],
        },
        rounds=rounds,
        per=len(files),
    )
    yield Row("thumbnail, 500 px, to scores", scored, inferred, BOUND)
    yield Row("thumbnail, 500 px, to pixels", decoded, inferred)


def _isolated(scoring: Scoring, rounds: int) -> Iterator[Line]:
    files = thumbnails()
    with (
        IsolatedDecoder(target=scoring.edge) as decoder,
        IsolatedClassifier(models_folder(), DEFAULT_BUNDLE) as isolated,
    ):
        apart, together = interleaved(
            {
                "three processes": lambda: [
                    isolated.classify([decoder.decode(file).frames[0].pixels]) for file in files
                ],
                "one process": lambda: [scoring.scores(file) for file in files],
            },
            rounds=rounds,
            per=len(files),
            clock=own_and_children_seconds,
        )
    yield Row("isolated decoder and classifier", apart, together)


def _camera(edge: int, rounds: int) -> Iterator[Line]:
    photograph = camera_photograph()
    reduced, full = interleaved(
        {
            "at reduced scale": lambda: decode(photograph, target=edge),
            "in full": lambda: decode(photograph),
        },
        rounds=rounds,
    )
    yield Row("JPEG of 12 megapixels", reduced, full)
