"""A rule in mathematics: each line of its Python as LaTeX, and with the numbers of one step.

The lines are read from the rule's own source and run one by one, so that what is shown is what is
computed; an optimizer of the user's own is shown like a built-in one.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from optviz.optimizers import Optimizer
from surfaces.errors import InputError

# The papers' letters for torch's names; a name that is not here is written as it is.
LETTERS = {
    "grad": "g_t", "lr": r"\eta", "t": "t", "params": r"\theta_{t-1}", "step": r"\Delta\theta",
    # slots
    "exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": r"\hat{v}", "square_avg": "v",
    "grad_avg": r"\bar{g}", "momentum_buffer": "b", "sum": "s", "acc_delta": "u", "exp_inf": "u",
    "prev": "p", "step_size": r"\delta", "mu_product": "M",
    # hyper-parameters
    "beta1": r"\beta_1", "beta2": r"\beta_2", "nu1": r"\nu_1", "nu2": r"\nu_2", "nu": r"\nu",
    "weight_decay": r"\lambda", "alpha": r"\alpha", "eps": r"\epsilon", "momentum": r"\mu",
    "dampening": r"\tau",
    "rho": r"\rho", "lr_decay": r"\kappa", "momentum_decay": r"\psi", "shorter": r"\eta^-",
    "longer": r"\eta^+", "smallest": r"\delta_{min}", "largest": r"\delta_{max}",
    # what rules compute on the way
    "share": "c", "direction": "d", "mixed": "d", "scaled": r"\hat{g}", "variance": r"\sigma^2",
    "root": "r", "mu": r"\mu", "mu_next": r"\mu_{+}", "now": "a", "ahead": "h",
    "corrected": r"\hat{m}", "mean": r"\hat{m}", "mean_sq": r"\hat{v}", "delta": r"\Delta",
    "longest": r"\rho_\infty", "length": r"\rho_t", "rho_inf": r"\tilde{\rho}_\infty",
    "rectification": "R", "adaptive": "A", "scale": "c", "same": "q",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a rule at one step.

    Attributes
    ----------
    formula : str
        LaTeX, such as ``m_t = \\beta_1 m_{t-1} + (1 - \\beta_1) g_t``.
    numbers : str
        The right-hand side with the x coordinate's numbers, LaTeX.
    value : array (2,)
        What the line computes, for x and y.
    """

    formula: str
    numbers: str
    value: np.ndarray[Any, np.dtype[np.float64]]


def lines_of(
    optimizer: Optimizer, t: int, grad: Any, params: Any, slots: Mapping[str, Any]
) -> list[Line]:
    """The lines of step ``t`` in the rule's own order, and what all rules share around them.

    Parameters
    ----------
    optimizer : Optimizer
    t : int
        The step, counted from 1.
    grad, params : array (2,)
        Before the step.
    slots : mapping of name to array (2,)
        Before the step.

    Raises
    ------
    InputError
        The rule's source cannot be read (typed into a prompt, or compiled).
    """
    given = {
        name: np.asarray(value, float)
        for name, value in {"grad": grad, "params": params, **slots}.items()
    }
    scope = {"self": optimizer, "t": t, "lr": optimizer.rate(t), **given}
    reader = _Reader(optimizer, scope, set(slots))
    with np.errstate(all="ignore"):
        return list(reader.run(_body(Optimizer.apply)))


@lru_cache(maxsize=64)
def _body(rule: Callable[..., Any]) -> tuple[ast.stmt, ...]:
    try:
        source = textwrap.dedent(inspect.getsource(rule))
    except (OSError, TypeError):
        raise InputError(
            f"{rule.__qualname__} must have a source that can be read; not one that was typed in"
        ) from None
    if rule is Optimizer.rule:
        raise InputError("an optimizer must have a rule in Python to be shown; not torch's own")
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return tuple(function.body)


class _Reader:
    """Runs a rule line by line and writes each one down."""

    def __init__(self, optimizer: Optimizer, scope: dict[str, Any], slots: set[str]) -> None:
        self.rule = type(optimizer).rule
        self.globals = Optimizer.apply.__globals__ | self.rule.__globals__
        self.scope = scope
        self.step: ast.expr | None = None  # what the rule returned
        self.slots = slots
        self.renewed: set[str] = set()  # slots that hold their new value by now
        self.primes: dict[str, int] = {}  # how often another name was given a new value

    def run(self, body: tuple[ast.stmt, ...] | list[ast.stmt]) -> Iterator[Line]:
        for statement in body:
            match statement:
                case ast.If(test=test):
                    chosen = statement.body if self.value(test) else statement.orelse
                    yield from self.run(chosen)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    yield from self.assign(name, value)
                case ast.Assign(
                    targets=[ast.Tuple(elts=[ast.Name(id=name), *_])],
                    value=ast.Call(func=ast.Attribute(attr="rule")),
                ):
                    outside = dict(self.scope), dict(self.primes)
                    yield from self.run(_body(self.rule))
                    assert self.step is not None
                    result = self.value(self.step)
                    self.scope, self.primes = outside  # the rule's own names end with it
                    self.scope[name] = result
                case ast.Assign(
                    targets=[ast.Tuple(elts=[ast.Name(), *_] as names)],
                    value=ast.Tuple(elts=values),
                ):
                    for target, value in zip(names, values, strict=True):
                        assert isinstance(target, ast.Name)
                        yield from self.assign(target.id, value)
                case ast.Return() if self.step is not None:
                    pass  # of what is around the rule: its step has been shown
                case ast.Return(value=ast.Tuple(elts=[step, state])):
                    self.step = step
                    if isinstance(state, ast.Dict):
                        yield from self._new_slots(state)
                    yield self.line(letter("step"), step)
                case _:
                    self.execute(statement)

    def _new_slots(self, state: ast.Dict) -> Iterator[Line]:
        """Slots that are computed only as they are returned."""
        for key, value in zip(state.keys, state.values, strict=True):
            if isinstance(key, ast.Constant) and not isinstance(value, ast.Name):
                yield self.line(f"{letter(str(key.value))}_t", value)

    def assign(self, name: str, value: ast.expr) -> Iterator[Line]:
        result = self.value(value)
        if isinstance(result, (dict, bool)):
            self.scope[name] = result
            return
        right = self.latex(value)
        numbers = self.numbers(value)
        if name in self.slots:
            self.renewed.add(name)
        elif name in self.scope:
            self.primes[name] = self.primes.get(name, 0) + 1
        self.scope[name] = result
        left = self.latex(ast.Name(id=name))
        if right != left:
            yield Line(f"{left} = {right}", numbers, _pair(result))

    def line(self, left: str, value: ast.expr) -> Line:
        return Line(f"{left} = {self.latex(value)}", self.numbers(value), _pair(self.value(value)))

    def value(self, node: ast.expr) -> Any:
        expression = ast.fix_missing_locations(ast.Expression(body=node))
        return eval(compile(expression, "<rule>", "eval"), self.globals, self.scope)

    def execute(self, statement: ast.stmt) -> None:
        module = ast.fix_missing_locations(ast.Module(body=[statement], type_ignores=[]))
        exec(compile(module, "<rule>", "exec"), self.globals, self.scope)

    def latex(self, node: ast.expr) -> str:
        return _Writer(self, self._symbol, r"\,").write(node)[0]

    def numbers(self, node: ast.expr) -> str:
        return _Writer(self, self._number, r" \cdot ").write(node)[0]

    def _symbol(self, node: ast.expr, name: str) -> str:
        if name in self.slots:
            return f"{letter(name)}_{'t' if name in self.renewed else '{t-1}'}"
        text = letter(name)
        return text + "'" * self.primes.get(name, 0)

    def _number(self, node: ast.expr, name: str) -> str:
        return shown(_pair(self.value(node))[0])


class _Writer:
    """An expression as LaTeX; brackets only where they are needed."""

    def __init__(self, reader: _Reader, atom: Callable[[ast.expr, str], str], times: str) -> None:
        self.reader, self.atom, self.times = reader, atom, times

    def write(self, node: ast.expr) -> tuple[str, int]:
        """The text and how tightly it binds: 1 sum, 2 product, 3 power, 4 atom."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return f"{value:g}", 4
            case ast.Name(id=name) | ast.Attribute(attr=name):
                text = self.atom(node, name)
                return text, 1 if text.startswith("-") else 2 if "times" in text else 4
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"-{self.inside(operand, 2)}", 1
            case ast.BinOp(op=ast.Add(), left=a, right=b):
                return f"{self.inside(a, 1)} + {self.inside(b, 2)}", 1
            case ast.BinOp(op=ast.Sub(), left=a, right=b):
                return f"{self.inside(a, 1)} - {self.inside(b, 2)}", 1
            case ast.BinOp(op=ast.Mult(), left=ast.Name(id=x) as a, right=ast.Name(id=y)) if x == y:
                return f"{self.inside(a, 4)}^2", 3
            case ast.BinOp(
                op=ast.Mult(),
                left=ast.BinOp(op=ast.Mult(), left=a, right=ast.Name(id=x) as b),
                right=ast.Name(id=y),
            ) if x == y:
                return f"{self.inside(a, 2)}{self.times}{self.inside(b, 4)}^2", 2
            case ast.BinOp(op=ast.Mult(), left=a, right=b):
                if isinstance(a, ast.UnaryOp):  # -lr * grad
                    return f"-{self.inside(a.operand, 2)}{self.times}{self.inside(b, 3)}", 1
                return f"{self.inside(a, 2)}{self.times}{self.inside(b, 3)}", 2
            case ast.BinOp(op=ast.Div(), left=a, right=b):
                above, sign = self.write(a)[0], ""
                if above.startswith("-"):
                    above, sign = above[1:], "-"
                return rf"{sign}\frac{{{above}}}{{{self.write(b)[0]}}}", 1 if sign else 4
            case ast.BinOp(op=ast.Pow(), left=a, right=b):
                return f"{self.inside(a, 4)}^{{{self.write(b)[0]}}}", 3
            case ast.Call(func=ast.Name(id="where"), args=[test, a, b]):
                # This step's branch, for the x coordinate.
                return self.write(a if np.ravel(self.reader.value(test))[0] else b)
            case ast.Call(func=ast.Name(id="sqrt"), args=[inside]):
                return rf"\sqrt{{{self.write(inside)[0]}}}", 4
            case ast.Call(func=ast.Name(id=name), args=args):
                known = {"maximum": r"\max", "minimum": r"\min", "sign": r"\mathrm{sign}"}
                inside_all = ", ".join(self.write(arg)[0] for arg in args)
                word = known.get(name, rf"\mathrm{{{name}}}")
                return f"{word}({inside_all})", 4
            case ast.IfExp(test=test, body=a, orelse=b):
                return self.write(a if self.reader.value(test) else b)
        raise InputError(f"a rule must be arithmetic to be shown; not {ast.unparse(node)[:60]!r}")

    def inside(self, node: ast.expr, least: int) -> str:
        """The text of a part, in brackets where it binds less tightly than ``least``."""
        text, tight = self.write(node)
        return text if tight >= least else f"({text})"


def shown(number: float) -> str:
    """Three digits, or the whole number up to 1e5; powers of ten as LaTeX."""
    text = f"{number:.0f}" if 1000 <= abs(number) < 1e5 else f"{number:.3g}"
    if "e" not in text:
        return text
    digits, power = text.split("e")
    return rf"{digits}{{\times}}10^{{{int(power)}}}"


def letter(name: str) -> str:
    """The LaTeX of a name of torch's."""
    if name in LETTERS:
        return LETTERS[name]
    return r"\mathrm{" + name.replace("_", r"\ ") + "}"


def _pair(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(np.broadcast_to(np.asarray(value, float), (2,)))
