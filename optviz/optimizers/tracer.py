"""Record what a rule does as operations on a tape, in the order in which Python ran it.

A `Traced` number overloads the operators; running a rule on it writes a `surfaces.tape.Tape`. The
tape gives the same bits as the rule: no operation is reordered, folded or dropped. Printed as
Python it makes descents on floats fast: a step costs little more than its arithmetic.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from optviz.optimizers.ops import REDUCTIONS, Python, UnsupportedError, backend
from surfaces.errors import InputError
from surfaces.tape import Argument, TapeWriter


def traced(tape: TapeWriter, name: str) -> Traced:
    """A number that is known only when the tape is run, under a name of the tape's inputs."""
    return Traced(tape, tape.input(name))


def argument(value: Any) -> Argument:
    """A value that a rule computed, as an argument of the tape: a name or a constant."""
    return value.name if isinstance(value, Traced) else float(value)


class Symbol:
    """What is refused alike of all that stands for numbers that are not known yet."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # == is refused, so neither may hash exist

    def __bool__(self) -> bool:
        raise UnsupportedError(
            "a rule must decide by where(condition, a, b); not by a Python branch on a number"
        )

    def __eq__(self, other: object) -> Any:
        raise UnsupportedError("a rule must compare with <, > or <=; not with ==")

    def __float__(self) -> float:
        raise UnsupportedError(f"a rule must use {OURS}; not float(), round() or functions of math")

    __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = __float__

    def __matmul__(self, other: Any) -> Any:
        raise UnsupportedError("a rule must use matmul of optviz.optimizers.ops; not @")

    __rmatmul__ = __matmul__

    def __floordiv__(self, other: Any) -> Any:
        return _floor_divided(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _floor_divided(other, self)

    def __and__(self, other: Any) -> Any:
        raise UnsupportedError(
            "a rule must join conditions as where(a, where(b, x, y), y); not by &, |, ^ or ~"
        )

    __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __and__

    def __invert__(self) -> Any:
        return self & self

    def __divmod__(self, other: Any) -> Any:
        raise UnsupportedError("a rule must say a // b, a % b; not divmod(a, b)")

    __rdivmod__ = __divmod__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """Support NumPy's operators with a scalar; refuse all other NumPy functions."""
        operate = _NUMPY.get(ufunc.__name__)
        plain = [value.item() if isinstance(value, np.generic) else value for value in inputs]
        numbers = all(isinstance(value, (Symbol, float, int)) for value in plain)
        if operate is None or method != "__call__" or settings:
            raise _not_theirs(f"numpy.{ufunc.__name__}")
        if not numbers:
            raise UnsupportedError("a rule must compute with numbers; not with a NumPy array")
        return operate(*plain)

    def __array_function__(self, function: Any, *given: Any) -> Any:
        raise _not_theirs(f"{function.__module__}.{function.__name__}")


class Traced(Symbol):
    """A number inside a rule that is being recorded: the name it has on the tape."""

    __slots__ = ("name", "tape")

    def __init__(self, tape: TapeWriter, name: str) -> None:
        self.tape, self.name = tape, name

    def __str__(self) -> str:
        return self.name

    def __neg__(self) -> Traced:
        return _record(self.tape, "neg", self)

    def __pos__(self) -> Traced:
        return self

    def __abs__(self) -> Traced:
        return _record(self.tape, "abs", self)


def _record(tape: TapeWriter, op: str, *values: Any) -> Traced:
    """Write one operation on numbers, and return its result."""
    return Traced(tape, tape.write(op, *map(argument, values)))


def _binary(op: str, reflected: bool = False) -> Callable[[Traced, Any], Traced]:
    def method(self: Traced, other: Any) -> Traced:
        if not isinstance(other, (Traced, float, int)):
            return NotImplemented  # type: ignore[no-any-return]  # Python's own convention
        tape, one = self.tape, self.name
        two = other.name if isinstance(other, Traced) else float(other)
        return Traced(tape, tape.write(op, two, one) if reflected else tape.write(op, one, two))

    return method


for _name, _op in {
    # A power is a function: ``**`` between floats may turn complex, its last bit differs elsewhere.
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow", "mod": "mod",
}.items():  # fmt: skip
    setattr(Traced, f"__{_name}__", _binary(_op))
    setattr(Traced, f"__r{_name}__", _binary(_op, reflected=True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Traced, f"__{_name}__", _binary(_name))


def _of_vectors(*given: Any) -> Any:
    raise UnsupportedError(
        "a rule must take one coordinate at a time; whole vectors are for transform(grad, params), "
        "or for a rule with elementwise = False, by norm, dot and mean of optviz.optimizers.ops"
    )


# What would be of all weights of a network there, and of two coordinates here.
for _name in ("getitem", "len", "iter", "contains", "matmul", "rmatmul"):
    setattr(Traced, f"__{_name}__", _of_vectors)
for _name in ("sum", "mean", "norm", "dot", "max", "min", "std", "var", "prod", "median", "any",
              "all", "sort", "cumsum", "argmax", "argmin", "numel"):  # fmt: skip
    setattr(Traced, _name, property(_of_vectors))


def _call(name: str) -> Any:
    def function(*values: Any) -> Any:
        for value in values:
            if type(value) in _apart:
                return getattr(_apart[type(value)], name)(*values)
        tape = next(value.tape for value in values if isinstance(value, Traced))
        return _record(tape, name, *values)

    return staticmethod(function)


# Those of `ops`.
FUNCTIONS = ("sqrt", "cos", "exp", "log", "tanh", "floor", "sign", "abs",
             "minimum", "maximum", "where")  # fmt: skip
OURS = f"{', '.join(FUNCTIONS)} of optviz.optimizers.ops"

# What NumPy calls the operators that its scalars hand on.
_NUMPY: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "power": operator.pow, "less": operator.lt,
    "remainder": operator.mod, "floor_divide": operator.floordiv,
    "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
}  # fmt: skip


_apart: dict[type, Any] = {}  # other kinds of traced values, and their functions


def traced_apart(kind: type, functions: Any) -> None:
    """Let another class's functions be called where one of its values stands beside a number."""
    _apart[kind] = functions


def _not_theirs(name: str) -> UnsupportedError:
    """The error of whoever calls one of NumPy's functions in a rule."""
    ours = name.rpartition(".")[2].replace("absolute", "abs").replace("fabs", "abs")
    is_known = ours in (*FUNCTIONS, *REDUCTIONS)
    known = f"{ours} of optviz.optimizers.ops" if is_known else OURS
    return UnsupportedError(f"a rule must use {known}; not {name}")


def _floor_divided(a: Any, b: Any) -> Any:
    """``a // b`` as Python has it: how often ``b`` goes into what is left without the remainder."""
    return TracedOps.floor((a - a % b) / b + 0.5)  # type: ignore[attr-defined]  # set below


class TracedOps:
    """The functions of `ops` for traced numbers: each writes a call of its own name."""


for _name in FUNCTIONS:
    setattr(TracedOps, _name, _call(_name))


@backend.register(Traced)
def _(value: Traced) -> Any:
    return TracedOps


PYTHON: dict[str, Any] = {name: getattr(Python, name) for name in (*FUNCTIONS, "pow")} | {
    "mod": operator.mod, "inf": math.inf, "nan": math.nan,
}  # what the names of a printed tape mean on floats  # fmt: skip


class explained:  # noqa: N801  # it reads as the function that it stands for
    """Turn an exception of a user's rule into one line that says what a rule may do.

    Arithmetic errors pass, as they are how floats diverge, and torch's own errors (RuntimeError).
    """

    __slots__ = ("kind", "method")

    def __init__(self, kind: type, method: str = "rule") -> None:
        self.kind, self.method = kind, method

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        passes = (InputError, ArithmeticError, RuntimeError)
        if isinstance(error, passes) or not isinstance(error, Exception):
            return
        kind_of_error = "" if isinstance(error, TypeError) else f"{type(error).__name__}: "
        reason = " ".join(f"{kind_of_error}{error}".split())
        if self.method == "rule" and "required positional argument" in reason:
            reason += " (it may name params, value, hessian and its slots)"
        allowed = {
            "rule": f"a step and its slots, made with + - * / // % ** and {OURS}",
            "transform": "a gradient of the same shape, made with those and norm, dot, mean",
            "evaluates_at": f"a point, made with + - * / // % ** and {OURS}",
            "second_point": f"a point, made with + - * / // % ** and {OURS}, norm, dot, mean",
            "slots": "a number for each name, such as zeros",
        }[self.method]
        raise InputError(
            f"{self.kind.__name__}.{self.method} must return {allowed}; not so: {reason}"
        ) from error
