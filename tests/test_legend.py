"""The legend has a limit: beyond it runs of a class are named together, and none is left out."""

from __future__ import annotations

import re

import numpy as np
import pytest
from texts import assert_texts_fit

import optviz
from optviz.optimizers import REGISTRY
from optviz.scene import Scene

STARTS = [(0, 0), (3, 1), (-3, 2), (2, -4), (-4, -3), (4, 4), (-1, 5), (5, -1)]
SIZES = [(200, 200), (400, 300), (800, 400), (1600, 900), (300, 1200)]


def from_many_starts(*specs):
    return optviz.race("himmelblau", specs or ["gd:lr=0.01", "adam:lr=0.1"], steps=30,
                       starts=STARTS)  # fmt: skip


MANY = {
    "starts": from_many_starts(),
    "rates": [optviz.descend("booth", f"gd:lr={rate:.3g}", steps=30)
              for rate in np.geomspace(1e-4, 0.1, 24)],
    "classes": optviz.race("booth", list(REGISTRY), steps=30),
    "starts and rates": from_many_starts("gd:lr=0.01", "gd:lr=0.001", "adam"),
}  # fmt: skip


def said(scene):
    """What the legend says, from the left and from above."""
    texts = [text for entry in scene.legend.entries for text in entry.texts[:1]]
    return [text.get_text() for text in texts]


def counted(text):
    """How many runs an entry stands for."""
    found = re.search(r"(\d+) (?:starts|runs|more|个起点|次运行)|另有 (\d+) 个", text)
    return int(found[1] or found[2]) if found else 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", MANY)
def test_it_takes_a_third_of_the_picture_and_leaves_out_no_run(kind, size, language):
    runs = MANY[kind]
    scene = Scene(runs, ["contour"], size=size, language=language, caption="")
    assert scene.legend.height <= size[1] / 3 or len(scene.legend.entries) == 1
    assert sum(map(counted, said(scene))) == len(runs)
    assert len(set(said(scene))) == len(said(scene))
    assert_texts_fit(scene)


def test_runs_of_a_class_are_named_with_what_they_share():
    assert said(Scene(MANY["starts"])) == ["GD lr=0.01, 8 starts", "Adam lr=0.1, 8 starts"]
    assert said(Scene(MANY["starts"], language="zh"))[0] == "GD lr=0.01，8 个起点"
    assert said(Scene(MANY["rates"], size=(400, 300))) == ["GD, 24 runs"]
    both = said(Scene(MANY["starts and rates"]))
    assert both[0] == "GD, 16 runs"
    assert both[1].endswith(", 8 starts")


def test_where_there_is_room_every_run_is_named():
    assert len(said(Scene(MANY["starts"], size=(800, 1600)))) == 16


def test_of_runs_named_together_it_says_how_many_are_lost():
    starts = [(x / 4, 0.1 * x + 0.02) for x in range(-4, 5)]
    runs = optviz.race("hyperbolic_saddle", ["gd:lr=0.02", "adam:lr=0.1"], starts=starts, steps=60)
    scene = Scene(runs, size=(400, 300))
    assert len(scene.legend.entries) == 2
    for at in (0, 20, 40, 60):
        shown = {text.get_text() for text in scene.legend.artists_at(at)}
        lost = [sum(run.left_window_at is not None and run.left_window_at <= at for run in some)
                for some in (runs[:9], runs[9:])]  # fmt: skip
        assert shown == {f"{k} of 9 diverged or left the window" for k in lost if k}
    assert any(0 < k < 9 for k in lost) or len(set(lost)) > 1


def test_a_measured_sentence_gives_way_in_a_small_picture_and_ones_own_does_not():
    runs, sentence = MANY["starts"], "This stands here whatever room it takes. " * 4
    small = Scene(runs, size=(200, 200))
    assert not any("99" in text.get_text() for text in small.figure.texts)
    assert any("99" in text.get_text() for text in Scene(runs).figure.texts)
    own = Scene(runs, size=(200, 200), caption=sentence)
    assert any("whatever" in text.get_text() for text in own.figure.texts)
    assert "99 %" in optviz.Animation(runs, size=(200, 200)).alt


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_smallest_picture_names_the_five_and_nothing_overlaps(language):
    scene = Scene(optviz.race("himmelblau", steps=20), size=(200, 200), language=language)
    assert len(said(scene)) == 5
    axes = scene.panels[1].axes
    scene.picture(20)
    top = min(text.get_window_extent().y0 for text in scene.figure.texts
              if text.get_window_extent().y0 > axes.bbox.y1)  # fmt: skip
    assert axes.yaxis.label.get_window_extent().y1 <= top
