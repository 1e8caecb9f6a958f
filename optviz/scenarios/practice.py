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
from optviz.scenarios.scenario import (
    Runs,
    Scenario,
    arrived,
    ends_at,
    leaves,
    moved,
    rate_limit,
    settles,
)
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
    below, above = (run.optimizer.rate(1) for run in runs)
    return below < rate_limit(runs[0]) < above and arrived(runs[0]) and leaves(runs[1])


def _escape(runs: Runs) -> bool:
    gd, momentum, adam = runs
    return all(arrived(run) for run in runs) and settles(gd) > 2 * max(
        settles(momentum), settles(adam)
    )


def _start(runs: Runs) -> bool:
    """One optimizer, four starts, four minima."""
    found = {tuple(np.round(run.points[-1], 2)) for run in runs}
    return found == {tuple(np.round(m[:2], 2)) for m in surfaces.himmelblau.minima}


def _smooth(runs: Runs) -> bool:
    """The length of a step and the height, both as means over the second half of the way."""
    half = len(runs[0]) // 2
    gd, momentum = (np.linalg.norm(run.steps_taken[half:], axis=1).mean() for run in runs)
    low, high = sorted(run.values[half:].mean() for run in runs)
    return bool(momentum < 0.4 * gd and high < 2 * low and high < 0.1 * runs[0].values[0])


def _conventions(runs: Runs) -> bool:
    ours, textbook = runs
    drop = 30
    same_before = np.allclose(ours.points[: drop + 1], textbook.points[: drop + 1], atol=1e-9)
    gap = np.linalg.norm(ours.points[drop + 2 :] - textbook.points[drop + 2 :], axis=1).max()
    constant = [descend(run.surface, type(run.optimizer)(lr=0.02), steps=60).points for run in runs]
    same_if_constant = np.allclose(constant[0], constant[1], atol=1e-9)
    return bool(same_before and gap > 0.1 and same_if_constant)


def _settles(runs: Runs) -> bool:
    """Means over the last steps: under noise a single value is luck."""
    constant, cosine = (run.values[-20:].mean() for run in runs)
    pace, rest = (np.linalg.norm(run.steps_taken[-20:], axis=1).mean() for run in runs)
    return bool(cosine < 0.8 * constant and rest < 0.1 * pace)


def _eps_inside(runs: Runs) -> bool:
    """At torch's eps, 1e-8, both move."""
    small = [
        descend(run.surface, kind(run.optimizer.rate(1), 0.9, 1e-8), run.points[0], len(run))
        for run, kind in zip(runs, (RMSProp, RMSPropInside), strict=True)
    ]
    outside, inside = map(moved, runs)
    return outside > 0.5 and inside < 0.1 * outside and min(map(moved, small)) > 0.5


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
            "zh": "学习率低于 2 / 最大曲率（此处为 1/9）时 GD 收敛，高于它则发散。",
        },
        surfaces.booth, ("gd:lr=0.084", "gd:lr=0.15"), _limit, start=(-6, 4),
    ),
    Scenario(
        "escape-from-saddle",
        {"en": "Escape from a saddle", "zh": "逃离鞍点"},
        {
            "en": "Just here, a hair beside the ridge, GD takes more than twice the steps of "
            "momentum or Adam to leave the saddle.",
            "zh": "起点恰好紧挨山脊时，GD 离开鞍点所需的步数是动量或 Adam 的两倍以上。",
        },
        surfaces.saddle_escape, ("gd:lr=0.05", "momentum:lr=0.05", "adam:lr=0.05"), _escape,
        start=(-1.8, 1e-4), steps=400, delicate=("start",),
    ),
    Scenario(
        "plateau-starves-gd",
        {"en": "A plateau starves GD", "zh": "平台区使 GD 停滞"},
        {
            "en": "Where a sigmoid saturates GD hardly moves; RMSProp rescales and goes.",
            "zh": "在 sigmoid 的饱和区，GD 几乎不动；RMSProp 会重新缩放梯度，照常前进。",
        },
        surfaces.saturated_neuron, ("gd:lr=0.1", "rmsprop:lr=0.05,alpha=0.9"),
        lambda runs: moved(runs[0]) < 1 and arrived(runs[1], 0.05), start=(-6, 6),
    ),
    Scenario(
        "start-decides",
        {"en": "The start decides", "zh": "起点决定终点"},
        {
            "en": "Himmelblau's function has four minima: from four starts GD finds each of them.",
            "zh": "Himmelblau 函数有四个极小值：从四个不同的起点出发，GD 分别收敛到这四个极小值。",
        },
        surfaces.himmelblau, ("gd:lr=0.01",), _start, start=(2, 3),
        further_starts=((-2, 3), (-2, -3), (2, -3)),
    ),
    Scenario(
        "noise-averaged",
        {"en": "Momentum smooths the steps", "zh": "动量使步伐平滑"},
        {
            "en": "Under noise momentum's steps, at the same effective rate, are far shorter than "
            "GD's; yet the mean height reached is much the same.",
            "zh": "梯度有噪声时，等效学习率相同的动量步长远小于 GD；但两者达到的平均高度相差不大。",
        },
        surfaces.sphere, ("gd:lr=0.1", "momentum:lr=0.01"), _smooth, start=(4, -3), steps=200,
        noise=3.0, seed=1,
    ),
    Scenario(
        "two-momenta",
        {"en": "Two momenta", "zh": "两种动量"},
        {
            "en": "At exactly the same rate torch's momentum and the textbook's agree until the "
            "rate drops; then they part.",
            "zh": "学习率恰好相同时，torch 与教科书的动量走同一条路，直到学习率下降才分道扬镳。",
        },
        surfaces.matyas, (Momentum(lr=_DROP), TextbookMomentum(lr=_DROP)), _conventions,
        start=(9, -4), steps=90, delicate=("rate",),
    ),
    Scenario(
        "eps-inside-the-root",
        {"en": "Where eps stands", "zh": "eps 的位置"},
        {
            "en": "On a plateau, with eps 1e-6: outside the root (torch) RMSProp moves on, inside "
            "(TensorFlow) it stops; at 1e-8 both move.",
            "zh": "在平台区，eps 取 1e-6：放在根号外（torch）仍能前进，放在根号内（TensorFlow）"
            "几乎不动；取 1e-8 时两者都能前进。",
        },
        surfaces.easom,
        (RMSProp(lr=0.05, alpha=0.9, eps=1e-6), RMSPropInside(lr=0.05, alpha=0.9, eps=1e-6)),
        _eps_inside, start=(0.6, 6), steps=300,
    ),
    Scenario(
        "cosine-schedule",
        {"en": "A cosine schedule", "zh": "余弦退火"},
        {
            "en": "Under noise a constant rate never comes to rest; a cosine one settles, lower.",
            "zh": "梯度有噪声时，学习率恒定就始终停不下来；余弦衰减则逐渐稳定，并且降得更低。",
        },
        surfaces.sphere, ("gd:lr=0.2", "gd:lr=cosine(0.2,200)"), _settles, start=(4, -3),
        steps=200, noise=3.0, seed=2, views=("contour", "loss", "lr"),
    ),
    Scenario(
        "fit-a-line",
        {"en": "Fitting a line", "zh": "拟合一条直线"},
        {
            "en": "Weight and bias walk down a tilted valley while the line turns to the data.",
            "zh": "权重和偏置沿倾斜的山谷下降，直线随之贴近数据。",
        },
        examples.five_points, ("gd:lr=0.1", "adam:lr=0.3"), _fits, steps=200,
        views=("contour", "data"),
    ),
)  # fmt: skip
