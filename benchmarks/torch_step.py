"""An optimizer's step alone, against torch.optim's for-loop and foreach, alternating.

    python benchmarks/torch_step.py

The network has 22 tensors (784-W-...-W-10 with ten hidden layers). Prints rows for
`benchmarks/README.md`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

import torch
from torch import nn

import optviz

STEPS, ROUNDS = 60, 15
PEERS: list[tuple[str, Any, dict[str, Any]]] = [
    ("gd:lr=0.01", torch.optim.SGD, {"lr": 0.01}),
    ("momentum:lr=0.01", torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
    ("adagrad", torch.optim.Adagrad, {}),
    ("rmsprop", torch.optim.RMSprop, {}),
    ("adam", torch.optim.Adam, {}),
]


def network(width: int) -> list[nn.Parameter]:
    """The parameters of a new network, with gradients."""
    torch.manual_seed(0)
    sizes = [784, *[width] * 10, 10]
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    params = [p for layer in layers for p in layer.parameters()]
    for p in params:
        p.grad = torch.randn_like(p)
    return params


def seconds(step: Callable[[], Any]) -> float:
    """Of one step, the mean of many."""
    began = time.perf_counter()
    for _ in range(STEPS):
        step()
    return (time.perf_counter() - began) / STEPS


def row(spec: str, kind: Any, settings: dict[str, Any], width: int) -> str:
    """Ours with gradients that are views, ours with gradients to be gathered, both peers."""
    views, loose = optviz.to_torch(spec, network(width)), optviz.to_torch(spec, network(width))
    views.step()  # lays the parameters flat, so that gradients can be views
    views.zero_grad(set_to_none=False)
    steps = [
        views.step,
        loose.step,
        kind(network(width), foreach=False, **settings).step,
        kind(network(width), foreach=True, **settings).step,
    ]
    for step in steps:
        seconds(step)
    rounds = [[seconds(step) for step in steps] for _ in range(ROUNDS)]
    times = [1e6 * median(column) for column in zip(*rounds, strict=True)]

    def ratio(peer: int, own: int) -> str:
        each = sorted(r[peer] / r[own] for r in rounds)
        middle = each[len(each) // 4 : -(len(each) // 4)]
        return f"{median(each):.1f}x ({middle[0]:.1f}-{middle[-1]:.1f})"

    numbers = sum(p.numel() for p in network(width))
    return (
        f"| {spec.partition(':')[0]}, {numbers:,} parameters | {times[0]:.0f} us "
        f"| {times[2]:.0f} us | {ratio(2, 0)} | {times[3]:.0f} us | {ratio(3, 0)} "
        f"| {ratio(2, 1)}, {ratio(3, 1)} |"
    )


def main() -> None:
    """All rows."""
    torch.set_num_threads(1)
    for width in (32, 64):
        for peer in PEERS:
            print(row(*peer, width), flush=True)


if __name__ == "__main__":
    main()
