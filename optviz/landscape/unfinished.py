"""Rows of a landscape that was interrupted: kept for the next call that asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np
import torch

from optviz import files
from surfaces.errors import InputError
from surfaces.surface import Floats

CLOSE = 1e-5  # of a loss: what is computed anew may differ so much from what was kept


def content_key(parts: Iterable[Any]) -> str:
    """A name that stands for tensors, arrays and texts: equal content, equal name."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, torch.Tensor):
            part = part.detach().cpu().contiguous()
            found.update(f"{part.dtype}{tuple(part.shape)}".encode())
            found.update(part.reshape(-1).view(torch.uint8).numpy().data)
        else:
            found.update(part.tobytes() if isinstance(part, np.ndarray) else str(part).encode())
    return found.hexdigest()[:32]


class Unfinished:
    """The finished rows of one landscape, in a file that exists only while some are missing.

    Parameters
    ----------
    key : str
        Of `content_key`: all that decides the rows.
    """

    def __init__(self, key: str) -> None:
        self.path = files.cache_folder() / f"landscape-{key}.npy"

    def rows(self, width: int) -> list[Floats]:
        """The rows that were kept; none where there is no whole file of them."""
        try:
            found = np.load(self.path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return []
        fits = found.ndim == 2 and found.shape[1] == width and found.dtype == np.float64
        return list(found) if fits else []

    def keep(self, rows: list[Floats]) -> bool:
        """Write the finished rows; whether that could be done."""
        if not rows:
            return False
        with suppress(OSError, InputError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with files.replacing(self.path) as stream:
                np.save(stream, np.array(rows))
            return True
        return False

    def forget(self) -> None:
        """Remove the file."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
