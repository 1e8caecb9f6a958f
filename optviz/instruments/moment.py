"""The protocol of a moment: what instruments ask of a path where it is after some steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from optviz.optimizers import Optimizer
from surfaces.surface import Floats


class Moment(Protocol):
    """A point of a path, and the function there.

    Attributes
    ----------
    point, start : array (d,)
        Here, and of the path's beginning.
    layers : mapping of str to slice
        The parts of a point; of a surface's none.
    optimizer : Optimizer or None
    rate : float
        The learning rate of the step from here.
    """

    @property
    def point(self) -> Floats: ...
    @property
    def start(self) -> Floats: ...
    @property
    def layers(self) -> Mapping[str, slice]: ...
    @property
    def optimizer(self) -> Optimizer | None: ...
    @property
    def rate(self) -> float: ...
    @property
    def loss(self) -> float: ...
    @property
    def gradient(self) -> Floats:
        """Exact, of the loss, shape (d,)."""
        ...

    @property
    def largest_eigenvalue(self) -> float:
        """Of the Hessian."""
        ...

    @property
    def divided_eigenvalue(self) -> float:
        """The largest of the Hessian as the step from here sees it; nan where that is not known.

        That is of :math:`D^{-1/2} H D^{-1/2}`, D being what the optimizer divides by, and with a
        weight decay that goes through the gradient.
        """
        ...

    @property
    def trace(self) -> tuple[float, float]:
        """Of the Hessian, and its standard error."""
        ...
