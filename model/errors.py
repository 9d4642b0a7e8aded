"""The errors of this project, split by what the caller should do about them.

LookoutError
├── RetryLater            a passing fault: try the same thing again after a pause
│   └── WorkerDied        the isolated process crashed, hung or ran out of memory on this input
│       └── WorkerStalled it gave no answer in time
├── NotYet                the thing is still being made: ask again in a while
├── Never                 this input will not succeed, however often it is tried
│   └── ImageError
│       ├── Unsupported   a format, or a variant of one, that is not read here
│       ├── Undecodable   the bytes are damaged beyond use
│       ├── OverLimit     more bytes, pixels or frames than the limits allow
│       └── NoPictures    a sound without pictures, or a video without a frame
└── Stop                  going on would be wrong: a person has to act
    ├── DatasetUnusable   labelled pictures that cannot be learned from as they are
    ├── TrainingRefused   these settings, or this earlier run, do not fit together
    ├── CannotStore       a result cannot be written: full disk, missing rights
    └── BundleError
        ├── BundleMissing the model is not installed
        ├── BundleCorrupt files on disk do not match their recorded hashes
        ├── SourceUnavailable  the package a model comes from cannot be had
        ├── SignatureInvalid   the card is not signed by the key in question
        └── KeyUnusable        a file does not hold the key it should

`bot.errors` grows the branches that concern wikis from the same four kinds.
"""


class LookoutError(Exception):
    """Base of every error this project raises on purpose."""


class RetryLater(LookoutError):
    """A passing fault. `retry_after` is the pause the other side asked for, in seconds."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotYet(LookoutError):
    """Expected to exist soon, as a fresh upload's thumbnail is."""


class Never(LookoutError):
    """Final for this input."""


class Stop(LookoutError):
    """The program must not go on until a person has acted; the message says how."""


class WorkerDied(RetryLater):
    """An isolated process ended without an answer; the input may be to blame."""


class WorkerStalled(WorkerDied):
    """An isolated process was ended because its time was up."""


class ImageError(Never):
    """The bytes did not become a picture."""


class Unsupported(ImageError):
    """A format, or a variant of a format, that is not read here."""


class Undecodable(ImageError):
    """Damaged beyond use."""


class OverLimit(ImageError):
    """Larger than the limits allow, in bytes, pixels or frames."""


class NoPictures(ImageError):
    """A sound without pictures, or a video without a frame; the message says which."""


class DatasetUnusable(Stop):
    """Labelled pictures that cannot be learned from as they are; the message says which."""


class TrainingRefused(Stop):
    """Settings that do not fit the data set, the model or the run that is to go on."""


class CannotStore(Stop):
    """A result could not be written, and what was there before still is."""


class BundleError(Stop):
    """The classifier cannot be used."""


class BundleMissing(BundleError):
    """Not installed; the message names the command that installs it."""


class BundleCorrupt(BundleError):
    """What is on disk is not what was installed."""


class SourceUnavailable(BundleError):
    """The registry package could not be fetched or is not the pinned one."""


class SignatureInvalid(BundleError):
    """The owner of the key has not signed this card as it is."""


class KeyUnusable(BundleError):
    """The file cannot be read, or holds no key of the kind that is needed."""
