"""The course, first part: why each optimizer was invented, a scenario for each reason."""

from __future__ import annotations

import numpy as np

import surfaces
from optviz.descent import descend
from optviz.scenarios.scenario import Runs, Scenario, arrived, ends_at, moved, turns
from surfaces import examples


def _zigzags(runs: Runs) -> bool:
    large, small = runs
    return turns(large.points[:, 1]) > 20 and turns(small.points[:, 1]) == 0 and moved(large) > 3


def _nesterov(runs: Runs) -> bool:
    """How far each goes beyond the minimum at 0 on its first swing."""
    plain, nesterov = (-run.points[:, 0].min() for run in runs)
    return bool(0.05 < nesterov < 0.8 * plain)


def _shrinks(runs: Runs) -> bool:
    adagrad, rmsprop = runs
    lengths = np.linalg.norm(adagrad.steps_taken, axis=1)
    shorter = bool((np.diff(lengths) < 0).all()) and lengths[-1] < 0.1 * lengths[0]
    return shorter and not arrived(adagrad, 0.3) and arrived(rmsprop)


def _forgets(runs: Runs) -> bool:
    """From AdaGrad's own first point, with the first gradient forgotten, AdaGrad arrives."""
    adagrad, rmsprop = runs
    anew = descend(adagrad.surface, adagrad.optimizer, adagrad.points[1], len(adagrad))
    far = not ends_at(adagrad, 3, 0.5, 1)
    return far and ends_at(anew, 3, 0.5, 0.3) and ends_at(rmsprop, 3, 0.5, 0.1)


def _joins(runs: Runs) -> bool:
    """In the end RMSProp's steps are more than a thousand times Adam's."""
    momentum, rmsprop, adam = runs
    pace = np.allclose(np.abs(adam.steps_taken[0]), adam.optimizer.rate(1), rtol=1e-6)
    rests, rattles = (
        np.linalg.norm(run.steps_taken[-50:], axis=1).max() for run in (adam, rmsprop)
    )
    others = arrived(momentum, 1e-3) and not arrived(rmsprop, 1e-9)
    return bool(pace and rests < 1e-3 * rattles) and others and arrived(adam, 1e-9)


def _bias(runs: Runs) -> bool:
    """Without correction the first step is (1 - beta1) / sqrt(1 - beta2) times lr."""
    sizes = [np.abs(run.steps_taken[0]) / run.optimizer.rate(1) for run in runs]
    right = np.allclose(sizes[0], 1) and np.allclose(sizes[1], 0.1 / np.sqrt(0.001))
    return bool(right) and all(moved(run) > 1 for run in runs)


def _decay(runs: Runs) -> bool:
    """From (2, 2): L2 spares the steep coordinate, AdamW pulls both alike."""
    (flat, steep), (x, y) = (run.points[-1] for run in runs)
    return bool(flat < 1.1 and steep > 1.9 and abs(x - y) < 0.15 and max(x, y) < 1.2)


INVENTIONS = (
    Scenario(
        "gd-zigzags",
        {"en": "Gradient descent zigzags", "zh": "梯度下降呈锯齿形"},
        {
            "en": "Across a narrow valley a large rate jumps from wall to wall; a small crawls.",
            "zh": "在狭窄的山谷里，学习率大就在两壁之间来回振荡，学习率小则前进缓慢。",
        },
        surfaces.ellipse, ("gd:lr=0.45", "gd:lr=0.05"), _zigzags, start=(-5, -2),
    ),
    Scenario(
        "momentum-rolls-over-peaks",
        {"en": "Momentum rolls over peaks", "zh": "动量能越过山峰"},
        {
            "en": "At the same rate GD stops in the first well; momentum rolls over four peaks.",
            "zh": "学习率相同：GD 停在第一个局部极小值，动量接连越过四个山峰。",
        },
        surfaces.washboard, ("gd:lr=0.1", "momentum:lr=0.1"),
        lambda runs: ends_at(runs[0], 8.012, 0) and ends_at(runs[1], 0, 0),
        start=(8.6, 2), steps=600, views=("contour", "profile"),
    ),
    Scenario(
        "momentum-overshoots",
        {"en": "Momentum overshoots", "zh": "动量会过冲"},
        {
            "en": "A heavy ball runs past the minimum and swings back; GD does not pass it.",
            "zh": "有惯性的小球会冲过极小值点再摆回来；GD 不会越过它。",
        },
        surfaces.global_minimum, ("gd:lr=0.05", "momentum:lr=0.05"),
        lambda runs: (
            runs[0].points.min() >= 0
            and runs[1].points.min() < -0.5
            and all(arrived(run) for run in runs)
        ),
        start=(1.6, 1.2), steps=120,
    ),
    Scenario(
        "nesterov-overshoots-less",
        {"en": "Nesterov overshoots less", "zh": "Nesterov 动量过冲更小"},
        {
            "en": "Looking one step ahead brakes earlier: the same rate, a smaller swing.",
            "zh": "先向前看一步，就能更早刹住：学习率相同，摆幅更小。",
        },
        surfaces.global_minimum, ("momentum:lr=0.05", "momentum:lr=0.05,nesterov=true"), _nesterov,
        start=(1.6, 1.2), steps=120,
    ),
    Scenario(
        "adagrad-stalls",
        {"en": "AdaGrad's steps shrink", "zh": "AdaGrad 的步长不断缩小"},
        {
            "en": "The sum of squared gradients only grows, so AdaGrad's steps only shrink; "
            "RMSProp at the same lr, with its window, is long there.",
            "zh": "梯度平方和只增不减，AdaGrad 的步长一步比一步短；学习率相同的 RMSProp "
            "只看最近的梯度，早已到达。",
        },
        surfaces.global_minimum, ("adagrad:lr=0.01", "rmsprop:lr=0.01,alpha=0.9"), _shrinks,
        start=(1.5, 1.2),
    ),
    Scenario(
        "rmsprop-window",
        {"en": "RMSProp forgets", "zh": "RMSProp 会遗忘"},
        {
            "en": "After one huge gradient AdaGrad creeps (begun anew a step later, it arrives); "
            "RMSProp's window forgets that gradient.",
            "zh": "一次巨大的梯度使 AdaGrad 步履维艰（晚一步重新出发就能到达）；RMSProp "
            "的滑动窗口会忘掉这次梯度。",
        },
        surfaces.beale, ("adagrad:lr=1.5", "rmsprop:lr=0.01,alpha=0.9"), _forgets, start=(-3, -3),
    ),
    Scenario(
        "adam-joins-both",
        {"en": "Adam joins both", "zh": "Adam 合二为一"},
        {
            "en": "Like RMSProp's, Adam's first steps have the size of lr, however steep it is; "
            "like momentum it comes to rest, where RMSProp rattles on.",
            "zh": "像 RMSProp 一样，无论坡多陡，Adam 起步的步长都与学习率相当；又像动量一样最终"
            "静止，而 RMSProp 振荡不止。",
        },
        surfaces.rosenbrock,
        ("momentum:lr=0.001", "rmsprop:lr=0.01,alpha=0.9", "adam:lr=0.1"), _joins,
        start=(-1.2, 1),
    ),
    Scenario(
        "bias-correction",
        {"en": "Adam's bias correction", "zh": "Adam 的偏差修正"},
        {
            "en": "With correction the first step is lr in each coordinate; without, 3.2 times it.",
            "zh": "有偏差修正时，第一步在每个坐标上都等于学习率；没有修正时约为其 3.2 倍。",
        },
        surfaces.sphere, ("adam:lr=0.1", "adam:lr=0.1,bias_correction=false"), _bias,
        start=(4, -3), steps=60,
    ),
    Scenario(
        "adamw-against-l2",
        {"en": "AdamW against L2 in Adam", "zh": "AdamW 与 Adam 中的 L2 正则化"},
        {
            "en": "Equal decay: L2 in Adam pulls only the flat coordinate, AdamW pulls both alike.",
            "zh": "衰减系数相同：Adam 中的 L2 只把平缓方向的坐标拉向 0，AdamW 对两个坐标一视同仁。",
        },
        examples.two_curvatures, ("adam:lr=0.02,weight_decay=1", "adamw:lr=0.02,weight_decay=1"),
        _decay, start=(-0.5, 2.6), steps=1500, views=("contour",),
    ),
)  # fmt: skip
