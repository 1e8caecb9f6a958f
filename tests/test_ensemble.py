"""Many runs at once are the single runs: every rule, both kernels, whatever the surface."""

from __future__ import annotations

import numpy as np
import pytest

import optviz
import surfaces
from optviz.ensemble.basins import basins
from optviz.ensemble.compiled import source
from optviz.ensemble.ensemble import ensemble
from optviz.ensemble.minima import minima_of
from optviz.ensemble.program import program_of
from optviz.ensemble.watch import Below, Nearest, Nothing
from optviz.errors import InputError

STEPS = 40
WIDER = [
    "adam:amsgrad=True,lr=0.1",
    "adam:lr=cosine(0.1,30)",
    "rmsprop:centered=True,momentum=0.5",
    "momentum:lr=0.01,nesterov=True,weight_decay=0.01",
    "clip(gd:lr=0.01,norm=1)",
    "sam(adam:lr=0.05,rho=0.05)",
    "lookahead(gd:lr=0.001)",
    "schedulefree:lr=0.01",
]
EVERY = [*optviz.optimizers.names(), *WIDER]
COMPILED = ["adam", "rprop", "shampoo", "lbfgs", "sam(adam:lr=0.05,rho=0.05)"]
# NumPy's powers and cosines have other last bits than those of single runs.
POWERS = ("fulladagrad", "shampoo", "soap")


def starts_on(surface, count=24, seed=0):
    low, high = np.array(surface.domain).T
    return np.random.default_rng(seed).uniform(low, high, (count, 2))


def assert_single_runs(surface, optimizer, starts, found, **close):
    for start, end in zip(starts.tolist(), found, strict=True):
        run = optviz.descend(surface, optimizer, start, STEPS)
        if len(run) < STEPS:
            assert not np.isfinite(end).all()
        else:
            np.testing.assert_allclose(end, run.points[-1], **(close or {"rtol": 0}))


@pytest.mark.parametrize(
    ("spec", "kernel"),
    [(spec, "numpy") for spec in EVERY] + [(spec, "numba") for spec in COMPILED],
)
def test_each_run_has_the_bits_of_a_single_one(spec, kernel):
    surface, optimizer = surfaces.get("himmelblau"), optviz.optimizers.parse(spec)
    starts = starts_on(surface)
    runs = ensemble(surface, optimizer, starts, Nothing(), steps=STEPS, kernel=kernel)
    runs.advance(15)
    runs.advance(STEPS - 15)
    assert runs.steps == STEPS
    powers = kernel == "numpy" and spec in POWERS
    close = {"rtol": 1e-9, "atol": 1e-9} if powers else {}
    assert_single_runs(surface, optimizer, starts, runs.points, **close)


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("name", ["ackley", "plateau", "peaks", "easom", "levy"])
def test_functions_differ_in_the_last_bit_at_most(name, kernel):
    """NumPy's ``exp`` and ``cos`` are not C's: a few steps keep that small."""
    surface, optimizer = surfaces.get(name), optviz.GD(lr=0.01)
    starts = starts_on(surface)
    runs = ensemble(surface, optimizer, starts, Nothing(), steps=STEPS, kernel=kernel)
    runs.advance(STEPS)
    assert_single_runs(surface, optimizer, starts, runs.points, rtol=1e-12, atol=1e-12)


def test_a_surface_without_formula_runs_too():
    surface = surfaces.get("himmelblau").sampled(61)
    starts = starts_on(surface)
    runs = ensemble(surface, optviz.Adam(lr=0.1), starts, Below(1.0), steps=STEPS)
    runs.advance(STEPS)
    assert_single_runs(surface, optviz.Adam(lr=0.1), starts, runs.points, rtol=1e-12, atol=1e-12)
    own = {"betas_0": np.full(24, 0.9)}
    with pytest.raises(InputError, match="a formula where betas_0 differs"):
        ensemble(surface, optviz.Adam(), starts, Nothing(), own, steps=STEPS)


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_settings_may_differ_from_run_to_run(kernel):
    surface = surfaces.get("himmelblau")
    own = {"lr": np.array([0.01, 0.1, 0.3]), "betas_0": np.array([0.0, 0.9, 0.95])}
    starts = np.tile([[0.5, -1.0]], (3, 1))
    runs = ensemble(surface, optviz.Adam(), starts, Nothing(), own, steps=STEPS, kernel=kernel)
    runs.advance(STEPS)
    for i, (lr, beta) in enumerate(zip(*own.values(), strict=True)):
        single = optviz.descend(surface, optviz.Adam(lr=lr, betas=(beta, 0.999)), (0.5, -1), STEPS)
        np.testing.assert_allclose(runs.points[i], single.points[-1], rtol=1e-13)


def test_slots_that_begin_with_the_rate_do_so_in_each_run():
    surface, rates = surfaces.get("sphere"), np.array([0.01, 0.05])
    starts = np.array([[1.0, 2.0], [1.0, 2.0]])
    runs = ensemble(surface, optviz.Rprop(), starts, Nothing(), {"lr": rates}, steps=5)
    runs.advance(5)
    for lr, end in zip(rates, runs.points, strict=True):
        run = optviz.descend(surface, optviz.Rprop(lr=lr), (1, 2), 5)
        np.testing.assert_array_equal(end, run.points[-1])


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_what_is_watched_is_what_the_path_says(kernel):
    surface, optimizer = surfaces.get("himmelblau"), optviz.Momentum(lr=0.01)
    starts = starts_on(surface, 40)
    minima = tuple(map(tuple, minima_of(surface, surface.domain).tolist()))
    near = ensemble(surface, optimizer, starts, Nearest(minima, (0.3, 0.3)), steps=STEPS,
                    kernel=kernel)  # fmt: skip
    below = ensemble(surface, optimizer, starts, Below(5.0), steps=STEPS, kernel=kernel)
    for runs in (near, below):
        runs.advance(7)
        runs.advance(STEPS - 7)
    seen = set()
    for i, start in enumerate(starts.tolist()):
        run = optviz.descend(surface, optimizer, start, STEPS)
        if len(run) < STEPS:
            continue
        distance = np.linalg.norm(run.points[:, None] - np.array(minima), axis=2)
        labels = np.where(distance.min(axis=1) <= 0.3, distance.argmin(axis=1), -1)
        same = labels == labels[-1]
        since = len(same) - np.argmin(same[::-1]) if not same.all() else 0
        assert near.noted["label"][i] == labels[-1]
        assert near.noted["since"][i] == since
        above = np.flatnonzero(run.values > 5.0)
        assert below.noted["since"][i] == (above[-1] + 1 if len(above) else 0)
        seen.add((labels[-1], since > 0))
    assert len(seen) > 3


def test_a_program_computes_nothing_twice_and_nothing_in_vain():
    program = program_of(surfaces.get("himmelblau"), optviz.Adam(), Nothing())
    assert len({op[1:] for op in program.tape.operations}) == len(program.tape.operations)
    read = {a for op in program.tape.operations for a in op.args} | set(program.tape.results)
    assert {op.name for op in program.tape.operations} <= read
    # The corrections of Adam's bias are the same for all runs.
    assert {op.op for op in program.parts.shared} >= {"pow"}
    assert not {op.op for op in program.parts.each} & {"pow"}
    assert "math.pow" not in source(program)


@pytest.mark.parametrize("name", surfaces.names())
def test_minima_are_found_without_being_told(name):
    """Each known one is found by values and derivatives alone, and each that is found is one."""
    surface = surfaces.get(name)
    told = minima_of(surface, surface.domain)
    blind = minima_of(surfaces.Surface("f", surface.formula, domain=surface.domain,
                                       start=surface.start), surface.domain)  # fmt: skip
    low, high = np.array(surface.domain).T
    span = high - low
    inside = [m for m in told if ((m > low + 0.01 * span) & (m < high - 0.01 * span)).all()]
    # At the tip of a cone there is no second derivative: it must be told.
    for minimum in [] if name in ("ackley", "plateau") else inside:
        assert (np.abs(blind - minimum) <= 0.002 * span).all(axis=1).any(), minimum
    around = np.stack([np.cos(a := np.linspace(0, 6.28, 25)), np.sin(a)], axis=1) * span * 1e-4
    for minimum in blind:
        assert (surface.value(minimum + around) > surface.value(minimum)).all()


def test_a_map_is_where_single_runs_end():
    found = basins("himmelblau", "momentum:lr=0.01", 60, 200)
    assert found.labels.shape == (60, 60)
    (x0, x1), (y0, y1) = found.window
    rng = np.random.default_rng(1)
    labels = set()
    for i, j in rng.integers(0, 60, (500, 2)):
        start = found.starts[i, j]
        middle = x0 + (j + 0.5) * (x1 - x0) / 60, y0 + (i + 0.5) * (y1 - y0) / 60
        np.testing.assert_allclose(start, middle, rtol=1e-14)
        run = optviz.descend("himmelblau", "momentum:lr=0.01", start, 200)
        label = found.labels[i, j]
        labels.add(label)
        if len(run) < 200:
            assert label == -2
            continue
        np.testing.assert_array_equal(run.points[-1], found.points[i, j])
        away = np.abs(run.points - found.minima[label]) / found.reach
        near = (away**2).sum(axis=1) <= 1
        assert near[-1] == (label >= 0)
        if label >= 0:
            since = found.steps[i, j]
            assert near[since:].all()
            assert since == 0 or not near[since - 1]
    assert labels >= {-2, 0, 1, 2, 3}


def test_many_minima_take_a_second_pass_and_mean_the_same():
    found = basins("rastrigin", "adam:lr=0.3", 21, 80)
    assert len(found.minima) == 121
    for i, j in [(0, 0), (4, 9), (10, 10), (20, 3)]:
        run = optviz.descend("rastrigin", "adam:lr=0.3", found.starts[i, j], 80)
        away = (np.abs(run.points - found.minima[found.labels[i, j]]) / found.reach) ** 2
        near = away.sum(axis=1) <= 1
        assert near[-1] == (found.labels[i, j] >= 0)
        if found.labels[i, j] >= 0:
            since = found.steps[i, j]
            assert near[since:].all()
            assert since == 0 or not near[since - 1]


def test_symmetric_surfaces_have_symmetric_maps():
    found = basins("six_hump_camel", "gd:lr=0.05", (80, 40), 200)
    partner = [int(np.argmin(np.abs(found.minima + m).sum(axis=1))) for m in found.minima]
    turned = found.labels[::-1, ::-1]
    mirrored = np.where(turned >= 0, np.array(partner)[turned], turned)
    assert (found.labels == mirrored).mean() > 0.999


@pytest.mark.parametrize(("rate", "label"), [(1.999, 0), (2.001, -2)])
def test_gradient_descent_diverges_beyond_two_over_the_curvature(rate, label):
    found = basins("sphere", f"gd:lr={rate / 2}", 8, 20_000)
    assert (found.labels == label).all()


def test_a_valley_without_a_bottom_is_refused_in_one_line():
    with pytest.raises(InputError, match="an isolated minimum in the window") as caught:
        basins("monkey_saddle", "gd", 10, 10)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"resolution": 0}, "resolution must be"),
        ({"resolution": (10, 100_000)}, "resolution must be"),
        ({"steps": 0}, "steps must be"),
        ({"window": ((1, 1), (0, 2))}, "domain must be"),
        ({"kernel": "gpu"}, "kernel"),
        ({"optimizer": "torch.optim.ASGD:lr=0.1"}, "optimizer must be one whose rule"),
    ],
)
def test_bad_input_is_one_line(arguments, words):
    with pytest.raises(InputError, match=words) as caught:
        basins(**({"surface": "sphere", "optimizer": "gd"} | arguments))
    assert "\n" not in str(caught.value)
