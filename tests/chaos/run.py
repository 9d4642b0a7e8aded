"""One run: troubles at random moments, then the reckoning."""

import sys
import time
from collections import Counter
from dataclasses import dataclass

from bot.errors import LedgerBusy, LedgerUnusable
from chaos.auditor import Auditor, take
from chaos.plan import Plan
from chaos.stage import Stage, set_up
from chaos.troubles import TROUBLES, possible
from support.ledgers import rows
from support.outcome import entries_on_wiki, upload_log

POLL_S = 0.5
ENDS = "SELECT log_id, state, verdict FROM uploads"
FINAL = ("scored", "skipped", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What came of a run."""

    kind: str
    seed: int
    seconds: float
    uploads: int
    troubles: Counter[str]
    ended_by_itself: int
    checks: int
    violations: int
    lost: int  # uploads that the ledger does not have, or that came to no end
    dead: int
    flagged: int
    missing: int  # entries that are not on the wiki
    doubled: int  # entries that are there more than once, or without a verdict

    @property
    def good(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not (self.violations or self.lost or self.dead or self.missing or self.doubled)

    def __str__(self) -> str:
        made = ", ".join(f"{name}: {count}" for name, count in sorted(self.troubles.items()))
        return (
            f"chaos on {self.kind}, seed {self.seed}, {self.seconds:.0f} s: "
            f"{self.uploads} uploads; {made}; bot ended by itself: {self.ended_by_itself}; "
            f"invariant checked: {self.checks}, broken: {self.violations}; lost: {self.lost}, "
            f"dead: {self.dead}; flagged: {self.flagged}, missing on the wiki: {self.missing}, "
            f"doubled: {self.doubled}"
        )


def run(kind: str, plan: Plan, seed: int) -> Reckoning:
    """Make the troubles of a plan in an order that the seed decides, and reckon up."""
    started = time.monotonic()
    with set_up(kind, plan, seed) as stage, Auditor(stage.address) as auditor:
        stage.uploader.start()
        for name in _order(stage, plan):
            stage.let_pass(plan.pause_s)
            sys.stderr.write(f"{time.monotonic() - started:6.1f} s  {name}\n")
            TROUBLES[name](stage)
            stage.done[name] += 1
        stage.uploader.join()
        _wait_until_settled(stage, plan.settle_s)
        auditor.__exit__()
        return _reckon(kind, seed, stage, auditor, time.monotonic() - started)


def _order(stage: Stage, plan: Plan) -> list[str]:
    names = [name for name, count in plan.troubles.items() for _ in range(count)]
    names = [name for name in names if possible(stage, name)]
    stage.chance.shuffle(names)
    return names


def _wait_until_settled(stage: Stage, timeout_s: float) -> None:
    stage.rig.settle()
    wanted = len(upload_log(stage.rig))
    deadline = time.monotonic() + timeout_s
    while not _is_settled(stage, wanted) and time.monotonic() < deadline:
        time.sleep(POLL_S)
        stage.keep_alive()


def _is_settled(stage: Stage, wanted: int) -> bool:
    try:
        counts = take(stage.address)
    except (LedgerBusy, LedgerUnusable):
        return False
    return counts.seen >= wanted and not counts.unfinished and not counts.unpublished


def _reckon(kind: str, seed: int, stage: Stage, auditor: Auditor, seconds: float) -> Reckoning:
    uploads = upload_log(stage.rig)
    ends = {log_id: (state, verdict) for log_id, state, verdict in rows(stage.address, ENDS)}
    flagged = {log_id for log_id, (_, verdict) in ends.items() if verdict == "review"}
    entries = entries_on_wiki(stage.rig)
    return Reckoning(
        kind=kind,
        seed=seed,
        seconds=seconds,
        uploads=len(uploads),
        troubles=stage.done,
        ended_by_itself=len(stage.ended),
        checks=auditor.checks,
        violations=len(auditor.violations),
        lost=sum(ends.get(log_id, ("", ""))[0] not in FINAL for log_id in uploads),
        dead=sum(state == "dead" for state, _ in ends.values()),
        flagged=len(flagged),
        missing=len(flagged - entries.keys()),
        doubled=sum(count > 1 or log_id not in flagged for log_id, count in entries.items()),
    )
