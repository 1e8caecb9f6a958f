"""Rules that torch does not have: against their papers, and against what they contain."""

from __future__ import annotations

import numpy as np
import pytest
from cases import OFF_TORCH
from streams import AS_NUMBERS, SIZE, close, gradients, hessians, our_run, size_of, start

from optviz import optimizers

START = start()


def qhm(lr, beta, nu, decay=0.0):
    """Ma & Yarats (2019), equations 3 and 4."""
    theta, g = START, np.zeros(SIZE)
    for grad in gradients():
        grad = grad + decay * theta
        g = beta * g + (1 - beta) * grad
        theta = theta - lr * ((1 - nu) * grad + nu * g)
        yield theta


def qhadam(lr, betas, nus, eps, decay=0.0):
    """Ma & Yarats (2019), section 4.3."""
    theta, g, s = START, np.zeros(SIZE), np.zeros(SIZE)
    for t, grad in enumerate(gradients(), 1):
        grad = grad + decay * theta
        g = betas[0] * g + (1 - betas[0]) * grad
        s = betas[1] * s + (1 - betas[1]) * grad**2
        g_hat, s_hat = g / (1 - betas[0] ** t), s / (1 - betas[1] ** t)
        above = (1 - nus[0]) * grad + nus[0] * g_hat
        theta = theta - lr * above / (np.sqrt((1 - nus[1]) * grad**2 + nus[1] * s_hat) + eps)
        yield theta


def lion(lr, betas, decay=0.0):
    """Chen et al. (2023), algorithm 2."""
    theta, m = START, np.zeros(SIZE)
    for grad in gradients():
        c = betas[0] * m + (1 - betas[0]) * grad
        theta = theta - lr * (np.sign(c) + decay * theta)
        m = betas[1] * m + (1 - betas[1]) * grad
        yield theta


def newton(lr, damping=0.0, sign=1.0):
    """Nocedal & Wright (2006), chapter 3.3; damped as in 10.3."""
    theta = start(2)
    for grad, hessian in zip(gradients(2), hessians(), strict=True):
        damped = sign * hessian + damping * np.eye(2)
        theta = theta - lr * np.linalg.solve(damped, sign * grad)
        yield theta


PAPERS = {
    "QHM": (optimizers.QHM(0.01, 0.9, 0.6), lambda: qhm(0.01, 0.9, 0.6)),
    "QHM, decay": (
        optimizers.QHM(0.01, 0.99, 0.3, weight_decay=0.1),
        lambda: qhm(0.01, 0.99, 0.3, 0.1),
    ),
    "QHAdam": (
        optimizers.QHAdam(0.01, (0.8, 0.95), (0.6, 0.9), 1e-4),
        lambda: qhadam(0.01, (0.8, 0.95), (0.6, 0.9), 1e-4),
    ),
    "QHAdam, decay": (
        optimizers.QHAdam(0.01, weight_decay=0.1),
        lambda: qhadam(0.01, (0.9, 0.999), (0.7, 1.0), 1e-8, 0.1),
    ),
    "Lion": (optimizers.Lion(0.01, (0.8, 0.95)), lambda: lion(0.01, (0.8, 0.95))),
    "Lion, decay": (
        optimizers.Lion(0.01, weight_decay=0.1),
        lambda: lion(0.01, (0.9, 0.99), 0.1),
    ),
    "Newton": (optimizers.Newton(), lambda: newton(1.0)),
    "Newton, damped": (optimizers.Newton(0.3, damping=5.0), lambda: newton(0.3, 5.0)),
    "Newton, uphill": (
        optimizers.Newton(damping=0.2, maximize=True),
        lambda: newton(1.0, 0.2, -1.0),
    ),
}


@pytest.mark.parametrize("kind", AS_NUMBERS)
@pytest.mark.parametrize("name", PAPERS)
def test_equals_its_paper(name, kind):
    optimizer, paper = PAPERS[name]
    for (point, _), expected in zip(our_run(optimizer, kind), paper(), strict=True):
        assert close(point, expected)


@pytest.mark.parametrize(
    ("special", "general"),
    [
        (optimizers.GD(0.01), optimizers.QHM(0.01, 0.9, 0.0)),
        (optimizers.Momentum(0.001, 0.9), optimizers.QHM(0.01, 0.9, 1.0)),
        (optimizers.Momentum(0.001, 0.9, nesterov=True), optimizers.QHM(0.01, 0.9, 0.9)),
        (optimizers.Adam(0.01), optimizers.QHAdam(0.01, nus=(1.0, 1.0))),
    ],
    ids=str,
)
def test_constants_that_make_it_another(special, general):
    for (a, _), (b, _) in zip(our_run(special, "numpy"), our_run(general, "numpy"), strict=True):
        assert close(a, b)


def test_every_rule_that_torch_lacks_has_its_paper():
    assert {type(optimizer) for optimizer, _ in PAPERS.values()} == set(OFF_TORCH)


BY_GRADIENT = [kind for kind in (*OFF_TORCH, optimizers.Muon) if not kind.inputs]


@pytest.mark.parametrize("kind", BY_GRADIENT)
def test_maximize_turns_the_gradient(kind):
    first = start(size_of(kind))
    up, down = (
        our_run(kind(0.01, maximize=uphill, weight_decay=0.0), "floats") for uphill in (True, False)
    )
    for (a, _), (b, _) in zip(up, down, strict=True):
        np.testing.assert_allclose(a - first, first - b, atol=1e-12 * max(1, np.abs(b).max()))


@pytest.mark.parametrize("name", PAPERS)
def test_floats_do_what_arrays_do_bit_for_bit(name):
    optimizer, _ = PAPERS[name]
    for (a, _), (b, _) in zip(
        our_run(optimizer, "floats"), our_run(optimizer, "numpy"), strict=True
    ):
        assert np.array_equal(a, b)
