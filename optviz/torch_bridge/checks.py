"""What a network cannot give a rule, each refused in one line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optviz.optimizers import Optimizer
from surfaces.errors import InputError


def check_for_network(rule: Optimizer) -> None:
    """Refuse a rule that asks for second derivatives."""
    if "hessian" in rule.inputs:
        raise InputError(
            f"optimizer must be one that needs no second derivatives; not {rule.title}: a network "
            "has too many weights for their matrix; 'lbfgs' learns what it needs of it "
            "from gradients, 'adam' needs none"
        )


def check_shape(rule: Optimizer, shape: Sequence[int]) -> None:
    """Refuse a vector, where a rule moves matrices only."""
    if rule.matrices_only and len(shape) < 2:
        raise InputError(
            f"params must be matrices for {rule.title}, of 2 dimensions or more; not of shape "
            f"{tuple(shape)}: give vectors, such as biases, to another optimizer, 'adamw' say"
        )


MOST = 2**24  # numbers in a matrix of all parameters: those of 4,096


def check_size(rule: Optimizer, shape: Sequence[int]) -> None:
    """Refuse a matrix of all parameters of a network, which each step would work through."""
    if math.prod(shape) > MOST:
        raise InputError(
            f"optimizer must be one that keeps no matrix of all parameters of a large network; not "
            f"{rule.title}, which would keep {' x '.join(f'{n:,}' for n in shape)} numbers: "
            "'shampoo' keeps one for each layer's rows and one for its columns"
        )
