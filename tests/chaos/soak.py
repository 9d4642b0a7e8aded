"""Many uploads, one after the other, and what the bot keeps of them: `python -m chaos.soak`."""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import psutil
from bench.pictures import distinct, thumbnails

from bot.ledger import Ledger, State
from support.bot import MIB, BotProcess
from support.world import CAT, World, small_world

UPLOADS = 2_400
WAVE = 100
WARM_UP = 400  # uploads after which caches are filled
ENOUGH = 1_000  # uploads after that, to tell a slope from chance
DRAWING_EACH = 20
MOST_GROWTH_MIB = 4.0  # for each thousand uploads, of the bot and its children together
MOST_DESCRIPTORS = 4.0  # likewise
START_S = 300.0
WAVE_S = 600.0
POLL_S = 0.1


@dataclass
class Course:
    """What was measured, and after how many uploads each time."""

    uploads: list[int] = field(default_factory=list)
    own_mib: list[float] = field(default_factory=list)  # memory of its own (USS), bot and children
    descriptors: list[int] = field(default_factory=list)

    def note(self, uploads: int, processes: Sequence[psutil.Process]) -> None:
        """Measure."""
        self.uploads.append(uploads)
        self.own_mib.append(sum(one.memory_full_info().uss for one in processes) / MIB)
        self.descriptors.append(sum(one.num_fds() for one in processes))

    def slope(self, values: Sequence[float]) -> float:
        """Return the growth of `values` for each thousand uploads, after the warm-up.

        The median of the slopes between all pairs, after Theil and Sen: a child that is being
        replaced at the moment of a measurement does not tilt it.
        """
        points = [point for point in zip(self.uploads, values, strict=True) if point[0] >= WARM_UP]
        slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2)]
        return 1_000 * statistics.median(slopes) if slopes else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 1 when memory or descriptors grow."""
    parser = argparse.ArgumentParser(prog="chaos.soak", description=__doc__)
    parser.add_argument("--uploads", type=int, default=UPLOADS, help=f"{UPLOADS} unless given")
    uploads: int = parser.parse_args(arguments).uploads
    with (
        tempfile.TemporaryDirectory(prefix="lookout-soak-") as folder,
        small_world() as world,
        BotProcess(Path(folder) / "bot", world.settings()) as bot,
    ):
        bot.wait_for_log("patrol.ready", START_S)
        course = _course(world, bot, uploads)
    memory, descriptors = course.slope(course.own_mib), course.slope(course.descriptors)
    sys.stdout.write(
        f"soak: {uploads} uploads, {course.own_mib[0]:.0f} MiB at first and "
        f"{course.own_mib[-1]:.0f} in the end; for each thousand uploads {memory:+.2f} MiB "
        f"(at most {MOST_GROWTH_MIB:g}) and {descriptors:+.2f} descriptors "
        f"(at most {MOST_DESCRIPTORS:g})\n"
    )
    if uploads < WARM_UP + ENOUGH:
        sys.stdout.write(f"too few to judge: {WARM_UP + ENOUGH} at least\n")
        return 0
    return int(memory > MOST_GROWTH_MIB or descriptors > MOST_DESCRIPTORS)


def _course(world: World, bot: BotProcess, uploads: int) -> Course:
    course, photographs = Course(), thumbnails()
    with Ledger(f"sqlite:///{bot.folder}/ledger.sqlite") as ledger:
        for wave in _waves(uploads):
            for number in wave:
                drawn = number % DRAWING_EACH == 0
                picture = CAT if drawn else photographs[number % len(photographs)]
                world.upload(f"Soak {number}.jpg", distinct(picture, number))
            _wait_until_scored(ledger, wave[-1] + 1)
            course.note(wave[-1] + 1, [bot.process, *bot.process.children(recursive=True)])
            sys.stderr.write(f"{course.uploads[-1]} uploads, {course.own_mib[-1]:.1f} MiB\n")
    return course


def _waves(uploads: int) -> Iterator[range]:
    for start in range(0, uploads, WAVE):
        yield range(start, min(start + WAVE, uploads))


def _wait_until_scored(ledger: Ledger, uploads: int) -> None:
    deadline = time.monotonic() + WAVE_S
    while ledger.census.take().states[State.SCORED] < uploads:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{uploads} uploads were not scored in {WAVE_S:g} s")
        time.sleep(POLL_S)


if __name__ == "__main__":
    raise SystemExit(main())
