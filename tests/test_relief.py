"""The relief: what each pixel shows, what is hidden, how much of the panel it fills."""

from __future__ import annotations

import numpy as np
import pytest

import optviz
import surfaces
from optviz.scene import Scene
from optviz.scene.panels import height_field, relief
from optviz.scene.panels.contour import level_position
from optviz.scene.themes import THEMES

RUNS = [optviz.descend("himmelblau", spec, steps=40) for spec in ("gd:lr=0.01", "adam:lr=0.3")]
VIEWS = ["relief", "relief-turning"]


def still(surface, view="relief", **settings):
    scene = Scene([optviz.descend(surface, "gd:lr=1e-6", steps=4)], [view], **settings)
    return scene, scene.panels[0]


def page_of(scene):
    return np.array([int(scene.spec.colours.page[i : i + 2], 16) for i in (1, 3, 5)])


def panel_pixels(scene, shown, at=0):
    """The panel's pixels, and which of them are not the page's."""
    box = shown.axes.bbox
    rows = slice(round(scene.height - box.y1), round(scene.height - box.y0))
    pixels = scene.picture(at)[rows, round(box.x0) : round(box.x1), :3].astype(int)
    return pixels, (abs(pixels - page_of(scene)) > 2).any(axis=2)


@pytest.mark.parametrize("name", surfaces.names())
def test_it_fills_half_of_its_panel(name):
    scene, shown = still(name)
    assert panel_pixels(scene, shown)[1].mean() >= 0.5


@pytest.mark.parametrize("size", [(400, 300), (1200, 700)])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("view", VIEWS)
def test_it_does_so_in_every_size_and_theme_beside_another_panel(view, theme, size):
    scene = Scene(RUNS, [view, "loss"], size=size, theme=theme)
    for at in (0, 20, 40):
        assert panel_pixels(scene, scene.panels[0], at)[1].mean() >= 0.5


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["sphere", "himmelblau", "eggholder", "monkey_saddle"])
def test_nothing_of_it_is_cut_off(name, view):
    _, shown = still(name, view)
    for azimuth in np.deg2rad([-120, -90, -60, -20, 0]):
        shown._turn_to(azimuth)
        seen = shown.view.pixels()[..., :3].astype(int)
        margins = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
        assert (margins == page_of_style(shown)).all()


def page_of_style(shown):
    page = shown.style.theme.page
    return [int(page[i : i + 2], 16) for i in (1, 3, 5)]


def first_met(shown, across, up, camera):
    """Follow a ray by small steps: "surface" or "floor" or None, and the ground's point."""
    climb, rise = np.sin(camera.elevation), np.cos(camera.elevation)
    # Points of the ray, from the camera on: higher up means nearer.
    height = np.linspace(relief.HEIGHT + 0.01, relief.FLOOR, 8000)
    away = (up - rise * (height - camera.middle)) / climb
    ground = across * camera.right + away[:, None] * camera.away
    scaled = (ground + 1) / 2 * shown.span + shown.low
    inside = (abs(ground) <= 1).all(axis=1)
    surface = shown._height(shown.surface(scaled[:, 0], scaled[:, 1]))
    side = height > surface
    crossed = np.flatnonzero((side[1:] != side[:-1]) & inside[1:] & inside[:-1])
    if crossed.size:
        return "surface", ground[crossed[0]], bool(side[crossed[0]])
    return ("floor" if inside[-1] else None), ground[-1], True


@pytest.mark.parametrize("azimuth", [-60, -100, 5])
@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "peaks", "beale"])
def test_each_pixel_shows_what_its_ray_meets_first(name, azimuth):
    _, shown = still(name)
    shown._turn_to(np.deg2rad(azimuth))
    view, camera = shown.view, shown.camera
    position, part = view._seen()
    random = np.random.default_rng(0)
    agreed = []
    for _ in range(150):
        column, row = random.integers(view.columns), random.integers(view.height)
        up = (row - view.middle_row) / view.scale
        met, ground, above = first_met(shown, float(view.across[column]), up, camera)
        found = part[column, row]
        if met != "surface":
            agreed.append(found == height_field.BARE)
            continue
        away = ground @ camera.away
        place = (away - view.begin[column]) / view.length[column]
        side = height_field.TOP if above else height_field.UNDERSIDE
        agreed.append(found == side and abs(position[column, row] - place) < 0.02)
    assert np.mean(agreed) >= 0.97  # a ray that touches a ridge may go either way


def test_what_a_hill_hides_is_faint_only():
    """A ridge across the view hides the slope behind it, not the one before it."""
    towards = np.array([np.cos(relief.AZIMUTH), np.sin(relief.AZIMUTH)])
    across = f"exp(-40*({towards[0]:.4f}*x + ({towards[1]:.4f})*y)**2)"
    ridge = surfaces.from_formula(across, ((-1, 1), (-1, 1)), (0.5, 0.5), scale="linear")
    _, shown = still(ridge)
    for side, hidden in ((0.3, False), (-0.3, True), (0.9, False)):
        assert shown.view.hidden(np.array([[*(side * towards), 0.03]]))[0] == hidden


def test_trails_lie_on_the_surface():
    scene = Scene(RUNS, ["relief"])
    scene.picture(40)
    shown = scene.panels[0]
    for run, segment, head in zip(
        RUNS, shown.faint.get_segments(), shown.heads.get_offsets(), strict=True
    ):
        scaled = (run.points - shown.low) / shown.span * 2 - 1
        heights = level_position(shown.surface, shown.edges, run.values) * relief.HEIGHT
        points = np.column_stack([scaled, heights + relief.LIFT])
        np.testing.assert_allclose(segment, shown.camera.project(points))
        np.testing.assert_allclose(head, segment[-1])


def outline(seen, page):
    """The surface's upper outline in pixels from below, fractions by the mixed pixel on it."""
    far = abs(seen[..., :3].astype(int) - page).sum(axis=2)
    tops = []
    for column in far.T:
        rows = np.flatnonzero(column > 6)
        top = rows[-1]
        full = max(int(column[top - 2]), 1)
        tops.append(top - 1 + min(column[top] / full, 1) + min(column[top - 1] / full, 1))
    return np.array(tops)


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1200, 700)])
def test_ridges_and_edges_have_no_teeth(size):
    """Neighbouring columns of the outline continue each other within a part of a pixel."""
    scene, shown = still("rosenbrock", size=size, theme="dark")
    seen = shown.view.pixels()
    inside = slice(shown.view.first // 2 + 3, (shown.view.first + shown.view.columns) // 2 - 3)
    bends = abs(np.diff(outline(seen[:, inside], page_of(scene)), 2))
    assert np.median(bends) < 0.3
    assert np.quantile(bends, 0.9) < 0.75


def test_a_turning_camera_turns():
    scene = Scene(RUNS, ["relief-turning"])
    first = scene.picture(0).copy()
    azimuths = []
    for at in (0, 20, 40):
        scene.picture(at)
        azimuths.append(scene.panels[0].camera.azimuth)
    np.testing.assert_allclose(np.diff(azimuths), relief.TURN / 2)
    assert not np.array_equal(scene.picture(40), first)
    np.testing.assert_array_equal(scene.picture(0), first)


HOLES = {
    "sqrt(4-x**2-y**2)": ((-3, 3), (1, 1)),
    "sqrt(x*y)": ((-3, 3), (1, 2)),
    "log(x)**2 + y**2": ((-5, 5), (3, 2)),
    "1/sqrt(x) + 0*y": ((-5, 5), (0.5, 2)),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("formula", HOLES)
def test_there_is_no_ground_where_there_is_no_value(formula, view):
    ends, start = HOLES[formula]
    surface = surfaces.from_formula(formula, (ends, ends), start)
    scene = Scene([optviz.descend(surface, "adam:lr=0.1", steps=3)], [view])
    shown = scene.panels[0]
    for at in (0, 3):
        scene.picture(at)
        position, part = shown.view._seen()
        away = shown.view.begin[:, None] + position * shown.view.length[:, None]
        ground = shown.view.across[:, None, None] * shown.camera.right
        ground = ground + away[..., None] * shown.camera.away
        on_surface = part != height_field.BARE
        scaled = (ground[on_surface] + 1) / 2 * shown.span + shown.low
        near = np.isfinite(surface(scaled[:, 0], scaled[:, 1]))
        assert on_surface.mean() > 0.01
        assert near.mean() > 0.97  # the rest is within a point of the mesh


def test_ticks_of_the_value_stand_at_their_values():
    for name in ("himmelblau", "saddle_point"):
        _, shown = still(name)
        assert len(shown.box.values) >= 2
        for at, label in shown.box.values:
            value = float(label.get_text().replace("−", "-"))
            known = level_position(shown.surface, shown.edges, np.array(value))
            assert at == pytest.approx(relief.HEIGHT * float(known), abs=1e-6)


@pytest.mark.parametrize("name", ["himmelblau", "sphere", "styblinski_tang"])
def test_minima_are_marked_faintly_where_they_are_hidden(name):
    _, shown = still(name)
    places = shown.camera.project(shown.minima)
    hidden = shown.view.hidden(shown.minima)
    np.testing.assert_allclose(shown.stars.get_xydata(), places[~hidden])
    np.testing.assert_allclose(shown.faint_stars.get_xydata(), places[hidden])
    assert len(places) == len(surfaces.get(name).minima)
    assert shown.faint_stars.get_alpha() < shown.stars.get_alpha()
