"""Rules that torch does not have: against their papers, and against what they contain."""

from __future__ import annotations

import newer_papers
import numpy as np
import pytest
import torch
from cases import OFF_TORCH
from streams import AS_NUMBERS, SIZE, close, gradients, our_run

from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers.matrix import Matrix

START = np.linspace(-2, 2, SIZE)


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
} | newer_papers.PAPERS


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


@pytest.mark.parametrize("kind", OFF_TORCH)
def test_to_maximize_is_to_minimize_the_negative(kind):
    """Of second derivatives too: Newton's method goes to the same point, Sophia up where f curves
    down."""
    up = our_run(kind(0.01, maximize=True), "floats")
    down = our_run(kind(0.01), "floats", sign=-1)
    for (a, _), (b, _) in zip(up, down, strict=True):
        assert np.array_equal(a, b)


# Of both sides of a matrix, which a point of a surface does not have.
PACKAGES = [
    (newer_papers.shampoo_package, optimizers.Shampoo(0.1, eps=0.01, weight_decay=0.1)),
    (newer_papers.soap_package, optimizers.SOAP(0.01, weight_decay=0.0)),
]


@pytest.mark.parametrize(("make", "ours"), PACKAGES, ids=["Shampoo", "SOAP"])
def test_both_sides_of_a_matrix(make, ours):
    tensor = torch.tensor([[-2.0, 0.5], [1.0, 2.0]], requires_grad=True, dtype=torch.float64)
    theirs = make([tensor], ours)
    params = Matrix(tensor.detach().ravel().tolist(), (2, 2))
    slots = ours.slots(0.0 * params)
    stream = np.random.default_rng(5).standard_normal((200, 2, 2)) * [[4.0, 1.0], [0.3, 0.1]]
    for t, grad in enumerate(stream, 1):
        tensor.grad = torch.tensor(grad)
        theirs.step()
        given = Matrix(grad.ravel().tolist(), (2, 2))
        step, slots = ours.apply(t, ours.lr, given, params, slots)
        params = params + step
        assert close(np.array(params.members), tensor.detach().numpy().ravel()), t


REFUSED = [
    (optimizers.FullAdaGrad, {"eps": 0.0}, "eps"),
    (optimizers.Shampoo, {"eps": -1.0}, "eps"),
    (optimizers.SOAP, {"precondition_frequency": 0}, "precondition_frequency"),
    (optimizers.SOAP, {"precondition_frequency": 2.5}, "whole"),
    (optimizers.SOAP, {"betas": (1.0, 0.9)}, "betas"),
    (optimizers.Prodigy, {"d0": 0.0}, "d0"),
    (optimizers.Prodigy, {"d_coef": -1.0}, "d_coef"),
    (optimizers.Sophia, {"k": 0}, "k must"),
    (optimizers.Sophia, {"gamma": -0.1}, "gamma"),
    (optimizers.AdEMAMix, {"betas": (0.9, 0.999)}, "tuple of 3"),
    (optimizers.AdEMAMix, {"warmup": -1}, "warmup"),
    (optimizers.AdEMAMix, {"alpha": -1.0}, "alpha"),
    (optimizers.Adan, {"betas": (0.9, 0.9, 1.0)}, "betas"),
    (optimizers.Adan, {"weight_decay": -1.0}, "weight_decay"),
]


@pytest.mark.parametrize(("kind", "given", "part"), REFUSED, ids=str)
def test_what_makes_no_sense_is_refused_in_one_line(kind, given, part):
    with pytest.raises(InputError, match=part) as caught:
        kind(**given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", PAPERS)
def test_floats_do_what_arrays_do_bit_for_bit(name):
    optimizer, _ = PAPERS[name]
    for (a, _), (b, _) in zip(
        our_run(optimizer, "floats"), our_run(optimizer, "numpy"), strict=True
    ):
        assert np.array_equal(a, b)
