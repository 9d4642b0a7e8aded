"""A model card as Markdown, for people."""

from collections.abc import Iterable

from model.card import Card, Training


def card_as_markdown(card: Card) -> str:
    """Render `card`; the JSON beside it stays the source of truth."""
    sections = {
        "Origin": _bullets(_origin(card)),
        "Input and output": _bullets(_interface(card)),
        "Published figures (not ours)": _figures(card),
        "Verified here": _bullets(card.verified),
        "Not verified": _bullets(card.not_verified),
        "Caveats": _bullets(card.caveats),
        "Reduced precision": _precision(card),
        "Files": _bullets(
            f"`{name}`: {artefact.size:,} bytes, sha256 `{artefact.sha256}`"
            for name, artefact in card.artefacts.items()
        ),
        f"Licence: {card.licence.spdx}": _licence(card),
    }
    parts = [f"# {card.title}", *(f"## {title}\n\n{body}" for title, body in sections.items())]
    return "\n\n".join(parts) + "\n"


def _origin(card: Card) -> Iterable[str]:
    if card.package:
        package = card.package
        yield f"Package `{package.name}` {package.version} on {package.registry}"
        yield f"`{package.file}`: {package.size:,} bytes, sha256 `{package.sha256}`"
    if card.training:
        yield from _training(card.training)
    yield from _compression(card)
    yield from (f"`{path}`: sha256 `{sha256}`" for path, sha256 in card.members.items())
    yield f"Architecture: {card.architecture}, {card.parameters:,} parameters"
    yield from (f"Built with {tool} {version}" for tool, version in card.built_with.items())


def _training(training: Training) -> Iterable[str]:
    yield f"Trained here, from {training.initialisation}, on data set `{training.dataset}`"
    yield "Settings: " + ", ".join(f"{name} {value}" for name, value in training.recipe.items())
    yield from (f"Validation {name}: {value:.4f}" for name, value in training.figures.items())
    yield f"Temperature: {training.temperature:.4f} (1 leaves the scores as they are)"
    yield f"Calibration: {training.calibrated or 'none'}"


def _interface(card: Card) -> Iterable[str]:
    yield f"{card.input.description} (preprocessing version `{card.input.preprocessing}`)"
    yield "Labels: " + ", ".join(f"`{label}`" for label in card.labels)


def _figures(card: Card) -> str:
    rows = [
        f"| {figure.metric} | {figure.value} | {figure.reported_by} | {figure.measured_on} |"
        for figure in card.published_figures
    ]
    head = ["| Metric | Value | Reported by | Measured on |", "|---|---|---|---|"]
    return "\n".join(head + rows) if rows else "None is known."


def _compression(card: Card) -> Iterable[str]:
    made = card.compression
    if made is not None:
        yield f"Made of {made.source} (graph {made.source_sha256[:12]}): {made.method}"
        yield f"Largest change of a reference picture's probability: {made.drift:.4f}"
        yield (
            f"Accuracy on validation pictures: {made.accuracy_before:.4f} before, "
            f"{made.accuracy_after:.4f} after"
        )


def _precision(card: Card) -> str:
    return (
        "The bfloat16 graph is used where the processor has that arithmetic and the scores of "
        f"{len(card.reference.scores)} reference pictures stay within {card.reference.bound} of "
        "the float32 ones; this is checked each time it is loaded."
    )


def _licence(card: Card) -> str:
    return f"{_bullets(card.licence.chain)}\n\n```text\n{card.licence.text.strip()}\n```"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
