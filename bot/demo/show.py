"""The demonstration: the unchanged bot, a miniature Commons, and the page that comes out of it."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.demo.botprocess import BotProcess
from bot.demo.commons import MiniCommons, MiniWiki
from bot.demo.eventstream import EventStreamServer
from bot.demo.narration import Narrator
from bot.demo.outcome import NotArrived, Outcome, Status, read_pages, settled
from bot.demo.page import render
from bot.demo.preview import preview
from bot.demo.scenario import Scenario
from bot.errors import ConfigInvalid
from bot.home import home, models_folder
from model.bundle import DEFAULT_BUNDLE, open_bundle
from model.errors import BundleMissing

CONNECT_S = 60.0
SETTLE_S = 60.0
POLL_S = 0.5
INTRODUCTION = """\
The unchanged bot, dry-run, on a miniature Commons on this machine. The files are harmless. The
rule asks for drawings, which stand in for what patrollers look for.
"""
LABEL = "drawing"
THRESHOLD = 0.8


def show(seconds: float, *, keep: bool, model: str = DEFAULT_BUNDLE) -> None:
    """Run the demonstration, with its uploads spread over `seconds`.

    Args:
        seconds: How long uploads arrive; the whole takes a few seconds more.
        keep: Leave the bot's folder (settings, ledger, pages) where it is.
        model: The bot's; it has to know the label `drawing`.

    Raises:
        BundleError: The model is damaged, or not installed and cannot be.
        ConfigInvalid: It does not know drawings.
        NotArrived: The bot ended early, or an upload or a suggestion is missing.
    """
    _ensure_model(model)
    print(INTRODUCTION)
    narrator = Narrator()
    with (
        _folder(keep=keep) as folder,
        MiniCommons() as commons,
        EventStreamServer() as stream,
        BotProcess(folder, settings(commons, stream, model), narrator.bot) as bot,
    ):
        print(f"The bot: {' '.join(bot.command)}")
        print(f"Its wiki: {commons.addresses.base}, and its stream: {stream.url}\n")
        _wait_for_reader(bot, stream)
        scenario = Scenario(commons.wiki, stream, narrator.wiki)
        for _ in scenario.play(seconds):
            _check_alive(bot)
        status = _settled(bot, scenario.announced)
        bot.end()
        outcome = Outcome(status, read_pages(bot.pages))
        outcome.check()
        outcome.report()
        print("\nAs a person sees it (pictures are blurred until clicked):")
        for title, text in outcome.pages.items():
            print(f"  {_rendered(title, text, commons.wiki).as_uri()}")


def settings(
    commons: MiniCommons, stream: EventStreamServer, model: str = DEFAULT_BUNDLE
) -> dict[str, Any]:
    """Return the bot's settings: a dry run, quick retries, and a rule that drawings meet."""
    return {
        "stream": {"url": stream.url, "wiki": "commonswiki", "overlap_seconds": 10},
        "wiki": {
            "api": commons.addresses.api,
            "file_hosts": [urlsplit(commons.addresses.base).netloc],
            "contact": "lookout demo, on loopback",
        },
        "model": {"name": model},
        "rules": [
            {
                "name": LABEL,
                "labels": [LABEL],
                "at_least": dict.fromkeys(("image", "video", "document"), THRESHOLD),
                "actions": ["log"],
            }
        ],
        "retry": {"fresh_seconds": 4.0, "first_pause_seconds": 0.5, "longest_pause_seconds": 2.0},
        "publish": {
            "mode": "dry-run",
            "interval_seconds": 2.0,
            "status_page": {"send": "none"},
        },
    }


def _ensure_model(name: str) -> None:
    try:
        labels = open_bundle(models_folder(), name).card.labels
    except BundleMissing:
        if name != DEFAULT_BUNDLE:
            raise
        print(f"The model {DEFAULT_BUNDLE} is not installed yet.")
        from model.install import install  # noqa: PLC0415 - torch is slow to import

        install(DEFAULT_BUNDLE, models_folder(), say=print)
    else:
        if LABEL not in labels:
            raise ConfigInvalid(
                f"The demonstration asks for {LABEL}s, and {name} knows {', '.join(labels)}."
            )


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lookout-demo-"))
    try:
        yield folder
    finally:
        if keep:
            print(f"The bot's settings, ledger and pages are in {folder}")
        else:
            shutil.rmtree(folder)


def _wait_for_reader(bot: BotProcess, stream: EventStreamServer) -> None:
    deadline = time.monotonic() + CONNECT_S
    while not stream.wait_for_clients(timeout_s=POLL_S):
        _check_alive(bot)
        if time.monotonic() > deadline:
            raise NotArrived(f"the bot did not read the stream within {CONNECT_S:g} s")


def _settled(bot: BotProcess, announced: int) -> Status:
    deadline = time.monotonic() + SETTLE_S
    while not settled(status := bot.status(), seen=announced):
        _check_alive(bot)
        if time.monotonic() > deadline:
            raise NotArrived(
                f"after {SETTLE_S:g} s, of {announced} uploads {status['seen']} are seen: "
                f"{status['states']}, and {status['unpublished']} suggestions are not published"
            )
        time.sleep(POLL_S)
    return status


def _check_alive(bot: BotProcess) -> None:
    if bot.exit_code is not None:
        bot.end()
        raise NotArrived(f"the bot ended with {bot.exit_code}; its last words:\n{bot.last_lines}")


def _rendered(title: str, wikitext: str, wiki: MiniWiki) -> Path:
    path = home() / "demo" / f"review-{title.rsplit('/', 1)[-1]}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    page = render(title, wikitext, lambda file, place: preview(wiki, file, place))
    path.write_text(page, encoding="utf-8")
    return path
