"""Vectors of one length, one after another: in memory while they are few, then in a file."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
import torch

MOST_IN_MEMORY = 256 * 2**20  # bytes: with more, the vectors move to a file
BLOCK = 64 * 2**20  # bytes that are read at once


class Rows(Sequence[torch.Tensor]):
    """A list of vectors that may be larger than the memory.

    They are kept in float32, or in float64 if the first one is of that type. What does not fit
    into `MOST_IN_MEMORY` lies in a file without a name, which is gone when the rows are.

    Parameters
    ----------
    folder : path, optional
        Where that file lies; where the system keeps temporary files unless given.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = folder
        self._kept: list[torch.Tensor] = []
        self._file: Any = None
        self._count, self.width = 0, 0
        self.dtype = torch.float32

    def append(self, vector: torch.Tensor) -> None:
        """Keep a copy of a vector, the first of any length and the others of that one."""
        if not self._count:
            self.width = vector.numel()
            self.dtype = torch.float64 if vector.dtype == torch.float64 else torch.float32
        row = vector.detach().to("cpu", self.dtype, copy=True)
        if self._file is None:
            self._kept.append(row)
            if self.nbytes + self._row_bytes > MOST_IN_MEMORY:
                self._move_to_file()
        else:
            self._write(row)
        self._count += 1

    @property
    def _row_bytes(self) -> int:
        return self.width * self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """How many bytes they take."""
        return self._count * self._row_bytes

    @property
    def on_disk(self) -> bool:
        """Whether they lie in a file."""
        return self._file is not None

    def _move_to_file(self) -> None:
        self._file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115  # as long as the rows
        weakref.finalize(self, self._file.close)
        for row in self._kept:
            self._write(row)
        self._kept = []

    def _write(self, row: torch.Tensor) -> None:
        self._file.seek(0, 2)
        self._file.write(row.numpy().data)

    def _mapped(self) -> np.ndarray[Any, Any]:
        """The file as an array; what is written into the array does not reach the file."""
        self._file.flush()
        kind = np.float64 if self.dtype == torch.float64 else np.float32
        return np.memmap(self._file, kind, "c", shape=(self._count, self.width))

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """All of them (n, d): mapped from their file, or a copy of those in memory."""
        if self._file is not None:
            return self._mapped()
        if not self._count:
            return np.empty((0, self.width), np.float32)
        return torch.stack(self._kept).numpy()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, i: int) -> torch.Tensor: ...
    @overload
    def __getitem__(self, i: slice) -> list[torch.Tensor]: ...
    def __getitem__(self, i: int | slice) -> torch.Tensor | list[torch.Tensor]:
        """One vector, or a list of some."""
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(self._count))]
        if not -self._count <= i < self._count:
            raise IndexError(i)
        return self._kept[i] if self._file is None else torch.from_numpy(self._mapped()[i])

    def blocks(self) -> Iterator[torch.Tensor]:
        """All of them, as many at a time as `BLOCK` holds: float64 (k, d)."""
        count = max(1, BLOCK // max(1, 8 * self.width))
        for first in range(0, self._count, count):
            yield self._stacked(slice(first, first + count), slice(None))

    def columns(self, begin: int, end: int) -> torch.Tensor:
        """The numbers from one place to another of each: float64 (n, end - begin)."""
        return self._stacked(slice(None), slice(begin, end))

    def _stacked(self, some: slice, where: slice) -> torch.Tensor:
        if self._file is not None:
            return torch.from_numpy(np.array(self._mapped()[some, where], np.float64))
        return torch.stack([row[where] for row in self._kept[some]]).double()

    def cut(self, count: int) -> None:
        """Forget all but the first so many."""
        if count >= self._count:
            return
        self._count = count
        del self._kept[count:]
        if self._file is not None:
            self._file.truncate(self.nbytes)

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "rows": self[:]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["folder"])  # type: ignore[misc]  # an empty one, then filled
        for row in state["rows"]:
            self.append(row)
