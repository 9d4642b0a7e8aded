"""Animations in the bot: played whole, the frame and its time named, nothing left out unsaid."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import bot.demo
from bot.config import Settings
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Engine
from model.bundle import Bundle
from support.bench import Bench
from support.films import DRAWING, PHOTOGRAPH, SIZE

pytestmark = pytest.mark.model
MEDIA = Path(bot.demo.__file__).parent / "media"
FRAMES, HIT, DELAY_MS = 60, 37, 50


@pytest.fixture(scope="module")
def engine(bundle: Bundle) -> Iterator[Engine]:  # noqa: ARG001 - the bundle has to be there
    engine = Engine(Settings().model, Settings().media)
    yield engine
    engine.close()


@pytest.fixture
def bench(tmp_path: Path, engine: Engine) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini) as made:
        made.use(engine)
        yield made


def sheet(path: Path, number: int) -> Image.Image:
    """Return a picture with a small mark that makes it differ from its neighbours."""
    with Image.open(path) as image:
        picture = image.convert("RGB").resize(SIZE)
    picture.paste("white", (4 * number, 100, 4 * number + 8, 108))
    return picture


def animation(hit: int | None, frames: int = FRAMES) -> bytes:
    """Return a GIF of a photograph, one frame of which is a drawing."""
    first, *others = [
        sheet(DRAWING if number == hit else PHOTOGRAPH, number) for number in range(frames)
    ]
    encoded = io.BytesIO()
    first.save(encoded, "GIF", save_all=True, append_images=others, duration=DELAY_MS, loop=0)
    return encoded.getvalue()


def state(bench: Bench, entry: LogEntry) -> tuple[str, str | None]:
    row = bench.row(entry)
    return row["state"], row["verdict"] or row["reason"]


def test_one_frame_of_sixty_is_found_and_named_with_its_time(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    entry = bench.upload("Flash.gif", animation(HIT))
    bench.turn()
    assert state(bench, entry) == ("scored", "review")
    assert not bench.partial(entry)
    (effect,) = bench.ledger.outbox.pending(limit=10)
    assert effect.entry["place"] == f"frame {HIT + 1} (0:01.8)"
    (row,) = bench.sql("SELECT views FROM scores")
    views = json.loads(row["views"])
    assert 1 < len(views) <= bench.settings.media.frames
    assert all(view["fingerprint"] for view in views)
    told = caplog.text
    assert "series.looked-through" in told
    assert "whole=60" in told
    assert "at='0:01.8'" in told


def test_an_animation_without_a_hit_that_was_played_whole_is_cleared(bench: Bench) -> None:
    entry = bench.upload("Quiet.gif", animation(None))
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared")


def test_an_animation_of_which_only_a_still_could_be_had_is_cleared_in_part_only(
    bench: Bench,
) -> None:
    bench.use(bench.engine)  # which sees one picture, as of a thumbnail that stands still
    entry = bench.upload("Still.gif", animation(HIT, frames=HIT + 2))
    bench.turn()
    assert state(bench, entry) == ("scored", "cleared-in-part")
