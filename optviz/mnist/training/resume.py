"""Resume an interrupted run, or train a finished one for more epochs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optviz.mnist.cautions import caution
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.settings import LARGEST
from optviz.mnist.training.checks import idle_patience
from optviz.mnist.training.folder import clean
from optviz.mnist.training.loop import Trainer
from optviz.mnist.training.restore import data_of, edited, restored
from optviz.mnist.training.run import Run
from optviz.mnist.training.state import mapped
from optviz.optimizers import Optimizer
from optviz.optimizers.hyper import plain_number
from optviz.optimizers.schedules import Cosine, Schedule
from optviz.records.ending import Ending
from surfaces.errors import InputError, must


def resume(
    folder: str | Path,
    data: Dataset | None = None,
    *,
    epochs: int | None = None,
    optimizer: Optimizer | None = None,
    data_dir: str | Path | None = None,
    progress: bool = True,
) -> Run:
    """Resume a run whose process was killed or interrupted, or train one further.

    On the same machine with the same number of threads the result is, bit for bit, that of an
    uninterrupted run; with ``epochs``, that of a run with so many epochs from the start.

    Parameters
    ----------
    folder : path
        The ``out`` of `train`.
    data : Dataset, optional
        The same as before; loaded as before unless given.
    epochs : int, optional
        How many epochs it shall have in all; as many as it was asked for unless given.
    optimizer : Optimizer, optional
        Only for an optimizer of your own, which cannot be read from text.
    data_dir : path, optional
        Where the files are now.

    Returns
    -------
    Run
        A run that had come to its end is returned as it was.

    Raises
    ------
    InputError
        A folder that holds no run, is damaged, edited or newer; other data than before; fewer
        epochs than it has.

    Warns
    -----
    Caution
        More epochs change nothing (it stopped early, or diverged), or come after the end of the
        schedule of its learning rate.
    """
    run, trained = restored(folder, optimizer)
    clean(Path(folder))
    before = run.settings.epochs
    if epochs is None:
        _check_epochs_kept(run, trained, folder)
    else:
        _ask_for(run, plain_number(epochs) or epochs, folder)
    if data is None:
        data = data_of(run, data_dir)
    if run.provenance is not None and data.fingerprint != run.provenance.fingerprint:
        raise InputError(f"data must be what the run began with, {run.provenance.text}; not {data}")
    run.resumed_at = len(run.history.loss)
    if run.status.is_over:
        return run
    trainer = Trainer(run.settings, data, run.optimizer)
    _mind_schedule(run.optimizer, before * trainer.steps, run.settings.epochs * trainer.steps)
    trainer.network.move(run.params if run.last is None else run.last)
    run.model = trainer.network.model
    run.state = mapped(run.state, lambda tensor: tensor.to(trainer.device))
    return trainer.train(run, Path(folder), progress)


def nothing_was_left(run: Run) -> bool:
    """Whether `resume` found the run finished and did not train it."""
    return run.status.is_over and run.resumed_at == len(run.history.loss)


def _check_epochs_kept(run: Run, trained: Mapping[str, Any], folder: str | Path) -> None:
    """Refuse a number of epochs that was edited in config.json and would have no effect."""
    asked, done = run.settings.epochs, len(run.history.epochs)
    was = trained.get("epochs", done if run.status is Ending.FINISHED else asked)
    if run.status.is_over and asked != was:
        more = f"optviz mnist resume {folder} --epochs {asked} trains it further"
        further = run.status is Ending.FINISHED and asked > done
        raise edited(folder, "epochs", was, asked, more if further else "put it back")
    if not run.status.is_over and asked < done:
        raise edited(folder, "epochs", was, asked, f"it has {done} already; put it back")


def _ask_for(run: Run, epochs: float, folder: str | Path) -> None:
    """Set the total number of epochs of a run, if it can be trained for so many."""
    done = len(run.history.epochs)
    if type(epochs) is not int or not max(done, 1) <= epochs <= LARGEST:
        low = f"{max(done, 1)}" + f", which the run of {folder} has" * (done > 0)
        raise must("epochs", f"a whole number from {low}", epochs)
    if run.status in (Ending.STOPPED_EARLY, Ending.DIVERGED):
        caution(f"the run of {folder} {run.status} after {done} epochs: more change nothing")
        return
    if run.status is Ending.FINISHED and epochs > done:
        if run.best is not None and run.last is None and run.history.best_epoch != done - 1:
            raise InputError(
                "a run must have kept its last weights to be trained further; not "
                f"{folder}, an old one that kept only the best"
            )
        run.status = Ending.INTERRUPTED
    run.settings = dataclasses.replace(run.settings, epochs=epochs)
    idle = idle_patience(epochs, run.settings.patience)
    if idle is not None and run.status is not Ending.FINISHED:
        caution(idle)


def _mind_schedule(optimizer: Optimizer, before: int, steps: int) -> None:
    """Warn if a run of ``steps`` steps is longer than the schedule made for ``before`` steps."""
    schedule: Any = optimizer.lr
    while isinstance(schedule, Schedule):
        if isinstance(schedule, Cosine) and before <= schedule.T_max < steps:
            caution(
                f"the cosine of the learning rate ends at step {schedule.T_max:,} of {steps:,}; "
                "beyond, it rises again, as torch's"
            )
        schedule = schedule.lr
