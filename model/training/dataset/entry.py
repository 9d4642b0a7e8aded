"""One labelled picture, as a line of a manifest."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Split = Literal["train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")


class Labelled(BaseModel):
    """A picture file that a person has labelled, as it was found.

    Attributes:
        path: Absolute path of the file.
        label: Name of the folder it lay in.
        source: Where the picture comes from; the name of the labelled folder's parent by default.
        uploader: Who made or uploaded it, or empty; one uploader's pictures resemble each other.
        tags: Slices that are evaluated apart, such as `art`, `medical` or `monochrome`.
        medium: Of the file that the picture shows: image, video or document.
        licence: Under which it may be used, as its source states it, or empty.
        author: As its source states it, or empty.
        page: Address of its description, or empty.
        weight: How many files it stands for; more than 1 where only a sample was labelled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    label: str
    source: str
    uploader: str = ""
    tags: tuple[str, ...] = ()
    medium: str = "image"
    licence: str = ""
    author: str = ""
    page: str = ""
    weight: float = Field(1.0, gt=0, allow_inf_nan=False)


class Examined(Labelled):
    """A picture that could be read.

    Attributes:
        sha1: Of the file, hexadecimal, as Commons gives it.
        fingerprint: Perceptual hash, see `model.fingerprint`; empty for a flat picture.
        width: Pixels, upright.
        height: Pixels, upright.
    """

    sha1: str = Field(pattern="^[0-9a-f]{40}$")
    fingerprint: str = Field(pattern="^([0-9a-f]{16})?$")
    width: int
    height: int


class Entry(Examined):
    """A picture of the data set, with its side of the split and the group it shares it with."""

    group: str
    split: Split


class Removed(BaseModel):
    """A picture that was left out, and why; `like` is the path of the one it repeats."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    label: str
    reason: Literal["unreadable", "tiny", "duplicate", "near-duplicate", "two labels"]
    detail: str = ""
    like: str = ""
