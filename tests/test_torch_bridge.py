"""torch's own optimizers race as ours do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import optviz
from optviz.errors import InputError


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.ASGD, torch.optim.Adam])
def test_the_path_is_torchs(kind):
    run = optviz.descend("booth", optviz.from_torch(kind, lr=0.02), steps=80)
    point = torch.tensor(run.points[0], requires_grad=True)
    runner = kind([point], lr=0.02)
    for expected in run.points[1:]:
        runner.zero_grad()
        x, y = point
        ((x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2).backward()
        runner.step()
        np.testing.assert_allclose(expected, point.detach().numpy(), rtol=1e-9)


def test_states_have_torchs_names():
    theirs = optviz.descend("booth", optviz.from_torch(torch.optim.Adam, lr=0.1), steps=20)
    ours = optviz.descend("booth", optviz.Adam(lr=0.1), steps=20)
    assert set(theirs.states) == set(ours.states)
    np.testing.assert_allclose(theirs.points, ours.points, rtol=1e-12)
    for name, state in ours.states.items():
        np.testing.assert_allclose(theirs.states[name][1:], state[1:], rtol=1e-12)
        assert np.isnan(theirs.states[name][0]).all()  # torch has no state before the first step


def test_a_subclass_from_elsewhere_races_ours():
    class HalfStep(torch.optim.Optimizer):
        def __init__(self, params, lr=0.5):
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p -= 0.5 * group["lr"] * p.grad

    runs = optviz.race("sphere", [optviz.from_torch(HalfStep), "gd:lr=0.25"], steps=30)
    np.testing.assert_allclose(runs[0].points, runs[1].points, atol=1e-15)
    assert runs[0].label == "torch HalfStep lr=0.5"


def test_divergence_is_a_result():
    run = optviz.descend("sphere", optviz.from_torch(torch.optim.SGD, lr=10.0), steps=2000)
    assert run.status == "diverged"
    assert np.isfinite(run.points).all()


@pytest.mark.parametrize(
    ("kind", "settings", "part"),
    [
        (torch.optim.SparseAdam, {}, "SparseAdam"),
        (torch.optim.Muon, {}, "Muon"),
        (torch.optim.Adam, {"lr": -1.0}, "lr"),
        (torch.optim.Adam, {"beta": 1}, "beta"),
        (torch.nn.Linear, {}, "torch.optim.Optimizer"),
        ("adam", {}, "torch.optim.Optimizer"),
    ],
)
def test_wrong_input(kind, settings, part):
    with pytest.raises(InputError, match=part) as caught:
        optviz.from_torch(kind, **settings)
    assert "\n" not in str(caught.value)
