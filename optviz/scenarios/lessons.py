"""The lessons of bowls, valleys, plateaus and saddles: settings, and the check of the claim.

The words are the surface's own (`Surface.lesson`); `well_lessons` has those of many wells. Momentum
has the coefficient 0.9 unless its spec says otherwise.
"""

from __future__ import annotations

import numpy as np

import surfaces
from optviz.descent import descend
from optviz.optimizers import Adam
from optviz.scenarios.scenario import (
    Runs,
    arrived,
    arrives,
    ends_at,
    leaves,
    lesson,
    moved,
    rate_limit,
    settles,
    turns,
    wells,
)
from surfaces.surface import Surface


def _sphere(runs: Runs) -> bool:
    slow, exact, wild = runs
    direction = slow.points / np.linalg.norm(slow.points, axis=1, keepdims=True)
    straight = np.allclose(direction[:50], direction[0], atol=1e-6)
    return straight and arrived(slow) and arrives(exact, 1e-9) == 1 and leaves(wild)


def _ellipse(runs: Runs) -> bool:
    gd, wild, momentum, _ = runs
    return turns(gd.points[:, 1]) > 20 and leaves(wild) and arrived(momentum)


def _rotated_ellipse(runs: Runs) -> bool:
    """Compared with the same bowl unrotated, from the corresponding start."""
    _, adagrad, adam, momentum = runs
    turn = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    twin = Surface(
        "twin", "0.2*x**2 + 4*y**2", domain=((-6, 6), (-6, 6)), minima=((0, 0, 0),),
        start=tuple(momentum.points[0] @ turn),
    )  # fmt: skip
    before = [descend(twin, run.optimizer, steps=len(run)) for run in (adagrad, adam, momentum)]
    slower = [
        arrives(run, 1e-3) > 1.5 * arrives(other, 1e-3)
        for run, other in zip((adagrad, adam), before, strict=False)
    ]
    same = np.allclose(before[2].points, momentum.points @ turn, atol=1e-6)
    return all(slower) and same and arrived(momentum)


def _booth(runs: Runs) -> bool:
    below, above, _ = runs
    right = below.optimizer.rate(1) < rate_limit(below) < above.optimizer.rate(1)
    return right and settles(below) < 30 and leaves(above)


def _bohachevsky(runs: Runs) -> bool:
    gd, *others = runs
    lower = all(run.values[-1] < 0.6 * gd.values[-1] for run in others)
    return ends_at(gd, -1.222, 0.933) and lower


def _ecliptic_bowl(runs: Runs) -> bool:
    """The limit of lr is 2 / curvature: above the large rate at the rim, below it in the core."""
    slow, wild, momentum = runs
    rim, core = np.linalg.eigvalsh(slow.surface.hessian([slow.points[0], (0, 0)])).max(axis=1)
    right_outside = rim < 2 / wild.optimizer.rate(1) < core and wild.values[2] < slow.values[2]
    tail = wild.points[-20:, 1]
    bounces = turns(tail) == 19 and np.abs(tail).min() > 0.1
    return bool(right_outside and bounces and arrived(slow) and arrived(momentum))


def _global_minimum(runs: Runs) -> bool:
    _, _, small, large = runs
    lengths = np.linalg.norm(small.steps_taken, axis=1)
    way = moved(small) / float(np.linalg.norm(small.points[0]))
    return 0.1 < way < 1 / 3 and bool((np.diff(lengths) < 0).all()) and arrived(large)


def _mccormick(runs: Runs) -> bool:
    gd, gentle, fast, adam = runs
    return all(ends_at(run, 2.594, 1.594) for run in (gd, gentle, adam)) and leaves(fast)


def _rosenbrock(runs: Runs) -> bool:
    gd, *others = runs
    beside = np.abs(gd.points[:, 1] - gd.points[:, 0] ** 2)  # the valley's floor is y = x^2
    found = bool(beside[0] > 0.2 and beside[20:].max() < 0.1)
    return found and not ends_at(gd, 1, 1, 0.3) and all(ends_at(run, 1, 1) for run in others)


def _beale(runs: Runs) -> bool:
    """Adam with a short window of squares arrives: it is the long one that slows Adam."""
    crawls, wild, rmsprop, adam = runs
    gradient = np.linalg.norm(crawls.gradients, axis=1)
    huge = gradient[0] > 100 * np.median(gradient)
    slow = not ends_at(crawls, 3, 0.5, 1) and not ends_at(adam, 3, 0.5, 1)
    forgetful = Adam(adam.optimizer.rate(1), betas=(0.9, 0.9))
    short = descend(adam.surface, forgetful, adam.points[0], len(adam))
    quick = ends_at(rmsprop, 3, 0.5) and ends_at(short, 3, 0.5)
    return bool(huge) and slow and leaves(wild) and quick


def _easom(runs: Runs) -> bool:
    gd, momentum, rmsprop, adam = runs
    still = moved(gd) < 0.01 and moved(momentum) < 0.01
    full_speed = all(
        np.abs(run.steps_taken[0]).min() > 0.99 * run.optimizer.rate(1) for run in (rmsprop, adam)
    )
    false_hole = ends_at(adam, 1.305, 4.978) and ends_at(rmsprop, 1.305, 4.978, 0.1)
    depth = abs(adam.values[-1] + 8e-5) < 2e-6
    return bool(still and full_speed and false_hole and depth)


def _plateau(runs: Runs) -> bool:
    *caught, momentum, adam = (float(np.linalg.norm(run.points[-1])) for run in runs)
    in_moat = all(abs(radius - 0.6633) < 0.02 for radius in caught)
    return in_moat and max(momentum, adam) < 0.05


def _saturated_neuron(runs: Runs) -> bool:
    gd, _, momentum, adagrad, adam = runs
    overshot = abs(momentum.values[-1] - 0.06) < 0.001  # the plateau of large x
    still = moved(gd) < 1 and gd.values[-1] > 0.5
    return still and overshot and arrived(adagrad) and arrived(adam)


def _hyperbolic_saddle(runs: Runs) -> bool:
    gd, *others = runs
    waits = np.abs(gd.points[-1]).max() < 1
    later = [descend(run.surface, run.optimizer, run.points[0], 1000) for run in runs]
    outside = all(abs(run.points[-1, 1]) > 2 for run in others)
    return bool(waits) and outside and all(leaves(run) for run in later)


def _monkey_saddle(runs: Runs) -> bool:
    gd, _, adam = runs
    slope, distance = (np.linalg.norm(a, axis=1) for a in (gd.gradients, gd.points))
    fades = np.allclose(slope, 3 * distance**2) and distance.min() < 0.6 * distance[0]
    pace = np.linalg.norm(adam.steps_taken, axis=1)
    ahead = adam.values[-1] < min(3 * gd.values[-1], -1)
    return bool(fades and ahead and pace.min() > 0.25 * pace.max())


def _saddle_escape(runs: Runs) -> bool:
    gd, momentum, _, adam = runs
    twice = settles(gd) > 2 * max(settles(momentum), settles(adam))
    return twice and all(arrived(run) for run in runs)


def _saddle_point(runs: Runs) -> bool:
    gd, *others = runs
    df_dx, df_dy = np.abs(gd.gradients[0])
    return bool(df_dx < 0.1 * df_dy) and not arrived(gd, 0.1) and max(map(settles, others)) < 150


LESSONS = (
    lesson(
        surfaces.sphere, "gd:lr=0.1 gd:lr=0.5 gd:lr=1.35", _sphere, start=(4, -3),
        delicate=("rate",),
    ),
    lesson(
        surfaces.ellipse, "gd:lr=0.4 gd:lr=0.7 momentum:lr=0.7 adagrad:lr=2", _ellipse,
        start=(-5, -2), steps=100,
    ),
    lesson(
        surfaces.rotated_ellipse, "gd:lr=0.2 adagrad:lr=1 adam:lr=0.1 momentum:lr=0.05",
        _rotated_ellipse, start=(-3.5, -1.5),
    ),
    lesson(surfaces.booth, "gd:lr=0.08 gd:lr=0.15 adagrad:lr=0.5", _booth, start=(-6, 4)),
    lesson(
        surfaces.matyas, "gd:lr=0.1 momentum:lr=0.1 adam:lr=0.1",
        lambda runs: 2 * settles(runs[1], 1e-3) <= settles(runs[0], 1e-3) and arrived(runs[1]),
        start=(9, -4),
    ),
    lesson(
        surfaces.bohachevsky, "gd:lr=0.01 momentum:lr=0.02 adam:lr=0.15", _bohachevsky,
        start=(-4, 3),
    ),
    lesson(
        surfaces.ecliptic_bowl, "gd:lr=0.1 gd:lr=1 momentum:lr=0.1", _ecliptic_bowl,
        start=(1.9, 1.6),
    ),
    lesson(
        surfaces.global_minimum, "gd:lr=0.01 momentum:lr=0.01 adagrad:lr=0.01 adagrad:lr=0.5",
        _global_minimum, start=(1.5, 1.2),
    ),
    lesson(
        surfaces.mccormick, "gd:lr=0.1 momentum:lr=0.01 momentum:lr=0.07 adam:lr=0.1", _mccormick,
        start=(3.5, 3.5),
    ),
    lesson(
        surfaces.rosenbrock, "gd:lr=0.001 momentum:lr=0.001 adam:lr=0.1", _rosenbrock,
        start=(-1.2, 1),
    ),
    lesson(
        surfaces.beale, "gd:lr=0.0001 gd:lr=0.001 rmsprop:lr=0.01,alpha=0.9 adam:lr=0.1", _beale,
        start=(-3, -3),
    ),
    lesson(
        surfaces.dixon_price, "gd:lr=0.02 momentum:lr=0.003 momentum:lr=0.012",
        wells((1, 0.707), (1, 0.707), (1, -0.707)), start=(3.2, 0.75),
    ),
    lesson(
        surfaces.goldstein_price, "gd:lr=2e-06 gd:lr=0.0001 momentum:lr=2e-06 adam:lr=0.01",
        lambda runs: ends_at(runs[0], -0.6, -0.4) and leaves(runs[1]) and ends_at(runs[2], 0, -1),
        start=(-1.6, -0.6),
    ),
    lesson(
        surfaces.easom, "gd:lr=1 momentum:lr=0.1 rmsprop:lr=0.05,alpha=0.9 adam:lr=0.05", _easom,
        start=(0.3, 5.6),
    ),
    lesson(
        surfaces.plateau, "gd:lr=0.01 momentum:lr=0.001 momentum:lr=0.005 adam:lr=0.05",
        _plateau, start=(1.6, 1.1),
    ),
    lesson(
        surfaces.saturated_neuron, "gd:lr=0.1 gd:lr=10 momentum:lr=1 adagrad:lr=0.5 adam:lr=0.1",
        _saturated_neuron, start=(-6, 6),
    ),
    lesson(
        surfaces.hyperbolic_saddle, "gd:lr=0.01 momentum:lr=0.01 adam:lr=0.05", _hyperbolic_saddle,
        start=(1.5, 0.06), steps=80,
    ),
    lesson(
        surfaces.monkey_saddle, "gd:lr=0.01 momentum:lr=0.01 adam:lr=0.02", _monkey_saddle,
        start=(1.2, 0.04), steps=55,
    ),
    lesson(
        surfaces.saddle_escape,
        "gd:lr=0.05 momentum:lr=0.05 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.05", _saddle_escape,
        start=(-1.8, 0.001), delicate=("start",),
    ),
    lesson(
        surfaces.saddle_point, "gd:lr=0.01 momentum:lr=0.01 adam:lr=0.03", _saddle_point,
        start=(1.5, 1.5),
    ),
)  # fmt: skip
