"""Durable state in SQL: the only package that knows SQL, and the queue of record.

    stream ──▶ Intake ──▶ uploads ──▶ Queue (leases) ──▶ scores + Outbox ──▶ the wiki
                 cursor                                     Census counts it all

An upload is waiting, leased, scored, skipped or dead, and always exactly one of these.
"""

from bot.ledger.census import Census, Counts
from bot.ledger.intake import Intake
from bot.ledger.ledger import Ledger
from bot.ledger.outbox import Effect, Outbox
from bot.ledger.queue import Queue
from bot.ledger.records import Intent, Job, Scored
from bot.ledger.schema import State

__all__ = [
    "Census",
    "Counts",
    "Effect",
    "Intake",
    "Intent",
    "Job",
    "Ledger",
    "Outbox",
    "Queue",
    "Scored",
    "State",
]
