"""Tick labels tell ticks apart and name their values, whatever the window."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from matplotlib.ticker import MaxNLocator
from texts import assert_texts_fit, texts_of

import optviz
import surfaces
from optviz.scene import Scene
from optviz.scene.ticks import shown, step_ticks, tick_labels


def read(text):
    """A label's value: Python reads it but for the sign."""
    return float(text.replace("−", "-"))


def ticks_between(low, high, count=5):
    return [
        float(tick) for tick in MaxNLocator(count).tick_values(low, high) if low <= tick <= high
    ]


ends = st.floats(-1e12, 1e12) | st.floats(-1e-3, 1e-3) | st.integers(-(10**7), 10**7).map(float)


@given(ends, st.floats(-9, 9).map(lambda power: 10.0**power))
@example(1e9, 50.0)
@example(999999.0, 2.0)
@example(-78000.0, 50.0)
@example(1.0, 5e-4)
@example(1e9, 1e-6)
def test_labels_differ_and_name_their_ticks(low, span):
    assume(abs(low) < 1e13 * span)  # else the ticks themselves are rounded
    ticks = ticks_between(low, low + span)
    labels, offset = tick_labels(ticks)
    assert len(set(labels)) == len(ticks)
    step = min(np.diff(ticks), default=np.inf)
    for label, tick in zip(labels, ticks, strict=True):
        assert "-" not in label  # a real minus sign
        assert offset + read(label) == pytest.approx(tick, rel=4e-16, abs=0.02 * step)
    assert max(map(len, labels), default=0) <= 9


@pytest.mark.parametrize(
    ("ticks", "labels", "offset"),
    [
        ([0, 2500, 5000], ["0", "2500", "5000"], 0),
        ([0, 5e4, 1e5], ["0", "5e4", "1e5"], 0),
        ([-8e-5, 0, 8e-5], ["−8e−5", "0", "8e−5"], 0),
        ([100000, 100050, 100100], ["100000", "100050", "100100"], 0),
        ([23.472, 23.474], ["23.472", "23.474"], 0),
        ([1e9, 1e9 + 20, 1e9 + 40], ["0", "20", "40"], 1e9),
        ([-1e9 - 20, -1e9, -1e9 + 20], ["−20", "0", "20"], -1e9),
        ([999999.5, 1e6, 1000000.5], ["−0.5", "0", "0.5"], 1e6),
        ([12345.68, 12345.69, 12345.7], ["0.68", "0.69", "0.7"], 12345),
        ([3.0], ["3"], 0),
        ([], [], 0),
    ],
)  # fmt: skip
def test_labels_are_short(ticks, labels, offset):
    assert tick_labels(ticks) == (labels, offset)


def test_a_number_is_named_as_closely_as_is_asked():
    assert shown(1e6 + 0.3, 0.05, digits=3) == "1000000.3"
    assert shown(1e6 + 0.3, 1, digits=3) == "1e6"
    assert shown(-0.9, 0.01) == "−0.9"


# Formula, window, view, axis ("x" or "y") and what its name ends with.
WRITTEN = [
    ("1e9 + x**2 + y**2", ((-5, 5), (-5, 5)), "loss", "y", "f(x, y) − 1e9"),
    ("(x - 1e6)**2 + y**2", ((999999, 1000001), (-1, 1)), "contour", "x", "x − 1e6"),
    ("1 + 1e-5*(x**2 + y**2)", ((-5, 5), (-5, 5)), "loss", "y", "f(x, y)"),
    (
        "12345.678 + 0.001*(x**2 + y**2)",
        ((-5, 5), (-5, 5)),
        "profile",
        "y",
        "f(x, y), each at its own y − 12345",
    ),
    ("10000 + 3*sin(x) + y**2", ((-5, 5), (-5, 5)), "loss", "y", "f(x, y)"),
    ("-78000 + x**2 + y**2", ((-5, 5), (-5, 5)), "loss", "y", "f(x, y)"),
    ("-1e9 + x**2 + y**2", ((-5, 5), (-5, 5)), "loss", "y", "f(x, y) + 1e9"),
]


@pytest.mark.parametrize(("formula", "domain", "view", "side", "name"), WRITTEN)
def test_an_offset_stands_in_the_name_of_the_axis(formula, domain, view, side, name):
    surface = surfaces.from_formula(formula, domain)
    scene = Scene([optviz.descend(surface, "adam:lr=0.3", steps=20)], [view])
    axes = scene.panels[0].axes
    axis = axes.xaxis if side == "x" else axes.yaxis
    assert axis.get_label_text() == name
    said = [label.get_text() for label in axis.get_ticklabels()]
    assert len(said) >= 3
    assert len(set(said)) == len(said)
    offset = read(name.partition(" − ")[2] or "0") - read(name.partition(" + ")[2] or "0")
    error = 0.02 * min(np.diff(axis.get_majorticklocs()))
    for text, tick in zip(said, axis.get_majorticklocs(), strict=True):
        assert offset + read(text) == pytest.approx(tick, abs=error, rel=1e-15)


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900)])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", WRITTEN[:4], ids=lambda case: case[0])
def test_no_label_overlaps_another_or_is_cut_off(case, language, size):
    surface = surfaces.from_formula(case[0], case[1])
    runs = [optviz.descend(surface, spec, steps=20) for spec in ("gd:lr=0.05", "adam:lr=0.1")]
    for views in (["contour", "loss"], ["profile", "loss"]):
        assert_texts_fit(Scene(runs, views, size=size, language=language))
    if size[0] > 400:
        assert_texts_fit(Scene(runs, ["contour"], size=size, moments=[0, 10, 20]))


@pytest.mark.parametrize(
    "domain", [((-1, 1), (-20, 20)), ((0, 1000), (0, 1)), ((-3, 3), (-100, 100)),
               ((-10, 10), (-1, 1)), ((0, 1), (0, 200)), ((-1e-3, 1e-3), (-50, 50))],
)  # fmt: skip
def test_labels_of_a_narrow_window_stand_apart(domain):
    surface = surfaces.from_formula("x**2 + y**2", domain)
    scene = Scene([optviz.descend(surface, "gd:lr=0.01", steps=20)], size=(400, 300))
    assert_texts_fit(scene)
    assert len(texts_of(scene)) > 10


def test_a_log_axis_of_few_decades_has_ticks_between_powers_of_ten():
    surface = surfaces.from_formula("x**2 + 100*y**2 + 1", scale="log")
    for lr in (1e-4, 5e-4):
        axes = Scene([optviz.descend(surface, f"gd:lr={lr}", steps=20)], ["loss"]).panels[0].axes
        values = [read(label.get_text()) for label in axes.yaxis.get_ticklabels()]
        np.testing.assert_allclose(values, axes.yaxis.get_majorticklocs(), rtol=1e-3)
        assert len(values) >= 3
        assert all(a < b for a, b in pairwise(values))


@pytest.mark.parametrize(
    ("last", "ticks"),
    [(300, [0, 100, 200, 300]), (1500, [0, 500, 1000, 1500]), (200, [0, 50, 100, 150, 200]),
     (8, [0, 2, 4, 6, 8]), (3, [0, 1, 2, 3]), (97, [0, 25, 50, 75, 97]), (1, [0, 1])],
)  # fmt: skip
def test_ticks_of_steps_reach_the_last_one(last, ticks):
    assert step_ticks(last) == ticks


@given(st.integers(1, 10**6))
def test_any_number_of_steps_has_a_few_whole_ticks(last):
    ticks = step_ticks(last)
    assert (ticks[0], ticks[-1]) == (0, last)
    assert 2 <= len(ticks) <= 8
    assert all(tick == int(tick) for tick in ticks)
    assert min(np.diff(ticks)) >= 0.55 * max(np.diff(ticks))


def test_the_last_step_is_on_the_axis_of_a_picture():
    runs = [optviz.descend("sphere", "gd:lr=0.1", steps=300)]
    axes = Scene(runs, ["contour", "loss"]).panels[1].axes
    said = [label.get_text() for label in axes.xaxis.get_ticklabels()]
    assert said == ["0", "100", "200", "300"]
