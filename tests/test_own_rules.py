"""Optimizers of a user's own: what is honoured everywhere, and what is refused everywhere alike."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pytest
from own_rules import USES, line_of, owning

import optviz
from optviz.errors import InputError
from optviz.optimizers import Optimizer, hyper, ops, schedules
from optviz.optimizers.base import State


@dataclass(frozen=True)
class OverridesUpdate(optviz.GD):
    def update(self, grad, state, params, *, lr=None):
        return super().update(grad, state, params, lr=lr)


@dataclass(frozen=True)
class OverridesInit(Optimizer):
    def slots(self, zeros):
        return {"scale": zeros}

    def init(self, params):
        return super().init(params) | {"scale": (1.0, 2.0)}

    def rule(self, t, lr, grad, scale):
        return -lr * scale * grad, {"scale": scale}


@dataclass(frozen=True)
class OverridesApply(optviz.Adam):
    def apply(self, t, lr, grad, params, slots):
        return super().apply(t, lr, 2 * grad, params, slots)


@dataclass(frozen=True)
class OverridesRate(optviz.GD):
    def rate(self, t):
        return 0.1 / t


@dataclass(frozen=True)
class Heir(OverridesUpdate):
    """What it inherits counts too."""


class WithoutDecorator(Optimizer):
    lr = 0.5

    def rule(self, t, lr, grad):
        return -lr * grad, {}


class AnnotatedWithoutDecorator(optviz.Adam):
    limit: float = 1.0


class HyperWithoutDecorator(optviz.GD):
    limit = hyper(1.0, low=0, high=2)


class OnAnother(WithoutDecorator):
    pass


@dataclass(frozen=True)
class WithoutType(Optimizer):
    lr = 0.5

    def rule(self, t, lr, grad):
        return -lr * grad, {}


REFUSED_CLASSES = [
    (OverridesUpdate, "must define rule(t, lr, grad, **slots) and slots(zeros); not update"),
    (OverridesInit, "must define rule(t, lr, grad, **slots) and slots(zeros); not init"),
    (OverridesApply, "not apply"),
    (OverridesRate, "not rate"),
    (Heir, "Heir must define rule"),
    (WithoutDecorator, "WithoutDecorator must stand under @dataclass(frozen=True)"),
    (AnnotatedWithoutDecorator, "its limit would not count"),
    (HyperWithoutDecorator, "its limit would not count"),
    (OnAnother, "WithoutDecorator must stand under @dataclass(frozen=True)"),
    (WithoutType, "WithoutType.lr must have a type, as in 'lr: float = ...'"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "part"), REFUSED_CLASSES)
def test_what_would_be_ignored_is_refused_everywhere_by_one_line(kind, part):
    lines = {line_of(use, kind) for use in USES}
    assert len(lines) == 1
    assert part in lines.pop()


def test_a_refused_class_trains_no_network():
    mnist = pytest.importorskip("optviz.mnist")
    with pytest.raises(InputError, match="not update"):
        mnist.train(mnist.load(subset=True), optimizer=OverridesUpdate, epochs=1)


def test_what_a_class_may_do_besides():
    class Renamed(optviz.Adam):
        """No setting of its own: nothing is lost."""

        broadcasts: ClassVar[bool] = True

        @property
        def label(self):
            return "mine"

        def helper(self, grad):
            return grad

    assert Renamed(lr=0.1).label == "mine"
    assert optviz.descend("booth", Renamed, steps=2).optimizer.lr == 0.001

    @dataclass(frozen=True)
    class StepsItself(Optimizer):
        """As torch's do: it races, and is refused where its rule is asked for."""

        steps_by_rule = False
        broadcasts = False

        def init(self, params):
            return State()

        def update(self, grad, state, params, *, lr=None):
            return tuple(-self.lr * g for g in grad), State(state.step + 1)

    run = optviz.descend("booth", StepsItself(0.01), steps=20)
    expected = optviz.descend("booth", "gd:lr=0.01", steps=20)
    np.testing.assert_array_equal(run.points, expected.points)
    tuned, expected = (optviz.tune("booth", kind, steps=20) for kind in (StepsItself, "gd"))
    assert tuned.lr == expected.lr
    for use in ("page", "page's lines", "explore", "to_torch"):
        line_of(use, StepsItself)

    class Schedule(schedules.Cosine):
        def __call__(self, t):
            return 0.1

    with pytest.raises(InputError, match=r"must define rule\(epoch, lr\); not __call__"):
        Schedule()


def named(name):
    return owning(lambda self, t, lr, grad, **s: (-lr * grad, s), lambda self, zeros: {name: zeros})


MADE_WITH = "Mine.rule must return a step and its slots, made with + - * / // % ** and sqrt, "
UNSUPPORTED = {  # a rule's step, and what its line says instead
    "np.sqrt": (lambda t, grad: np.sqrt(grad * grad), "sqrt of optviz.optimizers.ops; not numpy"),
    "np.abs": (lambda t, grad: np.abs(grad), "abs of optviz.optimizers.ops; not numpy.absolute"),
    "np.sign": (lambda t, grad: np.sign(grad), "sign of optviz.optimizers.ops; not numpy.sign"),
    "np.exp": (lambda t, grad: grad * np.exp(grad), "exp of optviz.optimizers.ops; not numpy.exp"),
    "np.maximum": (lambda t, grad: np.maximum(grad, 1), "maximum of optviz.optimizers.ops; not"),
    "np.where": (lambda t, grad: np.where(grad > 0, 1.0, grad), "where of optviz.optimizers.ops"),
    "np.sin": (lambda t, grad: np.sin(grad), "where of optviz.optimizers.ops; not numpy.sin"),
    "np.array": (lambda t, grad: np.array((1.0, 0.1)) * grad, "numbers; not with a NumPy array"),
    "np.linalg.norm": (lambda t, grad: grad / np.linalg.norm(grad), "not numpy.linalg.norm"),
    "math": (lambda t, grad: grad / math.sqrt(t), "not float(), round() or functions of math"),
    "math.floor": (lambda t, grad: grad * math.floor(grad), "or functions of math"),
    "float": (lambda t, grad: grad / float(t), "not float(), round()"),
    "int": (lambda t, grad: grad * int(t / 2), "not float(), round()"),
    "round": (lambda t, grad: round(grad), "not float(), round()"),
    "branch": (lambda t, grad: grad if t > 3 else -grad, "where(condition, a, b); not by a Python"),
    "==": (lambda t, grad: grad * (t % 2 == 1), "<, > or <=; not with =="),
    "&": (lambda t, grad: ops.where((grad > 0) & (grad < 1), grad, 0), "join conditions as where"),
    "~": (lambda t, grad: ops.where(~(grad > 0), grad, 0), "join conditions as where(a, where(b"),
    "divmod": (lambda t, grad: divmod(grad, 0.3)[1], "a // b, a % b; not divmod"),
    "index": (lambda t, grad: grad[0], "one coordinate at a time; whole vectors are for transform"),
    "total": (lambda t, grad: sum(grad), "one coordinate at a time"),
    "length": (lambda t, grad: grad / len(grad), "one coordinate at a time"),
    "@": (lambda t, grad: grad @ grad, "one coordinate at a time"),
    "method": (lambda t, grad: grad / grad.norm(), "one coordinate at a time"),
    "sum": (lambda t, grad: grad / grad.sum(), "one coordinate at a time"),
    "unknown name": (lambda t, grad: beta * grad, MADE_WITH),  # noqa: F821 - a typo
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_no_rule_may_use_is_one_line_everywhere(name):
    compute, part = UNSUPPORTED[name]
    kind = owning(lambda self, t, lr, grad: (-lr * compute(t, grad), {}))
    uses = ("descend", "tune", "race", "slow film", "page", "to_torch")
    lines = {line_of(use, kind) for use in uses}
    assert len(lines) == 1
    assert part in lines.pop()


@pytest.mark.parametrize("compute", [lambda grad: grad.clip(-1, 1), lambda grad: grad.abs()])
def test_what_only_tensors_have_is_one_line_where_points_move(compute):
    kind = owning(lambda self, t, lr, grad: (-lr * compute(grad), {}))
    lines = {line_of(use, kind) for use in ("descend", "tune", "race", "slow film", "page")}
    assert len(lines) == 1
    assert lines.pop().startswith(MADE_WITH)


FORGETS = owning(
    lambda self, t, lr, grad, **s: (-lr * grad, {"v": s["v"]}),
    lambda self, zeros: {"m": zeros, "v": zeros},
)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (owning(lambda self, t, lr, grad: -lr if grad > 0 else lr), "where"),
        (owning(lambda self, t, lr, grad: -lr * grad),
         "two values, the step and a dict of slots; not one"),
        (owning(lambda self, t, lr, grad: (-lr * grad, {}, {})), "not others"),
        (owning(lambda self, t, lr, grad: (-lr * grad, None)), "not others"),
        (owning(lambda self, t, lr: (-lr, {})), "positional arguments"),
        (FORGETS, "(m, v); not without 'm'"),
        (owning(lambda self, t, lr, grad: (-lr * grad, {"v": grad})), "(none); not with 'v'"),
        (type("Mine", (Optimizer,), {}), "Mine must define rule"),
        *((named(name), f"Mine.slots must have names of their own; not {name!r}")
          for name in ("step", "grad", "lr", "t", "params", "self")),
    ],
)  # fmt: skip
def test_a_rule_that_is_none_is_one_line_everywhere(kind, part):
    lines = {line_of(use, kind) for use in ("descend", "tune", "race", "slow film")}
    assert len(lines) == 1
    assert part in lines.pop()
    line_of("page", kind)


@pytest.mark.parametrize(
    ("slots", "part"),
    [
        (lambda self, zeros: {"m": "text"}, "could not convert"),
        (lambda self, zeros: zeros, "'float' object is not iterable"),
        (lambda self, zeros: {"m": undefined}, "NameError"),  # noqa: F821 - a typo
    ],
)
def test_slots_that_are_none_are_one_line(slots, part):
    kind = owning(lambda self, t, lr, grad, **s: (-lr * grad, s), slots)
    line = line_of("descend", kind)
    assert line.startswith("Mine.slots must return a number for each name")
    assert part in line


@pytest.mark.parametrize("kind", [FORGETS, named("grad"), owning(lambda self, t, lr, grad: grad)])
def test_training_says_the_same(kind):
    assert line_of("to_torch", kind) == line_of("descend", kind)


@pytest.mark.parametrize("name", ["param", "x", "state", "class", "exp avg"])
def test_a_slot_may_have_any_other_name(name):
    run = optviz.descend("booth", named(name), steps=5)
    np.testing.assert_array_equal(run.points, optviz.descend("booth", optviz.GD(), steps=5).points)
    assert list(run.states) == [name]
    assert optviz.tune("booth", named(name)()).lr == optviz.tune("booth", "gd").lr


def test_a_setting_without_a_default_is_one_line():
    kind = dataclasses.make_dataclass(
        "Mine", [("k", float, field(kw_only=True))], bases=(Optimizer,), frozen=True,
        namespace={"rule": lambda self, t, lr, grad: (-lr * self.k * grad, {})},
    )  # fmt: skip
    assert "Mine must be given as Mine(...)" in line_of("descend", kind)
    with pytest.raises(InputError, match="Mine must be given as"):
        optviz.explore("booth", [kind(k=2.0)]).embed()
    run = optviz.descend("booth", kind(0.01, k=2), steps=5)
    expected = optviz.descend("booth", optviz.GD(0.02), steps=5)
    np.testing.assert_allclose(run.points, expected.points, rtol=1e-14)
