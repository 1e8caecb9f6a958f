"""The lines of a rule as LaTeX: as formulas, and with the numbers of one step.

The lines are read from the rule's own source (`optviz.translate.statements`), so an optimizer of
the user's own is shown like a built-in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from optviz.optimizers import Optimizer
from optviz.optimizers.matrix import Matrix
from optviz.optimizers.straight_line import whole_slots
from optviz.translate.effective import effective, lasting
from optviz.translate.expressions import Expression, Name, Tree
from optviz.translate.statements import read
from optviz.translate.symbols import Letter, Word, base_of, symbol
from optviz.translate.transforms import TRANSFORMED


@dataclass(frozen=True)
class Line:
    """One line of a rule at one step.

    Attributes
    ----------
    formula : str
        LaTeX, such as ``m_t = \\beta_1 m_{t-1} + (1 - \\beta_1) g_t``.
    numbers : str
        The right-hand side with the x coordinate's numbers, LaTeX.
    value : array (2,), or of any shape
        What the line computes, for x and y; of a rule that sees matrices a number, a column or a
        matrix.
    target : str
        The name in Python that the line gives a value, such as "exp_avg".
    renews_slot : bool
        Whether that name is one of the optimizer's slots.
    together : bool
        Whether ``numbers`` is the whole value: of a rule that sees matrices.
    """

    formula: str
    numbers: str
    value: np.ndarray[Any, np.dtype[np.float64]]
    target: str
    renews_slot: bool
    together: bool = False

    @property
    def computes_step(self) -> bool:
        """Whether the line computes the step itself, or adds to it."""
        return self.target == "step"


def lines_of(
    optimizer: Optimizer,
    t: int,
    grad: Any,
    params: Any,
    slots: Mapping[str, Any],
    fraction: str = r"\frac",
    seen: Mapping[str, Any] | None = None,
) -> list[Line]:
    """The lines of step ``t`` in the rule's order, with those for sign and decay around them.

    What these settings make neutral is left out (`optviz.translate.effective`).

    Parameters
    ----------
    optimizer : Optimizer
    t : int
        The step, counted from 1.
    grad, params : array (2,)
        Before the step.
    slots : mapping of name to array (2,)
        Before the step.
    fraction : str
        The command for fractions: ``\\frac``, or ``\\dfrac`` for large ones.
    seen : mapping, optional
        Value and hessian (2, 2) before the step, for a rule that names them.

    Raises
    ------
    InputError
        The rule's source cannot be read (typed into a prompt, or compiled).
    """
    if not optimizer.steps_by_rule:
        raise optimizer.without_rule()
    step = _given(optimizer, grad, params, slots, seen or {})
    formula, numbers = _Writer(_named, r"\,", fraction), _Writer(_number, DOT, fraction)
    lines = []
    with np.errstate(all="ignore"):
        for line in effective(read(optimizer, t, optimizer.rate(t), **step)):
            left, right = _symbol(line.target), formula.write(line.tree).text
            if left == right:
                continue
            name = line.target
            if not optimizer.elementwise:
                value = _array(name.value)
                written = _together(value)
            else:
                value = _pair(name.value)
                # A transform needs more numbers than those of the x coordinate.
                whole = name.text == TRANSFORMED
                written = shown(value[0]) if whole else numbers.write(line.tree).text
            together = not optimizer.elementwise
            lines.append(Line(f"{left} = {right}", written, value, name.text, name.slot, together))
    return lines


def _given(
    optimizer: Optimizer, grad: Any, params: Any, slots: Mapping[str, Any], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """What `statements.read` is given, as numbers: arrays of both coordinates, or matrices."""
    before = {name: np.asarray(value, float) for name, value in slots.items()}
    grad, params = np.asarray(grad, float), np.asarray(params, float)
    if optimizer.elementwise:
        curved = {"hessian": np.diagonal(seen["hessian"])} if "hessian" in seen else {}
        return {"grad": grad, "params": params, "slots": before, "seen": {**seen, **curved}}
    shapes = whole_slots(optimizer, grad.size)
    whole = {
        name: Matrix(value.ravel().tolist(), shapes[name].shape)
        if isinstance(shapes[name], Matrix)
        else float(value.ravel()[0])
        for name, value in before.items()
    }
    found = dict(seen)
    if "hessian" in seen:
        found["hessian"] = Matrix(np.ravel(seen["hessian"]).tolist(), (grad.size, grad.size))
    columns = {"grad": Matrix(grad.tolist()), "params": Matrix(params.tolist())}
    return {**columns, "slots": whole, "seen": found}


def _array(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A number or a matrix as an array; a column has one axis."""
    if not isinstance(value, Matrix):
        return np.asarray(value, float)
    array = np.array(value.members, float).reshape(value.shape)
    return array[:, 0] if value.shape[1] == 1 else array


def _together(value: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """A number, or a column or matrix row by row in brackets."""
    if value.size == 1:
        return shown(float(value.ravel()[0]))
    rows = [", ".join(map(shown, row)) for row in np.atleast_2d(value)]
    between = r";\ "
    return f"({between.join(rows)})"


def lasting_slots(
    optimizer: Optimizer, grad: Any, params: Any, slots: Mapping[str, Any]
) -> set[str]:
    """The slots whose values steps depend on with these settings; arguments as of `lines_of`."""
    if not optimizer.elementwise:
        return set(slots)
    given = _given(optimizer, grad, params, slots, dict.fromkeys(("value", "hessian"), np.eye(2)))
    with np.errstate(all="ignore"):
        return lasting(read(optimizer, 1, optimizer.rate(1), **given))


DOT = r" \cdot "
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly an expression binds; a fraction like a power


class _Written(NamedTuple):
    """An expression as LaTeX, and how tightly it binds."""

    text: str
    binds: int = ATOM


class _Writer:
    """An expression as LaTeX; brackets only where they are needed."""

    def __init__(self, name: Callable[[Name], _Written], times: str, fraction: str) -> None:
        self.name, self.times, self.fraction = name, times, fraction

    def write(self, tree: Tree) -> _Written:
        match tree:
            case Name():
                return self.name(tree)
            case int() | float():
                return _decimal(f"{tree:g}")
            case Expression("-", (a,)):
                return _Written(f"-{self.inside(a, PRODUCT)}", SUM)
            case Expression("+" | "-" as sign, (a, b)):
                return _Written(f"{self.inside(a, SUM)} {sign} {self.inside(b, PRODUCT)}", SUM)
            case Expression("*", (a, b)):
                left, right = self.inside(a, PRODUCT), self.inside(b, POWER)
                # A dot keeps digits apart; letters and brackets stand side by side.
                times = DOT if right[0].isdigit() else self.times
                return _Written(f"{left}{times}{right}", PRODUCT)
            case Expression("/", (a, b)):
                above, below = self.write(a).text, self.write(b).text
                return _Written(f"{self.fraction}{{{above}}}{{{below}}}", POWER)
            case Expression("^", (a, 2)):
                return _Written(f"{self.inside(a, ATOM)}^2", POWER)
            case Expression("^", (a, b)):
                return _Written(f"{self.inside(a, ATOM)}^{{{self.write(b).text}}}", POWER)
            case Expression("where", (Name() as condition, a, b, *_)):
                # This step's branch, for the x coordinate.
                return self.write(a if np.ravel(condition.value)[0] else b)
            case Expression("matmul", (a, b)):
                return self.write(Expression("*", (a, b)))
            case Expression("transpose", (a,)):
                return _Written(rf"{self.inside(a, ATOM)}^\top", POWER)
            case Expression("solve", (a, b)):
                inverse = rf"{self.inside(a, ATOM)}^{{-1}}"
                return _Written(rf"{inverse}{self.times}{self.inside(b, POWER)}", PRODUCT)
            case Expression("norm", (a,)):
                return _Written(rf"\left\|{self.write(a).text}\right\|")
            case Expression("identity", _):
                return _Written("I")
            case Expression("sqrt", (a,)):
                return _Written(rf"\sqrt{{{self.write(a).text}}}")
            case Expression("abs", (a,)):
                return _Written(rf"\left|{self.write(a).text}\right|")
        known = {"maximum": r"\max", "minimum": r"\min", "log": r"\log", "exp": r"\exp"}
        plain = tree.name.replace("_", r"\ ")
        word = known.get(tree.name, rf"\mathrm{{{plain}}}")
        return _Written(f"{word}({', '.join(self.write(part).text for part in tree.parts)})")

    def inside(self, tree: Tree, least: int) -> str:
        """The text of a part, in brackets where it binds less tightly than ``least``."""
        text, binds = self.write(tree)
        return text if binds >= least else f"({text})"


def shown(number: float) -> str:
    """Three digits, more just below 1, or the whole number up to 1e5; powers of ten as LaTeX."""
    return _shown(number).text


def letter(name: str) -> str:
    """The LaTeX of a name of torch's, or of one that a class brings a letter for."""
    return _base(base_of(name))


def _symbol(name: Name) -> str:
    shown = symbol(name)
    moment = shown.moment if len(shown.moment) < 2 else f"{{{shown.moment}}}"
    return _base(shown.base) + (f"_{moment}" if moment else "") + "'" * shown.primes


def _base(base: Letter | Word) -> str:
    if isinstance(base, Letter):
        return base.latex
    return r"\mathrm{" + base.text.replace(" ", r"\ ") + "}"


def _shown(number: float) -> _Written:
    number += 0.0  # -0 becomes 0
    if 1000 <= abs(number) < 1e5:
        return _decimal(f"{number:.0f}")
    digits = 3
    # 0.9999 isn't shown as 1: what a rule takes from it, 1 - 0.9999, is what counts.
    while digits < 9 and abs(number) < 1 and abs(float(f"{number:.{digits - 1}g}")) == 1:
        digits += 1
    return _decimal(f"{number:.{digits}g}")


def _decimal(number: str) -> _Written:
    """A number in Python's notation, its power of ten as LaTeX."""
    digits, _, power = number.partition("e")
    text = rf"{digits}{{\times}}10^{{{int(power)}}}" if power else digits
    return _Written(text, SUM if float(number) < 0 else PRODUCT if power else ATOM)


def _named(name: Name) -> _Written:
    return _Written(_symbol(name))


def _number(name: Name) -> _Written:
    return _shown(_pair(name.value)[0])


def _pair(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(np.broadcast_to(np.asarray(value, float), (2,)))
