"""Pictures: artists are asked for their data, texts for their places."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Text
from texts import assert_texts_fit, texts_of

import optviz
import surfaces
from optviz import scenarios
from optviz.scene import PANELS, Scene
from optviz.scene.marks import marks, shades, variants
from optviz.scene.panels.contour import levels
from optviz.scene.panels.trail import PATTERNS, THIN
from optviz.scene.themes import THEMES

RUNS = [optviz.descend("himmelblau", spec, steps=40) for spec in ("gd:lr=0.01", "adam:lr=0.3")]


def lines_of(panel, at):
    """The whole line of each run until a step, in data coordinates, and its head."""
    inverse = panel.axes.transData.inverted()
    heads = panel.heads_at(at)
    places = panel.axes.transData.transform(heads)
    whole = zip(panel.lines, places, strict=True)
    lines = [line.pieces(0, at, place, None)[0] for line, place in whole]
    return [(inverse.transform(line), head) for line, head in zip(lines, heads, strict=True)]


def assert_line(panel, line, points):
    """A line that passes through points, those left out that cannot be seen apart."""
    places, drawn = (panel.axes.transData.transform(p) for p in (points, line))
    np.testing.assert_allclose(drawn[0], places[0], atol=1e-6)
    np.testing.assert_allclose(drawn[-1], places[-1], atol=1e-6)
    apart = np.hypot(*(places[:, None] - drawn[None]).T).T
    assert (apart.min(axis=1) <= THIN + 1e-6).all()
    assert (apart.min(axis=0) < 1e-6).all()


@pytest.mark.parametrize("step", [0, 1, 17, 40])
def test_trails_hold_the_path_up_to_the_step(step):
    scene = Scene(RUNS)
    scene.picture(step)
    contour, loss = scene.panels
    for run, (trail, head) in zip(RUNS, lines_of(contour, step), strict=True):
        assert_line(contour, trail, run.points[: step + 1])
        np.testing.assert_array_equal(head, run.points[step])
    for run, (curve, dot) in zip(RUNS, lines_of(loss, step), strict=True):
        values = np.maximum(run.values, 1e-12 * run.values[0])
        points = np.column_stack([np.arange(step + 1), values[: step + 1]])
        assert_line(loss, curve, points)
        np.testing.assert_array_equal(dot, points[-1])
    np.testing.assert_array_equal(contour.heads.get_offsets(), contour.heads_at(step))


def test_between_two_steps_the_head_is_on_its_way():
    scene = Scene(RUNS)
    scene.picture(3.25)
    for run, (trail, head) in zip(RUNS, lines_of(scene.panels[0], 3.25), strict=True):
        np.testing.assert_allclose(head, 0.75 * run.points[3] + 0.25 * run.points[4])
        assert_line(scene.panels[0], trail, np.vstack([run.points[:4], head]))


def test_a_run_that_diverged_says_so_when_its_step_comes():
    runs = [optviz.descend("beale", spec, steps=60) for spec in ("gd:lr=10", "adam:lr=0.1")]
    step = runs[0].diverged_at
    assert step is not None
    scene = Scene(runs)

    def said(at):
        return [a.get_text() for a in scene._moving(at) if isinstance(a, Text)]

    assert f"diverged at step {step}" not in said(step - 1.5)
    assert f"diverged at step {step}" in said(step)
    assert scene.picture(scene.steps).shape == (400, 800, 4)


def test_minima_in_the_window_are_marked():
    scene = Scene([optviz.descend("himmelblau", "gd", steps=2)])
    marked = {tuple(xy) for line in scene.panels[0].axes.lines for xy in line.get_xydata()}
    assert {(x, y) for x, y, _ in surfaces.himmelblau.minima} <= marked


@pytest.mark.parametrize("name", surfaces.names())
def test_levels_rise_and_span_the_window(name):
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    values = surface(*np.meshgrid(np.linspace(x0, x1, 101), np.linspace(y0, y1, 101)))
    edges = levels(surface, values)
    assert (np.diff(edges) > 0).all()
    assert edges[0] == pytest.approx(values.min(), abs=1e-9 * np.ptp(values))
    assert edges[-1] == pytest.approx(values.max())
    counts, _ = np.histogram(values, edges)
    assert (counts > 0).sum() >= len(counts) // 2  # no picture of one colour


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900), (300, 600)])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", surfaces.names())
def test_no_text_overlaps_another_or_is_cut_off(name, language, size):
    runs = optviz.race(name, lr="default", steps=20)
    scene = Scene(runs, size=size, language=language)
    assert_texts_fit(scene)


def test_chinese_letters_are_drawn():
    """No box for a missing letter: the font has every one that is used."""
    scene = Scene(RUNS, language="zh")
    from matplotlib import font_manager

    for text in texts_of(scene):
        paths = font_manager.fontManager._find_fonts_by_props(text.get_fontproperties())
        known = set().union(*(font_manager.get_font(path).get_charmap() for path in paths))
        plain = "" if "$" in text.get_text() else text.get_text()
        assert not {c for c in plain if ord(c) not in known}, text.get_text()


def test_each_optimizer_keeps_its_colour():
    light = THEMES["light"]
    alone = marks([optviz.Adam()], light)
    among = marks([optviz.GD(), optviz.RMSProp(), optviz.Adam()], light)
    assert among[2] == alone[0]
    every = marks([kind() for kind in optviz.optimizers.REGISTRY.values()], light)
    assert len(set(every)) == len(every)
    # The themes have 24 colours that can be told apart; a later class has another one's, and
    # another shape.
    assert len({colour for colour, _ in every[:24]}) == 24
    for (colour, shape), (first, other) in zip(every[24:], every, strict=False):
        assert colour == first
        assert shape != other


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", scenarios.names())
def test_no_run_wears_the_mark_of_another_class(name, theme):
    """A class has its shape everywhere, its first run its colour; others its shades."""
    optimizers = [run.optimizer for run in scenarios.get(name).run()]
    found = marks(optimizers, THEMES[theme])
    dashes = [PATTERNS[place % len(PATTERNS)] for place in variants(optimizers)]
    assert len({(*mark, tuple(dash)) for mark, dash in zip(found, dashes, strict=True)}) == len(
        found
    )
    own = {kind: marks([kind()], THEMES[theme])[0] for kind in optviz.optimizers.REGISTRY.values()}
    for optimizer, (colour, shape) in zip(optimizers, found, strict=True):
        family = own.get(type(optimizer))
        if family is None:  # a class of the lesson's own: a mark that no other here has
            assert shape not in {own[type(o)][1] for o in optimizers if type(o) in own}
        else:
            assert shape == family[1]
            assert colour in shades(family[0], THEMES[theme].casing)


@pytest.mark.parametrize("theme", THEMES)
def test_themes_paint_the_page(theme):
    picture = Scene(RUNS, theme=theme).picture(0)
    page = tuple(int(THEMES[theme].page[i : i + 2], 16) for i in (1, 3, 5))
    assert tuple(picture[0, 0]) == (*page, 255)


@pytest.mark.parametrize("views", [["contour"], ["loss"], ["loss", "contour", "loss"]])
def test_panels_stand_from_left_to_right(views):
    scene = Scene(RUNS, views, size=(1200, 400))
    assert [type(panel) for panel in scene.panels] == [PANELS[view] for view in views]
    lefts = [panel.axes.get_position().x0 for panel in scene.panels]
    assert lefts == sorted(lefts)


def loss_axes(formula, scale, specs=("gd:lr=0.001", "adam:lr=0.1"), steps=60, **details):
    surface = surfaces.from_formula(formula, scale=scale, **details)
    scene = Scene([optviz.descend(surface, spec, steps=steps) for spec in specs], ["loss"])
    scene.picture(steps)
    return scene.panels[0]


ROSENBROCK = "(1 - x)**2 + 100*(y - x**2)**2"


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("minima", [(), ((1, 1, 0),)])
def test_the_loss_axis_obeys_the_scale(scale, minima):
    shown = loss_axes(ROSENBROCK, scale, domain=((-2, 2), (-1, 3)), minima=minima)
    assert shown.axes.get_yscale() == scale
    for run, curve in zip(shown.runs, shown.paths, strict=True):
        np.testing.assert_allclose(curve[:, 1], run.values)
    known = scale == "log" and minima
    name = "f(x, y) above the minimum" if known else "f(x, y)"
    assert shown.axes.get_ylabel() == name


@pytest.mark.parametrize("name", surfaces.names())
def test_the_loss_axis_of_every_surface_obeys_its_scale(name):
    scene = Scene([optviz.descend(name, "gd", steps=5)], ["loss"])
    assert scene.panels[0].axes.get_yscale() == surfaces.get(name).scale


def test_a_run_that_begins_lowest_is_seen_to_rise():
    surface = surfaces.from_formula("1e-9*(x**2 + y**2) - 1", scale="log")
    run = optviz.descend(surface, "gd:lr=1", start=(0, 0), steps=9, noise=1)
    (curve,) = Scene([run], ["loss"]).panels[0].paths
    assert curve[:, 1].max() == pytest.approx((run.values + 1).max())


def test_a_log_axis_of_values_below_zero_counts_from_the_lowest_seen():
    shown = loss_axes(f"{ROSENBROCK} - 7", "log", domain=((-2, 2), (-1, 3)))
    assert shown.axes.get_ylabel() == "f(x, y) above the lowest value seen"
    for run, curve in zip(shown.runs, shown.paths, strict=True):
        np.testing.assert_allclose(curve[:, 1], run.values + 7)  # the window's grid has (1, 1)


def test_what_lies_below_a_log_axis_lies_on_its_floor():
    """Himmelblau's minima are reached to the last bit; the curve would leave the axis."""
    scene = Scene([optviz.descend("himmelblau", "gd:lr=0.01", steps=60)], ["loss"])
    scene.picture(60)
    shown, run = scene.panels[0], scene.panels[0].runs[0]
    (curve,) = shown.paths
    floor = 1e-12 * run.values[0]
    assert curve[-1, 1] == pytest.approx(floor) != run.values[-1]
    (band,) = shown.axes.patches
    box = band.get_extents().transformed(shown.axes.transData.inverted())
    assert (box.y0, box.y1) == pytest.approx((shown.axes.get_ylim()[0], floor))
    (said,) = [text.get_text() for text in shown.axes.texts]
    assert float(said.removeprefix("< ").replace("−", "-")) == pytest.approx(floor, rel=0.1)
    assert min(shown.axes.get_yticks()) > floor


def test_a_log_axis_without_a_floor_has_none():
    shown = loss_axes(ROSENBROCK, "log", domain=((-2, 2), (-1, 3)))
    assert not shown.axes.patches
    assert not shown.axes.texts


@pytest.mark.parametrize(
    "formula", ["0*x + 3", "0*x", "-3 + 0*y", "x", "1e300*x**2", "1e-300*x**2", "exp(exp(x))"]
)
def test_any_formula_has_a_log_axis(formula):
    shown = loss_axes(formula, "log", steps=4)
    assert shown.axes.get_yscale() == "log"
    low, high = shown.axes.get_ylim()
    assert 0 < low < high < np.inf


def test_runs_with_different_windows_are_shown_in_one_that_holds_all():
    runs = [optviz.descend("sphere", "gd:lr=0.1", start, 5) for start in ((1, 1), (9, 1), (0, -20))]
    assert len({run.surface.domain for run in runs}) > 1
    film = optviz.Animation(runs)
    axes = film.scene.panels[0].axes
    for run in runs:
        (x0, x1), (y0, y1) = run.surface.domain
        assert axes.get_xlim()[0] <= x0 < x1 <= axes.get_xlim()[1]
        assert axes.get_ylim()[0] <= y0 < y1 <= axes.get_ylim()[1]
    assert {run.surface.domain for run in film.trajectories} == {(axes.get_xlim(), axes.get_ylim())}
    np.testing.assert_array_equal(film.trajectories[1].points, runs[1].points)
