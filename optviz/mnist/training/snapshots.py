"""Snapshots of a network's parameters during training, and the files that keep them.

An epoch's snapshots are one file, written once: a long run does not write its past again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from safetensors.torch import save as save_tensors

from optviz import files
from surfaces.errors import InputError

PATTERN = "snapshots-{:04d}.safetensors"


@dataclass
class Snapshots:
    """``params[i]`` (d,): all parameters after ``steps[i]`` steps; rising, the start among them."""

    steps: list[int] = field(default_factory=list)
    params: list[torch.Tensor] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, step: int, params: torch.Tensor) -> None:
        """Keep a copy, unless this step has one."""
        if not self.steps or self.steps[-1] < step:
            self.steps.append(step)
            self.params.append(params.detach().cpu().clone())

    def cut(self, step: int) -> None:
        """Forget what comes after ``step``."""
        kept = sum(1 for known in self.steps if known <= step)
        del self.steps[kept:], self.params[kept:]

    def save(self, folder: Path, ends: Sequence[int], config: dict[str, Any]) -> None:
        """Write one file for each epoch that has none yet; ``ends`` are the epochs' last steps.

        Two runs of one config are equal, so a file of this config need not be written again.
        """
        about = {"config": json.dumps(config, sort_keys=True)}
        before = -1
        for number, end in enumerate(ends, 1):
            path = folder / PATTERN.format(number)
            chosen = [i for i, step in enumerate(self.steps) if before < step <= end]
            before = end
            if path.exists() and _about(path) == about:
                continue
            tensors = {"steps": torch.tensor([self.steps[i] for i in chosen])}
            tensors["params"] = torch.stack([self.params[i] for i in chosen])
            with files.replacing(path) as stream:
                stream.write(save_tensors(tensors, about))

    @staticmethod
    def load(folder: Path, epochs: int) -> Snapshots:
        """Read the files of the first ``epochs`` epochs.

        Raises
        ------
        InputError
            A file that is missing or damaged.
        """
        found = Snapshots()
        for number in range(1, epochs + 1):
            path = folder / PATTERN.format(number)
            try:
                tensors = load_file(path)
                found.steps += tensors["steps"].tolist()
                found.params += list(tensors["params"])
            except FileNotFoundError:
                raise InputError(f"run must hold {path.name}; {folder} does not") from None
            except (OSError, LookupError, SafetensorError) as error:
                reason = " ".join(str(error).split())[:200]
                raise InputError(
                    f"run must hold a whole {path.name}; not {path}: {reason}"
                ) from None
        return found


def _about(path: Path) -> dict[str, str] | None:
    try:
        with safe_open(path, "pt") as file:
            about: dict[str, str] | None = file.metadata()
            return about
    except (OSError, SafetensorError):
        return None
