"""Chinese in Simplified glyphs of regular weight, whatever matplotlib's list of fonts holds."""

from __future__ import annotations

import dataclasses
from copy import copy
from pathlib import Path

import numpy as np
import pytest
from commands import environment, python
from fontTools.ttLib import TTCollection
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from optviz.errors import InputError
from optviz.scene import fonts as module
from optviz.scene import style, themes
from optviz.scene.fonts import fonts

SIDE = 120
FOLDER = Path("/usr/share/fonts/opentype/noto")  # where .ci/system-packages puts them
FILES = {weight: FOLDER / f"NotoSansCJK-{weight}.ttc" for weight in ("Regular", "Bold")}
every_face = pytest.mark.skipif(
    not hasattr(FT2Font, "face_index"),
    reason="before 3.11 matplotlib reads only a collection's first face, here the Japanese",
)


@pytest.fixture
def only(monkeypatch):
    """Let the machine have these font files and no others."""

    def have(*paths, packaged=False):
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(p) for p in paths])
        if not packaged:
            monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
        forget()

    def forget():
        module._chinese.cache_clear()
        type(manager)._findfont_cached.cache_clear()

    manager = font_manager.fontManager
    others = [entry for entry in manager.ttflist if not entry.name.startswith("optviz")]
    monkeypatch.setattr(manager, "ttflist", others)
    yield have
    forget()


def inked(picture):
    """A letter's ink 0 to 1, cut out and scaled to one size, that shapes can be compared."""
    ink = 1 - np.asarray(picture.convert("L"), float) / 255
    rows, columns = (np.flatnonzero(ink.max(axis) > 0.5) for axis in (1, 0))
    box = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return 1 - np.asarray(picture.convert("L").crop(box).resize((SIDE, SIDE)), float) / 255


def ours(letter, weight):
    """As a picture of ours shows it."""
    with style.drawing(style.rc(themes.theme("print"), "zh", 20)):
        canvas = FigureCanvasAgg(Figure((2, 2), dpi=100))
        canvas.figure.text(0.1, 0.2, letter, size=SIDE, color="black", weight=weight)
        canvas.draw()
        return inked(Image.fromarray(np.asarray(canvas.buffer_rgba())))


def pillows(letter, weight, family):
    """As Pillow draws it from a face that fontTools has found in the collection."""
    path = FILES[weight]
    with TTCollection(str(path), lazy=True) as collection:
        names = [font["name"].getDebugName(1) for font in collection.fonts]
    [index] = [i for i, name in enumerate(names) if name.startswith(f"Noto Sans CJK {family}")]
    picture = Image.new("L", (300, 300), 255)
    font = ImageFont.truetype(str(path), 200, index=index)
    ImageDraw.Draw(picture).text((30, 0), letter, 0, font)
    return inked(picture)


@every_face
@pytest.mark.parametrize(("asked", "weight"), [("normal", "Regular"), ("bold", "Bold")])
@pytest.mark.parametrize("letter", "直骨径骤")
def test_letters_are_simplified_and_as_heavy_as_they_should_be(letter, asked, weight, only):
    only(*FILES.values())
    shown, right = ours(letter, asked), pillows(letter, weight, "SC")
    others = [pillows(letter, w, f) for w in FILES for f in ("SC", "JP")]
    wrong = [other for other in others if not np.array_equal(other, right)]
    assert len(wrong) == (2 if letter == "骤" else 3)  # the same in this font's Japanese
    assert distance(shown, right) < 0.4 * min(distance(shown, other) for other in wrong)


def distance(a, b):
    return np.abs(a - b).mean()


def test_a_font_that_has_no_bold_is_regular_in_titles(only, caplog):
    only(FILES["Regular"])
    np.testing.assert_array_equal(ours("直", "bold"), ours("直", "normal"))
    assert not caplog.records


def test_a_font_of_simplified_chinese_goes_before_one_that_is_not(only, monkeypatch):
    """Before matplotlib 3.11 a collection is its first face, here the Japanese."""
    only(*FILES.values(), packaged=True)

    class Older:
        """What matplotlib 3.8 tells of a font file."""

        def __init__(self, path):
            self.font = FT2Font(path)

    read = font_manager.ttfFontProperty
    monkeypatch.setattr(module, "FT2Font", Older)
    monkeypatch.setattr(font_manager, "ttfFontProperty", lambda older: read(older.font))
    assert fonts("zh")[-1] == "optviz Noto Sans SC"


def test_a_package_brings_a_chinese_font(only):
    only(packaged=True)
    family = fonts("zh")[-1]
    path = font_manager.findfont(family, fallback_to_default=False)
    assert "zhplot" in path
    assert set(map(ord, "第步损失发散")) <= set(font_manager.get_font(path).get_charmap())


def test_without_any_one_line_says_how_to_get_one(only):
    only()
    with pytest.raises(InputError, match=r"pip install 'optviz\[zh\]'.*fonts-noto-cjk"):
        fonts("zh")


@every_face
def test_a_font_that_is_none_is_passed_over(only, tmp_path):
    (tmp_path / "NotoSansCJK-Broken.ttc").write_bytes(b"no font")
    only(tmp_path / "NotoSansCJK-Broken.ttc", tmp_path / "NotoSansSC-Gone.ttf", FILES["Regular"])
    assert fonts("zh")[-1] == "optviz Noto Sans CJK SC"


@pytest.mark.parametrize(
    ("families", "best"),
    [
        (["Noto Sans CJK JP", "Noto Sans CJK TC", "Noto Sans CJK SC"], "Noto Sans CJK SC"),
        (["Source Han Sans K", "Source Han Sans CN"], "Source Han Sans CN"),
        (["Heiti TC", "Heiti SC"], "Heiti SC"),
        (["Noto Sans CJK JP", "WenQuanYi Zen Hei"], "WenQuanYi Zen Hei"),
        (["PingFang HK", "Hiragino Sans GB"], "Hiragino Sans GB"),
        (["Noto Sans CJK JP", "Microsoft YaHei"], "Microsoft YaHei"),
        (["Noto Sans CJK JP"], "Noto Sans CJK JP"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_family_for_simplified_chinese_is_taken(families, best, order, only, monkeypatch):
    """Also where it stands last, and the others are of the very weight that is wanted."""
    weights = [400 if family != best else 300 for family in families]
    faces = [FontEntry("x.ttc", name=family, weight=weight)
             for family, weight in zip(families, weights, strict=True)]  # fmt: skip
    only()
    monkeypatch.setattr(module, "_faces", lambda: iter(faces[::order]))
    assert fonts("zh")[-1] == f"optviz {best}"


def test_a_list_made_anew_is_mended(only):
    only(*FILES.values())
    family = fonts("zh")[-1]
    known = font_manager.fontManager.ttflist
    kept = list(known)
    known[:] = [entry for entry in kept if entry.name != family]
    fonts("zh")
    assert sorted(map(str, known)) == sorted(map(str, kept))


@every_face
@pytest.mark.parametrize("known", ["none", "bold"])
def test_a_list_that_is_older_than_the_font(known, tmp_path):
    """Matplotlib keeps its list between processes; the same file comes, and nothing on stderr."""
    old = copy(font_manager.fontManager)
    old.ttflist = [
        dataclasses.replace(entry)
        for entry in font_manager.fontManager.ttflist
        if "CJK" not in entry.fname or (known == "bold" and "Sans" in entry.fname
                                        and entry.weight == 700)
    ]  # fmt: skip
    name = f"fontlist-v{font_manager.FontManager.__version__}.json"
    (tmp_path / "old").mkdir()
    font_manager.json_dump(old, tmp_path / "old" / name)
    listed = font_manager.json_load(tmp_path / "old" / name).ttflist
    assert any("CJK" in entry.fname for entry in listed) == (known == "bold")
    code = ("from optviz import animate; animate('himmelblau', ['gd:lr=0.01'], steps=5, "
            "language='zh', size=(400, 200)).save('a.pdf')")  # fmt: skip
    made = []
    for more in ({}, {"MPLCONFIGDIR": str(tmp_path / "old")}):
        env = environment(SOURCE_DATE_EPOCH="0", **more)
        done = python("-c", code, cwd=tmp_path, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        made.append((tmp_path / "a.pdf").read_bytes())
    assert made[0] == made[1]
    assert b"NotoSansCJKsc-Regular" in made[0]
