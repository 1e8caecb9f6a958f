"""The command and the Python that the explorer copies make the film of what its page shows."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest
from explorer_page import leave, visit

import optviz
import surfaces
from optviz import scenarios
from optviz.animation.film import Animation
from optviz.cli import films
from optviz.cli.main import main
from optviz.optimizers import REGISTRY
from optviz.words import words_of

FORMULAS = {
    "-x**2 + y": [-1, 2, -3, 3],
    "where(x < 0, -x, x**2) + |y|": [-4, 4, -4, 4],
    "2x² + sin(3y)": [-5, 5, -5, 5],
    "-(x - 1)^2 - cos(x*y) + y^4/50": [-2.5, 3, -1e-3, 5],
    "log(x) + y**2": [-5, 5, -5, 5],
}
RULES = [name for name in REGISTRY if name != "gd"]
# What is done in the page, each in a model of its own.
CASES = (
    {f"surface {name}": [["chooseSurface", name]] for name in surfaces.names()}
    | {f"lesson {name}": [["chooseLesson", name]] for name in scenarios.names()}
    | {
        f"changed {name}": [["chooseLesson", name], ["setNumbers", {"steps": 9, "noise": 0}]]
        for name in scenarios.names()
    }
    | {f"formula {text}": [["useFormula", text, window]] for text, window in FORMULAS.items()}
    | {f"optimizer {name}": [["addRacer", name], ["setNumbers", {"steps": 9}]] for name in RULES}
    | {
        "looks": [["look", {"language": "zh", "theme": "print", "views": ["profile", "gradient"]}]],
        "dark": [["setDark", True]],
        "no view": [["look", {"views": []}]],
        "starts": [["addStart", [-1e-7, 2]], ["addStart", [50, -0.9]]],
        "rates": [["setRate", 0, 1e-20], ["copyRacer", 0], ["setRate", 1, 1 / 3]],
        "schedule": [["setRacer", 4, {"lr": {"schedule": "cosine", "lr": 0.1,
                                             "hyper": {"T_max": 40, "eta_min": 1e-9}}}],
                     ["setRacer", 4, {"flags": {"amsgrad": True}}]],
        "some": [["setRacer", i, {"on": False}] for i in (0, 2)],
    }
)  # fmt: skip
DONE = """(cases) => Object.fromEntries(Object.entries(cases).map(([name, changes]) => {
  const model = new optviz.model.constructor(optviz.model.data, { language: "en" });
  for (const [change, ...given] of changes) model[change](...given);
  const told = (what) => {
    try {
      return model[what];
    } catch (error) {
      return [error.word, error.values];
    }
  };
  const runs = model.running.map(({ run }) => JSON.stringify(Array.from(run.points.slice(0, 60))));
  const { surface, lesson, noise } = model.state;
  const { catalogue, formula, minima } = model.surface;
  return [name, { command: told("command"), python: told("python"), runs, noise,
    known: catalogue || model.keepsLesson, formula, minima: minima.length }];
}))"""


@pytest.fixture(scope="module")
def copied(browser, explorer_file):
    """What is copied in each case, and the beginnings of the runs on the page."""
    shown = visit(browser, explorer_file.as_uri())
    yield shown.page.evaluate(DONE, CASES)
    leave(shown)


@pytest.fixture
def filmed(monkeypatch):
    """The films that commands would write; nothing is drawn."""
    made = []
    monkeypatch.setattr(Animation, "scene", None)
    monkeypatch.setattr(films.FilmOptions, "deliver", lambda _, film, path: made.append(film))
    return made


def assert_same_runs(film, case):
    assert len(film.trajectories) == len(case["runs"])
    if case["noise"]:
        return  # the page's noise has other numbers, which the README says
    found = [run.points.ravel()[:60].tolist() for run in film.trajectories]
    assert found == [json.loads(points, parse_int=float) for points in case["runs"]]


def film_of(text):
    """The film that lines of Python make, without writing it."""
    scope = {}
    exec(text.replace('film.save("race.gif")', ""), scope)
    return scope["film"]


@pytest.mark.parametrize("name", CASES)
def test_what_is_copied_runs_and_does_the_same(name, copied, filmed):
    case = copied[name]
    if isinstance(case["command"], list):
        word, values = case["command"]
        assert case["python"] == case["command"]
        assert (word, name.split()[0]) == ("own_optimizer", "changed")
        assert values["name"] in {"Textbook momentum", "RMSProp (ε inside)"}
        return
    words = shlex.split(case["command"])
    assert main(words[1:]) == 0
    (film,) = filmed
    assert_same_runs(film, case)
    again = film_of(case["python"])
    assert_same_runs(again, case)
    for setting in ("theme", "language", "views"):
        assert getattr(again.spec, setting) == getattr(film.spec, setting), setting
    kind, *_ = name.split()
    assert (kind == "lesson") == ("--scenario" in words) == ("animate_scenario" in case["python"])
    if case["minima"]:  # what the loss axis begins at
        assert again.trajectories[0].surface.minima
    if case["known"]:
        assert film.trajectories[0].surface.minima == again.trajectories[0].surface.minima


def test_looks_are_copied(copied, filmed):
    expected = {
        "looks": (["contour", "profile"], "print", "zh"),
        "dark": (["contour", "loss", "relief", "anatomy"], "dark", "en"),
        "no view": (["contour"], "light", "en"),
    }
    for name, (views, theme, language) in expected.items():
        main(shlex.split(copied[name]["command"])[1:])
        spec = filmed[-1].spec
        assert (list(spec.views), spec.theme, spec.language) == (views, theme, language), name


def test_the_film_of_the_copied_command_is_drawn(copied, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("looks", "surface beale", "lesson two-momenta"):
        words = shlex.split(copied[name]["command"])
        assert main([*words[1:], "--seconds", "0.1", "-o", "film.gif"]) == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_changed_lesson_with_a_rule_of_its_own_says_what_is_missing(language, show):
    shown = show(f"#lesson=two-momenta&noise=1&lang={language}")
    words = words_of("page")
    for button in ("command", "python"):
        shown.page.get_by_role("button", name=words[button][language]).click()
        told = shown.page.locator(".ov-share .ov-told").inner_text()
        assert told == words["own_optimizer"][language].format(name="Textbook momentum")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_own_surface_without_a_formula_says_what_is_missing(language, browser, tmp_path):
    x = np.linspace(-2, 2, 9)
    bowl = surfaces.from_samples(x, x, x**2 + x[:, None] ** 2, name="bowl")
    path = optviz.page([bowl], tmp_path / "own.html")
    shown = visit(browser, f"{path.as_uri()}#lang={language}")
    words = words_of("page")
    for button in ("command", "python"):
        shown.page.get_by_role("button", name=words[button][language]).click()
        told = shown.page.locator(".ov-share .ov-told").inner_text()
        assert told == words["own_surface"][language]
    leave(shown)


def test_a_command_that_says_no_minimum_is_told_of(show):
    """A lesson's own surface, once changed, is a formula to the command line."""
    shown = show("#lesson=fit-a-line&n=9")
    shown.page.get_by_role("button", name="Copy command").click()
    told = shown.page.locator(".ov-share .ov-told")
    told.filter(has_text="--formula").wait_for()
    assert told.inner_text().endswith(words_of("page")["loses_minima"]["en"])
    shown.page.get_by_role("button", name="Copy Python").click()
    told.filter(has_text="minima=((").wait_for()
