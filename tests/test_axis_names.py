"""What the coordinates are called reaches every picture of every kind of surface."""

from __future__ import annotations

import csv
import json
import shlex

import numpy as np
import pytest
from explorer_page import PAINTED, leave, visit
from matplotlib.text import Text
from PIL import Image

import optviz
import surfaces
from optviz.animation.alt import describe
from optviz.cli.main import main
from optviz.scene import Scene
from optviz.words import words_of
from surfaces.surface import Surface

AXES = ("weight", {"en": "learning rate [1/s]", "zh": "学习率 [1/s]"})
SIDE = np.linspace(-2, 2, 9)
WINDOW = ((-2, 2), (-2, 2))


def bowl(x, y):
    return x**2 + 3 * y**2


KINDS = {
    "formula": lambda **more: surfaces.from_formula("x^2 + 3y^2", WINDOW, **more),
    "samples": lambda **more: surfaces.from_samples(SIDE, SIDE, bowl(SIDE, SIDE[:, None]), **more),
    "torch": lambda **more: optviz.torch_surface(bowl, WINDOW, (1, 1), **more),
    "function": lambda **more: surfaces.from_function(bowl, WINDOW, **more),
    "slice": lambda **more: surfaces.slice_of(
        lambda p: float(p @ p), np.arange(4.0), (0, 3), start=(0.5, 0.5), **more
    ),
    "fit": lambda **more: surfaces.fit_line([0, 1, 2, 3], [1.0, 2.9, 5.2, 6.8], **more),
    "file": lambda **more: Surface.from_dict(
        json.loads(json.dumps(surfaces.from_function(bowl, WINDOW, **more).to_dict()))
    ),
}


def texts(figure):
    """All that a picture says."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible()]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_names_stand_in_every_picture(kind, language):
    surface = KINDS[kind](axes=AXES)
    along, up = surface.axis_names(language)
    assert (along, up) == ("weight", {"en": "learning rate [1/s]", "zh": "学习率 [1/s]"}[language])
    runs = optviz.race(surface, ["gd"], steps=5)
    for view, names in {"contour": {along, up}, "relief": {along, up}, "profile": {along}}.items():
        scene = Scene(runs, [view], language=language)
        scene.picture(3)
        assert names <= set(texts(scene.figure)), view
    assert along in describe(runs, language)
    assert up in describe(runs, language)


class Column(np.ndarray):
    """An array with a name, as columns of pandas and polars have."""

    name = "height [m]"


def test_the_data_of_a_fit_are_called_by_their_names():
    x, y = np.arange(4.0), np.array([1.0, 2.9, 5.2, 6.8])
    for surface, names in (
        (surfaces.fit_line(x.view(Column), y), ("height [m]", "y")),
        (surfaces.fit_line(x, y, data_axes=("age", "weight")), ("age", "weight")),
        (surfaces.fit_line(x, y), ("x", "y")),
    ):
        back = Surface.from_dict(json.loads(json.dumps(surface.to_dict())))
        for each in (surface, back):
            scene = Scene(optviz.race(each, ["gd"], steps=5), ["data"])
            axes = scene.panels[0].axes
            assert (axes.get_xlabel(), axes.get_ylabel()) == names
    with pytest.raises(surfaces.InputError, match="data_axes must be two names"):
        surfaces.fit_line(x, y, data_axes=("age",))


def test_files_of_numbers_keep_x_and_y(tmp_path):
    run = optviz.descend(KINDS["function"](axes=AXES), "gd:lr=0.1", steps=3)
    with run.save(tmp_path / "run.csv").open(newline="") as stream:
        assert next(csv.reader(stream))[:3] == ["step", "x", "y"]


@pytest.mark.parametrize(
    ("axes", "letters"),
    [
        (("x", "y"), "xy"), (("weight", "bias"), "xy"), (("weight w", "bias b"), "wb"),
        (("w", "b"), "wb"), (("temperature T [K]", "rate [1/s]"), "Ty"), (("θ", "φ (rad)"), "θφ"),
        (("first a", "second a"), "xy"), (("time e", "权"), "xy"), (("s", "x"), "sx"),
        (({"en": "weight w", "zh": "权重 w"}, "b"), "wb"),
    ],
)  # fmt: skip
def test_a_name_that_ends_in_a_letter_names_the_coordinate_in_formulas(axes, letters):
    surface = surfaces.from_formula("x^2 + 3y^2", axes=axes)
    first, second = letters
    assert surface.letters == {"x": first, "y": second}
    assert surface.latex == f"{first}^{{2}} + 3 {second}^{{2}}"
    assert surface.formula == "x**2 + 3*y**2"


def test_usual_names_are_not_told():
    run = optviz.descend("booth", "gd:lr=0.01", steps=3)
    assert "Across" not in describe([run])


LONG = ("a quite long name of what is varied here, in meters [m]", "temperature of a reservoir [K]")


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900)])
@pytest.mark.parametrize("views", [["contour", "loss"], ["relief", "profile"], ["contour"] * 2])
def test_long_names_stay_in_the_picture_and_apart(size, views):
    runs = optviz.race(KINDS["function"](axes=LONG), ["gd"], steps=5)
    scene = Scene(runs, views, size=size)
    scene.picture(3)
    names = [text for text in scene.figure.findobj(Text) if text.get_text() in LONG]
    boxes = [text.get_window_extent() for text in names]
    assert boxes
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= size[0]
        assert box.y1 <= size[1]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])


@pytest.mark.parametrize(
    ("names", "view", "at"),
    [(AXES, "relief", 3), (LONG, "relief", 3), (("w", "b"), "relief", 3),
     *((("angle θ [rad]", "rate"), "relief-turning", at) for at in (0, 2, 4, 5))],
)  # fmt: skip
def test_names_of_a_relief_stand_outside_its_floor(names, view, at):
    runs = optviz.race(KINDS["function"](axes=names), ["gd"], steps=5)
    scene = Scene(runs, [view], size=(600, 500))
    scene.picture(at)
    relief = scene.panels[0]
    floor = [[a, b, relief.box.floor] for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    corners = relief.axes.transData.transform(relief.camera.project(np.array(floor, float)))
    for label in relief.box.names:
        box = label.get_window_extent()
        x, y = np.meshgrid(np.linspace(box.x0, box.x1, 30), np.linspace(box.y0, box.y1, 6))
        sides = np.roll(corners, -1, axis=0) - corners
        away = np.stack([x, y], axis=-1)[..., None, :] - corners
        turns = sides[:, 0] * away[..., 1] - sides[:, 1] * away[..., 0]
        assert not ((turns > 0).all(axis=-1) | (turns < 0).all(axis=-1)).any()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_names_axes_and_says_that_it_shows_samples(language, browser, tmp_path):
    surface = KINDS["function"](axes=AXES, name="mine").sampled(21)
    path = optviz.page([surface, KINDS["formula"]()], tmp_path / "page.html")
    shown = visit(browser, f"{path.as_uri()}#lang={language}&v=loss,profile")
    along, up = surface.axis_names(language)
    painted = shown.page.evaluate(PAINTED)
    assert {along, up} <= set(painted["plane"])
    assert along in painted["profile"]
    said = words_of("page")["from_samples"][language].format(n=21, m=21)
    assert said in shown.page.locator(".ov-head").inner_text()
    shown.page.select_option("select[aria-label='Surface'], select[aria-label='曲面']", "formula")
    shown.settle()
    assert said not in shown.page.locator(".ov-head").inner_text()
    assert {"x", "y"} <= set(shown.page.evaluate(PAINTED)["plane"])
    leave(shown)


def test_what_the_page_copies_names_the_axes(browser, tmp_path):
    surface = KINDS["formula"](axes=("weight's", "rate [1/s]"), name="mine")
    path = optviz.page([surface], tmp_path / "page.html")
    shown = visit(browser, path.as_uri())
    lines, words = shown.page.evaluate("[optviz.model.python, optviz.model.command]")
    made = eval(next(line for line in lines.splitlines() if "from_formula" in line).strip(" ,"))
    assert made.axis_names() == ("weight's", "rate [1/s]")
    words = shlex.split(words)
    at = words.index("--axes")
    assert words[at + 1 : at + 3] == ["weight's", "rate [1/s]"]
    leave(shown)


@pytest.mark.parametrize("command", ["animate", "run"])
def test_the_command_line_names_the_axes_of_a_formula(command, tmp_path):
    path = tmp_path / f"made.{'png' if command == 'animate' else 'json'}"
    typed = [command, "--formula", "x^2 + 3y^2", "--axes", "weight w", "偏置 [1/s]"]
    assert main([*typed, "-O", "gd:lr=0.1", "--steps", "3", "-o", str(path)]) == 0
    if command == "run":
        assert optviz.Trajectory.load(path).surface.axis_names() == ("weight w", "偏置 [1/s]")
    else:
        with Image.open(path) as picture:
            assert "Across: weight w; up: 偏置 [1/s]" in picture.text["Description"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["booth", "--axes", "a", "b"], "axes must go with a formula"),
        (["--formula", "x", "--axes", "a", " "], "axes must be two names"),
        (["--formula", "x", "--axes", "a", "b" * 61], "axes must be two names"),
        (["--scenario", "signs", "--axes", "a", "b"], "not with axes"),
    ],
)
def test_axes_of_nothing_are_one_line(typed, said, capsys):
    assert main(["animate", *typed]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
