"""The one loop of the project, and the runs that are made of it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import add
from typing import Any, NamedTuple

import numpy as np

from optviz.choose import as_optimizer, as_surface, lacks_rate
from optviz.optimizers import Optimizer, schedules
from optviz.optimizers.base import State
from optviz.rates import Contest, candidates, looks
from optviz.trajectory import Trajectory
from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface, checked_point

FIVE = ("gd", "momentum", "adagrad", "rmsprop", "adam")

MAX_STEPS = 1_000_000  # a run keeps all its points: this many take about 200 MB
BLOCK = 1000  # steps of tuning that are judged together


class Visit(NamedTuple):
    """Where a descent is, what it sees and remembers there, and the step that led there."""

    params: Any
    grad: Any
    state: State
    step: Any


def iterate(
    gradient: Callable[[Any], Any],
    optimizer: Optimizer,
    params: Any,
    *,
    state: State | None = None,
    lr: Any = None,
) -> Iterator[Visit]:
    """Descend for ever: the start first, then the point after each step.

    Parameters
    ----------
    gradient : callable
        From parameters to the gradient there; of a formula, or of a mini-batch.
    params : array, tensor or tuple of floats
        Where to begin.
    state : dict, optional
        To go on from an earlier run.
    lr : number or array, optional
        Overrides the optimizer's rate; an array descends with many rates at once.
    """
    state = optimizer.init(params) if state is None else state
    plain = type(params) is tuple
    step = None
    while True:
        grad = gradient(params)
        yield Visit(params, grad, state, step)
        step, state = optimizer.update(grad, state, params, lr=lr)
        params = tuple(map(add, params, step)) if plain else params + step


def descend(
    surface: Surface | str,
    optimizer: Optimizer | str,
    start: Any = None,
    steps: int | None = None,
    *,
    noise: float = 0.0,
    seed: int = 0,
) -> Trajectory:
    """Run one optimizer from one start.

    Parameters
    ----------
    surface : Surface or name
    optimizer : Optimizer, name or spec
        A name runs with torch's default rate (`race` and `optviz.animate` tune it instead).
    start : (x, y), optional
        The surface's own start unless given. Where it lies outside the surface's window, the
        window is widened to show it (`Surface.reaching`).
    steps : int, optional
        The surface's own number unless given.
    noise : float
        Standard deviation of Gaussian noise added to each gradient coordinate: what a mini-batch
        does.
    seed : int
        Of the noise; runs with one seed see the same noise.

    Returns
    -------
    Trajectory
        If a step leaves the finite numbers the run ends there with status "diverged"; if it leaves
        the grid of a surface of samples, with "left".

    Raises
    ------
    InputError
        An unknown name, or a value that is not allowed.
    """
    surface, point = _from(surface, start)
    optimizer = as_optimizer(optimizer)
    at = surface.at
    count = checked_steps(surface.steps if steps is None else steps)
    disturb = _noise(noise, seed, count)
    values: list[float] = []

    def gradient(params: tuple[float, float]) -> tuple[float, float]:
        value, along_x, along_y = at(*params)
        values.append(value)
        if disturb is None:
            return along_x, along_y
        noise_x, noise_y = disturb[len(values) - 1]
        return along_x + noise_x, along_y + noise_y

    # Numbers go into flat lists at once: keeping a million small tuples would keep the garbage
    # collector busy, and costs more than the descent.
    points: list[float] = []
    gradients: list[float] = []
    steps_taken: list[float] = []
    slots = [name for name in optimizer.init(point) if name != "step" and name[0] != "_"]
    states: dict[str, list[float]] = {name: [] for name in slots}
    status = "finished"
    walk = iterate(gradient, optimizer, point)
    for k in range(count + 1):
        try:
            params, grad, state, step = next(walk)
        except InputError:
            raise
        except (ArithmeticError, ValueError):  # how floats and math say inf or nan
            status = "diverged"
            break
        if not _finite(params, grad, values[k]):
            left = all(map(math.isfinite, params)) and not surface.covers(*params)
            status = "left" if left else "diverged"
            break
        points += params
        gradients += grad
        steps_taken += step or ()
        for name in slots:
            states[name] += state[name]
    return Trajectory(
        surface=surface,
        optimizer=optimizer,
        points=_pairs(points),
        values=np.array(values[: len(points) // 2]),
        gradients=_pairs(gradients),
        steps_taken=_pairs(steps_taken),
        states={name: _pairs(numbers) for name, numbers in states.items()},
        status=status,
        noise=float(noise),
        seed=seed,
    )


def race(
    surface: Surface | str,
    optimizers: Sequence[Optimizer | str] = FIVE,
    start: Any = None,
    steps: int | None = None,
    *,
    lr: str = "tuned",
    noise: float = 0.0,
    seed: int = 0,
) -> list[Trajectory]:
    """Run several optimizers from one start.

    Parameters
    ----------
    surface, start, steps, noise, seed
        As in `descend`; all runs see the same noise.
    optimizers : sequence of Optimizer, name or spec
    lr : {"tuned", "default"}
        The rate of an optimizer given by name or by a spec without ``lr``: chosen by `tune`, or
        torch's default. An Optimizer object runs as it is.
    """
    surface, point = _from(surface, start)
    if isinstance(optimizers, (str, Optimizer)):
        optimizers = [optimizers]
    if not optimizers:
        raise must("optimizers", "at least one optimizer", optimizers)
    if lr not in ("tuned", "default"):
        raise must("lr", "'tuned' or 'default'", lr)
    runs = []
    for optimizer in optimizers:
        fits = None
        if lr == "tuned" and lacks_rate(optimizer):
            runner, fits = _tuned(surface, as_optimizer(optimizer), point, steps)
        else:
            runner = as_optimizer(optimizer)
        run = descend(surface, runner, point, steps, noise=noise, seed=seed)
        runs.append(dataclasses.replace(run, rate_fits=fits))
    return runs


def tune(
    surface: Surface | str,
    optimizer: Optimizer | str,
    start: Any = None,
    steps: int | None = None,
) -> Optimizer:
    """Choose the learning rate that makes a picture, by one rule for every optimizer.

    The rates 1, 2, 5 x 10^k are tried from 1e-6 to 50, and in further decades where the surface's
    slopes and its window ask for them (`optviz.rates.candidates`). Those are kept whose path stays
    finite and in the drawn window and whose longest step is at most 8 % of its diagonal; of these
    the one with the lowest mean of log10(value - lowest) wins. ``lowest`` is the lowest known value
    in the window (without a minimum: the lowest value on a grid), and the difference is floored at
    1e-12 of the window's range. If no rate keeps to the limits, the smallest is taken whose path
    stays finite: `Trajectory.rate_fits` of a race is then False, and its legend says so.

    Returns
    -------
    Optimizer
        The same with ``lr`` replaced.
    """
    surface, point = _from(surface, start)
    return _tuned(surface, as_optimizer(optimizer), point, steps)[0]


def _tuned(
    surface: Surface, optimizer: Optimizer, point: tuple[float, float], steps: int | None
) -> tuple[Optimizer, bool]:
    """The optimizer with the winning rate, and whether that keeps to the limits."""
    if isinstance(optimizer.lr, schedules.Schedule):
        raise must("lr", "a number to be tuned", str(optimizer))
    count = checked_steps(surface.steps if steps is None else steps)
    with np.errstate(all="ignore"):
        first = _first_steps(surface, optimizer, looks(surface, point))
    sign = -1.0 if optimizer.maximize else 1.0
    contest = Contest(surface, candidates(surface, first), surface.at(*point)[0], sign)
    if optimizer.broadcasts:
        _many_rates(contest, surface, optimizer, point, count)
    else:
        _each_rate(contest, surface, optimizer, point, count)
    rate, fits = contest.winner()
    return dataclasses.replace(optimizer, lr=rate), fits


def _first_steps(surface: Surface, optimizer: Optimizer, points: Floats) -> Floats:
    """The first step with rate 1 from each point (n, 2)."""
    _, gradients = surface.value_and_gradient(points)
    if optimizer.broadcasts:
        optimizer.recorded(2)  # what a run could not do shall not work here, on arrays
        steps: Floats = optimizer.update(gradients, optimizer.init(points), points, lr=1.0)[0]
        return steps
    unit = dataclasses.replace(optimizer, lr=1.0)
    pairs = zip(map(tuple, gradients.tolist()), map(tuple, points.tolist()), strict=True)
    return np.array([unit.update(grad, unit.init(at), at)[0] for grad, at in pairs])


def _many_rates(
    contest: Contest, surface: Surface, optimizer: Optimizer, point: Any, steps: int
) -> None:
    """One broadcast run over all rates."""
    values: list[Floats] = []

    def gradient(params: Floats) -> Floats:
        value, slope = surface.value_and_gradient(params)
        values.append(value)
        return slope

    start = np.tile(np.array(point), (len(contest.rates), 1))
    with np.errstate(all="ignore"):
        walk = iterate(gradient, optimizer, start, lr=contest.rates[:, None])
        for begin in range(0, steps + 1, BLOCK):
            seen = list(islice(walk, min(BLOCK, steps + 1 - begin)))
            points, slopes = (np.array([visit[i] for visit in seen]) for i in (0, 1))
            contest.see(points, np.array(values), slopes)
            values.clear()
            if contest.over:
                return


def _each_rate(
    contest: Contest, surface: Surface, optimizer: Optimizer, point: Any, steps: int
) -> None:
    """The same for an optimizer that cannot broadcast (torch's own): one run a rate."""
    shape = (steps + 1, len(contest.rates))
    points, values = np.full((*shape, 2), np.nan), np.full(shape, np.nan)
    for i, rate in enumerate(contest.rates):
        run = descend(surface, dataclasses.replace(optimizer, lr=float(rate)), point, steps)
        points[: len(run) + 1, i] = run.points
        values[: len(run) + 1, i] = run.values
    contest.see(points, values, np.zeros_like(points))  # a run keeps finite gradients only


def _from(surface: Surface | str, start: Any) -> tuple[Surface, tuple[float, float]]:
    """The surface, its window wide enough to show the start, and the start."""
    surface = as_surface(surface)
    point = checked_point("start", surface.start if start is None else start)
    if not all(map(math.isfinite, surface.at(*point))):
        raise must("start", f"a point where {surface.name} and its slope are finite", point)
    return surface.reaching(point), point


def checked_steps(steps: Any) -> int:
    """A number of steps, or an `InputError`."""
    whole = isinstance(steps, (int, np.integer)) and not isinstance(steps, bool)
    if not whole or not 1 <= steps <= MAX_STEPS:
        raise must("steps", f"a whole number from 1 to {MAX_STEPS}", steps)
    return int(steps)


def _noise(noise: float, seed: int, steps: int) -> list[tuple[float, float]] | None:
    if not (isinstance(noise, (int, float)) and 0 <= noise < math.inf):
        raise must("noise", "a number in [0, inf)", noise)
    if not (isinstance(seed, (int, np.integer)) and seed >= 0):
        raise must("seed", "a whole number from 0", seed)
    if noise == 0:
        return None
    normal = np.random.default_rng(seed).standard_normal((steps + 1, 2))
    return [(x, y) for x, y in (noise * normal).tolist()]


def _finite(params: tuple[float, float], grad: tuple[float, float], value: float) -> bool:
    # The sum of finite numbers is nearly always finite, and one call is fast.
    total = params[0] + params[1] + grad[0] + grad[1] + value
    return math.isfinite(total) or all(map(math.isfinite, (*params, *grad, value)))


def _pairs(numbers: list[float]) -> Floats:
    """x, y, x, y, ... as an array (n, 2)."""
    return np.array(numbers, float).reshape(-1, 2)
