"""The lessons of surfaces with many wells: settings, and the check of the claim, as `lessons`."""

from __future__ import annotations

import numpy as np

import surfaces
from optviz.scenarios.scenario import Runs, ends_at, lesson, wells


def _ackley(runs: Runs) -> bool:
    """AdaGrad never comes to rest: its steps, and the gradient, stay long in the cone."""
    *careful, adagrad = runs
    x, y = np.round(adagrad.points[0])
    tail = slice(-50, None)
    near = np.linalg.norm(adagrad.points[tail], axis=1).max() < 0.5
    rattles = np.linalg.norm(adagrad.steps_taken[tail], axis=1).min() > 0.01
    steep = np.linalg.norm(adagrad.gradients[tail], axis=1).min() > 1
    return bool(near and rattles and steep) and all(ends_at(run, x, y, 0.15) for run in careful)


def _hills(runs: Runs) -> bool:
    """The hill stands at (1, 0): GD passes it above, the others below."""
    gd, _, *adaptive = runs
    side = [run.points[np.argmin(np.abs(run.points[:, 0] - 1)), 1] for run in (gd, *adaptive)]
    return bool(side[0] > 0.1 and max(side[1:]) < -0.1)


def _eggholder(runs: Runs) -> bool:
    """Wells are about 100 apart in a window 1024 wide."""
    ends = {tuple(np.round(run.points[-1] / 40)) for run in runs}
    best = any(ends_at(run, 482.4, 432.9, 20) for run in runs)
    return len(ends) >= 3 and not best


WELL_LESSONS = (
    lesson(
        surfaces.three_hump_camel, "gd:lr=0.02 momentum:lr=0.007 adam:lr=0.05",
        wells((1.748, -0.874), (0, 0), (1.748, -0.874)), start=(2.1, 1.5),
    ),
    lesson(
        surfaces.six_hump_camel, "gd:lr=0.01 momentum:lr=0.001 momentum:lr=0.01 adam:lr=0.5",
        wells((1.607, 0.569), (1.607, 0.569), (1.704, -0.796), (0.090, -0.713)), start=(1.7, 1),
    ),
    lesson(
        surfaces.double_well, "gd:lr=0.05 momentum:lr=0.01 momentum:lr=0.05 adam:lr=0.1",
        wells((0.946, 0), (0.946, 0), (-1.047, 0), (0.946, 0)), start=(1.8, 1.5),
    ),
    lesson(
        surfaces.washboard,
        "gd:lr=0.1 momentum:lr=0.1,momentum=0.6 momentum:lr=0.1,momentum=0.85 momentum:lr=0.1",
        wells((8.012, 0), (8.012, 0), (2.019, 0), (0, 0)), start=(8.6, 2), steps=600,
    ),
    lesson(
        surfaces.himmelblau,
        "gd:lr=0.01 momentum:lr=0.01 adagrad:lr=0.5 rmsprop:lr=0.05,alpha=0.9 adam:lr=0.1",
        wells((3.584, -1.848), (3.584, -1.848), *[(3, 2)] * 3), start=(0.7, -0.9),
    ),
    lesson(
        surfaces.branin, "gd:lr=0.03 momentum:lr=0.03 adam:lr=0.3",
        wells((-3.142, 12.275), (3.142, 2.275), (-3.142, 12.275), within=0.1), start=(-3.3, 5.2),
    ),
    lesson(
        surfaces.styblinski_tang, "gd:lr=0.005 momentum:lr=0.005 adam:lr=0.1",
        wells((2.747, 2.747), (-2.904, 2.747), (2.747, 2.747)), start=(4.5, 4),
    ),
    lesson(
        surfaces.rastrigin,
        "gd:lr=0.002 momentum:lr=0.002 adagrad:lr=0.5 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.1",
        wells(*[(3.980, -2.985)] * 5), start=(3.7, -2.7),
    ),
    lesson(
        surfaces.ackley,
        "gd:lr=0.02 momentum:lr=0.002 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.1 adagrad:lr=1.5",
        _ackley, start=(-3.2, 2.25),
    ),
    lesson(
        surfaces.griewank, "gd:lr=0.5 momentum:lr=0.1 adagrad:lr=0.5 adam:lr=0.1",
        wells(*[(3.140, 4.438)] * 4), start=(2, 2.6),
    ),
    lesson(
        surfaces.levy,
        "gd:lr=0.03 momentum:lr=0.07 rmsprop:lr=0.03,alpha=0.9 adam:lr=0.1 adam:lr=1",
        wells((3.791, -4.89), (1, 1), (3.791, -4.89), (3.791, -4.89), (1, 1), within=0.1),
        start=(4.6, -5.7),
    ),
    lesson(
        surfaces.peaks,
        "gd:lr=0.015 momentum:lr=0.015 adagrad:lr=0.3 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.1",
        wells((0.296, 0.320), (0.228, -1.626), *[(0.296, 0.320)] * 3), start=(0.2, 1.1),
    ),
    lesson(
        surfaces.local_minimum, "gd:lr=0.01 momentum:lr=0.01 adam:lr=0.05",
        wells((0.905, 0), (-0.968, 0), (-0.968, 0)), start=(0.9, 1.7),
    ),
    lesson(
        surfaces.hills,
        "gd:lr=0.01 momentum:lr=0.01 adagrad:lr=0.1 rmsprop:lr=0.02,alpha=0.9 adam:lr=0.05",
        _hills, start=(1.9, 0.08),
    ),
    lesson(
        surfaces.eggholder,
        "gd:lr=0.1 gd:lr=0.5 momentum:lr=0.1 momentum:lr=0.2 adagrad:lr=20 adam:lr=10",
        _eggholder, start=(200, 150),
    ),
)  # fmt: skip
