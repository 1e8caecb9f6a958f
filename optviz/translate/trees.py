"""The expression trees of a rule's parts, with the present values of its names."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from typing import Any

from optviz.optimizers import Optimizer
from optviz.translate.expressions import Expression, Name, Scope, Tree
from optviz.translate.source import OPERATORS, inlined_in, not_arithmetic, simpler


class TreeReader(ABC):
    """Reads expressions; a subclass knows the names and their values.

    Attributes
    ----------
    scope : dict
        Values by name.
    scopes : dict
        What each depends on.
    silent : set of str
        Names that no line gives a value.
    """

    scope: dict[str, Any]
    scopes: dict[str, Scope]
    silent: set[str]

    @abstractmethod
    def name(self, text: str, value: Any) -> Name:
        """A name as it is shown now."""

    @abstractmethod
    def names_in(self, node: ast.AST) -> list[str]:
        """The names that a part of the rule reads or gives another value."""

    @abstractmethod
    def scope_of(self, node: ast.AST) -> Scope:
        """The widest scope of what a part of the rule reads."""

    @abstractmethod
    def value(self, node: ast.expr | ast.stmt) -> Any:
        """What a part of the rule computes."""

    def tree(self, node: ast.expr) -> Tree:
        """The expression tree of a node, with the present values of its names."""
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=text) | ast.Attribute(attr=text):
                return self.name(text, self.value(node))
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="self"), attr="setting"),
                args=[_, ast.Constant(value=str() as text)],
            ):
                return self.name(text, self.value(node))
            case ast.Call(func=ast.Attribute(ast.Name(id="self"), "evaluates_at"), args=args) if (
                inlined := inlined_in(type(self.scope["self"]).evaluates_at, args)
            ):
                return self.tree(inlined)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.tree(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Expression("-", (self.tree(operand),))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                return simpler(OPERATORS[type(operator)], self.tree(left), self.tree(right))
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return Expression("mod", (self.tree(left), self.tree(right)))
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                return Expression("floor", (simpler("/", self.tree(left), self.tree(right)),))
            case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
                return self.call(function, args)
            case ast.Call(
                func=ast.Attribute(ast.Name(id=module), function), args=args, keywords=[]
            ) if module != "self":
                return self.call(function, args)
            case ast.IfExp(test=test, body=a, orelse=b):
                return self.tree(a if self.value(test) else b)
        raise not_arithmetic(node)

    def call(self, function: str, args: list[ast.expr]) -> Tree:
        if function != "where":
            told = [arg for arg in args if not isinstance(self.value(arg), (tuple, Optimizer))
                    and not (isinstance(arg, ast.Name) and arg.id in self.silent)]  # fmt: skip
            return Expression(function, tuple(map(self.tree, told)))
        test, a, b = args
        condition = Name(ast.unparse(test), 0, False, self.value(test), self.scope_of(test))
        reads = [
            self.name(name, self.scope[name])
            for name in self.names_in(test)
            if name not in self.silent and self.scopes.get(name) is Scope.COORDINATE
        ]
        return Expression("where", (condition, self.tree(a), self.tree(b), *reads))
