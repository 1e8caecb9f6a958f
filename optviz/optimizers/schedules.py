"""Learning rates that change over time; names, defaults and meaning are torch's.

The first argument of each is a rate or another schedule, so they nest: ``Warmup(Cosine(0.1, 200),
10)`` is what ``torch.optim.lr_scheduler.ChainedScheduler`` makes of LinearLR and CosineAnnealingLR.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

from optviz.optimizers.declared import check_after, check_class, is_ours, without
from optviz.optimizers.hyper import check_fields, hyper, learning_rate
from optviz.optimizers.ops import cos, floor, minimum, where
from optviz.optimizers.straight_line import compile_rate
from optviz.optimizers.tracer import explained
from surfaces.errors import InputError, must


@dataclass(frozen=True)
class Schedule:
    """A learning rate over time: call it with the step, counted from 1."""

    lr: Rate

    def __new__(cls, *args: Any, **settings: Any) -> Self:
        check_class(cls, Schedule, final=("__call__",), instead="rule(epoch, lr)")
        return super().__new__(cls)

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        check_after(cls, Schedule, check_settings)

    def __post_init__(self) -> None:
        check_settings(self)

    def __call__(self, t: Any) -> Any:
        """The rate at step ``t`` (torch's epoch is ``t - 1``)."""
        lr = rate_at(self.lr, t)
        plain = type(t) is int and type(lr) in (float, int)
        return (self._recorded if plain else self.rule)(t - 1, lr)

    def rule(self, epoch: Any, lr: Any) -> Any:
        """The rate at an epoch counted from 0, given the rate it starts from."""
        raise InputError(f"{type(self).__name__} must define rule(epoch, lr)")

    @cached_property
    def _recorded(self) -> Callable[..., float]:
        """The rule as straight-line Python: its ``**`` is then that of an optimizer's rule."""
        return (_record_once if is_ours(type(self)) else _record)(self)

    def renew(self) -> None:
        """Record a user's rule anew at its next use: what it reads may have changed."""
        if not is_ours(type(self)):
            vars(self).pop("_recorded", None)
        if isinstance(self.lr, Schedule):
            self.lr.renew()

    def __getstate__(self) -> dict[str, Any]:
        return without(self, "_recorded")


def _record(schedule: Schedule) -> Callable[..., float]:
    try:
        with explained(type(schedule)):
            return compile_rate(schedule)
    except InputError:  # a schedule of the user's own that branches on the epoch
        return schedule.rule


_record_once = lru_cache(maxsize=256)(_record)


def check_settings(instance: Any) -> None:
    """Check what an optimizer or a schedule was given; its ``lr`` may be a schedule.

    Raises
    ------
    InputError
        A value that is not allowed; one line.
    """
    if callable(instance.lr) and not isinstance(instance.lr, Schedule):
        names = ", ".join(kind.__name__ for kind in SCHEDULES.values())
        raise must("lr", f"a number or a schedule ({names}, or your own Schedule)", instance.lr)
    check_fields(instance)


Rate = float | Schedule


def _count(default: int) -> Any:
    return hyper(default, low=1, high=1000, allowed="[1, inf)")


@dataclass(frozen=True)
class Constant(Schedule):
    """``lr`` times a factor until ``total_iters`` steps are done, then ``lr``.

    torch.optim.lr_scheduler.ConstantLR.
    """

    lr: Rate = learning_rate(0.1)
    factor: float = hyper(1 / 3, low=0, high=1, allowed="[0, 1]")
    total_iters: int = _count(5)

    def rule(self, epoch: Any, lr: Any) -> Any:
        return lr * where(epoch < self.total_iters, self.factor, 1.0)


@dataclass(frozen=True)
class Step(Schedule):
    """``lr`` times ``gamma`` once every ``step_size`` steps.

    torch.optim.lr_scheduler.StepLR.
    """

    lr: Rate = learning_rate(0.1)
    step_size: int = _count(50)
    gamma: float = hyper(0.1, low=0.01, high=1, allowed="(0, inf)")

    def rule(self, epoch: Any, lr: Any) -> Any:
        return lr * self.gamma ** floor(epoch / self.step_size)


@dataclass(frozen=True)
class Exponential(Schedule):
    """``lr`` times ``gamma`` at every step.

    torch.optim.lr_scheduler.ExponentialLR.
    """

    lr: Rate = learning_rate(0.1)
    gamma: float = hyper(0.99, low=0.5, high=1, allowed="(0, inf)")

    def rule(self, epoch: Any, lr: Any) -> Any:
        return lr * self.gamma**epoch


@dataclass(frozen=True)
class Cosine(Schedule):
    """From ``lr`` down to ``eta_min`` along half a cosine in ``T_max`` steps.

    Loshchilov & Hutter (2017), SGDR, equation 5 without restarts;
    torch.optim.lr_scheduler.CosineAnnealingLR. Beyond ``T_max`` the rate rises again, as torch's.
    """

    lr: Rate = learning_rate(0.1)
    T_max: int = _count(200)
    eta_min: float = hyper(0.0, low=0, high=1)

    def rule(self, epoch: Any, lr: Any) -> Any:
        return self.eta_min + (lr - self.eta_min) * (1 + cos(math.pi * epoch / self.T_max)) / 2


@dataclass(frozen=True)
class Warmup(Schedule):
    """A linear rise from ``start_factor`` times ``lr`` to ``lr`` over ``total_iters`` steps.

    torch.optim.lr_scheduler.LinearLR.
    """

    lr: Rate = learning_rate(0.1)
    total_iters: int = _count(10)
    start_factor: float = hyper(1 / 3, low=0.001, high=1, allowed="(0, 1]")

    def rule(self, epoch: Any, lr: Any) -> Any:
        done = minimum(epoch / self.total_iters, 1.0)
        return lr * (self.start_factor + (1 - self.start_factor) * done)


def rate_at(lr: Any, t: Any) -> Any:
    """The rate at step ``t`` of a number (itself) or of a schedule."""
    return lr(t) if isinstance(lr, Schedule) else lr


SCHEDULES: dict[str, type[Schedule]] = {
    kind.__name__.lower(): kind for kind in (Constant, Step, Exponential, Cosine, Warmup)
}
