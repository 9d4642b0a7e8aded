"""Recentchange bodies of what happens on the wikis; `EventStreamServer.publish` completes them.

The fields of each kind are those of recorded events (`tests/samples`).
"""

import random
from collections.abc import Callable
from typing import Any

from bot.demo.commons import LogEntry, base36_sha1
from bot.demo.commons.wiki import COMPACT_TIME

FILE_NAMESPACE = 6
CATEGORY_NAMESPACE = 14
PHRASES = {
    "upload": "uploaded &quot;[[{}]]&quot;: {}",
    "overwrite": "uploaded a new version of &quot;[[{}]]&quot;: {}",
    "delete": "deleted &quot;[[{}]]&quot;: {}",
    "restore": "undeleted &quot;[[{}]]&quot;: {}",
    "move": "moved [[{}]]: {}",
}
OTHER_WIKIS = {
    "enwiki": "en.wikipedia.org",
    "dewiki": "de.wikipedia.org",
    "wikidatawiki": "www.wikidata.org",
    "frwiktionary": "fr.wiktionary.org",
}
Body = dict[str, Any]


def log_event(entry: LogEntry) -> Body:
    """Return the event of a log entry on Commons."""
    return {
        "id": 2_900_000_000 + entry.log_id,
        "type": "log",
        "namespace": FILE_NAMESPACE,
        "title": entry.title,
        "comment": entry.comment,
        "timestamp": int(entry.at.timestamp()),
        "user": entry.user,
        "bot": False,
        "log_id": entry.log_id,
        "log_type": entry.type,
        "log_action": entry.action,
        "log_params": _log_params(entry),
        "log_action_comment": PHRASES[entry.action].format(entry.title, entry.comment),
    }


def _log_params(entry: LogEntry) -> Any:
    if entry.version:
        return {
            "img_sha1": base36_sha1(entry.version.sha1),
            "img_timestamp": f"{entry.version.uploaded_at:{COMPACT_TIME}}",
        }
    if entry.target:
        return {"target": entry.target, "noredir": "0" if entry.redirect else "1"}
    if entry.files:
        return {"count": {"revisions": 1, "files": entry.files}}
    return []  # PHP writes an empty map so


def other_event(chance: random.Random) -> Body:
    """Return one of the many events that are no upload to Commons."""
    return chance.choice(OTHERS)(chance)


def _edit_elsewhere(chance: random.Random) -> Body:
    return {**_edit(chance), **_elsewhere(chance), "namespace": 0, "title": "Example"}


def _upload_elsewhere(chance: random.Random) -> Body:
    """An upload, but to another wiki: what a careless filter lets through."""
    return {
        **_elsewhere(chance),
        "type": "log",
        "namespace": FILE_NAMESPACE,
        "title": "File:Logo of a local club.png",
        "comment": "fair use",
        "user": "Elsewhere",
        "log_id": chance.randrange(1, 10**8),
        "log_type": "upload",
        "log_action": "upload",
        "log_params": {"img_sha1": "0" * 31, "img_timestamp": "20260101000000"},
    }


def _edit_here(chance: random.Random) -> Body:
    return {
        **_edit(chance),
        "namespace": FILE_NAMESPACE,
        "title": "File:Old map of Bruges.jpg",
        "comment": "/* wbsetclaim-create:2||1 */ depicts",
    }


def _categorize(chance: random.Random) -> Body:
    return {
        "type": "categorize",
        "namespace": CATEGORY_NAMESPACE,
        "title": "Category:Maps of Bruges",
        "comment": "[[:File:Old map of Bruges.jpg]] added to category",
        "user": "Cartographer",
        "bot": chance.random() < 0.5,  # noqa: PLR2004 - half of them
    }


def _edit(chance: random.Random) -> Body:
    revision = chance.randrange(10**6, 10**9)
    length = chance.randrange(200, 20_000)
    return {
        "type": "edit",
        "comment": "copyedit",
        "user": "Passer-by",
        "minor": True,
        "patrolled": False,
        "length": {"old": length, "new": length + 12},
        "revision": {"old": revision, "new": revision + 1},
    }


def _elsewhere(chance: random.Random) -> Body:
    wiki = chance.choice(list(OTHER_WIKIS))
    domain = OTHER_WIKIS[wiki]
    return {
        "wiki": wiki,
        "server_name": domain,
        "server_url": f"https://{domain}",
        "meta": {"domain": domain},
    }


OTHERS: tuple[Callable[[random.Random], Body], ...] = (
    _edit_elsewhere,
    _upload_elsewhere,
    _edit_here,
    _categorize,
)
