"""Tuned rates: against the published rule, recomputed rate by rate over every scale there is."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import runpy
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import torch

import optviz
import surfaces
from optviz import optimizers
from optviz.animation.alt import describe
from optviz.descent import CLASSICS
from optviz.descent.rates import RATES, Judge, candidates, probe_points
from optviz.descent.screening import Screening
from optviz.optimizers import Optimizer, Rate, ops
from optviz.records.trajectory_files import save_all
from optviz.scene import Scene

LADDER = (1, 1.5, 2, 3, 5, 7)
SWEPT = [float(f"{digit}e{k}") for k in range(-20, 16) for digit in LADDER]


def published(surface, spec, steps, rates=SWEPT):
    """The published rule by single runs: arrival and score of each rate within the limits."""
    surface = surface.reaching(surface.start)
    (x0, x1), (y0, y1) = surface.domain
    window = surface(*np.meshgrid(np.linspace(x0, x1, 61), np.linspace(y0, y1, 61)))
    window = np.append(window[np.isfinite(window)], surface(*surface.start))
    known = [v for x, y, v in surface.minima if x0 <= x <= x1 and y0 <= y <= y1]
    lowest = min(known) if known else window.min()
    found = {}
    for rate in rates:
        mark = "," if ":" in spec else ":"
        run = optviz.descend(surface, f"{spec}{mark}lr={rate}", steps=steps + steps // 2)
        points, rise = run.points[: steps + 1], run.values - lowest
        inside = ((points >= (x0, y0)) & (points <= (x1, y1))).all()
        longest = np.hypot(*run.steps_taken[:steps].T).max(initial=0)
        if inside and len(run) >= steps and longest <= 0.4 * math.hypot(x1 - x0, y1 - y0):
            far = np.flatnonzero(rise > 0.001 * rise[0])
            arrival = far[-1] + 1 if far.size else 0
            arrives = run.status == "finished" and arrival <= steps
            floor = 1e-12 * (window.max() - lowest)
            to_come = np.maximum.accumulate(rise[steps::-1])
            score = np.log10(np.maximum(to_come, floor)).mean()
            found[rate] = (arrival if arrives else math.inf, score)
    return found


def assert_wins(surface, spec, steps, rates=SWEPT):
    """The tuned rate is the best of all that were swept here."""
    found = published(surface, spec, steps, rates)
    best = optviz.tune(surface, spec, steps=steps).lr
    soonest = min(arrival for arrival, _ in found.values())
    if soonest < math.inf:
        assert best == min(rate for rate, (arrival, _) in found.items() if arrival == soonest)
    else:
        assert found[best][1] == pytest.approx(min(score for _, score in found.values()), abs=1e-8)


@pytest.mark.parametrize("name", surfaces.names())
@pytest.mark.parametrize("spec", ["gd", "rmsprop:alpha=0.9", "adam"])
def test_tune_keeps_the_published_rule(name, spec):
    surface = surfaces.get(name)
    near = [rate for rate in SWEPT if 1e-8 < rate < 1e5]
    assert_wins(surface, spec, min(surface.steps, 100), near)


@pytest.mark.parametrize("spec", CLASSICS)
@pytest.mark.parametrize("name", ["ackley", "eggholder", "goldstein_price", "saturated_neuron"])
def test_rates_that_run_together_run_as_they_would_alone(name, spec):
    """Bit for bit, also where a last bit is soon a large one."""
    surface, optimizer = surfaces.get(name), optimizers.parse(spec)
    judge = Judge(surface, 300, surface(*surface.start), 1.0)
    rates = RATES[:36].tolist()
    together = Screening(judge, surface, optimizer, surface.start, rates)
    together.follow(300)
    for i, (rate, trial) in enumerate(zip(rates, together.trials(), strict=True)):
        run = optviz.descend(surface, dataclasses.replace(optimizer, lr=rate), steps=300)
        assert (trial is not None) == together.fits[i]
        if trial is not None:
            rise = run.values - surface.lowest
            far = np.flatnonzero(rise > judge.near)
            assert together.arrival[i] == (far[-1] + 1 if far.size else 0)
            highest = np.maximum.accumulate(np.maximum(rise, judge.floor)[::-1])
            assert trial.score == pytest.approx(np.log10(highest).mean(), rel=1e-12)


@pytest.fixture(scope="module")
def benchmark():
    """The names of `benchmarks/tuning.py`, which sweeps 121 rates on its own."""
    return runpy.run_path(str(Path(__file__).parent.parent / "benchmarks" / "tuning.py"))


@pytest.fixture(scope="module")
def measured(benchmark):
    return benchmark["pairs"]()


def test_hardly_a_pair_fails_that_need_not(measured):
    assert len(measured) == 33 * 5
    assert sum(pair.fails for pair in measured) <= 8


@pytest.mark.parametrize("spec", CLASSICS)
def test_a_tuned_rate_is_nearly_as_quick_as_the_best(spec, benchmark, measured):
    ratios = benchmark["ratios"](measured, spec)
    assert len(ratios) >= 15
    assert median(ratios) <= 1.3


def test_a_rate_that_does_not_stay_does_not_win():
    """Rosenbrock's Adam at 0.2 comes near first, and is thrown out of the valley again."""
    steps = surfaces.rosenbrock.steps
    rates = [0.03, 0.05, 0.07, 0.1, 0.15, 0.2]
    found = published(surfaces.rosenbrock, "adam", steps, rates)
    near = {}
    for rate in rates:
        run = optviz.descend("rosenbrock", f"adam:lr={rate}", steps=steps)
        near[rate] = int(np.argmax(run.values <= 0.001 * run.values[0]))
    tuned = optviz.tune("rosenbrock", "adam").lr
    assert near[0.2] < near[tuned] <= found[tuned][0] < found[0.2][0]


def square(x, y=None):
    return (-x, x), (-(y or x), y or x)


BEALE, GOLDSTEIN = surfaces.beale.formula, surfaces.goldstein_price.formula
_X = np.linspace(600, 3500, 40)
FARAWAY = {  # of the usual 1e-6 to 70, or beside them
    "a wide window": surfaces.from_formula("(x/1e6)**2 + 3*(y/1e6)**2", square(1e6)),
    "a wide window of large values": surfaces.from_formula("x**2 + 3*y**2", square(1e6)),
    "a small window": surfaces.from_formula("(x/1e-4)**2 + 3*(y/1e-4)**2", square(1e-4)),
    "a tiny window": surfaces.from_formula("x**2 + y**2", square(1e-9)),
    "a thin window": surfaces.from_formula("(x/1e6)**2 + (y/1e-6)**2", square(5e5, 1e-6)),
    "huge slopes": surfaces.from_formula("1e12*(x**2 + y**2)"),
    "small slopes": surfaces.from_formula("1e-6*(x**2 + y**2)"),
    "tiny slopes": surfaces.from_formula("1e-12*(x**2 + y**2)"),
    "flat where it starts": surfaces.from_formula("exp(-(x**2 + y**2))", start=(3, 3)),
    "Goldstein-Price": surfaces.from_formula(GOLDSTEIN, square(5)),
    "Beale": surfaces.from_formula(BEALE, square(10)),
    "houses": surfaces.fit_line(_X, 150 * _X + 5e4 + 3e4 * np.sin(9 * _X)),
    "years": surfaces.fit_line(range(2000, 2021), 3 + 0.1 * np.arange(21) + np.arange(21) % 3),
}


@pytest.mark.parametrize("name", FARAWAY)
@pytest.mark.parametrize("spec", ["gd", "adam"])
def test_rates_are_found_at_any_scale(name, spec):
    """No rate of 36 decades is better than that of the decades that were tried."""
    assert_wins(FARAWAY[name], spec, 100)


@functools.cache
def far_run(name, spec):
    """A run of the classics' race on such a surface; each is tuned once."""
    (run,) = optviz.race(FARAWAY[name], [spec])
    return run


@pytest.mark.parametrize("spec", CLASSICS)
@pytest.mark.parametrize("name", FARAWAY)
def test_each_of_the_classics_stays_at_any_scale(name, spec):
    run = far_run(name, spec)
    assert run.rate_fits
    assert run.status == "finished"
    assert run.values[-1] <= run.values[0]


@pytest.mark.parametrize("spec", CLASSICS)
@pytest.mark.parametrize(
    "name",
    ["a wide window", "a wide window of large values", "a small window", "a tiny window",
     "huge slopes", "small slopes", "tiny slopes"],
)  # fmt: skip
def test_each_of_the_classics_arrives_in_bowls_of_any_scale(name, spec):
    run = far_run(name, spec)
    assert run.values[-1] < 2e-3 * run.values[0]


def test_a_race_is_of_the_classics_unless_told():
    raced = [run.optimizer for run in optviz.race(FARAWAY["houses"])]
    assert raced == [far_run("houses", spec).optimizer for spec in CLASSICS]


def test_the_usual_rates_are_all_that_usual_surfaces_are_given():
    surface = surfaces.himmelblau
    steps = -surface.gradient(probe_points(surface, surface.start))
    np.testing.assert_array_equal(candidates(surface, steps), RATES)
    assert len(RATES) == 48
    assert (RATES[0], RATES[-1]) == (1e-6, 70)
    wider = candidates(surface, 1e-9 * steps)
    assert set(RATES) < set(wider)
    assert wider[0] == 1e-6
    narrower = candidates(surface, 1e9 * steps)
    assert set(RATES) < set(narrower)
    assert narrower[-1] == 70


@pytest.mark.parametrize("size", [0.0, math.nan, math.inf])
def test_steps_that_say_nothing_leave_the_usual_rates(size):
    steps = size * np.ones((4, 2))
    np.testing.assert_array_equal(candidates(surfaces.himmelblau, steps), RATES)


@pytest.mark.parametrize("size", [1e-308, 1e308])
def test_rates_for_extreme_steps_are_finite(size):
    found = candidates(surfaces.himmelblau, size * np.ones((4, 2)))
    assert len(found) >= len(RATES)
    assert np.isfinite(found).all()


UNDEFINED = [  # beyond their edge these are nan, while their slopes are finite: log(u) for u < 0
    ("x**2 + y**2 - log(x) - log(y)", (0.1, 4), 200),
    ("log(1 + x) + y**2", (3, 2), 200),
    ("log(2 + x + y)", (3, 2), 200),
    ("log(x*y)", (3, 2), 200),
    ("log(x**3 + 1) + y**2", (3, 2), 200),
    ("sqrt(25 - x**2 - y**2)", (1, 1), 100),
    *(("sqrt(x) + (y - 1)**2", (0.1, 1.1), steps) for steps in (1, 2, 3, 5)),
]


@pytest.mark.parametrize("spec", CLASSICS)
@pytest.mark.parametrize(("formula", "start", "steps"), UNDEFINED)
def test_a_rate_that_leaves_the_numbers_is_not_chosen(formula, start, steps, spec):
    surface = surfaces.from_formula(formula, start=start)
    (run,) = optviz.race(surface, [spec], steps=steps)
    assert run.status == "finished"
    assert run.rate_fits


@pytest.mark.parametrize("spec", ["gd", "momentum", "adagrad", "adam"])
def test_it_arrives_beside_the_undefined(spec):
    formula, start, steps = UNDEFINED[0]
    (run,) = optviz.race(surfaces.from_formula(formula, start=start), [spec], steps=steps)
    np.testing.assert_allclose(run.points[-1], math.sqrt(0.5), atol=1e-3)


def test_minus_infinity_is_no_score_either():
    """A path that steps on the very edge, where the value is -inf, would win by it."""

    @dataclass(frozen=True)
    class Straight(Optimizer):
        lr: Rate = 1.0

        def rule(self, t, lr, grad):
            return -lr * ops.sign(grad), {}

    surface = surfaces.from_formula("log(abs(x)) + 0*y", start=(1, 0))
    tuned = optviz.tune(surface, Straight(), steps=1)
    assert tuned.lr == 0.7  # 1 would end at log(0)


def test_a_window_that_looks_flat_has_a_rate():
    """Every sample of it is 0, and so is the way down; the start sees a slope all the same."""
    surface = surfaces.from_formula("maximum(0, 0.01 - (x - 0.07)**2 - y**2)", start=(0.1, 0.05))
    (run,) = optviz.race(surface, ["gd"], steps=20)
    assert run.rate_fits
    assert run.values[-1] == 0


# The sum of gradients grows 1.5-fold each step, whatever the rate.
RUNAWAY = "momentum:momentum=1.5"


def test_the_run_knows_whether_a_rate_fits():
    unfit, tuned, given = optviz.race("sphere", [RUNAWAY, "gd", "gd:lr=0.1"], steps=200)
    assert [run.rate_fits for run in (unfit, tuned, given)] == [False, True, None]
    assert unfit.optimizer == optviz.tune("sphere", RUNAWAY, steps=200)
    assert published(surfaces.sphere, RUNAWAY, 200) == {}
    assert "(no rate stays in the window)" in unfit.summary()
    assert "window" not in tuned.summary() + given.summary()
    (default,) = optviz.race("sphere", ["gd"], lr="default")
    assert default.rate_fits is None
    assert optviz.descend("sphere", "gd").rate_fits is None


def test_where_no_rate_fits_the_smallest_finite_one_is_taken():
    (run,) = optviz.race("sphere", [RUNAWAY], steps=200)
    assert run.status == "finished"
    assert run.optimizer.lr <= 1e-6
    (run,) = optviz.race("sphere", [RUNAWAY], steps=3000)  # 1.5**3000 is no float
    assert run.status == "diverged"
    assert run.rate_fits is False


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize(("spec", "fits"), [(RUNAWAY, False), ("gd", True), ("gd:lr=0.1", None)])
def test_files_keep_whether_a_rate_fits(spec, fits, suffix, tmp_path):
    (run,) = optviz.race("sphere", [spec], steps=200)
    back = optviz.Trajectory.load(run.save(tmp_path / f"run{suffix}"))
    assert back.rate_fits is run.rate_fits is fits


def test_a_file_from_before_there_were_fitting_rates(tmp_path):
    path = save_all(optviz.race("sphere", ["gd"], steps=20), tmp_path / "old.json")
    stored = json.loads(path.read_text())
    del stored["trajectories"][0]["rate_fits"]
    path.write_text(json.dumps(stored))
    assert optviz.Trajectory.load(path).rate_fits is None


@pytest.mark.parametrize(
    ("language", "suffix", "sentence"),
    [
        ("en", "(no rate stays in the window)", "No learning rate keeps it in the window."),
        ("zh", "（没有学习率能留在窗口内）", "没有学习率能使它留在窗口内。"),
    ],
)
def test_the_legend_says_that_no_rate_fits(language, suffix, sentence):
    runs = optviz.race("sphere", [RUNAWAY, "gd"], steps=30)
    scene = Scene(runs, ["contour"], language=language)
    texts = [text.get_text() for text in scene.figure.texts]
    assert texts.count(suffix) == 1
    assert sentence in describe(runs, language)
    assert sentence not in describe(runs[1:], language)


def test_tune_works_for_torchs_optimizers_too():
    theirs = optviz.from_torch(torch.optim.SGD)
    tuned = optviz.tune("booth", theirs, steps=50)
    assert tuned.lr == optviz.tune("booth", "gd", steps=50).lr
    assert type(tuned) is type(theirs)
    surface = FARAWAY["a small window"]
    assert optviz.tune(surface, theirs, steps=9).lr == optviz.tune(surface, "gd", steps=9).lr


def test_a_long_run_is_tuned_in_parts():
    """The same as in one: the path is judged a thousand steps at a time."""
    steps = 2500
    near = [rate for rate in SWEPT if 1e-4 < rate < 1]
    assert_wins(surfaces.rosenbrock, "gd", steps, near)


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_is_tuned_from_nothing(name):
    (run,) = optviz.race("booth", [name])
    assert run.rate_fits
    assert run.values[-1] < run.values[0]
