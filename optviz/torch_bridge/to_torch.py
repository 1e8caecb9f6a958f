"""Make a torch.optim.Optimizer of one of our optimizers, for any training loop."""

from __future__ import annotations

from typing import Any

from optviz.optimizers import Optimizer, as_rule
from optviz.torch_bridge.looking import LookingOptimizer
from optviz.torch_bridge.rule_optimizer import RuleOptimizer
from surfaces.errors import InputError


def to_torch(optimizer: Optimizer | str, params: Any) -> RuleOptimizer:
    """Make a torch optimizer of one of ours, for any training loop.

    A rule that sees whole matrices is given each tensor in its own shape: a layer's weight as it
    is, a convolution's with a row for each output, a vector as one column.

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
        With torch's param_groups, state_dict, closures, hooks and schedulers. One that takes its
        gradients elsewhere, or wants the loss, is a `LookingOptimizer`: ``step(closure)``.

    Raises
    ------
    InputError
        No parameters, parameters that are no real floating-point tensors, settings that are not
        allowed, ``differentiable=True``, vectors for a rule that moves matrices only, or a rule
        that asks for second derivatives. At a step: sparse gradients, or no closure where one is
        needed.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Linear(2, 1)
    >>> optimizer = to_torch("adam:lr=0.01", model.parameters())
    >>> optimizer.param_groups[0]["lr"]
    0.01
    """
    ours = as_rule(optimizer)
    if not ours.steps_by_rule:
        raise ours.without_rule()
    kind = LookingOptimizer if ours.asks or "value" in ours.inputs else RuleOptimizer
    try:
        return kind(params, ours)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"params must be tensors to optimize or groups of them; not so: "
            f"{' '.join(str(error).split())}"
        ) from None
