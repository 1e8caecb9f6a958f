"""The README's pictures are those that the code makes today."""

from __future__ import annotations

import io
import runpy

import numpy as np
import pytest
from commands import ROOT
from PIL import Image

SIZE = {"width": 1200, "height": 860}
# Everything that a visitor sees of the explorer; each is looked at by itself.
PARTS = ("head", "plane", "curves", "solid", "player", "anatomy", "side")
TILE = 10  # pixels


@pytest.fixture(scope="module")
def explorer(browser, tmp_path_factory):
    """The page of docs/screenshot.py."""
    page = browser.new_page(viewport=SIZE)
    script = runpy.run_path(str(ROOT / "docs/screenshot.py"))
    script["take"](page, tmp_path_factory.mktemp("docs") / "now.png")
    yield page
    page.close()


@pytest.fixture(scope="module")
def kept():
    """The picture that README shows."""
    return np.asarray(Image.open(ROOT / "docs/explorer.png").convert("L"), float)


def seen(page):
    """What is on the screen, in shades of grey."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"), float)


def box(page, part):
    """The rows and columns that a part takes on the screen."""
    found = page.locator(f".ov-{part}").bounding_box()
    left, top = int(found["x"]), int(found["y"])
    right, bottom = left + int(found["width"]), top + int(found["height"])
    return slice(top, min(bottom, SIZE["height"])), slice(left, min(right, SIZE["width"]))


def detail(picture):
    """The share of tiles in which something is drawn."""
    high, wide = (side // TILE for side in picture.shape)
    tiles = picture[: high * TILE, : wide * TILE].reshape(high, TILE, wide, TILE)
    return float((tiles.std(axis=(1, 3)) > 8).mean())


def alike(now, before):
    """Whether about as much is drawn, also with other fonts."""
    return 0.7 < (detail(now) + 1e-9) / (detail(before) + 1e-9) < 1.4


@pytest.mark.parametrize("part", PARTS)
def test_the_screenshot_shows_each_part_of_the_explorer_of_today(explorer, kept, part):
    assert kept.shape == (SIZE["height"], SIZE["width"])
    where = box(explorer, part)
    assert detail(kept[where]) > 0.1
    assert alike(seen(explorer)[where], kept[where])


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_vanishes_is_noticed(explorer, kept, part):
    where = box(explorer, part)
    style = explorer.add_style_tag(content=f".ov-{part} * {{ visibility: hidden !important }}")
    try:
        assert not alike(seen(explorer)[where], kept[where])
    finally:
        style.evaluate("element => element.remove()")


def test_the_screenshot_has_the_same_shades(explorer, kept):
    """Loosely: fonts differ between machines, layout and curves do not."""
    pictures = [
        Image.fromarray(p.astype(np.uint8)).resize((120, 86)) for p in (kept, seen(explorer))
    ]
    before, now = (np.asarray(picture, float) for picture in pictures)
    assert np.abs(before - now).mean() < 4
