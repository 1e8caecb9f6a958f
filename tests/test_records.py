"""What a record declares is all that pictures know of it: a third kind needs no edit of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

import optviz
from optviz.errors import InputError
from optviz.records.measured import Measured
from optviz.records.record import Record
from optviz.records.training import TrainingRecord
from optviz.records.trajectory import Trajectory
from optviz.scene import LEARNING_PANELS, PANELS, Scene, views
from optviz.scene.panels.base import Panel
from optviz.words import Phrase, Translated

TITLE = Translated({"en": "Where each start ends", "zh": "每个起点的终点"})


@dataclass(frozen=True)
class Basins:
    """Which minimum each start of a grid ends at, and after how many steps: no path at all."""

    kind: ClassVar[str] = "basin"
    default_views: ClassVar[tuple[str, ...]] = ("map",)
    in_browser: ClassVar[bool] = False

    optimizer: Any
    labels: Any
    steps: Any
    ending: Any = None
    notice: Any = None
    value: Any = None
    rate_fits: Any = None
    readings: Any = ()

    def __len__(self):
        return int(self.steps.max())

    def named(self, language, beside=()):
        return self.optimizer.title

    def heading(self, language):
        return TITLE.text(language), ""

    def summary(self):
        return "basins"

    def introduction(self, beside=()):
        return Phrase("alt_learning", texts={"title": TITLE})

    def outcome(self, label):
        return Phrase("alt_learned_alone", {"train": 0.5, "n": len(self)}, {"label": "GD"})

    def caption(self, beside, names):
        return None

    @property
    def travelled(self):
        return np.linspace(0, 1, len(self) + 1)

    def check_beside(self, others):
        if any(other.labels.shape != self.labels.shape for other in others):
            raise InputError("maps must be of one size")


class BasinMap(Panel):
    """Starts that have arrived by now, by the minimum that they arrived at."""

    aspect = 1.0

    def __init__(self, axes, runs, style):
        super().__init__(axes, runs, style)
        self.image = axes.imshow(np.zeros(runs[0].labels.shape), vmin=0, vmax=2)
        self.moves(self.image)

    def artists_at(self, at, revealed=1.0):
        run = self.runs[0]
        self.image.set_data(np.where(run.steps <= at, run.labels, 0))
        yield self.image


@pytest.fixture
def basins(monkeypatch):
    monkeypatch.setitem(
        views.PANELS_OF, "basin", {"map": BasinMap, "lr": views.LEARNING_PANELS["lr"]}
    )
    labels, steps = np.array([[1, 2], [2, 1]]), np.array([[1, 3], [5, 9]])
    return Basins(optviz.GD(lr=0.1), labels, steps)


def test_a_third_kind_of_record_is_filmed(basins, tmp_path):
    film = optviz.Animation([basins], size=(400, 300))
    assert film.scene.steps == 9
    assert [type(panel) for panel in film.scene.panels] == [BasinMap]
    for at, expected in ((0, [[0, 0], [0, 0]]), (4, [[1, 2], [0, 0]]), (9, [[1, 2], [2, 1]])):
        film.scene.picture(at)
        np.testing.assert_array_equal(film.scene.panels[0].image.get_array(), expected)
    assert (film.frame(0) != film.frame(-1)).any()
    assert film.alt == "Where each start ends. GD: training accuracy 50.0% after 9 steps."
    with Image.open(film.save(tmp_path / "basins.png")) as picture:
        assert picture.info["Description"] == film.alt
    chinese = Scene([basins], ["map", "lr"], language="zh")
    assert any(text.get_text() == "每个起点的终点" for text in chinese.figure.texts)
    assert len(film.strip(3).scene.panels) == 3


def test_what_a_third_kind_cannot_do_is_refused(basins, tmp_path):
    film = optviz.Animation([basins], size=(400, 300))
    with pytest.raises(InputError, match=r"\.gif"):  # no browser shows it
        film.save(tmp_path / "basins.html")
    with pytest.raises(InputError, match="view must be one of map, lr; not 'contour'"):
        optviz.Animation([basins], views=["contour"])
    alike = "all trainings or all measurements or all landscapes or all matchings or all basins"
    with pytest.raises(InputError, match=alike):
        optviz.Animation([basins, optviz.descend("beale", "gd", steps=1)])
    other = Basins(basins.optimizer, np.ones((3, 3)), np.ones((3, 3)))
    with pytest.raises(InputError, match="of one size"):
        Scene([basins, other])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "panels"),
    [(Trajectory, PANELS), (TrainingRecord, LEARNING_PANELS), (Measured, views.MEASUREMENT_PANELS)],
)
def test_each_kind_declares_views_that_there_are(kind: type[Record], panels):
    assert views.PANELS_OF[kind.kind] is panels
    assert set(kind.default_views) <= set(panels)
    assert views.SceneSpec(record=kind).views == kind.default_views
