"""Somebody who uploads all the while: photographs, and every fifth time a drawing."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.pictures import distinct, thumbnails

from rig import MediaWikiRig
from support.world import CAT

DRAWING_EACH = 5
PACE_S = 0.05


class Uploader:
    """Uploads in a thread of its own; a context manager that waits for the last upload."""

    def __init__(self, rig: MediaWikiRig, count: int) -> None:
        self._rig = rig
        self._count = count
        self._numbers = itertools.count()
        self._photographs = thumbnails()
        self._one_at_a_time = threading.Lock()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._failure: Exception | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the last upload."""
        self._thread.join()
        if self._failure:
            raise self._failure

    def upload_drawing(self) -> None:
        """Upload one more file, which the bot will suggest."""
        with self._one_at_a_time:
            self._upload(CAT)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Upload nothing meanwhile: of an upload that is cut off, the wiki may send no event."""
        with self._one_at_a_time:
            self._rig.settle()
            yield

    def _work(self) -> None:
        pause = threading.Event()
        try:
            for number in range(self._count):
                drawn = number % DRAWING_EACH == 0
                picture = CAT if drawn else self._photographs[number % len(self._photographs)]
                with self._one_at_a_time:
                    self._upload(picture)
                pause.wait(PACE_S)
        except Exception as error:  # noqa: BLE001 - raised again by join
            self._failure = error

    def _upload(self, picture: bytes) -> None:
        number = next(self._numbers)
        content = distinct(picture, number)
        self._rig.client("Uploader").upload(f"Chaos {number}.jpg", content)
