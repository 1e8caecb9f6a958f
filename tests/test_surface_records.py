"""A surface as plain JSON and back: the same declaration, and the same numbers to the last bit."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch

import optviz
import surfaces
from optviz.scene import Scene
from surfaces.errors import InputError
from surfaces.surface import STORED, Surface

X, Y = np.linspace(-2, 2, 9), np.linspace(1e9, 1e9 + 1, 31)
OTHERS = {
    "formula": lambda: surfaces.from_formula("log(x) + 2y²", title={"en": "Mine"}, steps=30),
    "widened": lambda: surfaces.booth.reaching((30, 3)),
    "samples": lambda: surfaces.from_samples(
        X, Y, np.random.default_rng(0).normal(size=(31, 9)), name="grid", scale="log",
        minima=((0, 1e9, -3),), saddles=((1, 1e9, np.float64(0.1)),),
    ),
    "fit_line": lambda: surfaces.fit_line([0, 1, 2, 3], [1.0, 2.9, 5.2, 6.8]),
}  # fmt: skip


def stored(surface):
    """Written as a file would hold it, and read."""
    return Surface.from_dict(json.loads(json.dumps(surface.to_dict(), allow_nan=False)))


def assert_same_declaration(surface, other, but=("kernel",)):
    for field in dataclasses.fields(Surface):
        ours, theirs = getattr(surface, field.name), getattr(other, field.name)
        if field.name == "data" and ours is not None:
            np.testing.assert_array_equal(ours, theirs)
        elif field.name not in but:
            assert ours == theirs, field.name


@pytest.mark.parametrize("name", [*surfaces.names(), *OTHERS])
def test_what_is_read_back_is_equal(name):
    surface = OTHERS[name]() if name in OTHERS else surfaces.get(name)
    back = stored(surface)
    assert_same_declaration(surface, back)
    low, high = np.array(surface.domain).T
    points = np.random.default_rng(1).uniform(low, high, (40, 2))
    for method in ("value", "gradient", "hessian"):
        np.testing.assert_array_equal(
            getattr(back, method)(points), getattr(surface, method)(points)
        )
    for x, y in points.tolist():
        assert repr(back.at(x, y)) == repr(surface.at(x, y))
        assert back.covers(x, y) == surface.covers(x, y)
    assert back.latex == surface.latex
    assert stored(back).to_dict() == surface.to_dict()


def test_a_torch_function_is_stored_as_samples_and_says_so():
    surface = optviz.torch_surface(
        lambda x, y: torch.log(x + 1) * torch.cos(y), ((-2, 3), (0, 4)), (1, 1),
        name="mine", minima=((0, 3, -1),),
    )  # fmt: skip
    back = stored(surface)
    assert_same_declaration(surface, back, but=("kernel", "notes"))
    (note,) = back.notes
    assert note.startswith(f"shown from {STORED} x {STORED} samples, off by up to ")
    x, y, values = surface.samples(STORED)
    assert np.isinf(values).any()
    assert np.isnan(values).any()
    kept = np.where(np.isfinite(values), values, np.nan)  # where it is undefined, it stays so
    np.testing.assert_array_equal(
        back.to_dict()["samples"]["z"], np.where(np.isnan(kept), None, kept)
    )
    np.testing.assert_allclose(back(*np.meshgrid(x, y))[:, 25:], kept[:, 25:], atol=1e-12)
    inside = np.random.default_rng(2).uniform((0, 0.5), (2.5, 3.5), (50, 2))
    np.testing.assert_allclose(back.value(inside), surface.value(inside), atol=1e-4)
    run = optviz.descend(surface, "gd:lr=0.1", steps=5)
    assert Scene([dataclasses.replace(run, surface=back)]).picture(5).shape[:2] == (400, 800)
    assert stored(back).to_dict() == back.to_dict()


def test_a_function_that_is_not_elementwise_is_stored_too():
    surface = optviz.torch_surface(
        lambda x, y: (torch.stack([x, y]) ** 2).sum(), ((-1, 1), (-1, 1)), (0.5, 0.5)
    )
    assert stored(surface)(0.3, -0.2) == pytest.approx(0.13, abs=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"domain": ((1, 0), (0, 1))}, {"domain": None}, {"minima": [[1, 2]]}, {"minima": 3},
        {"data": [[1, 2], [3]]}, {"data": 5}, {"samples": {"x": [1], "y": [2], "z": [[3]]}},
        {"formula": None}, {"kernel": "print"}, {"colour": "red"}, {"notes": 3}, {"title": 3},
        {"formula": ["x"]}, {"scale": "cubic"},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_of_something_else_is_refused_in_one_line(change):
    with pytest.raises(InputError) as caught:
        Surface.from_dict(surfaces.booth.to_dict() | change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("record", [{}, {"name": "booth"}, [], None, "booth"])
def test_a_record_that_lacks_something(record):
    with pytest.raises(InputError, match="to_dict"):
        Surface.from_dict(record)
