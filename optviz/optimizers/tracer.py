"""Record what a rule does, one operation a line, in the order in which Python ran it.

A `Traced` number overloads the operators; running a rule on it writes straight-line text. The text
is bitwise faithful to the rule: no operation is reordered, folded or dropped. Written as Python it
is the fast way of a descent on floats (a step costs its arithmetic and little else).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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


class TracedOps:
    """The functions of `ops` for traced numbers: each writes a call of its own name."""

    sqrt, cos, floor, sign = map(_call, ("sqrt", "cos", "floor", "sign"))
    minimum, maximum, where = map(_call, ("minimum", "maximum", "where"))


@backend.register(Traced)
def _(value: Traced) -> Any:
    return TracedOps


PYTHON: dict[str, Any] = {
    name: getattr(Python, name)
    for name in ("sqrt", "cos", "floor", "sign", "minimum", "maximum", "where", "pow")
} | {"inf": math.inf, "nan": math.nan}  # what the names of the text mean on floats


@contextmanager
def explained(kind: type) -> Iterator[None]:
    """Turn what a rule raises on traced numbers into one line that says what a rule may do."""
    try:
        yield
    except InputError:
        raise
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{kind.__name__}.rule must return a step and its slots, made with + - * "
            f"/ ** and the functions of optviz.optimizers.ops; not so: {reason}"
        ) from error


def compile_update(optimizer: Any, size: int) -> Callable[..., Any]:
    """An optimizer's step on ``size`` plain floats, as one Python function.

    Returns ``update(t, lr, grad, params, state) -> (step, state)`` on tuples of floats. The slots
    of each coordinate are separate numbers, so a rule must work coordinate by coordinate.
    """
    recorder = Recorder()
    t, lr = recorder.symbol("t"), recorder.symbol("lr")
    names = list(optimizer.slots(0.0))
    steps: list[str] = []
    after: dict[str, list[str]] = {name: [] for name in names}
    for i in range(size):
        grad, param = recorder.symbol(f"grad_{i}"), recorder.symbol(f"param_{i}")
        slots = {name: recorder.symbol(f"{name}_{i}") for name in names}
        step, changed = optimizer.apply(t, lr, grad, param, slots)
        steps.append(recorder.text(step))
        for name in names:
            after[name].append(recorder.text(changed[name]))
    unpack = ["grad", "params", *names]
    sources = ["grad", "params", *(f'state["{name}"]' for name in names)]
    lines = [
        f"{_tuple(f'{_singular(name)}_{i}' for i in range(size))} = {source}"
        for name, source in zip(unpack, sources, strict=True)
    ]
    state = ", ".join(['"step": t', *(f'"{name}": {_tuple(after[name])}' for name in names)])
    lines += [*recorder.lines, f"return {_tuple(steps)}, {{{state}}}"]
    return _function("t, lr, grad, params, state", lines)


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


def _singular(name: str) -> str:
    return "param" if name == "params" else name
