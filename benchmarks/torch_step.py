"""An optimizer's step alone, against torch.optim's for-loop and foreach, alternating.

    python benchmarks/torch_step.py
    ONEDNN_MAX_CPU_ISA=AVX2 python benchmarks/torch_step.py muon     # no bfloat16 in the processor

The networks have 22 tensors (784-W-...-W-10 with ten hidden layers). The three optimizers take
turns of sixty steps, and what is counted is the thread's own time on the processor. Every turn
begins with gradients that are new tensors, as after torch's default ``zero_grad()``; making them is
not timed. One thread. Muon's network is 784-128-64-10, its three matrices alone; torch's Muon
rounds to bfloat16 inside, as it is, and once more without that. Prints rows for
`benchmarks/README.md`.
"""

from __future__ import annotations

import inspect
import sys
import time
from itertools import pairwise
from statistics import median
from typing import Any

import torch
from torch import nn
from torch.optim import _muon

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


def microseconds(optimizer: torch.optim.Optimizer, steps: int = STEPS) -> float:
    """Of one step, the mean of a turn."""
    for p in optimizer.param_groups[0]["params"]:
        p.grad = p.grad.clone()
    began = time.thread_time()
    for _ in range(steps):
        optimizer.step()
    return 1e6 * (time.thread_time() - began) / steps


def between(ratios: list[float]) -> str:
    """The median of the rounds' ratios, and their middle half."""
    each = sorted(ratios)
    quarter = len(each) // 4
    return f"{median(each):.2f}x ({each[quarter]:.2f}-{each[-quarter]:.2f})"


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
        return between([times[peer] / times[0] for times in rounds])

    numbers = sum(p.numel() for p in network(width))
    return (
        f"| {spec.partition(':')[0]}, {numbers:,} parameters | {ours:.0f} us "
        f"| {loop:.0f} us | {ratio(1)} | {foreach:.0f} us | {ratio(2)} |"
    )


def muon_rows() -> list[str]:
    """Ours against torch's, as it is and without its rounding."""
    torch.manual_seed(0)
    sizes = [784, 128, 64, 10]
    start = [torch.randn(b, a) / a**0.5 for a, b in pairwise(sizes)]
    grads = [torch.randn_like(matrix) for matrix in start]

    def made(make: Any) -> torch.optim.Optimizer:
        params = [nn.Parameter(matrix.clone()) for matrix in start]
        for p, grad in zip(params, grads, strict=True):
            p.grad = grad.clone()
        optimizer: torch.optim.Optimizer = make(params)
        return optimizer

    rounded = _muon._zeropower_via_newtonschulz
    plain: dict[str, Any] = {}
    exec(inspect.getsource(rounded).replace(".bfloat16()", ".clone()"), vars(_muon).copy(), plain)
    peers = {"torch's": rounded, "torch's, not rounded": plain[rounded.__name__]}
    ours = made(lambda params: optviz.to_torch("muon", params))
    theirs = {name: made(torch.optim.Muon) for name in peers}
    rounds = []
    for _ in range(5 + 15):
        times = [microseconds(ours, 5)]
        for name, function in peers.items():
            _muon._zeropower_via_newtonschulz = function
            times.append(microseconds(theirs[name], 5))
        rounds.append(times)
    _muon._zeropower_via_newtonschulz = rounded
    mine, *others = (median(column) / 1e3 for column in zip(*rounds[5:], strict=True))
    return [
        f"| muon, 784-128-64-10 | {mine:.1f} ms | {name} | {other:.1f} ms "
        f"| {between([times[i] / times[0] for times in rounds[5:]])} |"
        for i, (name, other) in enumerate(zip(peers, others, strict=True), 1)
    ]


def main() -> None:
    """All rows, or Muon's alone."""
    torch.set_num_threads(1)
    if sys.argv[1:] != ["muon"]:
        for width in (32, 64):
            for peer in PEERS:
                print(row(*peer, width), flush=True)
    print("\n".join(muon_rows()))


if __name__ == "__main__":
    main()
