"""Every run can be seen: heads that coincide are told apart, and so are lines that do."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from coloraide import Color
from matplotlib.colors import to_rgb
from texts import assert_texts_fit

import optviz
import surfaces
from optviz.errors import InputError
from optviz.scene import Scene
from optviz.scene.colours import readable_on
from optviz.scene.marks import CONTRAST, shades
from optviz.scene.panels.trail import SHORTEST
from optviz.scene.themes import THEMES

TOLD_APART = 20  # of the heads of all default races, at most so many are not


def told_apart(panel):
    """For each head in the panel, whether it can be told from those drawn after it.

    Its middle lies 6 pixels of a panel of 300 or more from theirs, or its name stands free beside
    it: within two heights of the text, or led to it by a line.
    """
    places = panel.places_at(10**9)
    box, unit = panel.axes.bbox, panel.style.unit
    near = 6 * min(box.width, box.height) / 300
    names = {place.run: place for place in panel.head_names.places} if panel.head_names else {}
    for i, place in enumerate(places):
        if not box.contains(*place):
            continue
        free = all(np.hypot(*(place - later)) >= near for later in places[i + 1 :])
        named = False
        if i in names:
            label = names[i]
            end = place if label.led_to is None else label.led_to
            gap = np.hypot(*(end - np.clip(end, label.box[:2], label.box[2:])))
            named = np.hypot(*(end - place)) < 0.4 * unit
            named &= label.led_to is not None or gap <= 2 * unit
        yield bool(free or named)


@pytest.fixture(scope="module")
def last_frames():
    """The contour of each default race in its last frame."""
    scenes = {name: Scene(optviz.race(name), ["contour", "loss"]) for name in surfaces.names()}
    for scene in scenes.values():
        scene.picture(scene.steps)
    return scenes


def test_heads_are_told_apart(last_frames):
    found = [told for scene in last_frames.values() for told in told_apart(scene.panels[0])]
    assert len(found) > 100
    assert found.count(False) <= TOLD_APART


def test_without_names_many_heads_are_covered():
    """So the measure above measures something."""
    found = []
    for name in ("sphere", "booth", "matyas", "himmelblau"):
        scene = Scene(optviz.race(name), ["contour"], names="off")
        scene.picture(scene.steps)
        found += told_apart(scene.panels[0])
    assert found.count(False) >= 8


@pytest.mark.parametrize("name", surfaces.names())
def test_names_cover_neither_each_other_nor_a_head(name, last_frames):
    scene = last_frames[name]
    panel = scene.panels[0]
    for at in np.linspace(0, scene.steps, 25):
        scene.picture(at)
        boxes = [place.box for place in panel.head_names.places]
        for a, b in combinations(boxes, 2):
            assert (a[:2] >= b[2:]).any() or (b[:2] >= a[2:]).any()
        for box in boxes:
            assert panel.axes.bbox.x0 <= box[0] < box[2] <= panel.axes.bbox.x1
    scene.picture(scene.steps)
    for box in boxes:
        for x, y in panel.places_at(scene.steps):
            assert not (box[0] < x < box[2] and box[1] < y < box[3])
    assert_texts_fit(scene)


def test_names_can_be_turned_on_and_off():
    runs = optviz.race("booth", steps=20)
    assert not Scene(runs, names="off").style.names
    tiny = Scene(runs, size=(220, 200))
    tiny.picture(20)
    assert tiny.panels[0].head_names is None
    asked = Scene(runs, size=(220, 200), names="on")
    asked.picture(20)
    assert asked.panels[0].head_names is not None
    with pytest.raises(InputError, match="names must be 'auto' or 'on' or 'off'"):
        optviz.animate("booth", names="yes")


@pytest.mark.parametrize("specs", [["gd:lr=0.01", "momentum:lr=0.01,momentum=0", "lion:lr=0.02"]])
@pytest.mark.parametrize("theme", THEMES)
def test_lines_that_coincide_are_all_seen(specs, theme):
    """Momentum without momentum is gradient descent: one path, drawn by two runs in turn."""
    runs = [optviz.descend("booth", spec, steps=60) for spec in specs]
    scene = Scene(runs, ["contour"], theme=theme, names="off")
    picture = scene.picture(60)[::-1, :, :3].astype(int)
    panel = scene.panels[0]
    covering = panel.lines[1]
    at, places, _ = covering.sampled(0.5)
    inside = (at > 30) & (at < covering.arc[-1] - 30)  # from the ring and the head
    column, row = np.floor(places[inside]).astype(int).T
    seen = picture[row, column]
    colours = [np.array([round(255 * v) for v in ink[:3]]) for ink in panel.ink[1:3]]
    nearest = np.argmin([np.abs(seen - colour).sum(axis=1) for colour in colours], axis=0)
    assert 0.3 < nearest.mean() < 0.7


def test_lines_that_cross_are_not_cut():
    runs = [optviz.descend("himmelblau", spec, (0, 0), 30) for spec in ("gd:lr=0.01", "adam:lr=1")]
    panel = Scene(runs, ["contour"]).panels[0]
    for line in panel.lines:
        gaps = 0 if line.seen is None else len(line.seen) - 1
        assert gaps <= line.arc[-1] / SHORTEST


@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "ackley"])
def test_a_moment_looks_the_same_whatever_was_asked_for_before(name):
    """Layers are kept from frame to frame: the pixels are those of a picture drawn at once."""
    runs = optviz.race(name, steps=150)
    scene = Scene(runs, ["contour", "loss"])
    moments = [0, 3.25, 40, 41.5, 150, 77, 12.5, 149.9]
    for at in moments:
        fresh = Scene(runs, ["contour", "loss"])
        np.testing.assert_array_equal(scene.picture(at), fresh.picture(at))
        fresh.canvas.restore_region(fresh._background)
        for panel in fresh.panels:
            for artist in panel.artists_at(at):
                panel.axes.draw_artist(artist)
        box = fresh.panels[0].axes.bbox
        rows = slice(int(400 - box.y1), int(400 - box.y0))
        whole = np.array(fresh.canvas.buffer_rgba())[rows]
        np.testing.assert_array_equal(whole, scene.picture(at)[rows])


def test_a_long_race_draws_no_more_a_frame_than_a_short_one():
    counts = []
    for steps in (200, 2000):
        runs = optviz.race("rosenbrock", ["gd:lr=0.001", "adam:lr=0.01"], steps=steps)
        scene = Scene(runs, ["contour", "loss"])
        drawn = 0
        for at in np.linspace(0, steps, 60):
            scene.picture(at)
            paths = (path for panel in scene.panels for path in panel.strokes.get_paths())
            drawn += sum(len(path) for path in paths)
        counts.append(drawn)
    assert counts[1] < 3 * counts[0]  # 10 times, if each frame drew all of it


@pytest.mark.parametrize("name", THEMES)
def test_shades_are_told_apart_and_stand_out_from_their_casing(name):
    theme = THEMES[name]
    for colour in theme.colours:
        found = shades(colour, theme.casing)
        for shade in found[1:]:
            assert Color(shade).contrast(theme.casing) >= CONTRAST - 0.05
        for a, b in combinations(found, 2):
            assert Color(a).delta_e(b, method="2000") > 8, (a, b)


@pytest.mark.parametrize("name", THEMES)
def test_names_at_heads_can_be_read_as_text(name):
    """WCAG's contrast of text, for every shade of every colour of a run."""
    theme = THEMES[name]
    for colour in theme.colours:
        for shade in shades(colour, theme.casing):
            assert Color(readable_on(shade, theme.casing)).contrast(theme.casing) >= 4.5
    specs = ["gd:lr=0.1", "gd:lr=0.2", "gd:lr=0.3"]
    scene = Scene(optviz.race("sphere", specs, steps=5), ["contour"], theme=name)
    scene.picture(2)
    drawn = scene.panels[0].head_names.texts
    assert min(Color(text.get_color()).contrast(theme.casing) for text in drawn) >= 4.5


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(800, 400), (1200, 700), (1600, 900), (400, 300)], ids=str)
def test_no_name_stands_alone_in_a_row_of_the_legend(size, language):
    for name in ("himmelblau", "ackley"):
        scene = Scene(optviz.race(name, steps=5), size=size, language=language)
        texts = [t for t in scene.figure.texts if "lr=" in t.get_text()]
        rows = {round(text.get_position()[1], 4) for text in texts}
        sizes = [sum(round(t.get_position()[1], 4) == row for t in texts) for row in rows]
        assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "ellipse"])
def test_a_figure_of_one_column_can_be_read_on_paper(name, language):
    """85 mm wide at 100 pixels an inch: legend, ticks and names have 7 points at least."""
    scene = Scene(optviz.race(name, steps=40), size=(335, 260), theme="print", language=language)
    assert_texts_fit(scene)
    texts = [text for text in scene.figure.texts if "lr=" in text.get_text()]
    for panel in scene.panels:
        texts += panel.axes.get_xticklabels() + panel.axes.get_yticklabels()
        texts += [panel.axes.xaxis.label, panel.axes.yaxis.label]
    texts += scene.panels[0].head_names.get_children() if scene.panels[0].head_names else []
    assert min(text.get_fontsize() for text in texts) >= 7 - 1e-9


def test_lines_that_diverge_are_both_seen():
    """However far they go: where the second lies on the first it has gaps."""
    runs = optviz.race("beale", ["gd:lr=0.001", "momentum:lr=0.0005"], (-3, -3), steps=30)
    scene = Scene(runs, ["contour"], names="off", size=(600, 600))
    picture = scene.picture(30)[..., :3] / 255
    # Both begin along the start's gradient; momentum's first step is the shorter.
    begin, end = scene.panels[0].axes.transData.transform(runs[1].points[:2])
    places = begin + np.linspace(0.1, 0.9, 200)[:, None] * (end - begin)
    places = places[[scene.panels[0].axes.bbox.contains(*place) for place in places]]
    seen = picture[scene.height - 1 - places[:, 1].astype(int), places[:, 0].astype(int)]
    for colour, _ in scene.style.marks:
        assert (np.abs(seen - to_rgb(colour)).max(axis=1) < 0.1).mean() > 0.2
