"""The loss axis of the page is the film's: what it counts from, its name, its ends."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

import optviz
import surfaces

WORDS = {"rise": "above", "rise_seen": "above_seen", "loss": "value"}
FORMULAS = [
    ("x**2 + y**2 + 100", ["gd:lr=0.001"], (3, 3), 30),
    ("cos(x) + cos(y)", ["adam:lr=0.1"], (3, 2), 60),
    ("x + exp(-x) + y**2", ["gd:lr=0.1"], (3, 2), 40),
    ("log(x*y) + x + y", ["gd:lr=0.01"], (2, 2), 40),
    ("sqrt(4 - x**2 - y**2)", ["gd:lr=0.01"], (0.5, 0.5), 20),
    ("x**2 + y**2", ["gd:lr=0.1", "gd:lr=1.2"], (3, 3), 50),
]


def film_axis(runs):
    panel = optviz.scene.Scene(runs, views=("loss",), size=(400, 300)).panels[0]
    label = panel.axes.get_ylabel()
    low, high = panel.axes.get_ylim()
    return panel, label, low, high


def page_axis(shown):
    shown.page.evaluate("optviz.flush()")
    return shown.page.evaluate("optviz.curves.axis")


def assert_same_axis(axis, runs):
    panel, label, low, high = film_axis(runs)
    assert axis["log"] == panel.log
    assert axis["zero"] == pytest.approx(panel.zero, rel=1e-9, abs=1e-12)
    says_above = {"value": False, "above": True, "above_seen": True}[axis["word"]]
    assert ("above" in label) == says_above
    assert ("seen" in label) == (axis["word"] == "above_seen")
    assert axis["high"] == pytest.approx(high, rel=1e-9)
    if panel.log:
        assert axis["floor"] == pytest.approx(panel.floor, rel=1e-6)
    if low >= panel.floor:
        assert axis["low"] == pytest.approx(low, rel=1e-6)


@pytest.mark.parametrize("name", surfaces.names())
def test_a_default_race(name, one_page):
    one_page.page.evaluate(f"optviz.model.open('#s={name}')")
    assert_same_axis(page_axis(one_page), optviz.race(name))


@pytest.mark.parametrize(("name", "start"), [("rastrigin", (40, 0)), ("himmelblau", (30, 0))])
def test_a_start_outside_the_window(name, start, one_page):
    """The window that holds it decides who has left."""
    one_page.page.evaluate(f"optviz.model.open('#s={name}&start={start[0]},{start[1]}&o=gd;adam')")
    assert_same_axis(page_axis(one_page), optviz.race(name, ["gd", "adam"], start))


@pytest.mark.parametrize(("formula", "specs", "start", "steps"), FORMULAS)
def test_a_formula_without_a_known_minimum(formula, specs, start, steps, one_page):
    link = f"#f={quote(formula)}&start={start[0]},{start[1]}&n={steps}&o={quote(';'.join(specs))}"
    one_page.page.evaluate(f"optviz.model.open({json.dumps(link)})")
    runs = optviz.race(surfaces.from_formula(formula), specs, start, steps)
    assert_same_axis(page_axis(one_page), runs)
