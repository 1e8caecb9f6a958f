"""Runs: against loops written out here and against torch, where both must take the same path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice

import cases
import numpy as np
import pytest
import torch
from streams import muon_in_full

import optviz
import optviz.torch_bridge
import surfaces
from optviz.descent.objective import on_points
from optviz.errors import InputError
from optviz.optimizers import Optimizer, ops

BOWL = surfaces.ellipse  # convex: rounding dies out, so that paths may be compared


MINIMIZING = [pair for pair in cases.EACH if not pair[1].get("maximize")]


@pytest.mark.parametrize(("case", "settings"), MINIMIZING, ids=lambda v: str(getattr(v, "ours", v)))
def test_a_path_equals_torchs_with_autograd(case, settings):
    settings = {"lr": 0.02} | settings
    run = optviz.descend(BOWL, case.ours(**settings), steps=60)
    point, runner = case.in_torch(BOWL.start, settings)

    def closure():
        runner.zero_grad()
        x, y = point.ravel()
        value = 0.1 * x**2 + 2 * y**2
        value.backward()
        return value

    with muon_in_full():
        for expected in run.points[1:]:
            runner.step(closure)
            found = point.detach().numpy().ravel()
            np.testing.assert_allclose(expected, found, rtol=1e-6, atol=1e-9)


def test_the_record_is_consistent():
    run = optviz.descend("beale", optviz.Adam(lr=0.1), steps=50)
    assert run.points.shape == (51, 2)
    assert run.gradients.shape == (51, 2)
    assert run.values.shape == (51,)
    assert run.steps_taken.shape == (50, 2)
    assert set(run.states) == {"exp_avg", "exp_avg_sq"}
    assert all(state.shape == (51, 2) for state in run.states.values())
    assert len(run) == 50
    assert run.status == "finished"
    assert run.diverged_at is None
    surface = surfaces.beale
    np.testing.assert_array_equal(run.points[0], surface.start)
    np.testing.assert_array_equal(run.points[1:], run.points[:-1] + run.steps_taken)
    np.testing.assert_allclose(run.values, surface.value(run.points), rtol=1e-13)
    np.testing.assert_allclose(run.gradients, surface.gradient(run.points), rtol=1e-11)
    np.testing.assert_allclose(run.states["exp_avg"][1], 0.1 * run.gradients[0], rtol=1e-14)
    assert not run.states["exp_avg"][0].any()


def test_start_and_steps_are_the_surfaces_own_unless_given():
    run = optviz.descend("sphere", optviz.GD())
    assert len(run) == surfaces.sphere.steps
    assert tuple(run.points[0]) == surfaces.sphere.start
    run = optviz.descend("sphere", optviz.GD(), start=(1, 2), steps=3)
    assert tuple(run.points[0]) == (1.0, 2.0)
    assert len(run) == 3


@pytest.mark.parametrize("lr", [1.5, 1e10, 1e200])
def test_a_run_that_diverges_stops_at_its_last_finite_point(lr):
    run = optviz.descend("sphere", optviz.GD(lr=lr), steps=2000)
    assert run.status == "diverged"
    assert run.diverged_at == len(run) + 1
    assert f"diverged at step {run.diverged_at}" in repr(run)
    for array in (run.points, run.values, run.gradients):
        assert np.isfinite(array).all()
        assert len(array) == len(run) + 1
    beyond = run.points[-1] - lr * run.gradients[-1]
    with np.errstate(over="ignore"):
        assert not np.isfinite(surfaces.sphere.value(beyond))


def test_a_division_by_zero_is_a_divergence():
    flat = surfaces.from_formula("0*x + 1")
    run = optviz.descend(flat, optviz.AdaGrad(eps=0.0), steps=5)  # 0/0, as torch's nan
    assert run.diverged_at == 1
    assert len(run.points) == 1


def test_steps_to():
    run = optviz.descend("sphere", optviz.GD(lr=0.1))
    expected = next(k for k, value in enumerate(run.values) if value <= 1e-3)
    assert run.steps_to(1e-3) == expected
    assert optviz.descend("sphere", optviz.GD(lr=1e-6)).steps_to(1e-3) is None
    with pytest.raises(InputError, match="minimum"):
        optviz.descend("monkey_saddle", optviz.GD()).steps_to(1e-3)
    with pytest.raises(InputError, match="tolerance"):
        run.steps_to(0)


def test_noise_is_gaussian_seeded_and_the_same_for_all_runs():
    noisy = optviz.descend("sphere", optviz.GD(lr=1e-6), steps=4000, noise=0.5, seed=3)
    again = optviz.descend("sphere", optviz.GD(lr=1e-6), steps=4000, noise=0.5, seed=3)
    other = optviz.descend("sphere", optviz.Adam(lr=1e-9), steps=4000, noise=0.5, seed=3)
    fourth = optviz.descend("sphere", optviz.GD(lr=1e-6), steps=4000, noise=0.5, seed=4)
    noise = noisy.gradients - surfaces.sphere.gradient(noisy.points)
    assert noise.std() == pytest.approx(0.5, rel=0.03)
    assert abs(noise.mean()) < 0.02
    np.testing.assert_array_equal(noisy.points, again.points)
    np.testing.assert_allclose(
        noise, other.gradients - surfaces.sphere.gradient(other.points), atol=1e-12
    )
    assert not np.array_equal(noisy.points, fourth.points)


def test_iterate_is_the_same_loop_on_arrays_and_tensors():
    def slope(p):
        return 2 * p

    runs = {
        make: list(islice(optviz.iterate(slope, optviz.Adam(lr=0.1), make([1.0, -2.0])), 30))
        for make in (np.array, torch.DoubleTensor)
    }  # fmt: skip
    for a, b in zip(*runs.values(), strict=True):
        np.testing.assert_allclose(a.params, b.params.numpy(), rtol=1e-13)
    first = next(iter(runs.values()))[0]
    assert first.step is None
    assert first.state.step == 0


def test_an_optimizer_of_the_users_own():
    @dataclass(frozen=True)
    class SignDescent(Optimizer):
        lr: float = 0.5

        def rule(self, t, lr, grad):
            return -lr * ops.sign(grad), {}

    run = optviz.descend("sphere", SignDescent(), start=(3, -2), steps=4)
    np.testing.assert_array_equal(run.points[:, 0], [3, 2.5, 2, 1.5, 1])
    np.testing.assert_array_equal(run.points[:, 1], [-2, -1.5, -1, -0.5, 0])
    assert run.label == "SignDescent lr=0.5"

    @dataclass(frozen=True)
    class Branching(Optimizer):
        def rule(self, t, lr, grad):
            return (-lr if grad > 0 else lr), {}

    with pytest.raises(InputError, match="where"):
        optviz.descend("sphere", Branching())


@pytest.mark.parametrize(
    "rule",
    [
        lambda self, t, lr, grad: (-lr * np.sign(grad), {}),
        lambda self, t, lr, grad: (-lr * math.sqrt(grad), {}),
        lambda self, t, lr, grad: -lr * grad,
        lambda self, t, lr: (-lr, {}),
        lambda self, t, lr, grad: (-lr * grad @ grad, {}),
        lambda self, t, lr, grad: (-lr if grad == 0 else lr, {}),
    ],
)
def test_a_rule_that_cannot_be_recorded_is_one_line(rule):
    kind = dataclass(frozen=True)(type("Mine", (Optimizer,), {"rule": rule}))
    with pytest.raises(InputError, match="rule") as caught:
        optviz.descend("sphere", kind())
    assert "\n" not in str(caught.value)


def test_a_race_tunes_names_and_leaves_objects_alone():
    runs = optviz.race("booth", ["gd", "gd:lr=0.003", optviz.GD(lr=0.004), "adam:betas=0.8/0.9"])
    assert runs[0].optimizer == optviz.tune("booth", "gd")
    assert [run.optimizer.lr for run in runs[1:3]] == [0.003, 0.004]
    assert runs[3].optimizer.betas == (0.8, 0.9)
    assert runs[3].optimizer.lr != optviz.Adam().lr
    (run,) = optviz.race("booth", ["adam"], lr="default")
    assert run.optimizer == optviz.Adam()
    (run,) = optviz.race("booth", "adam:lr=0.3")
    assert run.optimizer == optviz.Adam(lr=0.3)


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: optviz.descend("himelblau", "adam"), "himmelblau"),
        (lambda: optviz.descend("sphere", "adm"), "'adam'"),
        (lambda: optviz.descend("sphere", 5), "optimizer"),
        (lambda: optviz.descend("sphere", "adam", start=(1, 2, 3)), "start"),
        (lambda: optviz.descend("sphere", "adam", start=(1, math.nan)), "finite"),
        (lambda: optviz.descend("sphere", "adam", start="ab"), "start"),
        (lambda: optviz.descend("sphere", "adam", start=(1e300, 0)), "start"),
        (lambda: optviz.descend("sphere", "adam", steps=0), "steps"),
        (lambda: optviz.descend("sphere", "adam", steps=2.5), "steps"),
        (lambda: optviz.descend("sphere", "adam", steps=10**9), "steps"),
        (lambda: optviz.descend("sphere", "adam", noise=-1), "noise"),
        (lambda: optviz.descend("sphere", "adam", noise=1, seed=-1), "seed"),
        (lambda: optviz.race("sphere", []), "at least one"),
        (lambda: optviz.race("sphere", lr="best"), "'tuned' or 'default'"),
        (lambda: optviz.tune("sphere", "gd:lr=cosine(0.1,9)"), "tuned"),
    ],
)
def test_wrong_input(call, part):
    with pytest.raises(InputError, match=part) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("start", [(9, 0), (-20, 3), (7, -50), (1e6, 1e6)])
def test_a_start_outside_the_window_widens_it(start):
    surface = surfaces.himmelblau
    runs = optviz.race(surface, ["gd", "adam"], start, steps=5)
    (x0, x1), (y0, y1) = runs[0].surface.domain
    for (low, high), at, old in zip(((x0, x1), (y0, y1)), start, surface.domain, strict=True):
        assert low <= old[0] <= old[1] <= high
        assert low + 0.04 * (high - low) <= at <= high - 0.04 * (high - low)
    (a, b), (c, d) = surface.domain
    assert (x1 - x0) / (y1 - y0) == pytest.approx((b - a) / (d - c))
    assert runs[0].surface.domain == runs[1].surface.domain
    assert surface.domain == ((-6, 6), (-6, 6))


def test_a_start_inside_the_window_leaves_it(tmp_path):
    run = optviz.descend("himmelblau", "gd", (6, -6), steps=2)
    assert run.surface is surfaces.himmelblau
    run = optviz.descend("himmelblau", "gd", (6, -7), steps=2)
    run.save(tmp_path / "run.json")
    assert optviz.Trajectory.load(tmp_path / "run.json").surface.domain == run.surface.domain


def test_rmsprop_has_its_lectures_window_among_the_five_alone():
    assert [run.optimizer.alpha for run in optviz.race("sphere")[3:4]] == [0.9]
    (named,) = optviz.race("sphere", ["rmsprop"])
    assert named.optimizer.alpha == torch.optim.RMSprop([torch.zeros(1)]).defaults["alpha"]


@pytest.mark.parametrize("name", surfaces.names())
def test_the_five_do_not_walk_on_one_line(name):
    """As they would from a start on a line of symmetry: a pixel off it in a panel of 300."""
    runs = optviz.race(name)
    low, high = np.array(runs[0].surface.domain).T
    path = np.vstack([run.points - run.points[0] for run in runs])
    *_, across = np.linalg.svd(path, full_matrices=False)[2]
    assert np.abs(path @ across).max() > (high - low).max() / 300


def test_iterate_takes_a_list_and_a_spec():
    points = [
        [visit.params for visit in islice(optviz.iterate(gradient, given, start), 5)]
        for given, start in (("adam:lr=0.1", [1.0, 2, 3]), (optviz.Adam(lr=0.1), np.arange(1.0, 4)))
        for gradient in [lambda x: 2 * x]
    ]
    np.testing.assert_array_equal(*points)


@pytest.mark.parametrize(
    ("gradient", "optimizer", "said"),
    [("beale", "gd", "gradient must be a function"), (abs, "adm", "did you mean 'adam'"),
     (abs, 5, "optimizer must be")],
)  # fmt: skip
def test_what_cannot_be_iterated_is_one_line(gradient, optimizer, said):
    with pytest.raises(InputError, match=said) as caught:
        next(optviz.iterate(gradient, optimizer, (1.0, 2.0)))
    assert "\n" not in str(caught.value)


@dataclass(frozen=True)
class Polyak(optviz.Optimizer):
    """The step that a linear loss with a lowest value of zero asks for (Polyak 1987)."""

    def rule(self, t, lr, grad, value):
        return -lr * value / (1 + grad * grad) * grad, {}


@pytest.mark.parametrize("name", ["himmelblau", "ackley", "griewank"])
def test_a_rule_is_given_what_it_names_and_no_more_is_computed(name, monkeypatch):
    """And many points at once have the bits of single runs."""
    for asked in ("hessian", "hessian_at"):
        monkeypatch.setattr(surfaces.Surface, asked, None)
    surface = surfaces.get(name)
    starts = np.array([surface.start, (0.5, -0.25), (1.5, 2.25)])
    walk = optviz.iterate(on_points(surface, []), Polyak(0.01), starts)
    together = np.array([visit.params for visit in islice(walk, 21)])
    for i, start in enumerate(starts.tolist()):
        alone = optviz.descend(surface, Polyak(0.01), start, 20)
        np.testing.assert_array_equal(together[:, i], alone.points)
