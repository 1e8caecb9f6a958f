"""The functions and operators of rules mean the same on floats, arrays, tensors and in the page."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from engine import Case, Engine, python_run
from hypothesis import given
from hypothesis import strategies as st

import optviz
import surfaces
from optviz.optimizers import Optimizer, Rate, hyper, ops
from optviz.optimizers.tracer import FUNCTIONS
from optviz.torch_bridge.compiled import eager, flat_slots, program
from optviz.translate.contributions import parts_of_step
from optviz.translate.latex import lines_of


@dataclass(frozen=True)
class Smooth(Optimizer):
    """exp, log and tanh of a gradient."""

    lr: Rate = 0.03
    width: float = hyper(2.0, low=0.1, high=10)

    def slots(self, zeros):
        return {"push": zeros}

    def rule(self, t, lr, grad, push):
        push = 0.7 * push + ops.tanh(grad / self.width)
        size = ops.log(1 + ops.abs(push)) + ops.exp(-ops.abs(grad))
        return -lr * push * size, {"push": push}


@dataclass(frozen=True)
class Cyclic(Optimizer):
    """The rate falls within each period; a longer push every other one."""

    lr: Rate = 0.02
    period: int = hyper(4, low=1, high=20, allowed="[1, inf)")

    def rule(self, t, lr, grad):
        within = (t - 1) % self.period / self.period
        long = (t - 1) // self.period % 2
        return -lr * (1 - 0.5 * within) * (1 + long) * grad - 0.01 * (grad % 0.3 + 7.5 // grad), {}


RULES = [Smooth(), Smooth(width=0.3), Cyclic(), Cyclic(period=3)]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_takes_the_same_steps_in_every_engine(rule, browser):
    run = optviz.descend("booth", rule, steps=60)
    walk = optviz.iterate(surfaces.booth.gradient, rule, np.array(run.points[0]))
    on_arrays = np.array([next(walk).params for _ in range(61)])
    np.testing.assert_allclose(on_arrays, run.points, rtol=1e-12)
    assert program(rule).text  # recorded, not run as it stands
    for made in (program(rule), eager(rule)):
        np.testing.assert_allclose(on_tensors(rule, made, run), run.points, rtol=1e-12)
    page = Engine(browser, [type(rule)], surfaces=[surfaces.booth])
    case = Case(rule, surfaces.booth, surfaces.booth.start, 60)
    ((facts, arrays),) = page.runs([case])
    expected_facts, expected = python_run(case)
    assert facts == expected_facts
    for array, other in zip(arrays, expected, strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-12, atol=1e-14)


def on_tensors(rule, made, run):
    """The points of a run by a program on tensors, with the gradients of the run."""
    point = torch.tensor(run.points[0])
    slots, points = flat_slots(rule, point), [point.numpy().copy()]
    buffers = [torch.empty_like(point) for _ in made.buffers]
    for k in range(len(run)):
        gradient = torch.tensor(run.gradients[k])
        step, factor, numbers = made.run(k + 1, rule.rate(k + 1), gradient, point, slots, buffers)
        slots |= numbers
        point.add_(step, alpha=factor)
        points.append(point.numpy().copy())
    return points


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_its_lines_and_parts_give_the_step(rule):
    run = optviz.descend("booth", rule, steps=20)
    for k in range(20):
        given = rule, k + 1, run.gradients[k], run.points[k], run.slots(k)
        lines, step = lines_of(*given), run.steps_taken[k]
        np.testing.assert_allclose(lines[-1].value, step, rtol=1e-12)
        if isinstance(rule, Smooth):  # of the other a part stems from no source
            np.testing.assert_allclose(sum(parts_of_step(*given).values()), step, rtol=1e-9)


numbers = st.floats(-1e6, 1e6).filter(lambda number: number == 0 or abs(number) > 1e-6)


@given(numbers, numbers.filter(bool))
def test_divisions_with_rest_are_pythons(a, b):
    @dataclass(frozen=True)
    class Divided(Optimizer):
        def slots(self, zeros):
            return {"rest": zeros, "times": zeros, "turned": zeros}

        def rule(self, t, lr, grad, **slots):
            return -lr * grad, {"rest": grad % b, "times": grad // b, "turned": b // (grad + 0.1)}

    expected = [a % b, a // b, b // (a + 0.1)]
    rule, plain = Divided(), (a, a)
    state = rule.update(plain, rule.init(plain), plain)[1]
    assert [state[name][0] for name in state.slots] == expected
    array = np.array(plain)
    state = rule.update(array, rule.init(array), array)[1]
    assert [state[name][0] for name in state.slots] == expected
    tensor, made = torch.tensor(plain, dtype=torch.float64), program(rule)
    slots = flat_slots(rule, tensor)
    made.run(1, 0.1, tensor, tensor, slots, [torch.empty_like(tensor) for _ in made.buffers])
    assert [float(slots[name][0]) for name in slots] == expected


@given(st.floats(-800, 800, allow_nan=False))
def test_functions_are_those_of_math(a):
    by_math = {
        "exp": math.exp(a) if a < 709 else math.inf, "tanh": math.tanh(a), "abs": math.fabs(a),
        "log": math.log(a) if a > 0 else None, "floor": math.floor(a), "cos": math.cos(a),
    }  # fmt: skip
    for name, expected in by_math.items():
        if expected is None:
            continue
        function = getattr(ops, name)
        tensor = torch.tensor([a], dtype=torch.float64)
        with np.errstate(over="ignore"):
            for found in (function(a), function(np.array([a]))[0], function(tensor)[0].item()):
                np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_all_functions_are_known_to_every_engine():
    for name in FUNCTIONS:
        assert callable(getattr(ops, name))
        for value in (1.0, np.ones(2), torch.ones(2)):
            assert callable(getattr(ops.backend(value), name))


@pytest.mark.parametrize("compute", [lambda g: ops.log(-g * g), lambda g: 1 % (g - g)])
def test_what_has_no_value_ends_a_run_in_both(compute, browser):
    @dataclass(frozen=True)
    class Lost(Optimizer):
        def rule(self, t, lr, grad):
            return -lr * compute(grad), {}

    page = Engine(browser, [Lost], surfaces=[surfaces.booth])
    case = Case(Lost(), surfaces.booth, surfaces.booth.start, 10)
    ((facts, _),) = page.runs([case])
    assert facts == python_run(case)[0]
    assert facts["divergedAt"] == 1
