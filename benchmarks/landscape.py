"""A plane through recorded paths, the loss over it, and what recording costs.

    python benchmarks/landscape.py    # some minutes

The network is an MLP 784-128-64-10, the plane has 51 x 51 points, the loss is the mean over 2,000
samples. Peers: a pass of the model a point, by torch; where they are installed (``pip install
--no-deps loss-landscapes loss-landscape-anim``) planar interpolation of the package
loss-landscapes, and the grid of loss-landscape-anim. Peers are timed on 196 of the points, in
rounds that alternate with ours, and scaled. Prints rows for `benchmarks/README.md`.
"""

from __future__ import annotations

import copy
import importlib.util
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import nn
from torch.nn.utils import vector_to_parameters

from optviz import Recorder, landscape
from optviz.landscape.flat_model import FlatModel
from optviz.landscape.loss_over_plane import PlaneLoss
from optviz.landscape.recording import Recording

SIDE, SAMPLES, ROUNDS = 51, 2_000, 5
EDGE = 14  # points along each side of the part that a peer is timed on
cross_entropy = nn.functional.cross_entropy


def mlp() -> nn.Module:
    """784-128-64-10."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
        nn.Linear(64, 10),
    )  # fmt: skip


def timed(work: Callable[[], Any]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def row(work: str, ours: list[float], peer: str, theirs: list[float]) -> None:
    """Print a row: medians and the ratio, round by round."""
    ratios = sorted(b / a for a, b in zip(ours, theirs, strict=True))
    print(f"| {work} | {median(ours):.2f} s | {peer} | {median(theirs):.2f} s | "
          f"{median(ratios):.1f}x ({ratios[0]:.1f}-{ratios[-1]:.1f}) |", flush=True)  # fmt: skip


def over_plane() -> None:
    """Rows of the loss over a plane."""
    torch.manual_seed(0)
    model = mlp().eval()
    inputs, labels = torch.randn(SAMPLES, 1, 28, 28), torch.randint(0, 10, (SAMPLES,))
    weights = [nn.utils.parameters_to_vector(mlp().parameters()).detach() for _ in range(3)]
    plane = landscape.through_points(weights)
    axis = np.linspace(-5, 5, SIDE)
    ours = PlaneLoss(FlatModel(model), plane, inputs, labels)
    ours.prepare(axis, axis)
    print(f"ours: {ours.how}", file=sys.stderr)
    peers = {"a pass a point": pass_a_point(copy.deepcopy(model), plane, axis, inputs, labels)}
    peers |= interpolated(weights, inputs, labels) | gridded(weights, inputs, labels)
    times: dict[str, list[float]] = {name: [] for name in ("ours", *peers)}
    for _ in range(ROUNDS):
        times["ours"].append(timed(lambda: list(ours.rows(axis, axis))))
        for name, work in peers.items():
            times[name].append(timed(work) * SIDE**2 / EDGE**2)
    for name in peers:
        row("51 x 51 points, 2,000 samples", times["ours"], name, times[name])


def pass_a_point(
    model: nn.Module, plane: landscape.Plane, axis: Any, inputs: Any, labels: Any
) -> Callable[[], Any]:
    """Some points by torch alone."""

    @torch.no_grad()
    def work() -> None:
        for v in axis[:EDGE]:
            for u in axis[:EDGE]:
                vector_to_parameters(plane.at(u, v).float(), model.parameters())
                float(cross_entropy(model(inputs), labels))

    return work


def interpolated(weights: Any, inputs: Any, labels: Any) -> dict[str, Callable[[], Any]]:
    """As many points by loss-landscapes, if it is there."""
    if importlib.util.find_spec("loss_landscapes") is None:
        return {}
    import loss_landscapes
    from loss_landscapes.metrics import Loss

    models = []
    for vector in weights:
        models.append(mlp().eval())
        vector_to_parameters(vector, models[-1].parameters())
    metric = Loss(cross_entropy, inputs, labels)

    def work() -> None:
        with torch.no_grad():
            loss_landscapes.planar_interpolation(*models, metric, steps=EDGE, deepcopy_model=True)

    return {"loss-landscapes 3.0.6, `planar_interpolation`": work}


def gridded(weights: Any, inputs: Any, labels: Any) -> dict[str, Callable[[], Any]]:
    """As many points by the grid of loss-landscape-anim, if it is there.

    Its file of the grid alone is loaded: the package imports Lightning and torchvision, which the
    grid does not use.
    """
    found = importlib.util.find_spec("loss_landscape_anim")
    if found is None or found.origin is None:
        return {}
    path = Path(found.origin).parent / "loss_landscape.py"
    module = types.ModuleType("grid")
    exec(compile(path.read_text("utf-8"), str(path), "exec"), vars(module))

    class Flat(nn.Module):
        """The model as its grid wants it."""

        def __init__(self) -> None:
            super().__init__()
            self.net = mlp().eval()

        def init_from_flat_params(self, vector: Any) -> None:
            vector_to_parameters(vector, self.net.parameters())

        def forward(self, x: Any) -> Any:
            return self.net(x)

        def loss_fn(self, logits: Any, y: Any) -> Any:
            return cross_entropy(logits, y)

    directions = [torch.nn.functional.normalize(w - weights[0], dim=0) for w in weights[1:]]
    flat = Flat()

    def work() -> None:
        with torch.no_grad():
            module.LossGrid(
                torch.stack(list(weights)), flat, (inputs, labels),
                np.array([[0.0, 0], [5, 5]]), directions, res=EDGE // 2, tqdm_disable=True,
                save_grid=False,
            )  # fmt: skip

    return {"loss-landscape-anim 0.1.10, `LossGrid`": work}


def principal() -> None:
    """A row of the plane through 500 snapshots of 100,000 weights."""
    recording = Recording()
    walk = (0.01 * torch.randn(500, 100_000)).cumsum(0)
    for i, weights in enumerate(walk):
        recording.add(i, weights)
    flat = walk.double().numpy()
    ours, full = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: landscape.of_paths(recording)))
        full.append(timed(lambda: PCA(2, svd_solver="full").fit(flat)))
    row("plane through 500 snapshots of 100,000 weights", ours,
        "scikit-learn's PCA, full SVD", full)  # fmt: skip


def recording() -> None:
    """A row of what a snapshot costs at every 20th step of training."""
    model = mlp()
    optimizer = torch.optim.Adam(model.parameters())
    recorder = Recorder(model, optimizer)
    x, y = torch.randn(128, 1, 28, 28), torch.randint(0, 10, (128,))

    def step() -> None:
        optimizer.zero_grad()
        cross_entropy(model(x), y).backward()
        optimizer.step()

    snapshots, steps = [], []
    for _ in range(12 * ROUNDS):
        steps.append(timed(lambda: [step() for _ in range(20)]))
        snapshots.append(timed(recorder.snapshot))
    share = sorted(a / b for a, b in zip(snapshots, steps, strict=True))
    print(f"| a snapshot of 109,386 weights | {1e3 * median(snapshots):.2f} ms | 20 steps of Adam, "
          f"batch 128 | {1e3 * median(steps):.1f} ms | {median(share):.2%} of them |")  # fmt: skip


def main() -> None:
    """All rows."""
    over_plane()
    principal()
    recording()


if __name__ == "__main__":
    main()
