"""What a descent may ask of the place where it is: gradients, there and elsewhere, and more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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
    seen : callable, optional
        From the parameters to ``{"value": ..., "hessian": ...}`` there, as far as it has them.
    evaluate : callable, optional
        From the parameters to (value, gradient) elsewhere in that step, as `look`.
    """

    gradient: Callable[[Any], Any]
    look: Callable[[Any], Any] | None = None
    seen: Callable[[Any], Mapping[str, Any]] | None = None
    evaluate: Callable[[Any], tuple[Any, Any]] | None = None

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

    def seen(point: Point) -> dict[str, Any]:
        xx, xy, yy = surface.hessian_at(*point)
        return {"value": values[-1], "hessian": ((xx, xy), (xy, yy))}

    return Objective(gradient, look, seen, evaluate)


def on_points(surface: Surface, values: list[Floats]) -> Objective:
    """A surface at many points (m, 2) at once, with the bits of single runs."""

    def gradient(points: Floats) -> Floats:
        value, slope = surface.value_and_gradient(points, exact=True)
        values.append(value)
        return slope

    def seen(points: Floats) -> dict[str, Any]:
        return {"value": surface.value(points), "hessian": surface.hessian(points, exact=True)}

    def evaluate(points: Floats) -> tuple[Floats, Floats]:
        return surface.value_and_gradient(points, exact=True)

    def look(points: Floats) -> Floats:
        return evaluate(points)[1]

    return Objective(gradient, look, seen, evaluate)
