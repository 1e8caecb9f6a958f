"""Lines without effect are left out, for every rule and every setting by one mechanism."""

from __future__ import annotations

from dataclasses import dataclass

import cases
import numpy as np
import pytest

import optviz
from optviz import optimizers
from optviz.optimizers import Optimizer, Rate, hyper, ops
from optviz.translate.latex import letter, lines_of


def formulas(optimizer, k=3, surface="booth"):
    """The lines of step ``k + 1`` of a real run."""
    run = optviz.descend(surface, optimizer, steps=k + 1)
    found = lines_of(optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k))
    return [line.formula for line in found]


MEAN = r"m_t = \beta_1\,m_{t-1} + (1 - \beta_1)\,g_t"
SQUARES = r"v_t = \alpha\,v_{t-1} + (1 - \alpha)\,g_t^2"
HAT_V = r"\hat{v} = \frac{v_t}{1 - \beta_2^{t}}"


@pytest.mark.parametrize(
    ("spec", "lines"),
    [
        ("momentum", [r"b_t = \mu\,b_{t-1} + g_t", r"\Delta\theta = -\eta\,b_t"]),
        ("momentum:momentum=0", [r"\Delta\theta = -\eta\,g_t"]),
        (
            "momentum:dampening=0.5",
            [r"c = 1 - \tau", r"b_t = \mu\,b_{t-1} + c\,g_t", r"\Delta\theta = -\eta\,b_t"],
        ),
        (
            "rmsprop",
            [SQUARES, r"\hat{g} = \frac{g_t}{\sqrt{v_t} + \epsilon}",
             r"\Delta\theta = -\eta\,\hat{g}"],
        ),
        (
            "rmsprop:momentum=0.5",
            [SQUARES, r"\hat{g} = \frac{g_t}{\sqrt{v_t} + \epsilon}",
             r"b_t = \mu\,b_{t-1} + \hat{g}", r"\Delta\theta = -\eta\,b_t"],
        ),
        ("adagrad", [r"G_t = G_{t-1} + g_t^2",
                     r"\Delta\theta = -\frac{\eta\,g_t}{\sqrt{G_t} + \epsilon}"]),
        (
            "adagrad:lr_decay=0.1",
            [r"\eta' = \frac{\eta}{1 + (t - 1)\,\kappa}", r"G_t = G_{t-1} + g_t^2",
             r"\Delta\theta = -\frac{\eta'\,g_t}{\sqrt{G_t} + \epsilon}"],
        ),
        (
            "adam:betas=0/0.9,eps=0",
            [r"v_t = \beta_2\,v_{t-1} + (1 - \beta_2)\,g_t^2", HAT_V,
             r"\Delta\theta = -\frac{\eta\,g_t}{\sqrt{\hat{v}}}"],
        ),
        ("qhm:nu=0", [r"\Delta\theta = -\eta\,g_t"]),
        ("qhm:nu=1", [r"b_t = \mu\,b_{t-1} + (1 - \mu)\,g_t", r"\Delta\theta = -\eta\,b_t"]),
        # The memory is the last gradient, which the next step reads: that is said.
        (
            "lion:betas=0.5/0",
            [r"d = \mathrm{sign}(\beta_1\,m_{t-1} + (1 - \beta_1)\,g_t)", "m_t = g_t",
             r"\Delta\theta = -\eta\,d"],
        ),
        (
            "radam",  # in its first steps it is momentum; the squares are for later ones
            [MEAN, r"v_t = \beta_2\,v_{t-1} + (1 - \beta_2)\,g_t^2",
             r"\hat{m} = \frac{m_t}{1 - \beta_1^{t}}", r"\Delta\theta = -\eta\,\hat{m}"],
        ),
    ],
)  # fmt: skip
def test_lines_without_effect_are_left_out(spec, lines):
    assert formulas(optimizers.parse(spec)) == lines


@pytest.mark.parametrize(("kind", "settings"), cases.EVERY, ids=cases.EVERY_IDS)
def test_no_line_says_nothing(kind, settings):
    """Each name that a line defines is read by a later one, or is a slot, or the step."""
    optimizer = kind(**({"lr": 0.01} | settings))
    run = optviz.descend("booth", optimizer, steps=8)
    slots = {f"{letter(name)}_t" for name in run.states}
    for k in range(len(run)):
        *step, seen = cases.step_of(run, k)
        shown = lines_of(*step, seen=seen)
        for i, line in enumerate(shown[:-1]):
            name = line.formula.split(" = ")[0]
            later = " ".join(other.formula.split(" = ", 1)[1] for other in shown[i + 1 :])
            branches = ("q", r"\sigma")  # what Rprop and L-BFGS decide by
            assert name in later or name in slots or name in branches, line.formula
            assert line.together or line.numbers not in ("0", "1")


@pytest.mark.parametrize(("kind", "settings"), cases.EVERY, ids=cases.EVERY_IDS)
def test_what_is_left_computes_what_the_run_did(kind, settings):
    optimizer = kind(**({"lr": 0.01} | settings))
    run = optviz.descend("booth", optimizer, steps=8)
    for k in range(len(run)):
        *step, seen = cases.step_of(run, k)
        *_, last = lines_of(*step, seen=seen)
        np.testing.assert_array_equal(last.value, run.steps_taken[k])


@dataclass(frozen=True)
class Own(Optimizer):
    """A user's own, whose settings make most of it neutral."""

    lr: Rate = 0.1
    push: float = hyper(0.0, low=0, high=1)
    power: float = hyper(1.0, low=0, high=4)
    floor: float = hyper(0.0, low=0, high=1)

    def slots(self, zeros):
        return {"mean": zeros, "unused": zeros}

    def rule(self, t, lr, grad, mean, unused):
        bent = grad**self.power
        bent = bent / (1 + self.push * t)
        bent += self.floor
        mean = self.push * mean + bent
        unused = 0.5 * unused + grad
        scale = ops.where(self.push > 0, ops.sqrt(1 + abs(mean)), 1.0)
        rest = ops.maximum(self.push, 3.0) - 3.0
        return -lr * mean / scale + rest, {"mean": mean, "unused": unused}


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, [r"\Delta\theta = -\eta\,g_t"]),
        ({"power": 3.0}, [r"\mathrm{bent} = g_t^{\mathrm{power}}",
                          r"\Delta\theta = -\eta\,\mathrm{bent}"]),
        ({"power": 3.0, "floor": 0.5}, [r"\mathrm{bent} = g_t^{\mathrm{power}}",
                                        r"\mathrm{bent}' = \mathrm{bent} + \mathrm{floor}",
                                        r"\Delta\theta = -\eta\,\mathrm{bent}'"]),
        ({"floor": 0.5}, [r"\mathrm{bent} = g_t + \mathrm{floor}",
                          r"\Delta\theta = -\eta\,\mathrm{bent}"]),
    ],
)  # fmt: skip
def test_primes_count_the_values_that_are_shown(settings, lines):
    assert formulas(Own(**settings)) == lines


def test_a_number_that_happens_to_be_0_is_no_setting():
    found = lines_of(optimizers.AdaGrad(1.0), 1, (0.0, 0.0), (0.0, 0.0), {"sum": np.zeros(2)})
    assert [line.formula for line in found] == [
        r"G_t = G_{t-1} + g_t^2",
        r"\Delta\theta = -\frac{\eta\,g_t}{\sqrt{G_t} + \epsilon}",
    ]
