"""A map of starts against torch.optim and JAX on the same work, alternating in one process.

    python benchmarks/many_starts.py [ROUNDS]

512 x 512 starts on Himmelblau, 200 steps of Adam, float64. JAX's row needs the package jax; numba's
the extra ``fast``. Prints rows for `benchmarks/README.md`; all cores are used by each.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
import torch

import optviz
import surfaces
from optviz.ensemble import compiled
from optviz.ensemble.ensemble import ensemble
from optviz.ensemble.watch import Nothing

SIDE, STEPS, RATE = 512, 200, 0.1
SURFACE, OPTIMIZER = surfaces.get("himmelblau"), optviz.Adam(lr=RATE)


def grid(side: int) -> np.ndarray:
    """Starts all over the window (side^2, 2)."""
    axes = (np.linspace(*ends, side) for ends in SURFACE.domain)
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)


def ours(kernel: str, side: int = SIDE, steps: int = STEPS) -> tuple[float, np.ndarray]:
    """Seconds, and where the runs end."""
    starts = grid(side)
    began = time.perf_counter()
    runs = ensemble(SURFACE, OPTIMIZER, starts, Nothing(), steps=steps, kernel=kernel)
    runs.advance(steps)
    ends = runs.points
    return time.perf_counter() - began, ends


def torchs(side: int = SIDE) -> tuple[float, np.ndarray]:
    """torch.optim.Adam on one tensor of all points, with autograd."""
    points = torch.tensor(grid(side), requires_grad=True)
    began = time.perf_counter()
    optimizer = torch.optim.Adam([points], lr=RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        x, y = points[:, 0], points[:, 1]
        ((x * x + y - 11) ** 2 + (x + y * y - 7) ** 2).sum().backward()
        optimizer.step()
    return time.perf_counter() - began, points.detach().numpy()


def jaxs() -> Callable[[], tuple[float, np.ndarray]] | None:
    """JAX's compiled loop, float64; None where it is not installed."""
    try:
        import jax
    except ModuleNotFoundError:
        return None
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def value(points):
        x, y = points[:, 0], points[:, 1]
        return ((x * x + y - 11) ** 2 + (x + y * y - 7) ** 2).sum()

    slope = jax.grad(value)

    def step(t, state):
        points, mean, square = state
        g = slope(points)
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g * g
        m, s = mean / (1 - 0.9 ** (t + 1.0)), square / (1 - 0.999 ** (t + 1.0))
        return points - RATE * m / (jnp.sqrt(s) + 1e-8), mean, square

    @jax.jit
    def run(points):
        zeros = jnp.zeros_like(points)
        return jax.lax.fori_loop(0, STEPS, step, (points, zeros, zeros))[0]

    starts = jnp.array(grid(SIDE))
    run(starts).block_until_ready()  # compiled

    def timed() -> tuple[float, np.ndarray]:
        began = time.perf_counter()
        ends = run(starts).block_until_ready()
        return time.perf_counter() - began, np.asarray(ends)

    return timed


def limit() -> float:
    """Seconds for nothing but the roots and divisions of all steps, on all cores: a probe."""
    import numba

    @numba.njit(parallel=True, error_model="numpy")
    def probe(blocks: int, steps: int) -> float:
        total = 0.0
        for b in numba.prange(blocks):
            lanes = np.full(64, 1.5 + b)
            for _ in range(steps):
                for i in range(64):
                    a = lanes[i]
                    a = np.sqrt(a) + 1.0
                    a = np.sqrt(a + 3.0 / a) + 1.0
                    a = (
                        5.0 / a
                        + 7.0 / (a + 1.0)
                        + 2.0 / (a + 2.0)
                        + 4.0 / (a + 3.0)
                        + 1.0 / (a + 4)
                    )
                    lanes[i] = a
            total += lanes[0]
        return total

    blocks = SIDE * SIDE // 64
    probe(8, 2)
    began = time.perf_counter()
    probe(blocks, STEPS)
    return time.perf_counter() - began


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kernels = {"NumPy": "numpy"}
    if compiled.is_installed():
        kernels["numba (extra `fast`)"] = "numba"
    rows: dict[str, Callable[[], tuple[float, np.ndarray]]] = {
        name: partial(ours, kernel) for name, kernel in kernels.items()
    }
    peers = {"torch.optim.Adam, autograd": torchs}
    if (of_jax := jaxs()) is not None:
        peers["JAX, jit of fori_loop with grad"] = of_jax
    rows |= peers
    ends = {name: run()[1] for name, run in rows.items()}  # warm, and that all do the same
    for name, points in ends.items():
        near = np.abs(points - ends["NumPy"]).max(axis=1) < 1e-6
        assert near.mean() > 0.999, (name, near.mean())  # on the border of basins rounding decides
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, run in rows.items():
            times[name].append(run()[0])
    print(f"{SIDE} x {SIDE} starts, {STEPS} steps, Adam, Himmelblau, float64")
    print("\n| work | seconds |" + "".join(f" {peer} over it |" for peer in peers))
    print("|---|---|" + "---|" * len(peers))
    for name, found in times.items():
        ratios = "".join(f" {median(times[p]) / median(found):.1f}x |" for p in peers)
        print(f"| {name} | {median(found):.3f} |{ratios}")
    if compiled.is_installed():
        least = min(limit() for _ in range(rounds))
        best = median(times["numba (extra `fast`)"])
        print(f"\nRoots and divisions alone: {least:.3f} s, {least / best:.0%} of numba's time.")
    growth("starts", [(side, STEPS) for side in (64, 128, 256, 512, 1024, 2048)], kernels)
    growth("steps", [(SIDE, steps) for steps in (50, 100, 200, 400, 800)], kernels)


def growth(word: str, cases: list[tuple[int, int]], kernels: dict[str, str]) -> None:
    """How the time grows with the starts or the steps."""
    print(f"\n| {word} | {' | '.join(kernels)} |\n|---|" + "---|" * len(kernels))
    for side, steps in cases:
        cells = [f"{ours(kernel, side, steps)[0]:.3f} s" for kernel in kernels.values()]
        print(f"| {f'{side}^2' if word == 'starts' else steps} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
