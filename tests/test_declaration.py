"""What a surface is declared with is checked at each door, in one line."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import surfaces
from surfaces.errors import InputError

WINDOW = ((-3, 3), (-3, 3))
X = np.linspace(-3, 3, 9)


def bowl(x, y):
    return x * x + y * y


def declared(**fields):
    given = {"name": "bowl", "formula": "x**2 + y**2", "domain": WINDOW, "start": (1, 1)}
    return surfaces.Surface(**given | fields)


DOORS = {
    "function": lambda **fields: surfaces.from_function(bowl, WINDOW, **fields),
    "formula": lambda **fields: surfaces.from_formula("x^2 + y^2", WINDOW, **fields),
    "samples": lambda **fields: surfaces.from_samples(X, X, np.add.outer(X**2, X**2), **fields),
    "slice": lambda **fields: surfaces.slice_of(lambda p: np.sum(p**2), np.ones(3), **fields),
    "line": lambda **fields: surfaces.fit_line([1, 2, 3], [2, 4, 7], **fields),
    "declaration": declared,
    "replaced": lambda **fields: dataclasses.replace(surfaces.himmelblau, **fields),
}
WRONG = [
    *(({"minima": points}, "minima must be a list of points (x, y, value)") for points in (
        5, None, [1, 2], (1, 2, 3), ((1, 2),), ((1, 2, 3, 4),), (("a", "b", "c"),), "abc",
        ((1, 2, float("nan")),),
    )),
    ({"saddles": ((1, 2),)}, "saddles must be a list of points"),
    *(({"title": text}, "title must be text, or a mapping of language to text") for text in (
        3, ["a"], {"en": 3}, {1: "a"},
    )),
    ({"lesson": {"en": None}}, "lesson must be text, or a mapping"),
    ({"axes": 3}, "axes must be two names"),
    ({"axes": (1, 2)}, "axes must be two names"),
    ({"data_axes": 3}, "data_axes must be two names"),
    *(({"steps": steps}, "steps must be a whole number from 1 on") for steps in (
        0, -3, 1.5, "a", True, None,
    )),
    ({"name": 3}, "name must be text; not 3"),
    ({"family": 3}, "family must be text; not 3"),
    ({"source": None}, "source must be text; not None"),
    ({"notes": 3}, "notes must be a list of texts; not 3"),
    ({"notes": "abc"}, "notes must be a list of texts; not 'abc'"),
    *(({"scale": scale}, "'linear' or 'log'; not ") for scale in ("cubic", None, [1, 2], X)),
    ({"data": 3}, "data must be None, or a pair of arrays of one length"),
    ({"data": ([1, 2], [1])}, "data must be None, or a pair of arrays of one length"),
]  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_a_wrong_field_is_refused_at_the_door(door, fields, said):
    with pytest.raises(InputError) as caught:
        DOORS[door](**fields)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("door", ["function", "formula", "samples", "slice", "line"])
@pytest.mark.parametrize("name", ["bogus", "kernel", "minimum"])
def test_a_keyword_that_there_is_not_is_refused_in_one_line(door, name):
    with pytest.raises(InputError, match=r"^keyword of \w+ must be one of .*, data_axes") as caught:
        DOORS[door](**{name: 1})
    assert f"; not '{name}'" in str(caught.value)
    assert ("did you mean 'minima'?" in str(caught.value)) == (name == "minimum")


def test_a_kernel_computes():
    with pytest.raises(InputError, match=r"kernel must be None, or what has the methods of"):
        surfaces.Surface("mine", domain=WINDOW, start=(1, 1), kernel=3)
    with pytest.raises(InputError, match="either a formula or a kernel; not both or none"):
        surfaces.Surface("mine", domain=WINDOW, start=(1, 1))


@pytest.mark.parametrize("points", [[[0, 0, 0]], np.zeros((1, 3)), iter([(0.0, 0.0, 0.0)]), ()])
def test_points_come_in_any_container(points):
    made = surfaces.from_function(bowl, WINDOW, minima=points)
    assert made.minima == (() if isinstance(points, tuple) else ((0.0, 0.0, 0.0),))
    assert made.lowest in (None, 0.0)
