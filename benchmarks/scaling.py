"""A map on local Dask workers, one and two of them, one thread each.

    python benchmarks/scaling.py

Prints rows for `docs/scale.md`. A task carries some hundred bytes there, and a tile's arrays back.
"""

from __future__ import annotations

import time
from statistics import median

import cloudpickle
from distributed import Client, LocalCluster

from optviz.ensemble.basins import BasinTask, basins

SIDE, STEPS, ROUNDS = 2048, 300, 3
SPEC = "himmelblau", "adam:lr=0.1", SIDE, STEPS


def main() -> None:
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for count, found in times.items():
            with (
                LocalCluster(count, threads_per_worker=1, dashboard_address=None) as cluster,
                Client(cluster, set_as_default=False) as client,
            ):
                basins(*SPEC[:2], 64, 5, threads=1, dask=client)  # modules are loaded
                began = time.perf_counter()
                basins(*SPEC, kernel="numpy", threads=1, dask=client)
                found.append(time.perf_counter() - began)
    task = BasinTask.of(*SPEC, None, "numpy", 1)
    tiles = list(task.tiles())
    began = time.perf_counter()
    arrays = task.rows(*tiles[0])
    alone = time.perf_counter() - began
    sent, back = len(cloudpickle.dumps((task, tiles[0]))), sum(a.nbytes for a in arrays)
    print(f"{SIDE} x {SIDE} starts, {STEPS} steps, {len(tiles)} tiles; a task is {sent} bytes, its")
    print(f"answer {back / 1e6:.1f} MB; a tile alone takes {alone:.2f} s\n")
    print("| workers | seconds | speed-up |\n|---|---|---|")
    for count, found in times.items():
        print(f"| {count} | {median(found):.1f} | {median(times[1]) / median(found):.2f} |")


if __name__ == "__main__":
    main()
