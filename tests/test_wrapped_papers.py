"""SAM, Lookahead and Schedule-Free in closed loop, against published packages and the papers.

All run on Booth's quadratic, where gradients elsewhere are at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest
import pytorch_optimizer
import schedulefree
import torch

import optviz
import surfaces
from optviz.descent.objective import on_points
from optviz.errors import InputError
from optviz.translate.latex import lines_of

STEPS = 100  # later SAM jumps over the minimum, and doubles what rounding leaves
START = (-4.0, 3.5)


def booth(point):
    """As torch sees it; its own text, not ours."""
    x, y = point
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def by_torch(make, shown=lambda runner, point: point, rho=0.0):
    """The points after each step of an optimizer of torch's kind, with Foret et al.'s two looks.

    They (2021, equation 2 and algorithm 1) are written out, since pytorch-optimizer's SAM takes the
    norm in float32; 1e-12 is that of the authors' code.
    """
    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    runner = make([point])
    for _ in range(STEPS):
        uphill = point.detach().clone()
        if rho:
            (grad,) = torch.autograd.grad(booth(point), point)
            uphill += rho * grad / (grad.norm() + 1e-12)
        uphill.requires_grad_()
        (point.grad,) = torch.autograd.grad(booth(uphill), uphill)
        runner.step()
        yield shown(runner, point).detach().numpy().copy()


def averaged(runner, point):
    """Schedule-Free's x: what its package shows in `eval` mode."""
    runner.eval()
    x = point.detach().clone()
    runner.train()
    return x


def plain(base, **settings):
    return lambda params: base(params, **settings)


def lookahead(base, **settings):
    def make(params):
        inner = base(params, **settings)
        return pytorch_optimizer.Lookahead(inner, k=4, alpha=0.3, pullback_momentum="none")

    return make


def schedule_free(kind, **settings):
    def make(params):
        runner = kind(params, foreach=False, **settings)
        runner.train()
        return runner

    return make


SGD_FREE, ADAMW_FREE = schedulefree.SGDScheduleFree, schedulefree.AdamWScheduleFree
PEERS = {
    "sam:lr=0.01,rho=0.3": by_torch(plain(torch.optim.SGD, lr=0.01), rho=0.3),
    "sam(momentum:lr=0.01,momentum=0.8,weight_decay=0.1,rho=0.3)": by_torch(
        plain(torch.optim.SGD, lr=0.01, momentum=0.8, weight_decay=0.1), rho=0.3
    ),
    "sam(adamw:lr=0.05,weight_decay=0.1,rho=0.3)": by_torch(
        plain(torch.optim.AdamW, lr=0.05, weight_decay=0.1), rho=0.3
    ),
    "lookahead:lr=0.02,k=4,alpha=0.3": by_torch(lookahead(torch.optim.SGD, lr=0.02)),
    "lookahead(momentum:lr=0.01,k=4,alpha=0.3)": by_torch(
        lookahead(torch.optim.SGD, lr=0.01, momentum=0.9)
    ),
    "lookahead(adamw:lr=0.05,weight_decay=0.2,k=4,alpha=0.3)": by_torch(
        lookahead(torch.optim.AdamW, lr=0.05, weight_decay=0.2)
    ),
    "schedulefree:lr=0.02": by_torch(schedule_free(SGD_FREE, lr=0.02), averaged),
    "schedulefree(gd:lr=0.02,weight_decay=0.1,beta=0.8)": by_torch(
        schedule_free(SGD_FREE, lr=0.02, weight_decay=0.1, momentum=0.8), averaged
    ),
    "schedulefree(adamw:lr=0.05,betas=0/0.99,weight_decay=0.1,beta=0.9)": by_torch(
        schedule_free(ADAMW_FREE, lr=0.05, betas=(0.9, 0.99), weight_decay=0.1), averaged
    ),
}


@pytest.mark.parametrize("spec", PEERS)
def test_equals_its_package(spec):
    run = optviz.descend("booth", spec, START, STEPS)
    for ours, theirs in zip(run.points[1:], PEERS[spec], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("spec", PEERS)
def test_many_points_are_single_runs(spec):
    """Floats one by one and arrays of points take the same steps."""
    starts = np.array([START, (1.5, -2.0)])
    single = [optviz.descend("booth", spec, tuple(start), 50).points[-1] for start in starts]
    optimizer = optviz.optimizers.parse(spec)
    walk = optviz.iterate(on_points(surfaces.booth, []), optimizer, starts)
    for _ in range(51):
        together = next(walk)
    np.testing.assert_allclose(together.params, single, rtol=1e-13)


def test_lookahead_around_one_step_is_a_shorter_step():
    """With k = 1 the slow weights go alpha of each step: gradient descent at alpha of the rate."""
    slow = optviz.descend("booth", "lookahead:lr=0.02,k=1,alpha=0.3", START, 50)
    short = optviz.descend("booth", "gd:lr=0.006", START, 50)
    np.testing.assert_allclose(slow.points, short.points, rtol=1e-13)


@pytest.mark.parametrize("wrapper", ["lookahead", "sam"])
def test_what_the_base_asks_for_reaches_it(wrapper):
    """Newton's second derivatives through a wrapper."""
    run = optviz.descend("booth", f"{wrapper}(newton)", START, 10)
    plain = optviz.descend("booth", "newton", START, 1)
    assert run.status == "finished"
    if wrapper == "lookahead":  # four steps stay at the minimum, the fifth goes half way back
        np.testing.assert_allclose(run.points[1], plain.points[1], rtol=1e-13)
        np.testing.assert_allclose(run.points[5], (plain.points[1] + START) / 2, rtol=1e-12)
    else:  # the gradient rho uphill: a step that ends rho before the minimum's other side
        np.testing.assert_allclose(np.linalg.norm(run.points[1] - plain.points[1]), 0.05)


@dataclass(frozen=True)
class Ahead(optviz.Optimizer):
    """Nesterov's momentum as he has it, whose method names its own slot alone."""

    def slots(self, zeros):
        return {"velocity": zeros}

    def evaluates_at(self, t, params, velocity):
        return params + 0.9 * velocity

    def rule(self, t, lr, grad, velocity):
        velocity = 0.9 * velocity - lr * grad
        return velocity, {"velocity": velocity}


def test_lookahead_around_a_rule_that_looks_ahead_itself():
    optimizer = optviz.Lookahead(Ahead(0.01), k=3)
    slow = at = np.array(START)
    velocity, path = np.zeros(2), [at]
    for t in range(1, STEPS + 1):
        velocity = 0.9 * velocity - 0.01 * surfaces.booth.gradient(at + 0.9 * velocity)
        at = at + velocity
        if t % 3 == 0:
            slow = at = (slow + at) / 2
        path.append(at)
    run = optviz.descend("booth", optimizer, START, STEPS)
    np.testing.assert_allclose(run.points, path, rtol=1e-9, atol=1e-9)
    walk = optviz.iterate(on_points(surfaces.booth, []), optimizer, np.array([START]))
    together = [visit.params[0] for visit in islice(walk, STEPS + 1)]
    np.testing.assert_array_equal(together, run.points)
    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    runner = optviz.to_torch(optimizer, [point])

    def closure():
        runner.zero_grad()
        value = booth(point)
        value.backward()
        return value

    for expected in path[1:]:
        runner.step(closure)
        np.testing.assert_allclose(point.detach(), expected, rtol=1e-9, atol=1e-9)


def test_schedule_free_has_one_point_of_gradients():
    with pytest.raises(InputError, match="takes its gradient where it is; not 'ahead'"):
        optviz.ScheduleFree(Ahead(0.01))


@dataclass(frozen=True)
class Polyak(optviz.Optimizer):
    """A step as long as the loss asks for."""

    def rule(self, t, lr, grad, value):
        return -lr * value / (1 + grad * grad) * grad, {}


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("wrap", [optviz.SAM, optviz.Lookahead, optviz.ScheduleFree])
def test_lines_of_a_wrapped_rule_that_names_the_value(wrap, maximize):
    kind = dataclass(frozen=True)(
        type("Up", (Polyak,), {"__annotations__": {"maximize": bool}, "maximize": maximize})
    )
    run = optviz.descend("booth", wrap(kind(0.01)), START, 7)
    for k in range(7):
        at = run.gradients[k], run.points[k], run.slots(k)
        *_, last = lines_of(run.optimizer, k + 1, *at, seen={"value": run.values[k]})
        np.testing.assert_allclose(last.value, run.steps_taken[k], rtol=1e-12)
