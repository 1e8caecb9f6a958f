"""JavaScript of what users bring: optimizers, formulas and samples; and what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from engine import Case, Engine, assert_same, assert_same_slopes, same_bits

import surfaces
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import Optimizer, Rate, hyper, ops, schedules
from optviz.translate import javascript

BOWL = surfaces.ellipse
GROUNDS = [BOWL, surfaces.rosenbrock, surfaces.plateau]


@dataclass(frozen=True)
class Odd(Optimizer):
    """All that a rule may hold: hard names, other types, signs of 0, every power and function."""

    lr: Rate = 0.05
    k: float = hyper(2.0, low=0, high=3)
    whole: int = hyper(3, low=1, high=9)
    pair: tuple[float, float] = hyper((0.5, 2.0), low=0, high=3)
    swap: bool = False
    kind: str = "not a number"

    def slots(self, zeros: Any) -> dict[str, Any]:
        start = {"default": zeros - self.k, "t0": zeros + self.pair[0] / 2}
        return start | {"_hidden": zeros, "floor": zeros}

    def rule(
        self, t: Any, lr: Any, grad: Any, default: Any, t0: Any, _hidden: Any, floor: Any
    ) -> Any:
        size = ops.sqrt(grad * grad + self.pair[0])
        shrunk = (grad / size) ** self.whole + size**self.k / (1e3 + size**-0.5) + (-0.0) ** 2
        shrunk = ops.where(grad <= 0, -shrunk, ops.minimum(shrunk, float("inf")))
        wave = ops.cos(t * self.pair[1]) + ops.floor(t / 7) * 1e-3 + 0.96 ** (t * self.k)
        default, t0 = (t0, default) if self.swap else (0.9 * default + shrunk, t0 * 0.5 + wave)
        step = -lr * default - lr * 1e-3 * ops.maximum(t0, -1e16) * ops.sign(grad)
        floor = ops.floor(0.0 * grad)  # 0, also where the gradient is negative
        slots = {"default": default, "t0": t0, "_hidden": (grad > 0) * 2}
        return step, slots | {"floor": floor}


@dataclass(frozen=True)
class Raising(Optimizer):
    """Raises in Python after some steps, where IEEE 754 goes on with inf or nan: what is raised at
    hides in a comparison that ignores its outcome. Only ``infinite`` does not raise.
    """

    lr: Rate = 0.1
    root: bool = False
    quotient: bool = False
    power: bool = False
    fraction: bool = False
    wave: bool = False
    whole: bool = False
    infinite: bool = False

    def rule(self, t: Any, lr: Any, grad: Any) -> Any:
        size = 0.0 * grad
        if self.root:
            size = ops.sqrt(10 - t)
        if self.quotient:
            size = 1 / (t - 7)
        if self.power:
            size = 1e10 ** (t * t)
        if self.fraction:
            size = (5 - t) ** 1.5
        if self.wave:
            size = ops.cos(1e200 * 10.0**t * 1e100)
        if self.whole:
            size = ops.floor(t**2.5 * 1e305)
        if self.infinite:
            size = ((t * 1e307) ** 2) ** 1.5
        return -lr * grad + ops.where(size > 1, 0.0, 0.0), {}


def test_an_own_optimizer_takes_the_same_path(browser):
    page = Engine(browser, [Odd, Raising], schedules.SCHEDULES.values(), GROUNDS)
    odd = [
        Odd(lr, k, whole, pair, swap)
        for lr, k, whole, pair, swap in itertools.product(
            (0, 1, 0.05, schedules.Cosine(0.1, 100)), (0, 2.0, 0.5, 2.5), (1, 3),
            ((0.5, 2.0), (0, 1)), (False, True),
        )
    ]  # fmt: skip
    names = [field.name for field in dataclasses.fields(Raising)][1:]
    raising = [Raising(**{name: True}) for name in names] + [Raising()]
    assert_same(page, [Case(o, s, s.start, 60) for o in odd for s in GROUNDS])
    for optimizer in raising:
        calm = optimizer in (Raising(infinite=True), Raising())
        ends = assert_same(page, [Case(optimizer, BOWL, BOWL.start, 60)])
        assert ends == {"finished" if calm else "diverged"}, optimizer


FORMULAS = [
    "x**2 + sin(y)", "1/x + log(y)", "x**y", "abs(x - y)**1.5", "sqrt(x) + sqrt(abs(y))", "5",
    "minimum(x, y)*maximum(x, -y)", "exp(exp(x)) - cosh(y)", "tan(x)*tanh(y) + sinh(x*y)", "-3.5",
    "x**5 + y**-3 + x**(1/3)", "exp(-1/x**2)", "0.1**x + 1e300*y", "(x + y)**0.5/(x - y)",
    "log(abs(x))/log(abs(y))", "x", "x**x", "abs(x)**abs(y)", "1e-320*x + pi**y + e**x",
    "asin(x) + acos(y/3)", "atan(x)*atan2(y, x)", "log2(x) - log10(y)", "cbrt(x*y) + cbrt(1e300*x)",
    "acosh(x) + asinh(y) + atanh(x*y)", "floor(3*x)*y + sign(y)*x", "where(x < y, 1/x, log(y))",
    "where(x >= 0.5, sqrt(x - 0.5), x**y)", "where(x <= y, where(y > 1, x, y)**2, x/(y - x))",
]  # fmt: skip


ONE = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "-", "asin",
       "acos", "atan", "asinh", "acosh", "atanh", "log2", "log10", "cbrt", "sign",
       "floor")  # fmt: skip
TWO = ("({} + {})", "({} - {})", "{}*{}", "{}/{}", "{}**{}", "minimum({}, {})", "maximum({}, {})",
       "atan2({}, {})", "where({} < {}, x, y)")  # fmt: skip


def any_formula(rng, depth):
    """A formula as no one would write it."""
    if depth == 0:
        return str(rng.choice(["x", "y", "x", "y", "2", "0.5", "3", "1.7", "pi"]))
    if rng.random() < 0.4:
        return f"{rng.choice(ONE)}({any_formula(rng, depth - 1)})"
    return f"({rng.choice(TWO).format(any_formula(rng, depth - 1), any_formula(rng, depth - 1))})"


def own_surfaces():
    rng = np.random.default_rng(9)
    for text in FORMULAS + [any_formula(rng, 3) for _ in range(60)]:
        try:
            surface = surfaces.from_formula(text, domain=((-2, 2), (-2, 2)), start=(1.25, 0.5))
            surface.at(1.25, 0.5)
        except InputError:  # such as log(-2), or 0/0 everywhere
            continue
        yield dataclasses.replace(surface, name=text)


def test_own_formulas_have_the_same_values_and_slopes(browser):
    own = list(own_surfaces())
    assert len(own) > 60
    page = Engine(browser, [optimizers.GD], surfaces=own)
    rng = np.random.default_rng(5)
    nasty = (
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        0.5,
        -0.5,
        3.0,
        1e-300,
        1e300,
        math.inf,
        -math.inf,
        math.nan,
    )
    points = np.vstack([rng.uniform(-3, 3, (300, 2)), list(itertools.product(nasty, repeat=2))])
    for surface in own:
        assert_same_slopes(page, surface, points)
    finite = [surface for surface in own if np.isfinite(surface.at(*surface.start)).all()]
    assert_same(page, [Case(optimizers.GD(lr=0.3), s, s.start, 100) for s in finite])
    # One step to where the value is finite, the slope is not.
    root = surfaces.from_formula("x + sqrt(y)", domain=((0, 1), (0, 1)), start=(0.5, 0.25))
    page = Engine(browser, [optimizers.GD], surfaces=[root])
    assert assert_same(page, [Case(optimizers.GD(lr=0.25), root, root.start)]) == {"diverged"}


def samples():
    x, y = np.linspace(-2, 3, 12), np.linspace(-1, 1, 9)
    return x, y, np.sin(3 * x) + np.add.outer(y**2, x) / 3


def with_a_hole():
    x, y, z = samples()
    z[4:6, 8] = np.nan
    return surfaces.from_samples(x, y[::-1], z)


def test_a_run_into_a_hole_has_left(browser):
    holed = with_a_hole()
    case = Case(optimizers.GD(0.05), holed, (2.5, 0.9), 100)
    page = Engine(browser, [optimizers.GD], surfaces=[holed])
    assert assert_same(page, [case]) == {"left"}


def of_a_function():
    return surfaces.from_function(
        lambda x, y: np.sin(3 * x) + (y**2 + x) / 3, ((-2, 3), (-1, 1))
    ).sampled(23)


@pytest.mark.parametrize(
    "make", [lambda: surfaces.from_samples(*samples()), with_a_hole, of_a_function]
)
def test_a_surface_of_samples_is_the_same(make, browser):
    x, y, _ = samples()
    sampled = make()
    rng = np.random.default_rng(6)
    points = np.vstack([
        rng.uniform((-2.2, -1.1), (3.2, 1.1), (500, 2)), list(itertools.product(x, y)),
        [(math.nan, 0), (0, math.inf), (1e300, -1e300)],
    ])  # fmt: skip
    page = Engine(browser, [optimizers.Adam], surfaces=[sampled])
    assert_same_slopes(page, sampled, points)
    array = np.column_stack([np.stack(sampled.value_and_gradient(points)[0:1], -1),
                             sampled.gradient(points)])  # fmt: skip
    assert same_bits(array, np.array([sampled.at(*point) for point in points.tolist()]))
    stays, leaves = (Case(optimizers.Adam(lr), sampled, sampled.start, 200) for lr in (0.1, 2.0))
    assert assert_same(page, [stays]) == {"finished"}
    assert assert_same(page, [leaves]) == {"left"}


@dataclass(frozen=True)
class Branching(Optimizer):
    k: float = 0.5

    def rule(self, t: Any, lr: Any, grad: Any) -> Any:
        return (-lr * grad if self.k > 0 else lr), {}


@dataclass(frozen=True)
class Borrowing(Optimizer):
    k: float = 0.5

    def rule(self, t: Any, lr: Any, grad: Any) -> Any:
        return -lr * grad * math.exp(self.k), {}


@dataclass(frozen=True)
class Impossible(Optimizer):
    def rule(self, t: Any, lr: Any, grad: Any) -> Any:
        return -lr * grad / (1 / 0), {}


@pytest.mark.parametrize(
    ("ask", "part"),
    [
        (lambda: javascript.rule_source(Branching), "where"),
        (lambda: javascript.rule_source(Borrowing), "functions of math"),
        (lambda: javascript.rule_source(Impossible), "division by zero"),
        (lambda: javascript.rule_source(Optimizer), "rule"),
        (lambda: javascript.rule_source(schedules.Cosine), "Optimizer"),
        (lambda: javascript.rule_source(optimizers.Adam()), "class"),
        (lambda: javascript.schedule_source(optimizers.Adam), "Schedule"),
        (lambda: javascript.settings(Odd(kind="other")), "kind"),
    ],
)
def test_what_cannot_run_in_a_browser_is_refused_in_one_line(ask, part):
    with pytest.raises(InputError, match=part) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_torchs_optimizers_and_computed_surfaces_are_refused():
    torch = pytest.importorskip("torch")
    import optviz

    with pytest.raises(InputError, match="rule"):
        javascript.rule_source(type(optviz.from_torch(torch.optim.SGD)))

    computed = surfaces.from_function(lambda x, y: x, ((0, 1), (0, 1)))
    with pytest.raises(InputError, match="formula or samples"):
        javascript.surface_source(computed)
