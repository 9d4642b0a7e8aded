"""One file on the wiki whose picture is wanted, under a label."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file and what is known of it.

    Attributes:
        title: With its namespace, such as `File:A.jpg`.
        label: What a person says it shows.
        source: Where the label comes from.
        sha1: Of the version that was labelled, hexadecimal; empty for whichever is current.
        uploader: Empty for whoever the wiki names.
        tags: Slices that are evaluated apart.
        weight: How many files it stands for.
    """

    title: str
    label: str
    source: str
    sha1: str = ""
    uploader: str = ""
    tags: tuple[str, ...] = ()
    weight: float = 1.0
