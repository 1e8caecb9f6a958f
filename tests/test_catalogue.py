"""Every built-in surface: against torch's autograd, and every claim about its stationary points."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch

import surfaces
from surfaces.errors import InputError
from surfaces.surface import Surface

NAMES = surfaces.names()
TORCH = {name: getattr(torch, name) for name in
         ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "minimum", "maximum")} | {
    "pi": math.pi, "e": math.e}  # fmt: skip
# By nature no zero gradient or no definite Hessian: checked by nearby values instead.
CONES = {("ackley", 0, 0), ("plateau", 0, 0)}
DEGENERATE = {("monkey_saddle", 0, 0)}


def by_torch(surface, x, y):
    """Value of the formula's text with tensors; `sqrt(2)` and the like need tensors too."""
    text = re.sub(r"sqrt\(2\)", repr(math.sqrt(2)), surface.formula)
    return eval(text, {"__builtins__": {}}, TORCH | {"x": x, "y": y})


def points_of(surface, count, seed=0):
    """Random points of the window, shape (count, 2)."""
    (x0, x1), (y0, y1) = surface.domain
    return np.random.default_rng(seed).uniform((x0, y0), (x1, y1), (count, 2))


@pytest.mark.parametrize("name", NAMES)
def test_value_gradient_and_hessian_equal_autograd(name):
    surface = surfaces.get(name)
    points = points_of(surface, 40)
    for point in points:
        tensor = torch.tensor(point, requires_grad=True)
        value = by_torch(surface, *tensor)
        (gradient,) = torch.autograd.grad(value, tensor, create_graph=True)
        hessian = torch.stack(
            [torch.autograd.grad(part, tensor, retain_graph=True)[0] for part in gradient]
        )
        scale = 1 + abs(value.item())
        assert surface.value(point) == pytest.approx(value.item(), rel=1e-12, abs=1e-12 * scale)
        for ours, theirs in (
            (surface.gradient(point), gradient),
            (surface.hessian(point), hessian),
        ):
            expected = theirs.detach().numpy()
            limit = 1e-10 * max(np.abs(expected).max(), scale)
            np.testing.assert_allclose(ours, expected, rtol=0, atol=limit)


@pytest.mark.parametrize("name", NAMES)
def test_floats_equal_arrays(name):
    surface = surfaces.get(name)
    points = points_of(surface, 40, seed=1)
    values, gradients = surface.value_and_gradient(points)
    for point, value, gradient in zip(points.tolist(), values, gradients, strict=True):
        at = surface.at(*point)
        assert all(type(number) is float for number in at)
        np.testing.assert_allclose(at, [value, *gradient], rtol=1e-11, atol=1e-11 * abs(value))


STATIONARY = [
    (name, kind, point)
    for name in NAMES
    for kind in ("minima", "saddles")
    for point in getattr(surfaces.get(name), kind)
]


@pytest.mark.parametrize(("name", "kind", "point"), STATIONARY, ids=str)
def test_every_claimed_stationary_point(name, kind, point):
    """Value, zero gradient, signs of the Hessian, each to 1e-10.

    A point is given in float64, so its gradient may be off by the curvature times the rounding of
    the coordinates: that many 1e-16 are added to the limit.
    """
    surface, (x, y, value) = surfaces.get(name), point
    assert surface(x, y) == pytest.approx(value, abs=1e-10 * max(1, abs(value)))
    if (name, x, y) in CONES | DEGENERATE:
        around = np.array([x, y]) + 1e-3 * np.array(
            [(math.cos(a), math.sin(a)) for a in np.linspace(0, 2 * math.pi, 25)]
        )
        differences = surface.value(around) - value
        assert differences.max() > 0
        assert (differences.min() > 0) == (kind == "minima")
        return
    curvature = np.linalg.eigvalsh(surface.hessian((x, y)))
    limit = 1e-10 + 4e-16 * np.abs(curvature).max() * max(1, abs(x), abs(y))
    np.testing.assert_allclose(surface.gradient((x, y)), 0, atol=limit)
    steepest = np.abs(curvature).max()
    if kind == "minima":
        assert (curvature > 1e-10 * steepest).all()
    else:
        assert curvature[0] < -1e-10 * steepest
        assert curvature[1] > 1e-10 * steepest


BOTTOMLESS = ["hyperbolic_saddle", "monkey_saddle"]
LOWER_ON_THE_EDGE = ["eggholder"]  # of the window, where nothing is flat


def grid_of(surface):
    (x0, x1), (y0, y1) = surface.domain
    return surface(*np.meshgrid(np.linspace(x0, x1, 801), np.linspace(y0, y1, 801)))


@pytest.mark.parametrize("name", sorted({*NAMES} - {*BOTTOMLESS, *LOWER_ON_THE_EDGE}))
def test_nothing_in_the_window_lies_below_the_lowest_minimum(name):
    surface = surfaces.get(name)
    assert grid_of(surface).min() >= surface.lowest - 1e-12 * max(1, abs(surface.lowest))


@pytest.mark.parametrize("name", LOWER_ON_THE_EDGE)
def test_what_lies_lower_lies_on_the_windows_edge(name):
    surface = surfaces.get(name)
    grid = grid_of(surface)
    assert grid.min() < surface.lowest
    assert {0, 800} & set(np.unravel_index(grid.argmin(), grid.shape))


def test_a_saddle_without_a_bottom_claims_none():
    assert [name for name in NAMES if surfaces.get(name).lowest is None] == BOTTOMLESS


@pytest.mark.parametrize("name", NAMES)
def test_many_points_have_the_bits_of_single_ones(name):
    surface = surfaces.get(name)
    low, high = np.array(surface.domain).T
    points = np.random.default_rng(0).uniform(low, high, (200, 2))
    points = np.vstack([points, [surface.start, (0, 0)], surface.domain])
    value, slope = surface.value_and_gradient(points, exact=True)
    expected = np.array([surface.at(x, y) for x, y in points.tolist()])
    np.testing.assert_array_equal(np.column_stack([value, slope]), expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(2,), (7, 2), (3, 4, 2), (0, 2)])
def test_shapes(name, shape):
    surface = surfaces.get(name)
    points = np.broadcast_to(np.array(surface.start), shape)
    assert surface.value(points).shape == shape[:-1]
    assert surface.gradient(points).shape == shape
    assert surface.hessian(points).shape == (*shape, 2)


def test_calls_broadcast():
    surface = surfaces.rosenbrock
    assert type(surface(1, 1)) is float
    assert surface([1, 2, 3], 4).shape == (3,)
    assert surface(np.zeros((3, 1)), np.zeros(5)).shape == (3, 5)
    assert surface(0, [[1.0]]).dtype == np.float64
    with pytest.raises(InputError, match="last axis"):
        surface.value([1, 2, 3])


def test_a_constant_slope_has_the_points_shape():
    plane = surfaces.from_formula("2*x")
    points = np.zeros((5, 3, 2))
    np.testing.assert_array_equal(plane.gradient(points), np.full((5, 3, 2), [2.0, 0.0]))
    assert plane.hessian(points).shape == (5, 3, 2, 2)
    assert plane.at(1.0, 2.0) == (2.0, 2.0, 0.0)


def test_where_the_gradient_is_zero_by_zero_it_counts_as_zero():
    assert (surfaces.ackley.gradient((0, 0)) == 0).all()
    assert surfaces.ackley.at(0.0, 0.0)[1:] == (0.0, 0.0)
    assert np.isfinite(surfaces.ackley.value((0, 0)))


def test_a_crease_has_no_delta():
    crease = (47 + 10.0, 10.0)  # x - y = 47
    assert not np.isnan(surfaces.eggholder.gradient(crease)).any()
    (x0, x1), (y0, y1) = surfaces.eggholder.domain
    hessians = surfaces.eggholder.hessian(
        np.stack(np.meshgrid(np.linspace(x0, x1, 50), np.linspace(y0, y1, 50)), -1) + 0.1234
    )
    assert np.isfinite(hessians).all()


def test_saturation_is_no_error():
    """exp overflows to inf as IEEE 754 says, in floats as in arrays, and 1/inf is 0."""
    far = (-500.0, 0.0)
    value, df_dx, df_dy = surfaces.saturated_neuron.at(*far)
    assert value == surfaces.saturated_neuron.value(far)
    assert value == pytest.approx((0.9**2 + 0.9**2 + 0.6**2) / 3)
    assert (df_dx, df_dy) == (0.0, 0.0)


def test_the_catalogue_is_whole():
    assert len(NAMES) == len(set(NAMES)) == 35
    assert {surfaces.get(n).family for n in NAMES} == {
        "bowl",
        "valley",
        "plateau",
        "saddle",
        "peaks",
    }
    assert surfaces.names("saddle") == ["hyperbolic_saddle", "monkey_saddle", "saddle_escape",
                                        "saddle_point"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_surface_says_all_of_itself(name):
    surface = surfaces.get(name)
    assert getattr(surfaces, name) is surface
    assert surface.source
    (x0, x1), (y0, y1) = surface.domain
    assert x0 <= surface.start[0] <= x1
    assert y0 <= surface.start[1] <= y1
    assert set(surface.title) == set(surface.lesson) == {"en", "zh"}
    assert surface.title["en"].strip()
    assert re.search(r"[\u4e00-\u9fff]", surface.title["zh"])
    assert re.search(r"[\u4e00-\u9fff]", surface.lesson["zh"])
    assert "x" in surface.latex
    assert 0 < len(surface.lesson["en"]) <= 160


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("himelblau", "himmelblau"), ("Rosenbrok", "rosenbrock"), ("ackly", "ackley")],
)
def test_an_unknown_name_brings_the_nearest(name, nearest):
    with pytest.raises(InputError, match=nearest):
        surfaces.get(name)
    with pytest.raises(AttributeError):
        getattr(surfaces, name)


@pytest.mark.parametrize("name", [None, 5, [], "", "\n"])
def test_a_name_that_is_none(name):
    with pytest.raises(InputError) as caught:
        surfaces.get(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"domain": ((0, 1),)}, "domain"), ({"domain": 5}, "domain"),
        ({"domain": ((1, 0), (0, 1))}, "domain"), ({"domain": ((0, math.inf), (0, 1))}, "domain"),
        ({"start": (1,)}, "start"), ({"start": (math.nan, 0)}, "start"),
        ({"scale": "cubic"}, "scale"), ({"formula": None}, "kernel"),
    ],
)  # fmt: skip
def test_a_declaration_that_makes_no_sense(settings, part):
    declared = {"formula": "x", "domain": ((0, 1), (0, 1)), "start": (0, 0)} | settings
    with pytest.raises(InputError, match=part):
        Surface("mine", **declared)
