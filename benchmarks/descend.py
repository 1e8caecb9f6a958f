"""A descent against the same run with torch.optim and autograd, alternating in one process.

    python benchmarks/descend.py

Prints rows for `benchmarks/README.md`; the second table is of rules that torch does not have.
"""

from __future__ import annotations

import time
from statistics import median

import torch

import optviz

STEPS, ROUNDS = 1000, 7


def ours() -> float:
    """Seconds of `descend` with Adam on Rosenbrock; its values, points and states are recorded."""
    began = time.perf_counter()
    optviz.descend("rosenbrock", optviz.Adam(lr=0.01), steps=STEPS)
    return time.perf_counter() - began


def theirs() -> float:
    """Seconds of torch.optim.Adam on a tensor of two; only the points are recorded."""
    point = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([point], lr=0.01)
    points = []
    began = time.perf_counter()
    for _ in range(STEPS):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        optimizer.step()
        points.append(point.detach().clone())
    return time.perf_counter() - began


NO_PEER = ("fulladagrad:lr=0.1", "shampoo:lr=0.1", "soap:lr=0.01", "prodigy", "sophia:lr=0.01",
           "ademamix:lr=0.01", "adan:lr=0.01", "newton", "sam:lr=0.001", "lookahead:lr=0.001",
           "schedulefree:lr=0.001")  # fmt: skip


def steps_per_second(spec: str) -> float:
    """Of a recorded run on Rosenbrock, the median of some."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run = optviz.descend("rosenbrock", spec, steps=STEPS)
        times.append((time.perf_counter() - began) / len(run))
    return round(1 / median(times), -3)


def main() -> None:
    """Warm up, alternate, print medians and the ratio of each round."""
    torch.set_num_threads(1)
    ours(), theirs()
    times = [(ours(), theirs()) for _ in range(ROUNDS)]
    a, b = (1e6 * median(column) / STEPS for column in zip(*times, strict=True))
    ratios = sorted(peer / own for own, peer in times)
    print(
        f"| `descend`, Adam, {STEPS} steps on Rosenbrock | {a:.1f} us a step | "
        f"torch.optim.Adam with autograd | {b:.0f} us a step | "
        f"{median(ratios):.0f}x ({ratios[0]:.0f}-{ratios[-1]:.0f}) |"
    )
    for spec in NO_PEER:
        optviz.descend("rosenbrock", spec, steps=STEPS)
        print(f"| `{spec}` | {steps_per_second(spec):,.0f} |")


if __name__ == "__main__":
    main()
