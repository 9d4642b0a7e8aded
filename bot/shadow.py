"""A candidate model in shadow mode: scores beside the live one's, that decide nothing.

Not a rule in shadow (`shadow: true` in a rule), which reads the scores of the live model.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Final

import structlog

from bot.engine import Engine, Pictures
from bot.ledger import Scored
from bot.settings.scoring import ShadowSettings
from bot.watching.vitals import Vitals
from model.errors import BundleError, WorkerDied

log = structlog.get_logger(__name__)

FAILURES_IN_A_ROW: Final = 5  # after which the candidate is left alone until the next start
_DIGITS: Final = 8  # of a sha1, taken as a number


class Shadow:
    """Has a share of files scored by the candidate, and counts what that costs.

    Args:
        engine: Opened with its candidate.
        settings: Which share, and how long a picture may take.
        vitals: Is told of files, failures and seconds.
    """

    def __init__(self, engine: Engine, settings: ShadowSettings, vitals: Vitals) -> None:
        self._engine = engine
        self._settings = settings
        self._vitals = vitals
        self._failures = 0
        if engine.candidate.trouble:
            log.warning("shadow.off", model=settings.name, error=engine.candidate.trouble)
            vitals.shadow_failed(BundleError(engine.candidate.trouble))

    def sitting(self, sha1: str) -> "Sitting | None":
        """Return what takes a file's pictures; None if this file is not for the candidate."""
        off = self._engine.candidate.trouble or self._failures >= FAILURES_IN_A_ROW
        return None if off or not drawn(sha1, self._settings.share) else Sitting(self)

    def scores(self, pictures: Pictures) -> list[dict[str, float]] | None:
        """Return the candidate's scores; None, counted and logged, if it fails."""
        begun = monotonic()
        try:
            scores = self._engine.classify_by_candidate(
                pictures, timeout_s=self._settings.seconds * len(pictures)
            )
        except (BundleError, WorkerDied) as error:
            self._failed(error)
            return None
        finally:
            self._vitals.shadow_took(monotonic() - begun)
        self._failures = 0
        return scores

    def finished(self) -> None:
        """Count a file that was scored."""
        self._vitals.shadow_scored()

    @property
    def version(self) -> str:
        """The key of the candidate's scores."""
        return self._engine.candidate.version

    def _failed(self, error: Exception) -> None:
        self._vitals.shadow_failed(error)
        self._failures += 1
        log.warning("shadow.failed", model=self.version, error=str(error), in_a_row=self._failures)
        if self._failures == FAILURES_IN_A_ROW:
            log.warning("shadow.off", model=self.version, error=f"{self._failures} failures")


class Sitting:
    """One file before the candidate, picture by picture."""

    def __init__(self, shadow: Shadow) -> None:
        self._shadow = shadow
        self._scores: list[dict[str, float]] = []
        self._failed = False

    def look(self, pictures: Pictures) -> None:
        """Score pictures, uint8 RGB (H, W, 3), unless the candidate failed on this file before."""
        scores = None if self._failed else self._shadow.scores(pictures)
        self._failed = scores is None
        self._scores += scores or []

    def scored(self, live: Scored, order: Sequence[int] | None = None) -> Scored | None:
        """Return `live` with the candidate's scores in place of its own; None if it failed.

        Args:
            live: The live model's scores.
            order: By picture shown to `look`, what `live` sorts its views by, if it does.
        """
        if self._failed or not self._scores:
            return None
        self._shadow.finished()
        if order is not None:
            pairs = sorted(zip(order, self._scores, strict=True), key=lambda pair: pair[0])
            self._scores = [scores for _, scores in pairs]
        views = [
            {**view, "scores": scores}
            for view, scores in zip(live.views, self._scores, strict=True)
        ]
        return replace(live, model=self._shadow.version, views=views)


def drawn(sha1: str, share: float) -> bool:
    """Tell whether a content is among a share of all, 0..1; the same answer each time."""
    return int(sha1[:_DIGITS], 16) < share * 16**_DIGITS
