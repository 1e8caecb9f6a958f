"""The state of `to_torch`: slots of any name, and tensors that users hold while patterns change."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import nn

import optviz


def remembering(name):
    """Momentum with a step of bounded size, whose memory is called ``name``."""

    @dataclass(frozen=True)
    class Bounded(optviz.Optimizer):
        lr: float = 0.1
        weight_decay: float = 0.1

        def slots(self, zeros):
            return {name: zeros}

        def rule(self, t, lr, grad, **slots):
            memory = 0.9 * slots[name] + grad
            return -lr * (memory / (1 + memory * memory)), {name: memory}

    return Bounded()


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("name", ["memory", "param", "b0", "b1", "s_b0", "µ", "exp avg", "class"])
def test_a_slot_has_any_name(name, replaced):
    """Also one that a program uses itself; the judge is the same arithmetic by torch alone."""
    torch.manual_seed(0)
    params = [nn.Parameter(torch.randn(n, dtype=torch.float64)) for n in (4, 3)]
    expected = [p.detach().clone() for p in params]
    memories = [torch.zeros_like(p) for p in params]
    optimizer = optviz.to_torch(remembering(name), params)
    for k in range(5):
        for i, p in enumerate(params):
            p.grad = torch.randn_like(p)
            memories[i] = 0.9 * memories[i] + p.grad + 0.1 * expected[i]
            expected[i] -= 0.1 * memories[i] / (1 + memories[i] ** 2)
        if replaced and k == 2:
            optimizer.state[params[0]][name] = optimizer.state[params[0]][name].clone()
        optimizer.step()
    torch.testing.assert_close([p.detach() for p in params], expected, rtol=0, atol=1e-12)
    for p, memory in zip(params, memories, strict=True):
        torch.testing.assert_close(optimizer.state[p][name], memory, rtol=0, atol=1e-12)


def test_a_tensor_of_the_state_that_is_held_follows_when_others_freeze():
    params = [nn.Parameter(torch.randn(n)) for n in (4, 3, 2)]
    for make in (lambda p: torch.optim.Adam(p), lambda p: optviz.to_torch("adam", p)):
        optimizer = make(params)
        held = None
        for k in range(4):
            for i, p in enumerate(params):
                p.grad = torch.randn_like(p) if k < 2 or i == 0 else None
            optimizer.step()
            held = held or dict(optimizer.state[params[0]])
        assert held["exp_avg"] is optimizer.state[params[0]]["exp_avg"]


def test_a_large_tensor_keeps_its_memory_and_counts_its_changes():
    """It is stepped by itself, in slices; whoever holds it or its graph must learn of the step."""
    weight = nn.Parameter(torch.ones(400, 300))
    optimizer = optviz.to_torch("adam:lr=0.1,weight_decay=0.1", [weight])
    held, address, version = weight.detach().numpy(), weight.data_ptr(), weight._version
    (weight**2).sum().backward()
    optimizer.step()
    assert weight.data_ptr() == address
    assert weight._version > version
    assert (held < 0.91).all()


@pytest.mark.parametrize(
    ("spec", "kind"), [("adam:lr=0.01", torch.optim.Adam), ("momentum:lr=0.01", None)]
)
def test_under_a_grad_scaler_a_step_that_overflows_is_left_out(spec, kind):
    """Its losses are scaled, its gradients unscaled, and a step with an infinite one skipped."""

    def trained(make):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
        optimizer = make(model.parameters())
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
        for k in range(6):
            optimizer.zero_grad()
            loss = (model(torch.randn(8, 4)) ** 2).mean() * (float("inf") if k == 3 else 1.0)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        return [p.detach() for p in model.parameters()]

    peers = kind or (lambda params, lr: torch.optim.SGD(params, lr, momentum=0.9))
    mine = trained(lambda params: optviz.to_torch(spec, params))
    theirs = trained(lambda params: peers(params, lr=0.01))
    torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-6)
    assert all(p.isfinite().all() for p in mine)
