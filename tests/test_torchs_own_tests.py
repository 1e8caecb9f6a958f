"""torch's own table of optimizers drives ours: every input, error and scheduler that torch tests.

`torch.testing._internal.common_optimizers` ships with torch; what follows asks of our rules what
torch's ``test_optim.py`` asks of each optimizer in that table.
"""

from __future__ import annotations

import copy
import io
import warnings

import pytest
import torch
from cases import CASES
from torch import nn

import optviz
from optviz import optimizers as ours
from optviz.errors import InputError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of torch's test helpers
    from torch.testing._internal import common_optimizers as theirs

# test_wide_torch.py holds the others against torch's: Muon takes no vectors, of which these tests
# are made, LBFGS a closure, and Adafactor keeps of a vector what torch keeps of a column.
SAME = {case.torch.__name__: case.ours for case in CASES if case.ours.elementwise}
SAME |= {"SGD": ours.Momentum}
# How torch computes, not what: no fields of our rules, but keys that a group may have.
FLAGS = ("foreach", "fused", "capturable", "differentiable")
TABLE = [info for info in theirs.optim_db if info.name in SAME]
INPUTS = [
    pytest.param(info, given.kwargs, id=f"{info.name}-{given.desc}")
    for info in TABLE
    for given in info.optim_inputs_func("cpu", torch.float64)
]
each_input = pytest.mark.parametrize(("info", "settings"), INPUTS)
each = pytest.mark.parametrize("info", TABLE, ids=[info.name for info in TABLE])


@pytest.fixture(autouse=True)
def _double():
    """torch's NAdam keeps mu_product in the default type."""
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)


def our_own(info, params, **settings):
    """What torch's constructor is given, as ours takes it."""
    kind = SAME[info.name]
    if info.name == "SGD":
        settings = {"momentum": 0.0, "lr": 0.001} | settings  # the defaults of torch's SGD
    keys = {name: settings.pop(name) for name in FLAGS if name in settings}
    if isinstance(settings.get("lr"), torch.Tensor):
        keys["lr"] = settings.pop("lr")
    if isinstance(params, torch.Tensor):
        return optviz.to_torch(kind(**settings), params)
    params = list(params)
    groups = params if isinstance(params[0], dict) else [{"params": params}]
    return optviz.to_torch(kind(**settings), [keys | group for group in groups])


def network():
    return nn.Sequential(nn.Linear(10, 3), nn.Sigmoid(), nn.Linear(3, 1), nn.Sigmoid())


def learn(model, optimizer, steps, seed=1):
    """The loop of torch's own comparison, with one step without a gradient somewhere."""
    random = torch.Generator().manual_seed(seed)
    for k in range(steps):
        optimizer.zero_grad()
        model(torch.randn(4, 10, generator=random)).sum().backward()
        if k == 3:
            model[2].bias.grad = None
        optimizer.step()
    return [p.detach() for p in model.parameters()]


def both(info, settings, model):
    twin = copy.deepcopy(model)
    mine = our_own(info, model.parameters(), **settings)
    return mine, twin, info.optim_cls(twin.parameters(), **settings)


@each_input
def test_steps_are_torchs(info, settings):
    model = network()
    mine, twin, other = both(info, settings, model)
    got, expected = learn(model, mine, 9), learn(twin, other, 9)
    torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-13)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        for name, value in other.state[q].items():
            if isinstance(value, torch.Tensor):
                seen = torch.as_tensor(mine.state[p][name], dtype=value.dtype)
                torch.testing.assert_close(seen, value, rtol=1e-6, atol=1e-13)


@each_input
def test_state_goes_to_torch_and_comes_back(info, settings):
    """Saved as weights only, after four steps of one, into the other for four, and once more."""
    model = network()
    mine, twin, other = both(info, settings, model)
    expected = learn(twin, other, 12)

    def turned(optimizer, fresh):
        stream = io.BytesIO()
        torch.save(optimizer.state_dict(), stream)
        stream.seek(0)
        fresh.load_state_dict(torch.load(stream, weights_only=True))
        return fresh

    random = torch.Generator().manual_seed(1)
    optimizer = mine
    for k in range(12):
        if k == 4:
            optimizer = turned(mine, info.optim_cls(model.parameters(), **settings))
        elif k == 8:
            optimizer = turned(optimizer, our_own(info, model.parameters(), **settings))
        optimizer.zero_grad()
        model(torch.randn(4, 10, generator=random)).sum().backward()
        if k == 3:
            model[2].bias.grad = None
        optimizer.step()
    got = [p.detach() for p in model.parameters()]
    # torch's NAdam and others count in float32 once loaded.
    torch.testing.assert_close(got, expected, rtol=1e-6, atol=1e-9)


@each
def test_older_states_without_newer_settings_load(info):
    model = network()
    optimizer = our_own(info, model.parameters())
    learn(model, optimizer, 3)
    saved = copy.deepcopy(optimizer.state_dict())
    for flag in info.not_og_supported_flags:
        for group in saved["param_groups"]:
            group.pop(flag, None)
    optimizer.load_state_dict(saved)
    learn(model, optimizer, 2)
    # Saved before steps were tensors, or after: 1.0, tensor(1.) and 1 are one step.
    for kind in (float, torch.tensor, lambda step: torch.tensor(float(step))):
        saved = copy.deepcopy(optimizer.state_dict())
        for entry in saved["state"].values():
            entry["step"] = kind(entry["step"])
        optimizer.load_state_dict(saved)
        learn(model, optimizer, 1)
    assert {entry["step"] for entry in optimizer.state.values()} == {8}


# Restrictions of torch's own kernels: ours have no such kernels, and take the input.
NOT_OURS = (
    "lr as Tensor doesn't work with foreach & not capturable",
    r"betas\[0\] as a Tensor is not supported for capturable=False and foreach=True",
    "betas must be either both floats or both Tensors",
)
ERRORS = [
    pytest.param(info, error, id=f"{info.name}-{error.optimizer_error_input.desc}")
    for info in TABLE
    for error in info.optim_error_inputs_func("cpu", torch.float64)
    if error.optimizer_error_input.desc not in NOT_OURS
]


@pytest.mark.parametrize(("info", "error"), ERRORS)
def test_what_torch_refuses_we_refuse_in_one_line(info, error):
    given = error.optimizer_error_input
    params = [nn.Parameter(torch.randn(1, 1))] if given.params is None else given.params
    if issubclass(error.error_type, Warning):
        with pytest.warns(error.error_type, match=error.error_regex):
            our_own(info, params, **given.kwargs)
        return
    with pytest.raises(InputError) as caught:
        our_own(info, params, **given.kwargs)
    assert "\n" not in str(caught.value)


SCHEDULED = [
    pytest.param(info, makers, id=f"{info.name}-{i}")
    for info in TABLE
    for i, makers in enumerate(info.scheduler_inputs)
]


@pytest.mark.parametrize(("info", "makers"), SCHEDULED)
def test_schedulers_go_in_the_right_direction(info, makers):
    """torch's own check, on its own problem; and each step is torch's."""
    found = []
    for make in (our_own, lambda info, params, **given: info.optim_cls(params, **given)):
        torch.manual_seed(0)
        weight, bias = nn.Parameter(torch.randn(10, 5)), nn.Parameter(torch.randn(10))
        data = torch.randn(5)
        optimizer = make(info, [{"params": [weight]}, {"params": [bias], "lr": 0.02}], lr=0.01)
        schedulers = [maker(optimizer) for maker in makers]
        losses = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = (weight.mv(data) + bias).pow(2).sum()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            for scheduler in schedulers:
                if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
                    scheduler.step(losses[-1])
                else:
                    scheduler.step()
        assert losses[-1] < losses[0]
        found.append((torch.stack(losses), [group["lr"] for group in optimizer.param_groups]))
    torch.testing.assert_close(*found, rtol=1e-10, atol=1e-12)


@each
def test_what_torch_expects_of_every_optimizer(info):
    """Without gradients or with zeros no change; printed, hooked, copied, with a closure."""
    weight, bias = nn.Parameter(torch.randn(2, 3)), nn.Parameter(torch.randn(2))
    # The decays of AdamW and ASGD move parameters that have no slope.
    off = {"Rprop": {}, "ASGD": {"lambd": 0.0}}
    settings = off.get(info.name, {"weight_decay": 0.0})
    optimizer = our_own(info, [weight, bias], **settings)
    before = weight.detach().clone()
    optimizer.step()
    assert torch.equal(weight, before)
    assert not optimizer.state
    weight.grad, bias.grad = torch.zeros_like(weight), torch.zeros_like(bias)
    optimizer.step()
    assert torch.equal(weight, before)
    assert f"lr: {optimizer.param_groups[0]['lr']}" in repr(optimizer)
    calls = []
    handles = [
        optimizer.register_step_pre_hook(lambda *_: calls.append("pre")),
        optimizer.register_step_post_hook(lambda *_: calls.append("post")),
    ]

    def closure():
        calls.append("closure")
        optimizer.zero_grad()
        loss = (weight.sum(1) + bias).square().sum()
        loss.backward()
        return loss

    first = optimizer.step(closure)
    assert calls == ["pre", "closure", "post"]
    for handle in handles:
        handle.remove()
    for _ in range(20):
        last = optimizer.step(closure)
    assert last < first
    twin = copy.deepcopy(optimizer)
    assert str(twin.state_dict()) == str(optimizer.state_dict())
