"""What may be asked of a run that is there already, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optviz.mnist.cautions import caution
from optviz.mnist.training.run import CONFIG, Run
from optviz.mnist.training.settings import idle_patience
from optviz.optimizers import Optimizer
from optviz.optimizers.schedules import Cosine, Schedule
from surfaces.errors import InputError, must

OVER = ("finished", "stopped early", "diverged")
FREE = ("epochs", "device", "data")  # a run that goes on may be asked for these anew


def check_complete(config: Mapping[str, Any], written: Mapping[str, Any],
                   usual: Mapping[str, Any], folder: str | Path) -> None:  # fmt: skip
    """Refuse a config that lacks a setting; it says which, and what to write."""
    for name in (*usual, "data"):
        if name not in config:
            value = json.dumps(written.get(name, usual.get(name)))
            remedy = f'write "{name}": {value} into it, or what else the run had'
            raise InputError(f"run must be whole; not {folder}: {CONFIG} lacks {name!r}; {remedy}")


def check_settings_kept(
    config: Mapping[str, Any], written: Mapping[str, Any], folder: str | Path
) -> None:
    """Refuse a config that says something else than what the weights were trained with."""
    for name, was in written.items():
        if name in config and name not in FREE and config[name] != was:
            raise _edited(folder, name, was, config[name], "put it back, or train a new run")


def check_epochs_kept(run: Run, written: Mapping[str, Any], folder: str | Path) -> None:
    """Refuse a number of epochs that was edited where it would do nothing."""
    asked, done = run.config["epochs"], len(run.history.epochs)
    was = written.get("epochs", done if run.status == "finished" else asked)
    if run.status in OVER and asked != was:
        more = f"optviz mnist resume {folder} --epochs {asked} trains it further"
        further = run.status == "finished" and asked > done
        raise _edited(folder, "epochs", was, asked, more if further else "put it back")
    if run.status not in OVER and asked < done:
        raise _edited(folder, "epochs", was, asked, f"it has {done} already; put it back")


def _edited(folder: str | Path, name: str, was: Any, found: Any, remedy: str) -> InputError:
    return InputError(
        f"{CONFIG} of a run must stay as it was written; not {folder}, where {name} was {was!r} "
        f"and is {found!r}: {remedy}"
    )


def was_over(run: Run) -> bool:
    """Whether nothing was left to do when `resume` took it up."""
    return run.status in OVER and run.resumed_at == len(run.history.loss)


def ask_for(run: Run, epochs: float, folder: str | Path) -> None:
    """Ask a run for so many epochs in all, if it can have them."""
    done = len(run.history.epochs)
    if type(epochs) is not int or not max(done, 1) <= epochs < 2**31:
        low = f"{max(done, 1)}" + f", which the run of {folder} has" * (done > 0)
        raise must("epochs", f"a whole number from {low}", epochs)
    if run.status in ("stopped early", "diverged"):
        caution(f"the run of {folder} {run.status} after {done} epochs: more change nothing")
        return
    if run.status == "finished":
        if epochs == done:
            run.config["epochs"] = done
            return
        if run.best is not None and run.last is None and run.history.best_epoch != done - 1:
            raise InputError(
                "a run must have kept its last weights to be trained further; not "
                f"{folder}, an old one that kept only the best"
            )
        run.status = "interrupted"
    run.config["epochs"] = epochs
    idle = idle_patience(epochs, run.config["patience"])
    if idle is not None:
        caution(idle)


def mind_schedule(optimizer: Optimizer, before: int, steps: int) -> None:
    """Say where a run of ``steps`` steps outlives the schedule that was enough for ``before``."""
    schedule: Any = optimizer.lr
    while isinstance(schedule, Schedule):
        if isinstance(schedule, Cosine) and before <= schedule.T_max < steps:
            caution(
                f"the cosine of the learning rate ends at step {schedule.T_max:,} of {steps:,}; "
                "beyond, it rises again, as torch's"
            )
        schedule = schedule.lr
