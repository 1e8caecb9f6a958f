"""The folder of a run: writing its files, and reading them back.

It holds ``config.json``, ``history.csv`` and ``weights.safetensors`` (and snapshots, where they
were asked for): numbers and text, nothing that could run code. Each file appears whole or not at
all, the weights last, so whenever a process is killed the folder shows the end of one epoch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors

from optviz import files
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.history import History
from optviz.records.ending import Ending
from surfaces.errors import InputError, must

FORMAT = 1
CONFIG, HISTORY, WEIGHTS = "config.json", "history.csv", "weights.safetensors"
ABOUT = ("status", "steps", "optimizer")  # what the weights' metadata must say


@dataclass(frozen=True)
class Saved:
    """The content of a run's folder, as it is written and read.

    Attributes
    ----------
    config : dict
        What config.json says; a user may have edited it.
    trained : dict
        The config that was written with the weights; empty in an old folder.
    status : Ending
    history : History
    tensors : dict of tensor
        ``model.NAME``: the weights; ``optimizer.NAME``: the state; ``best`` and ``last``, if any.
    numbers : dict
        The optimizer's state that is no tensor.
    """

    config: dict[str, Any]
    trained: dict[str, Any]
    status: Ending
    history: History
    tensors: dict[str, torch.Tensor]
    numbers: dict[str, Any]


def write(saved: Saved, folder: Path) -> None:
    """Write the three files of a run; the folder exists."""
    # How far the run is goes with the weights: they are written last, and all at once.
    about = {
        "status": saved.status.value,
        "steps": str(len(saved.history.loss)),
        "optimizer": json.dumps(saved.numbers),
        "config": json.dumps(saved.trained),
    }
    whole = {name: t.detach().cpu().contiguous().clone() for name, t in saved.tensors.items()}
    for file, content in (
        (CONFIG, json.dumps({"format": FORMAT} | saved.config, indent=1).encode()),
        (HISTORY, saved.history.csv().encode()),
        (WEIGHTS, save_tensors(whole, about)),
    ):
        with files.replacing(folder / file) as stream:
            stream.write(content)


def read(folder: str | Path) -> Saved:
    """Read a run's folder.

    Raises
    ------
    InputError
        No such folder, a file that is missing or damaged, or a newer format.
    """
    path = Path(folder)
    if not os.path.isdir(path):  # Path.is_dir raises where a folder above may not be entered
        raise must("run", "a folder that optviz mnist train made", str(folder))
    name = CONFIG
    try:
        config = _config(path)
        name = WEIGHTS
        tensors, about = _weights(path / name)
        status = Ending(about["status"])
        numbers = json.loads(about["optimizer"])
        trained = json.loads(about.get("config", "{}"))
        name = HISTORY
        text = (path / name).read_text(encoding="utf-8")
        history = History.from_csv(text, int(about["steps"]))
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"run must hold {name}; {path} does not") from None
    except (OSError, LookupError, TypeError, ValueError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"run must hold a whole {name}; not {path / name}: {reason}") from None
    return Saved(config, trained, status, history, tensors, numbers)


def _config(path: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    if config["format"] > FORMAT:
        raise InputError(
            f"run must be of format {FORMAT} or older; not {path}, of format "
            f"{config['format']}: a newer optviz made it"
        )
    del config["format"]
    return config


def _weights(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors of the weights file, and its metadata."""
    with safe_open(path, "pt") as file:
        about: dict[str, str] = file.metadata() or {}
        names = file.keys()
        # Copies: a file that is still mapped into memory cannot be replaced on Windows.
        tensors = {name: file.get_tensor(name).clone() for name in names}
    if not set(ABOUT) <= about.keys():
        raise InputError(
            f"run must hold {path.name} as it was written; not {path}, without status, steps "
            "and optimizer: saved anew by another tool? Put the first one back"
        )
    return tensors, about


def check_new(folder: str | Path) -> Path:
    """The folder, if it is new or empty and can be written; checked before any work is done."""
    return files.check_folder(folder, "a new folder; optviz mnist resume goes on with an old run")


def default_folder(config: TrainConfig) -> str:
    """A name for the run's folder: its network and its optimizer, as in ``mlp-adam``."""
    optimizer = config.optimizer.partition(":")[0].rpartition(".")[2]
    return f"{config.model}-{optimizer}"


def clean(folder: Path, names: Sequence[str] = (CONFIG, HISTORY, WEIGHTS, "snapshots-")) -> None:
    """Remove the temporary files of a process that was killed while writing."""
    for name in names:
        for begun in folder.glob(f".{name}*"):
            begun.unlink(missing_ok=True)
