"""Instruments on surfaces: closed forms, dense matrices, and runs just below and above limits."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import optviz
import surfaces
from optviz import optimizers, scenarios
from optviz.instruments import INSTRUMENTS
from optviz.instruments.alpha import alpha
from optviz.instruments.measuring import usual_gap
from optviz.instruments.of_run import series_of
from optviz.instruments.stability import stability
from optviz.optimizers.state import State
from optviz.scene import Scene

BOWL = surfaces.from_formula("20*x**2 + y**2", start=(-3, -1))  # curvatures 40 and 2
STEEPEST = 40.0


def values(run, name):
    return series_of(run, name).values


def ends(root, point, step):
    """The moments at the ends of a step on the quadratic |root (x)|^2 / 2."""
    hessian = root.T @ root
    return [
        SimpleNamespace(point=at, gradient=hessian @ at) for at in (point, point + step)
    ], hessian


NUMBERS = st.floats(-3, 3, width=32)


@given(arrays(float, (3, 3), elements=NUMBERS), arrays(float, 3, elements=NUMBERS),
       arrays(float, 3, elements=NUMBERS))  # fmt: skip
def test_alpha_on_a_quadratic_is_its_closed_form(root, point, step):
    (before, after), hessian = ends(root, point, step)
    slope, bend = before.gradient @ step, step @ hessian @ step
    if abs(slope) < 1e-6 or bend < 1e-6:
        return
    assert alpha(before, after) == pytest.approx(-bend / slope - 1, rel=1e-6, abs=1e-9)
    # A step cut to the bottom has 0, twice as long as that 1, and none at all -1.
    for share, expected in ((1, 0), (2, 1), (1e-9, -1)):
        part = -share * slope / bend * step
        moments, _ = ends(root, point, part)
        assert alpha(*moments) == pytest.approx(expected, abs=1e-4)


def cockpits(before, after, losses, variances):
    """Cockpit's: a parabola fitted to losses and slopes at both ends, by their variances."""
    step = after.point - before.point
    t = np.linalg.norm(step)
    design = np.array([[1, 0, 0], [1, t, t * t], [0, 1, 0], [0, 1, 2 * t]])
    seen = np.array([*losses, before.gradient @ step / t, after.gradient @ step / t])
    weights = 1 / np.sqrt(variances)
    _, b, c = np.linalg.lstsq(design * weights[:, None], seen * weights, rcond=None)[0]
    return 2 * t / (-b / c) - 1


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_cockpits_on_a_quadratic_however_noisy_and_its_limit_elsewhere(seed):
    rng = np.random.default_rng(seed)
    (before, after), hessian = ends(rng.normal(size=(3, 3)), *rng.normal(size=(2, 3)))
    losses = [at.point @ hessian @ at.point / 2 for at in (before, after)]
    fitted = cockpits(before, after, losses, rng.uniform(0.1, 10, 4))
    assert alpha(before, after) == pytest.approx(fitted, rel=1e-9)
    # Elsewhere it is Cockpit's where slopes are known far better than losses.
    after.gradient = after.gradient + (after.point - before.point)
    fitted = cockpits(before, after, losses, np.array([1e8, 1e8, 1, 1]))
    assert alpha(before, after) == pytest.approx(fitted, rel=1e-6)


def test_alpha_of_gd_is_known_from_its_rate():
    """Along an axis GD's step lands at rate times curvature minus one."""
    bowl = replace(BOWL, start=(-3.0, 0.0))
    for product in (0.5, 1.0, 1.5, 2.0):
        found = values(optviz.descend(bowl, f"gd:lr={product / STEEPEST}", steps=1), "alpha")
        assert found == pytest.approx([product - 1], abs=1e-9)


def test_without_a_bottom_there_is_no_alpha():
    hill = surfaces.from_formula("-x**2 - y**2", start=(1, 1))
    assert np.isnan(values(optviz.descend(hill, "gd:lr=0.1", steps=3), "alpha")).all()
    rests = optviz.descend(BOWL, "gd:lr=0.01", start=(0, 0), steps=3)
    assert np.isnan(values(rests, "alpha")).all()


def test_norms_are_numpys():
    run = optviz.descend("himmelblau", "momentum:lr=0.01", steps=30)
    steps = np.linalg.norm(np.diff(run.points, axis=0), axis=1)
    away = np.linalg.norm(run.points - run.points[0], axis=1)
    slopes = np.linalg.norm(run.gradients, axis=1)
    for name, known in (("gradnorm", slopes), ("steplength", steps), ("distance", away)):
        np.testing.assert_allclose(values(run, name), known, rtol=1e-12, atol=1e-15)
    assert [len(series_of(run, name)) for name in ("gradnorm", "steplength")] == [31, 30]


def test_curvature_and_trace_are_those_of_differences():
    run = optviz.descend("beale", "adam:lr=0.1", steps=15)
    h = 1e-4
    by_x, by_y = (
        (run.surface.gradient(run.points + d) - run.surface.gradient(run.points - d)) / (2 * h)
        for d in ((h, 0), (0, h))
    )
    dense = np.stack([by_x, by_y], axis=1)
    known = np.linalg.eigvalsh((dense + dense.transpose(0, 2, 1)) / 2)[:, -1]
    np.testing.assert_allclose(values(run, "curvature"), known, rtol=1e-5)
    np.testing.assert_allclose(
        values(run, "trace"), np.trace(dense, axis1=1, axis2=2), rtol=1e-5, atol=1e-5
    )
    assert not series_of(run, "trace").errors.any()


def test_noise_is_not_in_what_is_measured():
    noisy = optviz.descend(BOWL, "gd:lr=0.01", steps=5, noise=3.0, seed=1)
    exact = np.linalg.norm(BOWL.gradient(noisy.points), axis=1)
    np.testing.assert_allclose(values(noisy, "gradnorm"), exact)


AT_LIMIT = ["gd", "momentum:momentum=0.9", "momentum:momentum=0.9,nesterov=true",
            "gd:weight_decay=5", "momentum:momentum=0.5,weight_decay=5"]  # fmt: skip


@pytest.mark.parametrize("spec", AT_LIMIT)
@pytest.mark.parametrize(("share", "rests"), [(0.98, True), (1.02, False)])
def test_below_its_own_limit_a_run_rests_and_above_it_does_not(spec, share, rests):
    rule = optimizers.parse(spec)
    decay = rule.weight_decay
    run = optviz.descend(
        BOWL,
        replace(rule, lr=share * rule.stability_limit() / (STEEPEST + decay)),
        steps=1500,
    )
    np.testing.assert_allclose(values(run, "stability"), share, rtol=1e-9)
    far = np.abs(run.points).max(axis=1)
    assert (far[-1] < 1e-3) == rests
    assert (run.diverged_at is not None or far[-1] > 1e3) != rests


@pytest.mark.parametrize(("share", "rests"), [(0.98, True), (1.02, False)])
@pytest.mark.parametrize("decay", [0.0, 1.0])
def test_adams_limit_is_moved_by_decoupled_decay(share, rests, decay):
    """With v held fixed, so that the curvature is divided by 1."""
    rule = optviz.AdamW(amsgrad=True, weight_decay=decay)
    limit = rule.stability_limit()
    rule = replace(rule, lr=share * limit / (STEEPEST + share * limit * decay / 2))
    moment = SimpleNamespace(optimizer=rule, rate=rule.lr, divided_eigenvalue=STEEPEST)
    assert stability(moment) == pytest.approx(share)
    held = State(10**6, rule.init((1e-6, 0.0)).slots | {"max_exp_avg_sq": (1.0, 1.0)})
    walk = optviz.iterate(lambda p: (STEEPEST * p[0], p[1]), rule, (1e-6, 0.0), state=held)
    far = [abs(next(walk).params[0]) for _ in range(1200)]
    grown = any(size > 1e-3 for size in far)  # from there on squares count
    assert (max(far[-50:]) < 1e-7 and not grown) == rests
    assert grown != rests


def test_adam_hovers_at_its_own_limit():
    """The scenario measures it by a formula of its own."""
    (adam,) = scenarios.get("adams-limit").run()
    late = values(adam, "stability")[len(adam) // 2 :]
    assert np.median(late) == pytest.approx(1, abs=0.15)
    assert late.max() > 1


@pytest.mark.parametrize("spec", ["rmsprop", "lion", "newton", "clip(gd:norm=1)", "gd:maximize=1"])
def test_where_theory_knows_no_limit_there_is_none(spec):
    run = optviz.descend(BOWL, optimizers.parse(spec), steps=3)
    assert np.isnan(values(run, "stability")).all()


@pytest.mark.parametrize(
    ("steps", "gap"),
    [([0, 20, 40, 47, 60], 20), ([0, 1, 20, 21, 40, 41], 1), ([0, 5, 6, 10, 12], 1), ([3], 1)],
)
def test_steps_are_measured_over_the_most_frequent_gap(steps, gap):
    assert usual_gap(steps) == gap


def test_every_instrument_has_a_view_or_is_another_panels():
    from optviz.scene import LEARNING_PANELS, PANELS

    assert set(INSTRUMENTS) - {"ratio"} <= set(PANELS)  # a point's distance from 0 says nothing
    assert set(INSTRUMENTS) <= set(LEARNING_PANELS)


def test_gaps_in_a_line_are_left_and_the_rest_is_drawn():
    """At first the valley bends down along the steps: there is no bottom, and no line."""
    run = optviz.descend("himmelblau", "gd:lr=0.01", steps=40)
    found = values(run, "alpha")
    gap = np.isnan(found)
    assert gap[:5].all()
    assert not gap[12:20].any()
    scene = Scene([run], ["alpha"], size=(600, 400))
    (panel,) = scene.panels
    for at, seen in ((4.0, False), (16.0, True)):
        before = scene.picture(0).astype(int)
        moved = np.abs(scene.picture(at).astype(int) - before)[60:, :, :3].max(axis=2) > 40
        x0, x1 = panel.axes.bbox.x0, panel.axes.bbox.x1
        assert moved[:, int(x0) : int(x1)].any() == seen


def test_lines_with_gaps_take_turns_where_they_coincide():
    runs = [optviz.descend("himmelblau", "gd:lr=0.01", steps=40)] * 2
    (panel,) = Scene(runs, ["alpha"], size=(600, 400)).panels
    first, second = panel.lines
    assert np.isnan(first.places).any()
    assert np.isfinite(first.arc).all()
    assert first.seen is None
    assert len(second.seen) > 3  # dashes


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("size", [(800, 400), (1000, 560), (400, 300)])
def test_many_panels_stand_in_rows(count, size):
    views = ["gradnorm", "steplength", "distance", "alpha", "curvature", "stability"][:count]
    scene = Scene([optviz.descend(BOWL, "gd:lr=0.02", steps=20)], views, size=size)
    boxes = [panel.axes.get_window_extent() for panel in scene.panels]
    rows = sorted({round(box.y0) for box in boxes}, reverse=True)
    assert len(rows) == (1 if count < 3 else 2) or (count, size[0] > 400, len(rows)) == (3, True, 1)
    order = sorted(range(count), key=lambda i: (-round(boxes[i].y0), boxes[i].x0))
    assert order == list(range(count))  # from left to right, then down
    assert min(box.width for box in boxes) > 0.12 * size[0]


def test_panels_with_a_shape_of_their_own_stay_in_one_row():
    scene = Scene([optviz.descend(BOWL, "gd:lr=0.02", steps=5)], ["contour", "loss", "lr", "alpha"])
    middles = {round(sum(panel.axes.bbox.intervaly)) for panel in scene.panels}
    assert len(middles) == 1
