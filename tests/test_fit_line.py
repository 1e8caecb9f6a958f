"""Fitting a line: the surface is torch's MSELoss over nn.Linear(1, 1)."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import optviz
import surfaces
from optviz.scene import Scene
from surfaces.errors import InputError

X = np.array([0.0, 1, 2, 3, 4])
Y = np.array([1.1, 2.9, 5.2, 6.8, 9.1])


def by_torch(x, y, weight, bias):
    """Loss and gradient as the course computes them."""
    model = torch.nn.Linear(1, 1, dtype=torch.float64)
    with torch.no_grad():
        model.weight.fill_(weight)
        model.bias.fill_(bias)
    loss = torch.nn.MSELoss()(model(torch.tensor(x)[:, None]), torch.tensor(y)[:, None])
    loss.backward()
    return loss.item(), np.array([model.weight.grad.item(), model.bias.grad.item()])


numbers = st.floats(-10, 10).map(lambda v: round(v, 3))


@given(arrays(float, (7, 2), elements=numbers), numbers, numbers)
def test_equals_torch(data, weight, bias):
    x, y = data.T.copy()
    assume(np.ptp(x) > 0.1)
    surface = surfaces.fit_line(x, y)
    loss, gradient = by_torch(x, y, weight, bias)
    value, slope = surface.value_and_gradient((weight, bias))
    # Relative to the terms that are summed: at the minimum itself they cancel, in torch too.
    size = 1 + np.mean((np.abs(weight * x) + abs(bias) + np.abs(y)) ** 2)
    assert abs(value - loss) <= 1e-12 * size
    assert np.abs(slope - gradient).max() <= 1e-12 * size * (1 + np.abs(x).max())


def test_the_minimum_is_the_least_squares_line():
    surface = surfaces.fit_line(X, Y)
    ((weight, bias, value),) = surface.minima
    np.testing.assert_allclose((weight, bias), np.polyfit(X, Y, 1), rtol=1e-12)
    assert value == pytest.approx(by_torch(X, Y, weight, bias)[0], rel=1e-12)
    np.testing.assert_allclose(surface.gradient((weight, bias)), 0, atol=1e-12)
    assert (np.linalg.eigvalsh(surface.hessian((weight, bias))) > 0).all()


def test_it_is_a_surface_like_any_other():
    surface = surfaces.fit_line(X, Y, steps=40)
    np.testing.assert_array_equal(surface.data, (X, Y))
    assert surface.steps == 40
    (x0, x1), (y0, y1) = surface.domain
    assert x0 < surface.minima[0][0] < x1
    assert y0 < surface.minima[0][1] < y1
    runs = optviz.race(surface)
    assert min(run.values[-1] for run in runs) < 2 * surface.lowest


def test_a_perfect_fit_has_no_rest():
    surface = surfaces.fit_line(X, 2 * X + 1)
    assert surface(2, 1) == pytest.approx(0, abs=1e-28)


@pytest.mark.parametrize(
    ("x", "y", "part"),
    [
        ([1, 2], [1], "equal length"), ([1], [1], "at least 2"), ([], [], "at least 2"),
        ([1, 1], [1, 2], "different"), ([1, np.nan], [1, 2], "finite"),
        ([0.1] * 3, [1, 2, 3], "different"),
        ([0, 1e200], [1, 2], "squares"), ([0, 1e-200], [1, 2], "squares"),
        ([1, 2], [1, np.inf], "finite"), (["a", "b"], [1, 2], "numbers"),
        (np.array(["2026-01-01", "2026-01-03"], "M8[D]"), [1, 2], "not dates: give"),
    ],
)  # fmt: skip
def test_wrong_data(x, y, part):
    with pytest.raises(InputError, match=part) as caught:
        surfaces.fit_line(x, y)
    assert "\n" not in str(caught.value)


RNG = np.random.default_rng(0)
SIZE = RNG.uniform(600, 3500, 40)
MADE = {
    "houses": (SIZE, 20_000 + 150 * SIZE + RNG.normal(0, 40_000, 40)),
    "years": (np.arange(2000.0, 2021), 14 + 0.02 * np.arange(21) + RNG.normal(0, 0.1, 21)),
    "0..99": (np.arange(100.0), 0.1 * np.arange(100) + 0.3),
    "nearly flat": (RNG.uniform(25, 70, 60), RNG.normal(120, 10, 60)),
    "tiny": (1e-6 * X, 1e-9 * Y),
    "negative x": (-SIZE, 150 * SIZE),
    "centred": (X - X.mean(), Y - Y.mean()),
    "constant": (X, np.full(5, 0.1)),
    "zero": (X, 0 * X),
}


@pytest.mark.parametrize("name", MADE)
def test_the_window_shows_the_valley_whatever_the_units(name):
    """In shares of the window the valley is no thinner than these data make it."""
    x, y = MADE[name]
    surface = surfaces.fit_line(x, y)
    weight, bias, rest = surface.minima[0]
    half = np.ptp(surface.domain, axis=1) / 2
    np.testing.assert_allclose(np.mean(surface.domain, axis=1), (weight, bias), atol=1e-9)
    hessian = surface.hessian((weight, bias)) * np.outer(half, half)
    least, most = np.linalg.eigvalsh(hessian)
    thinnest = 4 * (1 + x.mean() ** 2 / x.var())  # of any window: the determinant is fixed
    assert most / least < 8 * thinnest
    (x0, x1), (y0, y1) = surface.domain
    assert x0 < surface.start[0] < x1
    assert y0 < surface.start[1] < y1
    assert surface.value(surface.start) > rest + 0.02 * most / 2  # well up a slope


@pytest.mark.parametrize("name", MADE)
def test_a_film_shows_the_line_and_its_valley(name):
    """With rates by the largest curvature, until the line goes through the data's middle."""
    x, y = MADE[name]
    surface = surfaces.fit_line(x, y)
    most = np.linalg.eigvalsh(surface.hessian(surface.minima[0][:2]))[-1]
    runs = [optviz.descend(surface, optviz.GD(lr=1 / most), steps=60)]
    scene = Scene(runs, ["contour", "data", "loss"], size=(1200, 400))
    scene.picture(60)
    contour, data, _ = scene.panels
    box = contour.axes.bbox
    assert min(box.width, box.height) > 100
    trail = contour.lines[0].places
    assert np.linalg.norm(trail[-1] - trail[0]) > 20
    assert ((trail >= box.min) & (trail <= box.max)).all()
    (line,) = data.lines.get_segments()
    middle = np.interp(x.mean(), line[:, 0], line[:, 1])
    assert middle == pytest.approx(y.mean(), abs=0.2 * (np.ptp(y) or 1))
