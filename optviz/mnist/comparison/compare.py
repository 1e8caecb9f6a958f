"""Compare settings of training: one run for each combination of settings and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optviz.descent import CLASSICS
from optviz.mnist.comparison.comparison import Comparison
from optviz.mnist.comparison.plan import request
from optviz.mnist.data.dataset import Dataset
from optviz.optimizers import Optimizer


def compare(
    data: Dataset,
    optimizers: Sequence[Optimizer | str] | Optimizer | str = CLASSICS,
    activations: Sequence[Any] | Any = ("relu",),
    seeds: int | Sequence[int] = 3,
    *,
    hidden: Sequence[Any] = (128, 64),
    lr: str = "tuned",
    epochs: int | Sequence[int] = 1,
    jobs: int | None = None,
    dask: Any = None,
    progress: bool = True,
    **settings: Any,
) -> Comparison:
    """Train a network for each combination of settings and seeds, and put them side by side.

    Parameters
    ----------
    data : Dataset
        From `load`.
    optimizers : sequence of Optimizer, name or spec
        Ours or torch's, as in `train`.
    activations : sequence of str or class of torch modules
    seeds : int or sequence of int
        How many (from 0 on), or which.
    hidden : sequence of sequences of int
        Hidden layers of each MLP: ``((512,), (128, 128), (64, 64, 64, 64))``; also those of one.
    lr : {"tuned", "default"}
        The rate of an optimizer that is given without ``lr``: found by one rule for all
        (`optviz.mnist.comparison.tuning.Tuning` states it), or torch's default. Other optimizers
        run as they are.
    epochs : int or sequence of int
    jobs : int, optional
        Processes; one for each core unless given. Each works on one thread: results are the same
        whatever their number, and equal those of `train` on one thread.
    dask : str or distributed.Client, optional
        Address of a Dask cluster that does the work instead: ``"tcp://10.0.0.1:8786"``. A worker
        does one run at a time: start it with one thread (``dask worker --nthreads 1``).
    progress : bool
        Show a bar.
    **settings
        Any other setting of `train` (``model``, ``batch_size``, ``samples``, ``validation``,
        ``l1``, ``l2``, ``dropout``, ``patience``, ``device``): one value, or a sequence of values,
        which is one more axis of the grid.

    Returns
    -------
    Comparison
        A run that diverges is a result like any other.

    Raises
    ------
    InputError
        An unknown name, an empty axis, a value that is repeated or cannot be trained, a cluster
        that does not answer; before anything is trained.
    """
    chosen = {"hidden": hidden, "epochs": epochs} | settings
    asked = request(optimizers, activations, seeds, lr=lr, jobs=jobs, dask=dask, **chosen)
    return asked.on(data).run(progress)
