"""Every scenario's claim is true, stays true beside its start, and could be false."""

from __future__ import annotations

import dataclasses
import functools
import re

import pytest

import optviz
import surfaces
from optviz import scenarios
from optviz.descent import descend
from optviz.errors import InputError
from optviz.scenarios import Scenario

NAMES = scenarios.names()


@functools.cache
def runs_of(name):
    """The runs of a scenario, made once."""
    return scenarios.get(name).run()


@pytest.mark.parametrize("name", NAMES)
def test_the_claim_holds(name):
    scenario = scenarios.get(name)
    assert scenario.holds(runs_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_beside_the_start(name):
    scenario = scenarios.get(name)
    x, y = scenario.start or scenario.surface.start
    assert scenario.holds(scenario.run((x + 1e-6, y + 1e-6)))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_false_of_runs_that_hardly_move(name):
    scenario = scenarios.get(name)
    still = [
        descend(run.surface, dataclasses.replace(run.optimizer, lr=1e-12), run.points[0], len(run))
        for run in runs_of(name)
        if len(run)
    ]
    assert not scenario.holds(still)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_false_of_a_race_in_which_all_run_as_the_first_and_stand_still(name):
    scenario = scenarios.get(name)
    runs = runs_of(name)
    first = dataclasses.replace(runs[0].optimizer, lr=1e-9)
    still = descend(runs[0].surface, first, runs[0].points[0], len(runs[0]))
    assert not scenario.holds([still] * len(runs))


@pytest.mark.parametrize("name", NAMES)
def test_it_speaks_both_languages_and_names_every_rate(name):
    scenario = scenarios.get(name)
    for text in (scenario.title, scenario.claim):
        assert set(text) == {"en", "zh"}
        assert text["en"]
        assert re.search(r"[\u4e00-\u9fff]", text["zh"])
    for optimizer in scenario.optimizers:
        assert not isinstance(optimizer, str) or "lr=" in optimizer
    kinds = [(str(run.optimizer), *run.points[0]) for run in runs_of(name)]
    assert len(set(kinds)) == len(kinds)


def test_every_surface_has_its_lesson():
    assert set(surfaces.names()) <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "said"),
    [("washbord", "did you mean 'washboard'"), ("two-momentum", "'two-momenta'"),
     ("", "scenario must be one of"), (None, "scenario must be one of")],
)  # fmt: skip
def test_an_unknown_name(name, said):
    with pytest.raises(InputError, match=said):
        scenarios.get(name)


def test_a_film_of_one():
    scenario = scenarios.get("washboard")
    assert isinstance(scenario, Scenario)
    film = optviz.Animation(scenario.run(), views=scenario.views)
    assert film.scene.runs[0].surface is surfaces.washboard
