"""The networks of the course and their activations: each a few lines of torch.nn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from torch import nn

from optviz.mnist.settings import DROPOUT, LAYERS
from surfaces.errors import unknown
from surfaces.registry import Registry

ACTIVATIONS: Registry[Callable[[], nn.Module]] = Registry("activation", {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "prelu": nn.PReLU,  # the slope of its negative side is learned, one for each layer
    "elu": nn.ELU,
    "gelu": nn.GELU,
})  # fmt: skip


def activations() -> dict[str, Callable[[], nn.Module]]:
    """The constructor of each activation's layer, by name."""
    return dict(ACTIVATIONS)


def linear(hidden: Sequence[int], activation: str, dropout: float) -> nn.Module:
    """784-10: softmax regression, the convex case; it has no hidden layers."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def mlp(hidden: Sequence[int], activation: str, dropout: float) -> nn.Module:
    """784-hidden-10; dropout after each hidden layer."""
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in itertools.pairwise((784, *hidden)):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation](), *_dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear((784, *hidden)[-1], 10))


def cnn(hidden: Sequence[int], activation: str, dropout: float) -> nn.Module:
    """Two convolutions and one linear layer: a small LeNet (LeCun et al. 1998).

    The first convolution has stride 2, and pooling comes before the activation (the
    same function for a rising one): each spares three quarters of the work behind it.
    """
    act = ACTIVATIONS[activation]
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2), act(),          # 28 -> 12
        nn.Conv2d(16, 48, 5), nn.MaxPool2d(2), act(),  # 12 -> 8 -> 4
        nn.Flatten(), *_dropout(dropout),
        nn.Linear(48 * 4 * 4, 10),
    )  # fmt: skip


def _dropout(share: float) -> list[nn.Module]:
    return [nn.Dropout(share)] if share else []


MODELS: Registry[Callable[[Sequence[int], str, float], nn.Module]] = Registry("model", {
    "linear": linear,
    "mlp": mlp,
    "cnn": cnn,
})  # fmt: skip


def build(
    model: str = "mlp",
    hidden: Sequence[int] = (128, 64),
    activation: str = "relu",
    dropout: float = 0.0,
) -> nn.Module:
    """Make a network with torch's default initial weights.

    Parameters
    ----------
    model : {"linear", "mlp", "cnn"}
    hidden : sequence of int
        Sizes of the hidden layers of the MLP; empty for none.
    activation : str
        One of `activations`.
    dropout : float
        The share of units set to zero in training, in [0, 1).

    Returns
    -------
    torch.nn.Module
        From images (n, 1, 28, 28) to logits (n, 10).

    Raises
    ------
    InputError
        An unknown name, or a value that is not allowed.
    """
    if model not in MODELS:
        raise unknown("model", model, MODELS)
    if activation not in ACTIVATIONS:
        raise unknown("activation", activation, ACTIVATIONS)
    sizes = LAYERS.check("hidden", hidden)
    return MODELS[model](sizes, activation, DROPOUT.check("dropout", dropout))
