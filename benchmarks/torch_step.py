"""An optimizer's step alone, against torch.optim's for-loop and foreach, alternating.

    python benchmarks/torch_step.py

The networks have 22 tensors (784-W-...-W-10 with ten hidden layers). The three optimizers take
turns of sixty steps, and what is counted is the thread's own time on the processor. Every turn
begins with gradients that are new tensors, as after torch's default ``zero_grad()``; making them is
not timed. One thread. Prints rows for `benchmarks/README.md`.
"""

from __future__ import annotations

import time
from itertools import pairwise
from statistics import median
from typing import Any

import torch
from torch import nn

import optviz

STEPS, WARM, ROUNDS = 60, 20, 25
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


def microseconds(optimizer: torch.optim.Optimizer) -> float:
    """Of one step, the mean of a turn."""
    for p in optimizer.param_groups[0]["params"]:
        p.grad = p.grad.clone()
    began = time.thread_time()
    for _ in range(STEPS):
        optimizer.step()
    return 1e6 * (time.thread_time() - began) / STEPS


def row(spec: str, kind: Any, settings: dict[str, Any], width: int) -> str:
    """Ours and both peers; ratios are those of one round, their median and middle half."""
    optimizers = [
        optviz.to_torch(spec, network(width)),
        kind(network(width), foreach=False, **settings),
        kind(network(width), foreach=True, **settings),
    ]
    rounds = [[microseconds(optimizer) for optimizer in optimizers] for _ in range(WARM + ROUNDS)]
    rounds = rounds[WARM:]
    ours, loop, foreach = (median(column) for column in zip(*rounds, strict=True))

    def ratio(peer: int) -> str:
        each = sorted(times[peer] / times[0] for times in rounds)
        quarter = len(each) // 4
        return f"{median(each):.2f}x ({each[quarter]:.2f}-{each[-quarter]:.2f})"

    numbers = sum(p.numel() for p in network(width))
    return (
        f"| {spec.partition(':')[0]}, {numbers:,} parameters | {ours:.0f} us "
        f"| {loop:.0f} us | {ratio(1)} | {foreach:.0f} us | {ratio(2)} |"
    )


def main() -> None:
    """All rows."""
    torch.set_num_threads(1)
    for width in (32, 64):
        for peer in PEERS:
            print(row(*peer, width), flush=True)


if __name__ == "__main__":
    main()
