"""A server process of its own group, which is killed as a whole and never outlives the tests.

A shell leads the group and waits for its standard input to end, which it does when this program is
killed; then it leaves nothing behind.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

SCRIPT = '"$@" & read -r _; kill -KILL $!'


class Leader:
    """Starts the server, and kills it.

    Args:
        log: Where the server's output goes.
        afterwards: What the shell does in the end, with `name` as `$0`.
        name: See `afterwards`.
    """

    def __init__(self, log: Path, *, afterwards: str = "", name: str = "sh") -> None:
        self._log = log
        self._words = ["/bin/sh", "-c", f"{SCRIPT}{afterwards}", name]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str]) -> None:
        """Start the server; it may take a while until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._words, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL, as at a crash of the machine's container."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None
