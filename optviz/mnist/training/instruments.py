"""Instruments along training runs: what their steps say of themselves, filmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from optviz.animation.checks import check_poster
from optviz.animation.film import SECONDS, Animation
from optviz.export.clock import Clock
from optviz.instruments import INSTRUMENTS
from optviz.landscape.flat_model import FlatModel
from optviz.landscape.measure import along, samples_phrase
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.training.landscape import samples_for
from optviz.mnist.training.loop import build_network
from optviz.mnist.training.records import records_of
from optviz.mnist.training.run import Run
from optviz.mnist.training.several import Runs, data_for, runs_of
from optviz.records.training import TrainingRecord
from optviz.scene.views import SceneSpec
from surfaces.errors import InputError

VIEWS = ("loss", "gradnorm", "ratio", "distance", "alpha", "curvature")
SIZE = 1000, 560


def instruments(
    runs: Runs,
    data: Dataset | None = None,
    *,
    data_dir: str | Path | None = None,
    views: Sequence[str] | str | None = None,
    samples: int | None = 1000,
    seed: int = 0,
    fps: float = 20,
    seconds: float = SECONDS,
    size: tuple[int, int] = SIZE,
    theme: str = "light",
    language: str = "en",
    title: str | None = None,
    caption: str | None = None,
    once: bool = False,
    poster: str | int | None = None,
    names: str = "auto",
    progress: bool = True,
) -> Animation:
    """Film the instruments of training runs: norms, ratios, alpha, curvature.

    Parameters
    ----------
    runs : Run, folder, or a sequence of these
        Trained with ``record``: every quantity is measured at the snapshots, and what is of steps
        between them. With ``record=1`` it is of single steps; else pictures say of how many.
    data : Dataset, optional
        What the runs were trained on; loaded as they did unless given.
    data_dir : path, optional
        Where the files are now.
    views : sequence of str, optional
        Names of ``optviz.scene.LEARNING_PANELS``; what they need is measured. Loss, gradnorm,
        ratio, distance, alpha and curvature unless given.
    samples : int, optional
        The loss is the mean cross-entropy, without penalties and dropout, on so many of the images
        that the runs were trained on; None for all.
    seed : int
        Of the choice of these, and of the random vectors of curvature and trace.
    fps, seconds, size, theme, language, title, caption, once, poster, names
        As in `optviz.animate`.
    progress : bool
        Show a bar on stderr.

    Returns
    -------
    Animation
        ``.save("dashboard.gif")`` writes it; ``.trajectories[0].instruments["alpha"].values`` are
        numbers.

    Raises
    ------
    InputError
        Runs without snapshots or on different data, an unknown view.
    """
    check_poster(poster)
    clock = Clock(fps, seconds, once=once)
    spec = SceneSpec(
        size, theme, language, TrainingRecord, VIEWS if views is None else views, title,
        caption=caption, names=names,
    )  # fmt: skip
    found = runs_of(runs)
    for run in found:
        if len(run.snapshots) < 2:
            raise InputError(
                f"runs must have kept snapshots; not {run.optimizer}'s: train with record=20 "
                "(--record 20)"
            )
    images = data_for(found, data, data_dir, needed=True)
    assert images is not None
    wanted = [view for view in spec.views or () if view in INSTRUMENTS and view != "loss"]
    shown = measured(found, images, [str(view) for view in wanted], samples, seed, progress)
    return Animation.from_spec(shown, clock, spec).with_poster(poster)


def measured(
    runs: Sequence[Run],
    data: Dataset,
    names: Sequence[str],
    samples: int | None = 1000,
    seed: int = 0,
    progress: bool = False,
) -> list[TrainingRecord]:
    """The records of runs that kept snapshots, with some instruments' series."""
    chosen = samples_for(runs, data, samples, seed)
    told = samples_phrase(chosen, seed, "measured_on_images")
    records = []
    for run, record in zip(runs, records_of(runs, data), strict=True):
        flat = FlatModel(build_network(run.settings))
        series = along(run.snapshots, flat, chosen, run.optimizer, names, seed, progress)
        records.append(replace(record, instruments=series, measured_on=told))
    return records
