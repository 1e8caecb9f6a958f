"""Optimizers that keep more than one point, or set their rate from where they have been."""

from __future__ import annotations

import numpy as np

import surfaces
from optviz.scenarios.scenario import Runs, Scenario, arrived, moved, turns


def _three_points(runs: Runs) -> bool:
    """x is the mean of z so far; the gradients are those at y, with the noise that GD sees."""
    gd, free = runs
    x, z, surface = free.points, free.states.get("z", free.points), free.surface
    y = 0.9 * x[1:] + 0.1 * z[1:]
    noise = gd.gradients - surface.gradient(gd.points)
    taken = np.allclose(free.gradients[1:], surface.gradient(y) + noise[1:])
    mean = np.allclose(x[-1], z[1:].mean(axis=0))
    rattles, rests = (np.linalg.norm(np.diff(p[-30:], axis=0), axis=1).mean() for p in (z, x))
    lower = free.values[-30:].mean() < 0.7 * gd.values[-30:].mean()
    return bool(taken and mean and lower and rests < 0.1 * rattles)


def _slow_and_fast(runs: Runs) -> bool:
    gd, lookahead = runs
    fast, slow = lookahead.points, lookahead.states.get("slow", lookahead.points)[1:]
    tried = fast[4::5] - lookahead.optimizer.rate(1) * lookahead.gradients[4::5]
    half = np.allclose(fast[5::5], (fast[:-1:5] + tried) / 2)
    crossings = turns(gd.points[:, 1]) > 30 and turns(fast[:, 1]) > 30 and turns(slow[:, 1]) == 0
    behind = abs(fast[-1, 0]) > 2 * abs(gd.points[-1, 0])
    return bool(half and crossings and behind) and arrived(gd)


def _finds_its_rate(runs: Runs) -> bool:
    """The way is that to the minimum along the coordinate in which it is farthest."""
    adam, prodigy = runs
    estimate = prodigy.states.get("d", np.ones((1, 1)))[:, 0]
    way = np.abs(prodigy.points[0] - prodigy.surface.minima[0][:2]).max()
    share, grown = estimate[-1] / way, estimate[20] / estimate[0] if len(estimate) > 20 else 0
    settled = estimate[-1] < 1.01 * estimate[len(estimate) // 2]
    return bool(grown > 1e5 and 0.05 < share < 0.5 and settled and moved(adam) < 0.1 * way) and (
        arrived(prodigy)
    )


AVERAGES = (
    Scenario(
        "schedule-free-averages",
        {"en": "Schedule-Free: three points", "zh": "Schedule-Free 的三个点"},
        {
            "en": "Under noise, at one constant rate, GD never settles; Schedule-Free does. What "
            "is drawn is x, the mean of all z; z itself rattles on, and gradients are taken at y, "
            "a tenth of the way from x to z.",
            "zh": "梯度有噪声、学习率恒定时，GD 停不下来，Schedule-Free 却能稳定。图中画的是 x，"
            "即所有 z 的平均值；z 本身仍在晃动；梯度取在 y 处，即从 x 到 z 的十分之一处。",
        },
        surfaces.sphere, ("gd:lr=0.2", "schedulefree(gd:lr=0.2)"), _three_points, start=(4, -3),
        steps=100, noise=3.0, seed=3,
    ),
    Scenario(
        "lookahead-slow-and-fast",
        {"en": "Lookahead: slow and fast weights", "zh": "Lookahead 的快慢权重"},
        {
            "en": "The fast weights cross the valley at each step. Every fifth they go back half "
            "their way, to the slow weights, which never cross it, but are slower along it.",
            "zh": "快权重每一步都横穿山谷；每五步退回一半路程，回到慢权重。慢权重从不横穿山谷，"
            "但沿谷底也走得更慢。",
        },
        surfaces.ellipse, ("gd:lr=0.375", "lookahead(gd:lr=0.375,k=5,alpha=0.5)"), _slow_and_fast,
        start=(-5, -2), steps=60,
    ),
    Scenario(
        "prodigy-finds-its-rate",
        {"en": "Prodigy finds its rate", "zh": "Prodigy 自行确定学习率"},
        {
            "en": "Begun with a rate of a millionth, Prodigy raises it a hundred-thousandfold in "
            "twenty steps, to the order of its distance from the minimum. Adam at lr=0.001 crawls.",
            "zh": "Prodigy 的初始学习率只有百万分之一，二十步内就增大十万倍以上，达到与到极小值点的"
            "距离相当的量级。lr=0.001 的 Adam 则缓慢爬行。",
        },
        surfaces.booth, ("adam:lr=0.001", "prodigy:lr=1"), _finds_its_rate, start=(-6, 4),
        steps=200, views=("contour", "loss", "lr"),
    ),
)  # fmt: skip
