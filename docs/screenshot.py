"""Make the README's picture of the explorer: a real page in a real Chromium.

    python docs/screenshot.py

Writes docs/explorer.png.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import optviz

# A step that is worth seeing: momentum has shot past, RMSProp and Adam are on their way.
LINK = (
    "#s=beale&o=gd:lr=0.0002;momentum:lr=0.00005;rmsprop:lr=0.02,alpha=0.9;adam:lr=0.2&k=70&n=300"
)


def take(page: Page, target: Path) -> None:
    """Open the explorer in a browser's page and keep what is seen."""
    with tempfile.TemporaryDirectory() as folder:
        file = optviz.page(path=Path(folder) / "explorer.html")
        page.goto(file.as_uri() + LINK)
        page.wait_for_function("() => globalThis.optviz?.model.running")
        page.wait_for_timeout(300)
        page.screenshot(path=target)
    with Image.open(target) as picture:
        picture.convert("RGB").save(target, optimize=True)


def main() -> None:
    """Take it for the README."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page(viewport={"width": 1200, "height": 860})
        take(page, Path(__file__).with_name("explorer.png"))
        chromium.close()


if __name__ == "__main__":
    main()
