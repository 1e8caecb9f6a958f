"""Activations: derivatives and dead zones against closed forms; the figure; its command."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from commands import assert_refused, called
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from optviz import mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.mnist.networks.derivatives import dead_zones, values_and_slopes
from optviz.mnist.networks.models import ACTIVATIONS
from optviz.optimizers import REGISTRY
from optviz.scene.marks import mark
from optviz.scene.themes import theme
from optviz.scene.value_marks import value_mark

X = np.linspace(-5.9, 5.9, 238)  # 0 is not among them: kinks have no derivative


def phi(x):
    return 0.5 * (1 + torch.erf(torch.from_numpy(x) / 2**0.5)).numpy()


CLOSED = {
    "sigmoid": lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2,
    "tanh": lambda x: 1 / np.cosh(x) ** 2,
    "relu": lambda x: (x > 0) * 1.0,
    "leaky_relu": lambda x: np.where(x > 0, 1, 0.01),
    "prelu": lambda x: np.where(x > 0, 1, 0.25),
    "elu": lambda x: np.where(x > 0, 1, np.exp(x)),
    "gelu": lambda x: phi(x) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_are_the_closed_forms(name):
    values, slopes = values_and_slopes(name, X)
    np.testing.assert_allclose(slopes, CLOSED[name](X), rtol=1e-7, atol=1e-12)
    layer = ACTIVATIONS[name]().double()
    np.testing.assert_array_equal(values, layer(torch.from_numpy(X)).detach().numpy())


S = np.log(49 + 40 * np.sqrt(1.5))  # where sigmoid' = 0.01: s (1 - s) = 0.01
T = np.arccosh(10)  # where tanh' = 1 / cosh^2 = 0.01

ZONES = {
    "sigmoid": [(-6, -S), (S, 6)],
    "tanh": [(-6, -T), (T, 6)],
    "relu": [(-6, 0)],
    "leaky_relu": [],  # its slope, 0.01, is not below 0.01: that is what it is for
    "prelu": [],
    "elu": [(-6, np.log(0.01))],
}


@pytest.mark.parametrize("name", ZONES)
def test_dead_zones_end_where_the_closed_form_says(name):
    found = dead_zones(name)
    assert len(found) == len(ZONES[name])
    if found:
        np.testing.assert_allclose(found, ZONES[name], atol=1e-9)


@pytest.mark.parametrize("threshold", [0.001, 0.01, 0.1])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_dead_zones_are_all_that_is_dead(name, threshold):
    inside = np.zeros(len(X), bool)
    for low, high in dead_zones(name, threshold):
        inside |= (low < X) & (high > X)
    dead = np.abs(CLOSED[name](X)) < threshold
    if name == "gelu":  # at the bottom of its valley the slope only passes through zero
        dead &= abs(X + 0.752) > 0.4
    np.testing.assert_array_equal(inside, dead)


def test_a_slope_that_passes_through_zero_is_no_dead_zone():
    ((low, high),) = dead_zones("gelu")
    assert low == -6
    assert -3.2 < high < -3
    slopes = CLOSED["gelu"](np.array([-0.76, -0.74]))
    assert slopes[0] < 0 < slopes[1]
    assert (abs(slopes) < 0.01).all()


@pytest.mark.parametrize("size", [(600, 400), (1600, 900)], ids=str)
@pytest.mark.parametrize("names", [None, "prelu", ["relu", "gelu", "elu"]], ids=str)
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_the_figure_fits_and_shows_them(names, size, theme, language):
    still = mnist.activation_figure(names, size, theme, language)
    still.rgba()
    box = still.figure.get_tightbbox(still.canvas.get_renderer())
    assert (box.min > -0.02).all()
    assert (box.max <= np.array(size) / 100 + 0.02).all()
    shown = [axes for axes in still.figure.axes if axes.get_title()]
    wanted = list(ACTIVATIONS) if names is None else [names] if isinstance(names, str) else names
    assert [axes.get_title() for axes in shown] == wanted
    for axes, name in zip(shown, wanted, strict=True):
        zones = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        assert len(zones) == len(dead_zones(name))
        slope = next(line for line in axes.lines if line.get_linestyle() == "--")
        assert isinstance(slope, Line2D)
        x, y = slope.get_data()
        known = ~np.isnan(y) & (x != 0)
        np.testing.assert_allclose(y[known], CLOSED[name](x[known]), rtol=1e-7, atol=1e-12)
        assert name in still.alt
    legend = [*still.figure.legends, *(a.get_legend() for a in still.figure.axes)]
    said = [text.get_text() for box in legend if box for text in box.get_texts()]
    assert len(said) == 3
    assert "0.01" in said[-1]
    if "prelu" in wanted:
        axes = shown[wanted.index("prelu")]
        assert any("0.25" in text.get_text() for text in axes.texts)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [((["rleu"],), "'relu'"), (([],), "at least one"), ((None, (1, 1)), "size"),
     ((None, (600, 400), "drak"), "'dark'"), ((None, (600, 400), "light", "de"), "language")],
)  # fmt: skip
def test_wrong_input(arguments, part):
    with pytest.raises(InputError, match=part):
        mnist.activation_figure(*arguments)


def test_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["mnist", "activations"]) == 0
    assert capsys.readouterr().out == "activations.png\n"
    with Image.open("activations.png") as picture:
        assert picture.size == (900, 600)


CHOSEN = ["relu", "prelu", "--size", "400x300", "--theme", "dark", "--lang", "zh"]


def test_command_with_settings(tmp_path):
    assert main(["mnist", "activations", *CHOSEN, "-o", str(tmp_path / "a.png")]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (400, 300)
        assert picture.text["Description"].startswith("relu")


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF")]
)
def test_kinds_of_files(name, start, tmp_path):
    assert main(["mnist", "activations", *CHOSEN, "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["rleu"], "'relu'"),
        (["-o", "a.gif"], ".png"),
        (["-o", "none/a.png"], "folder that exists"),
        (["--size", "1x1"], "size"),
        (["--theme", "drak"], "'dark'"),
        (["--lang", "de"], "language"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(called(["mnist", "activations", *arguments], capsys), part, tmp_path)


def test_activations_have_the_marks_of_no_optimizer(subset):
    colours = theme("light").colours
    marks = {name: value_mark(i, colours) for i, name in enumerate(ACTIVATIONS)}
    taken = {mark(i, colours) for i in range(len(REGISTRY))}
    assert len(set(marks.values())) == len(marks)
    assert not set(marks.values()) & taken
    chosen = ("tanh", "relu")
    runs = [mnist.train(subset, activation=name, hidden=(4,), samples=200, epochs=1, progress=False)
            for name in chosen]  # fmt: skip
    scene = mnist.animate(runs).scene
    assert scene.style.marks == [marks[name] for name in chosen]
    for axes in mnist.activation_figure(chosen).figure.axes:
        if axes.get_title():
            (shown,) = [line for line in axes.lines if line.get_marker() != "None"]
            assert (shown.get_color(), shown.get_marker()) == marks[axes.get_title()]
