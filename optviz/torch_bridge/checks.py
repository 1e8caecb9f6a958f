"""What a network cannot give a rule, each refused in one line."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.optimizers import Optimizer
from surfaces.errors import InputError


def check_for_network(rule: Optimizer) -> None:
    """Refuse a rule that asks for second derivatives."""
    if "hessian" in rule.inputs:
        raise InputError(
            f"optimizer must be one that needs no second derivatives; not {rule.title}: a network "
            "has too many weights for their matrix; 'torch.optim.LBFGS' learns what it needs of it "
            "from gradients, 'adam' needs none"
        )


def check_shape(rule: Optimizer, shape: Sequence[int]) -> None:
    """Refuse a vector, where a rule moves matrices only."""
    if rule.matrices_only and len(shape) < 2:
        raise InputError(
            f"params must be matrices for {rule.title}, of 2 dimensions or more; not of shape "
            f"{tuple(shape)}: give vectors, such as biases, to another optimizer, 'adamw' say"
        )
