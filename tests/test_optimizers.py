"""Every optimizer against torch.optim: fixed streams of gradients, step by step, state by state."""

from __future__ import annotations

import dataclasses
import inspect

import cases
import numpy as np
import pytest
import torch
from streams import (
    AS_NUMBERS,
    SIZE,
    close,
    gradients,
    hessians_for,
    our_run,
    size_of,
    torch_run,
)  # fmt: skip

from optviz import optimizers
from optviz.errors import InputError


@pytest.fixture(scope="module", autouse=True)
def _float64():
    """torch keeps NAdam's mu_product in the default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture(scope="module", params=cases.EACH, ids=cases.IDS)
def pair(request):
    """An optimizer of ours, and what torch's does: run once for all that is compared with it."""
    case, settings = request.param
    return case.ours(**({"lr": 0.01} | settings)), list(torch_run(case, settings))


@pytest.mark.parametrize("kind", AS_NUMBERS)
def test_equals_torch(pair, kind):
    optimizer, theirs = pair
    for t, ((point, state), (expected, torch_state)) in enumerate(
        zip(our_run(optimizer, kind), theirs, strict=True), 1
    ):
        assert close(point, expected), t
        assert state.step == t
        for name in torch_state.keys() - {"step"}:
            slot = torch_state[name].ravel().numpy()
            ours, slot = np.broadcast_arrays(np.asarray(state[name]), slot)
            assert close(ours, slot), (t, name)


def test_floats_do_what_arrays_do_bit_for_bit(pair):
    """The recorded text keeps every operation and its order."""
    optimizer, _ = pair
    both = zip(our_run(optimizer, "floats"), our_run(optimizer, "numpy"), strict=True)
    for (floats, _), (arrays, _) in both:
        assert np.array_equal(floats, arrays)


each_case = pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.ours.__name__)


def test_every_optimizer_that_torch_has_is_covered():
    named = {kind.__name__.lower() for kind in optimizers.REGISTRY.values()}
    torchs = {name.lower() for name in torch.optim.__all__} & named
    assert {case.ours.__name__.lower() for case in cases.CASES} == torchs | {"gd", "momentum"}


@each_case
def test_every_setting_is_covered(case):
    """Each hyper-parameter is somewhere off its default."""
    tried = set().union(*case.settings) | {"lr", "bias_correction"}
    if "maximize" not in inspect.signature(case.torch).parameters:  # see test_papers.py
        tried |= {"maximize"}
    assert {f.name for f in dataclasses.fields(case.ours)} <= tried


@each_case
def test_defaults_are_torchs(case):
    """But for lr of SGD and Momentum's coefficient, which torch sets to 0 as it has one class, and
    for what stands for None.
    """
    (group,) = case.torch([torch.zeros(1, 1)]).param_groups
    for field in dataclasses.fields(case.ours):
        if field.name in group and (case.ours, field.name) not in {
            (optimizers.GD, "lr"), (optimizers.Momentum, "lr"), (optimizers.Momentum, "momentum"),
            (optimizers.Adafactor, "eps"), (optimizers.LBFGS, "history_size"),
        }:  # fmt: skip
            assert field.default == group[field.name], field.name


@pytest.mark.parametrize(
    ("case", "settings", "part"), cases.REFUSED, ids=lambda v: str(getattr(v, "ours", v))
)
def test_refuses_what_torch_refuses(case, settings, part):
    with pytest.raises(ValueError, match=r"\w"):
        case.torch([torch.zeros(1, 1)], **settings)
    with pytest.raises(InputError, match=part) as caught:
        case.ours(**settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "settings", "part"),
    [
        (optimizers.Adam, {"lr": "fast"}, "lr"),
        (optimizers.Adam, {"lr": float("nan")}, "lr"),
        (optimizers.Adam, {"lr": float("inf")}, "lr"),
        (optimizers.Adam, {"lr": None}, "lr"),
        (optimizers.Adam, {"betas": 0.9}, "tuple of 2"),
        (optimizers.Adam, {"betas": (0.9, 0.99, 0.999)}, "tuple of 2"),
        (optimizers.Adam, {"amsgrad": 1}, "True or False"),
        (optimizers.Momentum, {"dampening": 2.0}, "dampening"),
        (optimizers.RMSProp, {"alpha": 1.0}, "alpha"),
        (optimizers.schedules.Step, {"step_size": 0}, "step_size"),
        (optimizers.schedules.Step, {"step_size": 1.5}, "whole"),
        (optimizers.schedules.Warmup, {"start_factor": 2.0}, "start_factor"),
    ],
)
def test_refuses_what_makes_no_sense(kind, settings, part):
    with pytest.raises(InputError, match=part):
        kind(**settings)


@pytest.mark.parametrize("kind", AS_NUMBERS)
def test_adam_without_bias_correction(kind):
    """Ours alone: the two moving averages as they are, written out."""
    m = v = np.zeros(SIZE)
    params = np.linspace(-2, 2, SIZE)
    run = our_run(optimizers.Adam(lr=0.01, bias_correction=False), kind)
    for (point, _), grad in zip(run, gradients(), strict=True):
        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
        params = params - 0.01 * m / (np.sqrt(v) + 1e-8)
        assert close(point, params)


@pytest.mark.parametrize(("kind", "settings"), cases.EVERY, ids=cases.EVERY_IDS)
def test_update_changes_nothing_it_was_given(kind, settings):
    optimizer = kind(**settings)
    size = size_of(optimizer)
    params, grad = np.ones(size), np.linspace(-1, 1, size)
    seen = {"hessian": 2 * np.eye(size)} if "hessian" in kind.inputs else {}
    _, state = optimizer.update(grad, optimizer.init(params), params, **seen)
    before = {name: np.copy(value) for name, value in state.slots.items()}
    optimizer.update(grad, state, params, **seen)
    assert state.step == 1
    assert state.slots.keys() == before.keys()
    assert all(np.array_equal(before[name], state[name]) for name in before)
    assert np.array_equal(params, np.ones(size))
    assert np.array_equal(grad, np.linspace(-1, 1, size))


@pytest.mark.parametrize("kind", optimizers.REGISTRY.values(), ids=optimizers.REGISTRY)
def test_one_run_may_hold_many_rates(kind):
    rates = np.array([0.001, 0.1, 1.0])
    params = np.ones((3, 2))
    singles = [np.ones(2)] * 3
    optimizer = kind()
    state = optimizer.init(params)
    states = [kind(lr=r).init(p) for r, p in zip(rates, singles, strict=True)]
    looks = "hessian" in kind.inputs
    for grad, hessian in zip(gradients()[:50, :2], hessians_for(kind)[:50, :2, :2], strict=True):
        many = {"hessian": np.tile(hessian, (3, 1, 1))} if looks else {}
        grads = np.tile(grad, (3, 1))
        step, state = optimizer.update(grads, state, params, lr=rates[:, None], **many)
        params = params + step
        for i, rate in enumerate(rates):
            one = {"hessian": hessian} if looks else {}
            step, states[i] = kind(lr=rate).update(grad, states[i], singles[i], **one)
            singles[i] = singles[i] + step
    np.testing.assert_allclose(params, singles, rtol=1e-12)
