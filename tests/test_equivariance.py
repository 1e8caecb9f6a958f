"""Which rules do not depend on the directions of the axes: the same surface, turned."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optviz
from optviz.descent.objective import Objective
from optviz.optimizers import REGISTRY, parse

STEPS = 60
START = np.array([1.7, 0.9])


def ellipse(p):
    """A quadratic, 1:40."""
    return np.diag([1.0, 40.0]) @ p, np.diag([1.0, 40.0])


def quartic(p):
    """Steeper farther out, its axes mixed."""
    x, y = p
    grad = np.array([x + x**3 + y, x + 9 * y + y**3])
    return grad, np.array([[1 + 3 * x * x, 1.0], [1.0, 9 + 3 * y * y]])


def path(spec, surface, angle):
    """The points on a surface that is turned, turned back."""
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, -s], [s, c]])

    def at(p):
        grad, hessian = surface(turn.T @ np.array(p))
        return tuple((turn @ grad).tolist()), turn @ hessian @ turn.T

    def hessian(p):
        return tuple(map(tuple, at(p)[1].tolist()))

    def gradient(p):
        return at(p)[0]

    start = tuple((turn @ START).tolist())
    walk = optviz.iterate(Objective(gradient, gradient, hessian=hessian), parse(spec), start)
    return np.array([visit.params for visit in islice(walk, STEPS)]) @ turn


# SOAP keeps Adam's squares along the eigenvectors of a matrix that turns with the gradients, and a
# sign of an eigenvector cancels; Muon's and Shampoo's matrices turn likewise. SOAP's first step
# has only rounding across its gradient: divided by the default eps that would move it by 1e-9.
SAME = [
    "gd:lr=0.02", "asgd:lr=0.02", "momentum:lr=0.01", "momentum:lr=0.01,nesterov=true",
    "qhm:lr=0.05",
    "newton:lr=0.5", "newton:damping=1", "fulladagrad:lr=0.3", "shampoo:lr=0.3",
    "soap:lr=0.05,eps=0.001,precondition_frequency=3", "muon:lr=0.05", "sam:lr=0.01,rho=0.1",
    "lookahead:lr=0.02", "lookahead(fulladagrad:lr=0.3)", "schedulefree:lr=0.02",
    "schedulefree(gd:lr=0.02,weight_decay=0.1)", "clip(gd:lr=0.02,norm=1)",
]  # fmt: skip
# By coordinate, or by a sum of absolute values as Prodigy's.
DIFFERENT = [
    "adam:lr=0.1", "adamw:lr=0.1", "adagrad:lr=0.3", "rmsprop:lr=0.05", "lion:lr=0.05",
    "rprop:lr=0.05", "adadelta:lr=1", "adamax:lr=0.1", "nadam:lr=0.1", "radam:lr=0.3",
    "qhadam:lr=0.1", "prodigy:d0=0.01", "sophia:lr=0.1", "ademamix:lr=0.1", "adan:lr=0.1",
    "adafactor:lr=0.3", "lbfgs:lr=0.5", "sam(adam:lr=0.1)", "lookahead(adam:lr=0.1)",
    "clipvalue(gd:lr=0.02,value=1)",
]  # fmt: skip


@pytest.mark.parametrize("surface", [ellipse, quartic])
@pytest.mark.parametrize("spec", SAME)
def test_takes_the_same_path_turned(spec, surface):
    straight = path(spec, surface, 0.0)
    assert np.abs(straight - straight[0]).max() > 0.3

    @settings(max_examples=15, deadline=None)
    @given(st.floats(-math.pi, math.pi))
    def turned(angle):
        np.testing.assert_allclose(path(spec, surface, angle), straight, rtol=0, atol=1e-12)

    turned()


@pytest.mark.parametrize("surface", [ellipse, quartic])
@pytest.mark.parametrize("spec", DIFFERENT)
def test_takes_another_path_when_turned(spec, surface):
    straight, turned = (path(spec, surface, angle) for angle in (0.0, math.pi / 4))
    assert np.abs(turned - straight).max() > 0.05


def test_the_turned_ellipse_of_adam():
    """What the axes are worth to it: along them 1:40 is no harder than a circle."""
    straight, turned = (path("adam:lr=0.1", ellipse, angle) for angle in (0.0, math.pi / 4))
    assert np.linalg.norm(turned[-1]) > 2 * np.linalg.norm(straight[-1])


def test_every_rule_is_in_one_of_the_lists():
    named = {spec.partition(":")[0] for spec in SAME + DIFFERENT}
    ours = {name for name, kind in REGISTRY.items() if kind.__module__.startswith("optviz.")}
    assert ours <= named
