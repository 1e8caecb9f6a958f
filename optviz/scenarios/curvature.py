"""Curvature: who uses it, who seeks where it is small, and what it allows a rate to be."""

from __future__ import annotations

import dataclasses
from itertools import islice
from typing import Any

import numpy as np

import surfaces
from optviz.descent import descend, iterate
from optviz.optimizers import GD, Adam, Momentum, Optimizer
from optviz.optimizers.base import State
from optviz.records.trajectory import Trajectory
from optviz.scenarios.scenario import Runs, Scenario, arrived, arrives, ends_at, leaves
from surfaces import examples
from surfaces.surface import Floats, Surface

RHO, BETA2 = 0.2, 0.99


def largest_curvature(run: Trajectory) -> Floats:
    """The largest second derivative at each point."""
    found: Floats = np.linalg.eigvalsh(run.surface.hessian(run.points)).max(axis=1)
    return found


def _one_step(runs: Runs) -> bool:
    newton, gd = runs
    return bool(np.allclose(newton.points[1:], (1, 3), atol=1e-9)) and arrives(gd, 1e-9) > 20


def _learns(runs: Runs) -> bool:
    """Newton's ways are those from L-BFGS's own points, by the exact second derivatives."""
    newton, lbfgs, gd = runs
    there = arrives(lbfgs, 1e-6)
    if not (arrived(newton, 1e-6) and 3 < there < arrives(gd, 1e-6) / 3):
        return False
    taken, slopes = lbfgs.steps_taken[:there], lbfgs.gradients[:there]
    hessians = lbfgs.surface.hessian(lbfgs.points[:there])
    off = _angles(taken, -np.linalg.solve(hessians, slopes[..., None])[..., 0])
    return bool(_angles(taken, -slopes)[0] < 1e-3 and 40 < off[0] < 50 and max(off[-2:]) < 10)


def _angles(ways: Any, others: Any) -> Floats:
    """The angle between two vectors of each row, in degrees."""
    lengths = np.linalg.norm(ways, axis=1) * np.linalg.norm(others, axis=1)
    cosines = (ways * others).sum(axis=1) / lengths
    return np.asarray(np.degrees(np.arccos(np.clip(cosines, -1, 1))))


def _saddle(runs: Runs) -> bool:
    newton, damped, gd = runs
    return ends_at(newton, 0, 0, 1e-6) and ends_at(damped, 0, 1) and ends_at(gd, 0, 1)


def _flattest(runs: Runs) -> bool:
    """With a rho half as large and twice too SAM goes to less than half of GD's curvature."""
    gd, sam = runs
    others = [
        descend(
            gd.surface, f"sam(gd:lr={gd.optimizer.rate(1)!r},rho={rho})", sam.points[0], len(sam)
        )
        for rho in (RHO / 2, RHO * 2)
    ]
    first, *flatter = (float(largest_curvature(run)[-1]) for run in (gd, sam, *others))
    hovers = sam.values[-50:].max() > 1e-5 > 1e-9 > gd.values[-50:].max()
    return bool(hovers and max(flatter) < first / 2) and ends_at(sam, 1, 1, 0.15)


def _edge(runs: Runs) -> bool:
    (gd,) = runs
    share = largest_curvature(gd) * gd.optimizer.rate(1) / 2
    rises = int((np.diff(gd.values) > 0).sum())
    return bool(rises > 300 and share[0] > 1.2 and 0.97 < share[-1] < 1)


LIMITS = (GD(), 2.0), (Momentum(), 3.8), (Momentum(nesterov=True), 1.357)


def _whose(runs: Runs) -> bool:
    """Each by two runs of its own too, 1 % below and above."""
    bowl = runs[0].surface
    curvature = largest_curvature(runs[0])[0]
    proven = [
        np.isclose(rule.stability_limit() or 0, limit, atol=1e-3)
        and arrived(_at(bowl, rule, 0.99 * limit / curvature))
        and not arrived(_at(bowl, rule, 1.01 * limit / curvature), 1)
        for rule, limit in LIMITS
    ]
    rates = np.array([run.optimizer.rate(1) for run in runs]) * curvature
    stays = [limit for _, limit in LIMITS for _ in range(2)]
    return all(proven) and all(
        arrived(run, 0.05) == (rate < limit) and leaves(run) == (rate > limit)
        for run, rate, limit in zip(runs, rates, stays, strict=True)
    )


def _at(surface: Surface, rule: Optimizer, rate: float) -> Trajectory:
    return descend(surface, dataclasses.replace(rule, lr=rate), (-3, -1), 300)


def _adams(runs: Runs) -> bool:
    """With v held fixed the limit is 38; free, it is where Adam itself drives the curvature."""
    (adam,) = runs
    t = np.arange(1, len(adam) + 1)
    rate = adam.optimizer.rate(1)
    steep = largest_curvature(adam)[1:] / np.sqrt(adam.states["exp_avg_sq"][1:, 1] / (1 - BETA2**t))
    late = rate * steep[len(t) // 2 :]
    rested = int(np.argmin(adam.values))
    swings = adam.values[rested] < 1e-20 < 1e-9 < adam.values[rested:].max()
    known = np.isclose(adam.optimizer.stability_limit() or 0, 38)
    proven = known and _swing_of_fixed_adam(37.6) < 1e-3 and _swing_of_fixed_adam(38.4) > 1
    return bool(swings and proven and late.max() > 38 and abs(np.median(late) / 38 - 1) < 0.15)


def _swing_of_fixed_adam(curvature: float, steps: int = 400) -> float:
    """How far Adam of rate 1 still swings in the end, v being held at 1; it begins with 1."""
    held = Adam(lr=1.0, betas=(0.9, 1 - 1e-15), eps=1e-12, bias_correction=False)
    state = State(0, {"exp_avg": (0.0,), "exp_avg_sq": (1.0,)})
    start = 1e-9  # so small that nothing is added to v
    walk = iterate(lambda at: (curvature * at[0],), held, (start,), state=state)
    return float(max(abs(each.params[0]) for each in islice(walk, steps - 20, steps)) / start)


CURVATURE = (
    Scenario(
        "newton-one-step",
        {"en": "Newton's one step", "zh": "Newton 法一步到位"},
        {
            "en": "At a rate of exactly 1 Newton's method is at the bottom of a quadratic bowl in "
            "one step; GD needs many.",
            "zh": "学习率恰好为 1 时，Newton 法一步就到达二次函数的最低点；GD 要走很多步。",
        },
        surfaces.booth, ("newton:lr=1", "gd:lr=0.08"), _one_step,
        start=(-6, 4), steps=100, delicate=("rate",),
    ),
    Scenario(
        "lbfgs-learns-curvature",
        {"en": "L-BFGS learns curvature from differences", "zh": "L-BFGS 从梯度之差学到曲率"},
        {
            "en": "L-BFGS is told gradients alone. It begins along the slope, about 45° off the "
            "way of Newton's method. Differences of gradients teach it the curvature: before it "
            "arrives its way is Newton's, and it needs less than a third of GD's steps.",
            "zh": "L-BFGS 只知道梯度。第一步沿负梯度方向，与 Newton 法的方向相差约 45°；各步的"
            "梯度之差让它学到曲率：到达之前，它的方向已与 Newton 法一致，所需步数不到 GD 的"
            "三分之一。",
        },
        surfaces.booth, ("newton:lr=1", "lbfgs:lr=1", "gd:lr=0.08"), _learns,
        start=(-6, 4), steps=60,
    ),
    Scenario(
        "newton-and-saddles",
        {"en": "Newton's method and saddles", "zh": "Newton 法与鞍点"},
        {
            "en": "Newton's method goes where the slope is zero: here to the saddle, and stays. "
            "Damping of 2, more than the surface curves down, leads it to a minimum.",
            "zh": "Newton 法走向梯度为零的点：这里是鞍点，到了就不再离开。阻尼取 2（大于向下弯曲的"
            "曲率）时，它走到极小值点。",
        },
        surfaces.saddle_escape, ("newton:lr=1", "newton:lr=1,damping=2", "gd:lr=0.05"), _saddle,
        start=(-1.5, 0.3), steps=120,
    ),
    Scenario(
        "sam-flat-minimum",
        {"en": "SAM slides to where it is flat", "zh": "SAM 滑向平坦处"},
        {
            "en": "Every point of the curve xy = 1 is a minimum. GD stops where it meets the "
            "curve; SAM slides along it to the flattest point, and hovers there.",
            "zh": "曲线 xy = 1 上的每一点都是极小值点。GD 遇到曲线就停下；SAM 沿曲线滑到最平坦的"
            "一点，并在那里微微晃动。",
        },
        examples.two_neurons, ("gd:lr=0.05", f"sam(gd:lr=0.05,rho={RHO})"), _flattest,
        start=(3, 0.8), steps=1000, views=("contour", "curvature"),
    ),
    Scenario(
        "edge-of-stability",
        {"en": "The edge of stability", "zh": "稳定性边缘"},
        {
            "en": "GD starts where the curvature is above 2/lr. The loss rises hundreds of times, "
            "until the curvature has settled just below 2/lr.",
            "zh": "GD 从曲率高于 2/lr 的地方出发。损失先后上升数百次，直到曲率稳定在略低于 2/lr "
            "的位置。",
        },
        examples.squared_neurons, ("gd:lr=0.05",), _edge, start=(3.8, 0.3), steps=2500,
        views=("contour", "loss", "curvature"),
    ),
    Scenario(
        "whose-limit",
        {"en": "Whose limit is 2 / curvature?", "zh": "2 / 曲率是谁的上限？"},
        {
            "en": "GD's alone. Times the curvature, here 40, the rate may be 2 for GD, 3.8 for "
            "momentum 0.9, 1.357 for Nesterov: above it each diverges, below it none does.",
            "zh": "只是 GD 的。学习率乘以曲率（此处为 40），GD 的上限是 2，动量（0.9）是 3.8，"
            "Nesterov 是 1.357：高于各自的上限就发散，低于则收敛。",
        },
        examples.valley,
        ("gd:lr=0.045", "gd:lr=0.055", "momentum:lr=0.09", "momentum:lr=0.1",
         "momentum:lr=0.032,nesterov=true", "momentum:lr=0.036,nesterov=true"),
        _whose, start=(-3, -1), steps=150, views=("loss",),
    ),
    Scenario(
        "adams-limit",
        {"en": "Adam at its own limit", "zh": "Adam 的稳定性上限"},
        {
            "en": "At rest v fades, and Adam divides by ever less, until the curvature over √v "
            "reaches 38/lr. Then it swings out, v grows, and it begins again.",
            "zh": "静止时 v 不断衰减，Adam 的除数越来越小，直到曲率除以 √v 达到 38/lr。这时它开始"
            "振荡，v 随之增大，如此反复。",
        },
        examples.valley, (f"adam:lr=0.1,betas=0.9/{BETA2}",), _adams, start=(-3, -1), steps=2500,
        views=("loss",),
    ),
)  # fmt: skip
