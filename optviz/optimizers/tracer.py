"""Record what a rule does, one operation a line, in the order in which Python ran it.

A `Traced` number overloads the operators; running a rule on it writes straight-line text. The text
is bitwise faithful to the rule: no operation is reordered, folded or dropped. Written as Python it
is the fast way of a descent on floats (a step costs its arithmetic and little else).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from optviz.optimizers.ops import Python, backend
from surfaces.errors import InputError


class Recorder:
    """The lines written so far; an operation that was done before is not written again.

    The text is Python; a subclass writes another language by its own `number`, `binary` and `call`.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[str, str] = {}

    def symbol(self, name: str) -> Traced:
        """A number that is known only when the text runs."""
        return Traced(self, name)

    def operation(self, text: str) -> Traced:
        """Write ``tN = text`` once and return ``tN``."""
        if text not in self._known:
            self._known[text] = f"t{len(self.lines)}"
            self.lines.append(f"{self._known[text]} = {text}")
        return Traced(self, self._known[text])

    def number(self, value: float) -> str:
        """A constant, read back as the same float."""
        return repr(value)

    def text(self, value: Any) -> str:
        """A number as source; a negative one in brackets, since ``-1.0**2`` is not (-1.0)**2."""
        if isinstance(value, Traced):
            return value.name
        text = self.number(float(value))
        return f"({text})" if text.startswith("-") else text

    def binary(self, symbol: str, left: Any, right: Any) -> Traced:
        """Write an operator between two numbers."""
        return self.operation(f"{self.text(left)} {symbol} {self.text(right)}")

    def call(self, name: str, *values: Any) -> Traced:
        """Write a call of a function that has a name in every language."""
        return self.operation(f"{name}({', '.join(map(self.text, values))})")


class Traced:
    """A number inside a rule that is being recorded."""

    __slots__ = ("name", "recorder")
    __hash__ = None  # type: ignore[assignment]  # == is refused, so neither may hash exist

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder, self.name = recorder, name

    def __str__(self) -> str:
        return self.name

    def __bool__(self) -> bool:
        raise InputError(
            "a rule must decide by where(condition, a, b); not by a Python branch on a number"
        )

    def __eq__(self, other: object) -> Any:
        raise InputError("a rule must compare with <, > or <=; not with ==")

    def __neg__(self) -> Traced:
        return self.recorder.operation(f"-{self.name}")

    def __pos__(self) -> Traced:
        return self

    def __abs__(self) -> Traced:
        return self.recorder.call("abs", self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        """NumPy's operators between a scalar of its own and a number; no other function of it."""
        operate = _NUMPY.get(ufunc.__name__)
        plain = [value.item() if isinstance(value, np.generic) else value for value in inputs]
        numbers = all(isinstance(value, (Traced, float, int)) for value in plain)
        if operate is None or method != "__call__" or settings or not numbers:
            raise TypeError(f"numpy.{ufunc.__name__}")
        return operate(*plain)


def _binary(symbol: str, reflected: bool = False) -> Callable[[Traced, Any], Traced]:
    def method(self: Traced, other: Any) -> Traced:
        if not isinstance(other, (Traced, float, int)):
            return NotImplemented  # type: ignore[no-any-return]  # Python's own convention
        left, right = (other, self) if reflected else (self, other)
        # A function: ``**`` between floats may turn complex, and its last bit differs elsewhere.
        if symbol == "**":
            return self.recorder.call("pow", left, right)
        return self.recorder.binary(symbol, left, right)

    return method


for _name, _symbol in {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**",
}.items():  # fmt: skip
    setattr(Traced, f"__{_name}__", _binary(_symbol))
    setattr(Traced, f"__r{_name}__", _binary(_symbol, reflected=True))
for _name, _symbol in {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(Traced, f"__{_name}__", _binary(_symbol))


def _call(name: str) -> Any:
    def function(*values: Any) -> Traced:
        recorder: Recorder = next(v.recorder for v in values if isinstance(v, Traced))
        return recorder.call(name, *values)

    return staticmethod(function)


FUNCTIONS = ("sqrt", "cos", "floor", "sign", "minimum", "maximum", "where")  # those of `ops`

# What NumPy calls the operators that its scalars hand on.
_NUMPY: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "power": operator.pow, "less": operator.lt,
    "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
}  # fmt: skip


class TracedOps:
    """The functions of `ops` for traced numbers: each writes a call of its own name."""


for _name in FUNCTIONS:
    setattr(TracedOps, _name, _call(_name))


@backend.register(Traced)
def _(value: Traced) -> Any:
    return TracedOps


PYTHON: dict[str, Any] = {name: getattr(Python, name) for name in (*FUNCTIONS, "pow")} | {
    "abs": abs, "inf": math.inf, "nan": math.nan,
}  # what the names of the text mean on floats  # fmt: skip


@contextmanager
def explained(kind: type, method: str = "rule") -> Iterator[None]:
    """Turn what a user's method raises into one line that says what it may do.

    Arithmetic errors pass, as they are how floats diverge, and torch's own errors (RuntimeError).
    """
    try:
        yield
    except (InputError, ArithmeticError, RuntimeError):
        raise
    except Exception as error:
        kind_of_error = "" if isinstance(error, TypeError) else f"{type(error).__name__}: "
        reason = " ".join(f"{kind_of_error}{error}".split())
        allowed = (
            f"a step and its slots, made with + - * / ** abs() and {', '.join(FUNCTIONS)} of "
            "optviz.optimizers.ops"
            if method == "rule"
            else "a number for each name, such as zeros"
        )
        raise InputError(
            f"{kind.__name__}.{method} must return {allowed}; not so: {reason}"
        ) from error


def compile_update(optimizer: Any, size: int) -> Callable[..., Any]:
    """An optimizer's step on ``size`` plain floats, as one Python function.

    Returns ``update(t, lr, grad, params, slots) -> (step, slots)`` on tuples of floats. The slots
    of each coordinate are separate numbers, so a rule must work coordinate by coordinate.
    """
    recorder = Recorder()
    t, lr = recorder.symbol("t"), recorder.symbol("lr")
    # What each number of the text is called, by where it comes from.
    places = {f"slot{j}": name for j, name in enumerate(optimizer.slots(0.0))}
    steps: list[str] = []
    after: dict[str, list[str]] = {name: [] for name in places.values()}
    for i in range(size):
        grad, param = recorder.symbol(f"grad_{i}"), recorder.symbol(f"param_{i}")
        slots = {name: recorder.symbol(f"{place}_{i}") for place, name in places.items()}
        step, changed = optimizer.apply(t, lr, grad, param, slots)
        steps.append(recorder.text(step))
        for name in after:
            after[name].append(recorder.text(changed[name]))
    sources = {"grad": "grad", "param": "params"}
    sources |= {place: f"slots[{name!r}]" for place, name in places.items()}
    lines = [
        f"{_tuple(f'{place}_{i}' for i in range(size))} = {source}"
        for place, source in sources.items()
    ]
    renewed = ", ".join(f"{name!r}: {_tuple(after[name])}" for name in after)
    lines += [*recorder.lines, f"return {_tuple(steps)}, {{{renewed}}}"]
    return _function("t, lr, grad, params, slots", lines)


def compile_rate(schedule: Any) -> Callable[..., float]:
    """A schedule's rule on plain numbers, as one Python function ``rate(epoch, lr)``."""
    recorder = Recorder()
    rate = schedule.rule(recorder.symbol("epoch"), recorder.symbol("lr"))
    return _function("epoch, lr", [*recorder.lines, f"return {recorder.text(rate)}"])


def _function(parameters: str, lines: list[str]) -> Callable[..., Any]:
    text = f"def recorded({parameters}):\n" + "".join(f"    {line}\n" for line in lines)
    namespace: dict[str, Any] = {"__builtins__": {}, **PYTHON}
    exec(text, namespace)  # our own text, made of operators and the names in PYTHON
    function: Callable[..., Any] = namespace["recorded"]
    return function


def _tuple(texts: Any) -> str:
    return f"({', '.join(texts)},)"
