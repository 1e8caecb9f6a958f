"""The loop of every descent (`iterate`), and a single run of it on a surface (`descend`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from operator import add
from typing import Any, NamedTuple

import numpy as np

from optviz.descent.objective import Objective, on_surface
from optviz.descent.resolve import as_optimizer, as_surface
from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.records.ending import Ending
from optviz.records.labels import checked_label
from optviz.records.trajectory import Trajectory
from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface
from surfaces.window import checked_point

MAX_STEPS = 1_000_000  # a run keeps all its points: this many take about 200 MB


class Iterate(NamedTuple):
    """A point of a descent, its gradient, the optimizer's state, and the step that led there."""

    params: Any
    grad: Any
    state: State
    step: Any


def iterate(
    gradient: Callable[[Any], Any] | Objective,
    optimizer: Optimizer | str,
    params: Any,
    *,
    state: State | None = None,
    lr: Any = None,
) -> Iterator[Iterate]:
    """Yield the start, then the point after each step, without end.

    Parameters
    ----------
    gradient : callable or Objective
        From parameters to the gradient there; of a formula, or of a mini-batch. An `Objective` also
        tells what some optimizers ask for: values and gradients elsewhere, second derivatives.
    optimizer : Optimizer, name or spec
        Or any object with its `init` and `update`; one that moves the parameters itself returns
        None as the step.
    params : array, tensor, list or tuple of floats
        Where to begin.
    state : State, optional
        To go on from an earlier run.
    lr : number or array, optional
        Overrides the optimizer's rate; an array descends with many rates at once.

    Raises
    ------
    InputError
        A gradient that cannot be called, or an unknown optimizer.
    """
    objective = gradient if isinstance(gradient, Objective) else Objective(gradient)
    gradient = objective.gradient
    if not callable(gradient):
        raise must("gradient", "a function of the parameters", gradient)
    if isinstance(optimizer, str) or not hasattr(optimizer, "update"):
        optimizer = as_optimizer(optimizer)
    if isinstance(params, list):
        params = np.array(params, float)
    state = optimizer.init(params) if state is None else state
    plain = type(params) is tuple
    asks = getattr(optimizer, "asks", False)
    seen = objective.seen(optimizer)
    given = objective.given(optimizer)
    step = None
    while True:
        grad = gradient(params)
        if asks:
            grad = objective.asked(optimizer, state, params, grad)
        yield Iterate(params, grad, state, step)
        if given or seen:
            more = {name: ask(params) for name, ask in seen.items()}
            step, state = optimizer.update(grad, state, params, lr=lr, **given, **more)
        else:
            step, state = optimizer.update(grad, state, params, lr=lr)
        if plain:
            params = tuple(map(add, params, step))
        elif step is not None:
            params = params + step


def descend(
    surface: Surface | str,
    optimizer: Optimizer | str,
    start: Any = None,
    steps: int | None = None,
    *,
    noise: float = 0.0,
    seed: int = 0,
    label: str | None = None,
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
    label : str, optional
        What pictures and tables call the run, instead of its optimizer and settings.

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
    surface, point = starting(surface, start)
    optimizer = as_optimizer(optimizer)
    count = checked_steps(surface.steps if steps is None else steps)
    label = None if label is None else checked_label(label)
    values: list[float] = []
    objective = on_surface(surface, _noise(noise, seed, count), values)

    # Numbers go into flat lists at once: keeping a million small tuples would keep the garbage
    # collector busy, and costs more than the descent.
    points: list[float] = []
    gradients: list[float] = []
    steps_taken: list[float] = []
    states: dict[str, list[float]] = {name: [] for name in optimizer.init(point).slots}
    status = Ending.FINISHED
    walk = iterate(objective, optimizer, point)
    for k in range(count + 1):
        try:
            params, grad, state, step = next(walk)
        except InputError:
            raise
        except (ArithmeticError, ValueError):  # how floats and math say inf or nan
            status = Ending.DIVERGED
            break
        if not all_finite(params, grad, values[k]):
            left = all(map(math.isfinite, params)) and not surface.covers(*params)
            status = Ending.LEFT if left else Ending.DIVERGED
            break
        points += params
        gradients += grad
        steps_taken += step or ()
        slots = state.slots
        for name in states:
            states[name] += slots[name]
    return Trajectory(
        surface=surface,
        optimizer=optimizer,
        points=_pairs(points),
        values=np.array(values[: len(points) // 2]),
        gradients=_pairs(gradients),
        steps_taken=_pairs(steps_taken),
        states={name: _rows(numbers, len(points) // 2) for name, numbers in states.items()},
        status=status,
        noise=float(noise),
        seed=int(seed),
        given_label=label,
    )


def starting(surface: Surface | str, start: Any) -> tuple[Surface, tuple[float, float]]:
    """The surface, its window wide enough to show the start, and the start."""
    surface = as_surface(surface)
    point = checked_point("start", surface.start if start is None else start)
    if not all(map(math.isfinite, surface.at(*point))):
        raise must("start", f"a point where {surface.name} and its slope are finite", point)
    return surface.reaching(point), point


def checked_steps(steps: Any) -> int:
    """The number of steps as an int, or an `InputError`."""
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


def all_finite(params: tuple[float, float], grad: tuple[float, float], value: float) -> bool:
    # The sum of finite numbers is nearly always finite, and one call is fast.
    total = params[0] + params[1] + grad[0] + grad[1] + value
    return math.isfinite(total) or all(map(math.isfinite, (*params, *grad, value)))


def _pairs(numbers: list[float]) -> Floats:
    """x, y, x, y, ... as an array (n, 2)."""
    return np.array(numbers, float).reshape(-1, 2)


def _rows(numbers: list[float], count: int) -> Floats:
    """The numbers of a slot, a row for each point."""
    return np.array(numbers, float).reshape(count, -1) if count else np.empty((0, 2))
