"""The files of trajectories: CSV, JSON and NPZ, written and read back."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar
from zipfile import BadZipFile

import numpy as np

from optviz import files
from optviz.optimizers import Optimizer
from optviz.records.labels import labels
from surfaces.errors import InputError, must
from surfaces.surface import Floats

T = TypeVar("T")


class Run(Protocol):
    """The parts of a `Trajectory` that are written."""

    @property
    def optimizer(self) -> Optimizer: ...

    @property
    def given_label(self) -> str | None: ...

    def header(self) -> dict[str, Any]: ...

    def columns(self) -> Mapping[str, Floats]: ...


def check(path: str | Path) -> Path:
    """The path, if trajectories can be written there; checked before any work is done."""
    return files.check_writable(path, WRITERS)


def save_all(trajectories: Any, path: str | Path) -> Path:
    """Write trajectories to one file.

    ``.json`` and ``.npz`` are read back by `load_all`. In a CSV the first columns name the
    optimizer if there are several runs, their labels if they were given any, and their starts if
    these differ.

    Parameters
    ----------
    trajectories : sequence of Trajectory, or a film of them
    path : str or Path
        The suffix decides.

    Raises
    ------
    InputError
        No trajectory, another suffix, or a path that cannot be written.
    """
    target = check(path)
    held = getattr(trajectories, "trajectories", trajectories)  # of a film: its runs
    trajectories = list(held) if isinstance(held, Iterable) else [held]
    if not trajectories or not all(hasattr(run, "columns") for run in trajectories):
        raise must("trajectories", "runs, at least one, such as race() returns", held)
    with files.replacing(target) as stream:
        stream.write(WRITERS[target.suffix.lower()](trajectories))
    return target


def read(path: Path, make: Callable[[dict[str, Any]], T]) -> T:
    """Read the one trajectory of a JSON or NPZ file, as `read_all` reads several."""
    found = read_all(path, make)
    if len(found) > 1:
        raise InputError(f"file must hold one trajectory; not {len(found)}: load_all reads them")
    return found[0]


def read_all(path: Path, make: Callable[[dict[str, Any]], T]) -> list[T]:
    """Read the trajectories of a JSON or NPZ file.

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
    if suffix not in READERS:
        raise must("file", "a .json or .npz that save() wrote", str(path))
    try:
        found = [make(record) for record in READERS[suffix](path)]
        if not found:
            raise LookupError("it holds no trajectory")
        return found
    except InputError:
        raise
    except (
        OSError, EOFError, AttributeError, LookupError, TypeError, ValueError, BadZipFile
    ) as error:  # fmt: skip
        raise InputError(
            f"file must be a trajectory that save() wrote; not {path}: {error}"
        ) from None


def _records_of_json(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["trajectories"])


def _records_of_npz(path: Path) -> list[dict[str, Any]]:
    with np.load(path) as stored:
        records: dict[int, dict[str, Any]] = {}
        for key in stored:
            place, name = key.split(":", 1)
            records.setdefault(int(place), {})[name] = stored[key]
    return [json.loads(str(arrays.pop("about"))) | {"columns": arrays}
            for _, arrays in sorted(records.items())]  # fmt: skip


READERS = {".json": _records_of_json, ".npz": _records_of_npz}


def _csv(trajectories: Sequence[Any]) -> bytes:
    tables = [trajectory.columns() for trajectory in trajectories]
    several = len(tables) > 1
    starts = [(float(table["x"][0]), float(table["y"][0])) for table in tables]
    from_many = len(set(starts)) > 1
    labelled = any(trajectory.given_label for trajectory in trajectories)
    header = list(dict.fromkeys(name for table in tables for name in table))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    first = ["label"] * labelled + ["optimizer"] * several
    writer.writerow([*first, *["start_x", "start_y"] * from_many, *header])
    for trajectory, label, table, start in zip(
        trajectories, labels(trajectories), tables, starts, strict=True
    ):
        name = [label] * labelled + [str(trajectory.optimizer)] * several
        name += [*map(repr, start)] * from_many
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
