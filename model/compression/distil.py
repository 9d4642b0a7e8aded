"""A smaller network that learns from a larger one, as a bundle of its own."""

from pathlib import Path
from typing import Final

from model.bundle import TORCHSCRIPT, Bundle, open_bundle
from model.card import Compression
from model.compression.compress import check_labels
from model.compression.guard import Kept, accuracies, check, drift_of
from model.errors import TrainingRefused
from model.files import storing
from model.networks.pipeline import Pipeline
from model.networks.preprocessing import Preprocessing
from model.training.dataset.manifest import Dataset
from model.training.decoding import Decoders
from model.training.networks import NETWORKS
from model.training.pictures import Pictures
from model.training.recipe import StudentRecipe
from model.training.shown import Bar, Say, silent
from model.training.teacher import Teacher
from model.training.train import learned
from model.training.trained import Trained, write_trained

STRIDE: Final = 32
"""What divides the input's edge of those networks that keep TensorFlow's padding."""
ADVICE: Final = (
    " Let it learn longer (--epochs, --patience) or from more pictures, or take a larger network "
    "(--start); then pass --restart. Where only its answers matter and not its scores, --bound "
    "allows more."
)


def distil(
    dataset: Dataset,
    recipe: StudentRecipe,
    *,
    name: str,
    models: Path,
    folder: Path,
    weights: Path | None = None,
    bound: float | None = None,
    say: Say,
    bar: Bar = silent,
) -> Kept:
    """Train a student and write its bundle, if it gives the scores of its teacher.

    After an interruption it goes on where it was; after a refusal nothing is trained again.

    Args:
        dataset: Of the teacher's labels. Its training and validation sides are used.
        recipe: The settings, see `recipe_for`.
        name: Of the student.
        models: The folder of bundles.
        folder: Of the run, for checkpoint and log.
        weights: A file of torchvision's weights to begin with, or None.
        bound: Largest change of a reference picture's probability; by default the card's.
        say: Takes one line of progress at a time.
        bar: Shows progress within a pass.

    Raises:
        TrainingRefused: The student is not good enough, or the settings do not fit.
        DatasetUnusable: The data set has other labels, or a picture is gone or changed.
        CannotStore: Checkpoint or bundle cannot be written.
    """
    bundle = open_bundle(models, recipe.teacher)
    check_labels(bundle, dataset)
    allowed = bundle.card.reference.bound if bound is None else bound

    def teach(preprocessing: Preprocessing) -> Teacher:
        return Teacher(
            bundle,
            preprocessing,
            temperature=recipe.temperature,
            hard_share=recipe.hard_share,
        )

    trained = learned(
        dataset,
        recipe,
        models=models,
        folder=folder,
        weights=weights,
        teach=teach,
        say=say,
        bar=bar,
    )
    kept = _kept(trained, bundle, teach(trained.start.pipeline.preprocessing), bar)
    check(bundle.name, f"student {name}", kept, allowed, ADVICE)
    made = Compression(
        method=(
            f"distilled into {NETWORKS[trained.start.network].title} by the teacher's answers at "
            f"temperature {recipe.temperature:g} (Kullback-Leibler divergence) and a share of "
            f"{recipe.hard_share:g} of the labels' cross-entropy; change allowed: {allowed:g}"
        ),
        source=bundle.name,
        source_sha256=recipe.teacher_sha256,
        drift=kept.drift,
        accuracy_before=kept.before,
        accuracy_after=kept.after,
    )
    with storing("model", models / name):
        write_trained(trained, name, models, made)
    return kept


def recipe_for(bundle: Bundle, start: str, **settings: float | bool) -> StudentRecipe:
    """Return the settings for a teacher and the network that learns from it.

    Raises:
        TrainingRefused: The network cannot take pictures of the teacher's size.
        ValidationError: A setting is out of its range.
    """
    size = bundle.card.input.size
    ours = start not in NETWORKS or not NETWORKS[start].torchvision
    if ours and size % STRIDE:
        raise TrainingRefused(
            f"{bundle.name} takes {size} pixels, which {start} cannot: begin with one of "
            "torchvision's networks, such as --start mobilenet-v3-small."
        )
    about = {
        "start": start,
        "size": size,
        "teacher": bundle.name,
        "teacher_sha256": bundle.card.artefacts[TORCHSCRIPT].sha256,
    }
    return StudentRecipe.model_validate({**settings, **about})


def _kept(trained: Trained, bundle: Bundle, teacher: Teacher, bar: Bar) -> Kept:
    preprocessing, recipe = trained.start.pipeline.preprocessing, trained.recipe
    student = Pipeline(preprocessing, trained.network).eval()
    entries = trained.dataset.side("validation")
    with Decoders(target=preprocessing.size) as decoders:
        pictures = Pictures(preprocessing, trained.dataset.labels, recipe.seed, decoders)
        batches = pictures.batches(entries, recipe.batch)
        shown = bar(batches, -(-len(entries) // recipe.batch), "teacher and student")
        before, after = accuracies(teacher.score, student.score, shown)
    return Kept(drift_of(student, bundle.card.reference), before, after)
