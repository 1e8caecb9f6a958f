"""The base class of all optimizers: state, schedule, weight decay and checks of their settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Self

from optviz.optimizers import running
from optviz.optimizers.answers import (
    call_rule,
    changes_steps,
    check_names,
    check_shape,
    checked_answer,
    decayed,
    inputs_of,
)
from optviz.optimizers.declared import (
    check_after,
    check_class,
    class_path,
    is_ours,
    spec_name,
    without,
)
from optviz.optimizers.hyper import learning_rate
from optviz.optimizers.schedules import Rate, Schedule, check_settings, rate_at
from optviz.optimizers.state import Slots, State
from optviz.optimizers.text import written
from optviz.optimizers.tracer import explained
from optviz.optimizers.user_rules import check_own
from surfaces.errors import InputError, must

# Everything that runs a rule goes around some of them.
FINAL = ("init", "update", "apply", "transformed", "rate")
__all__ = ["Optimizer", "Rate", "Slots", "State", "written"]


@dataclass(frozen=True)
class Optimizer:
    r"""A rule that turns a gradient into a step; hyper-parameters only, never state.

    A subclass is a frozen dataclass whose fields are its hyper-parameters (`hyper` gives their
    ranges) and which defines `rule`, and `slots` if it remembers anything:

    >>> @dataclass(frozen=True)
    ... class SignSGD(Optimizer):
    ...     lr: Rate = learning_rate(0.01)
    ...
    ...     def rule(self, t, lr, grad):
    ...         return -lr * sign(grad), {}

    The two functions are optax's: ``state = init(params)`` and ``step, state = update(grad, state,
    params)``; the new point is ``params + step``. They work on NumPy arrays, torch tensors (once
    `optviz.torch_bridge` is imported) and tuples of floats. A subclass cannot override them: a page
    and a training loop run the rule itself.
    """

    lr: Rate = learning_rate(0.01)

    # LaTeX for names of the rule that `optviz.translate.symbols` does not know: {"exp_avg": "m"}.
    letters: ClassVar[Mapping[str, str]] = MappingProxyType({})
    # A subclass turns these into fields where its rule has them; the work is done here.
    weight_decay = 0.0
    decoupled_weight_decay = False
    decays_in_rule: ClassVar[bool] = False  # whether its rule does that work itself
    maximize = False
    # Whether one run may hold many points or rates; torch's own optimizers cannot.
    broadcasts = True
    # False for a class whose own `init` and `update` take the steps, as torch's optimizers do:
    # it can race, but it has no rule to be shown, recorded for a page, or trained with.
    steps_by_rule = True
    # Settings that specs and labels name even where they are the default.
    said: ClassVar[tuple[str, ...]] = ("lr",)
    # What of `params`, `value` and `hessian` the rule names besides its slots.
    inputs: ClassVar[tuple[str, ...]] = ()
    # False for a rule that sees whole matrices: a point as one column, a layer's weights as they
    # are; or with `by_layer = False` all parameters of a network as one column.
    elementwise: ClassVar[bool] = True
    by_layer: ClassVar[bool] = True
    matrices_only: ClassVar[bool] = False  # whether it refuses a network's vectors, such as biases
    # Whether it has a `transform`, `evaluates_at`, `second_point` of its own.
    transforms: ClassVar[bool] = False
    evaluates_elsewhere: ClassVar[bool] = False
    looks_twice: ClassVar[bool] = False
    asks: ClassVar[bool] = False  # one of the last two
    # Whether its own `update` takes ``evaluate(params) -> (value, gradient)``, for a line search.
    evaluates: ClassVar[bool] = False
    step_slots: ClassVar[tuple[str, ...]] = ()  # slots that hold the step: a search changes both
    rate_slot: ClassVar[str | None] = None  # the number by which a rule multiplies lr
    # What its spec begins with, where that is not the class's name; `optviz.register` sets it.
    _spec_name: ClassVar[str]

    def __new__(cls, *args: Any, **settings: Any) -> Self:
        final = FINAL if cls.steps_by_rule else ()
        check_class(cls, Optimizer, final, "rule(t, lr, grad, **slots) and slots(zeros)")
        return super().__new__(cls)

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        cls.inputs = inputs_of(cls, Optimizer)
        cls.transforms = cls.transform is not Optimizer.transform
        cls.evaluates_elsewhere = cls.evaluates_at is not Optimizer.evaluates_at
        cls.looks_twice = cls.second_point is not Optimizer.second_point
        cls.asks = cls.evaluates_elsewhere or cls.looks_twice
        if changes_steps(cls) and "stability_limit" not in vars(cls):
            # Its base's is another rule's.
            cls.stability_limit = Optimizer.stability_limit  # type: ignore[method-assign]
        check_after(cls, Optimizer, check_settings)

    def __post_init__(self) -> None:
        check_settings(self)

    def __getstate__(self) -> dict[str, Any]:
        return without(self, "_compiled")

    def slots(self, zeros: Any) -> Slots:
        """State before the first step, under torch's names; ``zeros`` has the parameters' shape."""
        return {}

    def transform(self, grad: Any, params: Any) -> Any:
        """The gradient that the rule is given; a subclass may override it.

        It sees whole vectors: the last axis of ``grad`` and ``params`` (of one shape), which is a
        point on a surface and all parameters of a network. It comes first, on the raw gradient,
        before ``maximize`` and weight decay, as torch's ``clip_grad_norm_`` does.
        """
        return grad

    def evaluates_at(self, t: Any, params: Any, **slots: Any) -> Any:
        """Where the gradient of step ``t`` is taken; a subclass may override it.

        It is given those slots before the step that it names, and of an element-wise rule one
        coordinate.
        """
        return params

    def second_point(self, grad: Any, params: Any) -> Any:
        """Where a second gradient is taken, which then is the rule's; a subclass may override it.

        It sees whole vectors, as `transform` does, and the gradient that was taken first.
        """
        return params

    def transformed(self, grad: Any, params: Any) -> Any:
        """The result of `transform`; one line as an `InputError` if it has another shape."""
        with explained(type(self), "transform"):
            new = self.transform(grad, params)
        check_shape(type(self), new, grad)
        return new

    def without_rule(self) -> InputError:
        """The error of whoever asks for the rule of an optimizer that has none."""
        return must("optimizer", "one with a rule in Python (torch's own have none)", self.title)

    def rule(self, *args: Any, **slots: Any) -> tuple[Any, Slots]:
        """``rule(t, lr, grad, **slots) -> (step, new slots)``; ``t`` counts from 1.

        It may also name ``params``, ``value`` (of the loss there) and ``hessian``: on a surface the
        matrix of second derivatives, of an element-wise rule that by its coordinate alone.
        """
        raise InputError(f"{type(self).__name__} must define rule(t, lr, grad, **slots)")

    def init(self, params: Any) -> State:
        """State before the first step: named slots and the step count."""
        if not is_ours(type(self)):  # what a user's rule reads may have changed since the last run
            vars(self).pop("_compiled", None)
            check_own(self)
        if isinstance(self.lr, Schedule):
            self.lr.renew()
        with explained(type(self), "slots"):
            slots = running.first_slots(self, params)
        check_names(type(self), slots)
        return State(0, slots)

    def update(
        self,
        grad: Any,
        state: State,
        params: Any,
        *,
        lr: Any = None,
        value: Any = None,
        hessian: Any = None,
    ) -> tuple[Any, State]:
        """One step.

        Parameters
        ----------
        grad, params : array, tensor or tuple of floats, of one shape
        state : State
            From `init` or the last `update`; it is not changed.
        lr : number or array, optional
            Overrides the rate, for many rates in one run (it broadcasts against ``params``).
        value, hessian : number and matrix, optional
            Of the loss at ``params``, for a rule that names them (`inputs`).

        Returns
        -------
        step, state
            The new point is ``params + step``.
        """
        t = state.step + 1
        if lr is None:
            lr = self.lr if type(self.lr) is float else rate_at(self.lr, t)
        extra = running.extra(self, value, hessian) if self.inputs else ()
        if type(params) is tuple:
            # What descents do at each step: without a call more than that of the rule.
            run = self._compiled.get(("rule", len(params), False)) or self.recorded(len(params))
            if extra:
                step, slots = run(t, float(lr), grad, params, state.slots, *extra)
            else:
                step, slots = run(t, float(lr), grad, params, state.slots)
        elif not self.elementwise:
            step, slots = running.step_columns(self, t, lr, grad, params, state.slots, extra)
        else:
            if self.transforms:
                grad = self.transformed(grad, params)
            seen = running.seen_of_each(self, extra) if extra else {}
            step, slots = self.apply(t, lr, grad, params, state.slots, **seen)
        return step, State(t, slots)

    def recorded(self, size: int) -> Callable[..., tuple[Any, Slots]]:
        """The rule as straight-line Python on ``size`` floats; see `straight_line.compile_update`.

        Raises
        ------
        InputError
            The rule does more than arithmetic; one line.
        """
        return running.recorded(self, "rule", size)

    @cached_property
    def _compiled(self) -> dict[Any, Callable[..., Any]]:
        """What `running.recorded` has recorded so far."""
        return {}

    def apply(
        self, t: Any, lr: Any, grad: Any, params: Any, slots: Slots, **seen: Any
    ) -> tuple[Any, Slots]:
        """The rule with the gradient's sign and weight decay; ``grad`` comes from `transformed`."""
        if self.maximize:  # of -f all that is seen has the other sign
            grad, seen = -grad, {name: -what for name, what in seen.items()}
        if self.decays_in_rule or (type(self.weight_decay) is float and self.weight_decay == 0):
            return self.checked_rule(t, lr, grad, slots, params=params, **seen)
        return decayed(self, self.checked_rule, t, lr, grad, params, slots, seen)

    def checked_rule(
        self, t: Any, lr: Any, grad: Any, slots: Slots, **seen: Any
    ) -> tuple[Any, Slots]:
        """The result of `rule`; one line as an `InputError` if it is not (step, new slots)."""
        check_names(type(self), slots)
        with explained(type(self)):
            if self.inputs:
                answer = call_rule(self.rule, t, lr, grad, slots, seen)
            else:
                answer = self.rule(t, lr, grad, **slots)
        return checked_answer(type(self), answer, slots)

    def rate(self, t: int) -> float:
        """The learning rate of step ``t``, counted from 1."""
        return float(rate_at(self.lr, t))

    def stability_limit(self) -> float | None:
        """The largest product of rate and curvature at which a quadratic is still descended.

        None where theory knows none. The curvature is the largest eigenvalue of the Hessian; where
        the rule divides by the root of mean squares, of the Hessian so divided.
        """
        return None

    @property
    def title(self) -> str:
        """Its name in a legend."""
        return type(self).__name__

    @property
    def label(self) -> str | None:
        """All of its text in a legend, where a class wants another than its title and settings."""
        return None

    def definition(self) -> tuple[str, str, dict[str, Any]]:
        """What an equal one is made from: "class" or "torch", the class's path, settings."""
        fields = [field.name for field in dataclasses.fields(self) if field.init]
        return "class", class_path(type(self)), {name: getattr(self, name) for name in fields}

    def __str__(self) -> str:
        """The spec that `optviz.optimizers.parse` reads back; lr is always in it."""
        settings = [
            f"{field.name}={written(getattr(self, field.name))}"
            for field in dataclasses.fields(self)
            if field.name in self.said or getattr(self, field.name) != field.default
        ]
        name = spec_name(type(self))
        inner = name.rstrip(")")  # of a wrapped one the settings stand inside: clip(adam:lr=0.1)
        return f"{inner}:{','.join(settings)}{name[len(inner) :]}"
