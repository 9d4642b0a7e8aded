"""The unchanged bot as a child process, with settings that point it at the miniature Commons."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import yaml

from bot.demo.logfmt import Fields, parse
from bot.errors import Stop
from bot.home import HOME_VARIABLE, models_folder

LOOKOUT = Path(sys.executable).with_name("lookout")
GOODBYE_S = 15.0
STATUS_S = 30.0
LAST_LINES = 20


class BotProcess:
    """`lookout run` in a folder of its own; a context manager.

    Args:
        folder: Receives settings, ledger and dry-run pages.
        settings: The whole of its config.yaml.
        hear: Is called with every log line, from another thread.
    """

    def __init__(
        self, folder: Path, settings: dict[str, Any], hear: Callable[[Fields], None]
    ) -> None:
        self._folder = folder
        self._config = folder / "config.yaml"
        self._config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        (folder / "models").symlink_to(models_folder())
        self._hear = hear
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread(target=self._listen, daemon=True)

    @property
    def command(self) -> list[str]:
        """What is run."""
        return [str(LOOKOUT), "run", "--config", str(self._config)]

    @property
    def pages(self) -> Path:
        """The folder of the pages that a live bot would have written to the wiki."""
        return self._folder / "dry-run"

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    @property
    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self._last_lines)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            env=self._environment(),
            cwd=self._folder,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C reaches the demonstration, which ends the bot
        )
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Ask the bot to end as Toolforge does, with SIGTERM; insist if it does not."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()

    def status(self) -> dict[str, Any]:
        """Return what `lookout status --json` tells.

        Raises:
            Stop: it fails, with what it says.
        """
        done = subprocess.run(  # noqa: S603 - our own command
            [LOOKOUT, "status", "--json", "--config", self._config],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=STATUS_S,
        )
        if done.returncode:
            raise Stop(f"`lookout status` failed: {done.stderr.strip()}")
        status: dict[str, Any] = json.loads(done.stdout)
        return status

    def _environment(self) -> dict[str, str]:
        """Return ours without the operator's settings and credentials."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith("LOOKOUT_")}
        return {**ours, HOME_VARIABLE: str(self._folder)}

    def _listen(self) -> None:
        if self._process is None or self._process.stderr is None:
            return
        with self._process.stderr as lines:
            for line in lines:
                self._last_lines.append(line.rstrip())
                fields = parse(line)
                if fields:
                    self._hear(fields)
