"""The steps of a retraining. Each is skipped when an earlier run of the same plan has done it."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

from bot.collecting.fetching import Collector
from bot.config import Settings
from bot.ledger import Ledger
from bot.retraining.decisions import HIT, Decided, decided
from bot.retraining.plan import Plan
from model.bundle import TORCHSCRIPT, Bundle, installed_bundles, open_bundle
from model.files import replacing_file, replacing_folder, storing
from model.training.dataset.build import build
from model.training.dataset.entry import Entry
from model.training.dataset.manifest import MANIFEST, Dataset
from model.training.evaluation.sections import as_html, as_markdown
from model.training.recipe import Recipe
from model.training.sidebyside.held import Contender, Held, scored
from model.training.sidebyside.report import Match, SideBySide, side_by_side
from model.training.train import train

Item = TypeVar("Item")
SET: Final = "set"
RUN: Final = "run"
REPORT: Final = "report"
RESULT: Final = "result.json"
TEXT: Final = "retraining.md"
PAGE: Final = "retraining.html"
_DIGITS: Final = 12  # of a hash


class Progress(Protocol):
    """Passes on items and shows how far they have come."""

    def __call__(self, items: Iterable[Item], total: int, /) -> Iterable[Item]:
        """Pass on `total` items."""
        ...


@dataclass(frozen=True, slots=True)
class Enough:
    """How many decisions are needed: in all, and of each answer."""

    fewest: int
    fewest_each: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a retraining ended.

    Attributes:
        word: The recommendation, or that there are not enough decisions.
        reason: Why.
        threshold: The candidate's; None without one.
        dataset: Version of its data set; empty without one.
    """

    word: str
    reason: str
    threshold: float | None = None
    dataset: str = ""


class Retraining:
    """One retraining in a folder of its own.

    Args:
        plan: What it rests on.
        folder: Holds plan, data set, checkpoint and report; begun or empty.
        pictures: Where the pictures lie until the end; removed with all that is in it.
        models: The folder of bundles.
        settings: Of the bot.
        say: Takes one line of progress at a time.
        progress: Shows how far a step has come.
    """

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        pictures: Path,
        models: Path,
        settings: Settings,
        *,
        say: Callable[[str], None],
        progress: Progress,
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._pictures = pictures
        self._models = models
        self._settings = settings
        self._say = say
        self._progress = progress

    def run(self, ledger: Ledger, enough: Enough) -> Ended:
        """Do what is left to do.

        Raises:
            RetryLater: The wiki gives no answer; the next run goes on.
            Stop: With what a person has to do.
        """
        found = decided(ledger, self._plan, self._settings.reviews)
        if lacking := found.lacking(enough.fewest, enough.fewest_each):
            return Ended(lacking, "")
        if not self._has_set():
            there = self._collected(found)
            if lacking := there.lacking(enough.fewest, enough.fewest_each):
                return Ended(lacking, f"of those that are still on the wiki; {_listed(there)}")
            self._build()
        dataset = Dataset.read(self._folder / SET)
        candidate = self._trained(dataset)
        made = self._compared(dataset, candidate, found)
        ended = Ended(made.advice.word, made.advice.reason, made.threshold, dataset.version)
        self._write(made, ended)
        return ended

    def forget_pictures(self) -> None:
        """Remove the pictures: hashes, labels and the model are all that is kept."""
        shutil.rmtree(self._pictures, ignore_errors=True)

    def _has_set(self) -> bool:
        """Tell whether the data set was built, and its pictures were not lost since."""
        if not (self._folder / SET / MANIFEST).exists():
            return False
        entries = Dataset.read(self._folder / SET).entries
        return all(Path(entry.path).exists() for entry in entries)

    def _collected(self, found: Decided) -> Decided:
        """Fetch the pictures; return the decisions whose file is still there."""
        self._say(f"{len(found.wanted)} files were decided about; fetching their thumbnails")
        with Collector(self._settings, say=self._say) as collector:
            got = collector.collect(found.wanted, self._pictures, progress=self._progress)
        there = {path.stem for path in got.pictures}
        return Decided(
            [one for one in found.wanted if one.sha1 in there],
            dict(Counter(found.left_out) + got.left_out),
        )

    def _build(self) -> None:
        built = build(
            [self._pictures],
            self._folder / SET,
            drop_conflicts=True,
            progress=self._progress,
        )
        self._say(f"Data set {built.version}: {len(built.entries)} pictures")

    def _trained(self, dataset: Dataset) -> Bundle:
        plan = self._plan
        recipe = Recipe(start=plan.start, epochs=plan.epochs, threads=plan.threads)
        if plan.name in installed_bundles(self._models):
            there = open_bundle(self._models, plan.name)
            made = there.card.training
            if made and (made.dataset, made.recipe) == (dataset.version, recipe.model_dump()):
                self._say(f"{plan.name} is trained already")
                return there
        train(
            dataset,
            recipe,
            name=plan.name,
            models=self._models,
            folder=self._folder / RUN / dataset.version,
            say=self._say,
        )
        return open_bundle(self._models, plan.name)

    def _compared(self, dataset: Dataset, candidate: Bundle, found: Decided) -> SideBySide:
        plan = self._plan
        live = open_bundle(self._models, plan.start)
        sides = Contender(live, plan.sums), Contender(candidate, ((HIT,),))

        def held(entries: Sequence[Entry]) -> Held:
            return scored(entries, HIT, *sides, progress=self._progress)

        match = Match(
            version_of(live), version_of(candidate), plan.threshold, plan.keep, positive=HIT
        )
        validation, test = dataset.side("validation"), dataset.side("test")
        return side_by_side(match, held(validation), held(test), _notes(dataset, live, found))

    def _write(self, made: SideBySide, ended: Ended) -> None:
        plan = self._plan
        title = f"{plan.name} beside {plan.start}"
        target = self._folder / REPORT
        with storing("report", target), replacing_folder(target) as new:
            text = as_markdown(title, made.sections)
            (new / TEXT).write_text(text + _next_steps(plan, ended), encoding="utf-8")
            (new / PAGE).write_text(as_html(title, made.sections), encoding="utf-8")
        with storing("result", target), replacing_file(self._folder / RESULT) as new:
            new.write_text(json.dumps(asdict(ended), indent=1), encoding="utf-8")


def result_of(folder: Path) -> Ended | None:
    """Return how the retraining in a folder ended, None if it has not."""
    path = folder / RESULT
    return Ended(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def version_of(bundle: Bundle) -> str:
    """Return a bundle's name with the hash of its graph, as it stands in the ledger."""
    return f"{bundle.name}/{bundle.card.artefacts[TORCHSCRIPT].sha256[:_DIGITS]}"


def _notes(dataset: Dataset, live: Bundle, found: Decided) -> list[str]:
    sources = Counter(entry.source for entry in dataset.side("test"))
    told = ", ".join(f"{count} {source}" for source, count in sorted(sources.items()))
    notes = [
        (
            f"Where the held-out files come from: {told}. Suggested files are those that the live "
            "model scored high: how the models do on others, only the audit sample tells."
        ),
        (
            f"Decided about and not used: {_listed(found)}. Files that were deleted cannot be "
            "fetched: what was worst is missing here."
        ),
    ]
    if live.card.training:
        notes.append(
            f"The live model was trained on the data set {live.card.training.dataset}: some of the "
            "held-out files may have been among its training pictures, which favours it."
        )
    return notes


def _listed(found: Decided) -> str:
    parts = [f"{count} {reason}" for reason, count in sorted(found.left_out.items())]
    return ", ".join(parts) or "none"


def _next_steps(plan: Plan, ended: Ended) -> str:
    """Return what a person can do with the candidate."""
    at_least = f"{ended.threshold:.4f}"
    lines = [
        "",
        "## If you want to try it",
        "",
        "In shadow mode it scores a share of the uploads and decides nothing. In `config.yaml`:",
        "",
        "    model:",
        "      shadow:",
        f"        name: {plan.name}",
        "",
        "Its labels are others than the live model's, so its rules are, too. Write them into a",
        "copy of `config.yaml`, for `lookout shadow report --candidate-config COPY`, and later",
        "for use. The threshold was measured on pictures alone:",
        "",
        "    rules:",
        f"      - name: {HIT}",
        f"        labels: [{HIT}]",
        f"        at_least: {{image: {at_least}, video: {at_least}, document: {at_least}}}",
        "",
    ]
    return "\n".join(lines)
