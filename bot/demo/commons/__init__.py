"""A miniature Commons over HTTP, small but word for word where the bot reads it."""

from bot.demo.commons.server import MiniCommons
from bot.demo.commons.wiki import LogEntry, MiniWiki, base36_sha1

__all__ = ["LogEntry", "MiniCommons", "MiniWiki", "base36_sha1"]
