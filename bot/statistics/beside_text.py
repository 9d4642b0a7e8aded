"""A comparison with a candidate as text for a terminal."""

from bot.review.outcomes import Answer
from bot.statistics.beside import Comparison, Pair
from bot.statistics.interval import Share
from bot.statistics.text import interval

WORDS = {Answer.HIT: "worth a look", Answer.MISS: "not worth it", Answer.NONE: "no answer"}


def told(made: Comparison) -> str:
    """Return the whole of it."""
    shifts = [f"{value:+.2f}" for value in made.shifts.values() if value is not None]
    live = ", ".join(f"{model} ({count})" for model, count in made.live.items())
    rows = [
        ("candidate", made.candidate),
        ("live", live),
        ("files", f"{made.files} scored by both"),
        ("agreement", _counted(made.agreement)),
        ("flips", f"{made.gained} suggested by the candidate alone, {made.lost} by live alone"),
        ("shift", f"lowest, 5 %, median, 95 %, highest: {', '.join(shifts)}"),
        ("", ""),
        ("of what live suggested and people decided:", ""),
        ("  live", f"{_counted(made.live_precision)} worth a look"),
        ("  candidate", f"{_counted(made.candidate_precision)} worth a look"),
        ("  hits kept", _counted(made.hits_kept)),
        ("  misses dropped", _counted(made.misses_dropped)),
        ("of the audit sample's hits, which live had missed:", ""),
        ("  candidate", f"{_counted(made.audited)} found"),
        ("", ""),
        (f"Nobody was asked about the {made.gained} files of the candidate alone.", ""),
        ("Files that differ most, for people to look at (live, candidate, decision):", ""),
    ]
    lines = [f"{name:<17}{value}".rstrip() if value else name for name, value in rows]
    return "\n".join([*lines, *map(_shown, made.furthest)])


def _counted(share: Share) -> str:
    return f"{share.count} of {share.total}: {interval(share)}"


def _shown(pair: Pair) -> str:
    said = WORDS[pair.answer] if pair.answer else "open" if pair.live_reaches else "not asked"
    live = _mark(pair.live, reached=pair.live_reaches)
    candidate = _mark(pair.candidate, reached=pair.candidate_reaches)
    return f"  {live} {candidate}  {said:<13}{pair.title}"


def _mark(weight: float, *, reached: bool) -> str:
    return f"{weight:.2f}{'*' if reached else ' '}"
