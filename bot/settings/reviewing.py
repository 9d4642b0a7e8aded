"""How patrollers' decisions are read back, and which of them count."""

from typing import Literal

from pydantic import Field

from bot.settings.values import Section, Share

Source = Literal["page", "category", "deletion", "kept"]
Consensus = Literal["latest", "first", "majority", "agreeing"]


class ReviewSettings(Section):
    """Where decisions are looked for, whose count, and what a file marked fine means."""

    sources: tuple[Source, ...] = ("page", "category", "deletion", "kept")
    interval_seconds: float = Field(20.0, ge=0.1, le=3600)
    days: int = Field(30, ge=1, le=365)
    reviewer_groups: tuple[str, ...] = ("autoconfirmed",)
    exclude_uploader: bool = True
    exclude_bots: bool = True
    exclude_users: tuple[str, ...] = ()
    consensus: Consensus = "latest"
    agreeing: int = Field(2, ge=1, le=20)
    near_duplicate_bits: int = Field(4, ge=0, le=16)
    audit_rate: Share = 0.0
    audit_seed: str = Field("lookout", min_length=1, max_length=100)
    audit_prefix: str = Field("User:CommonsLookoutBot/Audit", min_length=1, max_length=200)
