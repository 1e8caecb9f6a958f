"""Which hidden unit of one network is which of another: weight matching (Git Re-Basin)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.recording import FlatBuffers
from optviz.landscape.symmetries import Order, Units, renumbered, units_of
from surfaces.errors import InputError, must

SWEEPS = 100  # over all layers at most; it ends where none changes


@dataclass(frozen=True, eq=False)
class Matching:
    """The hidden units of a network in the order in which they fit another's.

    Attributes
    ----------
    units : list of Units
        The hidden layers.
    orders : list of int array (count,)
        ``orders[l][i]`` is the unit of the second network that fits unit i of the first.
    params, buffers : tensor (d,), tensor (b,)
        The second network's weights so renumbered: its outputs are the same.
    similarity : float
        The scalar product of both networks' weights, after over before.
    """

    units: list[Units]
    orders: list[Order]
    params: torch.Tensor
    buffers: torch.Tensor
    similarity: float

    @property
    def moved(self) -> int:
        """How many units have another number than before."""
        return sum(int((order != np.arange(len(order))).sum()) for order in self.orders)


class Pair:
    """Two networks of one architecture, the second of which can be renumbered.

    Parameters
    ----------
    model : torch.nn.Module
        Of their architecture; its own weights do not matter.
    first, second : tensor (d,)
        All their weights.
    buffers : tensor (b,), optional
        The second's buffers.
    """

    def __init__(
        self, model: nn.Module, first: torch.Tensor, second: torch.Tensor,
        buffers: torch.Tensor | None = None,
    ) -> None:  # fmt: skip
        self.flat, self.held = FlatModel(model), FlatBuffers(model)
        for name, weights in (("first", first), ("second", second)):
            if weights.shape != (self.flat.size,):
                raise must(name, f"{self.flat.size:,} weights", tuple(weights.shape))
            if not bool(weights.isfinite().all()):
                raise InputError(f"{name} must be finite weights; not nan or inf")
        self.units = units_of(model)
        self.one = self.flat.split(first.double())
        kept = self.held.now() if buffers is None else buffers
        self.other = self.flat.split(second.double()) | self.held.split(kept.double())

    def gains(self, layer: int, orders: Sequence[Order]) -> np.ndarray:
        """How well each unit j of the second fits each unit i of the first, in one layer.

        The scalar product of all weights that lead to and from them, the other layers' units in
        their present order.
        """
        others = [o if k != layer else np.arange(len(o)) for k, o in enumerate(orders)]
        arranged = renumbered(self.units, others, self.other)
        total = torch.zeros(self.units[layer].count, self.units[layer].count, dtype=torch.float64)
        for name, axis, _ in self.units[layer].axes:
            if name in self.one:
                a, b = (each[name].movedim(axis, 0) for each in (self.one, arranged))
                rows = self.units[layer].count, -1
                total += a.reshape(rows) @ b.reshape(rows).T
        return total.numpy()

    def matching(self, seed: int = 0) -> Matching:
        """Match all layers: each in turn by the best assignment, until none changes.

        Ainsworth, Hayase & Srinivasa (2023), algorithm 1: the scalar product of both networks'
        weights rises with every layer.
        """
        from scipy.optimize import linear_sum_assignment

        orders: list[Order] = [np.arange(each.count) for each in self.units]
        rng = np.random.default_rng(seed)
        for _ in range(SWEEPS):
            changed = False
            for layer in rng.permutation(len(self.units)):
                gains = self.gains(layer, orders)
                _, best = linear_sum_assignment(gains, maximize=True)
                places = np.arange(len(best))
                better = gains[places, best].sum() - gains[places, orders[layer]].sum()
                if better > 1e-12 * np.abs(gains).sum():
                    orders[layer], changed = best.astype(np.int64), True
            if not changed:
                break
        return self.arranged(orders)

    def arranged(self, orders: Sequence[Order]) -> Matching:
        """The second network with its units in these orders."""
        found = renumbered(self.units, orders, self.other)
        params = torch.cat([found[name].reshape(-1) for name in self.flat.slices])
        kept = [found[name].reshape(-1) for name in self.held.slices]
        before = torch.cat([self.other[name].reshape(-1) for name in self.flat.slices])
        one = torch.cat([part.reshape(-1) for part in self.one.values()])
        return Matching(
            self.units, list(orders), params, torch.cat(kept) if kept else params.new_empty(0),
            float(one @ params) / float(one @ before),
        )  # fmt: skip

    def way(self, orders: Sequence[Order]) -> list[list[Order]]:
        """From the identity to these orders, one unit put into its place at a time.

        Units with large weights come first, all layers at an even pace. Every order on the way is
        a permutation, so that the network is the same one all along.
        """
        present = [np.arange(len(order)) for order in orders]
        moves = []
        for layer, (each, order) in enumerate(zip(self.units, orders, strict=True)):
            size = np.zeros(each.count)
            for name, axis, _ in each.axes:
                if name in self.one:
                    size += self.one[name].movedim(axis, 0).reshape(each.count, -1).square().sum(
                        1).numpy()  # fmt: skip
            places = [i for i in np.argsort(-size, kind="stable") if order[i] != i]
            moves += [((k + 0.5) / len(places), layer, i) for k, i in enumerate(places)]
        found = [[o.copy() for o in present]]
        for _, layer, i in sorted(moves):
            now, wanted = present[layer], orders[layer][i]
            if now[i] != wanted:
                j = int(np.flatnonzero(now == wanted)[0])
                now[i], now[j] = now[j], now[i]
                found.append([o.copy() for o in present])
        return found


def match(
    model: nn.Module, first: torch.Tensor, second: torch.Tensor, *,
    buffers: torch.Tensor | None = None, seed: int = 0,
) -> Matching:  # fmt: skip
    """Renumber the hidden units of a second network so that they fit those of the first.

    Its outputs stay the same. Weight matching (Ainsworth, Hayase & Srinivasa 2023, "Git Re-Basin",
    algorithm 1), assignments by SciPy.

    Parameters
    ----------
    model : torch.nn.Module
        Of their architecture: an ``nn.Sequential`` of linear and convolutional layers, batch norms
        and activations.
    first, second : tensor (d,)
        All weights of each, as `Recorder` keeps them.
    buffers : tensor (b,), optional
        What the second one's buffers hold; the model's own unless given.
    seed : int
        Of the order in which layers are visited.

    Returns
    -------
    Matching

    Raises
    ------
    InputError
        Another architecture, weights of another size or not finite.
    """
    return Pair(model, first, second, buffers).matching(seed)
