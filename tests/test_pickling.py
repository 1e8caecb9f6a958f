"""Optimizers, surfaces and runs cross processes: pickled, copied and hashed, fresh or used."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import joblib
import numpy as np
import pytest

import optviz
import surfaces
from optviz.optimizers import REGISTRY, Optimizer, Rate, schedules


@dataclass(frozen=True)
class Mine(Optimizer):
    """A user's own, whose rule is recorded anew for each run."""

    lr: Rate = 0.01

    def rule(self, t, lr, grad):
        return -lr * grad, {}


@dataclass(frozen=True)
class Fading(schedules.Schedule):
    lr: Rate = 0.01

    def rule(self, epoch, lr):
        return lr / (1 + epoch)


def bowl(x, y):
    return x**2 + 3 * y**2


def wave(x, y):
    return np.sin(x) + 3 * y**2


def wave_slopes(x, y):
    return np.cos(x), 6 * y


def total(p):
    return float(np.sum(np.square(p)))


def torchs():
    import torch  # here, as the spawned process needs none

    return optviz.from_torch(torch.optim.ASGD, lr=0.01)


AXIS = np.linspace(-2, 2, 9)
SURFACES = {
    "built-in": lambda: surfaces.beale,
    "formula": lambda: surfaces.from_formula("x**2 + exp(y) - y"),
    "widened": lambda: surfaces.booth.reaching((30, 3)),
    "samples": lambda: surfaces.from_samples(AXIS, AXIS, np.add.outer(AXIS**2, AXIS**4)),
    "fit_line": lambda: surfaces.fit_line([0, 1, 2, 3], [1.0, 2.9, 5.2, 6.8]),
    "function": lambda: surfaces.from_function(wave, ((-2, 2), (-2, 2)), (1, 1)),
    "with gradient": lambda: surfaces.from_function(
        wave, ((-2, 2), (-2, 2)), (1, 1), gradient=wave_slopes
    ),
    "slice": lambda: surfaces.slice_of(total, np.arange(4.0), (0, 3), ((-2, 2), (-2, 2)), (1, 1)),
    "sampled": lambda: surfaces.from_function(wave, ((-2, 2), (-2, 2)), (1, 1)).sampled(31),
    "torch": lambda: optviz.torch_surface(bowl, ((-2, 2), (-2, 2)), (1, 1)),
}
OPTIMIZERS = {
    **{name: lambda kind=kind: kind() for name, kind in REGISTRY.items()},
    "scheduled": lambda: optviz.GD(schedules.Warmup(schedules.Cosine(0.01, 20), 5)),
    "own": Mine,
    "own schedule": lambda: Mine(Fading()),
    "torch's": torchs,
}
COPIES = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


def used(optimizer, surface):
    """Leave behind all that a run, and a look at a surface, leave in them."""
    surface.hessian(surface.start)
    assert surface.latex
    if not isinstance(optimizer.lr, schedules.Schedule):
        optviz.tune(surface, optimizer, steps=6)
    return optviz.descend(surface, optimizer, steps=6)


def same(run, other):
    for name in ("points", "values", "gradients", "steps_taken"):
        np.testing.assert_array_equal(getattr(run, name), getattr(other, name))
    assert run.states.keys() == other.states.keys()
    for slot in run.states:
        np.testing.assert_array_equal(run.states[slot], other.states[slot])
    assert (run.status, run.noise, run.seed, run.rate_fits) == (
        other.status, other.noise, other.seed, other.rate_fits,
    )  # fmt: skip
    assert run.summary() == other.summary()


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_fresh_and_used(name, way):
    optimizer, fresh = OPTIMIZERS[name](), OPTIMIZERS[name]()
    assert COPIES[way](optimizer) == fresh
    before, hash_before = hash(optimizer), joblib.hash(optimizer)
    run = used(optimizer, surfaces.booth)
    assert optimizer == fresh
    assert (hash(optimizer), joblib.hash(optimizer)) == (before, hash_before)
    again = COPIES[way](optimizer)
    assert again == optimizer
    assert hash(again) == hash(optimizer)
    assert (repr(again), str(again)) == (repr(optimizer), str(optimizer))
    same(optviz.descend(surfaces.booth, again, steps=6), run)


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", SURFACES)
def test_surfaces_and_their_runs_fresh_and_used(name, way):
    surface = SURFACES[name]()
    hash_before = joblib.hash(surface)
    points = np.random.default_rng(1).uniform(-1.5, 1.5, (20, 2))
    values = surface.value(points)
    fresh = COPIES[way](SURFACES[name]())
    run = used(optviz.Adam(lr=0.05), surface)
    assert joblib.hash(surface) == hash_before
    for other in (fresh, COPIES[way](surface)):
        np.testing.assert_array_equal(other.value(points), values)
        np.testing.assert_array_equal(other.hessian(points), surface.hessian(points))
        assert other.at(0.5, 0.25) == surface.at(0.5, 0.25)
        assert (other.domain, other.start, other.minima) == (
            surface.domain, surface.start, surface.minima,
        )  # fmt: skip
        assert other.named("zh") == surface.named("zh")
        same(optviz.descend(other, optviz.Adam(lr=0.05), steps=6), run)
    again = COPIES[way](run)
    same(again, run)
    same(optviz.descend(again.surface, again.optimizer, steps=6), run)


def test_what_went_through_a_pickle_is_drawn_the_same():
    runs = optviz.race("beale", ["gd", Mine()], steps=10)
    again = pickle.loads(pickle.dumps(runs))
    first, second = (optviz.Animation(each).frame(-1) for each in (runs, again))
    np.testing.assert_array_equal(first, second)


def test_used_surfaces_and_optimizers_go_to_spawned_processes_and_runs_come_back():
    race = partial(optviz.race, steps=6)
    pairs = [(SURFACES[name](), optimizer) for name, optimizer in (
        ("built-in", optviz.Adam(lr=0.1)), ("formula", "gd"), ("samples", Mine()),
        ("fit_line", "rmsprop"), ("function", "adam"),
    )]  # fmt: skip
    here = [race(*pair) for pair in pairs]  # all have run by now
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = list(pool.map(race, *zip(*pairs, strict=True)))
    for (run,), (other,) in zip(here, there, strict=True):
        same(run, other)
        assert other.optimizer == run.optimizer
