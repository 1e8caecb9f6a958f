"""The README's pictures are those that the code makes today."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]


def test_the_screenshot_is_the_explorer_of_today(browser, tmp_path):
    """Loosely: fonts differ between machines, layout and curves do not."""
    script = runpy.run_path(str(ROOT / "docs/screenshot.py"))
    page = browser.new_page(viewport={"width": 1200, "height": 860})
    script["take"](page, tmp_path / "now.png")
    page.close()
    pictures = []
    for path in (ROOT / "docs/explorer.png", tmp_path / "now.png"):
        with Image.open(path) as image:
            pictures.append(np.asarray(image.convert("RGB").resize((120, 86)), float))
    assert np.abs(pictures[0] - pictures[1]).mean() < 4
