"""Eigenvalues and traces from products alone, against matrices that are written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import jacrev

import optviz
from optviz.landscape.flat_model import FlatModel
from optviz.landscape.hessian import leading_eigenpairs, trace


@pytest.fixture(scope="module")
def network():
    """A small network on a batch: the product with its Hessian, and the dense Hessian."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    inputs, targets = torch.randn(50, 4).double(), torch.randint(3, (50,))
    flat = FlatModel(model)
    at = flat.weights()
    dense = jacrev(jacrev(flat.loss))(at, inputs, targets)
    return flat.size, flat.hessian_at(at, inputs, targets), dense


@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_largest_eigenvalues_are_those_of_the_dense_hessian(network, k):
    size, product, dense = network
    values, vectors = leading_eigenpairs(product, size, k, tolerance=1e-10, dtype=torch.float64)
    known = torch.linalg.eigvalsh(dense).flip(0)[:k]
    torch.testing.assert_close(values, known, rtol=1e-9, atol=0)
    torch.testing.assert_close(vectors @ vectors.T, torch.eye(k).double(), rtol=0, atol=1e-9)
    torch.testing.assert_close(vectors @ dense, values[:, None] * vectors, rtol=0, atol=1e-6)
    assert (vectors.gather(1, vectors.abs().argmax(1, keepdim=True)) > 0).all()


def test_products_in_float32_are_enough(network):
    size, product, dense = network
    rounded = leading_eigenpairs(lambda v: product(v.double()).float(), size, 2)[0]
    torch.testing.assert_close(rounded, torch.linalg.eigvalsh(dense).flip(0)[:2], rtol=1e-5, atol=0)


def test_a_good_guess_saves_products():
    torch.manual_seed(0)
    diagonal = torch.cat([torch.rand(2000), torch.tensor([1.02])]).double()
    counts = []
    for start in (None, torch.eye(2001)[-1] + 1e-4 * torch.randn(2001)):
        asked = []
        values, _ = leading_eigenpairs(
            lambda v, asked=asked: asked.append(1) or diagonal * v, 2001, 1, start=start,
            dtype=torch.float64,
        )  # fmt: skip
        assert values[0] == pytest.approx(1.02, rel=1e-5)
        counts.append(len(asked))
    assert counts[1] < counts[0] / 2


@pytest.mark.parametrize("size", [3, 30])
def test_all_curvatures_may_be_negative_or_zero(size):
    below = -torch.arange(1.0, size + 1)
    assert leading_eigenpairs(lambda v: below * v, size, 2)[0].tolist() == pytest.approx([-1, -2])
    values, vectors = leading_eigenpairs(torch.zeros_like, size, 2)
    assert values.tolist() == [0, 0]
    torch.testing.assert_close(vectors @ vectors.T, torch.eye(2))


def test_the_trace_is_within_its_error_of_the_dense_one(network):
    """Over many seeds errors are as large as they are said to be."""
    size, product, dense = network
    exact = float(dense.trace())
    found = np.array([trace(product, size, 12, seed, dtype=torch.float64) for seed in range(60)])
    z = (found[:, 0] - exact) / found[:, 1]
    assert abs(z.mean()) < 0.5
    assert 0.8 < z.std() < 1.4
    assert trace(product, size, 12, 1) == trace(product, size, 12, 1)


def test_of_a_diagonal_matrix_one_sample_is_exact():
    diagonal = torch.arange(10.0)
    assert trace(lambda v: diagonal * v, 10, 2) == (45.0, 0.0)


@pytest.mark.parametrize("size", [5, 50])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"k": 0}, "k must be a whole number from 1 to"),
        ({"k": 51}, "k must be a whole number from 1 to"),
        ({"product": lambda v: v * np.nan}, "product must give finite numbers"),
    ],
)
def test_wrong_input_is_refused_in_one_line(size, wrong, said):
    product = wrong.get("product", lambda v: v)
    with pytest.raises(optviz.InputError, match=said) as refused:
        leading_eigenpairs(product, size, wrong.get("k", 2))
    assert "\n" not in str(refused.value)


def test_a_trace_needs_two_samples():
    with pytest.raises(optviz.InputError, match="samples must be a whole number from 2"):
        trace(lambda v: v, 5, 1)


def test_a_tolerance_that_is_not_reached_is_said():
    crowded = 1 - torch.linspace(0, 1, 9000).double() ** 3
    with pytest.raises(optviz.InputError, match="tolerance must be one that is reached"):
        leading_eigenpairs(lambda v: crowded * v, 9000, 2, tolerance=1e-15, dtype=torch.float64)
