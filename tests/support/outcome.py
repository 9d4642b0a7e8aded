"""What the wiki itself says in the end: which uploads there were, and which entries there are."""

from collections import Counter

from bot.publish.template import parse
from rig import MediaWikiRig


def upload_log(rig: MediaWikiRig) -> dict[int, str]:
    """Return every upload there was, log id to title, as the wiki itself counts them."""
    query = rig.client("Admin").get(
        action="query", list="logevents", letype="upload", lelimit="max", leprop="ids|title"
    )
    return {entry["logid"]: entry["title"] for entry in query["query"]["logevents"]}


def entries_on_wiki(rig: MediaWikiRig) -> Counter[int]:
    """Count each entry key over all log pages."""
    admin = rig.client("Admin")
    pages = admin.get(
        action="query", list="allpages", apnamespace=2, apprefix="RigBot/Log/", aplimit=50
    )["query"]["allpages"]
    texts = [admin.text(page["title"]) or "" for page in pages]
    return Counter(call.key for text in texts for call in parse(text))
