"""The bot's own files as labelled ones: what people decided about suggestions and samples."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.collecting.wanted import Wanted
from bot.ledger import Ledger
from bot.ledger.suggestions import AUDIT
from bot.review.outcomes import Answer
from bot.settings.reviewing import ReviewSettings
from bot.statistics.cases import Case, gather

LABELS: Final[Mapping[Answer, str]] = {Answer.HIT: "worth-a-look", Answer.MISS: "fine"}
SUGGESTED: Final = "suggested"
SAMPLE: Final = "audit-sample"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Files with a person's answer, and why others have none: how many by reason."""

    wanted: Sequence[Wanted]
    left_out: Mapping[str, int]


def reviewed_files(
    ledger: Ledger,
    settings: ReviewSettings,
    *,
    since: float,
    until: float,
    labels: Mapping[Answer, str] = LABELS,
) -> Reviewed:
    """Return the pictures that people decided about, labelled by their answer.

    Only what people decided counts, as `reviews` in config.yaml says whose word it is. An answer
    is about whether a file was worth a look for what was suggested. Each file is weighted by how
    many it stands for: suggestions by all that were made over those that were answered, the audit
    sample by all cleared files over the sampled ones that were answered (Horvitz and Thompson,
    JASA 47(260), 1952). So a weighted set resembles all uploads, although people are mostly asked
    about suggestions.

    Args:
        ledger: Holds suggestions and decisions.
        settings: Whose word counts, and of several which.
        since: The first moment, s since 1970.
        until: The end, not included.
        labels: The label of each answer that is one.
    """
    cases = gather(ledger, since, until, settings)
    cleared = ledger.suggestions.volumes(since, until).cleared
    weights = _weights(cases, labels, cleared)
    wanted: dict[str, Wanted] = {}
    left_out: Counter[str] = Counter()
    for case in cases:
        label = labels.get(case.answer) if case.answer else None
        if label and case.suggestion.medium == "image":
            found = _wanted(case, label, weights[_source(case)])
            wanted[found.sha1] = found  # uploaded and decided about again: the last answer counts
        else:
            left_out[_why_not(case, label)] += 1
    return Reviewed(list(wanted.values()), left_out)


def _weights(cases: Sequence[Case], labels: Mapping[Answer, str], cleared: int) -> dict[str, float]:
    answered = Counter(_source(case) for case in cases if case.answer in labels)
    volumes = {
        SUGGESTED: sum(_source(case) == SUGGESTED for case in cases),
        SAMPLE: cleared,
    }
    # A span cut between an upload and its sample can hold more answers than uploads.
    return {
        source: max(1.0, volumes[source] / count) for source, count in answered.items() if count
    }


def _source(case: Case) -> str:
    return SAMPLE if case.suggestion.kind == AUDIT else SUGGESTED


def _why_not(case: Case, label: str | None) -> str:
    if case.answer is None:
        return "undecided"
    return f"a {case.suggestion.medium}" if label else "no answer"


def _wanted(case: Case, label: str, weight: float) -> Wanted:
    one = case.suggestion
    rule = None if one.kind == AUDIT else one.entry.get("rule")
    return Wanted(
        title=one.title,
        label=label,
        source=_source(case),
        sha1=one.sha1,
        uploader=one.uploader,
        tags=(f"rule-{rule}",) if rule else (),
        weight=weight,
    )
