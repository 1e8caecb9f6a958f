"""`plane`: the loss of a network over a plane through recorded paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tqdm.auto import tqdm

from optviz.landscape import planes
from optviz.landscape.checks import check_alike, check_model, series
from optviz.landscape.flat_model import FlatModel, Loss
from optviz.landscape.landscape import Landscape
from optviz.landscape.loss_over_plane import PlaneLoss
from optviz.landscape.planes import Plane
from optviz.landscape.recorder import Recorder
from optviz.landscape.recording import Recording
from optviz.landscape.rows import Rows
from optviz.landscape.samples import Samples, drawn
from optviz.landscape.surface_of import surface_of, window_of
from optviz.landscape.unfinished import CLOSE, Unfinished, content_key
from optviz.optimizers import Optimizer
from optviz.records.labels import OptimizerLabel, checked_label
from optviz.records.recorded_path import PlaneFacts, RecordedPath
from optviz.words import Phrase, Text
from surfaces.errors import InputError, must
from surfaces.surface import Floats

RESOLUTIONS = (4, 1001)


@dataclass(frozen=True)
class Walk:
    """A recording and what pictures say of it.

    Attributes
    ----------
    recording : Recording
    optimizer : Optimizer
    label : str, or what can be said in each language
    diverged_at : int or None
        The step that left the finite numbers.
    """

    recording: Recording
    optimizer: Optimizer
    label: Text
    diverged_at: int | None = None


def plane(
    recorders: Recorder | Sequence[Recorder] | Mapping[str, Recorder],
    loss: Loss,
    inputs: Any,
    targets: Any,
    *,
    over: Plane | None = None,
    window: Any = None,
    resolution: int = 51,
    samples: int | None = 2000,
    seed: int = 0,
    title: str | None = None,
    progress: bool = True,
) -> Landscape:
    """The loss over a plane through recorded paths.

    Parameters
    ----------
    recorders : Recorder, sequence of them, or mapping of label to Recorder
        Of models of one architecture: the first one's module is evaluated, in evaluation mode.
    loss : callable
        ``loss(outputs, targets)``, a mean over the samples, such as
        ``torch.nn.functional.cross_entropy``.
    inputs, targets : tensor or array (n, ...)
        What the loss is measured on.
    over : Plane, optional
        Of `optviz.landscape`'s ``of_paths``, ``through``, ``random`` or ``of_hessian``; the plane
        in which all snapshots of all recorders vary most unless given.
    window : ((u0, u1), (v0, v1)), optional
        What of the plane is shown: all paths with a margin unless given.
    resolution : int
        Points along each side, 4 to 1001.
    samples : int, optional
        A subset of so many samples is drawn, by ``seed``; None for all. Pictures say of how many,
        and the standard error of the mean.
    seed : int
    title : str, optional
    progress : bool
        Show a bar. After Ctrl-C the finished rows are kept in the user's cache (or where
        ``OPTVIZ_CACHE_DIR`` says), and the same call goes on from there.

    Returns
    -------
    Landscape

    Raises
    ------
    InputError
        No snapshots, models of different shapes, weights that are not finite, snapshots that span
        no plane, or a value that is not allowed; one line.

    Examples
    --------
    >>> found = plane({"Adam": one, "SGD": other}, F.cross_entropy, x, y)  # doctest: +SKIP
    >>> found.animate().save("landscape.gif")  # doctest: +SKIP
    """
    found = [each for each in series(recorders) if isinstance(each, Recorder)]
    if not found:
        raise must("recorders", "at least one optviz.Recorder", recorders)
    recorder = found[0]
    names: list[str | None] = [None] * len(found)
    if isinstance(recorders, Mapping):
        names = [checked_label(name) for name in recorders]
    optimizers = tuple(each.optimizer for each in found)
    labels = [
        name or each.label or OptimizerLabel(each.optimizer, optimizers)
        for name, each in zip(names, found, strict=True)
    ]
    walks = [Walk(each, each.optimizer, label) for each, label in zip(found, labels, strict=True)]
    model_name = type(recorder.model).__name__
    heading: Text = title or Phrase("landscape_title", texts={"model": model_name})
    chosen = drawn(inputs, targets, samples, seed)
    model = FlatModel(recorder.model, loss)
    return explore(walks, model, chosen, over, window, resolution, heading, progress=progress)


def explore(
    walks: Sequence[Walk], model: FlatModel, samples: Samples, over: Plane | None, window: Any,
    resolution: int, title: Text, *, progress: bool,
) -> Landscape:  # fmt: skip
    """The landscape of walks of one model; see `plane`."""
    check_model(model.model)
    recordings = [walk.recording for walk in walks]
    check_alike(recordings)
    low, high = RESOLUTIONS
    whole = isinstance(resolution, int) and not isinstance(resolution, bool)
    if not (whole and low <= resolution <= high):
        raise must("resolution", f"a whole number from {low} to {high}", resolution)
    over = planes.of_paths(recordings) if over is None else over
    if not over.origin.numel() == model.size == recordings[0].params.width:
        sizes = f"{over.origin.numel():,}, {model.size:,}, {recordings[0].params.width:,}"
        raise InputError(f"plane, model and recorders must be of one size; not {sizes} weights")
    found = PlaneLoss(model, over, samples.inputs, samples.targets)
    seen = _together([(each.params, *over.project(each.params)) for each in recordings])
    (u0, u1), (v0, v1) = window_of([points for points, _ in seen], over.kind, window)
    u, v = np.linspace(u0, u1, resolution), np.linspace(v0, v1, resolution)
    found.prepare(u, v)
    values = _finite(_computed(found, u, v, progress))
    shares = over.shares([each.params for each in recordings])
    errors = [found.standard_error(each.params[-1], each.buffers[-1]) for each in recordings]
    facts = PlaneFacts(
        sum(shares), samples.count, samples.population, max(errors) * samples.correction
    )
    surface = surface_of(u, v, values, over.kind, shares, seen[0][0][0])
    paths = [
        RecordedPath(
            surface, facts, walk.optimizer, walk.label, title,
            np.array(walk.recording.steps, np.int64), points,
            np.array([
                found.of(w, b)
                for w, b in zip(walk.recording.params, walk.recording.buffers, strict=True)
            ]),
            np.array([found.at(*point) for point in points.tolist()]), away, walk.diverged_at,
        )
        for walk, (points, away) in zip(walks, seen, strict=True)
    ]  # fmt: skip
    return Landscape(over, u, v, values, paths, facts, found.how, found)


def _together(seen: list[tuple[Rows, Floats, Floats]]) -> list[tuple[Floats, Floats]]:
    """Places and distances of paths; those that begin at the same weights begin at one place."""
    for i, (rows, points, _) in enumerate(seen):
        for others, begun, _ in seen[:i]:
            if torch.equal(rows[0], others[0]):
                points[0] = begun[0]  # not but for last bits, so that pictures show one start
    return [(points, away) for _, points, away in seen]


def _computed(found: PlaneLoss, u: Floats, v: Floats, progress: bool) -> Floats:
    """All rows: those of an interrupted call, and the rest."""
    plane, model = found.plane, found.model.model
    key = content_key([
        plane.origin, plane.directions, plane.buffers, u, v, *found.inputs, *found.targets, model,
        getattr(found.model.loss_of, "__qualname__", "")
    ])  # fmt: skip
    unfinished = Unfinished(key)
    rows = unfinished.rows(len(u))[: len(v)]
    if rows:  # what the key cannot tell, such as another loss under the same name
        again = found.row(u, float(v[len(rows) - 1]))
        if not np.allclose(rows[-1], again, CLOSE, equal_nan=True):
            rows = []
    try:
        with tqdm(total=len(v), initial=len(rows), unit="row", leave=False,
                  disable=not progress) as bar:  # fmt: skip
            for row in found.rows(u, v[len(rows) :]):
                rows.append(row)
                bar.update()
    except KeyboardInterrupt:
        if unfinished.keep(rows):
            text = f"{len(rows)} of {len(v)} rows are kept; the same call goes on from there"
            raise KeyboardInterrupt(text) from None
        raise
    unfinished.forget()
    return np.array(rows)


def _finite(values: Floats) -> Floats:
    """The losses, nan for what is no finite number; refused where that is all of them."""
    known = np.isfinite(values)
    if not known.any():
        raise InputError("loss must be finite somewhere in the plane; it is not at any point")
    return np.where(known, values, np.nan)
