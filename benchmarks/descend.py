"""A descent against the same run with torch.optim and autograd, alternating in one process.

    python benchmarks/descend.py

Prints rows for `benchmarks/README.md`; the second table is of rules that torch does not have.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch

import optviz

STEPS, ROUNDS = 1000, 9

# Our spec, torch's optimizer, and the shape of the parameter that it is given.
PAIRS: dict[str, tuple[str, Callable[[list[torch.Tensor]], Any], tuple[int, ...]]] = {
    "Adam": ("adam:lr=0.01", lambda p: torch.optim.Adam(p, lr=0.01), (2,)),
    "ASGD": ("asgd:lr=0.001", lambda p: torch.optim.ASGD(p, lr=0.001), (2,)),
    "Adafactor": ("adafactor:lr=0.01", lambda p: torch.optim.Adafactor(p, lr=0.01), (2,)),
    "Muon": ("muon:lr=0.01", lambda p: torch.optim.Muon(p, lr=0.01), (2, 1)),
    "LBFGS": (
        # So slow a rate that neither comes to rest.
        "lbfgs:lr=0.002",
        lambda p: torch.optim.LBFGS(p, lr=0.002, max_iter=1, history_size=5),
        (2,),
    ),
    "LBFGS, strong Wolfe": (
        "linesearch(lbfgs:tolerance_grad=0,tolerance_change=0)",
        lambda p: torch.optim.LBFGS(
            p, max_iter=1, max_eval=26, history_size=5, tolerance_grad=0, tolerance_change=0,
            line_search_fn="strong_wolfe",
        ),
        (2,),
    ),
}  # fmt: skip


def ours(spec: str, steps: int) -> float:
    """Seconds of `descend` on Rosenbrock; its values, points and states are recorded."""
    began = time.perf_counter()
    optviz.descend("rosenbrock", spec, steps=steps)
    return time.perf_counter() - began


def theirs(build: Callable[[list[torch.Tensor]], Any], shape: tuple[int, ...], steps: int) -> float:
    """Seconds of torch's optimizer on a tensor of two; only the points are recorded."""
    start = torch.tensor([-1.2, 1.0], dtype=torch.float64).reshape(shape)
    point = start.requires_grad_()
    optimizer = build([point])
    points = []

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        x, y = point.ravel()
        loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        loss.backward()
        return loss

    began = time.perf_counter()
    for _ in range(steps):
        optimizer.step(closure)
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
    for name, (spec, build, shape) in PAIRS.items():
        steps = 20 if "Wolfe" in name else STEPS  # then it has arrived
        again = STEPS // steps if "Wolfe" in name else 1
        ours(spec, steps), theirs(build, shape, steps)
        times = [
            (
                sum(ours(spec, steps) for _ in range(again)),
                sum(theirs(build, shape, steps) for _ in range(again)),
            )
            for _ in range(ROUNDS)
        ]
        a, b = (1e6 * median(column) / (again * steps) for column in zip(*times, strict=True))
        ratios = sorted(peer / own for own, peer in times)
        print(
            f"| `descend`, {name}, {steps:,} steps on Rosenbrock | {a:.1f} us a step | "
            f"torch.optim.{name.partition(',')[0]} with autograd | {b:.0f} us a step | "
            f"{median(ratios):.0f}x ({ratios[0]:.0f}-{ratios[-1]:.0f}) |"
        )
    for spec in NO_PEER:
        optviz.descend("rosenbrock", spec, steps=STEPS)
        print(f"| `{spec}` | {steps_per_second(spec):,.0f} |")


if __name__ == "__main__":
    main()
