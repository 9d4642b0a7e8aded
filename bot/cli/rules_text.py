"""Trials and readings of rules as text for a terminal."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.rules import Hit
from bot.rules.conditions import Check
from bot.rules.trial import DEPENDS, Reading, Trial, table

if TYPE_CHECKING:
    from bot.ledger import Precedent

WORDS = ("review", "ignored", "cleared", "cleared-in-part")
NARROW = 12
WIDE = 28


def told(trials: Sequence[Trial], *, shown: int) -> str:
    """Return a table of old verdicts against new ones, and the files that change."""
    changed = [trial for trial in trials if trial.changed]
    lines = [
        *_table(trials),
        "",
        f"{len(changed)} of {len(trials)} files change",
        *_missing(trials),
    ]
    lines += [_change(trial) for trial in changed[:shown]]
    if len(changed) > shown:
        lines.append(f"… and {len(changed) - shown} more: --limit shows them, --json all")
    return "\n".join(lines)


def explained(precedent: "Precedent", readings: Sequence[Reading], now: str) -> str:
    """Return every rule with what it asks and what was found."""
    by = f" by {precedent.rule}" if precedent.rule else ""
    made = f"{precedent.decided_at:%Y-%m-%d %H:%M} UTC, {precedent.model}"
    on_record = f"  on record    {precedent.verdict}{by}, {made}"
    lines = [precedent.title, on_record, f"  these rules  {now}"]
    for number, reading in enumerate(readings, 1):
        lines += ["", *_rule(number, reading)]
    return "\n".join(lines)


def _table(trials: Sequence[Trial]) -> list[str]:
    counts = table(trials)
    met = {word for pair in counts for word in pair}
    words = [word for word in (*WORDS, *sorted(met - {*WORDS, DEPENDS}), DEPENDS) if word in met]
    head = "old \\ new".ljust(NARROW + 4) + "".join(word.rjust(NARROW + 4) for word in words)
    rows = [
        old.ljust(NARROW + 4)
        + "".join(f"{counts.get((old, new), 0):>{NARROW + 4}}" for new in words)
        for old in words
        if old != DEPENDS
    ]
    return [head, *rows]


def _missing(trials: Sequence[Trial]) -> list[str]:
    names = Counter(name for trial in trials for name in trial.missing)
    return [f"{name} was not asked then: {count} depend on it" for name, count in names.items()]


def _change(trial: Trial) -> str:
    return f"{trial.old} → {trial.new}  {trial.title}{_by(trial.hit)}"


def _by(hit: Hit | None) -> str:
    if hit is None:
        return ""
    return f"  {hit.rule}" if hit.ignores else f"  {hit.rule}={hit.confidence:.2f} ({hit.tier})"


def _rule(number: int, reading: Reading) -> list[str]:
    rule = reading.rule
    words = {True: "applies", False: "does not apply", None: "cannot be told"}
    shadow = ", in shadow" if rule.shadow else ""
    head = f"{number}. {rule.name} ({', '.join(rule.actions)}{shadow}): {words[reading.applies]}"
    return [head, *_score(reading), *(_check(check) for check in reading.checks)]


def _score(reading: Reading) -> list[str]:
    if reading.threshold is None:
        return []
    place = f" at {reading.place}" if reading.place else ""
    check = Check(
        " + ".join(reading.rule.labels),
        f"at least {reading.threshold:g}",
        f"{reading.weight:.4f}{place}",
        reading.weight >= reading.threshold,
    )
    return [_check(check)]


def _check(check: Check) -> str:
    words = {True: "yes", False: "no", None: "unknown"}
    return f"   {words[check.holds]:<8}{check.name:<{WIDE}}{check.asked}; found: {check.found}"
