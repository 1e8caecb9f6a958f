"""Optimizers of a user's own: what is honoured everywhere, and what is refused everywhere alike."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from engine import Case, Engine, assert_same

import optviz
import surfaces
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import Optimizer, Rate, hyper, ops, parse, schedules
from optviz.optimizers.base import State
from optviz.translate import javascript
from optviz.translate.contributions import parts_of_step
from optviz.translate.latex import lines_of


def on_torch(optimizer):
    """The parameters after one step of a training loop."""
    params = [torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))]
    runner = optviz.to_torch(optimizer, params)
    (params[0] ** 2).sum().backward()
    runner.step()
    return params[0].detach()


# Everywhere that an optimizer is handed over: its class makes an instance in each.
USES = {
    "construction": lambda kind: kind(),
    "descend": lambda kind: optviz.descend("booth", kind, steps=3),
    "tune": lambda kind: optviz.tune("booth", kind, steps=3),
    "race": lambda kind: optviz.race("booth", [kind], steps=3),
    "slow film": lambda kind: optviz.animate("booth", [kind], slow=True, steps=2),
    "page": javascript.rule_source,
    "page's lines": javascript.lines_source,
    "explore": lambda kind: optviz.explore("booth", [kind]),
    "to_torch": lambda kind: on_torch(kind()),
}


def line_of(use, kind):
    with pytest.raises(InputError) as caught:
        USES[use](kind)
    message = str(caught.value)
    assert "\n" not in message
    return message


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


def owning(rule, slots=None):
    """A class with this rule, which begins with these slots."""
    body = {"rule": rule}
    if slots is not None:
        body["slots"] = slots
    return dataclass(frozen=True)(type("Mine", (Optimizer,), body))


def named(name):
    return owning(lambda self, t, lr, grad, **s: (-lr * grad, s), lambda self, zeros: {name: zeros})


MADE_WITH = "Mine.rule must return a step and its slots, made with + - * / ** abs() and sqrt, "
UNSUPPORTED = {
    "%": lambda self, t, lr, grad: (-lr * grad * (t % 3), {}),
    "//": lambda self, t, lr, grad: (-lr * grad * (t // 3), {}),
    "np.sqrt": lambda self, t, lr, grad: (-lr * np.sqrt(grad * grad), {}),
    "np.exp": lambda self, t, lr, grad: (-lr * grad * np.exp(grad), {}),
    "np.array": lambda self, t, lr, grad: (-lr * np.array((1.0, 0.1)) * grad, {}),
    "np.linalg.norm": lambda self, t, lr, grad: (-lr * grad / np.linalg.norm(grad), {}),
    "math": lambda self, t, lr, grad: (-lr * grad / math.sqrt(t), {}),
    "float": lambda self, t, lr, grad: (-lr * grad / float(t), {}),
    "round": lambda self, t, lr, grad: (-lr * round(grad), {}),
    "index": lambda self, t, lr, grad: (-lr * grad[0], {}),
    "method": lambda self, t, lr, grad: (-lr * grad.sum(), {}),
    "unknown name": lambda self, t, lr, grad: (-lr * beta * grad, {}),  # noqa: F821 - a typo
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_no_rule_may_use_is_one_line_everywhere(name):
    kind = owning(UNSUPPORTED[name])
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


@pytest.mark.parametrize("name", ["value", "param", "x", "state", "class", "exp avg"])
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


# Rules that work on every kind of number.


@dataclass(frozen=True)
class Sizes(Optimizer):
    """abs(), unary plus, NumPy's own numbers and an early return."""

    lr: Rate = 0.05
    soft: bool = False

    def slots(self, zeros):
        return {"push": zeros}

    def rule(self, t, lr, grad, push):
        push = +push * 0.5 + abs(+grad) * ops.sign(grad)
        if self.soft:
            return -lr * push / (1 + abs(push)), {"push": push}
        scaled = np.float64(2.0) * push - push * np.float32(0.5)
        return -lr * scaled, {"push": push}


@pytest.mark.parametrize("soft", [False, True])
def test_sizes_and_signs_work_on_every_kind_of_number(soft, browser):
    optimizer = Sizes(soft=soft)
    run = optviz.descend("booth", optimizer, steps=12)
    point, slot = np.array(run.points[0]), np.zeros(2)
    for k in range(12):  # written out
        slot = 0.5 * slot + run.gradients[k]
        step = -0.05 * (slot / (1 + np.abs(slot)) if soft else 1.5 * slot)
        np.testing.assert_allclose(run.steps_taken[k], step, rtol=1e-12)
        parts = parts_of_step(optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k))
        np.testing.assert_allclose(sum(parts.values()), step, rtol=1e-9)
        lines = lines_of(optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k))
        np.testing.assert_allclose(lines[-1].value, step, rtol=1e-12)
    assert rf"\left|{'g_t'}\right|" in lines[0].formula
    assert sum(r"\Delta\theta" in line.formula for line in lines) == 1

    step, _ = optimizer.update(np.array([3.0, -4.0]), optimizer.init(point), point)
    moved = on_torch(optimizer) - torch.tensor([1.0, -2.0])
    gradient = (2.0, -4.0)
    expected, _ = optimizer.update(gradient, optimizer.init(gradient), gradient)
    np.testing.assert_allclose(moved.numpy(), expected, rtol=1e-12)

    page = Engine(browser, [Sizes], surfaces=[surfaces.booth])
    assert_same(page, [Case(optimizer, surfaces.booth, (1.0, -2.0), 40)])
    shown = javascript.lines_source(Sizes)
    assert '["abs","grad"]' in shown


@dataclass(frozen=True)
class Hands(Optimizer):
    """Returns what another optimizer's rule returns."""

    inner: Optimizer = optviz.Adam()
    limit: float = 1.0

    def slots(self, zeros):
        return self.inner.slots(zeros)

    def rule(self, t, lr, grad, **slots):
        grad = ops.minimum(ops.maximum(grad, -self.limit), self.limit)
        return self.inner.rule(t, lr, grad, **slots)


@dataclass(frozen=True)
class Keyworded(Optimizer):
    def rule(self, t, lr, grad):
        return -lr * ops.maximum(a=grad, b=-grad), {}


@dataclass(frozen=True)
class Looping(Optimizer):
    def rule(self, t, lr, grad):
        for factor in (0.5, 0.25):
            grad = grad * factor
            if factor < 0.3:
                return -lr * grad, {}
        return -lr * grad, {}


Lambda = owning(lambda self, t, lr, grad: (-lr * grad, {}))


@pytest.mark.parametrize(
    ("kind", "part"),
    [(Hands, "return self.inner.rule"), (Keyworded, "maximum(a=grad"), (Looping, "for factor"),
     (Lambda, "written with def")],
)  # fmt: skip
def test_a_rule_that_runs_but_cannot_be_shown_is_one_line(kind, part):
    run = optviz.descend("booth", kind, steps=3)
    assert len(run) == 3
    assert javascript.rule_source(kind)
    for use in ("slow film", "page's lines"):
        assert part in line_of(use, kind)
    optviz.explore("booth", [kind()]).embed()  # the page says that it cannot be shown


# What a rule reads may change between runs.

FACTOR = 1.0


@dataclass(frozen=True)
class ReadsGlobal(Optimizer):
    lr: Rate = 0.01

    def slots(self, zeros):
        return {"push": zeros}

    def rule(self, t, lr, grad, push):
        push = FACTOR * push + grad
        return -lr * push, {"push": push}


@dataclass(frozen=True)
class ReadsClass(ReadsGlobal):
    factor: ClassVar[float] = 1.0

    def rule(self, t, lr, grad, push):
        push = self.factor * push + grad
        return -lr * push, {"push": push}


@dataclass(frozen=True)
class Fading(schedules.Schedule):
    lr: Rate = 0.01

    def rule(self, epoch, lr):
        return lr * FACTOR**epoch


@pytest.mark.parametrize("optimizer", [ReadsGlobal(), ReadsClass(), optviz.GD(Fading())])
def test_a_run_sees_what_its_rule_reads_now(optimizer, monkeypatch):
    paths = {}
    for value in (1.0, 0.5, 1.0):
        monkeypatch.setitem(globals(), "FACTOR", value)
        monkeypatch.setattr(ReadsClass, "factor", value)
        run = optviz.descend("booth", optimizer, steps=6)
        path = run.points
        twin = dataclasses.replace(optimizer)  # equal, and never ran
        np.testing.assert_array_equal(path, optviz.descend("booth", twin, steps=6).points)
        arrays = optviz.iterate(surfaces.booth.gradient, optimizer, np.array(path[0]))
        np.testing.assert_allclose(path[-1], [next(arrays).params for _ in range(7)][-1])
        np.testing.assert_array_equal(path, paths.setdefault(value, path))
        if not isinstance(optimizer.lr, Fading):
            parts = parts_of_step(optimizer, 6, run.gradients[5], run.points[5], run.slots(5))
            np.testing.assert_allclose(sum(parts.values()), run.steps_taken[5])
            assert f"const t0 = {value} * s0" in javascript.rule_source(type(optimizer))
    assert not np.array_equal(paths[1.0], paths[0.5])


def test_our_own_rules_are_recorded_once(monkeypatch):
    from optviz.optimizers import base

    counted = []
    compile_update = base.compile_update
    monkeypatch.setattr(
        base, "compile_update", lambda o, size: counted.append(o) or compile_update(o, size)
    )
    rare = optviz.Adam(lr=0.1, eps=1.2345e-7)
    for _ in range(3):
        optviz.descend("booth", dataclasses.replace(rare), steps=2)
    assert len(counted) == 1
    for _ in range(3):
        optviz.descend("booth", ReadsGlobal(), steps=2)
    assert len(counted) == 4


# Hyper-parameters are numbers of any library, kept as Python's.

TENTH = np.float32(0.1).item()


@pytest.mark.parametrize(
    ("given", "kept"),
    [(np.float32(0.1), TENTH), (np.float64(0.1), 0.1), (np.int64(3), 3), (np.array(0.25), 0.25),
     (np.array(2), 2), (torch.tensor(0.25), 0.25), (torch.tensor(2), 2), (Fraction(1, 4), 0.25),
     (torch.tensor(0.5, requires_grad=True), 0.5), (1, 1)],
)  # fmt: skip
def test_numbers_of_any_library_are_kept_as_pythons(given, kept):
    for optimizer in (optviz.GD(lr=given), optviz.GD(weight_decay=given),
                      optviz.RMSProp(lr=0.1, momentum=given), ReadsGlobal(lr=given)):  # fmt: skip
        plain = dataclasses.replace(
            optimizer, **{f.name: kept for f in dataclasses.fields(optimizer)
                          if getattr(optimizer, f.name) == kept and not isinstance(f.default, bool)}
        )  # fmt: skip
        assert optimizer == plain
        assert hash(optimizer) == hash(plain)
        assert str(optimizer) == str(plain)
        assert repr(optimizer) == repr(plain)
        assert all(type(getattr(optimizer, f.name)) in (float, int, bool)
                   for f in dataclasses.fields(optimizer))  # fmt: skip
    assert type(optviz.GD(lr=given).lr) is type(kept)
    assert parse(str(optviz.GD(lr=given))) == optviz.GD(lr=kept)
    assert javascript.settings(optviz.GD(lr=given))["lr"] == kept
    assert schedules.Cosine(given, T_max=np.int64(9)) == schedules.Cosine(kept, T_max=9)


def test_pairs_and_booleans_are_kept_as_pythons():
    optimizer = optviz.Adam(betas=[np.float64(0.8), np.float32(0.5)], amsgrad=np.True_)
    assert optimizer == optviz.Adam(betas=(0.8, 0.5), amsgrad=True)
    assert str(optimizer) == "adam:lr=0.001,betas=0.8/0.5,amsgrad=true"
    assert optviz.Adam(amsgrad=torch.tensor(False)).amsgrad is False

    @dataclass(frozen=True)
    class Table(Optimizer):
        table: list = field(default_factory=lambda: [1.0, np.float64(2.0)])
        pair: tuple = (0.5, 2.0)

        def rule(self, t, lr, grad):
            return -lr * grad * self.table[1] * self.pair[1], {}

    assert Table() == Table(table=(1, 2), pair=[0.5, np.int64(2)])
    assert Table().table == (1.0, 2.0)
    run = optviz.descend("booth", Table(0.01), steps=5)
    expected = optviz.descend("booth", optviz.GD(0.04), steps=5)
    np.testing.assert_allclose(run.points, expected.points, rtol=1e-12)
    assert "h.pair_1" in javascript.rule_source(Table)


@dataclass(frozen=True)
class OwnFields(Optimizer):
    lr: float = 0.02
    k: float = 0.5
    thing: Any = None

    def rule(self, t, lr, grad):
        return -lr * self.k * grad, {}


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: optviz.GD(lr=np.float32(-1e-3)), "lr must be a number in [0, inf)"),
        (lambda: optviz.GD(lr=np.array(-1)), "lr must"),
        (lambda: optviz.GD(lr=torch.tensor(-0.1)), "lr must"),
        (lambda: optviz.GD(lr=np.float32("nan")), "lr must"),
        (lambda: optviz.GD(lr=Fraction(-1, 2)), "lr must"),
        (lambda: optviz.GD(lr=10**400), "lr must"),
        (lambda: optviz.GD(lr=True), "lr must be a number in [0, inf); not True"),
        (lambda: optviz.GD(lr=np.True_), "lr must"),
        (lambda: optviz.GD(lr=torch.tensor(True)), "lr must"),
        (lambda: optviz.GD(lr=1j), "lr must"),
        (lambda: optviz.GD(lr=np.complex64(1)), "lr must"),
        (lambda: optviz.GD(lr=np.str_("0.1")), "lr must"),
        (lambda: optviz.GD(lr={0.1}), "lr must"),
        (lambda: optviz.GD(lr=np.array([0.1, 0.2])), "lr must"),
        (lambda: optviz.GD(lr=np.array([0.1])), "lr must"),
        (lambda: optviz.GD(lr=torch.tensor([0.1, 0.2])), "lr must"),
        (lambda: optviz.GD(lr=[0.1, 0.2]), "lr must"),
        (lambda: optviz.GD(lr=lambda t: 0.1 / t),
         "a schedule (Constant, Step, Exponential, Cosine, Warmup, or your own Schedule)"),
        (lambda: optviz.GD(lr=schedules.Cosine), "a schedule (Constant"),
        (lambda: schedules.Warmup(lambda t: 0.1), "a schedule (Constant"),
        (lambda: schedules.Cosine(np.float32(-1)), "lr must"),
        (lambda: schedules.Step(0.1, np.float64(1.5)), "step_size must be a whole number"),
        (lambda: schedules.Step(0.1, np.int64(0)), "step_size must"),
        (lambda: optviz.Adam(betas=(np.float32(1.5), 0.9)), "betas must be a number in [0, 1)"),
        (lambda: optviz.Adam(betas=(True, 0.9)), "betas must"),
        (lambda: optviz.Adam(betas=np.array([0.9, 0.99])), "betas must be a tuple of 2 numbers"),
        (lambda: optviz.Adam(betas=[0.9]), "betas must be a tuple of 2 numbers"),
        (lambda: optviz.Adam(amsgrad=np.int64(1)), "amsgrad must be True or False"),
        (lambda: optviz.Momentum(momentum=np.float64(0.0), nesterov=True), "nesterov"),
        (lambda: optimizers.Rprop(etas=(np.float32(1.5), 1.2)), "etas"),
        (lambda: OwnFields(lr=-1), "lr must be a number in [0, inf)"),
        (lambda: OwnFields(lr="fast"), "lr must"),
        (lambda: OwnFields(k="much"), "k must be a number; not 'much'"),
        (lambda: OwnFields(k=np.ones(2)), "k must be a number"),
        (lambda: OwnFields(thing=np.ones(2)), "thing must be a value that can be hashed"),
        (lambda: OwnFields(thing={}), "thing must be a value that can be hashed"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_when_it_is_made(make, part):
    with pytest.raises(InputError) as caught:
        make()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


class Announces:
    """A mixin that looks at the settings and forgets the check above it."""

    def __post_init__(self):
        object.__setattr__(self, "seen", self.lr)


@dataclass(frozen=True)
class Forgetful(optviz.GD):
    k: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "k", self.k * 2)


@dataclass(frozen=True)
class Mixed(Announces, optviz.GD):
    pass


@dataclass(frozen=True)
class Below(Forgetful):
    pass


@dataclass(frozen=True)
class OwnSchedule(schedules.Schedule):
    half: float = 2.0

    def __post_init__(self):
        pass

    def rule(self, epoch, lr):
        return lr / (1 + epoch / self.half)


@pytest.mark.parametrize("kind", [Forgetful, Mixed, Below, OwnSchedule])
def test_settings_are_checked_whatever_post_init_does(kind):
    for wrong in (-1.0, "fast", np.float32(-1), lambda t: 0.1):
        with pytest.raises(InputError, match="lr must be"):
            kind(lr=wrong)
        with pytest.raises(InputError, match="lr must be"):
            dataclasses.replace(kind(lr=0.1), lr=wrong)
    assert type(kind(lr=np.float32(0.5)).lr) is float
    assert Forgetful(k=np.int64(3)).k == 6
    assert type(Below(k=np.int64(3)).k) is int
