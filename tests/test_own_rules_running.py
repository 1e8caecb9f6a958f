"""What rules of a user's own compute, show and read, on every kind of number."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from engine import Case, Engine, assert_same
from own_rules import line_of, on_torch, owning

import optviz
import surfaces
from optviz.optimizers import Optimizer, Rate, ops, schedules
from optviz.translate import javascript
from optviz.translate.contributions import parts_of_step
from optviz.translate.latex import lines_of

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
    [(Keyworded, "maximum(a=grad"), (Looping, "for factor"), (Lambda, "written with def")],
)
def test_a_rule_that_runs_but_cannot_be_shown_is_one_line(kind, part):
    run = optviz.descend("booth", kind, steps=3)
    assert len(run) == 3
    assert javascript.rule_source(kind)
    for use in ("slow film", "page's lines"):
        assert part in line_of(use, kind)
    optviz.explore("booth", [kind()]).embed()  # the page says that it cannot be shown


@dataclass(frozen=True)
class Halved(optviz.Adam):
    def rule(self, t, lr, grad, **slots):
        step, after = super().rule(t, lr, grad, **slots)
        return 0.5 * step, after


@dataclass(frozen=True)
class Signed(optviz.Momentum):
    def rule(self, t, lr, grad, momentum_buffer):
        move, after = super().rule(t, 2 * lr, ops.sign(grad), momentum_buffer=momentum_buffer)
        return move - 0.01 * grad, after


@dataclass(frozen=True)
class Renamed(Halved):
    def rule(self, t, lr, grad, **slots):
        return super().rule(t, lr, grad, **slots)


@pytest.mark.parametrize(
    ("kind", "formulas"),
    [
        (Hands, ["g_t' = ", r"m_t = \beta_1", "v_t = ", r"\hat{m} = ",
                 r"\hat{v} = ", r"\Delta\theta = "]),
        (Halved, [r"m_t = \beta_1", "v_t = ", r"\hat{m} = ", r"\hat{v} = ", r"\Delta\theta = ",
                  r"\Delta\theta' = 0.5\,\Delta\theta"]),
        (Renamed, [r"m_t = \beta_1", "v_t = ", r"\hat{m} = ", r"\hat{v} = ", r"\Delta\theta = ",
                   r"\Delta\theta' = 0.5\,\Delta\theta"]),
        (Signed, [r"\eta' = 2\,\eta", r"g_t' = \mathrm{sign}(g_t)", r"b_t = \mu\,b_{t-1} + g_t'",
                  r"\Delta\theta = -\eta'\,b_t", r"\Delta\theta' = \Delta\theta - 0.01\,g_t"]),
    ],
)  # fmt: skip
def test_a_rule_that_calls_another_is_shown_with_its_lines(kind, formulas, browser):
    optimizer = kind(lr=0.02)
    run = optviz.descend("booth", optimizer, steps=4)
    for k in range(3):
        slots = {name: state[k] for name, state in run.states.items()}
        lines = lines_of(optimizer, k + 1, run.gradients[k], run.points[k], slots)
        np.testing.assert_allclose(lines[-1].value, run.steps_taken[k], rtol=1e-14)
    shown = [line.formula for line in lines]
    left = [text for text in formulas if any(line.startswith(text) for line in shown)]
    assert (left, len(shown)) == (formulas, len(formulas))
    film = optviz.animate("booth", [optimizer], views="anatomy", slow=True, steps=3)
    assert np.ptp(film.frame(len(film) // 2)) > 100
    page = Engine(browser, [kind], surfaces=[surfaces.booth])
    assert_same(page, [Case(optimizer, surfaces.booth, (1.0, -2.0), 40)])
    assert '"exp_avg"' in (text := javascript.lines_source(kind)) or '"momentum_buffer"' in text


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
def test_a_run_sees_what_its_rule_reads_now(optimizer, browser, monkeypatch):
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
        page = Engine(browser, [type(optimizer)], [Fading], [surfaces.booth])
        assert_same(page, [Case(optimizer, surfaces.booth, surfaces.booth.start, 6)])
        page.page.close()
        if not isinstance(optimizer.lr, Fading):
            parts = parts_of_step(optimizer, 6, run.gradients[5], run.points[5], run.slots(5))
            np.testing.assert_allclose(sum(parts.values()), run.steps_taken[5])
    assert not np.array_equal(paths[1.0], paths[0.5])


def test_our_own_rules_are_recorded_once(monkeypatch):
    from optviz.optimizers import running

    counted = []
    compile_update = running.compile_update
    monkeypatch.setattr(
        running, "compile_update", lambda o, *given: counted.append(o) or compile_update(o, *given)
    )
    rare = optviz.Adam(lr=0.1, eps=1.2345e-7)
    for _ in range(3):
        optviz.descend("booth", dataclasses.replace(rare), steps=2)
    assert len(counted) == 1
    for _ in range(3):
        optviz.descend("booth", ReadsGlobal(), steps=2)
    assert len(counted) == 4
