"""Pictures can be copied, pickled and handed to other processes, drawn before or not."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from evaluations import made_up
from trainings import trained

import optviz
from optviz.animation.still import Still
from optviz.export.clock import Clock
from optviz.mnist import activation_figure
from optviz.mnist.evaluation.figures.registry import FIGURES
from optviz.scene.picture_spec import PictureSpec

WAYS = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


LOOKS = {"views": ("loss", "accuracy", "lr"), "size": (600, 200), "theme": "dark"}


def film(**looks):
    return optviz.Animation(trained(), Clock(5, 1), caption="A claim.", **(LOOKS | looks))


@pytest.fixture(scope="module")
def others():
    """Processes that begin with nothing of ours."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("after", [False, True], ids=["new", "drawn"])
def test_a_copy_of_a_film_is_the_film(way, after):
    made = film(language="zh")
    expected = [made.frame(i) for i in (0, 3, -1)] if after else None
    copied = WAYS[way](made)
    expected = expected or [made.frame(i) for i in (0, 3, -1)]
    np.testing.assert_array_equal([copied.frame(i) for i in (0, 3, -1)], expected)
    assert len(copied) == len(made)
    assert copied.alt == made.alt
    assert copied.scene is not made.scene


def test_a_pickled_film_holds_no_drawing():
    made = film()
    assert len(pickle.dumps(made)) < 20_000
    assert b"matplotlib" not in pickle.dumps(made)


def test_a_film_goes_to_another_process_and_back(others):
    made = film()
    np.testing.assert_array_equal(others.submit(optviz.Animation.frame, made, 3).result(), made[3])
    back = others.submit(copy.copy, made.strip(3)).result()
    np.testing.assert_array_equal(back.frame(0), made.strip(3).frame(0))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FIGURES)
def test_a_copy_of_a_still_is_the_still(name, way):
    still = made_up(positive="T-shirt").figure(name, (400, 300), "light", "zh")
    copied = WAYS[way](still)
    np.testing.assert_array_equal(copied.rgba(), still.rgba())
    assert copied.alt == still.alt


def test_a_copy_of_a_still_can_be_drawn_into():
    still = Still(PictureSpec((400, 300), "dark", "en"))
    with still.drawing() as figure:
        figure.add_subplot().plot([0, 1])
    copied = copy.deepcopy(still)
    with copied.drawing() as figure:
        figure.suptitle("More")
    assert (copied.rgba() != still.rgba()).any()
    with still.drawing() as figure:
        figure.suptitle("More")
    np.testing.assert_array_equal(copied.rgba(), still.rgba())


def test_a_still_goes_to_another_process(others):
    still = activation_figure(["relu"], (300, 200), language="zh")
    np.testing.assert_array_equal(others.submit(Still.rgba, still).result(), still.rgba())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "looks",
    [{"views": ("contour", "loss", "relief", "lr"), "size": (800, 200)},
     {"views": ("contour", "anatomy"), "slow": True, "size": (600, 300)}],
    ids=["film", "slow"],
)  # fmt: skip
def test_a_copy_of_a_film_of_descents_is_the_film(way, looks):
    """The optimizers and the surface were used before."""
    made = optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], steps=8, **looks)
    expected = [made.frame(i) for i in (0, 3, -1)]
    copied = WAYS[way](made)
    np.testing.assert_array_equal([copied.frame(i) for i in (0, 3, -1)], expected)
    assert copied.alt == made.alt


def test_a_film_of_descents_is_made_in_another_process(others):
    """Sent there and back, and drawn at both ends."""
    made = optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], steps=8, size=(400, 240))
    np.testing.assert_array_equal(others.submit(optviz.Animation.frame, made, 3).result(), made[3])
    look = {"steps": 8, "size": (400, 240)}
    theirs = others.submit(optviz.animate, "beale", ["gd:lr=0.001"], **look).result()
    expected = optviz.animate("beale", ["gd:lr=0.001"], **look)
    np.testing.assert_array_equal(theirs[-1], expected[-1])
    both = [*made.trajectories, *others.submit(optviz.race, "himmelblau", ["adam"]).result()]
    assert len(optviz.Animation(both).trajectories) == 3
