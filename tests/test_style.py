"""Colours for people who see few of them."""

from __future__ import annotations

from itertools import combinations

import pytest
from coloraide import Color

from optviz.descent import CLASSICS
from optviz.optimizers import names, parse
from optviz.scene import style


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
    assert min(d for (_, j), d in distances.items() if j < len(CLASSICS)) > 15


def test_the_classics_have_the_first_colours():
    assert names()[: len(CLASSICS)] == [type(parse(spec)).__name__.lower() for spec in CLASSICS]


@pytest.mark.parametrize("name", style.THEMES)
def test_trails_stand_out_from_the_surface(name):
    theme = style.THEMES[name]
    for colour in theme.colours:
        for ground in (theme.low, theme.high, theme.page):
            assert Color(colour).contrast(ground) >= 2, (colour, ground)
    for text in (theme.ink, theme.quiet):
        assert Color(text).contrast(theme.page) >= 4.5  # WCAG's AA
