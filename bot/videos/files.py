"""A video seen whole: fetched into a nameless temporary file, cut into scenes, scored."""

from bot.commons import Commons, FileInfo, Transcode
from bot.config import Settings
from bot.engine import Engine
from bot.errors import NothingToScore
from bot.media import Fetcher
from bot.videos.account import limits_of
from bot.videos.budget import Budget
from bot.videos.download import Downloaded, downloaded
from bot.videos.scenes import views_of
from bot.videos.watched import Watched
from model.errors import NoPictures

BITS = 8
SHORTEST_S = 1.0  # for scoring what was fetched in time
NO_PICTURES = "no-pictures"  # a skip reason


class Transcodes:
    """Looks at the smallest finished transcode. Safe to share between threads."""

    def __init__(self, commons: Commons, fetcher: Fetcher, engine: Engine) -> None:
        self._commons = commons
        self._fetcher = fetcher
        self._engine = engine

    def watch(self, info: FileInfo, budget: Budget, settings: Settings) -> Watched:
        """Return the views of its scenes.

        Raises:
            NothingToScore: none is finished that is small enough.
            OverLimit: it turned out larger than `video.max_mebibytes`.
            RetryLater, NotYet, Never: it cannot be had, or not be decoded.
        """
        budget.take_request()
        found = self._commons.transcodes(info.title)
        fitting = [one for one in found if _fits(one, info, settings)]
        if not fitting:
            raise NothingToScore("no-transcode", f"none of {len(found)} transcodes will do")
        limit, address = settings.video.max_bytes, fitting[0].address
        with downloaded(self._fetcher.hosts, address, budget, limit=limit, beginning=False) as file:
            return _watched(self._engine, file, budget, settings)


class Originals:
    """Looks at the original, or its beginning when it is large. Safe to share between threads."""

    def __init__(self, fetcher: Fetcher, engine: Engine) -> None:
        self._fetcher = fetcher
        self._engine = engine

    def watch(self, info: FileInfo, budget: Budget, settings: Settings) -> Watched:
        """Return the views of the scenes in the bytes that may be fetched.

        Raises:
            RetryLater, NotYet, Never: it cannot be had, or not be decoded.
        """
        limit = settings.video.max_bytes
        with downloaded(self._fetcher.hosts, info.url, budget, limit=limit, beginning=True) as file:
            return _watched(self._engine, file, budget, settings)


def _fits(transcode: Transcode, info: FileInfo, settings: Settings) -> bool:
    expected_bytes = transcode.bits_per_s * info.duration / BITS
    small = expected_bytes <= settings.video.max_bytes
    return small and transcode.height <= settings.video.transcode_height


def _watched(engine: Engine, file: Downloaded, budget: Budget, settings: Settings) -> Watched:
    budget.check()
    limits = limits_of(settings.video, budget.seconds_left)
    try:
        score = engine.watch(file.path, limits)
        budget.check_stop()  # else what the end of the bot cut short would pass for all
    except NoPictures as error:
        raise NothingToScore(NO_PICTURES, str(error)) from error
    reasons = score.reasons if file.complete else (*score.reasons, "only its beginning was fetched")
    return Watched(
        views=views_of(score, settings.rules),
        partial=bool(reasons),
        gap_s=score.coverage.longest_gap_s,
        notes=reasons,
    )
