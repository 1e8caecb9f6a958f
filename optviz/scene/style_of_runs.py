"""The settings that the panels of a picture of runs share: marks and names of the runs."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.records.descents import taken_apart
from optviz.records.labels import short_labels
from optviz.records.record import Record
from optviz.scene.marks import marks, variants
from optviz.scene.panels.base import PictureStyle
from optviz.scene.value_marks import marks_of_runs
from optviz.scene.views import SceneSpec


def style_of(runs: Sequence[Record], spec: SceneSpec) -> PictureStyle:
    """What a spec asks for, and each run's colour, head, dashes and name."""
    optimizers = [run.optimizer for run in runs]
    takes_apart = any(panel.takes_apart for panel in spec.panels)
    return PictureStyle(
        spec,
        spec.text_height,
        marks_of_runs(runs, marks(optimizers, spec.colours), spec.colours.colours),
        takes_apart,
        variants(optimizers),
        () if spec.names == "off" else short_labels(runs, spec.language),
        spec.names != "on",
        taken_apart(runs, spec.apart) if takes_apart else 0,
    )
