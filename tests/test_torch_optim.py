"""Adafactor and L-BFGS on networks and in closed loops, against torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import optviz
import optviz.torch_bridge
import surfaces
from optviz.errors import InputError
from optviz.optimizers.matrix import Matrix

DOUBLE = torch.float64


@pytest.fixture(autouse=True)
def _double():
    torch.set_default_dtype(DOUBLE)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)


def twins(*shapes, dtype=DOUBLE):
    values = [torch.randn(*shape, dtype=dtype) for shape in shapes]
    return [[nn.Parameter(value.clone()) for value in values] for _ in range(2)]


def follow(optimizers, params, steps, size=1.0):
    """The same gradients for both."""
    for _ in range(steps):
        for p, q in zip(*params, strict=True):
            p.grad = size * torch.randn_like(p)
            q.grad = p.grad.clone()
        for optimizer in optimizers:
            optimizer.step()


def assert_close(mine, theirs, tolerance=1e-12):
    for p, q in zip(mine, theirs, strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=tolerance * float(q.detach().abs().max()))


@pytest.mark.parametrize(
    "settings",
    [{}, {"lr": 0.3}, {"beta2_decay": -0.3}, {"eps": (0.5, 1e-3)}, {"eps": (None, 3.0)},
     {"d": 2.0, "lr": 1.0, "weight_decay": 0.1}, {"maximize": True}],
    ids=str,
)  # fmt: skip
def test_adafactor_on_matrices_and_vectors(settings):
    """A vector's squares are kept as those of a column."""
    mine, theirs = twins((6, 4), (3, 7), (5,), (1, 4), (1,))
    tiny, smallest = settings.get("eps", (None, 1e-3))
    rule = optviz.Adafactor(**settings | {"eps": (tiny or 0.0, smallest)})
    optimizers = optviz.to_torch(rule, mine), torch.optim.Adafactor(theirs, **settings)
    follow(optimizers, (mine, theirs), 1000)
    assert_close(mine, theirs)
    for p, q in zip(mine[:2], theirs[:2], strict=True):
        states = [[o.state[x][name] for name in ("row_var", "col_var")]
                  for o, x in zip(optimizers, (p, q), strict=True)]  # fmt: skip
        assert_close(*states)


@pytest.mark.parametrize("size", [1e-5, 1.0])
def test_adafactor_takes_the_epsilon_of_the_parameters_type(size):
    """Small gradients of float32 meet it: with that of float64 they would go elsewhere."""
    mine, theirs = twins((6, 4), (5,), dtype=torch.float32)
    optimizers = optviz.to_torch("adafactor", mine), torch.optim.Adafactor(theirs)
    follow(optimizers, (mine, theirs), 100, size)
    assert_close(mine, theirs, 1e-5)
    if size < 1:
        (p, _), _ = twins((6, 4), (5,), dtype=torch.float32)
        double = optviz.to_torch("adafactor:eps=2e-16/1e-3", [p])
        (q, _), _ = twins((6, 4), (5,), dtype=torch.float32)
        follow((double, torch.optim.Adafactor([q])), ([p], [q]), 100, size)
        assert (p - q).abs().max() > 0.01


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 2))


def data(count, rows=64):
    generator = torch.Generator().manual_seed(1)
    return [tuple(torch.randn(rows, n, generator=generator) for n in (5, 2)) for _ in range(count)]


def closure_of(model, optimizer, x, y):
    def closure():
        optimizer.zero_grad()
        loss = (model(x) - y).square().mean()
        loss.backward()
        return loss

    return closure


@pytest.mark.parametrize("settings", [{}, {"lr": 0.3}, {"lr": 0.3, "history_size": 2}], ids=str)
@pytest.mark.parametrize("max_iter", [1, 4])
def test_lbfgs_on_a_network(settings, max_iter):
    """All weights are one column; an iteration of torch's is a step of ours."""
    mine, theirs = network(), network()
    ((x, y),) = data(1)
    torchs = {"lr": 1.0, "history_size": 5, "max_iter": max_iter} | settings
    judge = torch.optim.LBFGS(theirs.parameters(), **torchs)
    optimizer = optviz.to_torch(optviz.LBFGS(**settings), mine.parameters())
    for _ in range(60 // max_iter):
        judge.step(closure_of(theirs, judge, x, y))
        for _ in range(max_iter):
            optimizer.step(closure_of(mine, optimizer, x, y))
    assert_close(mine.parameters(), theirs.parameters(), 1e-9)
    assert closure_of(mine, optimizer, x, y)() < 0.9 * closure_of(network(), optimizer, x, y)()


def torch_path(surface, steps, **settings):
    """The points of torch's L-BFGS, an iteration each."""
    point = torch.tensor(surface.start, requires_grad=True)
    judge = torch.optim.LBFGS([point], max_iter=1, **settings)
    points = []

    def closure():
        value, *slope = surface.at(*point.tolist())
        point.grad = torch.tensor(slope)
        return torch.tensor(value)

    for _ in range(steps):
        judge.step(closure)
        points.append(point.tolist())
    return np.array(points)


@pytest.mark.parametrize(
    ("name", "lr", "steps"),
    [("ellipse", 1.0, 15), ("booth", 0.3, 200), ("rotated_ellipse", 0.1, 300),
     ("rosenbrock", 0.2, 30), ("himmelblau", 0.05, 100)],
)  # fmt: skip
@pytest.mark.parametrize("history_size", [1, 5])
def test_lbfgs_takes_torchs_path(name, lr, steps, history_size):
    """Both see the very same slopes, but rounding grows with the steps, as it would for anyone."""
    surface = surfaces.get(name)
    run = optviz.descend(surface, optviz.LBFGS(lr, history_size), steps=steps)
    expected = torch_path(surface, steps, lr=lr, history_size=history_size)
    size = np.abs(expected).max()
    np.testing.assert_allclose(run.points[1:], expected, rtol=0, atol=1e-11 * size)


def test_lbfgs_rests_where_it_is_flat():
    run = optviz.descend("ellipse", "lbfgs", steps=60)
    assert run.values[-1] < 1e-12
    assert not run.steps_taken[-1].any()


def test_two_pairs_are_newtons_direction_in_two_dimensions():
    """On a bowl of second degree, where differences of gradients tell all of the curvature."""
    hessian = np.array([[2.0, 0.7], [0.7, 1.0]])
    rule = optviz.LBFGS(history_size=2)
    steps = np.array([[1.0, 0.0], [0.0, 1.0]])
    at, state = (0.0, 0.0), rule.init((0.0, 0.0))
    conjugate = [steps[0], steps[1] - hessian[0, 1] / hessian[0, 0] * steps[0]]
    state.slots["old_stps"] = tuple(np.column_stack(conjugate).ravel())
    state.slots["old_dirs"] = tuple((hessian @ np.column_stack(conjugate)).ravel())
    state.slots["prev_flat_grad"] = (3.0, -1.0)  # not the first step any more
    step, _ = rule.update((3.0, -1.0), state, at)
    np.testing.assert_allclose(step, -np.linalg.solve(hessian, (3.0, -1.0)), rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "part"),
    [({"history_size": 0}, r"history_size must be a number in \[1, 100\]"),
     ({"history_size": 2.5}, "whole"), ({"tolerance_grad": -1.0}, "tolerance_grad"),
     ({"tolerance_change": float("nan")}, "tolerance_change")],
)  # fmt: skip
def test_what_lbfgs_refuses(settings, part):
    with pytest.raises(InputError, match=part):
        optviz.LBFGS(**settings)


def test_a_matrix_of_two_rows_and_columns():
    """Adafactor's factors, recorded as they would be on a surface of matrices."""
    rule, rng = optviz.Adafactor(), np.random.default_rng(0)
    at, slots = Matrix([0.5] * 4, (2, 2)), None
    tensor = torch.full((2, 2), 0.5, requires_grad=True)
    judge = torch.optim.Adafactor([tensor])
    slots = rule.slots(Matrix([0.0] * 4, (2, 2)))
    for t in range(1, 100):
        grad = rng.standard_normal((2, 2))
        tensor.grad = torch.tensor(grad)
        judge.step()
        step, slots = rule.apply(t, 0.01, Matrix(grad.ravel().tolist(), (2, 2)), at, slots)
        at = at + step
    np.testing.assert_allclose(list(at), tensor.detach().numpy().ravel(), rtol=1e-12)
