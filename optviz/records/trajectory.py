"""The record of one descent: plain arrays over its steps, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from optviz.optimizers import Optimizer, parse
from optviz.records import captions, descents, trajectory_files
from optviz.records.ending import Ending
from optviz.records.labels import run_label
from optviz.records.optimizer_record import optimizer_from_dict, optimizer_to_dict
from optviz.words import Phrase, Text, say
from surfaces import get, names
from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface

FORMAT = 2  # of a file


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Points, values, gradients and optimizer states of a descent, step by step.

    Attributes
    ----------
    surface : Surface
    optimizer : Optimizer
    points : array (n + 1, 2)
        From the start to the last finite point, after n steps.
    values : array (n + 1,)
        The surface's value at each point.
    gradients : array (n + 1, 2)
        The gradient at each point as the optimizer saw it: with the noise, if there was any.
    steps_taken : array (n, 2)
        What was added to ``points[k]`` to reach ``points[k + 1]``.
    states : mapping of slot to array (n + 1, 2)
        The optimizer's memory, under torch's names; row k is the state after k steps.
    status : Ending
        "finished"; "diverged": step n + 1 left the finite numbers; or "left": it left the surface,
        where that is known on a grid only (`surfaces.from_samples`).
    noise, seed : float, int
        Standard deviation of the noise on the gradient, and its seed.
    rate_fits : bool or None
        Of a rate that `optviz.tune` chose, whether the path that it was chosen for kept to tune's
        limits; None where the rate was given.
    """

    kind: ClassVar[str] = "descent"
    default_views: ClassVar[tuple[str, ...]] = ("contour", "loss")
    in_browser: ClassVar[bool] = True
    value: ClassVar[None] = None  # told by its optimizer

    surface: Surface
    optimizer: Optimizer
    points: Floats
    values: Floats
    gradients: Floats
    steps_taken: Floats
    states: Mapping[str, Floats] = field(default_factory=dict)
    status: Ending = Ending.FINISHED
    noise: float = 0.0
    seed: int = 0
    rate_fits: bool | None = None

    def __post_init__(self) -> None:
        if self.status not in (Ending.FINISHED, Ending.DIVERGED, Ending.LEFT):
            raise must("status", "'finished', 'diverged' or 'left'", self.status)
        object.__setattr__(self, "status", Ending(self.status))  # given as text too

    def __len__(self) -> int:
        """Number of steps taken."""
        return len(self.steps_taken)

    @property
    def diverged_at(self) -> int | None:
        """The step that left the finite numbers, or None."""
        return len(self) + 1 if self.status is Ending.DIVERGED else None

    @property
    def ending(self) -> tuple[Ending, int] | None:
        """How the run ended early, "diverged" or "left", and at which step; None if it did not."""
        return (self.status, len(self) + 1) if self.status.broke_off else None

    @property
    def notice(self) -> tuple[Phrase, int] | None:
        """That it ended early or left the window, and the step after which it is told; or None."""
        if self.ending is not None:
            return self.ending[0].phrase(self.ending[1]), len(self)
        step = self.left_window_at
        return None if step is None else (Phrase("outside", {"k": step}), step)

    def slots(self, k: int) -> dict[str, Floats]:
        """The optimizer's memory after ``k`` steps: each slot's numbers for x and y."""
        return {name: state[k] for name, state in self.states.items()}

    @property
    def lrs(self) -> Floats:
        """Learning rate of each step, shape (n,)."""
        return np.array([self.optimizer.rate(t) for t in range(1, len(self) + 1)])

    @property
    def label(self) -> str:
        """The optimizer's name, rate and unusual settings."""
        return run_label(self)

    def named(self, language: str, beside: Sequence[Trajectory] = ()) -> str:
        """Its label in a picture of the runs ``beside``; see `optviz.records.labels.labels`."""
        return run_label(self, language, beside)

    def heading(self, language: str) -> tuple[str, str]:
        """The surface's title, and its formula in one line of LaTeX where it has one."""
        surface = self.surface
        return surface.named(language), f"f = {surface.latex_line}" if surface.formula else ""

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture of this run and those beside it in words."""
        return descents.introduction([self, *beside])

    def outcome(self, label: Text) -> Phrase:
        """The sentence of where the run ended."""
        return descents.outcome(self, label)

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse runs on another surface."""
        descents.check_same_surface([self, *others])

    def arrival(self, share: float = captions.SHARE) -> int | None:
        """The step from which at most ``share`` of the way down is left, to the end; or None.

        The way down is from the start's value to the lowest known one. None also where the surface
        has no known minimum, where the start is not above it, and for a run that ended early.
        """
        lowest = self.surface.lowest
        if lowest is None or self.ending is not None or not self.values[0] > lowest:
            return None
        # Below the lowest known value, as beyond the window, is not on the way.
        near = np.abs(self.values - lowest) <= share * (self.values[0] - lowest)
        away = np.flatnonzero(~near)
        first = int(away[-1]) + 1 if away.size else 0
        return first if first <= len(self) else None

    @property
    def left_window_at(self) -> int | None:
        """The step with which the run left the window for good, or None."""
        low, high = np.transpose(self.surface.domain)
        inside = np.all((self.points >= low) & (self.points <= high), axis=1)
        last = int(np.flatnonzero(inside)[-1]) if inside.any() else -1
        return last + 1 if last < len(self) else None

    @property
    def travelled(self) -> Floats:
        """The share of its path in the window that it has gone after each step, shape (n + 1,)."""
        low, high = np.transpose(self.surface.domain)
        places = (np.clip(self.points, low, high) - low) / (high - low)
        way = np.append(0.0, np.linalg.norm(np.diff(places, axis=0), axis=1).cumsum())
        return way / way[-1] if way[-1] > 0 else np.linspace(0, 1, len(way))

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase:
        """What this run and those beside it did, measured, in one sentence."""
        return captions.caption([self, *beside], names)

    def steps_to(self, tolerance: float) -> int | None:
        """The first step whose value is within ``tolerance`` of the lowest known, or None.

        Raises
        ------
        InputError
            The tolerance is not a positive number, or the surface has no known minimum.
        """
        if not tolerance > 0:
            raise must("tolerance", "a number above 0", tolerance)
        lowest = self.surface.lowest
        if lowest is None:
            raise InputError(f"surface must have a known minimum; not {self.surface.name!r}")
        within = np.flatnonzero(self.values <= lowest + tolerance)
        return int(within[0]) if within.size else None

    def summary(self) -> str:
        """One line: optimizer, surface, first and last point, steps, and how the run ended."""
        (x0, y0), (x, y) = self.points[0], self.points[-1]
        end = self.status.sentence(len(self) + 1) if self.ending else self.status.value
        if self.rate_fits is False:
            end += f" {say('no_rate_fits', 'en')}"
        return (
            f"{self.optimizer} on {self.surface.name}: {len(self)} steps from ({x0:.6g}, {y0:.6g}) "
            f"to ({x:.6g}, {y:.6g}), value {self.values[-1]:.6g}, {end}"
        )

    def __repr__(self) -> str:
        return f"<Trajectory {self.summary()}>"

    def columns(self) -> dict[str, Floats]:
        """One array (n + 1,) a column of the table; the step taken from the last point is nan."""
        steps = np.vstack([self.steps_taken, np.full((1, 2), np.nan)])
        table = {"step": np.arange(len(self) + 1, dtype=float)}
        pairs = {"": self.points, "grad": self.gradients, "step": steps, **self.states}
        for name, array in pairs.items():
            for axis, letter in enumerate("xy"):
                table[f"{name}_{letter}" if name else letter] = array[:, axis]
            if not name:
                table["value"] = self.values
        return table

    def save(self, path: str | Path) -> Path:
        """Write ``.csv`` (one row a step), ``.json`` or ``.npz``; the suffix decides.

        Raises
        ------
        InputError
            Another suffix, or a path that cannot be written.
        """
        return trajectory_files.save_all([self], path)

    @staticmethod
    def load(path: str | Path) -> Trajectory:
        """Read back a ``.json`` or ``.npz`` file: the first trajectory in it, as it was saved.

        A torch function comes back as samples of its window, which its ``notes`` say. An optimizer
        of your own comes back where its class is defined already, else as a record that can be
        drawn, but not run: a file never imports or runs code of its own choosing.

        A CSV holds the numbers only, not the surface or the optimizer, so it cannot be loaded.

        Raises
        ------
        InputError
            Another file, a damaged one, or one that a newer optviz made.
        """
        return trajectory_files.read(Path(path), _from_record)

    def header(self) -> dict[str, Any]:
        """Everything but the numbers of `columns`, in plain JSON types."""
        surface = self.surface
        return {
            "surface": surface.name,
            "formula": surface.formula,
            "domain": surface.domain,
            "optimizer": str(self.optimizer),
            "status": self.status,
            "noise": self.noise,
            "seed": self.seed,
            "rate_fits": self.rate_fits,
            "format": FORMAT,
            "surface_record": surface.to_dict(),
            "optimizer_record": optimizer_to_dict(self.optimizer, len(self)),
        }


def _from_record(record: dict[str, Any]) -> Trajectory:
    columns = {k: np.array(v, float) for k, v in record["columns"].items()}

    def pair(prefix: str) -> Floats:
        return np.stack([columns[f"{prefix}x"], columns[f"{prefix}y"]], axis=-1)

    given = {"x", "y", "value", "step", "grad_x", "grad_y", "step_x", "step_y"}
    slots = dict.fromkeys(name[:-2] for name in columns if name not in given)
    if record.get("format", 1) > FORMAT:
        raise InputError(
            f"file must be of format {FORMAT} or older; not {record['format']}: a newer optviz "
            "made it"
        )
    points = pair("")
    return Trajectory(
        surface=_surface_of(record, points[0].tolist()),
        optimizer=(
            optimizer_from_dict(record["optimizer_record"])
            if "optimizer_record" in record
            else parse(record["optimizer"])
        ),
        points=points,
        values=columns["value"],
        gradients=pair("grad_"),
        steps_taken=pair("step_")[:-1],
        states={slot: pair(f"{slot}_") for slot in slots},
        status=record["status"],
        noise=record["noise"],
        seed=record["seed"],
        rate_fits=record.get("rate_fits"),  # files of an earlier version do not say
    )


def _surface_of(record: dict[str, Any], start: list[float]) -> Surface:
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
