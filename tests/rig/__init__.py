"""A real MediaWiki, dressed up as Wikimedia Commons, and its event stream, on loopback.

`tests/rig/install.sh` installs what it needs; `MediaWikiRig` runs it.
"""

from rig.accounts import ACCOUNTS, Account
from rig.client import ApiError, Revision, WikiClient
from rig.controller import MediaWikiRig
from rig.faults import ApiFault, HttpFault, answer, delay, truncate, user_agent_policy
from rig.requirements import missing_requirements

__all__ = [
    "ACCOUNTS",
    "Account",
    "ApiError",
    "ApiFault",
    "HttpFault",
    "MediaWikiRig",
    "Revision",
    "WikiClient",
    "answer",
    "delay",
    "missing_requirements",
    "truncate",
    "user_agent_policy",
]
