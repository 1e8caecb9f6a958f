"""Instruments along the training of any torch model: what its steps say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from torch import nn
from tqdm import tqdm

from optviz.descent.resolve import as_optimizer
from optviz.instruments import INSTRUMENTS
from optviz.instruments.measuring import measure as measure_all
from optviz.landscape.flat_model import FlatModel, Loss
from optviz.landscape.network_moments import Bench, Buffers, moments
from optviz.optimizers import Optimizer
from optviz.records.labels import OptimizerLabel
from optviz.records.measured import Measured
from optviz.records.optimizer_record import solver
from optviz.records.series import Series
from surfaces.errors import InputError, must, unknown

USUAL = ("loss", "gradnorm", "steplength", "ratio", "distance", "alpha", "curvature")


def measure(
    model: nn.Module,
    recorder: Any,
    inputs: Any,
    targets: Any,
    *,
    loss: Loss = nn.functional.cross_entropy,
    optimizer: Any = None,
    which: Sequence[str] | str = USUAL,
    label: str | None = None,
    buffers: Sequence[Buffers] | None = None,
    seed: int = 0,
    progress: bool = False,
) -> Measured:
    """Measure instruments at each snapshot of a training, all on one batch.

    Whatever is of steps (step length, update-to-weight ratio, alpha, stability) is measured between
    snapshots that lie one and the same number of steps apart, the most frequent; every series says
    how many (`gap`), and pictures say it too. Record each step, or pairs, for single steps.

    Parameters
    ----------
    model : torch.nn.Module
        Evaluated in evaluation mode (no dropout); its own weights stay.
    recorder : Recorder, or (weights, steps)
        ``weights[i]`` (d,) are all parameters after ``steps[i]`` steps, in the module's order.
    inputs, targets
        The batch. Curvature and gradient are those of the loss on it, not of the mini-batches that
        the steps were taken on.
    loss : callable
        ``loss(outputs, targets)``, a mean over the batch.
    optimizer : Optimizer, name or spec, optional
        What trained it; the recorder's unless given. It decides which limit is drawn beside the
        curvature: none where theory has none, and none of Adam, whose limit is of the Hessian
        divided by its mean squares, which are not recorded.
    which : sequence of str
        Names of ``optviz.instruments.INSTRUMENTS``; ``loss`` is always measured.
    label : str, optional
        What pictures call it instead of the optimizer.
    buffers : sequence of mappings, optional
        The module's buffers at each snapshot, such as batch norm's means. Unless given, they are
        as the module holds them now.
    seed : int
        Of random vectors: Hutchinson's, and that of the first Lanczos iteration.
    progress : bool
        Show a bar on stderr.

    Returns
    -------
    Measured
        ``Animation([measured]).save("instruments.gif")`` films it; ``measured["alpha"].values``
        are the numbers.

    Raises
    ------
    InputError
        An unknown instrument, fewer than two snapshots, weights that are not finite or do not fit.

    Examples
    --------
    >>> model = torch.nn.Linear(3, 1)
    >>> weights, steps = torch.randn(5, 4), range(5)
    >>> inputs, targets = torch.randn(20, 3), torch.randn(20, 1)
    >>> found = measure(model, (weights, steps), inputs, targets,
    ...                 loss=torch.nn.functional.mse_loss, optimizer="gd:lr=0.1")
    >>> found["alpha"].values.shape
    (4,)
    """
    names = checked_instruments(which)
    weights, steps = _snapshots(recorder)
    flat = FlatModel(model, loss)
    given = getattr(recorder, "optimizer", None) if optimizer is None else optimizer
    rule = solver(label or type(model).__name__) if given is None else as_optimizer(given)
    series = along(
        flat, weights, steps, inputs, targets, rule, ["loss", *names], buffers, seed=seed,
        progress=progress,
    )  # fmt: skip
    name = label or getattr(recorder, "label", None) or OptimizerLabel(rule)
    return Measured(rule, name, type(model).__name__, series, np.array(steps, np.int64))


def along(
    flat: FlatModel,
    weights: Any,
    steps: Sequence[int],
    inputs: Any,
    targets: Any,
    optimizer: Optimizer,
    names: Sequence[str],
    buffers: Sequence[Buffers] | None = None,
    *,
    seed: int = 0,
    progress: bool = False,
) -> dict[str, Series]:
    """The series of instruments along snapshots; the arguments are those of `measure`."""
    if len(steps) < 2:
        raise InputError(f"recorder must hold at least two snapshots; not {len(steps)}")
    if len(weights) != len(steps) or len(weights[0]) != flat.size:
        given = f"{len(weights)} of {len(weights[0]):,}"
        raise InputError(f"weights must be {len(steps)} snapshots of {flat.size:,}; not {given}")
    bench = Bench(flat, inputs, targets, optimizer, seed)
    found = moments(bench, weights, steps, buffers)
    bar = tqdm(found, total=len(steps), unit="snapshot", leave=False, disable=not progress)
    with bar:
        return measure_all({name: INSTRUMENTS[name] for name in names}, bar, steps)


def checked_instruments(which: Sequence[str] | str) -> list[str]:
    """Names of instruments, each once, or an `InputError`."""
    found = which.split(",") if isinstance(which, str) else list(which)
    names = list(dict.fromkeys(str(name).strip() for name in found))
    for name in names:
        if name not in INSTRUMENTS:
            raise unknown("instrument", name, INSTRUMENTS)
    return names


def _snapshots(recorder: Any) -> tuple[Any, list[int]]:
    """Weights and steps of a recorder, or of a pair."""
    pair = isinstance(recorder, (tuple, list)) and len(recorder) == 2
    if not pair and not (hasattr(recorder, "weights") and hasattr(recorder, "steps")):
        raise must("recorder", "a Recorder, or a pair (weights, steps)", recorder)
    weights, steps = recorder if pair else (recorder.weights, recorder.steps)
    found = [int(step) for step in steps]
    if any(b <= a for a, b in pairwise(found)):
        raise must("steps", "rising", steps)
    return weights, found
