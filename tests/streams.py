"""One fixed stream of gradients, and what an optimizer of ours or of torch's does with it."""

from __future__ import annotations

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


def torch_run(case, settings):
    """Points and states of torch's optimizer after each step."""
    tensor = torch.linspace(-2, 2, SIZE).requires_grad_()
    runner = case.torch([tensor], **({"lr": 0.01} | settings), foreach=False)
    for grad in gradients():
        tensor.grad = torch.tensor(grad)
        runner.step()
        state = {k: torch.as_tensor(v).clone() for k, v in runner.state[tensor].items()
                 if v is not None}  # fmt: skip
        yield tensor.detach().numpy().copy(), state


AS_NUMBERS = {
    "numpy": np.array,
    "torch": lambda values: torch.tensor(np.array(values)),
    "floats": lambda values: tuple(float(v) for v in values),
}


def our_run(optimizer, kind):
    """Points and states of ours after each step, on one kind of number."""
    as_numbers = AS_NUMBERS[kind]
    params = as_numbers(np.linspace(-2, 2, SIZE))
    state = optimizer.init(params)
    for grad in gradients():
        step, state = optimizer.update(as_numbers(grad), state, params)
        params = as_numbers(np.asarray(params) + np.asarray(step))
        yield np.asarray(params), state


def close(actual, expected):
    """Equal to 1e-12 of the largest coordinate."""
    return np.abs(actual - expected).max() <= 1e-12 * max(np.abs(expected).max(), 1e-300)
