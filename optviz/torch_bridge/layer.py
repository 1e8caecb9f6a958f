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
        return self.values.to(self.dtype)

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
        return Layer(-self.numbers)

    def __pos__(self) -> Layer:
        return self

    def __abs__(self) -> Layer:
        return Layer(self.numbers.abs())


def as_matrix(tensor: torch.Tensor) -> Layer:
    """A vector as one column; of a convolution's weight a row for each output, as Muon has it."""
    if tensor.ndim < 2:
        return Layer(tensor.reshape(-1, 1))
    return Layer(tensor.reshape(len(tensor), -1) if tensor.ndim > 2 else tensor)


def _plain(value: Any) -> Any:
    return value.numbers if isinstance(value, Layer) else value


def _binary(function: Callable[[Any, Any], Any], reflected: bool) -> Any:
    def method(self: Layer, other: Any) -> Any:
        if not isinstance(other, (Layer, float, int)):
            return NotImplemented
        left, right = self.numbers, _plain(other)
        return Layer(function(right, left) if reflected else function(left, right))

    return method


def _comparison(function: Callable[[Any, Any], Any]) -> Any:
    def method(self: Layer, other: Any) -> Any:
        if not isinstance(other, (Layer, float, int)):
            return NotImplemented
        return Layer(function(self.numbers, _plain(other)), self.dtype)

    return method


for _name in ("add", "sub", "mul", "truediv", "mod", "pow"):
    setattr(Layer, f"__{_name}__", _binary(getattr(operator, _name), False))
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
    def norm(a: Layer) -> Layer:
        return Layer(torch.linalg.vector_norm(a.numbers))

    @staticmethod
    def dot(a: Any, b: Any) -> Layer:
        return LayerOps.total(a * b)

    @staticmethod
    def mean(a: Layer) -> Layer:
        return Layer(a.numbers.mean())

    @staticmethod
    def row_mean(a: Layer) -> Layer:
        return Layer(a.numbers.mean(1, keepdim=True))

    @staticmethod
    def column_mean(a: Layer) -> Layer:
        return Layer(a.numbers.mean(0, keepdim=True))

    @staticmethod
    def transpose(a: Layer) -> Layer:
        return Layer(a.numbers.mT)

    @staticmethod
    def matmul(a: Layer, b: Layer) -> Layer:
        return Layer(a.numbers @ b.numbers)

    @staticmethod
    def identity(a: Layer) -> Layer:
        return Layer(torch.eye(a.shape[0], dtype=a.dtype, device=a.values.device))

    @staticmethod
    def diagonal(a: Layer) -> Layer:
        return Layer(a.numbers.diagonal().unsqueeze(1))

    @staticmethod
    def solve(a: Layer, b: Layer) -> Layer:
        # Of a singular matrix not finite, as on floats; `torch.linalg.solve` raises.
        found, info = torch.linalg.solve_ex(a.numbers, b.numbers)
        return Layer(torch.where(info > 0, torch.nan, found))

    @staticmethod
    def eigh(a: Layer) -> tuple[Layer, Layer]:
        numbers = a.numbers
        if numbers.isfinite().all():
            values, vectors = torch.linalg.eigh(numbers)
        else:  # a run that has diverged; torch's raises
            values, vectors = numbers.new_full((len(numbers),), torch.nan), numbers * torch.nan
        return Layer(values.unsqueeze(1)), Layer(vectors)

    @staticmethod
    def orthonormal(a: Layer) -> Layer:
        q, r = torch.linalg.qr(a.numbers)
        return Layer(torch.where(r.diagonal() < 0, -q, q))


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
