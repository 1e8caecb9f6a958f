"""One fixed stream of gradients, and what an optimizer of ours or of torch's does with it."""

from __future__ import annotations

from unittest import mock

import numpy as np
import torch

import optviz.torch_bridge  # noqa: F401 - registers tensors with our rules

STEPS, SIZE = 1000, 6


def size_of(kind):
    """How many numbers: rules that see whole matrices are given a point of a surface."""
    return SIZE if kind.elementwise else 2


def gradients(size=SIZE) -> np.ndarray:
    """Six decades of size, signs that change and signs that stay, some zeros."""
    rng = np.random.default_rng(7)
    stream = rng.standard_normal((STEPS, SIZE)) * np.logspace(-3, 3, SIZE)
    stream[:, 2] = np.abs(stream[:, 2])
    stream[rng.random((STEPS, SIZE)) < 0.05] = 0.0
    return stream if size == SIZE else stream[:, [4, 2]]


def hessians() -> np.ndarray:
    """Symmetric matrices of two rows, some of them of a saddle."""
    half = np.random.default_rng(8).standard_normal((STEPS, 2, 2))
    return half + half.transpose(0, 2, 1) + np.diag([3.0, 0.5])


def start(size=SIZE) -> np.ndarray:
    return np.linspace(-2, 2, size)


def muon_in_full():
    """Leave the iteration of torch's Muon in the type of its parameters, not in bfloat16."""
    return mock.patch.object(torch.Tensor, "bfloat16", torch.Tensor.clone)


def torch_run(case, settings):
    """Points and states of torch's optimizer after each step."""
    size = size_of(case.ours)
    tensor, runner = case.in_torch(start(size), {"lr": 0.01} | settings)
    with muon_in_full():
        for grad in gradients(size):
            tensor.grad = torch.tensor(grad).reshape(tensor.shape)
            runner.step(lambda: torch.tensor(1.0))
            state = {k: torch.as_tensor(v).clone() for k, v in runner.state[tensor].items()
                     if isinstance(v, (torch.Tensor, float, int))}  # fmt: skip
            yield tensor.detach().numpy().ravel().copy(), state


AS_NUMBERS = {
    "numpy": np.array,
    "torch": lambda values: torch.tensor(np.array(values)),
    "floats": lambda values: tuple(float(v) for v in values),
}


def seen_by(optimizer, kind, step):
    """What a rule names of value and second derivatives, for a point of a surface."""
    known = {"value": lambda: 1.0 + step % 7, "hessian": lambda: hessian_as(kind, step)}
    return {name: known[name]() for name in optimizer.inputs if name in known}


def hessian_as(kind, step):
    hessian = hessians()[step]
    return tuple(map(tuple, hessian.tolist())) if kind == "floats" else AS_NUMBERS[kind](hessian)


def our_run(optimizer, kind):
    """Points and states of ours after each step, on one kind of number."""
    as_numbers, size = AS_NUMBERS[kind], size_of(optimizer)
    params = as_numbers(start(size))
    state = optimizer.init(params)
    for k, grad in enumerate(gradients(size)):
        seen = seen_by(optimizer, kind, k)
        step, state = optimizer.update(as_numbers(grad), state, params, **seen)
        params = as_numbers(np.asarray(params) + np.asarray(step))
        yield np.asarray(params), state


def close(actual, expected):
    """Equal to 1e-12 of the largest coordinate."""
    return np.abs(actual - expected).max() <= 1e-12 * max(np.abs(expected).max(), 1e-300)
