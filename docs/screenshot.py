"""Make the README's picture of the explorer: a real page in a real Chromium.

    python docs/screenshot.py

Writes docs/explorer.png.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import optviz

LINK = (
    "#s=beale&o=gd:lr=0.0002;momentum:lr=0.00005;rmsprop:lr=0.02,alpha=0.9;adam:lr=0.2&k=70&n=300"
)


def main() -> None:
    """Open the page, move to a step that is worth seeing, and keep what is seen."""
    target = Path(__file__).with_name("explorer.png")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = optviz.page(path=Path(folder) / "explorer.html")
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page(viewport={"width": 1200, "height": 860})
        page.goto(page_file.as_uri() + LINK)
        page.wait_for_function("() => globalThis.optviz?.running")
        page.wait_for_timeout(300)
        page.screenshot(path=target)
        chromium.close()
    with Image.open(target) as picture:
        picture.convert("RGB").save(target, optimize=True)


if __name__ == "__main__":
    main()
