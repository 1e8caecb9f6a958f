"""Surfaces from samples: against the formula that was sampled and the method's definition."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import optviz
import surfaces
from optviz.animation.alt import describe
from optviz.scene import Scene
from surfaces.errors import InputError

X, Y = np.linspace(-2, 2, 41), np.linspace(-1, 3, 61)


def sampled(name="saddle_point"):
    return surfaces.from_samples(X, Y, surfaces.get(name)(*np.meshgrid(X, Y)))


def test_it_passes_through_every_sample():
    grid = np.stack(np.meshgrid(X, Y), axis=-1)
    np.testing.assert_allclose(
        sampled().value(grid), surfaces.saddle_point.value(grid), rtol=0, atol=1e-12
    )


def test_a_quadratic_is_exact():
    """Cubic convolution reproduces polynomials of degree 2 (Keys 1981), borders included."""
    surface = surfaces.from_samples(X, Y, sampled_quadratic(*np.meshgrid(X, Y)))
    formula = surfaces.from_formula("1 + x - 2*y + x*y + 3*x**2 - y**2")
    points = np.random.default_rng(0).uniform((-2, -1), (2, 3), (300, 2))
    np.testing.assert_allclose(surface.value(points), formula.value(points), atol=1e-11)
    np.testing.assert_allclose(surface.gradient(points), formula.gradient(points), atol=1e-10)
    np.testing.assert_allclose(surface.hessian(points), formula.hessian(points), atol=1e-9)


def sampled_quadratic(x, y):
    return 1 + x - 2 * y + x * y + 3 * x**2 - y**2


def test_it_is_cubic_convolution_as_its_definition_says():
    """Keys (1981), equation 15 (a = -1/2), summed term by term."""
    surface = sampled("himmelblau")
    values = surfaces.himmelblau(*np.meshgrid(X, Y))

    def kernel(d, a=-0.5):
        d = abs(d)
        if d <= 1:
            return (a + 2) * d**3 - (a + 3) * d**2 + 1
        return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0

    for x, y in np.random.default_rng(1).uniform((-1.8, -0.8), (1.8, 2.8), (30, 2)):
        u, v = (x + 2) / 0.1, (y + 1) * 15
        expected = sum(
            values[i, j] * kernel(v - i) * kernel(u - j)
            for i in range(int(v) - 1, int(v) + 3)
            for j in range(int(u) - 1, int(u) + 3)
        )
        assert surface(x, y) == pytest.approx(expected, rel=1e-10)


def test_the_gradient_is_the_derivative_of_the_value():
    surface = sampled("rosenbrock")
    points = np.random.default_rng(2).uniform((-1.9, -0.9), (1.9, 2.9), (100, 2))
    for axis in range(2):
        shift = 1e-6 * np.eye(2)[axis]
        slope = (surface.value(points + shift) - surface.value(points - shift)) / 2e-6
        np.testing.assert_allclose(surface.gradient(points)[:, axis], slope, rtol=1e-4, atol=1e-3)


def test_it_descends_and_is_drawn_like_any_other():
    surface = sampled()
    run = optviz.descend(surface, "gd:lr=0.1", start=(1, 1), steps=50)
    exact = optviz.descend("saddle_point", "gd:lr=0.1", start=(1, 1), steps=50)
    np.testing.assert_allclose(run.points, exact.points, atol=1e-2)
    assert optviz.animate(surface, ["adam"], steps=5, seconds=0.2).frame(-1).shape == (400, 800, 3)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_outside_the_grid_it_is_nan_and_a_run_that_leaves_says_so(suffix, tmp_path):
    surface = sampled()
    assert np.isnan(surface(9, 0))
    assert surface.covers(2, -1)
    assert not surface.covers(2.001, -1)
    run = optviz.descend(surface, "gd:lr=9", start=(1, 1), steps=50)
    assert run.status == "left"
    assert run.ending == ("left", len(run) + 1)
    assert run.diverged_at is None
    beyond = run.points[-1] - 9 * run.gradients[-1]
    assert not surface.covers(*beyond)
    assert run.summary().endswith(f"left the surface at step {len(run) + 1}")
    assert f"在第 {len(run) + 1} 步离开曲面" in describe([run], "zh")
    assert f"leaves the surface at step {len(run) + 1}." in describe([run])
    on_formula = dataclasses.replace(run, surface=surfaces.saddle_point)  # samples can't be loaded
    back = optviz.Trajectory.load(on_formula.save(tmp_path / f"run{suffix}"))
    assert back.status == "left"


def test_numbers_that_overflow_on_a_grid_have_diverged():
    run = optviz.descend(sampled(), "gd:lr=1e308", start=(1, 1), steps=5)
    assert run.ending == ("diverged", 1)


@pytest.mark.parametrize(("language", "said"), [("en", "left the surface"), ("zh", "离开曲面")])
def test_the_legend_says_that_it_left(language, said):
    run = optviz.descend(sampled(), "gd:lr=9", start=(1, 1), steps=50)
    scene = Scene([run], ["contour"], language=language)
    text = scene.legend.entries[0].notice.text.get_text()
    assert said in text


def raster():
    """A map: rows from north to south, the sea nan."""
    x, y = np.linspace(0, 10, 21), np.linspace(50, 40, 31)
    heights = np.add.outer(np.sin(y), np.cos(x)) * np.linspace(1, 2, 21)
    heights[20:, :5] = np.nan
    return x, y, heights


def shuffled(x, y, z):
    order = np.random.default_rng(4).permutation(z.size)
    return x.ravel()[order], y.ravel()[order], z.ravel()[order]


MAP = raster()
MESH = np.meshgrid(*MAP[:2])
SAME = {
    "north first": MAP,
    "south first": (MAP[0], MAP[1][::-1], MAP[2][::-1]),
    "east first": (MAP[0][::-1], MAP[1], MAP[2][:, ::-1]),
    "meshgrid": (*MESH, MAP[2]),
    "meshgrid ij": (*np.meshgrid(*MAP[:2], indexing="ij"), MAP[2].T),
    "columns of a table": shuffled(*MESH, MAP[2]),
    "masked": (*MAP[:2], np.ma.masked_invalid(MAP[2])),
    "lists": tuple(part.tolist() for part in MAP),
}


@pytest.mark.parametrize("form", SAME)
def test_a_grid_is_taken_as_others_give_it(form):
    surface = surfaces.from_samples(*SAME[form])
    assert surface.domain == ((0, 10), (40, 50))
    np.testing.assert_allclose(surface(*MESH)[:18, 7:], MAP[2][:18, 7:], atol=1e-12)
    assert surface.to_dict() == surfaces.from_samples(*SAME["south first"]).to_dict()


def test_the_sea_is_no_land():
    """Where a run reaches it, it has left the surface; a start moves out of it."""
    x, y, heights = MAP
    surface = surfaces.from_samples(x, y, heights)
    assert not surface.covers(0.2, 40.2)
    assert surface.covers(9, 45)
    assert surface.start == (1.0, 49.0)
    drowned = heights.copy()
    drowned[:8, :6] = np.nan
    moved = surfaces.from_samples(x, y, drowned)
    assert moved.covers(*moved.start)
    assert moved.notes[0].startswith("start: (")
    run = optviz.descend(surface, "gd:lr=30", start=(1, 49), steps=50)
    assert run.status == "left"
    assert optviz.animate(surface, ["gd:lr=0.1"], steps=5, seconds=0.2).frame(-1).any()


@pytest.mark.parametrize(
    ("x", "y", "z", "part"),
    [
        (X[:3], Y, np.zeros((61, 3)), "at least 4"),
        (X**3, Y, np.zeros((61, 41)), r"x must be in even steps.*RegularGridInterpolator"),
        (np.logspace(0, 2, 41), Y, np.zeros((61, 41)), r"so give numpy.log10\(x\)"),
        (X, np.logspace(1, 0, 61), np.zeros((61, 41)), r"so give numpy.log10\(y\)"),
        (X, Y, np.zeros((41, 61)), r"shape \(61, 41\).*: give z\.T"),
        (X, Y, np.zeros((5, 5)), r"shape \(61, 41\)"),
        (X, Y, np.full((61, 41), np.inf), "finite"),
        (*np.random.default_rng(0).uniform(size=(2, 50)), np.zeros(50), "griddata"),
        (X, Y, np.full((61, 41), np.nan), "finite"),
        ("abcd", Y, np.zeros((61, 41)), "numbers"),
    ],
)
def test_wrong_samples(x, y, z, part):
    with pytest.raises(InputError, match=part) as caught:
        surfaces.from_samples(x, y, z)
    assert "\n" not in str(caught.value)
