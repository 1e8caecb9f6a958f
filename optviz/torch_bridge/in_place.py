"""Optimizers that update one flat tensor in place, for `optviz.iterate` on a network.

The two functions are `Optimizer.init` and `Optimizer.update`, but point and state change in place:
whoever keeps one must copy it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optviz.optimizers import LineSearch, Optimizer
from optviz.torch_bridge.checks import check_for_network
from optviz.torch_bridge.from_torch import TorchOptimizer
from optviz.torch_bridge.movers import ByLayer, Evaluating, Mover, Searching
from optviz.torch_bridge.theirs import Theirs
from surfaces.errors import must


def in_place(optimizer: Optimizer, shapes: Sequence[Sequence[int]] | None = None) -> Any:
    """An optimizer, ours or torch's, for one run on one flat tensor.

    Parameters
    ----------
    optimizer : Optimizer
    shapes : sequence of shapes, optional
        Of the network's parameters, which lie one after another in the tensor: a rule that sees
        whole matrices is given each in its own shape. Not needed for any other.

    Returns
    -------
    object with ``init(params) -> state`` and ``update(grad, state, params) -> (step, state)``
        ``step`` is None: the parameters have moved already. The slots of the state are numbers,
        lists of them and flat tensors: they can be saved as they are.

    Raises
    ------
    InputError
        A rule that asks for second derivatives.
    """
    if isinstance(optimizer, TorchOptimizer):
        return Theirs(optimizer)
    check_for_network(optimizer)
    if isinstance(optimizer, LineSearch):
        return Searching(optimizer, _by_rule(optimizer, shapes))
    if optimizer.evaluates:
        return Evaluating(optimizer)
    return _by_rule(optimizer, shapes)


def _by_rule(optimizer: Any, shapes: Any) -> Any:
    if optimizer.elementwise or not optimizer.by_layer:
        return Mover(optimizer)
    if shapes is None:
        raise must("shapes", f"given for {optimizer.title}, which sees each layer by itself", None)
    return ByLayer(optimizer, shapes)
