"""The source of a rule as syntax trees, and expressions as they are usually written."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import Any

from optviz.translate.expressions import Expression, Name, Tree
from surfaces.errors import InputError

OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^",
}  # fmt: skip


@lru_cache(maxsize=64)
def function_of(rule: Callable[..., Any]) -> ast.FunctionDef:
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(rule))).body
    except (OSError, TypeError):
        raise InputError(
            f"{rule.__qualname__} must have a source that can be read; not one that was typed in"
        ) from None
    except (SyntaxError, ValueError):  # a lambda in the middle of something
        function = ast.Pass()
    if not isinstance(function, ast.FunctionDef):
        raise InputError(f"{rule.__qualname__} must be written with def to be shown; not otherwise")
    return function


@lru_cache(maxsize=1024)
def code(node: ast.expr | ast.stmt) -> CodeType:
    """A part of a function that `function` keeps, compiled once for all that run it."""
    if isinstance(node, ast.expr):
        return compile(ast.fix_missing_locations(ast.Expression(node)), "<rule>", "eval")
    whole = ast.Module(body=[node], type_ignores=[])
    return compile(ast.fix_missing_locations(whole), "<rule>", "exec")


@lru_cache(maxsize=64)
def written_out(statement: ast.AugAssign) -> ast.expr:
    """``a + b`` of ``a += b``."""
    assert isinstance(statement.target, ast.Name)
    old = ast.Name(statement.target.id, ast.Load())
    return ast.copy_location(ast.BinOp(old, statement.op, statement.value), statement)


def inlined_in(method: Callable[..., Any], args: list[ast.expr]) -> ast.expr | None:
    """What a method of one line returns, if it is called with names that it has itself."""
    function = function_of(method)
    names = [argument.arg for argument in function.args.args[1:]]
    given = [arg.id for arg in args if isinstance(arg, ast.Name)]
    body = function.body
    if len(body) != 1 or not isinstance(body[0], ast.Return) or given != names[: len(args)]:
        return None
    return body[0].value


def simpler(operator: str, left: Tree, right: Tree) -> Expression:
    """An operation as it is usually written: the sign before a whole product, x x as a square."""
    match operator, left:
        case "*" | "/", Expression("-", (positive,)):
            return Expression("-", (simpler(operator, positive, right),))
        case "*", Name() if left == right:
            return Expression("^", (left, 2))
        case "*", Expression("*", (first, Name() as last)) if last == right:
            return Expression("*", (first, Expression("^", (last, 2))))
    return Expression(operator, (left, right))


def not_arithmetic(node: ast.AST) -> InputError:
    return InputError(f"a rule must be arithmetic to be shown; not {ast.unparse(node)[:60]!r}")
