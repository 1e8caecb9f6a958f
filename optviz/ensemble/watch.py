"""What is noted of each of many runs on its way, in the plain arithmetic of rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from optviz.optimizers.ops import where


class Watch(Protocol):
    """Numbers that are kept for each run and renewed at each point.

    Attributes
    ----------
    start : mapping of str to float
        The numbers before the first point.
    own : tuple of str
        What each run has of its own that is needed; `note` is given it with the numbers.
    """

    @property
    def start(self) -> Mapping[str, float]: ...
    @property
    def own(self) -> tuple[str, ...]: ...

    def note(self, t: Any, x: Any, y: Any, value: Any, **before: Any) -> Sequence[Any]:
        """The numbers at the point after ``t`` steps, in the order of ``start``."""
        ...


@dataclass(frozen=True)
class Nothing:
    """Nothing is noted."""

    own: ClassVar[tuple[str, ...]] = ()

    @property
    def start(self) -> Mapping[str, float]:
        return {}

    def note(self, t: Any, x: Any, y: Any, value: Any, **before: Any) -> Sequence[Any]:
        return ()


@dataclass(frozen=True)
class Nearest:
    """Which minimum a run is near, and since when.

    ``label`` is the place of the minimum in whose reach the run is, -1 of none; ``since`` the step
    from which it is there without a break.

    Parameters
    ----------
    minima : tuple of (x, y)
    reach : (float, float)
        Half axes of the ellipse around a minimum that counts as there; two never meet.
    """

    minima: tuple[tuple[float, float], ...]
    reach: tuple[float, float]

    own: ClassVar[tuple[str, ...]] = ()

    @property
    def start(self) -> Mapping[str, float]:
        return {"label": -1.0, "since": 0.0}

    def note(self, t: Any, x: Any, y: Any, value: Any, **before: Any) -> Sequence[Any]:
        label, since = before["label"], before["since"]
        near: Any = -1.0
        for place, (x0, y0) in enumerate(self.minima):
            across, up = (x - x0) / self.reach[0], (y - y0) / self.reach[1]
            near = where(across * across + up * up <= 1.0, float(place), near)
        change = (near - label) * (near - label)
        return near, where(change < 0.5, since, t)


@dataclass(frozen=True)
class Below:
    """Since when a run's value has been at most ``level``: the step before which it last was not.

    ``since`` is 0 if it never was above.
    """

    level: float

    own: ClassVar[tuple[str, ...]] = ()

    @property
    def start(self) -> Mapping[str, float]:
        return {"since": 0.0}

    def note(self, t: Any, x: Any, y: Any, value: Any, **before: Any) -> Sequence[Any]:
        return (where(value <= self.level, before["since"], t + 1.0),)


@dataclass(frozen=True)
class Outside:
    """Since when a run has been outside a window, or not finite, without a break.

    Parameters
    ----------
    middle, half : (float, float)
    """

    middle: tuple[float, float]
    half: tuple[float, float]

    own: ClassVar[tuple[str, ...]] = ()

    @property
    def start(self) -> Mapping[str, float]:
        return {"since": 0.0}

    def note(self, t: Any, x: Any, y: Any, value: Any, **before: Any) -> Sequence[Any]:
        across, up = (x - self.middle[0]) / self.half[0], (y - self.middle[1]) / self.half[1]
        later = where(up * up <= 1.0, t + 1.0, before["since"])
        return (where(across * across <= 1.0, later, before["since"]),)


@dataclass(frozen=True)
class Arrived:
    """Since when a run has been in reach of its own target, without a break.

    ``since`` is the step after the last at which it was not; each run has ``target_x`` and
    ``target_y``.

    Parameters
    ----------
    reach : (float, float)
        As in `Nearest`.
    """

    reach: tuple[float, float]
    own: ClassVar[tuple[str, ...]] = ("target_x", "target_y")

    @property
    def start(self) -> Mapping[str, float]:
        return {"since": 0.0}

    def note(self, t: Any, x: Any, y: Any, value: Any, **before: Any) -> Sequence[Any]:
        across = (x - before["target_x"]) / self.reach[0]
        up = (y - before["target_y"]) / self.reach[1]
        return (where(across * across + up * up <= 1.0, before["since"], t + 1.0),)
