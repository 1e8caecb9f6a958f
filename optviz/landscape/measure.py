"""Instruments along the training of any torch model: what its steps say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from optviz.instruments import INSTRUMENTS
from optviz.instruments.measuring import measure as measure_all
from optviz.landscape.checks import check_model
from optviz.landscape.flat_model import FlatModel, Loss
from optviz.landscape.network_moments import Bench, moments
from optviz.landscape.recording import Recording
from optviz.landscape.samples import Samples, drawn
from optviz.landscape.whose import optimizer_of
from optviz.optimizers import Optimizer
from optviz.records.labels import OptimizerLabel
from optviz.records.measured import Measured
from optviz.records.series import Series
from optviz.words import Phrase
from surfaces.errors import InputError, must, unknown

USUAL = ("loss", "gradnorm", "steplength", "ratio", "distance", "alpha", "curvature")


def measure(
    recorder: Any,
    loss: Loss,
    inputs: Any,
    targets: Any,
    *,
    which: Sequence[str] | str = USUAL,
    samples: int | None = 1000,
    seed: int = 0,
    model: nn.Module | None = None,
    optimizer: Any = None,
    label: str | None = None,
    progress: bool = True,
) -> Measured:
    """Measure instruments at each snapshot of a training, all on the same samples.

    Whatever is of steps (step length, update-to-weight ratio, alpha) is measured between
    snapshots that lie one and the same number of steps apart, the most frequent; every series says
    how many (`gap`), and pictures say it too. For single steps record each, or pairs of them.

    Parameters
    ----------
    recorder : Recorder, or (weights, steps)
        ``weights[i]`` (d,) are all parameters after ``steps[i]`` steps, in the module's order.
    loss : callable
        ``loss(outputs, targets)``, a mean over the samples.
    inputs, targets : tensor or array (n, ...)
        All quantities are those of the loss on these, not on the mini-batches that the steps were
        taken on; without dropout.
    which : sequence of str
        Names of `optviz.instruments.INSTRUMENTS`; ``loss`` is always measured.
    samples : int, optional
        A subset of so many samples is drawn, by ``seed``; None for all. Pictures say so.
    seed : int
        Of the subset, and of the random vectors of Lanczos' and Hutchinson's methods.
    model : torch.nn.Module, optional
        The recorder's unless given; it keeps its weights.
    optimizer : Optimizer, name or spec, optional
        What trained it; the recorder's unless given. It decides which limit is drawn beside the
        curvature: none where theory has none, and none of Adam, whose limit is of the Hessian
        divided by its mean squares, which are not recorded.
    label : str, optional
        What pictures call it instead of the optimizer.
    progress : bool
        Show a bar on stderr.

    Returns
    -------
    Measured
        ``optviz.Animation([measured]).save("instruments.gif")`` films it, and
        ``measured["alpha"].values`` are numbers.

    Raises
    ------
    InputError
        An unknown instrument, fewer than two snapshots, weights that are not finite or not of the
        model.

    Examples
    --------
    >>> model = torch.nn.Linear(3, 1)
    >>> weights, steps = torch.randn(5, 4), range(5)
    >>> inputs, targets = torch.randn(20, 3), torch.randn(20, 1)
    >>> found = measure((weights, steps), torch.nn.functional.mse_loss, inputs, targets,
    ...                 model=model, optimizer="gd:lr=0.1", progress=False)
    >>> found["alpha"].values.shape
    (4,)
    """
    names = checked_instruments(which)
    recording = _recording(recorder)
    module: Any = getattr(recorder, "model", None) if model is None else model
    check_model(module)
    known = getattr(recorder, "optimizer", None)
    rule = optimizer_of(known if optimizer is None else optimizer, label or type(module).__name__)
    chosen = drawn(inputs, targets, samples, seed)
    series = along(
        recording, FlatModel(module, loss), chosen, rule, ["loss", *names], seed, progress
    )
    name = label or getattr(recorder, "label", None) or OptimizerLabel(rule)
    return Measured(
        rule, name, type(module).__name__, series, np.array(recording.steps, np.int64),
        samples_phrase(chosen, seed),
    )  # fmt: skip


def along(
    recording: Recording,
    flat: FlatModel,
    samples: Samples,
    optimizer: Optimizer,
    names: Sequence[str],
    seed: int,
    progress: bool,
) -> dict[str, Series]:
    """The series of instruments along a recording."""
    steps, width = recording.steps, recording.params.width
    if len(steps) < 2:
        raise InputError(f"recorder must hold at least two snapshots; not {len(steps)}")
    if width != flat.size:
        raise InputError(f"weights must be of the model, {flat.size:,} numbers; not {width:,}")
    bench = Bench(flat, samples.to(flat.weights()), optimizer, seed)
    found = moments(bench, recording)
    with tqdm(found, total=len(steps), unit="snapshot", leave=False, disable=not progress) as bar:
        return measure_all({name: INSTRUMENTS[name] for name in names}, bar, steps)


def samples_phrase(samples: Samples, seed: int, word: str = "measured_on_some") -> Phrase:
    """Which samples were measured on; ``word`` says it of some."""
    numbers = {"n": samples.count, "all": samples.population, "seed": seed}
    everything = samples.count == samples.population and word == "measured_on_some"
    return Phrase("measured_on_all" if everything else word, numbers)


def checked_instruments(which: Sequence[str] | str) -> list[str]:
    """Names of instruments, each once, or an `InputError`."""
    found = which.split(",") if isinstance(which, str) else list(which)
    names = list(dict.fromkeys(str(name).strip() for name in found))
    for name in names:
        if name not in INSTRUMENTS:
            raise unknown("instrument", name, INSTRUMENTS)
    return names


def _recording(recorder: Any) -> Recording:
    """A recorder itself, or a recording of a pair of weights and steps."""
    if isinstance(recorder, Recording):
        return recorder
    if not (isinstance(recorder, (tuple, list)) and len(recorder) == 2):
        raise must("recorder", "an optviz.Recorder, or a pair (weights, steps)", recorder)
    weights, steps = recorder
    if len(weights) != len(steps):
        raise InputError(f"steps must be one for each snapshot, {len(weights)}; not {len(steps)}")
    if any(b <= a for a, b in pairwise(steps)):
        raise must("steps", "rising", list(steps))
    recording = Recording()
    for step, row in zip(steps, weights, strict=True):
        recording.add(int(step), torch.as_tensor(row))
    return recording
