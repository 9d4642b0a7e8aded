"""The write side: from the outbox to what patrollers see.

              ┌─▶ LogPages ───────┐
Outbox ───────┼─▶ ChangeTag ──────┼──▶ ReviewWiki: DryRunWiki | LiveWiki (pywikibot)
              ├─▶ ReviewCategory ─┤
Census ───────┴─▶ StatusPage ─────┘
"""

from bot.publish.publisher import Publisher
from bot.publish.wiki import Page, ReviewWiki

__all__ = ["Page", "Publisher", "ReviewWiki"]
