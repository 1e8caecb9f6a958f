"""Still pictures, read back by Pillow and an XML parser."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from optviz.animation.still import Still, check_still
from optviz.errors import InputError
from optviz.scene.picture_spec import PictureSpec


@pytest.fixture
def still():
    picture = Still(PictureSpec((400, 300), "dark", "zh"))
    with picture.drawing() as figure:
        axes = figure.add_subplot()
        axes.plot([0, 1], [1, 0])
        axes.set_title("激活函数")
    picture.alt = "A line that falls."
    return picture


def test_a_png_has_its_pixels_and_its_words(still, tmp_path):
    path = still.save(tmp_path / "a.png")
    with Image.open(path) as picture:
        assert picture.size == (400, 300)
        assert picture.info["Description"] == "A line that falls."
        assert picture.info["dpi"] == pytest.approx((100, 100), rel=1e-4)
        np.testing.assert_array_equal(np.asarray(picture), still.rgba()[:, :, :3])
        assert picture.getpixel((0, 0)) == (0x15, 0x18, 0x1E)  # the theme's page


def test_vector_files_have_the_words(still, tmp_path):
    svg = ET.parse(still.save(tmp_path / "a.svg"))
    assert any(element.text == "A line that falls." for element in svg.iter())
    pdf = still.save(tmp_path / "a.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"A line that falls." in pdf


def test_a_notebook_shows_it_with_its_words(still):
    shown = still._repr_mimebundle_()
    assert shown["text/plain"] == "A line that falls."
    assert 'alt="A line that falls."' in shown["text/html"]


NAMED = "must be a file named with .png, .pdf, .svg; not {!r}"


@pytest.mark.parametrize(
    ("name", "said"),
    [*((name, NAMED.format(name)) for name in ("a.gif", "a", "a.html")),
     ("nowhere/a.png", "must be in a folder that exists; not 'nowhere/a.png'")],
)  # fmt: skip
@pytest.mark.parametrize("door", [lambda still, path: check_still(path), Still.save])
def test_what_cannot_be_written_is_refused(door, still, name, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        door(still, name)
    assert str(caught.value) == f"output {said}"
    assert not list(tmp_path.iterdir())
