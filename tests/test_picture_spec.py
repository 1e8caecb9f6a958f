"""A picture's size, theme and language are refused in the same words at every door."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import optviz
from optviz import mnist
from optviz.cli.main import cli
from optviz.errors import InputError
from optviz.scene import Scene
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.views import SceneSpec

RUN = optviz.descend("beale", "gd:lr=0.001", steps=2)
USUAL = {"size": (400, 300), "theme": "light", "language": "en"}


SCORES = mnist.Evaluation([0, 1, 2], np.eye(10)[:3])


@pytest.fixture(scope="module")
def grid():
    return mnist.compare(
        mnist.load(subset=True), "gd:lr=0.1", seeds=1, hidden=(4,), samples=50, batch_size=50,
        jobs=1, progress=False,
    )  # fmt: skip


def typed(*command):
    """A command with its options, as on the command line; wrong ones are raised, not printed."""

    def run(size, theme, language):
        size = "x".join(map(str, size))
        options = ["--size", size, "--theme", theme, "--lang", language]
        cli.main([*command, *options], prog_name="optviz", standalone_mode=False)

    return run


DOORS = {
    "spec": PictureSpec,
    "scene": lambda **asked: Scene([RUN], **asked),
    "film": lambda **asked: optviz.Animation([RUN], **asked),
    "race": lambda **asked: optviz.animate("beale", ["gd:lr=0.001"], steps=2, **asked),
    "scenario": lambda **asked: optviz.animate_scenario("washboard", **asked),
    "activations": lambda **asked: mnist.activation_figure(["relu"], **asked),
    "evaluation": lambda **asked: SCORES.figure("confusion", **asked),
    "evaluation folder": lambda **asked: SCORES.save("new", **asked),
    "training film": lambda **asked: mnist.animate("nowhere", **asked),
    "animate": typed("animate", "sphere"),
    "mnist animate": typed("mnist", "animate", "nowhere"),
    "mnist activations": typed("mnist", "activations"),
    "mnist evaluate": typed("mnist", "evaluate", "nowhere"),
    "mnist compare": typed("mnist", "compare"),
}
WRONG = {
    "size": ((0, 300), "size must be 200 to 4000 pixels each way, 64 MB a frame; not '0x300', "
             "0 MB a frame"),
    "theme": ("drak", "theme must be one of light, dark, print; not 'drak' (did you mean 'dark'?)"),
    "language": ("de", "language must be one of en, zh; not 'de'"),
}  # fmt: skip


def assert_refused(door, name):
    value, said = WRONG[name]
    with pytest.raises(InputError) as refused:
        door(**(USUAL | {name: value}))
    assert str(refused.value) == said
    assert not list(Path().iterdir())


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", WRONG)
def test_every_door_refuses_it_in_the_same_words(door, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(DOORS[door], name)


@pytest.mark.parametrize("name", WRONG)
def test_a_comparison_refuses_it_before_anything_is_written(grid, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(partial(grid.figure, "curves"), name)
    assert_refused(partial(grid.save, "new"), name)


@pytest.mark.parametrize(
    ("wrong", "part"),
    [({"views": ["contur"]}, "'contour'"), ({"slow": True}, "anatomy"), ({"theme": ""}, "theme")],
)
def test_a_spec_stays_checked(wrong, part):
    spec = SceneSpec(size=[400.0, 300.0])
    assert (spec.size, spec.views) == ((400, 300), ("contour", "loss"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.theme = "dark"
    with pytest.raises(InputError, match=part):
        dataclasses.replace(spec, **wrong)


def assert_carried(picture):
    found = picture.spec
    assert (found.size, found.theme, found.language) == ((500, 250), "dark", "zh")


@pytest.mark.parametrize("door", ["scene", "film", "race", "scenario", "activations", "evaluation"])
def test_a_spec_is_carried_whole(door):
    assert_carried(DOORS[door](size=(500, 250), theme="dark", language="zh"))


def test_a_comparison_carries_it_whole(grid):
    assert_carried(grid.figure("curves", size=(500, 250), theme="dark", language="zh"))


COMMANDS = {
    "animate": "sphere -O gd --steps 2 --fps 1 --seconds 1 -o made.png",
    "mnist activations": "relu -o made.png",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_gives_it_to_the_picture(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    typed(*name.split(), *COMMANDS[name].split())((500, 250), "dark", "en")
    with Image.open("made.png") as picture:
        assert picture.size == (500, 250)
        assert picture.convert("RGB").getpixel((0, 0)) == (0x15, 0x18, 0x1E)  # the dark page


def test_a_strip_and_a_coarser_film_keep_the_rest():
    film = optviz.Animation([RUN], views=["loss"], theme="dark", language="zh", title="A title")
    for other in (film.strip(2), film.coarser(1, 0.5)):
        assert dataclasses.replace(other.spec, size=film.spec.size, moments=None) == film.spec
