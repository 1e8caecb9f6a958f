"""Surfaces of NumPy functions against the same formulas, alternating in one process.

    python benchmarks/functions.py

Prints rows for `benchmarks/README.md`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

import optviz
import surfaces
from surfaces import Surface

STEPS, SIDE, ROUNDS = 200, 400, 15
DOMAIN = ((-2.0, 2.0), (-1.0, 3.0))


def rosenbrock(x, y):
    """Arithmetic alone."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def waves(x, y):
    """Functions of NumPy's."""
    return np.sin(3 * x) * np.exp(y / 2) + x**2 + y**2


def peaks(x, y):
    """Many operations, each of which NumPy is slow to begin."""
    return (
        3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2)
        - 10 * (x / 5 - x**3 - y**5) * np.exp(-(x**2) - y**2)
        - np.exp(-((x + 1) ** 2) - y**2) / 3
    )


PAIRS = {
    "Rosenbrock's": (rosenbrock, "(1 - x)**2 + 100*(y - x**2)**2"),
    "sines": (waves, "sin(3*x)*exp(y/2) + x**2 + y**2"),
    "peaks": (
        peaks,
        "3(1-x)^2*exp(-x^2-(y+1)^2) - 10(x/5-x^3-y^5)*exp(-x^2-y^2) - exp(-(x+1)^2-y^2)/3",
    ),
}
WORK: dict[str, Callable[[Surface], object]] = {
    f"a run of {STEPS} steps, Adam": lambda s: optviz.descend(s, "adam:lr=0.1", steps=STEPS),
    f"a race of {STEPS} steps, five rates tuned": lambda s: optviz.race(s, steps=STEPS),
    f"values on {SIDE} x {SIDE} points": lambda s: s.samples(SIDE),
}


def seconds(work: Callable[[Surface], object], surface: Surface) -> float:
    """Of one piece of work."""
    began = time.perf_counter()
    work(surface)
    return time.perf_counter() - began


def main() -> None:
    """Warm up, alternate, print medians and the ratio of each round."""
    for name, (function, text) in PAIRS.items():
        ours = surfaces.from_function(function, DOMAIN)
        peer = surfaces.from_formula(text, DOMAIN)
        for what, work in WORK.items():
            work(ours), work(peer)
            times = [(seconds(work, ours), seconds(work, peer)) for _ in range(ROUNDS)]
            a, b = (1e3 * median(column) for column in zip(*times, strict=True))
            ratios = sorted(own / other for own, other in times)
            low, high = ratios[ROUNDS // 4], ratios[-1 - ROUNDS // 4]
            print(
                f"| {what}, {name} | {a:.1f} ms | {b:.1f} ms | "
                f"{median(ratios):.2f}x ({low:.2f}-{high:.2f}) |"
            )


if __name__ == "__main__":
    main()
