"""Rules in torch's loops that take gradients elsewhere than at the parameters, or want the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch

from optviz.torch_bridge.points import gradient_point
from optviz.torch_bridge.ready import Ready
from optviz.torch_bridge.rule_optimizer import RuleOptimizer
from optviz.torch_bridge.whole import joined, parts, second_points
from surfaces.errors import InputError, must

Closure = Callable[[], Any]
AT = "params"  # in the state: where a parameter is while it stands where the gradient is taken


class _Unit(NamedTuple):
    """A parameter that is moved by itself, or all that are moved as one column; and its state."""

    ready: Ready
    params: list[torch.Tensor]
    entry: dict[str, Any]


class LookingOptimizer(RuleOptimizer):
    """A rule that asks more of a loop than the gradients that are there.

    Notes
    -----
    With ``step(closure)`` nothing else is needed: the closure is called where the rule wants its
    gradients, twice for SAM; it returns the loss, the one of the first call is returned.

    Where the rule only moves the place of its gradients, as ScheduleFree does, a loop without a
    closure works too: between `train` and `eval` the parameters stand at that place, as in the
    package ``schedulefree``. Evaluate and save the model after `eval`.
    """

    @torch.no_grad()
    def step(self, closure: Closure | None = None) -> Any:
        """One step; ``closure`` computes the loss and its gradients, where they are wanted.

        Raises
        ------
        InputError
            No closure, and it is needed; or one that does not return the loss, where that is.
        """
        training = any(AT in entry for entry in self.state.values())
        self._check(closure, training)
        try:
            loss = None if closure is None else self._look(closure)
        except BaseException:
            if not training:
                self.eval()
            raise
        self.eval()
        self._move()
        if training:
            self.train()
        return loss

    @torch.no_grad()
    def train(self) -> None:
        """Put the parameters where the next gradient is taken."""
        if not self.rule.evaluates_elsewhere:
            return
        for ready, params, entry in self._units():
            if AT not in entry:
                here = self._point(params)
                ready.columns([here], [entry])
                slots = {name: entry[name] for name in (*ready.slots, *ready.numbers)}
                there = gradient_point(ready.rule, entry["step"] + 1, here, slots)
                entry[AT] = here
                _put(params, there)

    @torch.no_grad()
    def eval(self) -> None:
        """Put the parameters back to what the rule has made of them."""
        if not self.rule.evaluates_elsewhere:
            return
        for _, params, entry in self._units():
            if AT in entry:
                _put(params, entry.pop(AT))

    def _units(self) -> Iterator[_Unit]:
        if not self.rule.by_layer:
            params = self._all_params()
            yield _Unit(self._prepare(self.param_groups[0]), params, self.state[params[0]])
            return
        for group in self.param_groups:
            ready = self._prepare(group)
            for p in dict.fromkeys(group["params"]):
                if p.requires_grad:
                    yield _Unit(ready, [p], self.state[p])

    def _point(self, params: list[torch.Tensor]) -> torch.Tensor:
        """A copy of where a unit's parameters are, as the rule is given it."""
        if self.rule.by_layer:
            return params[0].detach().clone()
        return joined([p.detach() for p in params])

    def _check(self, closure: Closure | None, training: bool) -> None:
        """Refuse a step without a closure, where there is no other way."""
        if closure is not None:
            return
        rule = self.rule
        if rule.looks_twice or "value" in rule.inputs:
            why = "takes two gradients a step" if rule.looks_twice else "needs the loss"
            raise InputError(f"step must be given a closure; not none: {rule.title} {why}")
        if not training:
            raise InputError(
                f"step must be given a closure, or come after optimizer.train(); not so: "
                f"{rule.title} takes its gradients elsewhere than at the parameters"
            )

    def _look(self, closure: Closure) -> Any:
        """The loss, after the gradients of the step have been computed."""
        loss = None
        if "value" in self.rule.inputs:
            self.eval()
        if "value" in self.rule.inputs or not self.rule.evaluates_elsewhere:
            loss = _called(closure)
        if "value" in self.rule.inputs:
            self._seen = {"value": _number(loss)}
        if self.rule.evaluates_elsewhere:
            self.train()
            there = _called(closure)
            loss = there if loss is None else loss
        if self.rule.looks_twice:
            self._look_again(closure)
        return loss

    def _look_again(self, closure: Closure) -> None:
        """Take the second gradient, at the place that the rule derives from the first."""
        moved = second_points(self._rules(), self._moved())
        params = [p for group, _ in moved for p in group]
        here = [p.detach().clone() for p in params]
        try:
            for p, there in zip(params, (x for _, group in moved for x in group), strict=True):
                p.copy_(there)
            _called(closure)
        finally:
            for p, back in zip(params, here, strict=True):
                p.copy_(back)


def _called(closure: Closure) -> Any:
    with torch.enable_grad():
        return closure()


def _number(loss: Any) -> float:
    try:
        return float(loss)
    except (TypeError, ValueError, RuntimeError):
        raise must("closure", "a function that returns the loss", loss) from None


def _put(params: list[torch.Tensor], values: torch.Tensor) -> None:
    """Copy a tensor, or a column of all parameters, into their memory."""
    for p, value in zip(params, parts(values, params), strict=True):
        p.copy_(value)
