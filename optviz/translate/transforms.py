"""A transform of the gradient as one expression: what it does with a vector is not taken apart."""

from __future__ import annotations

from typing import Any

from optviz.optimizers import Optimizer
from optviz.optimizers.wrappers import own_names
from optviz.translate.expressions import Assignment, Expression, Name, Scope, Tree

TRANSFORMED = "transformed"  # the gradient that a rule is given, where that is not the raw one


def transform_line(optimizer: Optimizer, grad: Name, transformed: Any) -> Assignment:
    """What the gradient that the rule is given was made of."""
    return Assignment(Name(TRANSFORMED, 0, False, transformed), _tree(optimizer, grad))


def _tree(optimizer: Optimizer, grad: Name) -> Tree:
    """The gradient within what each wrapper, and then the class itself, does to it."""
    kind: Any = type(optimizer)
    tree: Tree = grad
    while "parts" in vars(kind):
        wrapper, kind = kind.parts
        if hasattr(wrapper, "transform"):
            names = own_names(wrapper, kind).values()
            bounds = [Name(n, 0, False, getattr(optimizer, n), Scope.SETTINGS) for n in names]
            tree = Expression(wrapper.word, (tree, *bounds))
    return Expression("transform", (tree,)) if kind.transforms else tree
