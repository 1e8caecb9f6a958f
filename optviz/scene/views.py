"""The panels that can show each kind of record, and the specification of a scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optviz.records.record import Record
from optviz.records.trajectory import Trajectory
from optviz.scene.panels.alpha import Alpha
from optviz.scene.panels.anatomy import Anatomy
from optviz.scene.panels.base import Panel
from optviz.scene.panels.basins import BasinPanel
from optviz.scene.panels.confusion import Confusion
from optviz.scene.panels.contour import Contour
from optviz.scene.panels.curvature import Curvature
from optviz.scene.panels.landscape import (
    Distance,
    PlaneContour,
    PlaneRelief,
    TrueLoss,
    TurningPlaneRelief,
)
from optviz.scene.panels.learning_rate import Rate
from optviz.scene.panels.line_fit import Data
from optviz.scene.panels.loss import Loss
from optviz.scene.panels.matching import Barrier, LineLoss
from optviz.scene.panels.profile import Profile
from optviz.scene.panels.quantities import (
    BatchLoss,
    DistanceFromStart,
    GradientNorm,
    StepLength,
)
from optviz.scene.panels.relief import Relief, TurningRelief
from optviz.scene.panels.stability import Stability
from optviz.scene.panels.trace import Trace
from optviz.scene.panels.training_curves import Accuracy, TrainingLoss
from optviz.scene.panels.turned import Turned
from optviz.scene.panels.update_ratio import UpdateRatio
from optviz.scene.panels.weights import Weights
from optviz.scene.picture_spec import SMALLEST_TEXT, PictureSpec, text_height
from optviz.words import one_line
from surfaces.errors import must, unknown
from surfaces.registry import Registry

Panels = Mapping[str, type[Panel[Any]]]
Views = Sequence[str | type[Panel[Any]]] | str  # names, one text of names, or classes

PANELS: Registry[type[Panel[Any]]] = Registry("panel", {
    "contour": Contour,
    "loss": Loss,
    "relief": Relief,
    "relief-turning": TurningRelief,
    "profile": Profile,
    "anatomy": Anatomy,
    "data": Data,
    "lr": Rate,
    "gradnorm": GradientNorm,
    "steplength": StepLength,
    "distance": DistanceFromStart,
    "alpha": Alpha,
    "curvature": Curvature,
    "stability": Stability,
    "trace": Trace,
    "turned": Turned,
})  # fmt: skip

# The instruments of networks.
_MEASURED: dict[str, type[Panel[Any]]] = {
    "gradnorm": GradientNorm,
    "steplength": StepLength,
    "ratio": UpdateRatio,
    "distance": DistanceFromStart,
    "alpha": Alpha,
    "curvature": Curvature,
    "stability": Stability,
    "trace": Trace,
}

# The views of networks that learn.
LEARNING_PANELS: Registry[type[Panel[Any]]] = Registry("panel", {
    "loss": TrainingLoss,
    "accuracy": Accuracy,
    "weights": Weights,
    "confusion": Confusion,
    "lr": Rate,
    **_MEASURED,
})  # fmt: skip

# The views of what `optviz.landscape.measure` measured of any network.
MEASUREMENT_PANELS: Registry[type[Panel[Any]]] = Registry("panel", {
    "loss": BatchLoss,
    **_MEASURED,
    "lr": Rate,
})  # fmt: skip

# The views of recorded paths in a plane of a network's weights.
LANDSCAPE_PANELS: Registry[type[Panel[Any]]] = Registry("panel", {
    "contour": PlaneContour,
    "relief": PlaneRelief,
    "relief-turning": TurningPlaneRelief,
    "loss": TrueLoss,
    "distance": Distance,
    "lr": Rate,
})  # fmt: skip

MATCHING_PANELS: Registry[type[Panel[Any]]] = Registry("panel", {
    "line": LineLoss,
    "barrier": Barrier,
})  # fmt: skip

# The views of maps of runs.
MAP_PANELS: Registry[type[Panel[Any]]] = Registry("panel", {"basins": BasinPanel})

# By the `kind` that a record declares.
PANELS_OF: dict[str, Registry[type[Panel[Any]]]] = {
    "descent": PANELS,
    "training": LEARNING_PANELS,
    "measurement": MEASUREMENT_PANELS,
    "landscape": LANDSCAPE_PANELS,
    "matching": MATCHING_PANELS,
    "basins": MAP_PANELS,
}


NAMES = ("auto", "on", "off")
FEW, CROWDED = 3, 0.4  # panels that leave the text as large as it is, and the power of more


@dataclass(frozen=True)
class SceneSpec(PictureSpec):
    """The specification of a picture of runs.

    Attributes
    ----------
    record : class
        Of the runs, such as `Trajectory`: it decides which views there are.
    views : tuple of str or Panel subclass
        Panels from left to right; the record's default views unless given.
    title : str or None
        Instead of the runs' own.
    slow : bool
        Explain each step before it is taken.
    moments : tuple of float or None
        Steps (or fractions between) to show side by side in one still picture.
    caption : str or None
        The sentence at the foot; "" for none. Unless given, what is measured from the runs, and
        nothing where each step is explained.
    names : {"auto", "on", "off"}
        Whether runs are named at their heads; "auto": where there is room.
    apart : int
        Which optimizer is taken apart, counted from 1.

    Raises
    ------
    InputError
        A value that no picture of such runs can have.
    """

    record: type[Record] = Trajectory
    views: Views | None = None
    title: str | None = None
    slow: bool = False
    moments: Sequence[float] | None = None
    caption: str | None = None
    names: str = "auto"
    apart: int = 1

    def __post_init__(self) -> None:
        if not (isinstance(self.apart, int) and self.apart >= 1):
            raise must("apart", "the place of an optimizer, counted from 1", self.apart)
        if self.names not in NAMES:
            raise must("names", " or ".join(map(repr, NAMES)), self.names)
        views = self.record.default_views if self.views is None else self.views
        names = _checked_views(views, PANELS_OF[self.record.kind])
        if self.slow and "anatomy" not in names:
            raise must("views", "with anatomy among them where steps are shown slowly", views)
        object.__setattr__(self, "views", names)
        for name in ("title", "caption"):
            text = getattr(self, name)
            object.__setattr__(self, name, None if text is None else one_line(name, text))
        if self.slow and self.caption is None:
            object.__setattr__(self, "caption", "")
        if self.moments is not None:
            object.__setattr__(self, "moments", tuple(self.moments))
            if not self.moments:
                raise must("moments", "at least one step", self.moments)
        super().__post_init__()

    @property
    def text_height(self) -> float:
        """Height of the text in pixels: smaller where panels are many.

        In a strip it suits two moments side by side.
        """
        if self.moments is None:
            crowded = (FEW / max(FEW, len(self.panels))) ** CROWDED
            return self.readable(max(SMALLEST_TEXT, crowded * text_height(*self.size)))
        width, height = self.size
        least = text_height(2 * width // len(self.moments), height // len(self.panels))
        return self.readable(least)

    @property
    def panels(self) -> list[type[Panel[Any]]]:
        """The panels of the views, from left to right."""
        known = PANELS_OF[self.record.kind]
        return [known[view] if isinstance(view, str) else view for view in self.views or ()]


def _checked_views(views: Any, panels: Panels) -> tuple[str | type[Panel[Any]], ...]:
    """Names of panels or panels themselves, at least one, or an `InputError`."""
    if isinstance(views, str):
        views = views.split(",")
    elif isinstance(views, type):
        views = [views]
    found = tuple(view if _is_panel(view) else str(view).strip() for view in views or ())
    if not found:
        raise must("views", "at least one of " + ", ".join(panels), views)
    for view in found:
        if isinstance(view, str) and view not in panels:
            raise unknown("view", view, panels)
    return found


def _is_panel(view: Any) -> bool:
    return isinstance(view, type) and issubclass(view, Panel)
