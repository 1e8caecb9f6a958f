"""`to_torch` changes parameters in place: what others infer from memory and versions stays true.

The judge is torch.optim, which every case is also run with.
"""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_model
from torch import nn

import optviz
from optviz import mnist

PAIRS = [
    ("gd:lr=0.1", torch.optim.SGD, {"lr": 0.1}),
    ("momentum:lr=0.1", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    ("adam:lr=0.01", torch.optim.Adam, {"lr": 0.01}),
    ("adamw:lr=0.01", torch.optim.AdamW, {"lr": 0.01}),
]
OURS = [pytest.param(spec, id=spec.partition(":")[0]) for spec, _, _ in PAIRS]
BOTH = [
    pytest.param(lambda p, s=spec: optviz.to_torch(s, p), id=f"ours-{spec.partition(':')[0]}")
    for spec, _, _ in PAIRS
] + [
    pytest.param(
        lambda p, k=kind, s=settings: k(p, **s), id=f"torch-{kind.__name__}-{len(settings)}"
    )
    for _, kind, settings in PAIRS
]
each = pytest.mark.parametrize("make", BOTH)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def network(sizes=(6, 8, 3)):
    first, second, third = sizes
    return nn.Sequential(nn.Linear(first, second), nn.Tanh(), nn.Linear(second, third))


def learn(model, optimizer, steps=3, width=6):
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.randn(5, width)).square().mean().backward()
        optimizer.step()


def pointers(model):
    return [p.untyped_storage().data_ptr() for p in model.parameters()]


@each
def test_parameters_and_gradients_stay_where_they_are(make):
    model = network()
    before = pointers(model)
    optimizer = make(model.parameters())
    learn(model, optimizer, 1)
    grads = [(p.grad, p.grad.data_ptr(), p.grad.clone()) for p in model.parameters()]
    optimizer.step()
    assert pointers(model) == before
    for p, (grad, address, value) in zip(model.parameters(), grads, strict=True):
        assert p.grad is grad
        assert grad.data_ptr() == address
        assert torch.equal(grad, value)
        assert p.untyped_storage().nbytes() == 4 * p.numel()
    optimizer.zero_grad(set_to_none=False)
    assert all(p.grad is grad for p, (grad, _, _) in zip(model.parameters(), grads, strict=True))
    assert len({p.grad.untyped_storage().data_ptr() for p in model.parameters()}) == 4


@each
@pytest.mark.parametrize("when", [0, 2])
def test_memory_that_processes_share_stays_shared(make, when):
    model = network()
    optimizer = make(model.parameters())
    learn(model, optimizer, when)
    model.share_memory()
    learn(model, optimizer, 2)
    assert all(p.is_shared() for p in model.parameters())


@each
def test_whoever_holds_the_memory_sees_the_steps(make):
    model = network()
    held = [p.detach().numpy() for p in model.parameters()]
    data = [p.data for p in model.parameters()]
    saved = model.state_dict()
    learn(model, make(model.parameters()))
    for p, array, tensor, entry in zip(model.parameters(), held, data, saved.values(), strict=True):
        for seen in (torch.from_numpy(array), tensor, entry):
            assert torch.equal(seen, p.detach())


class Autoencoder(nn.Module):
    """Its decoder's weight is the encoder's, transposed: another parameter, the same memory."""

    def __init__(self):
        super().__init__()
        self.encode, self.decode = nn.Linear(6, 4), nn.Linear(4, 6)
        self.decode.weight = nn.Parameter(self.encode.weight.detach().t())

    def forward(self, x):
        return self.decode(torch.tanh(self.encode(x))) - x


@pytest.mark.parametrize(("spec", "kind", "settings"), PAIRS[:3])
def test_weights_tied_by_a_view(spec, kind, settings):
    mine = Autoencoder()
    theirs = copy.deepcopy(mine)
    theirs.decode.weight = nn.Parameter(theirs.encode.weight.detach().t())
    for model, optimizer in (
        (mine, optviz.to_torch(spec, mine.parameters())),
        (theirs, kind(theirs.parameters(), **settings)),
    ):
        torch.manual_seed(1)
        learn(model, optimizer, 10)
        assert torch.equal(model.decode.weight, model.encode.weight.t())
    torch.testing.assert_close(mine.encode.weight, theirs.encode.weight, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("spec", "kind", "settings"), PAIRS)
@pytest.mark.parametrize("channels", [3, 128])  # 128: large enough to be stepped by itself
def test_the_layout_of_memory_stays(spec, kind, settings, channels):
    mine = nn.Conv2d(channels, 64, 3).to(memory_format=torch.channels_last)
    theirs = copy.deepcopy(mine)
    strides = mine.weight.stride()
    assert strides == (9 * channels, 1, 3 * channels, channels)
    for model, optimizer in (
        (mine, optviz.to_torch(spec, mine.parameters())),
        (theirs, kind(theirs.parameters(), **settings)),
    ):
        torch.manual_seed(1)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randn(2, channels, 5, 5)).square().mean().backward()
            optimizer.step()
        assert model.weight.stride() == strides
    torch.testing.assert_close(mine.weight, theirs.weight, rtol=0, atol=1e-5)


@each
def test_a_stale_graph_is_refused_by_autograd(make):
    """y = w v: after a step its slope along v is no longer w."""
    w = nn.Parameter(torch.tensor(2.9))
    v = torch.tensor(1.0, requires_grad=True)
    optimizer = make([w])
    y = w * v
    y.backward(retain_graph=True)
    version = w._version
    optimizer.step()
    assert w._version > version
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@each
def test_actor_and_critic_with_one_body(make):
    body, actor, critic = network((4, 8, 8)), nn.Linear(8, 2), nn.Linear(8, 1)
    both = [make([*body.parameters(), *head.parameters()]) for head in (actor, critic)]
    features = torch.tanh(body(torch.randn(5, 4)))
    losses = actor(features).square().mean(), critic(features).square().mean()
    losses[0].backward(retain_graph=True)
    both[0].step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        losses[1].backward()


@each
def test_a_gan_whose_critic_steps_before_the_generators_backward(make):
    generator, critic = network((2, 8, 2)), network((2, 8, 1))
    ours, theirs = make(generator.parameters()), make(critic.parameters())
    fake = generator(torch.randn(5, 2))
    loss = critic(fake).mean()
    loss.backward(retain_graph=True)
    theirs.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        (-loss).backward()
    ours.zero_grad()  # the order that is right
    (-critic(generator(torch.randn(5, 2))).mean()).backward()
    ours.step()


@pytest.mark.parametrize("spec", OURS)
def test_accelerate_saves_and_loads_every_weight(spec, tmp_path):
    accelerator = Accelerator(cpu=True)
    model = network()
    model, optimizer = accelerator.prepare(model, optviz.to_torch(spec, model.parameters()))
    for _ in range(2):
        optimizer.zero_grad()
        accelerator.backward(model(torch.randn(5, 6)).square().mean())
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    accelerator.save_model(model, tmp_path / "model")
    assert load_file(tmp_path / "model" / "model.safetensors").keys() == model.state_dict().keys()
    accelerator.save_state(tmp_path / "state")
    expected = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict()["state"])
    learn(model, optimizer)
    accelerator.load_state(tmp_path / "state")
    for name, value in model.state_dict().items():
        assert torch.equal(value, expected[0][name])
    torch.testing.assert_close(optimizer.state_dict()["state"], expected[1], rtol=0, atol=0)


@pytest.mark.parametrize("spec", OURS)
def test_safetensors_saves_a_model(spec, tmp_path):
    model = network()
    learn(model, optviz.to_torch(spec, model.parameters()))
    save_model(model, str(tmp_path / "model.safetensors"))
    for name, value in load_file(tmp_path / "model.safetensors").items():
        assert torch.equal(value, model.state_dict()[name])


def written(thing):
    stream = io.BytesIO()
    torch.save(thing, stream)
    return len(stream.getvalue())


@pytest.mark.parametrize("spec", OURS)
def test_a_part_is_saved_without_the_rest(spec):
    """A small head behind a large body: weights, and what the optimizer remembers of them."""
    body, head = nn.Linear(600, 300), nn.Linear(300, 8)
    model = nn.Sequential(body, head)
    optimizer = optviz.to_torch(spec, model.parameters())
    learn(model, optimizer, 2, width=600)
    fresh = nn.Linear(300, 8)
    assert written(head.state_dict()) == written(fresh.state_dict())
    assert written(head.weight) == written(fresh.weight)
    for p in model.parameters():
        for value in optimizer.state[p].values():
            if isinstance(value, torch.Tensor):
                assert value.untyped_storage().nbytes() == 4 * p.numel()
                assert written(value) < 4 * p.numel() + 3000


def test_state_that_users_replace_or_clear():
    """torch reads the state anew at every step, and so do we."""

    def loop(make):
        torch.manual_seed(0)
        model = network().double()
        optimizer = make(model.parameters())
        for k in range(12):
            optimizer.zero_grad()
            model(torch.randn(5, 6, dtype=torch.float64)).square().mean().backward()
            p, q = model[0].weight, model[2].weight
            if k == 3:
                optimizer.state[p]["exp_avg"] = torch.ones_like(p)
            elif k == 5:
                optimizer.state[q]["exp_avg_sq"].mul_(4)
            elif k == 7:
                del optimizer.state[p]
            elif k == 9:
                optimizer.state.clear()
            optimizer.step()
        return torch.cat([p.detach().reshape(-1) for p in model.parameters()])

    mine = loop(lambda p: optviz.to_torch("adam:lr=0.01", p))
    theirs = loop(lambda p: torch.optim.Adam(p, lr=0.01))
    torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)


def test_what_others_keep_in_the_state_stays():
    model = network()
    optimizer = optviz.to_torch("adam", model.parameters())
    for p in model.parameters():
        optimizer.state[p]["mine"] = torch.ones(3)
    learn(model, optimizer)
    saved = copy.deepcopy(optimizer.state_dict())
    optimizer.load_state_dict(saved)
    learn(model, optimizer)
    assert all(entry["mine"].tolist() == [1, 1, 1] for entry in optimizer.state.values())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize(("spec", "kind", "settings"), PAIRS)
def test_large_tensors_are_stepped_by_themselves(spec, kind, settings, dtype):
    """In slices, where they lie in one piece; also when the gradient does not, or is expanded."""
    shapes = [(300, 500), (7,), (400, 400), (300, 300)]
    start = [torch.randn(*shape, dtype=dtype) for shape in shapes]
    start[2] = start[2].t()
    found = []
    for make in (lambda p: optviz.to_torch(spec, p), lambda p: kind(p, **settings)):
        torch.manual_seed(1)
        params = [nn.Parameter(value.clone(memory_format=torch.preserve_format)) for value in start]
        optimizer = make(params)
        for _ in range(3):
            for p in params:
                p.grad = torch.randn(*p.shape, dtype=dtype)
            params[0].grad = params[0].grad.t().contiguous().t()
            params[3].grad = torch.randn(300, dtype=dtype).expand(300, 300)
            optimizer.step()
        found.append([p.detach() for p in params])
    tolerance = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 2e-2}[dtype]
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=tolerance, atol=tolerance)


def test_a_run_hands_out_a_network_of_its_own_parameters(tmp_path):
    data = mnist.load(subset=True)
    run = mnist.train(data, samples=200, validation=50, hidden=(8,), epochs=1, progress=False)
    params = list(run.model.parameters())
    assert len(set(pointers(run.model))) == len(params)
    assert all(p.untyped_storage().nbytes() == 4 * p.numel() for p in params)
    assert all(p.grad is None for p in params)
    assert written(run.model[-1].state_dict()) < 4 * 90 + 3000
    save_model(run.model, str(tmp_path / "model.safetensors"))
    before = run.accuracy(data.test_images, data.test_labels)
    assert np.isfinite(before)
    assert before == run.accuracy(data.test_images, data.test_labels)
