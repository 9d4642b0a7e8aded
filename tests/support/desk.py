"""A service at which people sign in, with suggestions to decide about."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.ledger import Ledger
from support.api import ApiProcess
from support.ledgers import address
from support.oauth import CLIENT, SECRET, OAuthProvider
from support.reviews import suggest
from support.world import World

KEY: Final = "0123456789abcdef" * 2
SUGGESTED: Final = range(1, 12)
EXCLUDED: Final = "Excluded"


@contextmanager
def desk(folder: Path, world: World, wiki: OAuthProvider) -> Iterator[ApiProcess]:
    """Run one; its log must name neither secrets nor people."""
    for name in ("Patroller", "Second", EXCLUDED, "Uploader"):
        world.wiki.register(name, edits=99, days=99)
    world.wiki.register("Machine", edits=99, days=99, groups=("bot",))
    world.wiki.register("Blocked", edits=99, days=99, blocked=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    wiki.callback = f"{base}/login/callback"
    changed = world.settings(
        serve={"port": port},
        signin={"client_id": CLIENT, "address": f"{base}/", "oauth": f"{wiki.url}/"},
        reviews={"exclude_users": [EXCLUDED]},
    )
    secrets = {"LOOKOUT_SIGNIN_SECRET": SECRET, "LOOKOUT_SESSION_KEY": KEY}
    with ApiProcess(folder, changed, secrets) as api:
        with Ledger(address(folder / "ledger.sqlite")) as ledger:
            for log_id in SUGGESTED:
                suggest(ledger, log_id)
        yield api
        log = api.log_text()
        assert "level=error" not in log
        assert not any(secret in log for secret in (KEY, SECRET, "Patroller"))
