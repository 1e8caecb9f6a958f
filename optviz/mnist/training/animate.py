"""Films of training runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from optviz.animation.checks import check_poster
from optviz.animation.film import SECONDS, Animation
from optviz.export.clock import Clock
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.training.records import records_of
from optviz.mnist.training.several import Runs, data_for, runs_of
from optviz.records.training import TrainingRecord
from optviz.scene.views import SceneSpec, Views


def animate(
    runs: Runs,
    data: Dataset | None = None,
    *,
    data_dir: str | Path | None = None,
    views: Views | None = None,
    fps: float = 20,
    seconds: float = SECONDS,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
    title: str | None = None,
    caption: str | None = None,
    once: bool = False,
    poster: str | int | None = None,
    names: str = "auto",
) -> Animation:
    """Film networks as they learn.

    Parameters
    ----------
    runs : Run, folder, or a sequence of these
        Trained with ``record``, or only their curves can be shown.
    data : Dataset, optional
        What the runs were trained on; loaded as they did unless given.
    data_dir : path, optional
        Where the files are now.
    views : sequence of str, optional
        Panels from left to right: names of ``optviz.scene.LEARNING_PANELS``. Unless given, loss
        and accuracy; for a single run with snapshots loss, weights and confusion.
    fps, seconds, size, theme, language, title, caption, once, poster, names
        As in `optviz.animate`.

    Returns
    -------
    Animation
        ``.save("train.gif")`` writes it; a notebook shows it.

    Raises
    ------
    InputError
        No run, a folder that holds none, runs on different data, a view that needs snapshots.
    """
    check_poster(poster)
    clock = Clock(fps, seconds, once=once)
    spec = SceneSpec(
        size, theme, language, TrainingRecord, views, title, caption=caption, names=names
    )
    found = runs_of(runs)
    recorded = all(len(run.snapshots) for run in found)
    if views is None and recorded and len(found) == 1:
        spec = replace(spec, views=("loss", "weights", "confusion"))
    data = data_for(found, data, data_dir, needed=recorded)
    return Animation.from_spec(records_of(found, data), clock, spec).with_poster(poster)
