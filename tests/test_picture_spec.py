"""A picture's size, theme and language are refused in the same words at every door."""

from __future__ import annotations

import dataclasses

import pytest

import optviz
from optviz.animation.still import Still
from optviz.cli.films import FilmOptions
from optviz.errors import InputError
from optviz.mnist import activation_figure
from optviz.scene import Scene
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.views import SceneSpec

RUN = optviz.descend("beale", "gd:lr=0.001", steps=2)
USUAL = {"size": (400, 300), "theme": "light", "language": "en"}


def typed(size, theme, language):
    return FilmOptions(20, None, "x".join(map(str, size)), theme, language, None, None, False)


DOORS = {
    "spec": PictureSpec,
    "scene": lambda **asked: Scene([RUN], **asked),
    "film": lambda **asked: optviz.Animation([RUN], **asked),
    "animate": lambda **asked: optviz.animate("beale", ["gd:lr=0.001"], steps=2, **asked),
    "scenario": lambda **asked: optviz.animate_scenario("washboard", **asked),
    "still": Still,
    "figure": lambda **asked: activation_figure(["relu"], **asked),
    "command": typed,
}
WRONG = {
    "size": ((0, 300), "size must be 200 to 4000 pixels each way, 64 MB a frame; not '0x300', "
             "0 MB a frame"),
    "theme": ("drak", "theme must be one of light, dark, print; not 'drak' (did you mean 'dark'?)"),
    "language": ("de", "language must be one of en, zh; not 'de'"),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", WRONG)
def test_every_door_refuses_it_in_the_same_words(door, name):
    value, said = WRONG[name]
    with pytest.raises(InputError) as refused:
        DOORS[door](**(USUAL | {name: value}))
    assert str(refused.value) == said


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


@pytest.mark.parametrize("door", ["spec", "scene", "film", "still"])
def test_a_spec_is_carried_whole(door):
    made = DOORS[door](size=(500, 250), theme="dark", language="zh")
    spec = made if door == "spec" else made.spec
    assert (spec.size, spec.theme, spec.language) == ((500, 250), "dark", "zh")


def test_a_strip_and_a_coarser_film_keep_the_rest():
    film = optviz.Animation([RUN], views=["loss"], theme="dark", language="zh", title="A title")
    for other in (film.strip(2), film.coarser(1, 0.5)):
        assert dataclasses.replace(other.spec, size=film.spec.size, moments=None) == film.spec
