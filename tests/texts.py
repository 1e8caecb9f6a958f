"""The texts of a picture: which there are, and whether each can be read."""

from __future__ import annotations

from itertools import combinations

from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

# Before 3.11 matplotlib's boxes of texts have a blank of up to a pixel around the letters.
OLDER = not hasattr(FT2Font, "face_index")
BLANK = 1.2 if OLDER else 0.0


def texts_of(scene, at=None):
    """Every visible text that is not empty, at a moment or at the end."""
    scene.picture(scene.steps if at is None else at)
    return [t for t in scene.figure.findobj(Text) if t.get_text() and t.get_visible()]


def assert_texts_fit(scene, at=None):
    """No text is cut off by the picture's edge or overlaps another."""
    _assert_apart(texts_of(scene, at), scene)


def assert_texts_apart(still):
    """The same of a still."""
    still.rgba()
    _assert_apart(
        [t for t in still.figure.findobj(Text) if t.get_text() and t.get_visible()], still
    )


def _assert_apart(texts, scene):
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    for text, box in boxes:
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= scene.width, text
        assert box.y1 <= scene.height, text
    for (a, box), (b, other) in combinations(boxes, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        up = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(across, up) <= BLANK + 1e-9, (a, b)
