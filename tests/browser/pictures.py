"""`make pictures`: the pictures of README.md, taken of the demonstration federation as it is now.

    python tests/browser/pictures.py

They are always of the same Monday morning and the same people.
"""

import base64
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from cast import KARI, Past
from playwright.sync_api import Browser, Page, sync_playwright
from programs import find_program
from served import Served
from visitor import launch, visiting

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH = 1200
MAX_BYTES = 200_000
QUALITY = 0.92
AS_WEBP = """async ([picture, quality]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  const file = await canvas.convertToBlob({type: 'image/webp', quality});
  const octets = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(octets, octet => String.fromCharCode(octet)).join('')); }"""


def main() -> int:
    """The pictures are in `docs/pictures`. 1 and a line when Chromium is missing."""
    program = find_program("chromium")
    if program is None:
        sys.stderr.write("The pictures need Debian's Chromium: apt-get install chromium\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="byttebank-pictures-") as folder:
        served = Served(Path(folder))
        try:
            served.start()
            with sync_playwright() as playwright:
                browser = launch(playwright, program)
                take(browser, served)
                browser.close()
        finally:
            served.end()
    return 0


def take(browser: Browser, served: Served) -> None:
    """The three pictures, as Kari at Eidskog sees the pages."""
    past = Past(served)
    past.wait_for_the_neighbours()
    words = "En gave på 300 lokalhistoriske hefter. Vi har begynt, men trenger en som kan."
    request = past.request(
        KARI, "Eidskog", skill="cataloguing", own_words=words, day=past.today() + timedelta(days=7)
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with visiting(browser, served, color_scheme="light") as visitor:
        visitor.sign_in(KARI)
        for name, path, height in (
            ("overview", "/oversikt", 1060),
            ("candidates", f"/foresporsler/{request}", 900),
            ("account", "/konto", 900),
        ):
            visitor.page.set_viewport_size({"width": WIDTH, "height": height})
            keep(visitor.open(path), FOLDER / f"{name}.webp")


def keep(page: Page, path: Path) -> None:
    """What the window shows is in the file, small enough for a front page."""
    picture = base64.b64encode(page.screenshot()).decode()
    octets = base64.b64decode(page.evaluate(AS_WEBP, [picture, QUALITY]))
    assert len(octets) < MAX_BYTES, f"{path.name} has {len(octets)} bytes"
    path.write_bytes(octets)
    sys.stdout.write(f"{path.name}: {len(octets) // 1000} kB\n")


if __name__ == "__main__":
    sys.exit(main())
