"""A module's loss as a function of one vector that holds all its weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import nn
from torch.func import functional_call, grad

from surfaces.errors import InputError

Loss = Callable[[Any, Any], torch.Tensor]  # from outputs and targets to a mean over them


class FlatModel:
    """A module seen from outside: it is evaluated at any weights, and keeps its own.

    Parameters
    ----------
    model : torch.nn.Module
        Evaluated in evaluation mode: no dropout, and batch norm by its buffers. A parameter that
        several layers share counts once.
    loss : callable
        ``loss(outputs, targets)``: a mean over the batch, such as
        ``torch.nn.functional.cross_entropy``.

    Attributes
    ----------
    slices : dict
        Where each parameter stands in the vector, and its shape.
    size : int
        The length d of the vector.

    Raises
    ------
    InputError
        A model without parameters.
    """

    def __init__(self, model: nn.Module, loss: Loss = nn.functional.cross_entropy) -> None:
        self.model, self.loss_of = model, loss
        self.slices: dict[str, tuple[slice, torch.Size]] = {}
        self.size = 0
        for name, p in model.named_parameters():
            self.slices[name] = slice(self.size, self.size + p.numel()), p.shape
            self.size += p.numel()
        if not self.size:
            raise InputError(f"model must have parameters; {type(model).__name__} has none")

    def weights(self) -> torch.Tensor:
        """The module's weights now, as one new vector (d,)."""
        return torch.cat([p.detach().reshape(-1) for p in self.model.parameters()])

    def buffers(self) -> dict[str, torch.Tensor]:
        """The module's buffers now, copied: what batch norm has counted, and the like."""
        return {name: b.detach().clone() for name, b in self.model.named_buffers()}

    def split(self, weights: torch.Tensor) -> dict[str, torch.Tensor]:
        """Views of a vector (d,), by the parameters' names."""
        return {name: weights[where].view(shape) for name, (where, shape) in self.slices.items()}

    def layers(self) -> Iterator[tuple[str, slice]]:
        """The vector's parts by layer: a layer's weight and bias stand together."""
        parts: dict[str, slice] = {}
        for name, (where, _) in self.slices.items():
            layer = name.rpartition(".")[0] or name
            begun = parts.get(layer)
            together = begun is not None and begun.stop == where.start
            parts[layer if together or begun is None else name] = (
                slice(begun.start, where.stop) if together and begun is not None else where
            )
        yield from parts.items()

    def outputs(
        self,
        weights: torch.Tensor,
        inputs: Any,
        buffers: Mapping[str, torch.Tensor] | None = None,
    ) -> Any:
        """The module's outputs at weights (d,), with its own buffers or the given ones."""
        training = self.model.training
        self.model.eval()
        try:
            state = self.split(weights) | dict(buffers or {})
            return functional_call(self.model, state, (inputs,))
        finally:
            self.model.train(training)

    def loss(
        self,
        weights: torch.Tensor,
        inputs: Any,
        targets: Any,
        buffers: Mapping[str, torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """The loss at weights (d,), a scalar that torch can differentiate."""
        return self.loss_of(self.outputs(weights, inputs, buffers), targets)

    def gradient(self, weights: torch.Tensor, inputs: Any, targets: Any) -> torch.Tensor:
        """The gradient (d,) of the loss."""
        found: torch.Tensor = grad(self.loss)(weights, inputs, targets)
        return found

    def hessian_at(
        self,
        weights: torch.Tensor,
        inputs: Any,
        targets: Any,
        buffers: Mapping[str, torch.Tensor] | None = None,
    ) -> Callable[[torch.Tensor], torch.Tensor]:
        """The function from a direction (d,) to the Hessian of the loss at weights (d,) times it.

        Exact. The loss and its gradient are computed once for all directions, and kept as a graph;
        forward-mode differentiation would be no faster, and needs what torch has deprecated.
        """
        at = weights.detach().requires_grad_()
        with torch.enable_grad():
            (slope,) = torch.autograd.grad(
                self.loss(at, inputs, targets, buffers), at, create_graph=True
            )

        def product(direction: torch.Tensor) -> torch.Tensor:
            if not slope.requires_grad:  # the loss is linear in the weights
                return torch.zeros_like(direction)
            return torch.autograd.grad(slope, at, direction, retain_graph=True)[0]

        return product

    def hessian_product(
        self, weights: torch.Tensor, direction: torch.Tensor, inputs: Any, targets: Any
    ) -> torch.Tensor:
        """The Hessian of the loss at weights (d,) times one direction (d,)."""
        return self.hessian_at(weights, inputs, targets)(direction)
