"""Panels beyond contour and loss: artists are asked for their data."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from texts import assert_texts_fit

import optviz
import surfaces
from optviz.descent import with_turned
from optviz.errors import InputError
from optviz.scene import PANELS, Scene
from optviz.scene.themes import THEMES

LINE = surfaces.fit_line([0, 1, 2, 3, 4], [1.1, 2.9, 5.2, 6.8, 9.1])
RUNS = [optviz.descend("himmelblau", spec, steps=40) for spec in ("gd:lr=0.01", "adam:lr=0.3")]
FITS = [optviz.descend(LINE, spec, steps=40) for spec in ("gd:lr=0.05", "adam:lr=0.3")]


def panel(view, runs, at, **settings):
    scene = Scene(runs, [view], **settings)
    scene.picture(at)
    return scene.panels[0]


def test_the_data_panel_draws_points_and_the_lines_of_the_moment():
    shown = panel("data", FITS, 13)
    (dots,) = [line for line in shown.axes.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(dots.get_xydata(), np.column_stack(LINE.data))
    for run, segment in zip(FITS, shown.lines.get_segments(), strict=True):
        weight, bias = run.points[13]
        np.testing.assert_allclose(segment[:, 1], weight * segment[:, 0] + bias)


def test_the_contour_of_a_fit_names_its_axes():
    axes = panel("contour", FITS, 0).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("weight w", "bias b")


def test_the_data_panel_needs_data():
    with pytest.raises(InputError, match="fit_line"):
        Scene(RUNS, ["data"])


@pytest.mark.parametrize("at", [0, 7, 7.5, 40])
def test_each_ball_lies_at_its_value_on_its_own_cut(at):
    shown = panel("profile", RUNS, at)
    ground = shown.axes.lines[0].get_xydata()
    np.testing.assert_allclose(ground[:, 1], surfaces.himmelblau(ground[:, 0], -0.9))
    k = int(at)
    for run, (x, y), cut in zip(
        RUNS, shown.heads.get_offsets(), shown.cuts.get_segments(), strict=True
    ):
        point = run.points[k] + (at - k) * (run.points[min(k + 1, 40)] - run.points[k])
        assert x == pytest.approx(point[0])
        assert y == pytest.approx(surfaces.himmelblau(*point))
        np.testing.assert_allclose(cut[:, 1], surfaces.himmelblau(cut[:, 0], point[1]))


def test_at_the_minimum_the_ball_lies_at_the_minimum():
    run = optviz.descend("himmelblau", "gd:lr=0.01", steps=200)
    shown = panel("profile", [run], 200)
    ((x, y),) = shown.heads.get_offsets()
    assert y == pytest.approx(run.values[-1], abs=1e-9) == 0
    (cut,) = shown.cuts.get_segments()
    assert np.interp(x, *cut.T) == pytest.approx(cut[:, 1].min(), abs=0.1)
    assert shown.axes.get_ylim()[0] < y


def test_a_formula_in_x_alone_has_one_cut():
    surface = surfaces.from_formula("x**2")
    shown = panel("profile", [optviz.descend(surface, "gd:lr=0.1", steps=5)], 5)
    assert not shown.leaves
    assert shown.axes.get_ylabel().startswith("f(x, ")


def test_the_rate_panel_shows_the_schedule():
    runs = [optviz.descend("sphere", spec, steps=50) for spec in ("gd:lr=cosine(0.1,50)", "adam")]
    shown = panel("lr", runs, 50)
    cosine, constant = shown.paths
    steps = np.arange(51)
    np.testing.assert_allclose(cosine[:, 1], 0.05 * (1 + np.cos(np.pi * steps / 50)), atol=1e-15)
    np.testing.assert_array_equal(constant[:, 1], np.full(51, 0.001))


VIEWS = [["relief", "contour"], ["relief-turning", "loss"], ["profile", "lr"],
         ["contour", "profile", "loss"], ["relief"]]  # fmt: skip


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900)])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("views", VIEWS, ids=",".join)
@pytest.mark.parametrize("name", ["himmelblau", "goldstein_price", "easom"])
def test_no_text_overlaps_another_or_is_cut_off(name, views, language, size):
    if len(views) > 2 and size == (400, 300):
        size = (600, 300)
    runs = optviz.race(name, lr="default", steps=20)
    assert_texts_fit(Scene(runs, views, size=size, language=language))


@pytest.mark.parametrize("view", PANELS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_panel_draws_in_every_theme(view, theme):
    """On the theme's page, and what moves in its panel, beyond the counter, is each run's."""
    runs = with_turned(FITS if view == "data" else RUNS)
    scene = Scene(runs, [view], theme=theme)
    begin, end = scene.picture(0).copy(), scene.picture(40)
    assert to_hex(end[0, 0] / 255).upper() == THEMES[theme].page
    box = scene.panels[0].axes.bbox
    rows = slice(int(scene.height - box.y1), int(scene.height - box.y0))
    moved = (begin != end)[rows, int(box.x0) : int(box.x1)].any(axis=2)
    assert moved.mean() > 0.001


ODD = [
    "3", "0*x", "1/x", "exp(exp(x))", "tan(x)*1e300", "1e-300*x", "x*1e200", "x*1e307",
    "-1e300/x", "abs(x) + abs(y)", "minimum(x, y)", "x**y", "1e-320*x", "(x*y)**50",
    "log(x + 5.1)", "maximum(x, 0)**2",
]  # fmt: skip


@pytest.mark.parametrize("formula", ODD)
def test_the_oddest_formula_makes_its_pictures(formula):
    """Without a warning, too: the suite turns warnings into errors."""
    surface = surfaces.from_formula(formula)
    runs = optviz.race(surface, steps=10)
    scene = Scene(runs, ["contour", "loss", "relief", "profile"], size=(1200, 300))
    assert scene.picture(0).shape == scene.picture(scene.steps).shape == (300, 1200, 4)


def test_a_surface_with_hardly_any_ground_is_drawn():
    surface = surfaces.from_formula("sqrt(-(x-1)**2 - (y-1)**2)", start=(1, 1))
    views = ["relief", "relief-turning", "contour", "profile", "loss"]
    scene = Scene([optviz.descend(surface, "gd", steps=2)], views, size=(1200, 300))
    assert scene.picture(scene.steps).shape == (300, 1200, 4)


WIDE = [((0, 1000), (0, 1)), ((0, 1), (0, 200)), ((-1, 1), (-10, 10)), ((-10, 10), (-1, 1))]


@pytest.mark.parametrize("views", [["contour"], ["contour", "loss"], ["contour", "loss", "lr"]])
@pytest.mark.parametrize("size", [(400, 300), (800, 400)])
@pytest.mark.parametrize("domain", WIDE)
def test_a_narrow_window_fills_its_panel(domain, size, views):
    surface = surfaces.from_formula("x**2 + y**2", domain)
    scene = Scene([optviz.descend(surface, "gd:lr=0.01", steps=3)], views, size=size)
    scene.picture(3)
    box = scene.panels[0].axes.get_window_extent()
    assert box.width > 0.14 * size[0]
    assert box.height > 0.5 * size[1]
    np.testing.assert_allclose(scene.panels[0].axes.transData.transform(
        np.transpose(domain)), [box.min, box.max])  # fmt: skip


@pytest.mark.parametrize("domain", [((-5, 5), (-5, 5)), ((-5, 5), (-1, 1)), ((0, 60), (-10, 10))])
def test_other_windows_keep_equal_scales(domain):
    surface = surfaces.from_formula("x**2 + y**2", domain)
    axes = Scene([optviz.descend(surface, "gd", steps=3)]).panels[0].axes
    origin, x, y = axes.transData.transform([(0, 0), (1, 0), (0, 1)])
    assert x[0] - origin[0] == pytest.approx(y[1] - origin[1])


def test_arrows_point_as_the_trail_runs_where_scales_differ():
    surface = surfaces.from_formula("(x-500)**2/1e5 + 10*(y-0.5)**2", ((0, 1000), (0, 1)))
    run = optviz.descend(surface, "gd:lr=0.02", steps=5)
    scene = Scene([run], ["contour", "anatomy"], size=(900, 400))
    for k in (0, 3):
        scene.picture(k)
        axes = scene.panels[0].axes
        trail = np.diff(axes.transData.transform(run.points[[k, k + 1]]), axis=0)[0]
        begin, tip = scene.panels[0].arrows.artists["step"]._posA_posB
        drawn = np.subtract(tip, begin)
        cosine = drawn @ trail / np.linalg.norm(drawn) / np.linalg.norm(trail)
        assert cosine == pytest.approx(1)


def test_the_curvature_panel_shows_the_largest_one_and_the_limit_of_gd():
    surface = surfaces.from_formula("x**2 + 3*y**2 - x*y**2")
    runs = [
        optviz.descend(surface, spec, (1, 1), 20)
        for spec in ("gd:lr=0.2", "adam:lr=0.2", "momentum:lr=0.4")
    ]
    shown = panel("curvature", runs, 20)
    for run, path in zip(runs, shown.paths, strict=True):
        x, y = run.points.T  # eigenvalues of ((2, -2y), (-2y, 6 - 2x)), by hand
        largest = 4 - x + np.sqrt((x - 2) ** 2 + 4 * y**2)
        np.testing.assert_allclose(path[:, 1], largest)
    lines = [line.get_ydata() for line in shown.axes.lines if line.get_linestyle() == "--"]
    np.testing.assert_allclose(lines, [[10] * 21, [9.5] * 21])
    assert [text.get_text() for text in shown.axes.texts] == ["2/lr", "3.8/lr"]


def test_a_limit_far_above_all_curvatures_does_not_press_them_flat():
    shown = panel("curvature", [optviz.descend("sphere", "gd:lr=0.01", steps=9)], 9)
    assert not [line for line in shown.axes.lines if line.get_linestyle() == "--"]
    assert shown.axes.get_ylim()[1] < 3


def test_where_the_curvature_is_not_finite_there_is_no_point():
    tip = surfaces.from_formula("sqrt(x**2 + y**2)")
    shown = panel("curvature", [optviz.descend(tip, "gd:lr=1", (1, 0), 3)], 3)
    assert not np.isfinite(shown.paths[0][:, 1]).all()


def test_the_contour_shows_the_points_that_an_optimizer_keeps_besides():
    specs = ["schedulefree(gd:lr=0.2)", "adam:lr=0.1", "lookahead(gd:lr=0.2,k=4)"]
    runs = [optviz.descend("ellipse", spec, (-5, -2), 20) for spec in specs]
    shown = panel("contour", runs, 7)
    free, _, lookahead = runs
    x, z = free.points[7], free.states["z"][7]
    expected = [z, x + 0.1 * (z - x), lookahead.states["slow"][7]]
    np.testing.assert_allclose(shown.companions.rings.get_offsets(), expected)
    for join, run in zip(
        shown.companions.joins.get_segments(), [free, free, lookahead], strict=True
    ):
        np.testing.assert_allclose(join[0], run.points[7])
    assert [name.get_text() for name in shown.companions.names] == ["z", "y", "slow"]
    between = panel("contour", runs, 7.5).companions.rings.get_offsets()
    np.testing.assert_allclose(between[0], (z + free.states["z"][8]) / 2)


def test_before_the_first_step_they_stand_at_the_head_and_are_not_named():
    run = optviz.descend("ellipse", "lookahead(schedulefree(gd:lr=0.1))", (-5, -2), 20)
    shown = panel("contour", [run], 0)
    np.testing.assert_array_equal(shown.companions.rings.get_offsets(), [(-5, -2)] * 3)
    drawn = list(shown.companions.artists_at(0, shown.heads_at(0)))
    assert drawn == [shown.companions.joins, shown.companions.rings]
    named = list(shown.companions.artists_at(9, shown.heads_at(9)))
    assert set(named) > set(drawn)


def test_others_keep_none():
    shown = panel("contour", RUNS, 7)
    assert not list(shown.companions.artists_at(7, shown.heads_at(7)))


def test_the_rate_panel_shows_the_rate_that_prodigy_sets():
    run = optviz.descend("booth", "prodigy:lr=cosine(1,60)", (-6, 4), 30)
    shown = panel("lr", [run], 30)
    expected = run.states["d"][:, 0] * [run.optimizer.rate(t) for t in range(1, 32)]
    np.testing.assert_allclose(shown.paths[0][:, 1], expected)
    assert shown.axes.get_yscale() == "log"
