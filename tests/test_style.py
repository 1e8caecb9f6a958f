"""Colours for people who see few of them, and fonts for Chinese."""

from __future__ import annotations

from itertools import combinations

import pytest
from coloraide import Color
from matplotlib import font_manager

from optviz.errors import InputError
from optviz.scene import style

FIVE = 5  # the course's optimizers come first


def seen(colour, sight):
    return Color(colour) if sight == "all" else Color(colour).filter(sight)


@pytest.mark.parametrize("sight", ["all", "protan", "deutan", "tritan"])
@pytest.mark.parametrize("name", style.THEMES)
def test_optimizers_keep_apart_for_everybody(name, sight):
    """CIEDE2000: about 1 is just noticeable, 10 is seen at a glance; shapes differ as well."""
    colours = [seen(colour, sight) for colour in style.THEMES[name].colours]
    distances = {
        (i, j): a.delta_e(b, method="2000")
        for (i, a), (j, b) in combinations(enumerate(colours), 2)
    }
    assert min(distances.values()) > 7
    assert min(d for (_, j), d in distances.items() if j < FIVE) > 15


@pytest.mark.parametrize("name", style.THEMES)
def test_trails_stand_out_from_the_surface(name):
    theme = style.THEMES[name]
    for colour in theme.colours:
        for ground in (theme.low, theme.high, theme.page):
            assert Color(colour).contrast(ground) >= 2, (colour, ground)
    for text in (theme.ink, theme.quiet):
        assert Color(text).contrast(theme.page) >= 4.5  # WCAG's AA


@pytest.fixture
def no_system_fonts(monkeypatch):
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    style._chinese_font.cache_clear()
    yield
    style._chinese_font.cache_clear()


def test_a_package_brings_a_chinese_font(no_system_fonts):
    family = style.fonts("zh")[-1]
    path = font_manager.findfont(family, fallback_to_default=False)
    assert "zhplot" in path
    assert set(map(ord, "第步损失发散")) <= set(font_manager.get_font(path).get_charmap())


def test_without_any_one_line_says_how_to_get_one(no_system_fonts, monkeypatch):
    monkeypatch.setattr(style.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'optviz\[zh\]'.*fonts-noto-cjk"):
        style.fonts("zh")
