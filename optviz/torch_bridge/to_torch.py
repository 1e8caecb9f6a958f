"""Make a torch.optim.Optimizer of one of our optimizers, for any training loop."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from optviz.optimizers import Optimizer, as_rule
from optviz.optimizers.declared import is_ours
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.straight_line import check_whole
from optviz.torch_bridge.buckets import KIND, PLAIN, Plan, Work
from optviz.torch_bridge.compiled import eager, flat_slots
from optviz.torch_bridge.compiler import Program, compiled
from optviz.torch_bridge.groups import (
    check_group,
    check_not_differentiable,
    rate_of,
    warn_of_misspelt,
)
from optviz.torch_bridge.recording import Recording, record
from optviz.torch_bridge.transforms import transformed
from surfaces.errors import InputError, must

MANY = 32  # settings; OneCycleLR brings new ones at each step: they are not worth a program
PLANS = 8  # patterns of parameters with a gradient, as where two parts are trained in turns


def to_torch(optimizer: Optimizer | str, params: Any) -> RuleOptimizer:
    """Make a torch optimizer of one of ours, for any training loop.

    Parameters
    ----------
    optimizer : Optimizer, name or spec
        ``"adam"``, ``optviz.Adam(lr=1e-3)``, or your own subclass of `Optimizer`.
    params : iterable of tensors, of (name, tensor) pairs or of dicts
        As for torch: ``model.parameters()``, or groups such as ``[{"params": ..., "lr": 0.1}]``
        whose settings take the place of the optimizer's. Any other key of a group is kept; one that
        looks like a misspelt setting is warned of. A parameter that stands twice in a group is
        warned of, as by torch, and moved once.

    Returns
    -------
    RuleOptimizer
        With torch's param_groups, state_dict, closures, hooks and schedulers.

    Raises
    ------
    InputError
        No parameters, parameters that are no real floating-point tensors, settings that are not
        allowed, or ``differentiable=True``. At a step: sparse gradients.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Linear(2, 1)
    >>> optimizer = to_torch("adam:lr=0.01", model.parameters())
    >>> optimizer.param_groups[0]["lr"]
    0.01
    """
    ours = as_rule(optimizer)
    if not ours.broadcasts:
        raise must("optimizer", "one of optviz's rules", str(ours))
    try:
        return RuleOptimizer(params, ours)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"params must be tensors to optimize or groups of them; not so: "
            f"{' '.join(str(error).split())}"
        ) from None


class Ready(NamedTuple):
    """A rule with a group's settings, and how it runs.

    Attributes
    ----------
    rule : Optimizer
    recording : Recording or None
    program : Program
    slots, numbers : tuple of str
        The slots that are tensors, and those that are numbers.
    """

    rule: Optimizer
    recording: Recording | None
    program: Program
    slots: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, rule: Optimizer, compile: bool = True) -> Ready:
        """The rule as it is now."""
        recording = record(rule)
        made = compiled(recording) if recording is not None and compile else None
        slots = rule.slots(torch.zeros(1))
        tensors = tuple(name for name in slots if isinstance(slots[name], torch.Tensor))
        numbers = tuple(name for name in slots if name not in tensors)
        return cls(rule, recording, made or eager(rule), tensors, numbers)


class RuleOptimizer(torch.optim.Optimizer):
    """One of our rules on the parameters of a model; `to_torch` makes it.

    Notes
    -----
    As with torch's own optimizers parameters and state change in place, each tensor in memory of
    its own; the state stands under torch's names. Small tensors are stepped together
    (`optviz.torch_bridge.buckets`) by the rule's program (`optviz.torch_bridge.compiled`). Tensors
    of another class, such as FSDP's DTensor, and rules that cannot be recorded are stepped one
    tensor at a time.

    An optimizer with a `transform` is given the gradients of all parameters, those of all groups,
    as one vector: as ``clip_grad_norm_(model.parameters())`` sees them. Each group's parameters
    move by what its own settings make of it.
    """

    def __init__(self, params: Any, rule: Optimizer) -> None:
        self.rule = rule
        self._forget()
        check_whole(rule)
        settings = {name: getattr(rule, name) for name in self._names}
        super().__init__(params, settings | {"lr": rule.rate(1)})

    def _forget(self) -> None:
        """Drop the cached programs and buffers; they are made again when needed."""
        # Settings other than the rate, which schedulers change at every step.
        self._names = [f.name for f in dataclasses.fields(self.rule) if f.name != "lr"]
        # What a rule of one's own reads may change: it is recorded at each step, in some 30 us.
        self._is_ours = is_ours(type(self.rule))
        self._rates: dict[int, float] = {}  # what our schedule set last, by the group's index
        self._ready: dict[Any, Ready] = {}  # by a group's settings
        self._plans: dict[int, list[Plan]] = defaultdict(list)  # by the group's index

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"rule": self.rule}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a pickled optimizer; `load_state_dict` calls this too, as its last step."""
        super().__setstate__(state)
        self._forget()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own; any other key of the group is kept."""
        given = set(param_group)
        if "lr" in given and isinstance(self.rule.lr, Schedule):
            raise InputError("lr must be set once; not by a group and by optviz's schedule")
        super().add_param_group(param_group)
        try:
            check_group(self.param_groups[-1])
            self._prepare(self.param_groups[-1])  # checks the settings
        except Exception:
            del self.param_groups[-1]  # what is refused is not left behind
            raise
        warn_of_misspelt(given - set(self.defaults), ["lr", *self._names], type(self.rule).__name__)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; ``closure``, if given, computes the loss and its gradients first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        moved = [_with_gradient(group["params"]) for group in self.param_groups]
        if self.rule.transforms:
            rules = [self._prepare(group).rule for group in self.param_groups]
            moved = transformed(rules, moved)
        for i, (group, (params, grads)) in enumerate(zip(self.param_groups, moved, strict=True)):
            if params:
                self._step(i, group, params, grads)
        return loss

    def _step(
        self, i: int, group: dict[str, Any], params: list[torch.Tensor], grads: list[torch.Tensor]
    ) -> None:
        """Move parameters of group ``i``; those without a gradient do not age either."""
        check_not_differentiable(group)
        ready = self._prepare(group)
        entries = [self.state[p] for p in params]
        steps, *columns = _columns(ready, params, entries)
        numbers, slots = columns[: len(ready.numbers)], columns[len(ready.numbers) :]
        work = Work(
            ready.program, params, grads, entries, dict(zip(ready.slots, slots, strict=True))
        )
        if all(column.count(column[0]) == len(column) for column in (steps, *numbers)):
            self._take(i, ready, work, steps[0], [column[0] for column in numbers])
            return
        ages = list(zip(steps, *numbers, strict=True))
        for age in dict.fromkeys(ages):
            indices = [k for k, other in enumerate(ages) if other == age]
            self._take(i, ready, work.only(indices), age[0], age[1:])

    def _take(self, i: int, ready: Ready, work: Work, age: int, numbers: Sequence[float]) -> None:
        """Step parameters that have the same step count."""
        work.t = age + 1
        work.lr = self._rate(i, work.t)
        if numbers:
            work.numbers = dict(zip(ready.numbers, numbers, strict=True))
        after = self._run(i, ready, work)
        for entry in work.entries:
            entry["step"] = work.t
            if after:
                entry.update(after)

    def _run(self, i: int, ready: Ready, work: Work) -> dict[str, float]:
        """Step the tensors in the fastest way possible; returns the new values of number slots."""
        kinds = list(map(KIND, work.grads))
        plan = next((plan for plan in self._plans[i] if plan.kinds == kinds), None)
        if plan is None:
            plan = Plan(kinds)
            self._plans[i] = [plan, *self._plans[i][: PLANS - 1]]
        if not (plan.is_plain and PLAIN.issuperset(map(type, work.params))):
            work.program = eager(ready.rule)
            return work.step_each()
        if ready.recording is None:  # perhaps no arithmetic that is done element by element
            return work.step_each()
        if ready.program.by_gradient:
            return work.step_by_gradient()
        return plan.step(work)

    def _prepare(self, group: dict[str, Any]) -> Ready:
        """The rule with a group's settings; the rate is handed over at each step instead."""
        names = [name for name in self._names if name in group]  # torch's own state lacks ours
        given = map(group.__getitem__, names)
        values = tuple([v if type(v) in (float, bool) else _hashable(v) for v in given])
        ready = self._ready.get(values)
        if ready is None:
            rule = dataclasses.replace(self.rule, **dict(zip(names, values, strict=True)))
            few = len(self._ready) < MANY
            ready = Ready.of(rule, compile=few)
            if few:
                self._ready[values] = ready
        elif not self._is_ours and record(ready.rule) != ready.recording:
            ready = self._ready[values] = Ready.of(ready.rule)
        return ready

    def _rate(self, i: int, t: int) -> float:
        group = self.param_groups[i]
        if isinstance(self.rule.lr, Schedule):
            if "initial_lr" in group or group["lr"] != self._rates.get(i, group["lr"]):
                raise InputError(
                    "lr must be scheduled by optviz's schedule or by torch's lr_scheduler; not both"
                )
            self.rule.lr.renew()
            group["lr"] = self._rates[i] = self.rule.rate(t)
        return rate_of(group)


def _with_gradient(params: list[Any]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """The parameters that have a gradient, each once; and their gradients."""
    grads = [p.grad for p in params]
    if type(None) in set(map(type, grads)) or len(set(map(id, params))) < len(params):
        params = [p for p in dict.fromkeys(params) if p.grad is not None]
        grads = [p.grad for p in params]
    return params, grads


def _columns(
    ready: Ready, params: list[torch.Tensor], entries: list[dict[str, Any]]
) -> list[list[Any]]:
    """The step counts, number slots and tensor slots; missing state is initialised."""
    names = ("step", *ready.numbers, *ready.slots)
    try:
        columns = [[entry[name] for entry in entries] for name in names]
        if set(map(type, columns[0])) == {int}:
            return columns
    except KeyError:
        pass
    for p, entry in zip(params, entries, strict=True):
        _begin(ready.rule, p, entry)
    return [[entry[name] for entry in entries] for name in names]


def _begin(rule: Optimizer, param: torch.Tensor, entry: dict[str, Any]) -> None:
    """Complete a parameter's state, which may come from torch's optimizer (step as a tensor)."""
    slots = flat_slots(rule, param)
    tensors = [name for name, value in slots.items() if isinstance(value, torch.Tensor)]
    # torch's SGD does not count: what has a buffer has taken a step.
    counted = int(any(isinstance(entry.get(name), torch.Tensor) for name in tensors))
    for name, value in {"step": counted, **slots}.items():
        given = entry.get(name)
        if given is None:
            entry[name] = value
        elif name not in tensors:
            entry[name] = type(value)(given)


def _hashable(value: Any) -> Any:
    """A setting as a number or a tuple of numbers: torch's may be tensors, JSON's lists."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_hashable, value))
    return value.item() if isinstance(value, torch.Tensor) else value
