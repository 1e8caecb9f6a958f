"""A race with the axes turned: the surface, the runs on it, and the view of both."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optviz
import surfaces
from optviz.descent import with_turned
from optviz.errors import InputError
from optviz.scene import Scene
from surfaces import examples

ANGLES = st.floats(-360, 360)
WHOLE = ["gd:lr=0.01", "momentum:lr=0.005", "newton:lr=1,damping=60", "sam(gd:lr=0.01,rho=0.1)",
         "schedulefree(gd:lr=0.01)", "lookahead(momentum:lr=0.005)"]  # fmt: skip
EACH = ["adagrad:lr=0.3", "rmsprop:lr=0.05", "adam:lr=0.1", "lion:lr=0.02"]
POINTS = np.random.default_rng(0).uniform(-3, 3, (50, 2))


def rotation(degrees):
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def test_turned_by_45_degrees_it_is_the_formula_with_its_coordinates_turned():
    own, known = surfaces.turned(examples.valley), examples.turned_valley
    np.testing.assert_allclose(own.value(POINTS), known.value(POINTS), atol=1e-12)
    np.testing.assert_allclose(own.gradient(POINTS), known.gradient(POINTS), atol=1e-12)
    np.testing.assert_allclose(own.hessian(POINTS), known.hessian(POINTS), atol=1e-12)


@given(degrees=ANGLES)
def test_slopes_are_those_of_the_turned_values(degrees):
    own = surfaces.turned(surfaces.himmelblau, degrees)
    step = 1e-5
    for axis in (0, 1):
        beside = np.eye(2)[axis] * step
        slope = (own.value(POINTS + beside) - own.value(POINTS - beside)) / (2 * step)
        np.testing.assert_allclose(own.gradient(POINTS)[:, axis], slope, rtol=1e-6, atol=1e-5)
        bend = (own.gradient(POINTS + beside) - own.gradient(POINTS - beside)) / (2 * step)
        np.testing.assert_allclose(own.hessian(POINTS)[:, axis], bend, rtol=1e-6, atol=1e-5)
    for x, y, value in own.minima:
        assert own(x, y) == pytest.approx(value, abs=1e-8)
    x, y = POINTS[0]
    value, slope = own.value_and_gradient(POINTS[:1], exact=True)
    assert own.at(x, y) == (value[0], *slope[0])
    (xx, xy), (_, yy) = own.hessian(POINTS[:1], exact=True)[0]
    assert own.hessian_at(x, y) == (xx, xy, yy)


def test_it_is_turned_about_the_middle_of_its_window():
    own = surfaces.turned(surfaces.booth.windowed(((0, 4), (2, 6))), 90)
    assert own.start == pytest.approx(
        (2 - (surfaces.booth.start[1] - 4), surfaces.booth.start[0] + 2)
    )
    ((x, y, _),) = own.minima
    assert (x, y) == pytest.approx((3, 3))  # (1, 3) about (2, 4)


def test_samples_are_known_where_they_lie_after_the_turn():
    grid = surfaces.turned(surfaces.sphere.sampled(21))
    (low, high), _ = grid.domain
    assert grid.covers(0, 1.3 * high)
    assert not grid.covers(0.99 * low, 0.99 * low)


def test_it_can_be_pickled_and_stored():
    own = surfaces.turned(surfaces.beale, 30)
    own.at(1, 1)
    again = pickle.loads(pickle.dumps(own))
    np.testing.assert_array_equal(again.value(POINTS), own.value(POINTS))
    assert surfaces.Surface.from_dict(own.to_dict()).formula is None


@pytest.mark.parametrize("degrees", [float("nan"), float("inf"), "45", None])
def test_an_angle_that_is_none(degrees):
    with pytest.raises(InputError, match="degrees must be a finite number"):
        surfaces.turned(surfaces.booth, degrees)


@pytest.mark.parametrize("spec", WHOLE)
@given(degrees=ANGLES)
def test_a_rule_that_sees_the_whole_point_takes_the_same_path_turned(spec, degrees):
    run = optviz.descend("himmelblau", spec, (0.7, -0.9), 40)
    (both,) = with_turned([run], degrees)
    np.testing.assert_allclose(both.turned.points, run.points @ rotation(degrees).T, atol=1e-11)


@pytest.mark.parametrize("spec", EACH)
def test_a_rule_that_sees_each_coordinate_does_not(spec):
    (both,) = with_turned([optviz.descend(examples.valley, spec, (-3, -1), 40)])
    assert np.abs(both.turned.points - both.points @ rotation(45).T).max() > 0.1


def test_the_film_shows_both():
    film = optviz.animate("booth", ["gd:lr=0.08", "adam:lr=0.5"], views="contour,turned", steps=20)
    plain, turned = film.scene.panels
    for run, before, after in zip(film.trajectories, plain.paths, turned.paths, strict=True):
        np.testing.assert_array_equal(before, run.points)
        np.testing.assert_array_equal(after, run.turned.points)
    assert [text.get_text() for text in turned.axes.texts][-1] == "turned by 45°"
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(film)).frame(-1), film.frame(-1))


def test_a_start_far_out_is_shown_in_both():
    runs = with_turned(optviz.race("sphere", ["gd:lr=0.1"], starts=[(4, -3), (30, 30)]))
    shown = Scene(runs, ["contour", "turned"]).panels[1]
    low, high = np.transpose([shown.axes.get_xlim(), shown.axes.get_ylim()])
    for run, path in zip(runs, shown.paths, strict=True):
        middle = np.mean(runs[-1].surface.domain, axis=1)
        np.testing.assert_allclose(path, (run.points - middle) @ rotation(45).T + middle)
        assert ((low < path[0]) & (path[0] < high)).all()


def test_runs_that_were_not_run_again_are_refused():
    with pytest.raises(InputError, match="view 'turned' must have runs"):
        optviz.Animation(optviz.race("booth", ["gd:lr=0.1"]), views="contour,turned")
