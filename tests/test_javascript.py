"""What runs in a browser: the JavaScript of rules, schedules and surfaces, bit for bit Python's."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from cases import flags_of, moved
from engine import Case, Engine, assert_same, assert_same_slopes, numbers_of, same_bits, text_of

import surfaces
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import schedules
from optviz.translate import javascript

GROUNDS = [
    surfaces.ellipse, surfaces.rosenbrock, surfaces.plateau, surfaces.monkey_saddle,
    surfaces.ackley, surfaces.eggholder,
]  # fmt: skip
RATES = (0.003, 0.1, 4.0)


@pytest.fixture(scope="module")
def ours(browser):
    """All that we have."""
    return Engine(
        browser,
        optimizers.REGISTRY.values(),
        schedules.SCHEDULES.values(),
        map(surfaces.get, surfaces.names()),
    )


def free(kind, rng):
    """Hyper-parameters that a browser can move: not how often something is repeated."""
    declared = {field.name: field.metadata.get("hyper") for field in dataclasses.fields(kind)}
    return ((name, value) for name, value in moved(kind, rng) if not declared[name].structural)


def cases_of(kind):
    """Each combination on each surface with each rate; default hyper-parameters, then others."""
    rng = np.random.default_rng(3)
    for flags in flags_of(kind):
        for i, (ground, rate) in enumerate(itertools.product(GROUNDS, RATES)):
            try:
                others = dict(free(kind, rng)) if i % 2 else {}
                yield Case(kind(lr=rate, **others, **flags), ground, ground.start)
            except InputError:  # Momentum's nesterov, Rprop's etas: some go together only
                yield Case(kind(lr=rate, **flags), ground, ground.start)


@pytest.mark.parametrize("kind", optimizers.REGISTRY.values(), ids=optimizers.REGISTRY)
def test_every_optimizer_takes_the_same_path(ours, kind):
    ends = assert_same(ours, list(cases_of(kind)))
    unbounded = kind.__name__ in ("GD", "Momentum", "QHM")  # a step as long as the gradient asks
    assert ends >= ({"finished", "diverged"} if unbounded else {"finished"})


@pytest.mark.parametrize("name", surfaces.names())
def test_every_surface_has_the_same_values_and_slopes(ours, name):
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    rng = np.random.default_rng(4)
    inside = rng.uniform((x0, y0), (x1, y1), (500, 2))
    axis = np.linspace(x0, x1, 9)
    special = [(x, y) for x, y, _ in (*surface.minima, *surface.saddles)]
    special += [(0.0, 0.0), (-0.0, 0.0), surface.start, (x0, y0), (x1, y1)]
    special += [(x, 0.0) for x in axis] + [(0.0, x) for x in axis] + [(x, x) for x in axis]
    edge = (1e300, -1e300, 1e155, 1e16, 710.0, -750.0, 5e-324, 1e-200, math.inf, math.nan)
    special += itertools.product(edge, repeat=2)
    points = np.vstack([inside, special])
    assert_same_slopes(ours, surface, points)


NESTED = [
    *(kind() for kind in schedules.SCHEDULES.values()),
    schedules.Warmup(schedules.Cosine(0.1, 200, 0.001), 10),
    schedules.Step(schedules.Exponential(0.5, 0.93), 7, 0.37),
    schedules.Constant(schedules.Warmup(schedules.Step(1, 3, 2), 20, 0.7), 0.3, 50),
    schedules.Exponential(1, 2),
    schedules.Cosine(0, 1),
]


@pytest.mark.parametrize("schedule", NESTED, ids=str)
def test_every_schedule_gives_the_same_rates(ours, schedule):
    found = numbers_of(ours.call("rates", javascript.settings(schedule), 300))
    optimizer = optimizers.GD(schedule)
    assert same_bits(found, np.array([optimizer.rate(t) for t in range(1, 301)]))


def test_schedules_move_optimizers(ours):
    cases = [
        Case(optimizers.REGISTRY[name](schedule), surfaces.himmelblau, (-0.3, -0.9))
        for name, schedule in itertools.product(("adam", "rprop", "momentum"), NESTED)
    ]
    assert_same(ours, cases)


@pytest.mark.parametrize("name", ["sin", "cos", "tan", "exp", "log", "sinh", "cosh", "tanh"])
def test_chromiums_functions_are_those_of_c(ours, name):
    """The ground of all equality here; another engine may differ in the last bit."""
    rng = np.random.default_rng(8)
    numbers = np.concatenate([rng.uniform(-20, 20, 5000), 10.0 ** rng.uniform(-300, 2.8, 5000)])
    numbers = np.abs(numbers) if name == "log" else numbers
    found = ours.call("applied", name, text_of(numbers))
    assert same_bits(numbers_of(found), np.array([getattr(math, name)(x) for x in numbers]))


def test_noise_is_normal_and_repeatable(ours):
    first, again, other = (numbers_of(ours.call("normals", seed, 20000)) for seed in (0, 0, 1))
    assert same_bits(first, again)
    for sample in (first, other):
        assert abs(sample.mean()) < 0.03
        assert abs(sample.std() - 1) < 0.03
        assert abs(np.mean(sample[1:] * sample[:-1])) < 0.03
        assert abs(np.mean(sample < 1) - 0.8413) < 0.01
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.03
    options = {"rule": "GD", "surface": "sphere", "lr": 0.1, "start": [4, -3], "steps": 50}
    (_, calm), (_, noisy), (_, again) = (
        ours.call("runs", [options | {"noise": noise, "seed": 3}]) for noise in (0, 0.5, 0.5)
    )
    assert calm != noisy
    assert noisy == again


def test_the_engine_refuses_what_is_not_the_rules(ours):
    options = {"rule": "GD", "surface": "sphere", "lr": 0.1, "start": [4, -3], "steps": 5}
    for wrong in ({"hyper": {"momentum": 1}}, {"flags": {"nesterov": True}}):
        with pytest.raises(Exception, match="GD must be given what it has"):
            ours.call("runs", [options | wrong])
    with pytest.raises(Exception, match="finite"):
        ours.call("runs", [options | {"start": [1e200, 0]}])
