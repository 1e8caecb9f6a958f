"""One fixed stream of gradients, and what an optimizer of ours or of torch's does with it."""

from __future__ import annotations

from unittest import mock

import numpy as np
import torch

import optviz.torch_bridge  # noqa: F401 - registers tensors with our rules

STEPS, SIZE = 1000, 6


def gradients() -> np.ndarray:
    """Six decades of size, signs that change and signs that stay, some zeros."""
    rng = np.random.default_rng(7)
    stream = rng.standard_normal((STEPS, SIZE)) * np.logspace(-3, 3, SIZE)
    stream[:, 2] = np.abs(stream[:, 2])
    stream[rng.random((STEPS, SIZE)) < 0.05] = 0.0
    return stream


def size_of(optimizer):
    """How many numbers it is tried on: a column of two where it sees matrices."""
    return SIZE if optimizer.elementwise else 2


def gradients_for(optimizer):
    """The stream for one optimizer; of two numbers one keeps its sign."""
    stream = gradients()
    return stream if size_of(optimizer) == SIZE else stream[:, 2:4]


def hessians_for(optimizer):
    """Symmetric matrices that go with it, some of them indefinite."""
    size = size_of(optimizer)
    half = np.random.default_rng(8).standard_normal((STEPS, size, size))
    return half + half.swapaxes(1, 2) + np.diag(np.linspace(2, 4, size))


def start_for(optimizer):
    return np.linspace(-2, 2, size_of(optimizer))


def muon_in_full():
    """Leave the iteration of torch's Muon in the type of its parameters, not in bfloat16."""
    return mock.patch.object(torch.Tensor, "bfloat16", torch.Tensor.clone)


def torch_run(case, settings):
    """Points and states of torch's optimizer after each step."""
    tensor, runner = case.in_torch(start_for(case.ours), {"lr": 0.01} | settings)
    with muon_in_full():
        for grad in gradients_for(case.ours):
            tensor.grad = torch.tensor(grad).reshape(tensor.shape)
            runner.step(lambda: torch.tensor(1.0))  # a loss that only LBFGS asks for
            state = case.as_ours(runner.state[tensor], settings)
            state = {k: torch.as_tensor(v).clone() for k, v in state.items() if v is not None}
            yield tensor.detach().numpy().ravel().copy(), state


AS_NUMBERS = {
    "numpy": np.array,
    "torch": lambda values: torch.tensor(np.array(values)),
    "floats": lambda values: tuple(float(v) for v in values),
}


def our_run(optimizer, kind, sign=1):
    """Points and states of ours after each step, on one kind of number."""
    as_numbers = AS_NUMBERS[kind]
    params = as_numbers(start_for(optimizer))
    state = optimizer.init(params)
    looks = "hessian" in optimizer.inputs
    for grad, hessian in zip(
        sign * gradients_for(optimizer), sign * hessians_for(optimizer), strict=True
    ):
        matrix = tuple(map(tuple, hessian.tolist())) if kind == "floats" else as_numbers(hessian)
        seen = {"hessian": matrix} if looks else {}
        step, state = optimizer.update(as_numbers(grad), state, params, **seen)
        params = as_numbers(np.asarray(params) + np.asarray(step))
        yield np.asarray(params), state


def close(actual, expected):
    """Equal to 1e-12 of the largest coordinate."""
    return np.abs(actual - expected).max() <= 1e-12 * max(np.abs(expected).max(), 1e-300)
