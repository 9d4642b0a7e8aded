"""The PHP web server as a group of processes that never outlives the tests."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import requests

WORKERS = 6
READY_TIMEOUT_S = 30.0
POLL_S = 0.01

# PHP's workers survive their master, and a master survives its parent. So a shell leads the group
# and waits for its standard input to end, which it does when this program stops or is killed.
_LEADER = '"$@" & read -r _; kill -KILL 0'

_SETTINGS = {
    "apc.enable_cli": "1",
    "apc.shm_size": "128M",
    "memory_limit": "512M",
    "opcache.enable_cli": "1",
    "opcache.validate_timestamps": "0",
    "post_max_size": "210M",
    "upload_max_filesize": "200M",
}


def free_port() -> int:
    """Return a TCP port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PhpServer:
    """`php -S` on loopback.

    Args:
        router: The PHP file that answers requests.
        port: Where to listen.
        env: The server's whole environment.
        opcache: Folder that keeps compiled code between boots.
        log: File for the server's messages.
    """

    def __init__(
        self, router: Path, *, port: int, env: Mapping[str, str], opcache: Path, log: Path
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        settings = {**_SETTINGS, "opcache.file_cache": str(opcache)}
        options = [word for name, value in settings.items() for word in ("-d", f"{name}={value}")]
        self._php = ["php", *options, "-S", f"127.0.0.1:{port}", str(router)]
        self._env = {**env, "PHP_CLI_SERVER_WORKERS": str(WORKERS)}
        self.start()

    def start(self) -> None:
        """Start it, for the first time or again; return at once."""
        with self._log.open("ab") as output:
            self._leader = subprocess.Popen(
                ["/bin/sh", "-c", _LEADER, "sh", *self._php],
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return when requests are answered.

        Raises:
            RuntimeError: the server does not come up; the message holds the end of its log.
        """
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                requests.get(f"{self.url}/rig/busy", timeout=1).raise_for_status()
            except requests.RequestException:
                time.sleep(POLL_S)
            else:
                return
        raise RuntimeError(f"PHP does not answer at {self.url}:\n{self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End all processes at once."""
        os.killpg(self._leader.pid, signal.SIGKILL)
        self._leader.communicate()
