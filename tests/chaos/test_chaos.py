"""The short form of `make chaos`."""

from collections.abc import Callable

import pytest

from chaos.plan import SHORT
from chaos.run import run
from chaos.soak import main as soak
from rig import MediaWikiRig
from support.mariadb import MariaDb

pytestmark = [pytest.mark.rig, pytest.mark.model, pytest.mark.timeout(900)]
SEED = 1


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("kind", ["sqlite", "mariadb"])
def test_nothing_is_lost_or_doubled_whatever_fails(
    kind: str,
    booted_rig: MediaWikiRig,  # noqa: ARG001 - skips where there are no packages
    mariadb: MariaDb,  # noqa: ARG001 - likewise
    measured: Callable[[str], None],
) -> None:
    reckoning = run(kind, SHORT, SEED)
    measured(str(reckoning))
    assert reckoning.good


@pytest.mark.usefixtures("bundle")
def test_a_short_soak_measures_and_does_not_judge(
    capsys: pytest.CaptureFixture[str], measured: Callable[[str], None]
) -> None:
    assert soak(["--uploads", "60"]) == 0
    figures, judgement = capsys.readouterr().out.splitlines()
    measured(figures)
    assert judgement.startswith("too few to judge")
