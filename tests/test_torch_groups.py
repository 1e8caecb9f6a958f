"""Groups of parameters keep what their owners wrote into them; what is refused is one line."""

from __future__ import annotations

import copy
import io
import warnings

import pytest
import torch
from pytorch_optimizer import SAM
from torch import nn

import optviz
from optviz.errors import InputError

KEYS = {
    "name": "head", "lr_scale": 0.5, "lr_mult": 2.0, "layer": 3, "foreach": True, "fused": None,
    "capturable": False, "differentiable": False, "momentum": 0.9, "rho": 0.05, "adaptive": True,
    "use_muon": False, "swa_lr": 0.1, "max_momentum": 0.95, "step": 0, 7: "a number",
}  # fmt: skip


def weight(*shape):
    return nn.Parameter(torch.randn(*(shape or (3, 2)), dtype=torch.float64))


def stepped(optimizer):
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = torch.ones_like(p)
    optimizer.step()


@pytest.mark.parametrize("spec", ["gd", "adam", "rprop", "adagrad"])
def test_any_key_is_kept_through_state_dict_and_back(spec):
    """In silence; torch's own optimizers keep them too."""
    keys = KEYS | ({"weight_decay": 0.1} if spec == "rprop" else {})
    first = optviz.to_torch(spec, [{"params": [weight()], **keys}, {"params": [weight()]}])
    stepped(first)
    stream = io.BytesIO()
    torch.save(first.state_dict(), stream)
    stream.seek(0)
    second = optviz.to_torch(spec, [{"params": [weight()]}, {"params": [weight()]}])
    second.load_state_dict(torch.load(stream, weights_only=True))
    third = copy.deepcopy(second)
    theirs = torch.optim.SGD([{"params": [weight()], **keys}, {"params": [weight()]}], lr=0.1)
    for optimizer in (first, second, third, theirs):
        stepped(optimizer)
        with_keys, without = optimizer.param_groups
        assert {k: with_keys[k] for k in keys} == keys
        assert "name" not in without


@pytest.mark.parametrize(
    ("spec", "key", "meant"),
    [
        ("adam", "weight_decy", "weight_decay"),
        ("adam", "Weight_Decay", "weight_decay"),
        ("adam", "beta", "betas"),
        ("adam", "learning_rate", "lr"),
        ("adam", "LR", "lr"),
        ("adam", "epsilon", "eps"),
        ("adamw", "wd", "weight_decay"),
        ("momentum", "momentun", "momentum"),
        ("rmsprop", "centred", "centered"),
        ("rprop", "step_size", "step_sizes"),
    ],
)
def test_a_key_that_looks_misspelt_is_warned_of_and_kept(spec, key, meant):
    with pytest.warns(UserWarning, match=f"{key!r} is no setting of .*did you mean {meant!r}"):
        optimizer = optviz.to_torch(spec, [{"params": [weight()], key: 0.5}])
    assert optimizer.param_groups[0][key] == 0.5
    with pytest.warns(UserWarning, match=meant):
        optimizer.add_param_group({"params": [weight()], key: 0.5})


@pytest.mark.parametrize(("spec", "key"), [("gd", "wd"), ("rprop", "epsilon"), ("gd", "momentun")])
def test_a_setting_that_the_rule_does_not_have_is_not_suggested(spec, key):
    if (spec, key) == ("gd", "wd"):
        spec = "rprop"  # gd has weight_decay
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optviz.to_torch(spec, [{"params": [weight()], key: 0.5}])


@pytest.mark.parametrize(
    ("group", "part"),
    [
        ({"params": [weight()], "differentiable": True}, "differentiable must be False"),
        ({"params": [weight().detach().to(torch.complex64)]}, "complex64"),
        ({"params": [torch.zeros(3).to_sparse()]}, "sparse"),
        ({"params": [torch.zeros(3, dtype=torch.int64)]}, "int64"),
        ({"params": [weight() * 2]}, "non-leaf"),
        ({"params": {weight()}}, "ordered"),
        ({"params": [weight()], "lr": -1.0}, "lr must be"),
        ({"params": [weight()], "lr": float("nan")}, "lr must be"),
        ({"params": [weight()], "lr": torch.tensor([0.1, 0.2])}, "lr must be"),
        ({"params": [weight()], "lr": "fast"}, "lr must be"),
        ({"params": [weight()], "betas": (0.9, 1.0)}, "betas"),
        ({"params": [weight()], "eps": -1.0}, "eps"),
    ],
)
def test_what_is_refused_of_a_group(group, part):
    with pytest.raises(InputError, match=part) as caught:
        optviz.to_torch("adam", [group])
    assert "\n" not in str(caught.value)


def test_what_is_refused_at_a_step():
    table = nn.Embedding(5, 2, sparse=True)
    for spec in ("gd", "adam"):
        optimizer = optviz.to_torch(spec, table.parameters())
        table(torch.tensor([1])).sum().backward()
        with pytest.raises(InputError, match="grad must be dense; not sparse"):
            optimizer.step()
    optimizer = optviz.to_torch("adam", [weight()])
    optimizer.param_groups[0]["differentiable"] = True
    with pytest.raises(InputError, match="differentiable must be False"):
        stepped(optimizer)


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize(
    ("spec", "kind", "settings"),
    [
        ("momentum:lr=0.05", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
        ("adam:lr=0.01", torch.optim.Adam, {"lr": 0.01}),
    ],
)
def test_sam_takes_ours_as_its_base(spec, kind, settings, adaptive):
    """The published wrapper hands groups with keys of its own to the base optimizer's class.

    It shares our state too, where it keeps the weights that it goes back to.
    """
    x, target = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, 2, dtype=torch.float64)
    found = []
    for base, given in ((lambda groups, **_: optviz.to_torch(spec, groups), {}), (kind, settings)):
        torch.manual_seed(0)
        model = nn.Linear(3, 2).double()
        optimizer = SAM(model.parameters(), base, rho=0.1, adaptive=adaptive, **given)

        def closure(model=model, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (model(x) - target).square().mean()
            loss.backward()
            return loss

        for _ in range(10):
            closure()
            optimizer.step(closure)
        assert optimizer.base_optimizer.param_groups[0]["rho"] == 0.1
        found.append(model.weight.detach())
    torch.testing.assert_close(*found, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("group", "part"),
    [({"lr": -1.0}, "lr must be"), ({"betas": (0.9, 1.0)}, "betas must be"),
     ({"differentiable": True}, "differentiable must be False"), ({"eps": "small"}, "eps must be")],
)  # fmt: skip
def test_a_group_that_is_refused_later_is_not_left_behind(group, part):
    optimizer = optviz.to_torch("adam", [weight()])
    wrong = weight()
    with pytest.raises(InputError, match=part):
        optimizer.add_param_group({"params": [wrong], **group})
    assert len(optimizer.param_groups) == 1
    optimizer.add_param_group({"params": [wrong], "lr": 0.5})  # the same parameters, put right
    stepped(optimizer)
    assert [group["lr"] for group in optimizer.param_groups] == [0.001, 0.5]
