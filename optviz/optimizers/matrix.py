"""Small matrices of numbers, floats or traced ones: what a rule that is not element-wise is given.

All of it is done number by number, so that what is recorded holds operations on numbers alone.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from itertools import product
from typing import Any

from optviz.optimizers import ops
from optviz.optimizers.ops import UnsupportedError, backend
from optviz.optimizers.tracer import FUNCTIONS, Symbol, Traced, traced_apart

Shape = tuple[int, int]


class Matrix(Symbol):
    """Numbers in rows and columns; arithmetic is done number by number, and broadcasts.

    Parameters
    ----------
    members : sequence of Traced or float
        Row by row.
    shape : (int, int), optional
        One column unless given.
    """

    __slots__ = ("members", "shape")

    def __init__(self, members: Sequence[Any], shape: Shape | None = None) -> None:
        self.members = tuple(members)
        self.shape: Shape = shape or (len(self.members), 1)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.members)

    def __getitem__(self, i: Any) -> Any:
        raise TypeError("a vector's members have no order that counts: use norm, dot, mean")

    def at(self, row: int, column: int) -> Any:
        """One number; a matrix of one row or one column stands for as many as are asked for."""
        rows, columns = self.shape
        return self.members[(row if rows > 1 else 0) * columns + (column if columns > 1 else 0)]

    def row(self, i: int) -> list[Any]:
        return [self.at(i, j) for j in range(self.shape[1])]

    def column(self, j: int) -> list[Any]:
        return [self.at(i, j) for i in range(self.shape[0])]

    def __neg__(self) -> Matrix:
        return _each(operator.neg, self)

    def __pos__(self) -> Matrix:
        return self

    def __abs__(self) -> Matrix:
        return _each(abs, self)


def _each(function: Callable[..., Any], *values: Any) -> Matrix:
    """The function of members of the same place; a number stands in each place."""
    shapes = [value.shape for value in values if isinstance(value, Matrix)]
    rows, columns = (max(sizes) for sizes in zip(*shapes, strict=True))
    if any(r not in (1, rows) or c not in (1, columns) for r, c in shapes):
        raise TypeError(f"matrices must have shapes that fit; not {shapes}")
    members = [
        function(*(v.at(i, j) if isinstance(v, Matrix) else v for v in values))
        for i, j in product(range(rows), range(columns))
    ]
    return Matrix(members, (rows, columns))


def _binary(function: Callable[[Any, Any], Any], reflected: bool) -> Any:
    def method(self: Matrix, other: Any) -> Any:
        if not isinstance(other, (Matrix, Traced, float, int)):
            return NotImplemented
        return _each(function, other, self) if reflected else _each(function, self, other)

    return method


for _name in ("add", "sub", "mul", "truediv", "mod", "pow"):
    setattr(Matrix, f"__{_name}__", _binary(getattr(operator, _name), False))
    setattr(Matrix, f"__r{_name}__", _binary(getattr(operator, _name), True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Matrix, f"__{_name}__", _binary(getattr(operator, _name), False))


def _total(members: Sequence[Any]) -> Any:
    total = members[0]
    for member in members[1:]:
        total = total + member
    return total


def _scalar_product(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return _total([one * other for one, other in zip(a, b, strict=True)])


def _two(a: Matrix, what: str) -> tuple[Any, Any, Any, Any]:
    """The members of a matrix of two rows and columns."""
    if a.shape != (2, 2):
        raise UnsupportedError(
            f"{what} must be of a matrix of at most 2 rows and columns where it is recorded; "
            f"not {a.shape[0]} x {a.shape[1]}"
        )
    return a.members


class MatrixOps:
    """The functions of `ops` for matrices of numbers."""

    @staticmethod
    def total(a: Matrix) -> Any:
        return _total(a.members)

    @staticmethod
    def largest(a: Matrix) -> Any:
        return reduce(ops.maximum, map(abs, a))

    @staticmethod
    def machine_epsilon(a: Matrix) -> float:
        return sys.float_info.epsilon

    @staticmethod
    def norm(a: Matrix) -> Any:
        return ops.sqrt(_total([member * member for member in a]))

    @staticmethod
    def dot(a: Any, b: Any) -> Any:
        return _total(_each(operator.mul, a, b).members)

    @staticmethod
    def mean(a: Matrix) -> Any:
        return _total(a.members) / float(len(a.members))

    @staticmethod
    def row_mean(a: Matrix) -> Matrix:
        rows, columns = a.shape
        return Matrix([_total(a.row(i)) / float(columns) for i in range(rows)])

    @staticmethod
    def column_mean(a: Matrix) -> Matrix:
        rows, columns = a.shape
        return Matrix([_total(a.column(j)) / float(rows) for j in range(columns)], (1, columns))

    @staticmethod
    def transpose(a: Matrix) -> Matrix:
        rows, columns = a.shape
        members = [a.at(i, j) for j, i in product(range(columns), range(rows))]
        return Matrix(members, (columns, rows))

    @staticmethod
    def matmul(a: Matrix, b: Matrix) -> Matrix:
        (rows, inner), (other, columns) = a.shape, b.shape
        if inner != other:
            raise TypeError(f"matmul must have shapes that fit; not {a.shape} and {b.shape}")
        places = product(range(rows), range(columns))
        return Matrix([_scalar_product(a.row(i), b.column(j)) for i, j in places], (rows, columns))

    @staticmethod
    def identity(a: Matrix) -> Matrix:
        rows = a.shape[0]
        return Matrix([float(i == j) for i, j in product(range(rows), repeat=2)], (rows, rows))

    @staticmethod
    def diagonal(a: Matrix) -> Matrix:
        return Matrix([a.at(i, i) for i in range(min(a.shape))])

    @staticmethod
    def column(a: Matrix, i: int) -> Matrix:
        return Matrix(a.column(i))

    @staticmethod
    def column_stack(*columns: Matrix) -> Matrix:
        return MatrixOps.transpose(
            Matrix([m for c in columns for m in c], (len(columns), len(columns[0].members)))
        )

    @staticmethod
    def solve(a: Matrix, b: Matrix) -> Matrix:
        if a.shape == (1, 1):
            return _each(operator.truediv, b, a.at(0, 0))
        p, q, r, s = _two(a, "solve")
        determinant = p * s - q * r
        adjugate = Matrix([s, -q, -r, p], (2, 2))
        return _each(operator.truediv, MatrixOps.matmul(adjugate, b), determinant)

    @staticmethod
    def eigh(a: Matrix) -> tuple[Matrix, Matrix]:
        if a.shape == (1, 1):
            return a, Matrix([1.0])
        p, q, _, s = _two(a, "eigh")
        mean, half = (p + s) / 2.0, (p - s) / 2.0
        radius = ops.sqrt(half * half + q * q)
        # The vector of the larger one; of its two forms the one that does not cancel.
        along = ops.where(half >= 0.0, radius + half, q)
        across = ops.where(half >= 0.0, q, radius - half)
        length = ops.sqrt(along * along + across * across)
        is_round = length <= 0.0
        safe = ops.where(is_round, 1.0, length)
        x, y = ops.where(is_round, 1.0, along / safe), across / safe
        return Matrix([mean - radius, mean + radius]), Matrix([-y, x, x, y], (2, 2))

    @staticmethod
    def orthonormal(a: Matrix) -> Matrix:
        if a.shape[1] == 1:
            return Matrix(_unit(a.members))
        p, q, r, s = _two(a, "orthonormal")
        x, y = _unit((p, r))
        # The side of the second column; one that lies along the first counts as on the left.
        side = ops.where(x * s - y * q < 0.0, -1.0, 1.0)
        return Matrix([x, -(y * side), y, x * side], (2, 2))


def _unit(members: Sequence[Any]) -> list[Any]:
    """A vector divided by its length; of length zero the first unit vector."""
    length = ops.sqrt(_scalar_product(members, members))
    is_zero = length <= 0.0
    safe = ops.where(is_zero, 1.0, length)
    first, *others = (member / safe for member in members)
    return [ops.where(is_zero, 1.0, first), *others]


for _name in FUNCTIONS:
    setattr(MatrixOps, _name, staticmethod(partial(_each, getattr(ops, _name))))


@backend.register(Matrix)
def _(value: Matrix) -> Any:
    return MatrixOps


traced_apart(Matrix, MatrixOps)
