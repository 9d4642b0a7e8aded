"""The dashboard's pages as pictures: `make screenshots` puts two of them into docs/.

Everything on them is made up, and every file is a drawing; see `support.shown`.
"""

import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from support.browser import CHROMIUM, SWITCHES
from support.dashboard import Windows, running

DOCS: Final = Path(__file__).parents[2] / "docs"
COLOURS: Final = 255
WIDE: Final[dict[str, Any]] = {"viewport": {"width": 1100, "height": 760}}
PHONE: Final[dict[str, Any]] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1}
LOOKS: Final = {
    "light": WIDE | {"color_scheme": "light"},
    "dark": WIDE | {"color_scheme": "dark"},
    "phone": PHONE | {"color_scheme": "light"},
}
PATHS: Final = {
    "status": "/",
    "queue": "/queue",
    "entry": "/queue/VIDEO",
    "thresholds": "/explorer?threshold=0.9",
    "statistics": "/statistics",
    "model": "/model",
    "api": "/api",
}


def main(folder: Path | None) -> None:
    """Write the two of the documents, or every page in every look into a folder."""
    wanted = {"queue": ["light"], "thresholds": ["light"]}
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {name: list(LOOKS) for name in PATHS}
    with (
        tempfile.TemporaryDirectory() as place,
        running(Path(place) / "state") as dashboard,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        windows = Windows(browser, dashboard.api.base)
        for name, looks in wanted.items():
            for look in looks:
                page = windows.open_signed_in(dashboard.path(PATHS[name]), **LOOKS[look])
                _settle(page)
                suffix = "" if folder is None else f"-{look}"
                file = (folder or DOCS) / f"dashboard-{name}{suffix}.png"
                file.write_bytes(_small(page.screenshot(full_page=folder is not None)))
                sys.stdout.write(f"{file}: {file.stat().st_size // 1000} kB\n")
        browser.close()


def _settle(page: Page) -> None:
    """Have pictures come, and reveal the first of a queue, as somebody at work would."""
    if page.locator(".queue .picture:has(img)").count():
        page.keyboard.press("j")
        page.locator(".queue .reveal").first.check(force=True)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)


def _small(png: bytes) -> bytes:
    """Return a picture with few colours."""
    encoded = io.BytesIO()
    with Image.open(io.BytesIO(png)) as whole:
        whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            encoded, "PNG", optimize=True
        )
    return encoded.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
