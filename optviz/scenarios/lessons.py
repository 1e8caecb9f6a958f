"""The lesson of each surface: settings under which it is true, and the check that it is.

The words are the surface's own (`Surface.lesson`). Momentum has the coefficient 0.9 unless its spec
says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

import surfaces
from optviz.descent import descend
from optviz.scenarios.scenario import (
    Runs,
    Scenario,
    arrived,
    arrives,
    ends_at,
    leaves,
    moved,
    turns,
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


def _ecliptic_bowl(runs: Runs) -> bool:
    """The limit of lr is 2 / curvature: above 0.8 at the rim, below it in the core."""
    slow, wild, momentum = runs
    rim, core = np.linalg.eigvalsh(slow.surface.hessian([slow.points[0], (0, 0)])).max(axis=1)
    right_outside = rim < 2 / 0.8 < core and wild.values[2] < slow.values[2]
    tail = wild.points[-20:, 1]
    bounces = turns(tail) == 19 and np.abs(tail).min() > 0.1
    return bool(right_outside and bounces and arrived(slow) and arrived(momentum))


def _global_minimum(runs: Runs) -> bool:
    _, _, stalled, quick = runs
    lengths = np.linalg.norm(stalled.steps_taken, axis=1)
    half_way = bool(stalled.values[-1] > 0.3 * stalled.values[0])
    shrinking = bool((np.diff(lengths) < 0).all())
    return half_way and shrinking and arrived(quick)


def _mccormick(runs: Runs) -> bool:
    gd, gentle, fast, adam = runs
    return all(ends_at(run, 2.594, 1.594) for run in (gd, gentle, adam)) and leaves(fast)


def _beale(runs: Runs) -> bool:
    crawls, wild, rmsprop, adam = runs
    gradient = np.linalg.norm(crawls.gradients, axis=1)
    huge = gradient[0] > 100 * np.median(gradient)
    slow = not ends_at(crawls, 3, 0.5, 1) and not ends_at(adam, 3, 0.5, 1)
    return huge and slow and leaves(wild) and ends_at(rmsprop, 3, 0.5)


def _easom(runs: Runs) -> bool:
    gd, momentum, rmsprop, adam = runs
    still = moved(gd) < 0.01 and moved(momentum) < 0.01
    full_speed = all(np.abs(run.steps_taken[0]).min() > 0.99 * 0.05 for run in (rmsprop, adam))
    false_hole = ends_at(adam, 1.305, 4.978) and ends_at(rmsprop, 1.305, 4.978, 0.1)
    depth = abs(adam.values[-1] + 8e-5) < 2e-6
    return bool(still and full_speed and false_hole and depth)


def _saturated_neuron(runs: Runs) -> bool:
    gd, _, momentum, adagrad, adam = runs
    overshot = abs(momentum.values[-1] - 0.06) < 0.001  # the plateau of large x
    still = moved(gd) < 1 and gd.values[-1] > 0.5
    return still and overshot and arrived(adagrad) and arrived(adam)


def _hyperbolic_saddle(runs: Runs) -> bool:
    gd, momentum, adam = runs
    lingers = abs(gd.points[-1, 1]) < 0.05
    later = [descend(run.surface, run.optimizer, run.points[0], 1000) for run in runs]
    run_away = all(leaves(run) for run in later)
    return bool(lingers and momentum.values[-1] < -4 and adam.values[-1] < -4 and run_away)


def _monkey_saddle(runs: Runs) -> bool:
    gd, _, adam = runs
    slope, distance = (np.linalg.norm(a, axis=1) for a in (gd.gradients, gd.points))
    fades = np.allclose(slope, 3 * distance**2) and distance[-1] < 0.5 * distance[0]
    pace = np.linalg.norm(adam.steps_taken, axis=1)
    waits = gd.values[-1] > -0.1
    return bool(fades and waits and adam.values[-1] < -10 and pace.min() > 0.25 * pace.max())


def _saddle_escape(runs: Runs) -> bool:
    gd, momentum, _, adam = runs
    twice = arrives(gd) >= 2 * max(arrives(momentum), arrives(adam))
    return twice and all(arrived(run) for run in runs)


def _saddle_point(runs: Runs) -> bool:
    gd, momentum, adam = runs
    df_dx, df_dy = np.abs(gd.gradients[0])
    half_way = df_dx < 0.05 * df_dy and -0.5 < gd.points[-1, 0] < 1
    return bool(half_way) and max(arrives(momentum), arrives(adam)) < 150


def _ackley(runs: Runs) -> bool:
    """How far each larger momentum step gets towards the middle; AdaGrad never comes to rest."""
    _, *momenta, adagrad = runs
    wells = [abs(run.points[-1, 0]) for run in momenta]
    near = np.linalg.norm(adagrad.points[-50:], axis=1).max() < 0.5
    rattles = np.linalg.norm(adagrad.steps_taken[-50:], axis=1).min() > 0.01
    steep = np.linalg.norm(adagrad.gradients[-50:], axis=1).min() > 1
    return bool(np.all(np.diff(wells) < -0.5)) and near and rattles and steep


def _hills(runs: Runs) -> bool:
    """The hill stands at (1, 0): GD passes it above, the others below."""
    gd, _, *adaptive = runs
    side = [run.points[np.argmin(np.abs(run.points[:, 0] - 1)), 1] for run in (gd, *adaptive)]
    return bool(side[0] > 0.1 and max(side[1:]) < -0.1)


def _eggholder(runs: Runs) -> bool:
    ends = [np.round(run.points[-1], 0) for run in runs]
    different = {tuple(end) for end in ends}
    settled = all(np.linalg.norm(run.gradients[-1]) < 0.01 for run in runs)
    # "Quite another" well: far off in a window 1024 wide, at five times and twice the rate.
    gd, gd_faster, momentum, momentum_faster, *_ = (run.points[-1] for run in runs)
    far = math.dist(gd, gd_faster) > 150 and math.dist(momentum, momentum_faster) > 256
    best = any(ends_at(run, 482.4, 432.9, 20) for run in runs)
    return settled and len(different) >= 4 and far and not best


def _wells(*expected: tuple[float, float], within: float = 0.05) -> Callable[[Runs], bool]:
    """Each run ends in its well."""
    return lambda runs: all(
        ends_at(run, *well, within) for run, well in zip(runs, expected, strict=True)
    )


_LESSONS: dict[str, tuple[str, Callable[[Runs], bool]]] = {
    "sphere": ("gd:lr=0.1 gd:lr=0.5 gd:lr=1.05", _sphere),
    "ellipse": ("gd:lr=0.4 gd:lr=0.6 momentum:lr=0.6,momentum=0.5 adagrad:lr=2", _ellipse),
    "rotated_ellipse": ("gd:lr=0.2 adagrad:lr=1 adam:lr=0.1 momentum:lr=0.05", _rotated_ellipse),
    "booth": (
        "gd:lr=0.1 gd:lr=0.115 adagrad:lr=0.5",
        lambda runs: arrives(runs[0]) < 20 and leaves(runs[1]),
    ),
    "matyas": (
        "gd:lr=0.1 momentum:lr=0.1 adam:lr=0.1",
        lambda runs: 3 * arrives(runs[1], 1e-3) <= arrives(runs[0], 1e-3) and arrived(runs[1]),
    ),
    "bohachevsky": (
        "gd:lr=0.01 momentum:lr=0.02 adam:lr=0.1",
        _wells((-1.222, 0.933), (0, 0), (0, 0)),
    ),
    "ecliptic_bowl": ("gd:lr=0.1 gd:lr=0.8 momentum:lr=0.1", _ecliptic_bowl),
    "global_minimum": (
        "gd:lr=0.01 momentum:lr=0.01 adagrad:lr=0.01 adagrad:lr=0.5",
        _global_minimum,
    ),
    "mccormick": ("gd:lr=0.1 momentum:lr=0.01 momentum:lr=0.05 adam:lr=0.1", _mccormick),
    "rosenbrock": (
        "gd:lr=0.001 momentum:lr=0.001 adam:lr=0.1",
        lambda runs: (
            arrives(runs[0], 0.2) < 20  # it finds the valley at once
            and not ends_at(runs[0], 1, 1, 0.3)
            and ends_at(runs[1], 1, 1)
            and ends_at(runs[2], 1, 1)
        ),
    ),
    "beale": ("gd:lr=0.0001 gd:lr=0.001 rmsprop:lr=0.01,alpha=0.9 adam:lr=0.1", _beale),
    "dixon_price": (
        "gd:lr=0.01 momentum:lr=0.005 momentum:lr=0.01",
        _wells((1, -0.707), (1, 0.707), (1, -0.707)),
    ),
    "goldstein_price": (
        "gd:lr=1e-05 gd:lr=0.0001 momentum:lr=1e-05 adam:lr=0.01",
        lambda runs: ends_at(runs[0], 1.2, 0.8) and leaves(runs[1]) and ends_at(runs[2], 0, -1),
    ),
    "three_hump_camel": (
        "gd:lr=0.03 momentum:lr=0.01 adam:lr=0.1",
        _wells((1.748, -0.874), (0, 0), (1.748, -0.874)),
    ),
    "six_hump_camel": (
        "gd:lr=0.01 momentum:lr=0.005 momentum:lr=0.01 adam:lr=0.1",
        _wells((1.607, 0.569), (1.704, -0.796), (0.090, -0.713), (1.607, 0.569)),
    ),
    "easom": ("gd:lr=1 momentum:lr=0.1 rmsprop:lr=0.05,alpha=0.9 adam:lr=0.05", _easom),
    "plateau": (
        "gd:lr=0.01 momentum:lr=0.001 momentum:lr=0.005 adam:lr=0.05",
        _wells((0.547, 0.376), (0.547, 0.376), (0, 0), (0, 0)),
    ),
    "saturated_neuron": (
        "gd:lr=0.1 gd:lr=10 momentum:lr=1 adagrad:lr=0.5 adam:lr=0.1",
        _saturated_neuron,
    ),
    "hyperbolic_saddle": ("gd:lr=0.01 momentum:lr=0.01 adam:lr=0.05", _hyperbolic_saddle),
    "monkey_saddle": ("gd:lr=0.01 momentum:lr=0.01 adam:lr=0.02", _monkey_saddle),
    "saddle_escape": (
        "gd:lr=0.05 momentum:lr=0.05 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.05",
        _saddle_escape,
    ),
    "saddle_point": ("gd:lr=0.01 momentum:lr=0.01 adam:lr=0.02", _saddle_point),
    "double_well": (
        "gd:lr=0.05 momentum:lr=0.01 momentum:lr=0.05 adam:lr=0.1",
        _wells((0.946, 0), (0.946, 0), (-1.047, 0), (0.946, 0)),
    ),
    "washboard": (
        "gd:lr=0.1 momentum:lr=0.1,momentum=0.8 momentum:lr=0.1,momentum=0.85 momentum:lr=0.1",
        _wells((8.012, 0), (8.012, 0), (2.019, 0), (0, 0)),
    ),
    "himmelblau": (
        "gd:lr=0.01 momentum:lr=0.01 adagrad:lr=0.5 rmsprop:lr=0.05 adam:lr=0.1",
        _wells((-3.779, -3.283), (-3.779, -3.283), *[(-2.805, 3.131)] * 3),
    ),
    "branin": (
        "gd:lr=0.02 momentum:lr=0.02 adam:lr=0.3",
        _wells((-3.142, 12.275), (3.142, 2.275), (-3.142, 12.275), within=0.1),
    ),
    "styblinski_tang": (
        "gd:lr=0.005 momentum:lr=0.005 adam:lr=0.1",
        _wells((2.747, 2.747), (-2.904, 2.747), (2.747, 2.747)),
    ),
    "rastrigin": (
        "gd:lr=0.002 momentum:lr=0.002 adagrad:lr=0.5 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.1",
        _wells(*[(3.980, -2.985)] * 5),
    ),
    "ackley": (
        "gd:lr=0.01 momentum:lr=0.01 momentum:lr=0.015 momentum:lr=0.02 adagrad:lr=1.2",
        _ackley,
    ),
    "griewank": (
        "gd:lr=0.5 momentum:lr=0.1 adagrad:lr=0.5 adam:lr=0.1",
        _wells(*[(3.140, 4.438)] * 4),
    ),
    "levy": (
        "gd:lr=0.03 momentum:lr=0.02 rmsprop:lr=0.05,alpha=0.9 adam:lr=0.1 adam:lr=0.3",
        _wells((3.791, -2.891), (1, 1), (3.791, -2.891), (3.791, -2.891), (1, 1)),
    ),
    "peaks": (
        "gd:lr=0.01 momentum:lr=0.01 momentum:lr=0.02 adagrad:lr=0.1 rmsprop:lr=0.02 adam:lr=0.1",
        _wells((0.296, 0.320), (0.296, 0.320), (0.228, -1.626), *[(-1.347, 0.205)] * 3),
    ),
    "local_minimum": (
        "gd:lr=0.01 momentum:lr=0.005 momentum:lr=0.01 adam:lr=0.05",
        _wells((0.905, 0), (0.905, 0), (-0.968, 0), (-0.968, 0)),
    ),
    "hills": (
        "gd:lr=0.01 momentum:lr=0.01 adagrad:lr=0.1 rmsprop:lr=0.02 adam:lr=0.05",
        _hills,
    ),
    "eggholder": (
        "gd:lr=0.1 gd:lr=0.5 momentum:lr=0.1 momentum:lr=0.2 adagrad:lr=20 adam:lr=10",
        _eggholder,
    ),
}

LESSONS = tuple(
    Scenario(
        name=name,
        title=surfaces.get(name).title,
        claim=surfaces.get(name).lesson,
        surface=surfaces.get(name),
        optimizers=tuple(specs.split()),
        check=check,
    )
    for name, (specs, check) in _LESSONS.items()
)
