"""A run that is outside a panel is marked at the edge, towards where it is."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import optviz
from optviz.scene import Scene
from optviz.scene.panels.profile import Profile
from optviz.scene.panels.relief import AZIMUTH, ELEVATION

RACES = {
    "diverges": ("beale", ["gd:lr=0.1", "adam:lr=0.1"], (-3, -3), 100),
    "leaves": ("hyperbolic_saddle", ["gd:lr=0.2", "adam:lr=0.05", "gd:lr=0.01"], (1, 0.5), 40),
    "zigzags out": ("ellipse", ["gd:lr=0.7", "gd:lr=0.1"], (-5, -2), 60),
    "stays": ("sphere", ["gd:lr=0.1", "adam:lr=0.5"], (4, -3), 60),
}


VIEWS = (["contour", "loss"], ["profile", "loss"])


def outside(panel, at):
    """Which heads are beyond the panel's frame, from the runs themselves."""
    low, high = panel.axes.bbox.min - 1, panel.axes.bbox.max + 1
    return [not bool(((place >= low) & (place <= high)).all()) for place in places(panel, at)]


def places(panel, at):
    """The heads' places in pixels; a profile's balls lie on the surface."""
    ends = [path[min(at, len(path) - 1)] for path in panel.paths]
    if isinstance(panel, Profile):
        ends = [(x, float(panel.surface(x, y))) for x, y in ends]
    return [panel.axes.transData.transform(end) for end in ends]


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("size", [(400, 300), (800, 400)])
@pytest.mark.parametrize("views", VIEWS, ids="-".join)
def test_every_lost_run_has_its_mark_and_no_other(race, views, size):
    surface, specs, start, steps = RACES[race]
    runs = optviz.race(surface, specs, start, steps)
    scene = Scene(runs, views, size=size)
    for at in (0, 1, 5, steps // 2, steps):
        picture = scene.picture(at)
        for panel in scene.panels:
            lost = outside(panel, at)
            shown = panel.edge_marks.artist.get_paths()
            assert len(shown) == sum(lost)
            colours = [panel.style.marks[i][0] for i in range(len(runs)) if lost[i]]
            found = [tuple(np.round(c[:3], 6)) for c in panel.edge_marks.artist.get_facecolor()]
            assert found == [tuple(np.round(to_rgb(colour), 6)) for colour in colours]
            heads = [head for head, gone in zip(places(panel, at), lost, strict=True) if gone]
            for path, colour, head in zip(shown, colours, heads, strict=True):
                corners = path.vertices[:3] * 100
                box = panel.axes.bbox
                np.testing.assert_allclose(corners[0], np.clip(head, box.min, box.max), atol=0.1)
                out = corners[0] - corners[1:].mean(axis=0)
                towards = head - corners[0]
                np.testing.assert_allclose(
                    out / np.hypot(*out), towards / np.hypot(*towards), atol=1e-6
                )
                x, y = corners.mean(axis=0)
                near = picture[scene.height - 1 - int(y), int(x), :3] / 255
                assert np.abs(near - to_rgb(colour)).max() < 0.3 or len(shown) > 1
    assert any(outside(panel, steps) != [False] * len(runs) for panel in scene.panels) == (
        race != "stays"
    )


def test_the_mark_points_the_way_the_run_went():
    [run] = optviz.race("hyperbolic_saddle", ["gd:lr=0.2"], (0.0, 0.5), 40)
    scene = Scene([run], ["contour"])
    scene.picture(40)
    [path] = scene.panels[0].edge_marks.artist.get_paths()
    tip, left, right = path.vertices[:3]
    np.testing.assert_allclose(tip[0], (left + right)[0] / 2)  # straight up
    assert tip[1] > left[1] == right[1]


def seen_from(azimuth, x, y):
    """Where a step on the ground leads on a picture of the relief, without perspective."""
    away = x * np.cos(azimuth) + y * np.sin(azimuth)
    return np.array([y * np.cos(azimuth) - x * np.sin(azimuth), -away * np.sin(ELEVATION)])


@pytest.mark.parametrize("race", RACES)
def test_the_relief_marks_lost_runs_where_the_surface_ends(race):
    surface, specs, start, steps = RACES[race]
    runs = optviz.race(surface, specs, start, steps)
    scene = Scene(runs, ["relief"], size=(600, 400))
    [panel] = scene.panels
    low, high = np.array(runs[0].surface.domain).T
    for at in (0, 1, 5, steps):
        picture = scene.picture(at)
        ends = np.array([run.points[min(at, len(run))] for run in runs])
        lost = [i for i in range(len(runs)) if ((ends[i] < low) | (ends[i] > high)).any()]
        shown = panel.edge_marks.artist.get_paths()
        assert len(shown) == len(lost)
        middles = [path.vertices[:3].mean(axis=0) * 100 for path in shown]
        for i, path, (x, y) in zip(lost, shown, middles, strict=True):
            tip, *back = path.vertices[:3]
            rim = np.clip(ends[i], low, high)
            assert (np.abs(panel.axes.bbox.min + panel.axes.bbox.size / 2 - tip * 100)
                    < panel.axes.bbox.size / 2).all()  # fmt: skip
            out = np.clip((ends[i] - rim) / (high - low), -1e6, 1e6)
            expected = seen_from(AZIMUTH, *out)
            towards = tip - np.mean(back, axis=0)
            np.testing.assert_allclose(
                towards / np.hypot(*towards), expected / np.hypot(*expected), atol=1e-4
            )
            if sum(np.hypot(*(middle - (x, y))) < 20 for middle in middles) == 1:
                near = picture[scene.height - 1 - int(y), int(x), :3] / 255
                assert np.abs(near - to_rgb(panel.style.marks[i][0])).max() < 0.3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_legend_tells_it_at_that_step(language):
    runs = optviz.race("hyperbolic_saddle", ["gd:lr=0.2", "gd:lr=0.01"], (1, 0.5), 40)
    legend = Scene(runs, language=language).legend
    k = runs[0].left_window_at
    assert list(legend.artists_at(k - 1)) == []
    [warning] = legend.artists_at(k)
    assert str(k) in warning.get_text()
    assert runs[1].notice is None
