"""Durable state in SQL: the only package that knows SQL, and the queue of record.

    stream ──▶ Intake ──▶ uploads ──▶ Queue (leases) ──▶ scores + Outbox ──▶ the wiki
                 cursor                                     Census counts it all

Gaps are what the stream left out and the wiki's log has to fill. History keeps what was decided and
edited; DeadLetters has failed uploads tried again. Reviews keeps what people
decided, Desk takes what they decide here; Suggestions tells what they were asked.

An upload is waiting, leased, scored, skipped or dead, and always exactly one of these.
"""

from bot.ledger.backfillpages import Backfill, ListedFile, Phase
from bot.ledger.backfillreport import OldFlag, Progress
from bot.ledger.backfills import Backfills
from bot.ledger.census import Census, Counts
from bot.ledger.days import Day, Days
from bot.ledger.dead import DeadLetter, DeadLetters
from bot.ledger.desk import Desk, Given
from bot.ledger.flags import Flag, Flags, Wanted
from bot.ledger.gaps import ASKED, CHECK, Gap, Gaps
from bot.ledger.history import History, PastAct, PastDecision, PastEdit
from bot.ledger.hours import Hour, Hours
from bot.ledger.intake import Intake
from bot.ledger.ledger import Ledger
from bot.ledger.lookup import KnownEffect, KnownUpload, KnownVerdict, Lookup
from bot.ledger.outbox import Effect, Outbox, Refusal
from bot.ledger.precedents import Beside, Precedent, Precedents
from bot.ledger.queue import Queue
from bot.ledger.ration import RationedOutbox, Spent
from bot.ledger.records import Decision, Intent, Job, Outcome, Scored
from bot.ledger.reviews import Bookmark, Findings, Review, Reviews, Withdrawal
from bot.ledger.schema import State
from bot.ledger.suggestions import Suggestion, Suggestions, Volumes
from bot.ledger.troubles import OpenGap, Troubles
from bot.ledger.worklist import Item, Place, Sought, Worklist

__all__ = [
    "ASKED",
    "CHECK",
    "Backfill",
    "Backfills",
    "Beside",
    "Bookmark",
    "Census",
    "Counts",
    "Day",
    "Days",
    "DeadLetter",
    "DeadLetters",
    "Decision",
    "Desk",
    "Effect",
    "Findings",
    "Flag",
    "Flags",
    "Gap",
    "Gaps",
    "Given",
    "History",
    "Hour",
    "Hours",
    "Intake",
    "Intent",
    "Item",
    "Job",
    "KnownEffect",
    "KnownUpload",
    "KnownVerdict",
    "Ledger",
    "ListedFile",
    "Lookup",
    "OldFlag",
    "OpenGap",
    "Outbox",
    "Outcome",
    "PastAct",
    "PastDecision",
    "PastEdit",
    "Phase",
    "Place",
    "Precedent",
    "Precedents",
    "Progress",
    "Queue",
    "RationedOutbox",
    "Refusal",
    "Review",
    "Reviews",
    "Scored",
    "Sought",
    "Spent",
    "State",
    "Suggestion",
    "Suggestions",
    "Troubles",
    "Volumes",
    "Wanted",
    "Withdrawal",
    "Worklist",
]
