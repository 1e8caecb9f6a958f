"""Calls of other rules within a rule: ``super().rule(...)``, or that of an optimizer it has."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from optviz.optimizers import Optimizer
from optviz.translate.source import not_arithmetic


def called_method(
    call: ast.Call, optimizer: Any, running: Callable[..., Any], value: Callable[[ast.expr], Any]
) -> Any:
    """The bound method that a call within ``running`` means."""
    assert isinstance(call.func, ast.Attribute)
    owner = call.func.value
    if (
        isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "super"
    ):
        classes = type(optimizer).__mro__
        here = next((c for c in classes if vars(c).get("rule") is running), None)
        if here is None:
            raise not_arithmetic(call)
        above: Any = super(here, optimizer)
        return above.rule
    method = value(call.func)
    if not isinstance(getattr(method, "__self__", None), Optimizer):
        raise not_arithmetic(call)
    return method


def given_anew(call: ast.Call, function: ast.FunctionDef) -> list[tuple[str, ast.expr]]:
    """What a called rule is given that isn't just the name of its own parameter."""
    names = [argument.arg for argument in function.args.args[1:]]
    given = [*zip(names, call.args, strict=False)]
    given += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg]
    return [
        (name, value)
        for name, value in given
        if not (isinstance(value, ast.Name) and value.id == name)
    ]
