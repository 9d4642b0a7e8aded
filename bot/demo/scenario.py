"""What happens on the miniature Commons: a script of uploads, and the stream's usual troubles."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.demo.commons import MiniWiki
from bot.demo.eventstream import EventStreamServer
from bot.demo.traffic import log_event, other_event

MEDIA = Path(__file__).parent / "media"
OTHER_EVENTS_PER_STEP = 4
DELETED = "deleted"
RENDERING_S = 2.0  # how long a fresh upload's thumbnail can be 404
UPLOADERS = {"Lindenblatt": (4_812, 2_900), "PhotoWalk": (131, 210), "Skizzenbuch": (7, 3)}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file from `media/` arrives; what happens `then` happens before the bot can look."""

    title: str
    file: str
    user: str = "PhotoWalk"
    rendering_s: float = 0.0
    then: str = ""  # DELETED, or the file that replaces it


@dataclass(frozen=True, slots=True)
class Cut:
    """The stream breaks inside an event, and a file arrives before the bot is back."""

    meanwhile: Upload


Step = Upload | Cut
SCRIPT: tuple[Step, ...] = (
    Upload(title="File:Cup of coffee.jpg", file="photographs/coffee.jpg"),
    Upload(title="File:Eileen Collins, 1992.jpg", file="photographs/astronaut.jpg"),
    Upload(
        title="File:Chelsea in pencil.jpg", file="drawings/cat_in_pencil.jpg", user="Skizzenbuch"
    ),
    Upload(title="File:Brick wall.jpg", file="photographs/brick.jpg"),
    Upload(title="File:Man with camera.jpg", file="photographs/camera.jpg", user="Lindenblatt"),
    Upload(title="File:Chime in C.wav", file="others/chime.wav"),
    Upload(
        title="File:Astronaut, Bleistift.jpg",
        file="drawings/astronaut_in_pencil.jpg",
        user="Skizzenbuch",
        rendering_s=RENDERING_S,
    ),
    Upload(title="File:Chelsea the cat.jpg", file="photographs/chelsea.jpg"),
    Upload(title="File:Eule bei Nacht (Zeichnung).png", file="drawings/owl.png", then=DELETED),
    Upload(title="File:Hubble extreme deep field.jpg", file="photographs/hubble_deep_field.jpg"),
    Upload(
        title="File:Chelsea, watercolour.jpg",
        file="photographs/chelsea.jpg",
        user="Skizzenbuch",
        then="drawings/cat_in_watercolour.jpg",
    ),
    Upload(title="File:Cell in saline.jpg", file="photographs/cell.jpg", user="Lindenblatt"),
    Upload(title="File:Half an upload.jpg", file="others/damaged.jpg"),
    Cut(Upload(title="File:Falcon 9 with DSCOVR.jpg", file="photographs/rocket.jpg")),
    Upload(
        title="File:Photographer in pencil.jpg",
        file="drawings/photographer_in_pencil.jpg",
        user="Skizzenbuch",
    ),
    Upload(title="File:Retina of a left eye.jpg", file="photographs/retina.jpg"),
    Upload(title="File:Robot.png", file="drawings/robot.png", user="Skizzenbuch"),
    Upload(title="File:Boat.png", file="drawings/boat.png", user="Skizzenbuch"),
    Upload(title="File:Pinwheel.gif", file="others/pinwheel.gif"),
    Upload(title="File:Star sticker.png", file="others/star.png", user="Skizzenbuch"),
    Upload(title="File:Slideshow.webm", file="others/slideshow.webm", user="Skizzenbuch"),
    Upload(title="File:Grass.jpg", file="photographs/grass.jpg"),
    Upload(title="File:Two drawings.pdf", file="others/booklet.pdf", user="Skizzenbuch"),
    Upload(title="File:Formulas.jpg", file="photographs/text.jpg", user="Lindenblatt"),
    Upload(
        title="File:Photographer, watercolour.jpg",
        file="drawings/photographer_in_watercolour.jpg",
        user="Skizzenbuch",
    ),
    Upload(title="File:House.png", file="drawings/house.png", user="Skizzenbuch"),
)


class Scenario:
    """Plays `SCRIPT` on a wiki and its stream."""

    def __init__(self, wiki: MiniWiki, stream: EventStreamServer, say: Say) -> None:
        self._wiki = wiki
        self._stream = stream
        self._say = say
        self._chance = random.Random(1992)
        for name, (edits, days) in UPLOADERS.items():
            wiki.register(name, edits=edits, days=days)

    @property
    def announced(self) -> int:
        """How many upload events there were so far; deletions are none."""
        return sum(entry.type == "upload" for entry in self._wiki.log)

    def play(self, seconds: float) -> Iterator[None]:
        """Play the script within about `seconds`, a step for each item that is taken."""
        for step, due in zip(SCRIPT, self._times(seconds), strict=True):
            time.sleep(max(0.0, due - time.monotonic()))
            self._surround()
            if isinstance(step, Cut):
                self._stream.cut("half")
                self._say("the stream breaks in the middle of an event")
            self._upload(step.meanwhile if isinstance(step, Cut) else step)
            yield
        self._stream.canary()

    def _times(self, seconds: float) -> Iterator[float]:
        start = time.monotonic()
        for index in range(len(SCRIPT)):
            yield start + seconds * index / len(SCRIPT)

    def _surround(self) -> None:
        """Publish what else goes on: nearly all of the real stream is no upload to Commons."""
        for _ in range(OTHER_EVENTS_PER_STEP):
            self._stream.publish(other_event(self._chance))
        self._stream.canary()

    def _upload(self, step: Upload) -> None:
        content = (MEDIA / step.file).read_bytes()
        entries = [
            self._wiki.upload(
                step.title,
                content,
                user=step.user,
                comment="own work",
                rendering_s=step.rendering_s,
            )
        ]
        self._say(f"{step.user} uploads {step.title}{_remark(step)}")
        if step.then == DELETED:
            entries.append(self._wiki.delete(step.title, user="Admin", comment="by request"))
        elif step.then:
            newer = (MEDIA / step.then).read_bytes()
            entries.append(
                self._wiki.upload(step.title, newer, user=step.user, comment="better picture")
            )
        for entry in entries:
            self._stream.publish(log_event(entry))


def _remark(step: Upload) -> str:
    if step.then == DELETED:
        return ", and an administrator deletes it at once"
    if step.then:
        return ", and replaces it at once"
    return "; its thumbnail is not rendered yet" if step.rendering_s else ""
