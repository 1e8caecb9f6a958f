"""The first layer of a model over a plane of weights: its outputs are affine in u and v.

For a layer x W^T + b that is given the data, the outputs at ``origin + u d1 + v d2`` are those of
the origin's weights plus u times those of d1's plus v times those of d2's. They are computed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.func import functional_call

from optviz.landscape.flat_model import FlatModel

LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)  # these very classes: subclasses may do more
MOST = 256 * 2**20  # bytes of outputs that are kept


class _SeenError(Exception):
    """Ends a pass of the model once the layer has been given its inputs."""


def first_layer(
    model: FlatModel, weights: torch.Tensor, buffers: Mapping[str, torch.Tensor], inputs: Any
) -> str | None:
    """The name of the first layer that is given the same inputs whatever the weights; or None.

    Parameters
    ----------
    model : FlatModel
    weights, buffers : tensor (d,), mapping
        Others than the model's own, which only a layer that is given the data does not notice.
    inputs
        A few samples.
    """
    candidates: dict[nn.Module, str] = {
        module: name
        for name, module in model.model.named_modules()
        if type(module) in LAYERS
        and {n for n, _ in module.named_parameters()} <= {"weight", "bias"}
        and {n for n, _ in module.named_parameters()} >= {"weight"}
        and f"{name}.weight".removeprefix(".") in model.slices
    }
    given: list[tuple[nn.Module, torch.Tensor]] = []
    hooks = [
        module.register_forward_pre_hook(lambda m, args: given.append((m, args[0])))
        for module in candidates
    ]
    try:
        model.outputs(model.weights(), inputs)
        here, given = given, []
        model.outputs(weights, inputs, buffers)
    finally:
        for hook in hooks:
            hook.remove()
    called = [module for module, _ in here]
    for (module, x), (other, y) in zip(here, given, strict=False):
        if module is other and called.count(module) == 1 and torch.equal(x, y):
            return candidates[module]
    return None


class FirstLayer:
    """The outputs of a model's first layer at the origin and along both directions of a plane.

    Parameters
    ----------
    model : FlatModel
    name : str
        Of the layer, in the model.
    vectors : tensor (3, d)
        Origin and directions, float64.
    chunks : sequence
        Of the samples.
    """

    def __init__(
        self, model: FlatModel, name: str, vectors: torch.Tensor, chunks: list[Any]
    ) -> None:
        self.name = name
        self.module = model.model.get_submodule(name)
        self.weights = [n for n in model.slices if n.rpartition(".")[0] == name]
        self.outputs = [self._along(model, vectors, inputs) for inputs in chunks]

    def _along(self, model: FlatModel, vectors: torch.Tensor, inputs: Any) -> list[torch.Tensor]:
        x = self._given(model, inputs).double()
        found = []
        for vector in vectors:
            parts = model.split(vector)
            state = {n.rpartition(".")[2]: parts[n] for n in self.weights}
            found.append(functional_call(self.module, state, (x,)))
        return found

    def _given(self, model: FlatModel, inputs: Any) -> torch.Tensor:
        """What the layer is given of some samples."""
        seen: list[torch.Tensor] = []

        def keep(module: nn.Module, args: Any) -> None:
            seen.append(args[0])
            raise _SeenError

        hook = self.module.register_forward_pre_hook(keep)
        try:
            model.outputs(model.weights(), inputs)
        except _SeenError:
            pass
        finally:
            hook.remove()
        return seen[0]

    @contextmanager
    def gives(self, found: list[torch.Tensor]) -> Iterator[None]:
        """Let the layer give what stands in ``found[0]``, whatever it is given."""
        module: Any = self.module
        module.forward = lambda *args: found[0]
        try:
            yield
        finally:
            del module.forward


def outputs_fit(model: FlatModel, name: str, inputs: Any, count: int) -> bool:
    """Whether a layer's outputs for so many samples may be kept; ``inputs`` are a few of them."""
    sizes: list[int] = []
    module = model.model.get_submodule(name)
    hook = module.register_forward_hook(lambda m, args, out: sizes.append(out.numel()))
    try:
        model.outputs(model.weights(), inputs)
    finally:
        hook.remove()
    return 3 * 8 * sizes[0] / len(inputs) * count <= MOST
