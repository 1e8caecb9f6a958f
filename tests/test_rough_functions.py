"""Functions that are not smooth: what their slopes are, and what is said of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

import optviz
import surfaces

WINDOW = ((-3.0, 3.0), (-2.5, 3.5))
ROUND = [(1.0, 0.5), (0.0, 0.0), (-2.0, 3.0), (0.5, 1.5)]  # where steps often are


def points_in(domain, count=300, seed=0):
    return np.random.default_rng(seed).uniform(*np.transpose(domain), (count, 2))


STEPS = {
    "int": lambda x, y: int(x) + int(y),
    "round": lambda x, y: round(x) + round(2 * y),
    "floor": lambda x, y: np.floor(x) + np.floor(y),
    "sign": lambda x, y: np.sign(x) + np.sign(y - 0.5),
    "where": lambda x, y: np.where(x < y, 1.0, 3.0) - (y > 1.5),
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_have_no_slope_and_it_is_said(name):
    with pytest.warns(UserWarning, match="0 along x and y, where the function consists of steps"):
        made = surfaces.from_function(STEPS[name], WINDOW)
    for points in (points_in(WINDOW), ROUND):
        assert not made.gradient(points).any()
        assert not any(slope for point in points for slope in made.at(*point)[1:])
    assert made.notes[-1].endswith(": 0 along x and y, where the function consists of steps")
    assert "function not continuous: it jumps by " in made.notes[-2]
    assert np.isfinite(made.hessian(ROUND)).all()
    run = optviz.descend(made, "gd:lr=0.1", steps=5)
    assert (run.points == run.points[0]).all()


def test_the_place_of_a_jump_is_told():
    made = surfaces.from_function(lambda x, y: np.where(x > 1.25, 5.0, 0.0) + x * x + y, WINDOW)
    assert "jumps by 5 near (1.25, " in made.notes[0]
    assert made.gradient((1.25, 0.0)) == pytest.approx((2.5, 1.0), rel=1e-4)  # one-sided
    assert made.at(1.25, 0.0)[1:] == pytest.approx((2.5, 1.0), rel=1e-4)
    assert made.gradient((1.0, 0.0)) == pytest.approx((2.0, 1.0), rel=1e-9)


def test_steps_along_one_axis_leave_the_other_alone():
    with pytest.warns(UserWarning, match="0 along x, where"):
        made = surfaces.from_function(lambda x, y: np.floor(x) + y**2, WINDOW)
    expected = np.column_stack([np.zeros(300), 2 * points_in(WINDOW)[:, 1]])
    np.testing.assert_allclose(made.gradient(points_in(WINDOW)), expected, atol=1e-8)


NOISY = {
    "two decimals": lambda x, y: round(x * x + y * y, 2),
    "printed": lambda x, y: float(f"{x * x + y * y:.3f}"),
    "half precision": lambda x, y: np.asarray(x * x + y * y).astype(np.float16),
    "single precision": lambda x, y: np.float32(x) ** 2 + np.float32(y) ** 2,
    "beside a large number": lambda x, y: 1e12 + x * x + y * y,
    "fine steps": lambda x, y: np.floor(1e3 * (x * x + y * y)) / 1e3,
    "steps of 1/64": lambda x, y: (np.floor(64 * x) ** 2 + np.floor(64 * y) ** 2) / 4096,
    "noise": lambda x, y: x * x + y * y + 1e-3 * np.sin(1e9 * x + 3e8 * y),
}


@pytest.mark.parametrize("name", NOISY)
def test_rounded_values_have_the_slope_of_what_was_rounded(name):
    made = surfaces.from_function(NOISY[name], WINDOW)
    said = float(made.notes[-1].split("estimated error ")[1].split(" of its size")[0])
    points = points_in(WINDOW)
    off = np.sqrt(np.mean((made.gradient(points) - 2 * points) ** 2) / np.mean((2 * points) ** 2))
    assert off < 0.05
    assert off <= 3 * said
    assert off >= said / 30
    for point in points[:20].tolist():
        np.testing.assert_allclose(made.at(*point)[1:], made.gradient(point), rtol=1e-12)


def weierstrass(x, y):
    """Continuous, and differentiable nowhere (Weierstrass 1872; Hardy 1916)."""
    return sum(0.5**n * np.cos(3**n * math.pi * x) for n in range(25)) + y * y


def test_a_function_that_is_smooth_nowhere_is_not_to_be_trusted():
    with pytest.warns(UserWarning, match="not to be trusted, as the function is not smooth"):
        made = surfaces.from_function(weierstrass, WINDOW)
    assert "not to be trusted, as the function is not smooth; estimated error 0." in made.notes[-1]


SMOOTH = {
    "steep": lambda x, y: np.tanh(1e4 * x) + y,
    "cusp": lambda x, y: np.sqrt(np.abs(x)) + y,
    "pole": lambda x, y: 1 / (x * x + y * y),
    "kinks": lambda x, y: np.abs(x) + np.maximum(y - 3.2, 0),
    "constant": lambda x, y: 3,
    "far": lambda x, y: x + y,
}


@pytest.mark.parametrize("name", SMOOTH)
def test_what_is_continuous_is_not_said_to_jump(name):
    domain = ((1e9, 1e9 + 1), (-1, 1)) if name == "far" else WINDOW
    made = surfaces.from_function(SMOOTH[name], domain)
    assert not [note for note in made.notes if "jump" in note or "steps" in note.split(":")[1]]


@pytest.mark.parametrize("name", surfaces.names())
def test_no_surface_of_the_catalogue_is_said_to_jump(name):
    known = surfaces.get(name)
    made = surfaces.from_function(lambda x, y: known(x, y), known.domain, known.start)
    assert not any("jump" in note for note in made.notes)


def test_curvature_of_rounded_values_looks_no_farther_than_the_window():
    made = surfaces.from_function(lambda x, y: np.round(np.cos(x) + np.cos(y), 2), WINDOW)
    points = points_in(WINDOW)
    off = made.hessian(points)[:, [0, 1], [0, 1]] + np.cos(points)
    assert np.sqrt(np.mean(off**2)) < 0.2
