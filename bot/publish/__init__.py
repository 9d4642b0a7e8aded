"""The write side: from the outbox to the page patrollers read.

Outbox ──▶ Publisher ──▶ page (pure text) ──▶ ReviewWiki: DryRunWiki | LiveWiki (pywikibot)
"""

from bot.publish.publisher import Publisher
from bot.publish.wiki import Page, ReviewWiki

__all__ = ["Page", "Publisher", "ReviewWiki"]
