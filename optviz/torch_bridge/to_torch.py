"""Our rules in anyone's training loop: a real torch.optim.Optimizer."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import torch

from optviz.choose import as_optimizer
from optviz.optimizers import Optimizer
from optviz.optimizers.schedules import Schedule
from optviz.torch_bridge.program import Program, as_it_stands, flat_slots, program
from surfaces.errors import InputError, must

MANY = 32  # settings; OneCycleLR brings new ones at each step: they are not worth a program
AGE = operator.itemgetter("step")
GRAD, GRAPH = operator.attrgetter("grad"), operator.attrgetter("requires_grad")


def to_torch(optimizer: Optimizer | str, params: Any) -> RuleOptimizer:
    """Make a torch optimizer of one of ours, for any training loop.

    Parameters
    ----------
    optimizer : Optimizer, name or spec
        ``"adam"``, ``optviz.Adam(lr=1e-3)``, or your own subclass of `Optimizer`.
    params : iterable of tensors, of (name, tensor) pairs or of dicts
        As for torch: ``model.parameters()``, or groups such as ``[{"params": ..., "lr": 0.1}]``
        whose settings take the place of the optimizer's. A parameter that stands twice in a group
        is warned of, as by torch, and moved once.

    Returns
    -------
    RuleOptimizer
        With torch's param_groups, state_dict, closures, hooks and schedulers.

    Raises
    ------
    InputError
        No parameters, parameters that are no real floating-point tensors, or settings that are
        not allowed.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Linear(2, 1)
    >>> optimizer = to_torch("adam:lr=0.01", model.parameters())
    >>> optimizer.param_groups[0]["lr"]
    0.01
    """
    ours = as_optimizer(optimizer)
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


class RuleOptimizer(torch.optim.Optimizer):
    """One of our rules on the parameters of a model; `to_torch` makes it.

    Notes
    -----
    At the first step the parameters of a group that have gradients move into one flat tensor for
    each device and type, of which they are views from then on; so does the state. A step is then
    one run of the rule (`optviz.torch_bridge.program`). Gradients are gathered by one copy; after
    ``zero_grad(set_to_none=False)`` they too are views of one tensor, and nothing is copied.
    """

    def __init__(self, params: Any, rule: Optimizer) -> None:
        self.rule = rule
        self._flats: dict[int, list[_Flat]] = defaultdict(list)  # by the group's place
        self._rates: dict[int, float] = {}  # what our schedule set last
        self._rules: dict[Any, tuple[Optimizer, Program]] = {}  # by a group's settings
        self._names = _names(rule)
        settings = {name: getattr(rule, name) for name in self._names}
        super().__init__(params, settings | {"lr": rule.rate(1)})

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"rule": self.rule}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Also how `load_state_dict` ends: what is flat is made anew at the next step."""
        super().__setstate__(state)
        self._flats, self._rates, self._rules = defaultdict(list), {}, {}
        self._names = _names(self.rule)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own."""
        given = set(param_group) - {"params", "param_names", "initial_lr"}
        unknown = sorted(given - set(self.defaults))
        if unknown:
            raise must(
                "a group's settings", f"among {', '.join(self.defaults)}", ", ".join(unknown)
            )
        if "lr" in given and isinstance(self.rule.lr, Schedule):
            raise InputError("lr must be set once; not by a group and by optviz's schedule")
        super().add_param_group(param_group)
        for p in self.param_groups[-1]["params"]:
            if not p.is_floating_point() or p.is_sparse:
                raise must("params", "real, dense floating-point tensors", str(p.dtype))
        self._rule(self.param_groups[-1])  # checks the settings

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; ``closure``, if given, computes the loss and its gradients first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for i, group in enumerate(self.param_groups):
            rule, ready = self._rule(group)
            self._gather(i, group, rule)
            for flat in self._flats[i]:
                flat.step(ready, partial(self._rate, i, group))
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or make them zeros that are views of one tensor."""
        if set_to_none:
            super().zero_grad(True)
            return
        flats = [flat for group in self._flats.values() for flat in group if flat.attached()]
        for flat in flats:
            flat.zero_grad()
        if sum(len(flat.params) for flat in flats) < sum(
            len(group["params"]) for group in self.param_groups
        ):
            super().zero_grad(False)

    def _rule(self, group: dict[str, Any]) -> tuple[Optimizer, Program]:
        """The rule with a group's settings; the rate is handed over at each step instead."""
        names = [name for name in self._names if name in group]  # torch's own state lacks ours
        values = tuple(map(_hashable, (group[name] for name in names)))
        if values in self._rules:
            return self._rules[values]
        rule = dataclasses.replace(self.rule, **dict(zip(names, values, strict=True)))
        if len(self._rules) >= MANY:
            return rule, as_it_stands(rule)
        self._rules[values] = rule, program(rule)
        return self._rules[values]

    def _rate(self, i: int, group: dict[str, Any], t: int) -> float:
        if isinstance(self.rule.lr, Schedule):
            if "initial_lr" in group or group["lr"] != self._rates.get(i, group["lr"]):
                raise InputError(
                    "lr must be scheduled by optviz's schedule or by torch's lr_scheduler; not both"
                )
            group["lr"] = self._rates[i] = self.rule.rate(t)
        lr = float(group["lr"])
        if not 0 <= lr < math.inf:
            raise must("lr", "a number in [0, inf)", lr)
        return lr

    def _gather(self, i: int, group: dict[str, Any], rule: Optimizer) -> None:
        """Lay parameters that have a gradient, and are not yet flat, into flat tensors."""
        flats = self._flats[i]
        if any(not flat.attached() for flat in flats):  # model.to(...) gave them other memory
            flats.clear()
        if sum(len(flat.params) for flat in flats) == len(group["params"]):
            return
        known = {id(p) for flat in flats for p in flat.params}
        kinds: dict[Any, list[torch.Tensor]] = defaultdict(list)
        for p in dict.fromkeys(group["params"]):
            if p.grad is not None and id(p) not in known:
                numbers = _numbers(self.state.get(p, {}))
                kinds[(p.device, p.dtype, tuple(numbers.items()))].append(p)
        flats += [_Flat(params, self.state, rule) for params in kinds.values()]


class _Flat:
    """Parameters of one device, type and age as views of one flat tensor; likewise their state."""

    def __init__(self, params: list[torch.Tensor], state: Any, rule: Optimizer) -> None:
        self.params, self.state = params, state
        self.flat = torch.cat([p.detach().reshape(-1) for p in params])
        self.grad = torch.zeros_like(self.flat)
        self.buffers: list[torch.Tensor] = []
        slots = flat_slots(rule, self.flat)
        ends = accumulate((p.numel() for p in params), initial=0)
        self.slices = [slice(a, b) for a, b in pairwise(ends)]
        self._lay_grads()
        self.lent = False  # whether parameters were given those views
        views = {k: self._views(v) for k, v in slots.items() if isinstance(v, torch.Tensor)}
        self.slots = {k: v for k, v in slots.items() if k in views}
        self.numbers = [k for k in slots if k not in views]
        for j, (p, view) in enumerate(zip(params, self._views(self.flat), strict=True)):
            p.data = view
            saved = state[p]
            for name, tensors in views.items():
                if name in saved:
                    tensors[j].copy_(saved[name])
            numbers = _numbers(saved)
            numbers = {k: numbers.get(k, v) for k, v in ({"step": 0} | slots).items()}
            saved.clear()  # the same dict, which a user may hold
            saved |= numbers | {k: v[j] for k, v in views.items()}
        self.addresses = _addresses(params)
        self.entries = [state[p] for p in params]

    def _views(self, flat: torch.Tensor) -> list[torch.Tensor]:
        return [flat[s].view(p.shape) for s, p in zip(self.slices, self.params, strict=True)]

    def attached(self) -> bool:
        """Whether the parameters are still the views that they were made."""
        return _addresses(self.params) == self.addresses

    def zero_grad(self) -> None:
        """Make the gradients views of one tensor of zeros; as torch, leave those that are None."""
        if _addresses(self.grads) != self.grad_addresses or any(map(GRAPH, self.grads)):
            self._lay_grads()  # after p.grad.data = ..., or p.grad += p with its graph
        self.grad.zero_()
        self.lent = True
        for p, view in zip(self.params, self.grads, strict=True):
            if p.grad is not view and p.grad is not None:
                p.grad = view

    def _lay_grads(self) -> None:
        """Views of the flat gradient; detached, so that users may change them in place."""
        self.grads = [view.detach() for view in self._views(self.grad)]
        self.grad_addresses = _addresses(self.grads)

    def _gathered(self, grads: list[torch.Tensor | None]) -> torch.Tensor | None:
        """All gradients as one tensor, without a copy if they are its views; None if one is."""
        if all(map(operator.is_, grads, self.grads)) and _addresses(grads) == self.grad_addresses:
            return self.grad
        given = [_dense(g).reshape(-1) for g in grads if g is not None]
        if len(given) < len(grads):
            return None
        # What was lent may be any parameter's gradient by now, so nothing is written over it.
        return torch.cat(given, out=None if self.lent else self.grad)

    def step(self, ready: Program, rate: Callable[[int], float]) -> None:
        """Move every parameter that has a gradient."""
        grads = list(map(GRAD, self.params))
        while len(self.buffers) < ready.buffers:
            self.buffers.append(torch.empty_like(self.flat))
        ages = set(map(AGE, self.entries))
        grad = self._gathered(grads) if len(ages) == 1 else None
        if grad is not None:
            state = self.slots, self.buffers
            self._run(ready, rate, self.flat, grad, state, self.entries)
            return
        for s, g, entry in zip(self.slices, grads, self.entries, strict=True):
            if g is not None:  # as torch: what has no gradient neither moves nor ages
                slots = {name: slot[s] for name, slot in self.slots.items()}
                state = slots, [b[s] for b in self.buffers]
                self._run(ready, rate, self.flat[s], _dense(g).reshape(-1), state, [entry])

    def _run(
        self,
        ready: Program,
        rate: Callable[[int], float],
        flat: torch.Tensor,
        grad: torch.Tensor,
        state: tuple[dict[str, torch.Tensor], list[torch.Tensor]],
        entries: list[dict[str, Any]],
    ) -> None:
        slots, buffers = state
        numbers = {name: entries[0][name] for name in self.numbers}
        t = entries[0]["step"] + 1
        changed = ready.run(t, rate(t), grad, flat, slots | numbers, buffers)
        changed = {"step": t, **changed}
        for entry in entries:
            entry.update(changed)


def _names(rule: Optimizer) -> list[str]:
    """Settings other than the rate, which schedulers change at every step."""
    return [field.name for field in dataclasses.fields(rule) if field.name != "lr"]


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value  # a pair that was JSON


def _addresses(tensors: list[Any]) -> list[int]:
    return list(map(torch.Tensor.data_ptr, tensors))


def _dense(grad: torch.Tensor) -> torch.Tensor:
    if grad.is_sparse:
        raise InputError("grad must be dense; not sparse")
    return grad


def _numbers(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The step and other numbers of a parameter's state; torch keeps them as tensors."""
    numbers = {}
    for name, value in entry.items():
        if not isinstance(value, torch.Tensor) or value.ndim == 0:
            numbers[name] = int(value) if name == "step" else float(value)
    return numbers
