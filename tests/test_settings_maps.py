"""Maps over two settings and the line of theory in them; ranges as text; the commands."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from commands import assert_refused, called
from PIL import Image

import optviz
from optviz.ensemble import series
from optviz.ensemble.settings_map import with_settings
from optviz.errors import InputError
from surfaces import examples

AXES = "lr=0.001:1:log,momentum=0:0.9"


def test_each_pixel_is_a_run_with_its_two_settings():
    found = optviz.settings_map("himmelblau", "adam", "lr=0.01:3:log,betas_0=0:0.95", 20, 80)
    assert found.labels.shape == (20, 20)
    seen = set()
    for i, j in np.random.default_rng(0).integers(0, 20, (30, 2)):
        rate = 0.01 * 300 ** ((j + 0.5) / 20)
        beta = 0.95 * (i + 0.5) / 20
        run = optviz.descend("himmelblau", optviz.Adam(lr=rate, betas=(beta, 0.999)), steps=80)
        away = ((run.points[-1] - found.minima) / found.reach) ** 2
        near = np.flatnonzero(away.sum(axis=1) <= 1)
        assert found.labels[i, j] == (near[0] if len(near) else -1)
        seen.add(int(found.labels[i, j]))
        np.testing.assert_array_equal(found.starts[i, j], (-0.3, -0.9))
    assert len(seen) > 1


@pytest.mark.parametrize("spec", ["momentum", "momentum:momentum=0.5,nesterov=true"])
def test_runs_just_below_the_line_converge_and_just_above_diverge(spec):
    """On a bowl, whose curvature is the same everywhere."""
    axes = "lr=0.01:1:log,momentum=0.05:0.9"
    found = optviz.settings_map("ellipse", spec, axes, 24, 1500)
    assert len(found.limits) > 20
    for rate, momentum in found.limits[::24]:
        for factor, label in ((0.97, 0), (1.03, -2)):
            settings = {"lr": rate * factor, "momentum": momentum}
            run = optviz.descend("ellipse", with_settings(found.optimizer, settings), steps=1500)
            end = np.abs(run.points[-1] - found.minima[0]).max()
            assert (end < 1e-3) if label == 0 else (len(run) < 1500 or end > 1e3)
    # The drawn labels change where the line is, within a pixel.
    rates = 0.01 * 100 ** ((np.arange(24) + 0.5) / 24)
    momenta = 0.05 + 0.85 * (np.arange(24) + 0.5) / 24
    limit = np.interp(momenta, found.limits[:, 1], found.limits[:, 0])
    below = rates[None] < limit[:, None] / 1.22
    above = rates[None] > limit[:, None] * 1.22
    assert (found.labels[below & (rates[None] > 0.05)] == 0).all()
    assert (found.labels[above] == -2).all()
    assert below.any()
    assert above.any()


@pytest.mark.parametrize(
    ("spec", "axes"),
    [
        ("adam", "lr=0.001:1:log,betas_0=0:0.9"),
        ("gd", "lr=0.001:1:log,weight_decay=0:0.9"),
        ("gd:weight_decay=0.1", "lr=0.001:1:log,weight_decay=0:0.9"),
        ("momentum", "momentum=0:0.9,dampening=0:0.9"),
    ],
)
def test_no_line_is_drawn_where_theory_has_none(spec, axes):
    assert optviz.settings_map("ellipse", spec, axes, 4, 5).limits is None


def test_the_line_and_what_it_says_are_in_the_picture():
    found = optviz.settings_map("ellipse", "momentum", AXES, 12, 300)
    film = found.plot()
    film.frame(0)
    panel = film.scene.panels[0]
    axes = panel.maps[0].axes
    assert axes.get_xscale() == "log"
    assert axes.get_yscale() == "linear"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("lr", "momentum")
    assert "to the right of the line" in film.scene.caption
    assert panel.maps[0].name.get_text() == "Momentum"  # its swept settings are not named
    drawn = [a for a in panel.artists_at(0) if getattr(a, "get_xydata", None) is not None]
    assert any(np.array_equal(line.get_xydata(), found.limits) for line in drawn)
    turned = optviz.settings_map("ellipse", "momentum", "momentum=0:0.9,lr=0.001:1:log", 12, 300)
    np.testing.assert_array_equal(turned.limits, found.limits[:, ::-1])
    np.testing.assert_array_equal(turned.labels, found.labels.T)
    assert "above the line" in turned.plot().scene.caption


def test_in_a_valley_without_a_bottom_a_run_arrives_by_its_value():
    surface = examples.squared_neurons
    found = optviz.settings_map(surface, "momentum:lr=0.01", "lr=0.001:0.3:log,momentum=0:0.9", 20,
                                400)  # fmt: skip
    assert len(found.minima) == 0
    assert 0 < found.level < 0.011 * surface.at(*found.start)[0]
    ends = found.points[found.labels == 0]
    assert (surface.value(ends) <= found.level).all()
    assert 0.2 < (found.labels == 0).mean() < 0.95
    film = found.plot()
    assert "99 % of the way down to the lowest value found" in film.scene.caption
    assert any(text.get_text() == "arrived" for text in film.scene.figure.texts)
    with pytest.raises(InputError, match="settings with which a run goes down"):
        optviz.settings_map(surface, "gd", "lr=100:200,weight_decay=0:0.1", 4, 9)


@pytest.mark.parametrize("text", ["lr=0.01:1:log:60", "lr = 0.01 : 1 : 60 : log"])
def test_a_range_is_read_from_text(text):
    found = optviz.SettingRange.parse(text)
    assert found == optviz.SettingRange("lr", 0.01, 1, log=True, count=60)
    values = found.values
    assert (values[0], values[-1], len(values)) == (0.01, 1, 60)
    np.testing.assert_allclose(values[1:] / values[:-1], 100 ** (1 / 59))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lr", "range must be"),
        ("lr=1", "range must be"),
        ("lr=1:0.1", "from a lower to a higher"),
        ("lr=0:1:log", "above 0"),
        ("lr=0.1:1:1", "from 2 to 1000"),
        ("lr=0.1:1:lag", "range must be"),
        ("lr=nan:1", "from a lower to a higher"),
    ],
)
def test_what_is_no_range_is_refused(text, words):
    with pytest.raises(InputError, match=words) as caught:
        optviz.SettingRange.parse(text)
    assert "\n" not in str(caught.value)


COMMANDS = {
    "one map": ("basins himmelblau -O adam:lr=0.1 --resolution 20 --steps 50 -o m.png", 1),
    "side by side, in Chinese": (
        "basins --formula (x^2-1)^2+y^2 --domain -2 2 -2 2 -O gd -O adam --resolution 12"
        " --steps 20 --lang zh --theme dark --size 400x300 -o m.png", 1),
    "over the steps": (
        "basins himmelblau -O gd --resolution 12 --steps 20 --seconds 0.3 --fps 10 -o m.gif", 3),
    "over a setting": (
        "basins himmelblau -O gd --over lr=0.001:0.02:log:4 --resolution 12 --steps 9 -o m.gif", 4),
    "a zoom": (
        "basins himmelblau -O gd --zoom 0 0 10 --frames 3 --resolution 12 --steps 20 -o m.gif", 3),
    "two settings": (f"basins ellipse -O momentum --axes {AXES} --resolution 9 -o m.png", 1),
    "the fractal": ("fractal --resolution 65 --steps 50 -o m.png", 1),
    "the edge": ("edge-of-stability --resolution 12 --steps 90 --theme print -o m.png", 1),
}  # fmt: skip


@pytest.mark.parametrize("what", COMMANDS)
def test_commands_write_pictures(what, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command, frames = COMMANDS[what]
    done = called(command.split(), capsys)
    assert (done.returncode, done.stdout) == (0, command.split()[-1] + "\n"), done.stderr
    with Image.open(done.stdout.strip()) as picture:
        assert getattr(picture, "n_frames", 1) == frames
        assert picture.size in {(800, 400), (400, 300)}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("basins himmelblau -O momentum --axes lr=0.1:1,momentm=0:0.9", "did you mean 'momentum'"),
        ("basins himmelblau -O gd --over rate=0.1:1", "setting of GD must be one of lr"),
        ("basins himmelblau --window 1 1 0 2", "from a lower to a higher number"),
        ("basins himmelblau -O gd --over lr=0.1:1:900 --resolution 20000", "more than half of"),
        ("basins himmelblau --resolution 0", "resolution must be"),
        ("basins himmelblau --resolution 99999", "resolution must be"),
        ("basins himmelblau --zoom 9 9 10", "into a point of the window"),
        ("basins himmelblau --zoom 1 1 1e30", "at most"),
        ("basins himmelblau --zoom 1 1 9 --frames 1", "frames must be"),
        ("basins himmelblau --zoom 1 1 9 --over lr=0.1:1", "must be given alone"),
        ("basins himmelblau --start 1 1", "start must be given with axes"),
        ("basins himmelblau --axes lr=0.1:1 -O gd", "axes must be two ranges"),
        ("basins himmelblau --axes lr=0.1:1,lr=1:2 -O gd", "lr twice"),
        ("basins himmelblau -o m.txt", "output must be"),
        ("basins monkey_saddle -O gd", "isolated minimum"),
        ("fractal --zoom 1e20", "at most 1e"),
        ("fractal --resolution 10", "from 65"),
        ("fractal --window 0.01 0.02 0.01 0.02 --resolution 65", "one that holds an edge"),
        ("edge-of-stability --rate 0", "lr must be"),
    ],
)
def test_bad_input_is_one_line_and_leaves_no_file(command, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(called(command.split(), capsys), words, tmp_path)


def test_memory_is_estimated_before_it_is_taken(monkeypatch):
    monkeypatch.setattr(series, "memory", lambda: 1e6)
    series.check_room(10, (90, 90))
    with pytest.raises(InputError, match=r"10 maps of 100 x 100 pixels need 0\.0 GB"):
        series.check_room(10, (100, 100))


def test_settings_of_an_optimizer_are_changed_by_name():
    adam = with_settings(optviz.Adam(lr=0.1), {"betas_1": 0.5, "lr": 0.2})
    assert adam == dataclasses.replace(optviz.Adam(lr=0.2), betas=(0.9, 0.5))
