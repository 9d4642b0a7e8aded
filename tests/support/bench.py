"""A scorer on a bench: real ledger, real wiki client and a miniature Commons, a scripted engine."""

import io
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from bot.commons import Commons
from bot.config import Settings
from bot.demo.commons import LogEntry, MiniCommons
from bot.engine import Engine, Keep, Pictures, Scores, Seen
from bot.events import Upload
from bot.identity import user_agent
from bot.lanes import Lane
from bot.ledger import Ledger
from bot.media import Fetcher
from bot.rules import View
from bot.scoring import Scorer
from bot.settings.intake import MediaSettings, WikiSettings
from bot.settings.rules import Rule, Thresholds
from bot.settings.scoring import RetrySettings
from bot.settings.video import VideoSettings
from bot.shadow import Shadow
from model.image import Frame, Picture
from model.isolated_classifier import Candidate
from model.video.limits import VideoLimits
from model.video.score import Coverage, Moment, Scene, VideoScore

ANY_MOMENT_S = 0.001  # a pause that is over by the next turn
AGENT = user_agent("test@example.org")
DULL = {"drawing": 0.0, "neutral": 1.0}
STRIKING = {"drawing": 1.0, "neutral": 0.0}

AT_LEAST = Thresholds(image=0.5, video=0.6, document=0.5)

Deed = Callable[[bytes, str], Seen]


def dull(_data: bytes = b"", place: str = "") -> Seen:
    """See nothing worth a look."""
    return Seen((View(DULL, place),), partial=False)


def striking(_data: bytes = b"", place: str = "") -> Seen:
    """See what the bench's rule is about."""
    return Seen((View(STRIKING, place),), partial=False)


def video_score(*scenes: Scene, reasons: tuple[str, ...] = ()) -> VideoScore:
    """Return what was seen of a video with these scenes."""
    coverage = Coverage(
        duration_s=scenes[-1].end_s,
        longest_gap_s=1.0,
        frames_decoded=9,
        frames_corrupt=0,
        frames_scored=9,
        frames_repeated=0,
    )
    return VideoScore(scenes, coverage, codec="vp9", width=320, height=240, reasons=reasons)


def one_scene(_data: bytes = b"") -> VideoScore:
    """See one dull scene of two seconds."""
    return video_score(Scene(0.0, 2.0, (Moment(0.0, DULL), Moment(1.0, DULL))))


def picture(colour: str, side: int = 40) -> bytes:
    """Return a PNG that needs no thumbnail."""
    encoded = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(encoded, "PNG")
    return encoded.getvalue()


class ScriptedEngine(Engine):
    """Sees what it is told to see, without any process."""

    def __init__(self) -> None:
        self.version = "scripted/1"
        self.labels = tuple(DULL)
        self.deed: Deed = dull
        self.looks: list[tuple[bytes, str]] = []
        self.candidate = Candidate("candidate/1", tuple(DULL), trouble="")
        self.candidate_deed: Callable[[float], dict[str, float]] = lambda _: DULL
        self.watch_deed: Callable[[bytes], VideoScore] = one_scene
        self.watched: list[int] = []  # how many bytes each watched file had

    def look(
        self,
        data: bytes,
        place: str,
        media: MediaSettings,  # noqa: ARG002 - a script knows no time limit
        keep: Keep | None = None,
    ) -> Seen:
        """Do the deed, and hand on as many frames as it sees views."""
        return self._do(data, place, keep)

    def decode(self, data: bytes, media: MediaSettings) -> Picture:  # noqa: ARG002 - as for `look`
        """Keep the bytes for `see`, as the only row of a frame."""
        frame = Frame(np.frombuffer(data, np.uint8)[None], index=0)
        return Picture((frame,), "PNG", len(data), 1, frame_count=1, truncated=False)

    def classify(self, pictures: Pictures, *, hurried: bool = False) -> list[dict[str, float]]:  # noqa: ARG002 - a script knows no time limit
        """Return what `see` takes no notice of."""
        return [DULL for _ in pictures]

    def see(
        self,
        picture: Picture,
        place: str,
        keep: Keep | None = None,
        scores: Scores | None = None,  # noqa: ARG002 - the deed decides
    ) -> Seen:
        """Do the deed, as `look` does."""
        return self._do(picture.frames[0].pixels.tobytes(), place, keep)

    def _do(self, data: bytes, place: str, keep: Keep | None) -> Seen:
        self.looks.append((data, place))
        seen = self.deed(data, place)
        if keep:
            keep([np.zeros((1, 1, 3), np.uint8)] * len(seen.views))
        return seen

    def classify_by_candidate(
        self, pictures: Pictures, *, timeout_s: float
    ) -> list[dict[str, float]]:
        """Do the candidate's deed with each picture."""
        return [self.candidate_deed(timeout_s) for _ in pictures]

    def watch(self, path: Path, limits: VideoLimits, keep: Keep | None = None) -> VideoScore:  # noqa: ARG002 - a script knows no limits
        """Read the file and do the deed."""
        data = path.read_bytes()
        self.watched.append(len(data))
        return self.watch_deed(data)

    def close(self) -> None:
        """There is nothing to end."""


class HookedFetcher(Fetcher):
    """Fetches in earnest, after what a test wants to happen before."""

    before: Callable[[str], object] = str
    addresses: list[str]

    def fetch(self, address: str) -> bytes:
        """Let the hook raise or act, then fetch."""
        self.addresses.append(address)
        self.before(address)
        return super().fetch(address)


class Bench:
    """Uploads go in by `upload`, `turn` works on them, `row` tells how they stand."""

    def __init__(self, folder: Path, mini: MiniCommons, engine: Engine | None = None) -> None:
        self.mini = mini
        self.wiki = mini.wiki
        self.database = folder / "ledger.sqlite"
        self.ledger = Ledger(f"sqlite:///{self.database}")
        self.engine = ScriptedEngine()
        self.stop = threading.Event()
        self.settings = self.adjusted()
        self.commons = Commons(
            self.settings.wiki, user_agent=AGENT, width=self.settings.media.thumbnail_width
        )
        self.fetcher = HookedFetcher(self.settings.wiki, self.settings.media, user_agent=AGENT)
        self.fetcher.addresses = []
        self.use(engine or self.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.commons.close()
        self.ledger.close()

    def adjusted(self, **retry: Any) -> Settings:
        """Return settings that retry at any moment and take nothing for fresh, but for `retry`."""
        host = self.mini.addresses.base.removeprefix("http://")
        patience = {
            "first_pause_seconds": ANY_MOMENT_S,
            "longest_pause_seconds": ANY_MOMENT_S,
            "fresh_seconds": 0.0,
        }
        return Settings(
            wiki=WikiSettings(api=self.mini.addresses.api, file_hosts=(host,)),
            rules=(Rule(name="drawn", labels=("drawing",), at_least=AT_LEAST),),
            retry=RetrySettings(**{**patience, **retry}),
            video=VideoSettings(sources=("transcode", "stills", "original")),
        )

    def use(self, engine: Engine, shadow: Shadow | None = None) -> None:
        """Score with another engine from now on, and with its candidate in shadow mode."""
        parts = (self.ledger, self.commons, self.fetcher, engine, self.stop)
        self.scorer, self.videos, self.documents = (
            Scorer(*parts, lane=lane, shadow=shadow) for lane in Lane
        )

    def upload(self, name: str, content: bytes = b"", **more: Any) -> LogEntry:
        """Upload a file, by default a small square, and announce it."""
        entry = self.wiki.upload(
            f"File:{name}",
            content or picture("#123456"),
            user="Alice",
            comment="own work",
            **more,
        )
        self.announce(entry)
        return entry

    def announce(self, entry: LogEntry, **changed: Any) -> None:
        """Tell the ledger of an upload, as the stream would."""
        assert entry.version
        told = {
            "log_id": entry.log_id,
            "action": entry.action,
            "title": entry.title,
            "user": entry.user,
            "by_bot": False,
            "sha1": entry.version.sha1,
            "uploaded_at": entry.version.uploaded_at,
        }
        self.ledger.intake.record("bench", [Upload(**{**told, **changed})], None)

    def turn(self, settings: Settings | None = None) -> int:
        """Let the scorers of all lanes take one turn, after every pause is over."""
        time.sleep(2 * ANY_MOMENT_S)
        lanes = (self.scorer, self.videos, self.documents)
        return sum(lane.turn(settings or self.settings) for lane in lanes)

    def turns(self, settings: Settings | None = None) -> int:
        """Let the scorer work until nothing waits; return in how many turns."""
        taken = 0
        while self.unfinished():
            self.turn(settings)
            taken += 1
        return taken

    def unfinished(self) -> int:
        """Count the uploads that are not in a final state."""
        return self.ledger.census.take().unfinished

    def row(self, entry: LogEntry) -> dict[str, Any]:
        """Return how an upload stands, straight from the database."""
        (row,) = self.sql("SELECT * FROM uploads WHERE log_id = ?", entry.log_id)
        return row

    def partial(self, entry: LogEntry) -> bool:
        """Tell whether the stored scores of an upload's content are marked partial."""
        assert entry.version
        (row,) = self.sql("SELECT partial FROM scores WHERE sha1 = ?", entry.version.sha1)
        return bool(row["partial"])

    def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run one statement beside everything else that uses the ledger."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]
