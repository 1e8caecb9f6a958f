"""Snapshots of a network during training, and the files that keep them.

An epoch's snapshots are one file, written once: a long run does not write its past again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from safetensors.torch import save as save_tensors

from optviz import files
from optviz.landscape.recording import Recording
from surfaces.errors import InputError

PATTERN = "snapshots-{:04d}.safetensors"


class Snapshots(Recording):
    """A recording that a run's folder keeps; the start is among its steps.

    Without buffers: networks that have some are not trained here.
    """

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
                for step, params in zip(tensors["steps"].tolist(), tensors["params"], strict=True):
                    found.add(step, params)
            except FileNotFoundError:
                raise InputError(f"run must hold {path.name}; {folder} does not") from None
            except (OSError, LookupError, ValueError, SafetensorError) as error:
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
