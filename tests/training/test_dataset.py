"""Data sets: what is left out, why, and that nothing leaks across the split."""

import random
import shutil
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.cli import main
from model.errors import CannotStore, DatasetUnusable
from model.fingerprint import distance
from model.training.dataset.build import Looks, build
from model.training.dataset.collection import Collection
from model.training.dataset.entry import SPLITS, Entry, Examined
from model.training.dataset.likeness import alike
from model.training.dataset.manifest import MANIFEST, Dataset
from model.training.dataset.split import split, straddling
from standin.task import make


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in task, not to be changed."""
    folder = tmp_path_factory.mktemp("pictures")
    make(folder, 160, edge=64)
    return folder


@pytest.fixture
def own(pictures: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(pictures, tmp_path / "own"))


def reasons(dataset: Dataset) -> dict[str, str]:
    return {Path(entry.path).name: entry.reason for entry in dataset.removed}


def examined(number: int, *, label: str = "a", uploader: str = "", mark: str = "") -> Examined:
    return Examined(
        path=f"/{label}/{number}",
        label=label,
        source="",
        uploader=uploader,
        sha1=f"{number:040x}",
        fingerprint=mark,
        width=64,
        height=64,
    )


def test_a_data_set_is_split_60_20_20_for_each_label(pictures: Path, tmp_path: Path) -> None:
    dataset = build([pictures], tmp_path / "set")
    assert Dataset.read(tmp_path / "set") == dataset
    for label in ("drawing", "photograph"):
        sides = Counter(entry.split for entry in dataset.entries if entry.label == label)
        assert sides.total() >= 70
        assert sides["train"] / sides.total() == pytest.approx(0.6, abs=0.1)
        assert sides["test"] / sides.total() == pytest.approx(0.2, abs=0.1)
    assert {entry.tags for entry in dataset.entries} >= {("digits",), ("crops",)}


def test_nothing_alike_and_no_uploader_straddles(pictures: Path, tmp_path: Path) -> None:
    dataset = build([pictures], tmp_path / "set")
    assert straddling(dataset.entries) == []
    first = next(entry for entry in dataset.entries if entry.split == "train")
    planted = first.model_copy(update={"path": "/planted", "split": "test"})
    assert (first, planted) in straddling([*dataset.entries, planted])


def test_the_split_depends_on_the_pictures_alone() -> None:
    entries = [examined(n, label="ab"[n % 2], uploader=f"u{n // 3}") for n in range(200)]
    shuffled = [entry.model_copy(update={"path": f"/elsewhere{entry.path}"}) for entry in entries]
    random.Random(8).shuffle(shuffled)

    def sides(found: list[Entry]) -> dict[str, str]:
        return {entry.sha1: entry.split for entry in found}

    assert sides(split(entries)) == sides(split(shuffled))


def test_an_uploader_with_everything_is_on_one_side_and_said_so(own: Path, tmp_path: Path) -> None:
    rows = "".join(
        f"{path.relative_to(own)},one\n" for path in sorted(own.rglob("*.jpg")) if path.is_file()
    )
    (own / "metadata.csv").write_text(f"path,uploader\n{rows}", encoding="utf-8")
    with pytest.raises(DatasetUnusable, match="has no picture for the"):
        build([own], tmp_path / "set")


def test_all_pairs_are_found() -> None:
    generator = np.random.default_rng(8)
    marks = [f"{int(value):016x}" for value in generator.integers(0, 2**63, 1200)]
    marks += [f"{int(mark, 16) ^ 0b1011:016x}" for mark in marks[:700]] + [""]
    found = {(i, j): bits for i, j, bits in alike(marks, 4)}
    assert found == {(i, i + 1200): 3 for i in range(700)}
    assert all(distance(marks[i], marks[j]) == bits for (i, j), bits in found.items())


def test_repeated_tiny_and_unreadable_files_are_left_out(own: Path, tmp_path: Path) -> None:
    drawing = own / "drawing"
    shutil.copy(drawing / "shapes-00000.jpg", drawing / "zz-copy.jpg")
    with Image.open(drawing / "shapes-00001.jpg") as image:
        image.resize((50, 50)).save(drawing / "zz-smaller.png")
        image.resize((20, 20)).save(drawing / "zz-tiny.png")
    (drawing / "zz-text.jpg").write_text("no picture")
    data = (drawing / "shapes-00002.jpg").read_bytes()
    (drawing / "zz-half.jpg").write_bytes(data[: len(data) // 2])
    dataset = build([own], tmp_path / "set")
    assert (
        reasons(dataset).items()
        >= {
            "zz-copy.jpg": "duplicate",
            "zz-smaller.png": "near-duplicate",
            "zz-tiny.png": "tiny",
            "zz-text.jpg": "unreadable",
            "zz-half.jpg": "unreadable",
        }.items()
    )
    report = (tmp_path / "set" / "report.md").read_text(encoding="utf-8")
    assert str(drawing / "shapes-00000.jpg") in report


def test_one_file_under_two_labels_is_refused_or_left_out(own: Path, tmp_path: Path) -> None:
    shutil.copy(own / "drawing" / "shapes-00000.jpg", own / "photograph" / "zz.jpg")
    with pytest.raises(DatasetUnusable, match="two labels") as caught:
        build([own], tmp_path / "set")
    assert str(own / "photograph" / "zz.jpg") in str(caught.value)
    assert not (tmp_path / "set").exists()
    dataset = build([own], tmp_path / "set", drop_conflicts=True)
    assert reasons(dataset)["zz.jpg"] == reasons(dataset)["shapes-00000.jpg"] == "two labels"


def test_near_duplicates_with_two_labels_are_both_left_out(own: Path, tmp_path: Path) -> None:
    with Image.open(own / "drawing" / "shapes-00001.jpg") as image:
        image.save(own / "photograph" / "zz.png")
    dataset = build([own], tmp_path / "set")
    assert reasons(dataset)["zz.png"] == reasons(dataset)["shapes-00001.jpg"] == "two labels"


@pytest.mark.parametrize(
    ("table", "message"),
    [("file,uploader\n", "there must be `path`"), ("path,judge\nx,y\n", "there may be")],
)
def test_a_wrong_table_is_explained(own: Path, tmp_path: Path, table: str, message: str) -> None:
    (own / "metadata.csv").write_text(table, encoding="utf-8")
    with pytest.raises(DatasetUnusable, match=message):
        build([own], tmp_path / "set")


def test_fetched_pictures_go_into_a_folder_of_their_own(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs" / "a" / f"{'0' * 40}.jpg"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"a picture")
    with pytest.raises(DatasetUnusable, match="name an empty folder"):
        Collection(tmp_path / "theirs")
    for _ in range(2):
        own = Collection(tmp_path / "own")
        place = own.place("a", "1" * 40, ".jpg")
        own.store(place, b"a picture")
    assert own.finish([]) == 1
    assert not place.exists()
    assert theirs.exists()


def test_a_folder_without_labels_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnusable, match="one sub-folder per label"):
        build([tmp_path], tmp_path / "set")
    with pytest.raises(DatasetUnusable, match="is not a folder"):
        build([tmp_path / "none"], tmp_path / "set")


def test_on_a_full_disk_the_old_data_set_stays(pictures: Path, tmp_path: Path) -> None:
    dataset = build([pictures], tmp_path / "set")
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from model.training.dataset.manifest import Dataset\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "folder = Path(sys.argv[1]); Dataset.read(folder).write(folder, '')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "set")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert CannotStore.__name__ in done.stderr
    assert "What was there before is unchanged" in done.stderr
    assert Dataset.read(tmp_path / "set") == dataset


def interrupted(looks: Looks, _: int) -> Looks:
    yield from islice(looks, 5)
    raise KeyboardInterrupt


def test_interrupted_the_old_data_set_stays(pictures: Path, tmp_path: Path) -> None:
    dataset = build([pictures], tmp_path / "set")
    with pytest.raises(KeyboardInterrupt):
        build([pictures], tmp_path / "set", progress=interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
    assert Dataset.read(tmp_path / "set") == dataset


def test_the_commands(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", "build", str(pictures), "--to", str(tmp_path / "set")]) == 0
    assert "pictures with 2 labels" in capsys.readouterr().out
    assert main(["dataset", "show", str(tmp_path / "set")]) == 0
    assert all(side in capsys.readouterr().out for side in [" | ".join(SPLITS)])
    assert main(["dataset", "show", str(tmp_path)]) == 1
    assert "lookout dataset build" in capsys.readouterr().err


def test_what_is_no_data_set_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnusable, match="lookout dataset build"):
        Dataset.read(tmp_path)
    (tmp_path / MANIFEST).write_text("{}\n", encoding="utf-8")
    with pytest.raises(DatasetUnusable, match="damaged"):
        Dataset.read(tmp_path)
