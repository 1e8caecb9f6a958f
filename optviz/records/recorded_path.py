"""The path of a network's weights as a plane shows it, and what the plane does not show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from optviz.records.optimizer_record import solver
from optviz.records.trajectory import Trajectory
from optviz.words import Phrase, Series, Text, readable, text_of
from surfaces.errors import InputError
from surfaces.surface import Floats, Surface

MOST_NAMED = 6  # runs whose losses are told one by one
Steps = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class PlaneFacts:
    """What is true of a whole landscape, and stands on each of its pictures.

    Attributes
    ----------
    captured : float
        The share of the paths' variance that the plane holds.
    samples, population : int
        On how many samples the loss is a mean, and from how many these were drawn.
    standard_error : float
        The largest standard error of that mean at the paths' ends, for all those samples; 0 where
        they were all taken.
    """

    captured: float
    samples: int
    population: int
    standard_error: float

    def phrase(self) -> Phrase:
        """The share captured, said so that it is not more than it is."""
        return Phrase("plane_holds", texts={"percent": percent(self.captured)})

    def samples_phrase(self) -> Phrase:
        """Of which samples the loss is a mean, and how far that may be off."""
        return samples_phrase(self.samples, self.population, self.standard_error)


def samples_phrase(samples: int, population: int, error: float) -> Phrase:
    """Of how many samples a loss is a mean, drawn from how many, and its standard error."""
    numbers = {"n": samples, "all": population}
    if samples == population:
        return Phrase("loss_of_all", numbers)
    return Phrase("loss_of_some", numbers, {"error": readable(_rounded(error))})


@dataclass(frozen=True, eq=False)
class RecordedPath:
    """Snapshots of a network over its training, seen in a plane of its weights.

    A path does not lie in the plane: ``points`` is where it falls on it, ``true_loss`` what the
    network's own loss was, ``plane_loss`` that of the plane at that point.

    Attributes
    ----------
    surface : Surface
        The loss over the plane, as samples.
    facts : PlaneFacts
    optimizer : Optimizer
    label, title : str, or what can be said in each language
        Its name in the legend, and the picture's title.
    steps : int array (m,)
        Of the snapshots; rising.
    points : array (m, 2)
        u and v of each snapshot.
    true_loss, plane_loss, distance_from_plane : array (m,)
    diverged_at : int or None
        The step that left the finite numbers.
    """

    kind: ClassVar[str] = "landscape"
    default_views: ClassVar[tuple[str, ...]] = ("contour", "loss", "distance")
    in_browser: ClassVar[bool] = True
    caption_stays: ClassVar[bool] = True  # no picture without what the plane does not hold
    value: ClassVar[int | None] = None
    rate_fits: ClassVar[bool | None] = None
    readings: ClassVar[tuple[()]] = ()

    surface: Surface
    facts: PlaneFacts
    optimizer: Optimizer
    label: Text
    title: Text
    steps: Steps
    points: Floats
    true_loss: Floats
    plane_loss: Floats
    distance_from_plane: Floats
    diverged_at: int | None = None

    def __len__(self) -> int:
        """Number of steps from the first snapshot to the last."""
        return int(self.steps[-1] - self.steps[0])

    def at_each_step(self, values: Floats) -> Floats:
        """Numbers (m, ...) of the snapshots at each step (n + 1, ...), straight between them."""
        at = np.arange(self.steps[0], self.steps[-1] + 1)
        flat = values.reshape(len(values), -1)
        each = np.stack([np.interp(at, self.steps, column) for column in flat.T], axis=1)
        return each.reshape(len(at), *values.shape[1:])

    @property
    def ending(self) -> tuple[Ending, int] | None:
        """How the run ended early, and at which step; None if it did not."""
        return None if self.diverged_at is None else (Ending.DIVERGED, self.diverged_at)

    @property
    def notice(self) -> tuple[Phrase, int] | None:
        """That it diverged, told after its last step; or None."""
        return None if self.ending is None else (self.ending[0].phrase(self.ending[1]), len(self))

    @property
    def travelled(self) -> Floats:
        """The share of its way over the plane that it has gone after each step, (n + 1,)."""
        places = self.at_each_step(self.points)
        way = np.append(0.0, np.linalg.norm(np.diff(places, axis=0), axis=1).cumsum())
        return way / way[-1] if way[-1] > 0 else np.linspace(0, 1, len(way))

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """Its name in the legend."""
        return text_of(self.label, language)

    def heading(self, language: str) -> tuple[str, str]:
        """The title; a network's loss has no formula."""
        return text_of(self.title, language), ""

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture in words."""
        word = "alt_landscape" if beside else "alt_landscape_one"
        return Phrase(word, {"n": 1 + len(beside)}, {"title": self.title})

    def outcome(self, label: Text) -> Phrase:
        """The sentence about the end of the path."""
        numbers = {"n": int(self.steps[-1]), "true": self.true_loss[-1],
                   "plane": self.plane_loss[-1], "far": self.distance_from_plane[-1]}  # fmt: skip
        return Phrase("alt_landscape_end", numbers, {"label": label})

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase:
        """What the plane holds, the losses at the ends beside the plane's, and of which samples."""
        runs = [self, *beside]
        ends: list[Text] = [
            Phrase("loss_and_planes", texts={
                "name": name,
                "true": readable(_rounded(float(run.true_loss[-1]), 3)),
                "plane": readable(_rounded(float(run.plane_loss[-1]), 3)),
            })
            for run, name in zip(runs[:MOST_NAMED], names, strict=False)
        ]  # fmt: skip
        if len(runs) > MOST_NAMED:
            ends.append(Phrase("caption_higher", {"n": len(runs) - MOST_NAMED}))
        lost: list[Text] = [
            Phrase("caption_diverged", {"k": run.diverged_at}, {"name": name})
            for run, name in zip(runs, names, strict=True)
            if run.diverged_at is not None
        ]
        told = Phrase("losses_at_ends", texts={"runs": Series(ends, "listed")})
        parts = [self.facts.phrase(), told, *lost, self.facts.samples_phrase()]
        return Phrase("caption", texts={"parts": Series(parts, "apart")})

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse paths in another plane."""
        if any(other.surface is not self.surface for other in others):
            raise InputError("paths must be of one landscape; these are of several")

    def as_trajectory(self) -> Trajectory:
        """The path step by step, straight between snapshots, for what draws descents.

        Its values are the network's true loss; there are no gradients.
        """
        points = self.at_each_step(self.points)
        status = Ending.FINISHED if self.ending is None else self.ending[0]
        name = text_of(self.label, "en")
        return Trajectory(
            self.surface, solver(name), points, self.at_each_step(self.true_loss),
            np.full(points.shape, np.nan), np.diff(points, axis=0), status=status, given_label=name,
        )  # fmt: skip

    def columns(self) -> dict[str, Floats]:
        """One array (n + 1,) a column of the table; nan at steps without a snapshot."""
        count = len(self) + 1
        where = self.steps - self.steps[0]
        table = {"step": np.arange(self.steps[0], self.steps[-1] + 1, dtype=float)}
        for name, values in (
            ("u", self.points[:, 0]), ("v", self.points[:, 1]), ("true_loss", self.true_loss),
            ("plane_loss", self.plane_loss), ("distance_from_plane", self.distance_from_plane),
        ):  # fmt: skip
            table[name] = np.full(count, np.nan)
            table[name][where] = values
        return table

    def summary(self) -> str:
        """One line: its snapshots, its losses at the end, and how far it is from the plane."""
        end = "" if self.ending is None else f", {self.ending[0].sentence(self.ending[1])}"
        return (
            f"{self.named()}: {len(self.steps)} snapshots to step {self.steps[-1]:,}, loss "
            f"{self.true_loss[-1]:.4g} at the end ({self.plane_loss[-1]:.4g} on the plane, "
            f"{self.distance_from_plane[-1]:.3g} away){end}"
        )

    def __repr__(self) -> str:
        return f"<RecordedPath {self.summary()}>"


def percent(share: float) -> str:
    """A share in percent, rounded down: nothing but all is 100.

    To one digit behind the point, below 0.1 % to two that are not 0.
    """
    places = 1 if share >= 1e-3 or share <= 0 else 1 - math.floor(math.log10(100 * share))
    scale = 10.0**places
    return readable(math.floor(100 * share * scale * (1 + 1e-12)) / scale)


def _rounded(number: float, digits: int = 2) -> float:
    return float(f"{number:.{digits}g}")
