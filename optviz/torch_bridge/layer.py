"""A torch tensor as the matrix that a rule with ``elementwise = False`` is given."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch

from optviz.optimizers.ops import backend
from optviz.optimizers.tracer import FUNCTIONS, Symbol, traced_apart
from optviz.torch_bridge.tensors import Torch


class Layer(Symbol):
    """A matrix, or one number without axes; what `optviz.optimizers.ops` does to it is torch's.

    Parameters
    ----------
    values : tensor
    dtype : torch.dtype, optional
        Of the numbers that a comparison was made of: a condition is reckoned with in their type.
    """

    __slots__ = ("dtype", "values")

    def __init__(self, values: torch.Tensor, dtype: torch.dtype | None = None) -> None:
        self.values, self.dtype = values, dtype or values.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns; of a number ``()``."""
        return tuple(self.values.shape)

    @property
    def numbers(self) -> torch.Tensor:
        """The values; of a condition 1 and 0."""
        values = self.values
        return values if values.dtype == self.dtype else values.to(self.dtype)

    def like(self, tensor: torch.Tensor, name: str) -> torch.Tensor:
        """The same in a tensor's shape; a single number stands in each place.

        Raises
        ------
        TypeError
            It has not the shape of that tensor's matrix.
        """
        if self.values.numel() == 1:
            return self.numbers.reshape(()).expand(tensor.shape)
        wanted = as_matrix(tensor).shape
        if self.shape != wanted:
            raise TypeError(f"{name} of shape {self.shape}, where {wanted} was expected")
        return self.numbers.reshape(tensor.shape)

    def __neg__(self) -> Layer:
        return Scaled(-1.0, self)

    def __pos__(self) -> Layer:
        return self

    def __mul__(self, other: Any) -> Layer:
        if type(other) in (float, int):
            return Scaled(float(other), self)
        return Layer(self.numbers * _plain(other)) if isinstance(other, KNOWN) else NotImplemented

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Layer:
        if isinstance(other, Layer):
            return _sum(self, other)
        return Layer(self.numbers + other) if isinstance(other, (float, int)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Any) -> Layer:
        if isinstance(other, Layer):
            return _sum(self, Scaled(-1.0, other))
        return Layer(self.numbers - other) if isinstance(other, (float, int)) else NotImplemented

    def __abs__(self) -> Layer:
        return Layer(self.numbers.abs())


KNOWN = (Layer, float, int)


class Product(Layer):
    """The product of two matrices, computed when it is asked for.

    If it is added to something first, torch does both in one call, with less memory to go through.
    """

    __slots__ = ("_values", "left", "right")

    def __init__(self, left: torch.Tensor, right: torch.Tensor) -> None:
        self.left, self.right, self.dtype = left, right, left.dtype
        self._values: torch.Tensor | None = None

    @property
    def is_pending(self) -> bool:
        """Whether nobody has asked for it yet."""
        return self._values is None

    @property
    def values(self) -> torch.Tensor:  # type: ignore[override]  # a slot of the base class
        """The result."""
        if self._values is None:
            self._values = self.left @ self.right
        return self._values

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.left.shape[0], self.right.shape[1]


class Scaled(Layer):
    """A number times a layer, likewise."""

    __slots__ = ("_values", "factor", "of")

    def __init__(self, factor: float, of: Layer) -> None:
        self.factor: float = factor * of.factor if isinstance(of, Scaled) else factor
        self.of: Layer = of.of if isinstance(of, Scaled) else of
        self.dtype = of.dtype
        self._values: torch.Tensor | None = None

    @property
    def values(self) -> torch.Tensor:  # type: ignore[override]  # a slot of the base class
        """The result."""
        if self._values is None:
            self._values = self.of.numbers * self.factor
        return self._values

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.of.shape


def _term(layer: Layer, limit: float) -> tuple[float, Layer]:
    """The number and the layer whose product this is, if torch takes such a number."""
    if isinstance(layer, Scaled) and abs(layer.factor) <= limit:
        return layer.factor, layer.of
    return 1.0, layer


def _sum(a: Layer, b: Layer) -> Layer:
    limit = torch.finfo(a.dtype).max
    (alpha, one), (beta, other) = _term(a, limit), _term(b, limit)
    for factor, term, more, rest in ((beta, other, alpha, one), (alpha, one, beta, other)):
        if isinstance(term, Product) and term.is_pending and term.shape == rest.shape:
            left, right = term.left, term.right
            return Layer(torch.addmm(rest.numbers, left, right, beta=more, alpha=factor))
    if beta == 1.0:
        return Layer(torch.add(b.numbers, one.numbers, alpha=alpha))
    return Layer(torch.add(a.numbers, other.numbers, alpha=beta))


def as_matrix(tensor: torch.Tensor) -> Layer:
    """A vector as one column; of a convolution's weight a row for each output, as Muon has it."""
    if tensor.ndim < 2:
        return Layer(tensor.reshape(-1, 1))
    return Layer(tensor.flatten(1) if tensor.ndim > 2 else tensor)


def _plain(value: Any) -> Any:
    return value.numbers if isinstance(value, Layer) else value


def _binary(function: Callable[[Any, Any], Any], reflected: bool) -> Any:
    def method(self: Layer, other: Any) -> Any:
        if not isinstance(other, KNOWN):
            return NotImplemented
        left, right = self.numbers, _plain(other)
        return Layer(function(right, left) if reflected else function(left, right))

    return method


def _comparison(function: Callable[[Any, Any], Any]) -> Any:
    def method(self: Layer, other: Any) -> Any:
        if not isinstance(other, KNOWN):
            return NotImplemented
        return Layer(function(self.numbers, _plain(other)), self.dtype)

    return method


for _name in ("truediv", "mod", "pow"):
    setattr(Layer, f"__{_name}__", _binary(getattr(operator, _name), False))
for _name in ("sub", "truediv", "mod", "pow"):
    setattr(Layer, f"__r{_name}__", _binary(getattr(operator, _name), True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Layer, f"__{_name}__", _comparison(getattr(operator, _name)))


class LayerOps:
    """The functions of `ops` for layers: those of tensors, and those of matrices."""

    @staticmethod
    def where(condition: Layer, a: Any, b: Any) -> Layer:
        like = condition.numbers
        yes, no = (
            value.numbers if isinstance(value, Layer) else like.new_full((), value)
            for value in (a, b)
        )
        return Layer(torch.where(condition.values.bool(), yes, no))

    @staticmethod
    def total(a: Layer) -> Layer:
        return Layer(a.numbers.sum())

    @staticmethod
    def largest(a: Layer) -> Layer:
        return Layer(a.numbers.abs().amax())

    @staticmethod
    def machine_epsilon(a: Layer) -> float:
        return float(torch.finfo(a.numbers.dtype).eps)

    @staticmethod
    def norm(a: Layer) -> Layer:
        return Layer(torch.linalg.vector_norm(a.numbers))

    @staticmethod
    def dot(a: Any, b: Any) -> Layer:
        return LayerOps.total(a * b)

    @staticmethod
    def mean(a: Layer) -> Layer:
        return Layer(a.numbers.mean())

    row_mean = staticmethod(lambda a: Layer(a.numbers.mean(1, keepdim=True)))
    column_mean = staticmethod(lambda a: Layer(a.numbers.mean(0, keepdim=True)))
    transpose = staticmethod(lambda a: Layer(a.numbers.mT))

    @staticmethod
    def matmul(a: Layer, b: Layer) -> Layer:
        return Product(a.numbers, b.numbers)

    @staticmethod
    def identity(a: Layer) -> Layer:
        return Layer(torch.eye(a.shape[0], dtype=a.dtype, device=a.values.device))

    @staticmethod
    def diagonal(a: Layer) -> Layer:
        return Layer(a.numbers.diagonal().unsqueeze(1))

    column = staticmethod(lambda a, i: Layer(a.numbers[:, i : i + 1]))
    column_stack = staticmethod(lambda *columns: Layer(torch.cat([c.numbers for c in columns], 1)))

    @staticmethod
    def solve(a: Layer, b: Layer) -> Layer:
        # Of a singular matrix not finite, as on floats; `torch.linalg.solve` raises.
        found, info = torch.linalg.solve_ex(_wide(a), _wide(b))
        return Layer(torch.where(info > 0, torch.nan, found).to(b.dtype))

    @staticmethod
    def eigh(a: Layer) -> tuple[Layer, Layer]:
        numbers = _wide(a)
        if numbers.isfinite().all():
            values, vectors = torch.linalg.eigh(numbers)
        else:  # a run that has diverged; torch's raises
            values, vectors = numbers.new_full((len(numbers),), torch.nan), numbers * torch.nan
        return Layer(values.unsqueeze(1).to(a.dtype)), Layer(vectors.to(a.dtype))

    @staticmethod
    def orthonormal(a: Layer) -> Layer:
        q, r = torch.linalg.qr(_wide(a))
        return Layer(torch.where(r.diagonal() < 0, -q, q).to(a.dtype))


def _wide(a: Layer) -> torch.Tensor:
    """Its numbers, in single precision at least: LAPACK knows no half."""
    return a.numbers.float() if a.numbers.dtype.itemsize < 4 else a.numbers


def _function(name: str) -> Any:
    of_tensors = getattr(Torch, name)
    return staticmethod(lambda *values: Layer(of_tensors(*map(_plain, values))))


for _name in FUNCTIONS:
    if _name != "where":
        setattr(LayerOps, _name, _function(_name))


@backend.register(Layer)
def _(value: Layer) -> Any:
    return LayerOps


traced_apart(Layer, LayerOps)
