"""Rules that see a point as a whole, and rules that see one coordinate at a time."""

from __future__ import annotations

import numpy as np

from optviz.descent import with_turned
from optviz.records.trajectory import Trajectory
from optviz.scenarios.scenario import Runs, Scenario, arrived
from surfaces import examples

ROTATION = np.array([[1, -1], [1, 1]]) / np.sqrt(2)  # by 45 degrees
WHOLE = ("gd:lr=0.03", "momentum:lr=0.01", "newton:lr=1", "fulladagrad:lr=1")
EACH = ("adagrad:lr=1", "rmsprop:lr=0.05,alpha=0.9", "adam:lr=0.1")


def _turned_runs(runs: Runs, degrees: float = 45) -> list[Trajectory]:
    return [run.turned for run in with_turned(runs, degrees) if run.turned is not None]


def _turn(runs: Runs) -> bool:
    gaps = [
        np.abs(run.points @ ROTATION.T - again.points).max()
        for run, again in zip(runs, _turned_runs(runs), strict=True)
    ]
    whole, each = gaps[: len(WHOLE)], gaps[len(WHOLE) :]
    return bool(max(whole) < 1e-12 and min(each) > 0.1) and all(map(arrived, runs[: len(WHOLE)]))


def _turned(runs: Runs) -> bool:
    """Compared with the valley along the axes, to which it is turned back."""
    before = _turned_runs(runs, -45)
    times = [run.values[-1] / max(b.values[-1], 1e-30) for run, b in zip(runs, before, strict=True)]
    gd, momentum, _, _, adagrad, _, adam = times
    same = np.allclose((gd, momentum), 1, rtol=1e-9)
    there = runs[2].values[-1] < 1e-9 and runs[3].values[-1] < 1e-9
    return bool(same and there and min(adagrad, adam) > 10)


def _never_rests(runs: Runs) -> bool:
    momentum, muon = runs
    lengths = np.linalg.norm(muon.steps_taken, axis=1) / muon.optimizer.rate(1)
    return bool(np.allclose(lengths, 0.985, atol=1e-3)) and arrived(momentum, 1e-4)


MATRICES = (
    Scenario(
        "turn-the-axes",
        {"en": "Turn the axes", "zh": "转动坐标轴"},
        {
            "en": "In the valley turned by 45° GD, momentum, Newton and AdaGrad's full matrix take "
            "the same path, turned; AdaGrad, RMSProp and Adam, which scale each axis, another.",
            "zh": "把山谷旋转 45°，GD、动量、Newton 法和全矩阵 AdaGrad 走的还是同一条路径，只是随之"
            "旋转；AdaGrad、RMSProp 和 Adam 对每个坐标分别缩放，走的就是另一条路。",
        },
        examples.valley, (*WHOLE, *EACH), _turn, start=(-3, -1), steps=100,
        views=("contour", "turned"),
    ),
    Scenario(
        "axes-turned",
        {"en": "The same valley, turned by 45°", "zh": "同一个山谷，旋转 45°"},
        {
            "en": "Across the axes AdaGrad and Adam end more than ten times higher than along "
            "them; GD and momentum end as low as there. Newton and FullAdaGrad are at the minimum.",
            "zh": "山谷与坐标轴斜交时，AdaGrad 和 Adam 的终值比平行时高十倍以上；GD 和动量与平行时"
            "一样低；Newton 法和 FullAdaGrad 则已到达极小值点。",
        },
        examples.turned_valley, (*WHOLE, *EACH), _turned,
        start=(-1.4, -2.8), steps=100,
    ),
    Scenario(
        "muon-never-rests",
        {"en": "Muon on two numbers", "zh": "只有两个数时的 Muon"},
        {
            "en": "Muon is made for matrices. On two numbers each of its steps is as long as lr, "
            "so it never comes to rest; momentum does.",
            "zh": "Muon 是为矩阵设计的。只有两个数时，它每一步的长度都约等于学习率，永远停不下来；"
            "动量法则会静止。",
        },
        examples.valley, ("momentum:lr=0.01", "muon:lr=0.1,weight_decay=0"), _never_rests,
        start=(-3, -1), steps=200,
    ),
)  # fmt: skip
