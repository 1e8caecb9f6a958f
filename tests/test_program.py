"""A rule compiled for tensors is the rule, also when what it reads has changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from cases import EVERY, EVERY_IDS

import optviz
from optviz import optimizers as ours
from optviz.errors import InputError
from optviz.optimizers import ops
from optviz.torch_bridge import Program, flat_slots, in_place, program


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@dataclass(frozen=True)
class Odd(ours.Optimizer):
    """Every operation in every order of number and tensor; slots that swap are another rule."""

    lr: float = 0.1

    def slots(self, zeros):
        return {"last": zeros, "count": 0.5}

    def rule(self, t, lr, grad, last, count):
        first = 2.0 - grad + 1.0 / (grad * grad + 1) + 0.5**grad - 3 * last + grad / 4 + grad**2
        first = first + ops.where(grad > 0, grad, 0.5) - ops.where(grad <= 0.1, 1.5, last)
        first = first * ops.where(t <= 20, 1.0, grad) + ops.where(t <= 20, grad, last)
        first = first + ops.minimum(0.1, grad) - ops.maximum(last, 0.2) + ops.maximum(grad, last)
        first = -first - ops.cos(grad) * ops.floor(3 * grad) / ops.sqrt(grad * grad + count)
        first = ops.where(grad >= last, first, ops.where(grad < 0, ops.sign(first), last - first))
        return -lr * first, {"last": grad, "count": count + 0.1 * t}


@dataclass(frozen=True)
class Swap(ours.Optimizer):
    def slots(self, zeros):
        return {"one": zeros + 1, "two": zeros}

    def rule(self, t, lr, grad, one, two):
        return -lr * one * grad, {"one": two, "two": one}


# What sees whole matrices runs as it stands: test_wide_torch.py.
BY_ELEMENT = [
    (case, name)
    for case, name in zip(EVERY, EVERY_IDS, strict=True)
    if case[0].elementwise and not {"value", "hessian"} & set(case[0].inputs)
]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [*(case for case, _ in BY_ELEMENT), (Odd, {}), (Swap, {})],
    ids=[*(name for _, name in BY_ELEMENT), "Odd", "Swap"],
)
def test_a_program_is_its_rule(kind, settings):
    rule = kind(**settings)
    made: Program = program(rule)
    assert bool(made.text) == (kind is not Swap)  # recorded, not run as it stands
    expected = torch.randn(9, dtype=torch.float64)
    point, state = expected.clone(), rule.init(expected)
    slots = flat_slots(rule, point)
    buffers = [torch.full_like(point, torch.nan) for _ in made.buffers]
    for t in range(1, 40):
        grad = torch.randn_like(point)
        grad[0] = 0
        step, state = rule.update(grad, state, expected)
        expected = expected + step
        given = grad.clone()
        move, factor, numbers = made.run(t, rule.rate(t), given, point, slots, buffers)
        torch.testing.assert_close(given, grad, rtol=0, atol=0)
        slots |= numbers
        point.add_(move, alpha=factor)
        torch.testing.assert_close(
            point, expected, rtol=0, atol=1e-13 * float(expected.abs().max())
        )
    for name, value in slots.items():
        np.testing.assert_allclose(value, state[name], rtol=1e-11, atol=1e-15)


@dataclass(frozen=True)
class Numbers(ours.Optimizer):
    """Chooses between numbers and reckons with conditions: neither has a type of its own."""

    lr: float = 0.1

    def slots(self, zeros):
        return {"last": zeros, "flips": zeros}

    def rule(self, t, lr, grad, last, flips):
        flips = flips + ops.where(grad * last < 0, 1.0, 0.0)
        share = ops.where(grad > 0, 0.1, ops.where(grad < -1, 0.3, 0.7))
        share = abs(-ops.sqrt(ops.maximum(ops.minimum(share, 0.6), 0.2))) / (1 + flips)
        odd = 1.1 - ops.where(last > 0, 0.3, 0.4) ** 2 + 0.1 * (grad > 0.5)
        choice = ops.where(ops.where(last > 0, 0.3, 0.4) > 0.35, share, -odd * share)
        return -lr * choice * grad - ops.where(grad > 0, 0.01, -0.01), {
            "last": grad,
            "flips": flips,
        }


def numpy_run(rule, start, grads):
    point, state = start.numpy().copy(), rule.init(start.numpy())
    for grad in grads:
        step, state = rule.update(grad.numpy(), state, point)
        point = point + step
    return torch.from_numpy(point)


def test_a_choice_between_numbers_has_the_type_of_the_data():
    """Of two numbers torch.where makes float32, which is wrong in the eighth digit of 0.1."""
    rule, start = Numbers(), torch.randn(50, dtype=torch.float64)
    grads = [torch.randn_like(start) for _ in range(5)]
    expected = numpy_run(rule, start, grads)
    assert program(rule).text
    weight, flat = torch.nn.Parameter(start.clone()), start.clone()
    optimizer, mover = optviz.to_torch(rule, [weight]), in_place(rule)
    state = mover.init(flat)
    for grad in grads:
        weight.grad = grad.clone()
        optimizer.step()
        _, state = mover.update(grad, state, flat)
    torch.testing.assert_close(weight.detach(), expected, rtol=1e-13, atol=1e-14)
    torch.testing.assert_close(flat, expected, rtol=1e-13, atol=1e-14)


@dataclass(frozen=True)
class Choosing(ours.Optimizer):
    """The same without reckoning with conditions, which only a program can give a type."""

    def rule(self, t, lr, grad):
        share = ops.where(grad > 0, 0.1, ops.where(grad < -1, 0.3, 0.7))
        share = ops.sqrt(ops.maximum(ops.minimum(share, 0.6), 0.2))
        odd = 1.1 - 2 * abs(-ops.where(grad > 1, 0.3, 0.4)) ** 2
        choice = ops.where(ops.where(grad > 0.5, 0.3, 0.4) > 0.35, share, -odd * share)
        return -lr * choice * grad - ops.where(grad > 0, 0.01, -0.01), {}


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_choice_on_tensors_without_a_program(dtype):
    rule, start = Choosing(), torch.randn(50, dtype=dtype)
    grads = [torch.randn_like(start) for _ in range(3)]
    point, state = start.clone(), rule.init(start)
    for grad in grads:
        step, state = rule.update(grad, state, point)
        assert step.dtype == dtype
        point = point + step
    expected = numpy_run(rule, start.double(), [grad.double() for grad in grads])
    tolerance = 1e-13 if dtype == torch.float64 else 0.02
    torch.testing.assert_close(point.double(), expected, rtol=tolerance, atol=tolerance)


def test_an_extremum_of_choices():
    condition, data = torch.tensor([True, False]), torch.tensor([0.1, 0.2], dtype=torch.float64)
    choice = ops.where(condition, 0.3, 0.1)
    for got, expected in [
        (ops.maximum(choice, data), [0.3, 0.2]),
        (ops.minimum(data, choice), [0.1, 0.1]),
        (ops.maximum(0.2, choice) * data, [0.03, 0.04]),
        (torch.maximum(data, choice), [0.3, 0.2]),
    ]:
        assert got.dtype == torch.float64
        np.testing.assert_allclose(got, expected, rtol=1e-15)


@dataclass(frozen=True)
class Late(ours.Optimizer):
    """Steps along the gradient before: the step is the old memory, which the new one overwrites."""

    def slots(self, zeros):
        return {"last": zeros, "before": zeros}

    def rule(self, t, lr, grad, last, before):
        return -lr * before, {"last": grad, "before": last * 1.0}


@dataclass(frozen=True)
class Watching(ours.Optimizer):
    """Steps by the gradient alone, but remembers something."""

    def slots(self, zeros):
        return {"last": zeros, "count": 0.0}

    def rule(self, t, lr, grad, last, count):
        return -lr * grad, {"last": grad, "count": count + 2}


def test_a_rule_that_steps_by_the_gradient_alone_still_remembers():
    weight = torch.nn.Parameter(torch.zeros(3))
    optimizer = optviz.to_torch(Watching(lr=0.5), [weight])
    for k in (1, 2):
        weight.grad = torch.full((3,), float(k))
        optimizer.step()
    assert weight.tolist() == [-1.5] * 3
    assert optimizer.state[weight]["last"].tolist() == [2.0] * 3
    assert optimizer.state[weight]["count"] == 4


@pytest.mark.parametrize("rule", [Late(lr=0.1), ours.Adam(amsgrad=True), ours.Rprop()])
def test_what_a_step_needs_is_not_overwritten(rule):
    start = torch.randn(7, dtype=torch.float64)
    grads = [torch.randn_like(start) for _ in range(6)]
    weight = torch.nn.Parameter(start.clone())
    optimizer = optviz.to_torch(rule, [weight])
    for grad in grads:
        weight.grad = grad.clone()
        optimizer.step()
        assert torch.equal(weight.grad, grad)
    torch.testing.assert_close(
        weight.detach(), numpy_run(rule, start, grads), rtol=1e-12, atol=1e-12
    )


BETA = 1.0


@dataclass(frozen=True)
class Global(ours.Optimizer):
    def rule(self, t, lr, grad):
        return -lr * BETA * grad, {}


@dataclass(frozen=True)
class GlobalRate(ours.schedules.Schedule):
    def rule(self, epoch, lr):
        return lr * BETA


@pytest.mark.parametrize("rule", [Global(lr=0.5), ours.GD(lr=GlobalRate(0.5))])
def test_what_a_rule_or_a_schedule_reads_may_change(monkeypatch, rule):
    """Between two steps, and between two runs: never the program of before."""
    weight = torch.nn.Parameter(torch.zeros(3))
    optimizer = optviz.to_torch(rule, [weight])
    flat = torch.zeros(3)
    for beta, expected in [(1.0, -0.5), (0.0, -0.5), (2.0, -1.5)]:
        monkeypatch.setitem(globals(), "BETA", beta)
        weight.grad = torch.ones(3)
        optimizer.step()
        mover = in_place(rule)
        mover.update(torch.ones(3), mover.init(flat), flat)
        np.testing.assert_allclose(weight.detach(), expected)
        np.testing.assert_allclose(flat, expected)


def wrong(function, slots=()):
    @dataclass(frozen=True)
    class Wrong(ours.Optimizer):
        def slots(self, zeros):
            return dict.fromkeys(slots, zeros)

        def rule(self, t, lr, grad, **memory):
            return function(lr, grad), {}

    return Wrong()


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        (wrong(lambda lr, grad: -lr * np.array((1.0, 0.1)) * grad), "NumPy array"),
        (wrong(lambda lr, grad: -lr * grad * np.array((1.0, 0.1))), "NumPy array"),
        (wrong(lambda lr, grad: -lr * grad * torch.tensor((1.0, 0.1))), "must match"),
        (wrong(lambda lr, grad: -lr * grad if grad > 0 else grad), "a Python branch"),
        (wrong(lambda lr, grad: grad.norm_of_all()), "norm_of_all"),
        (wrong(lambda lr, grad: "down"), "down"),
        (wrong(lambda lr, grad: -lr * grad, ["forgotten"]), "'forgotten'"),
    ],
)
def test_rules_that_do_not_run_on_tensors(rule, part):
    """One line, in a training loop and on a flat network; never torch's own traceback."""
    weight = torch.nn.Parameter(torch.zeros(4, 3))
    weight.grad = torch.ones(4, 3)
    flat = torch.zeros(5)
    for act in (
        lambda: optviz.to_torch(rule, [weight]).step(),
        lambda: (mover := in_place(rule)).update(torch.ones(5), mover.init(flat), flat),
    ):
        with pytest.raises(
            InputError, match=r"Wrong\.rule must return (a step|the slots that)|a rule must"
        ) as caught:
            act()
        assert part in str(caught.value)
        assert "\n" not in str(caught.value)
    assert not weight.any()


BEYOND = 1e39  # float32


@dataclass(frozen=True)
class Growing(ours.Optimizer):
    """Its number, not its rate, leaves the type."""

    def rule(self, t, lr, grad):
        return grad - grad * 10.0 ** (20 * t), {}


@pytest.mark.parametrize(
    "optimizer",
    [
        ours.GD(BEYOND), ours.Adam(BEYOND), ours.Adam(2e38), ours.Momentum(BEYOND), Growing(),
        optviz.from_torch(torch.optim.SGD, lr=BEYOND),
        optviz.from_torch(torch.optim.Adam, lr=BEYOND),
        optviz.from_torch(torch.optim.Adam, lr=2e38),
        optviz.from_torch(torch.optim.SGD, lr=0.1, weight_decay=BEYOND),
    ],
    ids=str,
)  # fmt: skip
def test_a_number_beyond_the_type_is_a_step_to_nowhere(optimizer):
    flat = torch.ones(3)
    mover = in_place(optimizer)
    state = mover.init(flat)
    for _ in range(2):
        _, state = mover.update(torch.ones(3), state, flat)
    assert not flat.isfinite().any()


@pytest.mark.parametrize("optimizer", [ours.GD(), optviz.from_torch(torch.optim.SGD, lr=0.1)])
def test_other_errors_of_torch_are_no_divergence(optimizer):
    flat = torch.ones(3)
    mover = in_place(optimizer)
    with pytest.raises(RuntimeError):
        mover.update(torch.ones(4), mover.init(flat), flat)
    assert flat.tolist() == [1.0] * 3
