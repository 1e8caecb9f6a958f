"""The record of one descent: plain arrays over its steps, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records import captions, descents, solver_path, trajectory_files, trajectory_record
from optviz.records.ending import Ending
from optviz.records.labels import checked_label, run_label
from optviz.records.trajectory_record import endings
from optviz.words import Phrase, Text, say
from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface


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
        The optimizer's memory, under torch's names; row k is the state after k steps. A rule that
        sees matrices may remember more or fewer numbers than two: those of a matrix row by row.
    status : Ending
        "finished"; "diverged": step n + 1 left the finite numbers; or "left": it left the surface,
        where that is known on a grid only (`surfaces.from_samples`).
    noise, seed : float, int
        Standard deviation of the noise on the gradient, and its seed.
    rate_fits : bool or None
        Of a rate that `optviz.tune` chose, whether the path that it was chosen for kept to tune's
        limits; None where the rate was given.
    given_label : str or None
        What pictures and tables call the run, instead of its optimizer and settings.
    turned : Trajectory or None
        The same run with the axes turned, where a picture shows it.
    """

    kind: ClassVar[str] = "descent"
    default_views: ClassVar[tuple[str, ...]] = ("contour", "loss")
    in_browser: ClassVar[bool] = True

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
    given_label: str | None = None
    turned: Trajectory | None = None

    def __post_init__(self) -> None:
        if self.given_label is not None:
            object.__setattr__(self, "given_label", checked_label(self.given_label))
        if self.status not in (Ending.FINISHED, Ending.DIVERGED, Ending.LEFT):
            raise must("status", "'finished', 'diverged' or 'left'", self.status)
        object.__setattr__(self, "status", Ending(self.status))  # given as text too

    def __len__(self) -> int:
        """Number of steps taken."""
        return len(self.steps_taken)

    @property
    def value(self) -> None:
        """None: pictures tell it by its optimizer."""

    @property
    def readings(self) -> tuple[()]:
        """Nothing: the counter of a picture counts steps."""
        return ()

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
        """The one that it was given, or the optimizer's name, rate and unusual settings."""
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
        label = f"{self.given_label}: " if self.given_label else ""
        return (
            f"{label}{self.optimizer} on {self.surface.name}: {len(self)} steps "
            f"from ({x0:.6g}, {y0:.6g}) to ({x:.6g}, {y:.6g}), value {self.values[-1]:.6g}, {end}"
        )

    def __repr__(self) -> str:
        return f"<Trajectory {self.summary()}>"

    def columns(self) -> dict[str, Floats]:
        """One array (n + 1,) a column of the table; the step taken from the last point is nan."""
        steps = np.vstack([self.steps_taken, np.full((1, 2), np.nan)])
        table = {"step": np.arange(len(self) + 1, dtype=float)}
        table |= {"x": self.points[:, 0], "y": self.points[:, 1], "value": self.values}
        for name, array in {"grad": self.gradients, "step": steps, **self.states}.items():
            for ending, column in zip(endings(array.shape[1]), array.T, strict=True):
                table[f"{name}_{ending}"] = column
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
    def of_points(surface: Surface | str, points: Any, label: str) -> Trajectory:
        """The path of any solver, to be seen beside runs of optviz's optimizers.

        Parameters
        ----------
        surface : Surface or name
        points : array (n + 1, 2)
            From the start on; values and gradients there are the surface's.
        label : str
            The solver's name.

        Raises
        ------
        InputError
            Points of another shape, or one where the surface or its slope is not finite.

        Examples
        --------
        >>> from scipy.optimize import minimize
        >>> valley = surfaces.rosenbrock
        >>> path = [valley.start]
        >>> _ = minimize(valley.value, path[0], jac=valley.gradient, method="BFGS",
        ...              callback=lambda x: path.append(x.copy()))
        >>> bfgs = Trajectory.of_points(valley, path, label="BFGS")
        >>> film = Animation([bfgs, *race(valley, ["adam"], steps=len(bfgs))])
        """
        return Trajectory(**solver_path.fields_of(surface, points, label))

    @staticmethod
    def load(path: str | Path, optimizer: Any = None, surface: Surface | None = None) -> Trajectory:
        """Read back a ``.json`` or ``.npz`` file with one trajectory, as it was saved.

        A torch function comes back as samples of its window, which its ``notes`` say. An optimizer
        of your own comes back where its class is defined already, else as a record that can be
        drawn, but not run: a file never imports or runs code of its own choosing.

        A CSV holds the numbers only, not the surface or the optimizer, so it cannot be loaded.

        Parameters
        ----------
        path : str or Path
        optimizer : Optimizer or class, optional
            The one that made the run; a class is given the settings that were saved.
        surface : Surface, optional
            The one that it ran on, such as the torch function itself.

        Raises
        ------
        InputError
            Another file, a damaged one, one with several trajectories (`load_all` reads them), or
            one that a newer optviz made; an optimizer or a surface that did not make this run.
        """
        return trajectory_files.read(
            Path(path),
            lambda record: Trajectory(**trajectory_record.fields_of(record, optimizer, surface)),
        )

    def header(self) -> dict[str, Any]:
        """Everything but the numbers of `columns`, in plain JSON types."""
        return trajectory_record.header(self)
