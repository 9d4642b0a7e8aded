"""A publisher that was stopped goes on where it was."""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.demo.commons import MiniCommons
from bot.errors import SwitchedOff
from bot.home import HOME_VARIABLE
from bot.patience import Patience
from bot.publish.assembly import FollowingPublisher
from support.bench import Bench, striking


def test_a_publisher_that_starts_switched_off_sends_when_it_is_let(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    stopped = [True]

    def require(_: Settings) -> None:
        if stopped[0]:
            raise SwitchedOff("the run page says no")

    with MiniCommons() as mini, Bench(tmp_path, mini) as bench:
        bench.engine.deed = striking
        bench.upload("A.png")
        bench.turns()
        publisher = FollowingPublisher(bench.ledger, Patience(), require)
        for _ in range(2):
            with pytest.raises(SwitchedOff):
                publisher.turn(bench.settings)
        assert list(tmp_path.glob("dry-run/*")) == []
        stopped[0] = False
        publisher.turn(bench.settings)
        publisher.close()
        assert bench.ledger.census.take().unpublished == 0
    assert "File:A.png" in next(tmp_path.glob("dry-run/*Log*")).read_text(encoding="utf-8")
