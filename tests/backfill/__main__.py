"""The proof: `make backfill-proof`. FILES, CONTENTS and LATENCY_S in the environment change it."""

import os
import sys
import tempfile
from pathlib import Path

from backfill.fleet import Allowed
from backfill.pace import bound, judged
from backfill.proof import HEAD, Outcome, Plan, stage

PLAN = Plan(
    files=int(os.environ.get("FILES", "20000")),
    contents=int(os.environ.get("CONTENTS", "5000")),
    latency_s=float(os.environ.get("LATENCY_S", "0.25")),
    shard_files=100,  # one worker has a shard: few large ones would leave some idle in the end
    # Two workers stay below 16 fetches a second, four do not; and on two cores four could do more.
    allowed=Allowed(at_once=8, fetches=16, calls=30),
    redis_away_s=5.0,
    lease_s=30,
)
RUNS = ((1, False), (2, False), (4, False), (4, True))


def main() -> None:
    """Run with 1, 2 and 4 workers in peace, then with 4 that are killed, and Redis too."""
    say(f"{PLAN.files:,} files, {PLAN.contents:,} contents, {PLAN.latency_s} s for each fetch")
    say(f"allowed: {PLAN.allowed}")
    say(HEAD)
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="lookout-backfill-") as folder,
        stage(PLAN, Path(folder)) as proof,
    ):
        for workers, disturbed in RUNS:
            outcomes.append(proof.run(workers, disturbed=disturbed))
            say(str(outcomes[-1]))
    first = outcomes[0]
    calls, size = first.calls / PLAN.contents, first.bytes / PLAN.contents
    say(f"for each content: 1 fetch of {size:.0f} bytes, {calls:.2f} calls of api.php")
    paces = judged([one for one in outcomes if not one.kills], bound(PLAN))
    say("\n".join(map(str, paces)))
    complaints = [complaint for one in outcomes for complaint in one.complaints()]
    complaints += [f"too slow: {one}" for one in paces if not one.good]
    if complaints:
        sys.exit("\n".join(complaints))
    say("nothing lost, nothing scored twice, never more than allowed, linear until that binds")


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
