"""What a descent may ask of the place where it is: gradients, there and elsewhere, and more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from optviz.optimizers import Optimizer, running
from optviz.optimizers.base import State
from surfaces.errors import must
from surfaces.surface import Floats, Surface

Point = tuple[float, float]


class Objective(NamedTuple):
    """A loss, as `optviz.iterate` asks it.

    Attributes
    ----------
    gradient : callable
        From the parameters to the gradient there; called once a step.
    look : callable, optional
        The same elsewhere in that step: with the same noise, or on the same mini-batch.
    evaluate : callable, optional
        From the parameters to (value, gradient) elsewhere in that step, as `look`.
    value, hessian : callable, optional
        From the parameters to the value there, and the second derivatives: called after `gradient`,
        for rules that name them.
    """

    gradient: Callable[[Any], Any]
    look: Callable[[Any], Any] | None = None
    evaluate: Callable[[Any], tuple[Any, Any]] | None = None
    value: Callable[[Any], Any] | None = None
    hessian: Callable[[Any], Any] | None = None

    def seen(self, optimizer: Any) -> dict[str, Callable[[Any], Any]]:
        """What of value and second derivatives a rule names, as far as there are any."""
        found = {"value": self.value, "hessian": self.hessian}
        names = getattr(optimizer, "inputs", ())
        return {name: ask for name, ask in found.items() if name in names and ask is not None}

    def given(self, optimizer: Any) -> dict[str, Any]:
        """What an optimizer's `update` is given at every step: ``evaluate``, if it evaluates.

        Raises
        ------
        InputError
            It evaluates the loss elsewhere, and there are gradients alone.
        """
        if not getattr(optimizer, "evaluates", False):
            return {}
        if self.evaluate is None:
            raise must("optimizer", "one that needs gradients alone", optimizer.title)
        return {"evaluate": self.evaluate}

    def asked(self, optimizer: Any, state: State, params: Any, grad: Any) -> Any:
        """The gradient that the rule is given; ``grad`` is the one at ``params``.

        Raises
        ------
        InputError
            The optimizer asks for gradients elsewhere, and there are none.
        """
        if self.look is None:
            raise must("optimizer", "one that takes its gradient where it is", optimizer.title)
        # What moves a network in place has methods of its own.
        places = running if isinstance(optimizer, Optimizer) else type(optimizer)
        if optimizer.evaluates_elsewhere:
            params = places.gradient_point(optimizer, state.step + 1, params, state.slots)
            grad = self.look(params)
        if optimizer.looks_twice:
            grad = self.look(places.second_point(optimizer, grad, params))
        return grad


def on_surface(
    surface: Surface, noise: list[tuple[float, float]] | None, values: list[float]
) -> Objective:
    """A surface, with the next noise on each gradient; the value there is added to ``values``."""
    at = surface.at

    def gradient(point: Point) -> Point:
        value, df_dx, df_dy = at(*point)
        values.append(value)
        if noise is None:
            return df_dx, df_dy
        noise_x, noise_y = noise[len(values) - 1]
        return df_dx + noise_x, df_dy + noise_y

    def evaluate(point: Point) -> tuple[float, Point]:
        value, df_dx, df_dy = at(*point)
        noise_x, noise_y = (0.0, 0.0) if noise is None else noise[len(values) - 1]
        return value, (df_dx + noise_x, df_dy + noise_y)

    def look(point: Point) -> Point:
        return evaluate(point)[1]

    def hessian(point: Point) -> tuple[Point, Point]:
        xx, xy, yy = surface.hessian_at(*point)
        return (xx, xy), (xy, yy)

    return Objective(gradient, look, evaluate, lambda point: values[-1], hessian)


def on_points(surface: Surface, values: list[Floats], *, exact: bool = True) -> Objective:
    """A surface at many points (m, 2) at once; if ``exact`` with the bits of single runs."""

    def evaluate(points: Floats) -> tuple[Floats, Floats]:
        return surface.value_and_gradient(points, exact=exact)

    here = np.empty(0)

    def gradient(points: Floats) -> Floats:
        nonlocal here
        here, slope = evaluate(points)
        values.append(here)
        return slope

    def look(points: Floats) -> Floats:
        return evaluate(points)[1]

    def hessian(points: Floats) -> Floats:
        return surface.hessian(points, exact=exact)

    return Objective(gradient, look, evaluate, lambda points: here, hessian)
