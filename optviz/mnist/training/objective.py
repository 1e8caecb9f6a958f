"""The loss on one mini-batch after another, as `optviz.iterate` asks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from optviz.descent.objective import Objective
from optviz.torch_bridge.flat_network import FlatNetwork

Batch = tuple[torch.Tensor, torch.Tensor]  # images and labels


class MiniBatches:
    """The loss of a network on a new mini-batch at each step.

    Whatever an optimizer asks in one step is on one batch, and with the same units dropped.

    Parameters
    ----------
    network : FlatNetwork
    batches : iterator of (images, labels)
        The global random generator is then where each batch's dropout begins.
    mover : object
        From `in_place`.
    """

    def __init__(self, network: FlatNetwork, batches: Iterator[Batch], mover: Any) -> None:
        self.network, self.batches = network, batches
        self.elsewhere = mover.evaluates_elsewhere
        self.looks = mover.asks or mover.evaluates
        self.batch: Batch | None = None
        self.random: list[torch.Tensor] = []

    @property
    def objective(self) -> Objective:
        """What `iterate` descends."""
        return Objective(
            self._gradient, self._look, self._evaluate, lambda params: self.network.value
        )

    def _gradient(self, params: torch.Tensor) -> torch.Tensor:
        """The gradient on the next batch.

        `iterate` asks for one at the last point too, for which there is no batch. Where it is to be
        taken elsewhere, the loss alone is measured here.
        """
        network, batch = self.network, next(self.batches, None)
        if batch is None:
            return network.grad
        self.batch = batch
        if self.looks:
            self.random = _random_state(network.flat.device)
        if not self.elsewhere:
            return network.gradient(params, *batch)
        network.measure(params, *batch)
        return network.grad

    def _evaluate(self, params: torch.Tensor) -> tuple[float, torch.Tensor]:
        assert self.batch is not None
        _set_random_state(self.network.flat.device, self.random)
        return self.network.evaluate(params, *self.batch)

    def _look(self, params: torch.Tensor) -> torch.Tensor:
        return self._evaluate(params)[1]


def _random_state(device: torch.device) -> list[torch.Tensor]:
    """The state of the generators that a forward pass draws from."""
    states = [torch.get_rng_state()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device))
    elif device.type == "mps":
        states.append(torch.mps.get_rng_state())
    return states


def _set_random_state(device: torch.device, states: list[torch.Tensor]) -> None:
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states[1], device)
    elif device.type == "mps":
        torch.mps.set_rng_state(states[1])
