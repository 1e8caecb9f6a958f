"""Stability limits: a quadratic is descended just below and not just above."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

import optviz
from optviz import optimizers
from optviz.optimizers.state import State

CURVATURE = 7.0
LIMITS = {
    "gd": 2,
    "momentum:momentum=0.9": 3.8,
    "momentum:momentum=0.5": 3,
    "momentum:momentum=0.9,dampening=0.5": 7.6,
    "momentum:momentum=0,dampening=0.5": 2,
    "momentum:momentum=0.9,nesterov=true": 3.8 / 2.8,
    "adam:amsgrad=true": 38,
    "adamw:betas=0.5/0.999,amsgrad=true,weight_decay=0": 6,
}


def size_after(optimizer, steps=3000):
    """How far from the minimum a small start is in the end."""
    state = optimizer.init((1e-6, 0.0))
    if isinstance(optimizer, optimizers.Adam):
        # Far larger squares are remembered than any that come: what it divides by stays 1.
        state = State(10**6, state.slots | {"max_exp_avg_sq": (1.0, 1.0)})
    walk = optviz.iterate(lambda p: (CURVATURE * p[0], p[1]), optimizer, (1e-6, 0.0), state=state)
    for _ in range(steps):
        (x, _) = next(walk).params
        if abs(x) > 1e-3:  # before squares would count
            break
    return abs(x)


@pytest.mark.parametrize("spec", LIMITS)
def test_a_run_below_converges_and_one_above_does_not(spec):
    optimizer = optimizers.parse(spec)
    limit = optimizer.stability_limit()
    assert limit == pytest.approx(LIMITS[spec], rel=1e-12)
    assert size_after(replace(optimizer, lr=0.99 * limit / CURVATURE)) < 1e-7
    assert size_after(replace(optimizer, lr=1.01 * limit / CURVATURE)) > 1e-3


@dataclass(frozen=True)
class Halved(optviz.GD):
    def rule(self, t, lr, grad):
        return -lr / 2 * grad, {}


@pytest.mark.parametrize(
    "optimizer",
    ["lion", "rmsprop", "newton", "sam", "clip(gd:norm=1)", "lookahead(momentum)", "schedulefree",
     "momentum:momentum=1", "momentum:momentum=0.9,dampening=1", Halved(0.1)],
    ids=str,
)  # fmt: skip
def test_where_theory_knows_none_there_is_none(optimizer):
    """Neither for what a wrapper or a subclass makes of a rule that has one."""
    if isinstance(optimizer, str):
        optimizer = optimizers.parse(optimizer)
    assert optimizer.stability_limit() is None
