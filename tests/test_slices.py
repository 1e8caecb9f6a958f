"""Slices through functions of many numbers: against those functions themselves."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.optimize
import torch

import optviz
import surfaces
from surfaces.errors import InputError

ROSEN, SLOPES = scipy.optimize.rosen, scipy.optimize.rosen_der
ORIGIN, U, V = np.random.default_rng(0).normal(size=(3, 10))
POINTS = np.random.default_rng(1).uniform(-1, 1, (30, 2))


def on_plane(points):
    return ORIGIN + points[:, :1] * U + points[:, 1:] * V


def by_rows(p):
    """The same for arrays and tensors, along the last axis."""
    return (100 * (p[..., 1:] - p[..., :-1] ** 2) ** 2 + (1 - p[..., :-1]) ** 2).sum(-1)


@pytest.mark.parametrize(
    ("function", "settings", "near"),
    [
        (ROSEN, {}, 1e-9),
        (by_rows, {"vectorized": True}, 1e-9),
        (ROSEN, {"gradient": SLOPES}, 1e-14),
        (by_rows, {"gradient": "torch"}, 1e-14),
    ],
)
def test_value_and_slopes_are_the_functions_own(function, settings, near):
    surface = surfaces.slice_of(function, ORIGIN, (U, V), **settings)
    expected = np.array([ROSEN(p) for p in on_plane(POINTS)])
    np.testing.assert_allclose(surface.value(POINTS), expected, rtol=1e-13)
    full = np.array([SLOPES(p) for p in on_plane(POINTS)])
    slopes = np.column_stack([full @ U, full @ V])
    assert np.abs(surface.gradient(POINTS) - slopes).max() <= near * np.abs(slopes).max()
    hessians = [scipy.optimize.rosen_hess(p) for p in on_plane(POINTS)]
    plane = np.array([U, V])
    curvature = np.array([plane @ h @ plane.T for h in hessians])
    assert np.abs(surface.hessian(POINTS) - curvature).max() <= 1e-5 * np.abs(curvature).max()
    assert surface.name == function.__name__
    assert surface.start == (0, 0)


def test_tensors_keep_their_type_and_torch_derives():
    seen = []

    def function(p):
        seen.append((p.dtype, p.shape[-1]))
        return by_rows(p)

    origin = torch.tensor(ORIGIN, dtype=torch.float32, requires_grad=True)
    surface = surfaces.slice_of(function, origin, (torch.tensor(U), V))
    assert set(seen) == {(torch.float32, 10)}
    full = np.array([SLOPES(p) for p in on_plane(POINTS)])
    slopes = np.column_stack([full @ U, full @ V])
    assert np.abs(surface.gradient(POINTS) - slopes).max() <= 1e-5 * np.abs(slopes).max()


def test_coordinates_by_number_and_origins_of_any_shape():
    def determinant(m):
        return float(np.linalg.det(m))

    surface = surfaces.slice_of(determinant, np.eye(3), (0, -1), ((-2, 2), (-2, 2)))
    assert surface(1.0, 0.5) == pytest.approx(2 * 1.5)
    np.testing.assert_allclose(surface.gradient((1.0, 0.5)), [1.5, 2.0], rtol=1e-9)
    given = surfaces.slice_of(
        determinant, np.eye(3), (0, 8), gradient=lambda m: np.linalg.det(m) * np.linalg.inv(m).T
    )
    np.testing.assert_allclose(given.gradient((1.0, 0.5)), [1.5, 2.0], rtol=1e-12)


def test_a_run_on_a_slice_goes_down_and_crosses_processes():
    surface = surfaces.slice_of(ROSEN, ORIGIN, (0, 3), gradient=SLOPES, axes=("first", "fourth"))
    again = pickle.loads(pickle.dumps(surface))
    runs = [optviz.race(s, ["adam"], steps=60)[0] for s in (surface, again)]
    np.testing.assert_array_equal(runs[0].points, runs[1].points)
    assert runs[0].values[-1] < runs[0].values[0]
    assert again.axis_names() == ("first", "fourth")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((3, ORIGIN), "function must be a function of an array; not 3"),
        ((ROSEN, [1.0]), "origin must be an array of at least 2 numbers"),
        ((ROSEN, ORIGIN * np.nan), "origin must be finite numbers"),
        ((ROSEN, "ab"), "origin must be numbers"),
        ((ROSEN, ORIGIN, (U, 2 * U)), "directions must be two that are not 0 and not on one line"),
        ((ROSEN, ORIGIN, (U, 0 * U)), "directions must be two that are not 0"),
        ((ROSEN, ORIGIN, (0, 10)), "directions must be two arrays of shape (10,), or numbers of"),
        ((ROSEN, ORIGIN, (U, V[:5])), "directions must be two arrays of shape (10,)"),
        ((ROSEN, ORIGIN, (U,)), "directions must be two arrays of shape (10,)"),
        ((ROSEN, ORIGIN, "ab"), "directions must be two arrays of shape (10,)"),
        ((lambda p: p, ORIGIN), "a real number for each point; not an array of shape (10,)"),
    ],
)
def test_what_is_no_slice_is_refused_in_one_line(given, said):
    with pytest.raises(InputError) as caught:
        surfaces.slice_of(*given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(InputError, match=r"gradient must be one that returns an array of shape"):
        surfaces.slice_of(ROSEN, ORIGIN, (U, V), gradient=lambda p: p[:3])
