"""A bot that patrols the rig's wiki, live, with the `drawing` label standing in for hits."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from rig import MediaWikiRig
from support.bot import BotProcess

PAGE_PREFIX = "User:RigBot/Log"
Deploy = Callable[[MediaWikiRig], BotProcess]


def rig_settings(rig: MediaWikiRig, **publish: Any) -> dict[str, Any]:
    """Return a config.yaml for the rig: live, impatient, drawings flagged."""
    return {
        "stream": {"url": rig.stream.url, "overlap_seconds": 30, "silence_seconds": 5},
        "wiki": {
            "api": rig.api_url,
            "file_hosts": [urlsplit(rig.api_url).netloc],
            "contact": "https://commons.wikimedia.org/wiki/User:RigBot",
        },
        "control": {"run_page": ""},
        "rules": [{"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.5}}],
        "publish": {
            "mode": "live",
            "page_prefix": PAGE_PREFIX,
            "interval_seconds": 0.5,
            "status_page": {"title": "User:RigBot/Status"},
            **publish,
        },
        "retry": {
            "attempts": 6,
            "first_pause_seconds": 0.2,
            "longest_pause_seconds": 1,
            "fresh_seconds": 5,
            "lease_seconds": 5,
        },
    }
