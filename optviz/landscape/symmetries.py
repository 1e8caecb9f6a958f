"""The hidden units of a network, which can be renumbered without a change of its outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from surfaces.errors import InputError

Order = np.ndarray[Any, np.dtype[np.int64]]

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
UNIT_BY_UNIT = (  # layers that do the same to every unit
    nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Identity,
    nn.Dropout, nn.Dropout2d, nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d,
    nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Flatten,
)  # fmt: skip


class Axis(NamedTuple):
    """An axis of a parameter or buffer that runs over units, each of them ``repeat`` times."""

    name: str
    axis: int
    repeat: int = 1


@dataclass(frozen=True)
class Units:
    """The units of one hidden layer.

    Attributes
    ----------
    layer : str
    count : int
    axes : tuple of Axis
        Where they stand: rows of their own layer, columns of the next, norms between.
    """

    layer: str
    count: int
    axes: tuple[Axis, ...]

    def renumbered(
        self, tensors: Mapping[str, torch.Tensor], order: Order
    ) -> dict[str, torch.Tensor]:
        """Tensors by name, with unit ``order[i]`` in place i."""
        found = dict(tensors)
        for name, axis, repeat in self.axes:
            if name in found:
                places = (np.asarray(order)[:, None] * repeat + np.arange(repeat)).ravel()
                found[name] = found[name].index_select(axis, torch.from_numpy(places))
        return found


def units_of(model: nn.Module) -> list[Units]:
    """The hidden layers of a chain of linear and convolutional layers, from the first on.

    Raises
    ------
    InputError
        A model that is no chain of known layers, or without a hidden one.
    """
    chain = list(_chain(model, ""))
    weighted = [i for i, (_, layer) in enumerate(chain) if isinstance(layer, _WEIGHTED)]
    found = []
    for here, there in pairwise(weighted):
        (name, layer), (after, following) = chain[here], chain[there]
        count = int(layer.weight.shape[0])
        axes = [Axis(f"{name}.weight", 0), Axis(f"{name}.bias", 0)]
        for between, each in chain[here + 1 : there]:
            if isinstance(each, NORMS):
                parts = ("weight", "bias", "running_mean", "running_var")
                axes += [Axis(f"{between}.{part}", 0) for part in parts]
            elif isinstance(each, nn.PReLU) and each.num_parameters > 1:
                axes.append(Axis(f"{between}.weight", 0))
        wide = int(following.weight.shape[1])
        if wide % count:
            raise InputError(f"model must be a chain of layers; {after} does not follow {name}")
        axes.append(Axis(f"{after}.weight", 1, wide // count))
        known = {n for n, _ in model.named_parameters()} | {n for n, _ in model.named_buffers()}
        found.append(Units(name, count, tuple(a for a in axes if a.name in known)))
    if not found:
        raise InputError("model must have a hidden layer; its units are what is matched")
    return found


_WEIGHTED: Any = (nn.Linear, *CONVOLUTIONS)


def _chain(model: nn.Module, name: str) -> Iterator[tuple[str, Any]]:
    """The layers in their order, with their names."""
    if isinstance(model, nn.Sequential):
        for part, layer in model.named_children():
            yield from _chain(layer, f"{name}.{part}" if name else part)
        return
    grouped = isinstance(model, CONVOLUTIONS) and model.groups > 1
    if grouped or not isinstance(model, (*_WEIGHTED, *NORMS, *UNIT_BY_UNIT, nn.PReLU)):
        kind = type(model).__name__
        raise InputError(
            "model must be an nn.Sequential of linear and convolutional layers, batch norms and "
            f"activations; not with {kind}{' in groups' if grouped else ''}"
        )
    yield name, model


def renumbered(
    units: Sequence[Units], orders: Sequence[Order], tensors: Mapping[str, torch.Tensor]
) -> dict[str, torch.Tensor]:
    """Tensors by name with the units of every hidden layer in their new order."""
    found = dict(tensors)
    for each, order in zip(units, orders, strict=True):
        found = each.renumbered(found, order)
    return found
