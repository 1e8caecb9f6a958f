"""A line search: the loss along the step says how far to go."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, State
from optviz.optimizers.declared import spec_name
from optviz.optimizers.hyper import hyper
from optviz.optimizers.wolfe import Trial, Wanted, strong_wolfe
from optviz.optimizers.wrappers import Wrapper
from surfaces.errors import InputError, must

EVALUATIONS = "func_evals"  # torch's name: how often the loss and its gradient were computed


class LineSearch(Wrapper):
    r"""The base says the way, values along it how far: until the strong Wolfe conditions hold.

    .. math:: f(\theta + \alpha s) \le f(\theta) + c_1 \alpha\, g^\top s, \qquad
        |\nabla f(\theta + \alpha s)^\top s| \le c_2\, |g^\top s|

    Nocedal & Wright (2006), chapter 3; ``linesearch(lbfgs)`` is torch.optim.LBFGS with
    ``line_search_fn="strong_wolfe"``, whose constants these are. How often a step evaluates the
    loss depends on what it finds, up to ``max_ls`` times and once more (the slot ``func_evals``
    counts), so that no fixed list of operations can be recorded: a page shows its runs. Where the
    base's step leads not downhill, it stays.
    """

    settings: ClassVar = {
        "c1": partial(hyper, 1e-4, low=1e-6, high=0.5, log=True, allowed="(0, 1)"),
        "c2": partial(hyper, 0.9, low=1e-2, high=0.99, allowed="(0, 1)"),
        "max_ls": partial(hyper, 25, low=1, high=50, allowed="[1, 1000]", structural=True),
    }
    word = "Wolfe"
    alone = "gd"
    says_defaults = False
    steps_by_rule = False
    evaluates = True
    broadcasts = False

    @classmethod
    def check_base(cls, base: type[Optimizer]) -> None:
        """Refuse what takes its gradient elsewhere: along the line it is that of another place."""
        super().check_base(base)
        if base.asks:
            raise must("optimizer", "one that takes its gradient where it is", spec_name(base))

    def without_rule(self) -> InputError:
        """The error of whoever asks for its rule, of which its step is not all."""
        own: Any = self
        return must("optimizer", "one that moves by its rule alone, without a search", own.title)

    def init(self, params: Any) -> State:
        """The base's state, and how often the loss was evaluated."""
        above: Any = super()
        state: State = above.init(params)
        return State(0, {**state.slots, EVALUATIONS: (0.0,)})

    def update(
        self,
        grad: Any,
        state: State,
        params: Any,
        *,
        lr: Any = None,
        evaluate: Callable[[Any], tuple[float, Any]] | None = None,
        **seen: Any,
    ) -> tuple[Any, State]:
        """One step, as long as the search finds; ``evaluate(params) -> (value, gradient)``.

        Raises
        ------
        InputError
            No ``evaluate``.
        """
        own: Any = self
        above: Any = super()
        if evaluate is None:
            raise must("optimizer", "one that needs gradients alone here", own.title)
        slots = dict(state.slots)
        (count,) = slots.pop(EVALUATIONS)
        step, after = above.update(grad, State(state.step, slots), params, lr=lr, **seen)
        factor, times = self.factor(grad, params, step, evaluate)
        kept = {name: _times(factor, after[name]) for name in own.step_slots if times}
        found = after.slots | kept | {EVALUATIONS: (count + times,)}
        return _times(factor, step), dataclasses.replace(after, slots=found)

    def factor(
        self, grad: Any, params: Any, step: Any, evaluate: Callable[[Any], tuple[float, Any]]
    ) -> tuple[float, int]:
        """By what to multiply a step, and how often the loss was evaluated to find it."""
        own: Any = self
        sign = -1.0 if own.maximize else 1.0
        slope = sign * _product(grad, step)
        if not slope < 0:
            return 0.0, 0
        times = 1

        def along(factor: float) -> Trial:
            nonlocal times
            times += 1
            try:
                value, there = evaluate(_moved(params, step, factor))
            except (ArithmeticError, ValueError):  # as floats say inf or nan
                return Trial(factor, math.inf, math.nan)
            return Trial(factor, sign * float(value), sign * _product(there, step))

        here, _ = evaluate(params)
        wanted = Wanted(
            Trial(0.0, sign * float(here), slope),
            self.setting(LineSearch, "c1"),
            self.setting(LineSearch, "c2"),
        )
        most = self.setting(LineSearch, "max_ls")
        return strong_wolfe(along, wanted, _largest(step), most), times


def _product(a: Any, b: Any) -> float:
    """The scalar product of tuples of floats, arrays or tensors."""
    return sum(map(operator.mul, a, b)) if _plain(a) else float(a @ b)


def _largest(a: Any) -> float:
    return max(map(abs, a)) if _plain(a) else float(abs(a).max())


def _moved(params: Any, step: Any, factor: float) -> Any:
    if _plain(params):
        return tuple(x + factor * s for x, s in zip(params, step, strict=True))
    return params + factor * step


def _times(factor: float, a: Any) -> Any:
    return tuple(factor * x for x in a) if _plain(a) else factor * a


def _plain(a: Any) -> bool:
    return type(a) is tuple
