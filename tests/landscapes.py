"""Networks that walked a little way, recorded: what landscapes are made of."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn.utils import vector_to_parameters

import optviz

SAMPLES = 60


class Residual(nn.Module):
    """The data go two ways, and one of them has no layer."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(80, 80), nn.Linear(80, 3)

    def forward(self, x):
        return self.outer(torch.relu(self.inner(x)) + x)


class Tied(nn.Module):
    """One matrix is used twice."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(80, 80)

    def forward(self, x):
        return nn.functional.linear(torch.relu(self.inner(x)), self.inner.weight)[:, :3]


class Branching(nn.Module):
    """Python decides on numbers: several weights cannot be passed at once."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(80, 20), nn.Linear(20, 3)

    def forward(self, x):
        hidden = self.inner(x)
        return self.outer(torch.relu(hidden) if hidden.mean() > -100 else hidden)


MODELS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(80, 12), nn.ReLU(), nn.Linear(12, 3)), (80,)),
    "cnn": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 7, padding=3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(),
            nn.Linear(4 * 16, 3),
        ),
        (2, 8, 8),
    ),
    "batch norm": (
        lambda: nn.Sequential(
            nn.Linear(80, 12), nn.BatchNorm1d(12), nn.Tanh(), nn.Linear(12, 3)
        ),
        (80,),
    ),
    "batch norm first": (
        lambda: nn.Sequential(
            nn.BatchNorm1d(80, affine=False), nn.Linear(80, 12), nn.Linear(12, 3)
        ),
        (80,),
    ),
    "dropout": (
        lambda: nn.Sequential(nn.Linear(80, 12), nn.ReLU(), nn.Dropout(0.5), nn.Linear(12, 3)),
        (80,),
    ),
    "residual": (Residual, (80,)),
    "tied": (Tied, (80,)),
    "branching": (Branching, (80,)),
}  # fmt: skip


def samples(shape, count=SAMPLES, seed=0):
    """Inputs and labels by chance."""
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(count, *shape, generator=generator)
    return inputs, torch.randint(0, 3, (count,), generator=generator)


def walked(name, steps=6, kind=torch.optim.SGD, seed=0, **settings):
    """A recorder of a model that was trained for a few steps, snapshots at each second one."""
    make, shape = MODELS[name]
    torch.manual_seed(seed)
    model = make()
    inputs, labels = samples(shape)
    optimizer = kind(model.parameters(), **({"lr": 0.2} | settings))
    recorder = optviz.Recorder(model, optimizer)
    for step in range(2 * steps):
        if step % 2 == 0:
            recorder.snapshot(step=step)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    return recorder, inputs, labels


@torch.no_grad()
def loss_by_torch(model, weights, buffers, inputs, labels, loss=nn.functional.cross_entropy):
    """The loss of a copy of a model with these weights, all by torch's own functions.

    ``buffers``: those of floating point numbers, one after another.
    """
    own = copy.deepcopy(model).eval()
    vector_to_parameters(weights.to(next(own.parameters()).dtype), own.parameters())
    at = 0
    for buffer in own.buffers():
        if buffer.is_floating_point():
            buffer.copy_(buffers[at : at + buffer.numel()].reshape(buffer.shape))
            at += buffer.numel()
    return float(loss(own(inputs), labels))
