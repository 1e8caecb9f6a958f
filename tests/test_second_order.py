"""Newton's method: what it does at once, where it goes wrong, where Gauss-Newton is the same."""

from __future__ import annotations

import numpy as np
import pytest

import optviz
import surfaces
from optviz.optimizers import parse

X = np.array([-1.0, 0.5, 2.0, 3.5, 4.0])
Y = np.array([0.3, 1.1, 4.2, 6.0, 7.5])
JACOBIAN = np.column_stack([X, np.ones(len(X))])  # of the residuals w x + b - y


def test_of_a_fitted_line_gauss_newton_is_newton():
    """Residuals are linear in weight and bias: the second derivatives are J'J alone, everywhere.

    So a rule of its own would be the same; damped it is Levenberg's and Marquardt's.
    """
    surface = surfaces.fit_line(X, Y)
    points = np.random.default_rng(0).uniform(-5, 5, (20, 2))
    for point, hessian in zip(points, surface.hessian(points), strict=True):
        np.testing.assert_allclose(hessian, 2 / len(X) * JACOBIAN.T @ JACOBIAN, rtol=1e-12)
        step, _ = parse("newton:damping=0.3").update(
            surface.gradient(point), parse("newton").init(point), point, hessian=hessian
        )
        residuals = JACOBIAN @ point - Y
        damped = JACOBIAN.T @ JACOBIAN + 0.3 * len(X) / 2 * np.eye(2)
        np.testing.assert_allclose(step, -np.linalg.solve(damped, JACOBIAN.T @ residuals))
    run = optviz.descend(surface, "newton", steps=1)
    best = np.linalg.lstsq(JACOBIAN, Y, rcond=None)[0]
    np.testing.assert_allclose(run.points[1], best, rtol=1e-12)


@pytest.mark.parametrize("name", ["sphere", "ellipse", "rotated_ellipse", "booth", "matyas"])
def test_newton_solves_a_quadratic_in_one_step(name):
    surface = surfaces.get(name)
    run = optviz.descend(surface, "newton", steps=1)
    ((x, y, value),) = surface.minima
    np.testing.assert_allclose(run.points[1], (x, y), atol=1e-9)
    assert run.values[1] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("start", [(0.3, 0.2), (-0.4, 0.1), (0.2, -0.3)])
def test_newton_runs_into_a_saddle_and_damped_does_not(start):
    surface = surfaces.from_formula("x**2 - y**2 + y**4/2", ((-2, 2), (-2, 2)), start)
    pure = optviz.descend(surface, "newton", steps=30)
    np.testing.assert_allclose(pure.points[-1], (0.0, 0.0), atol=1e-9)
    damped = optviz.descend(surface, "newton:damping=3", steps=200)
    np.testing.assert_allclose(np.abs(damped.points[-1]), (0.0, 1.0), atol=1e-6)
