"""Where a rule takes its gradients, on tensors; see `optviz.optimizers.running` for floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.answers import call_point
from optviz.optimizers.tracer import explained
from optviz.torch_bridge.compiled import fitting, put, seen


def gradient_point(
    rule: Optimizer, t: int, params: torch.Tensor, slots: Mapping[str, Any]
) -> torch.Tensor:
    """Where the gradient of step ``t`` is taken; see `Optimizer.evaluates_at`."""
    given = {name: seen(rule, value) for name, value in slots.items()}
    with explained(type(rule), "evaluates_at"), fitting():
        return _like(params, call_point(rule, t, seen(rule, params), given))


def second_point(rule: Optimizer, grad: torch.Tensor, params: torch.Tensor) -> torch.Tensor:
    """Where a second gradient is taken; see `Optimizer.second_point`."""
    with explained(type(rule), "second_point"), fitting():
        return _like(params, rule.second_point(seen(rule, grad), seen(rule, params)))


def _like(params: torch.Tensor, value: Any) -> torch.Tensor:
    point = torch.empty_like(params)
    put(point, value, "a point")
    return point
