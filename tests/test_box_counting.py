"""The box-counting dimension, on sets whose dimension is known."""

from __future__ import annotations

from itertools import pairwise
from math import log

import numpy as np
import pytest

import optviz
from optviz.errors import InputError


def plane(n=513):
    return np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n))


def carpet(depth):
    pixels = np.ones((1, 1), bool)
    for _ in range(depth):
        hole = np.zeros_like(pixels)
        pixels = np.block([[pixels] * 3, [pixels, hole, pixels], [pixels] * 3])
    return pixels


def gasket(n):
    i = np.arange(n)
    return (i[:, None] & i) == 0


def cantor_dust(n, depth=12):
    ends = np.zeros(1)
    for k in range(1, depth + 1):
        ends = np.concatenate([ends, ends + 2 / 3**k])
    pixels = np.zeros((n, n), bool)
    places = np.unique((ends * n).astype(int))
    pixels[np.ix_(places, places)] = True
    return pixels


def koch_curve(n, depth=6):
    points = np.array([0, 1], complex)
    for _ in range(depth):
        a, step = points[:-1], np.diff(points) / 3
        peak = a + step + step * np.exp(1j * np.pi / 3)
        points = np.append(np.stack([a, a + step, peak, a + 2 * step], 1).ravel(), 1)
    points = np.concatenate([np.linspace(*ends, 4) for ends in pairwise(points)])
    pixels = np.zeros((n // 2, n), bool)
    pixels[(points.imag * n * 0.99).astype(int).clip(0), (points.real * n * 0.999).astype(int)] = 1
    return pixels


x, y = plane()
KNOWN = {
    "Sierpinski's carpet": (carpet(5), log(8) / log(3)),
    "Sierpinski's gasket": (gasket(512), log(3) / log(2)),
    "Cantor's dust": (cantor_dust(1024), log(4) / log(3)),
    "Koch's curve": (koch_curve(1024), log(4) / log(3)),
    "a line": (optviz.edge_of(y > 0.37 * x + 0.01), 1),
    "a circle": (optviz.edge_of(x * x + y * y < 0.6), 1),
    "an area": (x * x + y * y < 0.9, 2),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_dimensions_come_out(name):
    pixels, dimension = KNOWN[name]
    found = optviz.box_dimension(pixels)
    assert abs(found.dimension - dimension) < (0.02 if dimension == 1 else 0.1), found
    assert abs(found.dimension - dimension) < 2 * found.error + 0.01, found
    assert len(found.slopes) == len(found.sizes) - 1


def test_turning_a_set_hardly_changes_its_dimension():
    pixels = carpet(5)
    first, turned = (optviz.box_dimension(p).dimension for p in (pixels, pixels[::-1].T))
    assert first == pytest.approx(turned, abs=0.02)


def test_an_edge_lies_between_different_neighbours():
    labels = np.zeros((4, 5), int)
    labels[2:, 3] = 7
    expected = np.zeros((3, 4), bool)
    expected[1:, 2:] = True
    np.testing.assert_array_equal(optviz.edge_of(labels), expected)


@pytest.mark.parametrize(
    "pixels", [np.ones((10, 200), bool), np.zeros((100, 100), bool), np.ones(100, bool)]
)
def test_what_has_no_dimension_is_refused(pixels):
    with pytest.raises(InputError, match="pixels must be"):
        optviz.box_dimension(pixels)


def test_the_edge_of_the_network_is_rough_and_that_of_its_controls_smooth():
    network, product = (optviz.trainability(what, 129) for what in ("network", "product"))
    bowl = optviz.trainability("quadratic", 129, 1500)
    assert network.edge.dimension - 2 * network.edge.error > 1.1
    assert abs(product.edge.dimension - 1) < 0.03
    assert abs(bowl.edge.dimension - 1) < 0.05  # it has a corner
    for found in (product, bowl):
        assert found.edge.error < 0.08
        assert repr(found.edge) in repr(found)
    # Of x^2 + y^2 each rate has its own edge, at 1.
    lr, lr_y = (10 ** np.linspace(*np.log10(ends), 259)[1::2] for ends in bowl.window)
    stays = (lr[None, :] < 1) & (lr_y[:, None] < 1)
    np.testing.assert_array_equal(bowl.labels == 0, stays)


def test_a_pixel_of_the_edges_map_is_a_single_run():
    found = optviz.trainability("product", 65)
    rates = [np.exp(np.linspace(*np.log(ends), 131)[1::2]) for ends in found.window]
    seen = set()
    for i, j in np.random.default_rng(3).integers(0, 65, (40, 2)):
        optimizer = type(found.optimizer)(lr=float(rates[0][j]), lr_y=float(rates[1][i]))
        run = optviz.descend(found.surface, optimizer, steps=500)
        far = np.flatnonzero((np.abs(run.points) > found.far).any(axis=1))
        assert found.labels[i, j] == (len(run) < 500 or far.size > 0)
        if found.labels[i, j]:
            first = far[0] if far.size else len(run) + 1
            assert abs(found.steps[i, j] - first) <= 1
        seen.add(int(found.labels[i, j]))
    assert seen == {0, 1}


def test_a_zoom_stays_on_the_edge_and_is_computed_anew():
    film = optviz.trainability("product", 65, zoom=1e6, frames=3)
    assert list(film.said) == ["×1", "×1000", "×1000000"]
    for found in film.maps:
        assert 0.1 < (found.labels == 1).mean() < 0.9
        assert abs(found.edge.dimension - 1) < 0.1
    alone = optviz.trainability("product", 65, window=film.maps[1].window)
    np.testing.assert_array_equal(alone.labels, film.maps[1].labels)


def test_no_run_rests_where_the_curvature_is_beyond_the_edge_of_stability():
    found = optviz.end_curvature(0.05, 80, 2000)
    assert found.labels.max() == 3  # the last quarter below 2/lr is reached
    assert 0.98 < found.largest < 1
    rests = found.labels >= 0
    assert 0.3 < rests.mean() < 0.6
    np.testing.assert_array_equal(rests, np.isfinite(found.curvature))
    # Of a minimum on xy = 1 the largest curvature is 4 (x^2 + y^2).
    ends = found.points[rests]
    np.testing.assert_allclose(found.curvature[rests], 4 * (ends**2).sum(axis=1), rtol=1e-4)
    np.testing.assert_allclose(ends.prod(axis=1) ** 2, 1, atol=1e-5)
    parts = np.ceil(found.curvature[rests] / found.limit * 4).astype(int) - 1
    np.testing.assert_array_equal(parts, found.labels[rests])
