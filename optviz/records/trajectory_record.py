"""A trajectory as a record: all but its numbers in plain JSON types, and its fields read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records.descents import is_on
from optviz.records.ending import Ending
from optviz.records.optimizer_record import optimizer_from_dict, optimizer_to_dict
from surfaces import get, names
from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface

FORMAT = 2  # of a file


class Run(Protocol):
    """The parts of a `Trajectory` that a record holds."""

    @property
    def surface(self) -> Surface: ...
    @property
    def optimizer(self) -> Optimizer: ...
    @property
    def status(self) -> Ending: ...
    @property
    def noise(self) -> float: ...
    @property
    def seed(self) -> int: ...
    @property
    def rate_fits(self) -> bool | None: ...
    @property
    def given_label(self) -> str | None: ...
    def __len__(self) -> int: ...


def header(run: Run) -> dict[str, Any]:
    """Everything but the numbers of `Trajectory.columns`, in plain JSON types."""
    surface = run.surface
    return {
        "surface": surface.name,
        "formula": surface.formula,
        "domain": surface.domain,
        "optimizer": str(run.optimizer),
        "status": run.status,
        "noise": run.noise,
        "seed": run.seed,
        "rate_fits": run.rate_fits,
        "label": run.given_label,
        "format": FORMAT,
        "surface_record": surface.to_dict(),
        "optimizer_record": optimizer_to_dict(run.optimizer, len(run)),
    }


def endings(count: int) -> list[str]:
    """What the columns of a slot with that many numbers end in, after ``_``."""
    known = {2: ["x", "y"], 4: ["xx", "xy", "yx", "yy"]}
    return known.get(count, list(map(str, range(count))))


def fields_of(
    record: Mapping[str, Any], optimizer: Any = None, surface: Surface | None = None
) -> dict[str, Any]:
    """The fields of the trajectory of a record, whose numbers stand under ``columns``.

    Parameters
    ----------
    record : mapping
    optimizer : Optimizer or class, optional
        The one that made the run; a class is given the settings that were recorded.
    surface : Surface, optional
        The one that it ran on.

    Raises
    ------
    InputError
        A newer record, or an optimizer or a surface that did not make this run.
    """
    if record.get("format", 1) > FORMAT:
        raise InputError(
            f"file must be of format {FORMAT} or older; not {record['format']}: a newer optviz "
            "made it"
        )
    columns = {k: np.array(v, float) for k, v in record["columns"].items()}

    def pair(prefix: str) -> Floats:
        return np.stack([columns[f"{prefix}x"], columns[f"{prefix}y"]], axis=-1)

    given = {"x", "y", "value", "step", "grad_x", "grad_y", "step_x", "step_y"}
    slots: dict[str, list[Floats]] = {}  # a slot's columns follow each other
    for name, column in columns.items():
        if name not in given:
            slots.setdefault(name.rpartition("_")[0], []).append(column)
    points = pair("")
    if surface is None:
        surface = _surface_of(record, points[0].tolist())
    else:
        surface = surface.reaching(tuple(points[0].tolist()))
        if not is_on(surface, points, columns["value"]):
            raise must("surface", f"the one of the run, {record['surface']!r}", surface)
    return {
        "surface": surface,
        "optimizer": _optimizer_of(record, optimizer),
        "points": points,
        "values": columns["value"],
        "gradients": pair("grad_"),
        "steps_taken": pair("step_")[:-1],
        "states": {slot: np.stack(numbers, axis=-1) for slot, numbers in slots.items()},
        "status": record["status"],
        "noise": record["noise"],
        "seed": record["seed"],
        "rate_fits": record.get("rate_fits"),  # files of an earlier version do not say
        "given_label": record.get("label"),
    }


def _optimizer_of(record: Mapping[str, Any], given: Any) -> Optimizer:
    """The optimizer as it was recorded, or the given one if it is the same."""
    known = record.get("optimizer_record", {"spec": record["optimizer"]})
    if given is None:
        return optimizer_from_dict(known)
    kind: type[Any] = given if isinstance(given, type) else Optimizer
    optimizer = optimizer_from_dict(known, given) if isinstance(given, type) else given
    same = isinstance(optimizer, kind) and str(optimizer) == record["optimizer"]
    if not (same and isinstance(optimizer, Optimizer)):
        raise must("optimizer", f"the one that made the run, {record['optimizer']!r}", given)
    return optimizer


def _surface_of(record: Mapping[str, Any], start: list[float]) -> Surface:
    """The surface of a record; before format 2 a file held no more than its formula."""
    if "surface_record" in record:
        return Surface.from_dict(record["surface_record"])
    name, formula = record["surface"], record["formula"]
    if formula is None:
        raise InputError(
            f"file must hold its surface; not {name!r} by name alone, as an older optviz wrote "
            "what has no formula: run it again and save it anew"
        )
    x, y = start
    known = name in names() and get(name).formula == formula
    surface = get(name) if known else Surface(name, formula, domain=record["domain"], start=(x, y))
    return surface.reaching((x, y))
