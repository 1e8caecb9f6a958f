"""Tiles of a large map: on disk as they are finished, here or on a cluster, in any order."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from tqdm.auto import tqdm

from optviz import cluster
from optviz.files import cache_folder
from surfaces.errors import InputError

KEPT_IN_MEMORY = 1 << 21  # pixels; larger maps lie in files that this process maps


class Rows(NamedTuple):
    """The rows of a tile: from ``first`` to before ``last``."""

    first: int
    last: int


class TileTask(Protocol):
    """A map whose rows can be computed apart."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def tiles(self) -> Iterator[tuple[int, int]]:
        """The first row of each tile, and the one after its last."""
        ...

    def rows(self, first: int, last: int) -> tuple[Any, ...]:
        """Arrays (last - first, width, ...) of some rows."""
        ...

    def layers(self) -> Sequence[tuple[tuple[int, ...], Any]]:
        """Of each array the shape of a pixel, and its type."""
        ...

    def identity(self) -> dict[str, Any] | None:
        """All that decides the numbers, in JSON's types; None if that cannot be written down."""
        ...


def computed(
    task: TileTask, *, dask: Any = None, progress: bool = False
) -> tuple[np.ndarray[Any, Any], ...]:
    """The whole arrays of a task.

    Those of a large map lie in the user's cache while they are made: what an interrupted process
    has finished, the next one finds.

    Parameters
    ----------
    task : TileTask
    dask : str or distributed.Client, optional
        Where tiles are computed; here unless given.
    progress : bool
        Show a bar.

    Raises
    ------
    InputError
        No such cluster, lost workers, or a disk that is full.
    """
    if dask is not None:
        cluster.check(dask)
    tiles = [Rows(*ends) for ends in task.tiles()]
    store = Store.of(task)
    missing = [tile for tile in tiles if not store.has(tile)]
    bar = tqdm(total=len(tiles), initial=len(tiles) - len(missing), unit="tile",
               disable=not progress, leave=False)  # fmt: skip
    with bar:
        for tile, arrays in _results(task, missing, dask):
            store.put(tile, arrays)
            bar.update()
    return store.finished()


def _results(
    task: TileTask, tiles: Sequence[Rows], dask: Any
) -> Iterator[tuple[Rows, tuple[Any, ...]]]:
    if dask is None:
        for tile in tiles:
            yield tile, task.rows(*tile)
        return
    with cluster.connected(dask) as client:
        for i, arrays in cluster.results(client, _rows, [(task, tile) for tile in tiles]):
            yield tiles[i], arrays


def _rows(called: tuple[TileTask, Rows]) -> tuple[Any, ...]:
    """A tile in a worker."""
    task, tile = called
    return task.rows(*tile)


class Store:
    """The arrays of a map, in memory or in files, and which tiles are done.

    Parameters
    ----------
    task : TileTask
    folder : Path or None
        Of the files; None: in memory.
    """

    def __init__(self, task: TileTask, folder: Path | None) -> None:
        self.folder = folder
        width, height = task.size
        self.arrays = []
        for i, (pixel, kind) in enumerate(task.layers()):
            shape = height, width, *pixel
            if folder is None:
                self.arrays.append(np.empty(shape, kind))
                continue
            path = folder / f"layer-{i}.npy"
            mode = "r+" if path.exists() else "w+"
            self.arrays.append(np.lib.format.open_memmap(path, mode, kind, shape))

    @staticmethod
    def of(task: TileTask) -> Store:
        """The store of a task: that of an interrupted process, if there is one."""
        width, height = task.size
        identity = task.identity()
        if width * height <= KEPT_IN_MEMORY or identity is None:
            return Store(task, None)
        key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:32]
        folder = cache_folder() / "tiles" / key
        needed = sum(
            width * height * int(np.prod(pixel, dtype=int)) * np.dtype(kind).itemsize
            for pixel, kind in task.layers()
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
            if any(folder.glob("layer-*")) or free >= needed:
                return Store(task, folder)
        except OSError as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"a large map must have a cache that can be written; {reason}"
            ) from None
        with suppress(OSError):
            folder.rmdir()
        raise InputError(
            f"resolution must leave room on the disk; {width} x {height} pixels need "
            f"{needed / 1e9:.1f} GB in {folder.parent}, {free / 1e9:.1f} GB are free"
        )

    def _mark(self, tile: Rows) -> Path:
        assert self.folder is not None
        return self.folder / f"done-{tile.first}-{tile.last}"

    def has(self, tile: Rows) -> bool:
        """Whether a tile was finished before."""
        return self.folder is not None and self._mark(tile).exists()

    def put(self, tile: Rows, arrays: Sequence[Any]) -> None:
        """Keep a tile; it is marked as done once it is on the disk."""
        for whole, part in zip(self.arrays, arrays, strict=True):
            whole[tile.first : tile.last] = part
            if self.folder is not None:
                whole.flush()  # type: ignore[attr-defined]  # a memmap
        if self.folder is not None:
            self._mark(tile).touch()

    def finished(self) -> tuple[np.ndarray[Any, Any], ...]:
        """The arrays; their files are gone once nothing uses them any more."""
        if self.folder is not None:
            with suppress(OSError):  # Windows keeps files that are in use
                shutil.rmtree(self.folder)
        return tuple(self.arrays)
