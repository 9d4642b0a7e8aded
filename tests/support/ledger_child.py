"""Processes that use a ledger and come to harm: `python -m support.ledger_child ACTION …`."""

import json
import os
import resource
import signal
import sys
import time
from typing import Any

from sqlalchemy import event

from bot.errors import LedgerBusy, LookoutError
from bot.events import Hole
from bot.ledger import Ledger
from support.ledgers import STREAM, claim, claim_one, fill, finish
from support.reviews import FINDINGS
from support.uploads import upload

BATCH = 3
SHORT_LEASE_S = 1.0
PATIENCE = 99  # attempts; the database's crashes are not the uploads' fault
PAUSE_S = 0.05  # while the database is away
WORK_S = 0.003  # between two claims, so that all get their turn
TITLE_CHARACTERS = 2_000


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_before(ledger: Ledger, moment: str) -> None:
    """Kill this process when it is about to commit, or to run a statement with `moment` in it."""

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if moment in statement:
            _die()

    if moment == "COMMIT":
        event.listen(ledger._engine, "commit", _die)
    else:
        event.listen(ledger._engine, "before_cursor_execute", on_statement)


def record(ledger: Ledger, moment: str) -> None:
    """Record three uploads and die at `moment`."""
    _die_before(ledger, moment)
    fill(ledger, [1, 2, 3], position=1000)
    _die()


def pass_hole(ledger: Ledger, moment: str) -> None:
    """Move the cursor past a hole, and die at `moment`."""
    _die_before(ledger, moment)
    ledger.intake.record(STREAM, [], 61_000, holes=[Hole(1_000, 61_000, "skipped")])
    _die()


def fill_gap(ledger: Ledger, moment: str) -> None:
    """Store what was found of the one gap there is, three uploads, and die at `moment`."""
    (gap,) = ledger.gaps.open(STREAM)
    _die_before(ledger, moment)
    found = [upload(log_id) for log_id in (1, 2, 3)]
    ledger.gaps.progress(gap, found, part="upload", token="next")  # noqa: S106 - no secret
    _die()


def settle(ledger: Ledger, moment: str) -> None:
    """Finish the one upload there is, for review, and die at `moment`."""
    job = claim_one(ledger, lease_s=0.0)
    _die_before(ledger, moment)
    finish(ledger, job, review=True)
    _die()


def decide(ledger: Ledger, moment: str) -> None:
    """Store one decision with the bookmark behind it, and die at `moment`."""
    _die_before(ledger, moment)
    ledger.reviews.record(FINDINGS)
    _die()


def requeue(ledger: Ledger, moment: str) -> None:
    """Requeue all that is dead, and die at `moment`."""
    _die_before(ledger, moment)
    ledger.dead.requeue_all()
    _die()


def drain(ledger: Ledger, _: str) -> None:
    """Claim until nothing is left; print what was claimed."""
    _say("ready")
    sys.stdin.readline()
    claimed: list[int] = []
    while jobs := claim(ledger, limit=BATCH):
        claimed += [job.log_id for job in jobs]
        time.sleep(WORK_S)
    _say(json.dumps(claimed))


def work(ledger: Ledger, _: str) -> None:
    """Claim and finish until nothing is left, whatever the database does; print what it took."""
    finished: list[int] = []
    left = True
    while left:
        try:
            jobs = ledger.queue.claim(limit=BATCH, lease_s=SHORT_LEASE_S, max_attempts=PATIENCE)
            for job in jobs:
                time.sleep(WORK_S)
                if finish(ledger, job, review=True):
                    finished.append(job.log_id)
            left = ledger.census.take().unfinished > 0
        except LedgerBusy:
            time.sleep(PAUSE_S)
    _say(json.dumps(finished))


def overfill(ledger: Ledger, file_bytes: str) -> None:
    """Record until it fails; print how often it did not, and how it did."""
    if file_bytes != "unlimited":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_bytes), int(file_bytes)))
    kept = 0
    try:
        while True:
            big = upload(kept + 1, title=f"File:{'x' * TITLE_CHARACTERS}")
            kept += ledger.intake.record(STREAM, [big], kept)
    except LookoutError as error:
        seen = ledger.census.take().seen  # what is there can still be read
        _say(json.dumps({"kept": kept, "seen": seen, "error": type(error).__name__}))


ACTIONS = (record, pass_hole, fill_gap, settle, decide, requeue, drain, work, overfill)

if __name__ == "__main__":
    name, place, argument = sys.argv[1:]
    with Ledger(place) as opened:
        {action.__name__: action for action in ACTIONS}[name](opened, argument)
