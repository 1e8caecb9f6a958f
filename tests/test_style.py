"""Colours for people who see few of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from coloraide import Color
from matplotlib.colors import to_hex

import optviz
import surfaces
from optviz.descent import CLASSICS
from optviz.errors import InputError
from optviz.optimizers import names, parse
from optviz.scene import Scene, themes
from optviz.scene.panels.contour import LEVELS
from optviz.scene.picture_spec import PictureSpec


def seen(colour, sight):
    return Color(colour) if sight == "all" else Color(colour).filter(sight)


@pytest.mark.parametrize("sight", ["all", "protan", "deutan", "tritan"])
@pytest.mark.parametrize("name", themes.THEMES)
def test_optimizers_keep_apart_for_everybody(name, sight):
    """CIEDE2000: about 1 is just noticeable, 10 is seen at a glance; shapes differ as well."""
    colours = [seen(colour, sight) for colour in themes.THEMES[name].colours]
    distances = {
        (i, j): a.delta_e(b, method="2000")
        for (i, a), (j, b) in combinations(enumerate(colours), 2)
    }
    assert min(distances.values()) > 7
    assert min(d for (_, j), d in distances.items() if j < len(CLASSICS)) > 15


def test_the_classics_have_the_first_colours():
    assert names()[: len(CLASSICS)] == [type(parse(spec)).__name__.lower() for spec in CLASSICS]


MAPS = [None, *themes.CMAPS, *(f"{name}_r" for name in themes.CMAPS)]


def hexes(colours):
    return [to_hex(colour) for colour in colours]


@pytest.mark.parametrize("sight", ["all", "protan", "deutan", "tritan"])
@pytest.mark.parametrize("name", themes.THEMES)
def test_trails_stand_out_from_their_casing(name, sight):
    """On whatever fill: the casing is opaque and lies between."""
    theme = themes.THEMES[name]
    casing = seen(theme.casing, sight)
    for colour in theme.colours:
        assert seen(colour, sight).contrast(casing) >= (3 if sight == "all" else 2.5), colour


@pytest.mark.parametrize("name", themes.THEMES)
def test_text_is_read_on_the_page(name):
    theme = themes.THEMES[name]
    for text in (theme.ink, theme.quiet):
        assert Color(text).contrast(theme.page) >= 4.5  # WCAG's AA


@pytest.mark.parametrize("cmap", MAPS)
@pytest.mark.parametrize("name", themes.THEMES)
def test_a_fill_is_read_from_low_to_high_by_everybody(name, cmap):
    """By its lightness alone: in grey, and by people who see few colours."""
    theme = themes.theme(name, cmap)
    bands = hexes(theme.bands(LEVELS))
    assert Color(bands[0]).contrast(bands[-1]) >= 2.5
    for sight in ("all", "protan", "deutan", "tritan"):
        lightness = np.diff([seen(band, sight).convert("lab")["l"] for band in bands])
        rises = lightness if lightness.sum() > 0 else -lightness
        assert rises.min() > 0.3, (sight, rises)  # a unit is just noticeable side by side


@pytest.mark.parametrize("cmap", MAPS)
@pytest.mark.parametrize("name", themes.THEMES)
def test_level_lines_are_seen_between_their_bands(name, cmap):
    theme = themes.theme(name, cmap)
    bands, lines = hexes(theme.bands(LEVELS)), hexes(theme.level_lines(LEVELS))
    for line, *beside in zip(lines, bands[:-1], bands[1:], strict=True):
        assert min(Color(line).contrast(band) for band in beside) >= 1.5


@pytest.mark.parametrize("name", themes.THEMES)
def test_bands_and_lines_are_in_the_picture(name):
    """Along a row across straight bands: each band's colour, and between them each line's."""
    ramp = surfaces.from_formula("x", scale="linear")
    scene = Scene([optviz.descend(ramp, "gd:lr=1e-9", steps=1)], ["contour"], theme=name,
                  size=(1600, 900))  # fmt: skip
    box, theme = scene.panels[0].axes.bbox, themes.THEMES[name]
    row = scene.picture(0)[round(scene.height - box.y0 - box.height / 4), :, :3].astype(int)
    places = np.linspace(box.x0, box.x1, 2 * LEVELS + 1)[1:-1]
    found = [Color(to_hex(row[int(x)] / 255)) for x in places]
    for k, band in enumerate(theme.bands(LEVELS)):
        assert found[2 * k].delta_e(to_hex(band), method="2000") < 1
    for k in range(1, 2 * LEVELS - 1, 2):
        assert min(found[k].contrast(found[k + side]) for side in (-1, 1)) >= 1.5


def test_an_unknown_colour_map_is_refused():
    with pytest.raises(InputError, match=r"cmap must be one of .* \(did you mean 'viridis'\?\)"):
        PictureSpec(cmap="virids")


def test_a_colour_map_reaches_the_picture(tmp_path):
    film = optviz.animate("sphere", ["gd:lr=0.1"], steps=2, cmap="magma_r", views="contour")
    lowest = film.scene.panels[0].axes.transData.transform((0.02, 0.1))
    column, row = int(lowest[0]), int(film.scene.height - lowest[1])
    assert film.spec.colours.cmap == film.strip(2).spec.cmap == "magma_r"
    picture = film.scene.picture(0)[row - 9 : row + 9, column - 9 : column + 9, :3].reshape(-1, 3)
    wanted = np.rint(255 * themes.theme("light", "magma_r").bands(LEVELS)[0])
    assert (abs(picture - wanted).max(axis=1) <= 1).any()
