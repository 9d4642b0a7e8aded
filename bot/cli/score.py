"""`lookout score`: what the model and the rules say of files on this machine."""

import argparse
import json
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tqdm import tqdm

from bot.cli.options import add_command, add_config, settings_of
from bot.cli.watched import is_video, watch
from bot.config import Settings
from bot.errors import Never, RetryLater
from bot.rules import Facts, View, judge, refuse_unknown_labels
from bot.series import account, lines
from model.errors import OverLimit, Unsupported

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.engine import Engine
    from bot.explanation import Explainer
    from bot.settings.values import Medium
    from bot.videos.contactsheet import ContactSheet

SOME_FAILED: Final = 2


def register(subparsers: "Subparsers") -> None:
    """Add `score`."""
    parser = add_command(
        subparsers,
        "score",
        summary="score files of your own",
        description=(
            "Score picture files, and all files in folders, with the model and the rules of\n"
            "config.yaml. A file that cannot be scored is an error, never a safe file: the exit\n"
            "code is then 2. With --json every file gives one line: path, verdict, hits, scores\n"
            "(each label's highest over the frames), views (each frame's own), model, partial\n"
            "(some of it was not looked at); or path and error. Of animations and of the pages of\n"
            "a TIFF there is also `series`: each rule's highest view and where it is, how long it\n"
            "stays above the threshold, and how much was looked at. With --explain there is also\n"
            "heat_map: path of the PNG, and the rule, label and place it shows.\n"
            "\n"
            "Videos (WebM, Ogg, MPEG) are cut into scenes: every scene is printed with its time,\n"
            "and with --json as `video`. With --report there is a page with a timeline and a\n"
            "blurred thumbnail of every scene."
        ),
        example="lookout score --report watched.html holiday/ video.webm",
    )
    add_config(parser)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    parser.add_argument(
        "--explain",
        type=Path,
        metavar="FOLDER",
        help="write there a heat map of each picture, over a small grey copy: what spoke for the "
        "strongest label of the rule that weighs most",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE.html", help="write there a contact sheet of the videos"
    )
    parser.set_defaults(run=score)


def score(arguments: argparse.Namespace) -> int:
    """Score every file; return 0, or 2 if one failed."""
    from bot.engine import Engine  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.explanation import Explainer  # noqa: PLC0415 - likewise
    from bot.videos.contactsheet import ContactSheet  # noqa: PLC0415 - likewise

    settings = settings_of(arguments)
    files = [file for path in arguments.paths for file in _files(path)]
    failed = 0
    with closing(Engine(settings.model, settings.media)) as engine:
        refuse_unknown_labels(settings, engine.labels)
        folder = arguments.explain
        explainer = Explainer(folder, engine, settings) if folder else None
        sheet = ContactSheet(settings.rules) if arguments.report else None
        for file in tqdm(files, unit="file", file=sys.stderr, disable=None, leave=False):
            report = _report(file, engine, settings, explainer, sheet)
            failed += "error" in report
            told = report.pop("lines", [])
            text = "\n    ".join([_line(report), *told])
            tqdm.write(json.dumps(report) if arguments.json else text, file=sys.stdout)
    if sheet:
        arguments.report.write_text(sheet.html(), encoding="utf-8")
    return SOME_FAILED if failed else 0


def _files(path: Path) -> Iterator[Path]:
    """Yield `path` itself, or every file under it if it is a folder, in order of name."""
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.iterdir()):
        if not (entry.is_symlink() and entry.is_dir()):  # a link may lead back up
            yield from _files(entry)


def _report(
    file: Path,
    engine: "Engine",
    settings: Settings,
    explainer: "Explainer | None",
    sheet: "ContactSheet | None",
) -> dict[str, Any]:
    try:
        if is_video(file):
            return watch(file, engine, settings, sheet)
        data = _read(file, settings.media.max_bytes)
        seen = engine.look(data, "", settings.media)
        explained = {"heat_map": explainer.explain(data, seen.views)} if explainer else {}
    except (Never, RetryLater, OSError) as error:
        return {"path": str(file), "error": {"kind": type(error).__name__, "message": str(error)}}
    series = seen.series
    medium: Medium = "document" if series and series.unit == "pages" else "image"
    verdict = judge(settings.rules, seen.views, Facts(medium=medium, bytes=len(data)))
    told = (
        {
            "series": account(series, settings.rules, medium),
            "lines": list(lines(series, settings.rules, medium)),
        }
        if series
        else {}
    )
    return {
        "path": str(file),
        "verdict": verdict.word,
        "hits": [asdict(hit) for hit in verdict.hits],
        "scores": _highest(seen.views),
        "views": [asdict(view) for view in seen.views],
        "model": engine.version,
        "partial": seen.partial,
        **told,
        **explained,
    }


def _read(file: Path, max_bytes: int) -> bytes:
    about = file.stat()
    if not stat.S_ISREG(about.st_mode):
        raise Unsupported("not a regular file")
    if about.st_size > max_bytes:
        raise OverLimit(f"{about.st_size} bytes, over media.max_mebibytes ({max_bytes} bytes)")
    return file.read_bytes()


def _highest(views: Sequence[View]) -> dict[str, float]:
    # A second model is only asked about some views; of the others it says nothing.
    labels = dict.fromkeys(label for view in views for label in view.scores)
    return {
        label: max(view.scores[label] for view in views if label in view.scores) for label in labels
    }


def _line(report: dict[str, Any]) -> str:
    """Return a report as one line for a person."""
    path = _printable(report["path"])
    if "error" in report:
        return f"failed    {path}: {report['error']['message']}"
    scores = "  ".join(f"{label} {value:.2f}" for label, value in report["scores"].items())
    part = "  (in part)" if report["partial"] else ""
    heat_map = _heat_map(report["heat_map"]) if "heat_map" in report else ""
    return f"{report['verdict']:<10}{path}  {scores}{part}{heat_map}"


def _heat_map(shown: dict[str, str]) -> str:
    what = f"{shown['label']} {shown['place']}".strip()
    return f"  heat map of {what}: {_printable(shown['path'])}"


def _printable(path: str) -> str:
    return os.fsencode(path).decode(errors="replace")  # names need not be UTF-8
