"""The course, first part: why each optimizer was invented, a scenario for each reason."""

from __future__ import annotations

import numpy as np

import surfaces
from optviz.scenarios.scenario import Runs, Scenario, arrived, ends_at, moved, turns
from surfaces import examples


def _zigzags(runs: Runs) -> bool:
    large, small = runs
    return turns(large.points[:, 1]) > 20 and turns(small.points[:, 1]) == 0 and moved(large) > 3


def _nesterov(runs: Runs) -> bool:
    """How far each goes beyond the minimum at 0 on its first swing."""
    plain, nesterov = (-run.points[:, 0].min() for run in runs)
    return bool(0.05 < nesterov < 0.8 * plain)


def _stalls(runs: Runs) -> bool:
    adagrad, gd = runs
    lengths = np.linalg.norm(adagrad.steps_taken, axis=1)
    return bool(lengths[-1] < 0.1 * lengths[0]) and not arrived(adagrad, 0.3) and arrived(gd)


def _joins(runs: Runs) -> bool:
    momentum, rmsprop, adam = (run.values[-1] for run in runs)
    return bool(adam < 0.1 * momentum and adam < 0.001 * rmsprop and arrived(runs[2], 1e-9))


def _bias(runs: Runs) -> bool:
    """Without correction the first step is (1 - beta1) / sqrt(1 - beta2) times lr."""
    first = [np.abs(run.steps_taken[0]) for run in runs]
    return bool(np.allclose(first[0], 0.1) and np.allclose(first[1], 0.1 * 0.1 / np.sqrt(0.001)))


def _decay(runs: Runs) -> bool:
    """From (2, 2): L2 spares the steep coordinate, AdamW pulls both alike."""
    (flat, steep), (x, y) = (run.points[-1] for run in runs)
    return bool(flat < 1.1 and steep > 1.9 and abs(x - y) < 0.15 and max(x, y) < 1.2)


INVENTIONS = (
    Scenario(
        "gd-zigzags",
        {"en": "Gradient descent zigzags", "zh": "梯度下降走锯齿"},
        {
            "en": "Across a narrow valley a large rate jumps from wall to wall; a small crawls.",
            "zh": "在狭窄的山谷里，学习率大就在两壁之间跳来跳去，学习率小则缓慢爬行。",
        },
        surfaces.ellipse, ("gd:lr=0.45", "gd:lr=0.05"), _zigzags,
    ),
    Scenario(
        "momentum-rolls-over-peaks",
        {"en": "Momentum rolls over peaks", "zh": "动量越过山峰"},
        {
            "en": "At the same rate GD stops in the first well; momentum rolls over four peaks.",
            "zh": "学习率相同，GD 停在第一个坑里，动量一连翻过四个山峰。",
        },
        surfaces.washboard, ("gd:lr=0.1", "momentum:lr=0.1"),
        lambda runs: ends_at(runs[0], 8.012, 0) and ends_at(runs[1], 0, 0), steps=600,
        views=("contour", "profile"),
    ),
    Scenario(
        "momentum-overshoots",
        {"en": "Momentum overshoots", "zh": "动量冲过头"},
        {
            "en": "A heavy ball runs past the minimum and swings back; GD never passes it.",
            "zh": "沉重的小球冲过最小值再摆回来；GD 从不越过它。",
        },
        surfaces.global_minimum, ("gd:lr=0.05", "momentum:lr=0.05"),
        lambda runs: (
            runs[0].points.min() >= 0
            and runs[1].points.min() < -0.5
            and all(arrived(run) for run in runs)
        ),
        steps=120,
    ),
    Scenario(
        "nesterov-overshoots-less",
        {"en": "Nesterov overshoots less", "zh": "Nesterov 冲得少一些"},
        {
            "en": "Looking one step ahead brakes earlier: the same rate, a smaller swing.",
            "zh": "先向前看一步，就能更早刹车：学习率相同，摆动更小。",
        },
        surfaces.global_minimum, ("momentum:lr=0.05", "momentum:lr=0.05,nesterov=true"), _nesterov,
        steps=120,
    ),
    Scenario(
        "adagrad-stalls",
        {"en": "AdaGrad stalls", "zh": "AdaGrad 停滞"},
        {
            "en": "The sum of squared gradients only grows: steps shrink before the way is done.",
            "zh": "梯度平方之和只增不减：路还没走完，步子已经小得走不动了。",
        },
        surfaces.global_minimum, ("adagrad:lr=0.01", "gd:lr=0.01"), _stalls,
    ),
    Scenario(
        "rmsprop-window",
        {"en": "RMSProp forgets", "zh": "RMSProp 学会遗忘"},
        {
            "en": "One huge gradient slows AdaGrad for ever; RMSProp's window lets it go on.",
            "zh": "一次巨大的梯度之后，AdaGrad 永远变慢；RMSProp 的窗口让它忘掉并继续前进。",
        },
        surfaces.beale, ("adagrad:lr=0.01", "rmsprop:lr=0.01,alpha=0.9"),
        lambda runs: not ends_at(runs[0], 3, 0.5, 3) and ends_at(runs[1], 3, 0.5),
    ),
    Scenario(
        "adam-joins-both",
        {"en": "Adam joins both", "zh": "Adam 合二为一"},
        {
            "en": "In Rosenbrock's valley Adam ends far below its halves, momentum and RMSProp.",
            "zh": "在 Rosenbrock 山谷里，Adam 的终点远低于它的两半：动量和 RMSProp。",
        },
        surfaces.rosenbrock, ("momentum:lr=0.001", "rmsprop:lr=0.01", "adam:lr=0.1"), _joins,
    ),
    Scenario(
        "bias-correction",
        {"en": "Adam's bias correction", "zh": "Adam 的偏差修正"},
        {
            "en": "With correction the first step is lr in each coordinate; without, 3 times it.",
            "zh": "有偏差修正时，第一步在每个坐标上正好是学习率；没有时是它的三倍多。",
        },
        surfaces.sphere, ("adam:lr=0.1", "adam:lr=0.1,bias_correction=false"), _bias, steps=60,
    ),
    Scenario(
        "adamw-against-l2",
        {"en": "AdamW against L2 in Adam", "zh": "AdamW 与 Adam 中的 L2"},
        {
            "en": "Equal decay: L2 in Adam pulls only the flat coordinate, AdamW pulls both alike.",
            "zh": "衰减系数相同，Adam 里的 L2 只拉动平缓的坐标；AdamW 一视同仁。",
        },
        examples.two_curvatures, ("adam:lr=0.02,weight_decay=1", "adamw:lr=0.02,weight_decay=1"),
        _decay, steps=1500,
    ),
)  # fmt: skip
