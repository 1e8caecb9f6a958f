"""The loss of a model over a plane of its weights, exact at every point and row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, vmap

from optviz.landscape.first_layer import FirstLayer, first_layer, outputs_fit
from optviz.landscape.flat_model import FlatModel, Loss
from optviz.landscape.moved import Moved
from optviz.landscape.planes import Plane
from optviz.landscape.recording import FlatBuffers
from surfaces.surface import Floats

ACTIVATIONS = 2**22  # numbers of one layer's outputs that a pass may hold: 16 MB
TOGETHER = 2**19  # the same for several points in one pass, which then stay in the cache
FEW = 4  # samples that tell what a model does with them
GROUPS = 20  # of samples, whose means tell the standard error
FAN_IN = 64  # inputs of a number: of fewer a layer is computed anew as fast as outputs are added
CLOSE = 1e-4  # of a loss: what differs more is no rounding
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)  # several weights at once are slower than in turn


class PlaneLoss:
    """The mean loss on some samples, at any weights and over a plane.

    Weights are made in float64 and rounded to the model's type, once. Over the plane the outputs of
    a first linear or convolutional layer are computed once, and small models at several points in
    one pass; both are tried at a few points first, and `how` says which are used and why others are
    not.

    Parameters
    ----------
    model : FlatModel
    plane : Plane
    inputs, targets : tensor (n, ...)
        The samples, on the model's device.

    Attributes
    ----------
    how : str
        How rows are computed, in words.
    """

    def __init__(self, model: FlatModel, plane: Plane, inputs: Any, targets: Any) -> None:
        self.model, self.plane, self.count = model, plane, len(inputs)
        self.buffers = FlatBuffers(model.model)
        weights = model.weights()
        self.device, self.dtype = weights.device, weights.dtype
        self.vectors = torch.cat([plane.origin[None], plane.directions]).to(self.device)
        self.held = plane.buffers.to(self.device)
        self.largest = self._largest(inputs[:FEW])
        size = max(1, ACTIVATIONS // self.largest)
        self.inputs, self.targets = inputs.split(size), targets.split(size)
        self.mean_loss = plain_or_faster(model.loss_of)
        self._take(None, 1)
        self.plainly = False  # row by row as everywhere else
        self.how = ""

    def _largest(self, inputs: Any) -> int:
        """How many numbers the largest output of any part of the model has, for a sample."""
        sizes: list[int] = [inputs[0].numel()]

        def measure(module: nn.Module, args: Any, out: Any) -> None:
            if isinstance(out, torch.Tensor):
                sizes.append(out.numel() // max(1, len(inputs)))

        hooks = [m.register_forward_hook(measure) for m in self.model.model.modules()]
        try:
            with torch.no_grad():
                self.model.outputs(self.model.weights(), inputs)
        finally:
            for hook in hooks:
                hook.remove()
        return max(sizes)

    @torch.no_grad()
    def of(self, weights: torch.Tensor, buffers: torch.Tensor) -> float:
        """The loss at weights (d,), the plain way: a pass of the model."""
        losses, sizes = self._parts(weights, buffers, self.inputs, self.targets)
        return float(np.average(losses, weights=sizes))

    def at(self, u: float, v: float) -> float:
        """The loss at a point of the plane, the plain way."""
        return self.of(self.plane.at(u, v), self.plane.buffers_at(u, v))

    def standard_error(self, weights: torch.Tensor, buffers: torch.Tensor) -> float:
        """The standard error of the mean over the samples, from the means of groups of them.

        nan for fewer than two samples.
        """
        size = -(-self.count // GROUPS)
        inputs = [part for chunk in self.inputs for part in chunk.split(size)]
        targets = [part for chunk in self.targets for part in chunk.split(size)]
        means, sizes = self._parts(weights, buffers, inputs, targets)
        if len(means) < 2:
            return float("nan")
        middle = np.average(means, weights=sizes)
        spread = float(np.average((means - middle) ** 2, weights=sizes))
        return float(np.sqrt(spread / (len(means) - 1)))

    @torch.no_grad()
    def _parts(
        self, weights: torch.Tensor, buffers: torch.Tensor, inputs: Any, targets: Any
    ) -> tuple[Floats, list[int]]:
        """The loss of each part of the samples, and how many these are."""
        flat = weights.to(self.device, self.dtype)
        held = self.buffers.split(buffers.to(self.device, self.dtype))
        losses = [
            float(self.model.loss(flat, x, y, held)) for x, y in zip(inputs, targets, strict=True)
        ]
        return np.array(losses), [len(x) for x in inputs]

    @torch.no_grad()
    def prepare(self, u: Floats, v: Floats, seed: int = 0) -> None:
        """Choose the fastest way that gives the loss of the plain one at a few of the points."""
        chosen = np.random.default_rng(seed)
        points = [(float(chosen.choice(u)), float(chosen.choice(v))) for _ in range(3)]
        plain = [self.at(*point) for point in points]
        few = self.inputs[0][:FEW]
        weights, held = (1.25 * now() + 0.01 for now in (self.model.weights, self.buffers.now))
        name = first_layer(self.model, weights, self.buffers.split(held.to(weights)), few)
        reasons = []
        if name is None:
            reasons.append("no linear or convolutional layer is given the data alone")
        elif self.model.slices[f"{name}.weight".removeprefix(".")][1][1:].numel() < FAN_IN:
            reasons.append(f"{name} sums so few inputs that it is as cheap anew")
            name = None
        elif not outputs_fit(self.model, name, few, self.count):
            reasons.append(f"the outputs of {name} are too many to keep")
            name = None
        several = self._several()
        for shared, together in [(name, several), (name, 1), (None, several), (None, 1)]:
            self._take(shared, together)
            try:
                found = [float(self.row(np.array([a]), b)[0]) for a, b in points]
            except Exception as error:  # whatever a model of anyone's does under torch.func
                reasons.append(f"{self._way()}: {type(error).__name__}")
                continue
            if np.allclose(found, plain, CLOSE, 1e-7, equal_nan=True):
                break
            reasons.append(f"{self._way()}: another loss")
        else:
            self._take(None, 1)
            self.plainly = True
        self.how = "; ".join([self._way(), *reasons])

    def prepare_as(self, other: PlaneLoss) -> None:
        """Compute rows as for another plane of the same model, which was prepared."""
        self._take(None if other.first is None else other.first.name, other.together)
        self.plainly, self.how = other.plainly, other.how

    def _take(self, shared: str | None, together: int) -> None:
        """Compute rows with the outputs of a first layer or without, so many points at once."""
        self.first = None
        if shared is not None:
            self.first = FirstLayer(self.model, shared, self.vectors, list(self.inputs))
        self.together = together if together > 2 else 1
        own = () if self.first is None else self.first.weights
        self.moved = Moved(self.model, self.buffers, self.vectors, self.held, own)

    def _several(self) -> int:
        """How many points may be in one pass: what it holds of each stays in the cache."""
        if any(isinstance(m, CONVOLUTIONS) for m in self.model.model.modules()):
            return 1
        return TOGETHER // max(self.largest * len(self.inputs[0]), self.model.size)

    def _way(self) -> str:
        if self.plainly:
            return "the plain way"
        shared = f"{self.first.name} computed once, " if self.first is not None else ""
        points = "a point" if self.together == 1 else f"{self.together} points"
        return f"{shared}{points} a pass"

    @torch.no_grad()
    def row(self, u: Floats, v: float) -> Floats:
        """The losses at points (u, v) of one row, shape (len(u),)."""
        if self.plainly:
            return np.array([self.at(at, v) for at in u.tolist()])
        total = np.zeros(len(u))
        along = torch.from_numpy(u).to(self.device)
        training = self.model.model.training
        self.model.model.eval()
        try:
            for k, (inputs, targets) in enumerate(zip(self.inputs, self.targets, strict=True)):
                outputs = None
                if self.first is not None:
                    z = self.first.outputs[k]
                    outputs = (z[0] + v * z[2]).to(self.dtype), z[1].to(self.dtype)
                losses = self._losses(along, v, outputs, inputs, targets)
                total += losses.double().cpu().numpy() * len(inputs)
        finally:
            self.model.model.train(training)
        return total / self.count

    def _losses(
        self, u: torch.Tensor, v: float, outputs: Any, inputs: Any, targets: Any
    ) -> torch.Tensor:
        """The losses at points of a row on some samples.

        ``outputs`` are the first layer's where u is 0, and how they rise with u; or None.
        """
        moved = self.moved
        base, model = moved.row(v), self.model.model
        given: list[Any] = [None]
        with nullcontext() if self.first is None else self.first.gives(given):
            if self.together == 1:
                with moved.staying():
                    found = []
                    for at in u.tolist():
                        moved.move(base, at)
                        given[0] = None if outputs is None else torch.add(*outputs, alpha=at)
                        found.append(self.mean_loss(model(inputs), targets))
                    return torch.stack(found)

            def loss(state: dict[str, torch.Tensor], z: Any) -> torch.Tensor:
                given[0] = z
                return self.mean_loss(functional_call(model, state, (inputs,)), targets)

            parts: list[torch.Tensor] = []
            for begin in range(0, len(u), self.together):
                some = u[begin : begin + self.together]
                z = None
                if outputs is not None:
                    factors = some.to(self.dtype).view(-1, *[1] * outputs[1].ndim)
                    z = torch.addcmul(outputs[0], factors, outputs[1])
                ways: Callable[..., Any] = vmap(loss, in_dims=(0, None if z is None else 0))
                parts.append(ways(moved.states(base, some), z))
            return torch.cat(parts)

    def rows(self, u: Floats, v: Floats) -> Iterator[Floats]:
        """The losses at the points of each row, one row after another."""
        for at in v.tolist():
            yield self.row(u, at)


def plain_or_faster(loss: Loss) -> Loss:
    """The loss itself; of cross-entropy the same in fewer passes, where it is a plain mean."""
    if loss is not nn.functional.cross_entropy:
        return loss

    def cross_entropy(outputs: Any, targets: Any) -> torch.Tensor:
        classes = targets.ndim == 1 and targets.dtype == torch.int64
        if outputs.ndim != 2 or not classes or targets.min() < 0:  # such as those to be ignored
            return nn.functional.cross_entropy(outputs, targets)
        chosen = outputs.gather(1, targets[:, None])[:, 0]
        found: torch.Tensor = (outputs.logsumexp(1) - chosen).mean()
        return found

    return cross_entropy
