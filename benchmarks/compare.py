"""A comparison in parallel processes against the same runs one after another in one process.

    python benchmarks/compare.py --data-dir DIR           # 75 runs; about 8 minutes
    python benchmarks/compare.py --data-dir DIR --small   # 8 runs; half a minute

Five optimizers x five activations x three seeds, one epoch of 55,000 images each, the MLP
784-128-64-10 at batch 128. Rates are given: tuning would help both alike. Each round times
`mnist.compare` in a new process (so that starting its workers counts) and the peer, a plain loop of
`mnist.train` and the test's accuracy in one process, with one thread and with torch's default: the
faster of the two is the peer. All three must find the same accuracies, but for rounding. Prints a
row for `benchmarks/README.md`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import time
from statistics import median

import torch

from optviz import mnist

OPTIMIZERS = ("gd:lr=0.1", "momentum:lr=0.03", "adagrad:lr=0.01", "rmsprop:lr=0.001",
              "adam:lr=0.001")  # fmt: skip
ACTIVATIONS = ("sigmoid", "tanh", "relu", "elu", "gelu")


def ours(data: mnist.Dataset, optimizers: list[str], activations: list[str], seeds: int) -> list:
    """By `compare`."""
    done = mnist.compare(data, optimizers, activations, seeds, progress=False)
    return [run.test_accuracy for run in done.runs]


def loop(data: mnist.Dataset, optimizers: list[str], activations: list[str], seeds: int) -> list:
    """One after another."""
    found = []
    for optimizer, activation, seed in itertools.product(optimizers, activations, range(seeds)):
        run = mnist.train(data, optimizer=optimizer, activation=activation, seed=seed, epochs=1,
                          progress=False)  # fmt: skip
        found.append(run.accuracy(data.test_images, data.test_labels))
    return found


def timed(kind: str, data_dir: str | None, sizes: list[int]) -> tuple[float, list[float]]:
    """Seconds of the work in a new process, loading the data and torch aside."""
    command = [sys.executable, __file__, "--work", kind, "--sizes", *map(str, sizes)]
    if data_dir:
        command += ["--data-dir", data_dir]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    seconds, found = json.loads(done.stdout.splitlines()[-1])
    return seconds, found


def work(kind: str, data_dir: str | None, sizes: list[int]) -> None:
    """What the new process does."""
    data = mnist.load(data_dir)
    if kind == "one thread":
        torch.set_num_threads(1)
    grid = list(OPTIMIZERS[: sizes[0]]), list(ACTIVATIONS[: sizes[1]]), sizes[2]
    began = time.perf_counter()
    found = (ours if kind == "ours" else loop)(data, *grid)
    print(json.dumps([time.perf_counter() - began, found]))


def main() -> None:
    """Rounds, alternating."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", choices=("ours", "one thread", "default threads"))
    parser.add_argument("--sizes", type=int, nargs=3)
    chosen = parser.parse_args()
    if chosen.work:
        work(chosen.work, chosen.data_dir, chosen.sizes)
        return
    sizes = [2, 2, 2] if chosen.small else [5, 5, 3]
    rounds = []
    for _ in range(1 if chosen.small else chosen.rounds):
        seconds = {}
        for kind in ("ours", "one thread", "default threads"):
            seconds[kind], found = timed(kind, chosen.data_dir, sizes)
            if kind == "ours":
                accuracies = found
            worst = max(abs(a - b) for a, b in zip(accuracies, found, strict=True))
            print(f"{kind}: {seconds[kind]:.1f} s; accuracies differ by {worst:.4f} at most",
                  file=sys.stderr, flush=True)  # fmt: skip
        rounds.append(seconds)
    runs = sizes[0] * sizes[1] * sizes[2]
    peers = [min(row["one thread"], row["default threads"]) for row in rounds]
    ratios = sorted(peer / row["ours"] for peer, row in zip(peers, rounds, strict=True))
    print(
        f"| {runs} runs of one epoch | {median(row['ours'] for row in rounds):.1f} s | one after "
        f"another, one thread {median(row['one thread'] for row in rounds):.1f} s, torch's default "
        f"{median(row['default threads'] for row in rounds):.1f} s | {median(peers):.1f} s | "
        f"{median(ratios):.2f}x ({ratios[0]:.2f}-{ratios[-1]:.2f}) |"
    )


if __name__ == "__main__":
    main()
