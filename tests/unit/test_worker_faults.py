"""A segfault, a hang, no memory: done for real in either child, each costs one file one attempt."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from bot import scoring
from bot.demo.commons import MiniCommons
from bot.engine import Engine, Pictures
from bot.settings.intake import MediaSettings
from bot.settings.scoring import ModelSettings
from model import decoder, isolated_classifier
from model.bundle import Bundle
from model.errors import BundleCorrupt
from support import faulty
from support.bench import Bench, picture

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]

# Long for a picture, short for a hang; the start of a child has a time-out of its own.
HUNG_S = 3.0
MEDIA = MediaSettings(decode_seconds=HUNG_S)


@pytest.fixture(scope="module")
def engine(bundle: Bundle) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoder, "HANDLER", "support.faulty:decoder")
        patch.setattr(isolated_classifier, "HANDLER", "support.faulty:classifier")
        opened = Engine(ModelSettings(name=bundle.name), MEDIA)
        patch.setattr(isolated_classifier, "CLASSIFY_TIMEOUT_S", HUNG_S)
        yield opened
        opened.close()


@pytest.fixture
def bench(tmp_path: Path, engine: Engine) -> Iterator[Bench]:
    with MiniCommons() as mini, Bench(tmp_path, mini, engine) as made:
        made.settings = made.settings.model_copy(update={"media": MEDIA})
        yield made


@pytest.mark.parametrize("deed", faulty.DEEDS)
@pytest.mark.parametrize("harm", [faulty.harms_the_decoder, faulty.harms_the_classifier])
def test_harm_to_a_child_costs_one_file_one_attempt(
    bench: Bench, harm: Callable[[str], bytes], deed: str
) -> None:
    after = bench.upload("After.png", picture("green"))
    bad = bench.upload("Bad.png", harm(deed))
    before = bench.upload("Before.png", picture("blue"))
    bench.turn()
    for good in (before, after):
        assert (bench.row(good)["state"], bench.row(good)["attempts"]) == ("scored", 1)
    row = bench.row(bad)
    assert (row["state"], row["attempts"], row["crashes"]) == ("waiting", 1, 1)
    assert row["reason"] == ("WorkerStalled" if deed == "hang" else "WorkerDied")
    words = {"segfault": "SIGSEGV", "hang": "no answer within 3 s", "hog": "out of memory"}
    assert words[deed] in row["detail"]


def test_harm_to_several_files_at_once_costs_the_harmful_one_alone(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    classify = engine.classify

    def noted(pictures: Pictures, *, hurried: bool = False) -> list[dict[str, float]]:
        together.append(len(pictures))
        return classify(pictures, hurried=hurried)

    def begin_all(work: Any, items: Any, **_: Any) -> Any:
        tasks = [(item, Future[Any]()) for item in items]
        for item, task in tasks:
            task.set_result(work(item))
        yield tasks

    monkeypatch.setattr(engine, "classify", noted)
    monkeypatch.setattr(scoring, "ahead", begin_all)
    good = [bench.upload(f"{colour}.png", picture(colour)) for colour in ("Green", "Blue")]
    bad = bench.upload("Bad.png", faulty.harms_the_classifier("segfault"))
    good.append(bench.upload("White.png", picture("white")))
    bench.turn()
    assert together == [4, 1, 1, 1, 1]
    assert [bench.row(entry)["state"] for entry in good] == ["scored"] * 3
    row = bench.row(bad)
    assert (row["state"], row["attempts"], row["crashes"]) == ("waiting", 1, 1)


def test_a_model_that_gives_no_probabilities_stops_the_bot_and_clears_nothing(
    bench: Bench,
) -> None:
    entry = bench.upload("Odd.png", faulty.harms_the_classifier("nan"))
    with pytest.raises(BundleCorrupt, match=r"gives .*nan.* lookout model verify"):
        bench.turn()
    assert (bench.row(entry)["state"], bench.row(entry)["verdict"]) == ("waiting", None)
    assert bench.sql("SELECT * FROM scores") == []
