"""Training by rules that look elsewhere or evaluate the loss: on one batch, as a closure does."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from digits import quick
from torch import nn

import optviz
from optviz import mnist
from optviz.descent.objective import Objective
from optviz.errors import InputError
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.loop import Trainer
from optviz.optimizers.base import State
from optviz.torch_bridge.flat_network import FlatNetwork


@dataclass(frozen=True)
class Polyak(optviz.GD):
    """A step as long as the loss is high."""

    def rule(self, t: Any, lr: Any, grad: Any, value: Any) -> Any:
        return -lr * value * grad, {}


LOOKING = ["sam(gd:lr=0.05,rho=0.1)", "schedulefree(adam:lr=0.003,betas=0/0.99)", Polyak(lr=0.02),
           "sam(schedulefree(gd:lr=0.1),rho=0.1)"]  # fmt: skip


@pytest.mark.parametrize("rule", LOOKING, ids=str)
def test_training_looks_as_a_closure_does(rule, few):
    """The judge is `to_torch` with a closure, on the same batches, penalties in the loss."""
    config = TrainConfig(hidden=(16,), epochs=1, l1=1e-4, l2=1e-3)
    given = optviz.optimizers.parse(rule) if isinstance(rule, str) else rule
    trainer = Trainer(config, few, given)
    model = copy.deepcopy(trainer.network.model)
    for p in model.parameters():
        p.data, p.grad = p.data.clone(), None
    optimizer = optviz.to_torch(given, model.parameters())
    for images, labels in trainer._batches(0, 1):

        def closure(images=images, labels=labels):
            optimizer.zero_grad()
            weights = torch.cat([p.reshape(-1) for p in model.parameters() if p.ndim > 1])
            loss = nn.functional.cross_entropy(model(images), labels)
            loss = loss + 1e-4 * weights.abs().sum() + 1e-3 * weights.square().sum()
            loss.backward()
            return loss

        optimizer.step(closure)
    run = trainer.train(trainer.begin(), None, progress=False)
    expected = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
    torch.testing.assert_close(run.params, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("spec", ["sam(gd:lr=0.1,rho=0)", "schedulefree(gd:lr=0.1,beta=0)"])
def test_all_of_a_step_drops_the_same_units(spec, few):
    """A second look at the same place sees the same gradient; so does one from elsewhere."""
    plain = quick(few, optimizer="gd:lr=0.1", dropout=0.5, epochs=2)
    looking = quick(few, optimizer=spec, dropout=0.5, epochs=2)
    if spec.startswith("sam"):
        assert looking.history.loss == plain.history.loss
        assert torch.equal(looking.params, plain.params)
    else:  # with beta 0 gradients are taken at z, which goes gradient descent's way
        z = looking.state["z"]
        torch.testing.assert_close(z, plain.params, rtol=1e-4, atol=1e-5)


def test_the_loss_of_a_step_is_that_where_the_network_is(few):
    """Gradients are taken at y, but the curve is that of x, the weights that the run hands out."""
    run = quick(few, optimizer="schedulefree(gd:lr=0.5)", epochs=1, record=1)
    config = TrainConfig(hidden=(16,), epochs=1, batch_size=64)
    trainer = Trainer(config, few, optviz.GD())
    for k, (images, labels) in enumerate(trainer._batches(0, 1)):
        trainer.network.measure(run.snapshots.params[k], images, labels)
        assert trainer.network.loss == pytest.approx(run.history.loss[k], rel=1e-6)


def test_the_value_is_the_loss_with_its_penalties():
    torch.manual_seed(0)
    network = FlatNetwork(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), l1=0.01, l2=0.02)
    images, labels = torch.randn(8, 1, 28, 28), torch.arange(8)
    before = network.flat.clone()
    network.gradient(network.flat, images, labels)
    was, slope = (network.loss, network.correct), network.grad.clone()
    elsewhere = before + 0.01 * torch.randn_like(before)
    value, grad = network.evaluate(elsewhere, images, labels)
    assert torch.equal(network.flat, before)
    assert (network.loss, network.correct) == was
    assert torch.equal(network.grad, slope)
    moves = 1e-3 * torch.nn.functional.normalize(grad, dim=0)
    up, down = (network.evaluate(elsewhere + m, images, labels)[0] for m in (moves, -moves))
    assert (up - down) / 2e-3 == pytest.approx(float(grad.norm()), rel=1e-2)
    weight = elsewhere[:7840]
    expected = nn.functional.cross_entropy(
        images.reshape(8, -1) @ weight.view(10, 784).T + elsewhere[7840:], labels
    )
    expected += 0.01 * weight.abs().sum() + 0.02 * weight.square().sum()
    assert value == pytest.approx(float(expected), rel=1e-5)


def test_muon_trains_a_network_with_biases(few):
    """Its vectors are moved by AdamW, which the run says."""
    run = quick(few, optimizer="muon:lr=0.02", epochs=2)
    assert run.history.epochs[-1].train_loss < run.history.epochs[0].train_loss
    assert "vectors by adamw:lr=0.001" in run.summary()
    assert "vectors" not in quick(few, optimizer="gd", epochs=1).summary()
    cnn = mnist.train(few, model="cnn", optimizer="muon:lr=0.02", samples=128, progress=False)
    assert cnn.status == "finished"


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_torchs_lbfgs_trains(search, few):
    """Each step is torch's with a closure on that batch."""
    settings: dict[str, Any] = {"lr": 0.5, "max_iter": 3, "line_search_fn": search}
    given = optviz.from_torch(torch.optim.LBFGS, **settings)
    trainer = Trainer(TrainConfig(hidden=(16,), epochs=1), few, given)
    model = copy.deepcopy(trainer.network.model)
    for p in model.parameters():
        p.data, p.grad = p.data.clone(), None
    judge = torch.optim.LBFGS(model.parameters(), **settings)
    for images, labels in trainer._batches(0, 1):

        def closure(images=images, labels=labels):
            judge.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            return loss

        judge.step(closure)
    run = trainer.train(trainer.begin(), None, progress=False)
    expected = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
    torch.testing.assert_close(run.params, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
@pytest.mark.parametrize("steps", [1, 5])
def test_torchs_lbfgs_descends_a_surface(search, steps):
    """The judge is torch's own loop with autograd."""
    settings: dict[str, Any] = {"lr": 0.1, "max_iter": 5, "line_search_fn": search}
    run = optviz.descend(
        "himmelblau", optviz.from_torch(torch.optim.LBFGS, **settings), (1.0, 1.0), steps=steps
    )
    x = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    judge = torch.optim.LBFGS([x], **settings)

    def closure():
        judge.zero_grad()
        loss = (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2
        loss.backward()
        return loss

    for _ in range(steps):
        judge.step(closure)
    np.testing.assert_allclose(run.points[-1], x.detach().numpy(), rtol=1e-11)
    assert np.abs(np.diff(run.points, axis=0)).min() > 0


def test_one_who_evaluates_needs_values():
    given = optviz.from_torch(torch.optim.LBFGS, lr=0.1)
    with pytest.raises(InputError, match="needs gradients alone"):
        next(optviz.iterate(lambda point: point, given, (1.0, 1.0)))
    objective = Objective(lambda x: x, evaluate=lambda x: (x @ x / 2, x))
    walk = optviz.iterate(objective, given, np.array([1.0, 2.0]))
    points = [next(walk).params for _ in range(3)]
    assert np.linalg.norm(points[-1]) < np.linalg.norm(points[0])


@dataclass(frozen=True)
class Halving(optviz.Optimizer):
    """Gradient descent whose rate is halved until the loss is lower."""

    lr: float = 0.1

    evaluates = True
    steps_by_rule = False

    def init(self, params: Any) -> Any:
        return State(0, {"grad": params * 0.0})

    def update(self, grad: Any, state: Any, params: Any, *, lr: Any = None, evaluate: Any) -> Any:
        value, again = evaluate(params)
        torch.testing.assert_close(again, grad)
        rate = self.lr
        while evaluate(params - rate * grad)[0] >= value:
            rate /= 2
        return -rate * grad, State(state.step + 1, {"grad": grad.clone()})


def test_an_optimizer_of_ones_own_evaluates_on_the_batch(few):
    run = quick(few, optimizer=Halving(), dropout=0.3, l2=1e-4, epochs=2)
    assert run.history.epochs[-1].train_loss < run.history.epochs[0].train_loss
    assert run.status == "finished"
    with pytest.raises(InputError, match="one with a rule in Python"):
        optviz.to_torch(Halving(), [nn.Parameter(torch.ones(2))])
