"""The course, second part: rates, starts, noise and conventions, a scenario for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

import surfaces
from optviz.descent import descend
from optviz.optimizers import Momentum, Optimizer, Rate, RMSProp, schedules
from optviz.optimizers.base import Slots
from optviz.optimizers.hyper import coefficient, epsilon, fraction, learning_rate
from optviz.optimizers.ops import sqrt
from optviz.scenarios.scenario import Runs, Scenario, arrived, arrives, ends_at, leaves, moved
from surfaces import examples


@dataclass(frozen=True)
class TextbookMomentum(Optimizer):
    """Momentum with the rate inside the sum, as Polyak (1964) and many textbooks write it."""

    title: ClassVar[str] = "Textbook momentum"

    lr: Rate = learning_rate(0.01)
    momentum: float = coefficient(0.9)

    def slots(self, zeros: Any) -> Slots:
        return {"velocity": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, velocity: Any) -> tuple[Any, Slots]:
        velocity = self.momentum * velocity + lr * grad
        return -velocity, {"velocity": velocity}


@dataclass(frozen=True)
class RMSPropInside(Optimizer):
    """RMSProp with eps inside the root, as TensorFlow has it."""

    title: ClassVar[str] = "RMSProp (ε inside)"

    lr: Rate = learning_rate(0.01)
    alpha: float = fraction(0.99)
    eps: float = epsilon()

    def slots(self, zeros: Any) -> Slots:
        return {"square_avg": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, square_avg: Any) -> tuple[Any, Slots]:
        square_avg = self.alpha * square_avg + (1 - self.alpha) * grad * grad
        return -lr * grad / sqrt(square_avg + self.eps), {"square_avg": square_avg}


def _limit(runs: Runs) -> bool:
    steepest = np.linalg.eigvalsh(runs[0].surface.hessian(runs[0].points[0])).max()
    below, above = (run.optimizer.rate(1) for run in runs)
    return below < 2 / steepest < above and arrived(runs[0]) and leaves(runs[1])


def _escape(runs: Runs) -> bool:
    gd, momentum, adam = runs
    return all(arrived(run) for run in runs) and arrives(gd) > 2 * max(
        arrives(momentum), arrives(adam)
    )


def _start(runs: Runs) -> bool:
    """One optimizer, four starts, four minima."""
    found = {
        tuple(np.round(descend(run.surface, run.optimizer, start, 200).points[-1], 2))
        for run in runs
        for start in ((2, 3), (-2, 3), (-2, -3), (2, -3))
    }
    return found == {tuple(np.round(m[:2], 2)) for m in surfaces.himmelblau.minima}


def _smooth(runs: Runs) -> bool:
    """How much one step differs from the one before; both are at the bottom in the end."""
    gd, momentum = (np.abs(np.diff(run.points, 2, axis=0)).mean() for run in runs)
    # The mean of many values: under noise a single last one is luck.
    there = all(run.values[-50:].mean() < 0.1 * run.values[0] for run in runs)
    return bool(momentum < 0.3 * gd) and there


def _conventions(runs: Runs) -> bool:
    ours, textbook = runs
    drop = 30
    same_before = np.allclose(ours.points[: drop + 1], textbook.points[: drop + 1], atol=1e-9)
    gap = np.linalg.norm(ours.points[drop + 2 :] - textbook.points[drop + 2 :], axis=1).max()
    constant = [descend(run.surface, type(run.optimizer)(lr=0.02), steps=60).points for run in runs]
    same_if_constant = np.allclose(constant[0], constant[1], atol=1e-9)
    return bool(same_before and gap > 0.1 and same_if_constant)


def _settles(runs: Runs) -> bool:
    constant, cosine = (run.values[-20:].mean() for run in runs)
    return bool(cosine < 0.1 * constant) and arrived(runs[1])


def _fits(runs: Runs) -> bool:
    weight, bias, _ = runs[0].surface.minima[0]
    return all(ends_at(run, weight, bias) for run in runs)


_DROP = schedules.Step(0.02, 30, 0.1)

PRACTICE = (
    Scenario(
        "rate-too-large",
        {"en": "A rate too large", "zh": "学习率过大"},
        {
            "en": "GD converges below 2 / largest curvature, here 1/9, and diverges above it.",
            "zh": "学习率低于 2 / 最大曲率（这里是 1/9）时 GD 收敛，高于它就发散。",
        },
        surfaces.booth, ("gd:lr=0.108", "gd:lr=0.114"), _limit,
    ),
    Scenario(
        "escape-from-saddle",
        {"en": "Escape from a saddle", "zh": "逃离鞍点"},
        {
            "en": "From a hair beside the ridge GD lingers at the saddle; momentum and Adam leave.",
            "zh": "起点只偏离山脊一点点：GD 在鞍点徘徊，动量和 Adam 很快离开。",
        },
        surfaces.saddle_escape, ("gd:lr=0.05", "momentum:lr=0.05", "adam:lr=0.05"), _escape,
        start=(-1.8, 1e-4), steps=400,
    ),
    Scenario(
        "plateau-starves-gd",
        {"en": "A plateau starves GD", "zh": "平台饿死 GD"},
        {
            "en": "Where a sigmoid saturates GD stands still; RMSProp rescales and goes.",
            "zh": "sigmoid 饱和处 GD 原地不动；RMSProp 放大梯度，照常前进。",
        },
        surfaces.saturated_neuron, ("gd:lr=0.1", "rmsprop:lr=0.05"),
        lambda runs: moved(runs[0]) < 1 and arrived(runs[1], 0.05),
    ),
    Scenario(
        "start-decides",
        {"en": "The start decides", "zh": "起点决定终点"},
        {
            "en": "Himmelblau's function has four minima: from four starts GD finds each of them.",
            "zh": "Himmelblau 函数有四个极小值：从四个起点出发，GD 分别到达其中一个。",
        },
        surfaces.himmelblau, ("gd:lr=0.01",), _start, start=(2, 3),
    ),
    Scenario(
        "noise-averaged",
        {"en": "Momentum averages noise", "zh": "动量平均噪声"},
        {
            "en": "With noisy gradients GD jitters; momentum at the same effective rate glides.",
            "zh": "梯度有噪声时 GD 抖动不停；等效学习率相同的动量则平滑前进。",
        },
        surfaces.sphere, ("gd:lr=0.1", "momentum:lr=0.01"), _smooth, steps=150, noise=3.0, seed=1,
    ),
    Scenario(
        "two-momenta",
        {"en": "Two momenta", "zh": "两种动量"},
        {
            "en": "torch's momentum and the textbook's agree until the rate drops, then they part.",
            "zh": "torch 的动量与教科书的动量走同一条路，直到学习率下降，此后分道扬镳。",
        },
        surfaces.matyas, (Momentum(lr=_DROP), TextbookMomentum(lr=_DROP)), _conventions, steps=90,
    ),
    Scenario(
        "eps-inside-the-root",
        {"en": "Where eps stands", "zh": "eps 的位置"},
        {
            "en": "On a plateau eps outside the root (torch) moves on, inside (TensorFlow) stops.",
            "zh": "在平台上，eps 在根号外（torch）仍能前进；在根号内（TensorFlow）几乎不动。",
        },
        surfaces.easom,
        (RMSProp(lr=0.05, alpha=0.9, eps=1e-6), RMSPropInside(lr=0.05, alpha=0.9, eps=1e-6)),
        lambda runs: moved(runs[0]) > 0.5 and moved(runs[1]) < 0.1 * moved(runs[0]), steps=300,
    ),
    Scenario(
        "cosine-schedule",
        {"en": "A cosine schedule", "zh": "余弦学习率"},
        {
            "en": "Under noise a constant rate never comes to rest; a cosine one settles.",
            "zh": "有噪声时，恒定的学习率永远停不下来；余弦学习率最终安静下来。",
        },
        surfaces.sphere, ("gd:lr=0.2", "gd:lr=cosine(0.2,200)"), _settles, steps=200, noise=3.0,
        seed=2, views=("contour", "loss", "lr"),
    ),
    Scenario(
        "fit-a-line",
        {"en": "Fitting a line", "zh": "拟合一条直线"},
        {
            "en": "Weight and bias walk down a tilted valley while the line turns to the data.",
            "zh": "权重和偏置沿倾斜的山谷下降，直线随之转向数据。",
        },
        examples.five_points, ("gd:lr=0.1", "adam:lr=0.3"), _fits, steps=200,
        views=("contour", "data"),
    ),
)  # fmt: skip
