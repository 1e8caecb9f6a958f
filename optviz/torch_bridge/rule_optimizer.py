"""One of our rules as a torch.optim.Optimizer."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.declared import is_ours
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.user_rules import check_own
from optviz.torch_bridge.buckets import KIND, PLAIN, Plan, Work
from optviz.torch_bridge.checks import check_for_network, check_shape
from optviz.torch_bridge.compiled import eager
from optviz.torch_bridge.groups import (
    check_group,
    check_not_differentiable,
    rate_of,
    warn_of_misspelt,
)
from optviz.torch_bridge.ready import Ready, hashable
from optviz.torch_bridge.recording import record
from optviz.torch_bridge.whole import Moved, joined, parts, transformed
from surfaces.errors import InputError

MANY = 32  # settings; OneCycleLR brings new ones at each step: they are not worth a program
PLANS = 8  # patterns of parameters with a gradient, as where two parts are trained in turns


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
        check_for_network(rule)
        check_own(rule)
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
        self._seen: dict[str, float] = {}  # what a rule names of the loss at this step

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
            for p in self.param_groups[-1]["params"]:
                check_shape(self.rule, p.shape)
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
        self._move()
        return loss

    def _move(self) -> None:
        """One step by the gradients that are there."""
        moved = self._moved()
        if self.rule.transforms:
            moved = transformed(self._rules(), moved)
        if not self.rule.by_layer:
            self._step_as_one(moved)
            return
        for i, (params, grads) in enumerate(moved):
            if params:
                self._step(i, params, grads, [self.state[p] for p in params])

    def _moved(self) -> list[Moved]:
        """Of each group the parameters that have a gradient, and their gradients."""
        return [_with_gradient(group["params"]) for group in self.param_groups]

    def _rules(self) -> list[Optimizer]:
        """The rule with each group's settings."""
        return [self._prepare(group).rule for group in self.param_groups]

    def _step_as_one(self, moved: list[Moved]) -> None:
        """Move all parameters as one column; those without a gradient stay, their slope is 0."""
        params = self._all_params()
        known = {id(p): grad for group in moved for p, grad in zip(*group, strict=True)}
        if known:
            grads = [known[id(p)] if id(p) in known else torch.zeros_like(p) for p in params]
            column = joined([p.detach() for p in params])
            self._step(0, [column], [joined(grads)], [self.state[params[0]]])
            for p, new in zip(params, parts(column, params), strict=True):
                if id(p) in known:
                    p.copy_(new)

    def _all_params(self) -> list[torch.Tensor]:
        """The parameters of all groups, which must have equal settings to be one column."""
        rates = [rate_of(group) for group in self.param_groups]
        if len({*zip(self._rules(), rates, strict=True)}) > 1:
            raise InputError(
                f"groups must have equal settings for {self.rule.title}, which sees all "
                "parameters as one vector; not several"
            )
        return list(dict.fromkeys(p for group in self.param_groups for p in group["params"]))

    def _step(
        self,
        i: int,
        params: list[torch.Tensor],
        grads: list[torch.Tensor],
        entries: list[dict[str, Any]],
    ) -> None:
        """Move parameters of group ``i``; those without a gradient do not age either."""
        group = self.param_groups[i]
        check_not_differentiable(group)
        ready = self._prepare(group)
        steps, *columns = ready.columns(params, entries)
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
        if numbers or self._seen:
            work.numbers = dict(zip(ready.numbers, numbers, strict=True)) | self._seen
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
        values = tuple([v if type(v) in (float, bool) else hashable(v) for v in given])
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
