"""The files of trajectories: CSV, JSON and NPZ, written and read back."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zipfile import BadZipFile

import numpy as np

from optviz import files
from optviz.optimizers import Optimizer
from surfaces.errors import InputError, must
from surfaces.surface import Floats

T = TypeVar("T")


class Run(Protocol):
    """The parts of a `Trajectory` that are written."""

    @property
    def optimizer(self) -> Optimizer: ...

    def header(self) -> dict[str, Any]: ...

    def columns(self) -> Mapping[str, Floats]: ...


def check(path: str | Path) -> Path:
    """The path, if trajectories can be written there; checked before any work is done."""
    return files.check_writable(path, WRITERS)


def save_all(trajectories: Sequence[Run], path: str | Path) -> Path:
    """Write trajectories to one file.

    In a CSV the first columns name the optimizer if there are several runs, and their starts if
    these differ.
    """
    target = check(path)
    with files.replacing(target) as stream:
        stream.write(WRITERS[target.suffix.lower()](trajectories))
    return target


def read(path: Path, make: Callable[[dict[str, Any]], T]) -> T:
    """Read the first trajectory of a JSON or NPZ file.

    Parameters
    ----------
    path : Path
    make : callable
        From the header of a trajectory, with its numbers under ``columns``, to the trajectory.

    Raises
    ------
    InputError
        Another kind of file, a damaged one, or one that ``make`` cannot read.
    """
    suffix = path.suffix.lower()
    if suffix not in (".json", ".npz"):
        raise must("file", "a .json or .npz that save() wrote", str(path))
    try:
        if suffix == ".json":
            record = json.loads(path.read_text(encoding="utf-8"))["trajectories"][0]
        else:
            with np.load(path) as stored:
                arrays = {name[2:]: stored[name] for name in stored if name.startswith("0:")}
            record = json.loads(str(arrays.pop("about"))) | {"columns": arrays}
        return make(record)
    except InputError:
        raise
    except (
        OSError, EOFError, AttributeError, LookupError, TypeError, ValueError, BadZipFile
    ) as error:  # fmt: skip
        raise InputError(
            f"file must be a trajectory that save() wrote; not {path}: {error}"
        ) from None


def _csv(trajectories: Sequence[Run]) -> bytes:
    tables = [trajectory.columns() for trajectory in trajectories]
    several = len(tables) > 1
    starts = [(float(table["x"][0]), float(table["y"][0])) for table in tables]
    from_many = len(set(starts)) > 1
    header = list(dict.fromkeys(name for table in tables for name in table))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["optimizer"] * several + ["start_x", "start_y"] * from_many + header)
    for trajectory, table, start in zip(trajectories, tables, starts, strict=True):
        name = [str(trajectory.optimizer)] * several + [*map(repr, start)] * from_many
        for k in range(len(table["step"])):
            cells = [table[column][k] if column in table else math.nan for column in header]
            texts = ["" if math.isnan(cell) else repr(float(cell)) for cell in cells]
            texts[0] = str(k)
            writer.writerow(name + texts)
    return text.getvalue().encode()


def _json(trajectories: Sequence[Run]) -> bytes:
    records = [
        t.header() | {"columns": {k: _numbers(v) for k, v in t.columns().items()}}
        for t in trajectories
    ]
    return json.dumps({"trajectories": records}, allow_nan=False, indent=1).encode()


def _numbers(column: Floats) -> list[float | str | None]:
    """JSON has no nan: a missing number is null, and an infinite one a text."""
    return [v if math.isfinite(v) else None if math.isnan(v) else str(v) for v in column.tolist()]


def _npz(trajectories: Sequence[Run]) -> bytes:
    arrays: dict[str, Any] = {}
    for i, trajectory in enumerate(trajectories):
        arrays[f"{i}:about"] = json.dumps(trajectory.header())
        arrays |= {f"{i}:{name}": column for name, column in trajectory.columns().items()}
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


WRITERS: dict[str, Callable[[Sequence[Run]], bytes]] = {
    ".csv": _csv,
    ".json": _json,
    ".npz": _npz,
}
