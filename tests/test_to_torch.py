"""Our rules as torch optimizers, in ordinary training loops.

The judge is torch.optim on the same model with the same batches.
"""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

import optviz
from optviz import optimizers as ours
from optviz.errors import InputError
from optviz.torch_bridge import program

CLASSICS = [
    (optviz.GD(lr=0.05), torch.optim.SGD, {"lr": 0.05}),
    (optviz.Momentum(lr=0.02), torch.optim.SGD, {"lr": 0.02, "momentum": 0.9}),
    (optviz.AdaGrad(lr=0.1), torch.optim.Adagrad, {"lr": 0.1}),
    (optviz.RMSProp(lr=0.01), torch.optim.RMSprop, {"lr": 0.01}),
    (optviz.Adam(lr=0.01), torch.optim.Adam, {"lr": 0.01}),
]
NAMES = [type(rule).__name__ for rule, _, _ in CLASSICS]


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def deep(width=6):
    return nn.Sequential(nn.Linear(4, width), nn.Tanh(), nn.Linear(width, 3)).double()


def batches(count, seed=1):
    random = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(8, 4, dtype=torch.float64, generator=random),
         torch.randint(3, (8,), generator=random))
        for _ in range(count)
    ]  # fmt: skip


def train(model, optimizer, data, scheduler=None, set_to_none=True):
    """An ordinary loop, as anyone writes it."""
    for x, y in data:
        optimizer.zero_grad(set_to_none=set_to_none)
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return torch.cat([p.detach().reshape(-1) for p in model.parameters()]).numpy()


def pair(model):
    return model, copy.deepcopy(model)


@pytest.mark.parametrize("set_to_none", [True, False])
@pytest.mark.parametrize(("rule", "kind", "settings"), CLASSICS, ids=NAMES)
def test_an_ordinary_loop_gives_torchs_weights(rule, kind, settings, set_to_none):
    """On a convex model: elsewhere rounding may grow, whoever computes."""
    mine, theirs = pair(nn.Linear(4, 3).double())
    got = train(mine, optviz.to_torch(rule, mine.parameters()), batches(200), None, set_to_none)
    expected = train(theirs, kind(theirs.parameters(), **settings), batches(200))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-9)


def test_groups_have_settings_of_their_own():
    def groups(model):
        return [
            {"params": model[0].parameters(), "lr": 0.1, "betas": (0.5, 0.9)},
            {"params": model[2].parameters(), "weight_decay": 0.01},
        ]

    mine, theirs = pair(deep())
    optimizer = optviz.to_torch("adam:lr=0.003", groups(mine))
    got = train(mine, optimizer, batches(30))
    expected = train(theirs, torch.optim.Adam(groups(theirs), lr=0.003), batches(30))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.003]
    named = optviz.to_torch("adam", mine.named_parameters())
    assert named.param_groups[0]["param_names"][0] == "0.weight"


@pytest.mark.parametrize("name", ["StepLR", "CosineAnnealingLR", "OneCycleLR"])
def test_torchs_schedulers_set_the_rate(name):
    make = {
        "StepLR": lambda o: torch.optim.lr_scheduler.StepLR(o, 5, 0.5),
        "CosineAnnealingLR": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40),
        "OneCycleLR": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.05, total_steps=41),
    }[name]  # the last also moves betas
    mine, theirs = pair(nn.Linear(4, 3).double())
    optimizer = optviz.to_torch("adam:lr=0.01", mine.parameters())
    other = torch.optim.Adam(theirs.parameters(), lr=0.01)
    got = train(mine, optimizer, batches(40), make(optimizer))
    expected = train(theirs, other, batches(40), make(other))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    assert optimizer.param_groups[0]["lr"] == other.param_groups[0]["lr"]


def test_our_schedule_sets_the_rate():
    mine, theirs = pair(deep())
    optimizer = optviz.to_torch("momentum:lr=cosine(0.1,20)", mine.parameters())
    other = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(other, 20)
    got = train(mine, optimizer, batches(15))
    np.testing.assert_allclose(got, train(theirs, other, batches(15), schedule), atol=1e-12)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * (1 + np.cos(np.pi * 0.7)) / 2)


def test_both_schedules_are_refused():
    model = deep()
    optimizer = optviz.to_torch("adam:lr=cosine(0.1,20)", model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5)
    with pytest.raises(InputError, match="not both"):
        train(model, optimizer, batches(1), scheduler)
    optimizer = optviz.to_torch("adam:lr=cosine(0.1,20)", model.parameters())
    train(model, optimizer, batches(2))
    optimizer.param_groups[0]["lr"] = 0.5  # as ReduceLROnPlateau does
    with pytest.raises(InputError, match="not both"):
        train(model, optimizer, batches(1))


@pytest.mark.parametrize("spec", ["adam:lr=0.01", "nadam", "rprop", "gd:lr=cosine(0.1,99)"])
def test_state_goes_on_after_a_round_trip(spec):
    whole, parts = pair(deep())
    expected = train(whole, optviz.to_torch(spec, whole.parameters()), batches(20))
    first = optviz.to_torch(spec, parts.parameters())
    train(parts, first, batches(20)[:12])
    stream = io.BytesIO()
    torch.save({"model": parts.state_dict(), "optimizer": first.state_dict()}, stream)
    stream.seek(0)
    saved = torch.load(stream, weights_only=True)
    fresh = deep()
    fresh.load_state_dict(saved["model"])
    second = optviz.to_torch(spec, fresh.parameters())
    second.load_state_dict(saved["optimizer"])
    np.testing.assert_array_equal(train(fresh, second, batches(20)[12:]), expected)


def test_torchs_own_state_is_taken_over():
    whole, parts = pair(nn.Linear(4, 3).double())
    expected = train(whole, torch.optim.Adam(whole.parameters(), lr=0.01), batches(40))
    theirs = torch.optim.Adam(parts.parameters(), lr=0.01)
    train(parts, theirs, batches(40)[:20])
    mine = optviz.to_torch("adam:lr=0.01", parts.parameters())
    mine.load_state_dict(theirs.state_dict())
    np.testing.assert_allclose(train(parts, mine, batches(40)[20:]), expected, atol=1e-12)


def test_a_buffer_of_torchs_sgd_is_not_a_first_one():
    """SGD does not count its steps, and only the first is not dampened."""
    settings = {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}
    whole, parts = pair(nn.Linear(4, 3).double())
    expected = train(whole, torch.optim.SGD(whole.parameters(), **settings), batches(8))
    theirs = torch.optim.SGD(parts.parameters(), **settings)
    train(parts, theirs, batches(8)[:4])
    mine = optviz.to_torch(optviz.Momentum(**settings), parts.parameters())
    mine.load_state_dict(theirs.state_dict())
    np.testing.assert_allclose(train(parts, mine, batches(8)[4:]), expected, atol=1e-12)


def test_copies_go_their_own_way():
    model = deep()
    optimizer = optviz.to_torch("adam:lr=0.01", model.parameters())
    train(model, optimizer, batches(5))
    both = copy.deepcopy((model, optimizer))
    expected = train(model, optimizer, batches(5, seed=2))
    np.testing.assert_array_equal(train(*both, batches(5, seed=2)), expected)


def test_a_closure():
    mine, theirs = pair(nn.Linear(4, 3).double())
    for model, optimizer in [
        (mine, optviz.to_torch("gd:lr=0.1", mine.parameters())),
        (theirs, torch.optim.SGD(theirs.parameters(), lr=0.1)),
    ]:
        for x, y in batches(10):

            def closure(model=model, optimizer=optimizer, x=x, y=y):
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(model(x), y)
                loss.backward()
                return loss

            assert optimizer.step(closure).item() > 0
    torch.testing.assert_close(mine.weight, theirs.weight, rtol=0, atol=1e-12)


def test_what_has_no_gradient_neither_moves_nor_ages():
    """Frozen at first, in turns later: torch keeps a step count for each parameter."""

    def alternate(model, optimizer):
        for k, (x, y) in enumerate(batches(30)):
            optimizer.zero_grad()
            for p in model[0].parameters():
                p.requires_grad_(k > 5 and k % 3 > 0)
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
        return torch.cat([p.detach().reshape(-1) for p in model.parameters()]).numpy()

    mine, theirs = pair(deep())
    got = alternate(mine, optviz.to_torch("adam:lr=0.01", mine.parameters()))
    expected = alternate(theirs, torch.optim.Adam(theirs.parameters(), lr=0.01))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


MORE = [
    *CLASSICS,
    (optviz.Momentum(lr=0.02, nesterov=True, weight_decay=0.01), torch.optim.SGD,
     {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    (optviz.RMSProp(lr=0.001, momentum=0.5, centered=True), torch.optim.RMSprop,
     {"lr": 0.001, "momentum": 0.5, "centered": True}),
    (optviz.Adam(lr=0.01, amsgrad=True, weight_decay=0.1), torch.optim.Adam,
     {"lr": 0.01, "amsgrad": True, "weight_decay": 0.1}),
    (optviz.AdamW(lr=0.01, weight_decay=0.1), torch.optim.AdamW,
     {"lr": 0.01, "weight_decay": 0.1}),
]  # fmt: skip
more_rules = pytest.mark.parametrize(
    ("rule", "kind", "settings"), MORE, ids=[str(rule) for rule, _, _ in MORE]
)


def freeze(first, last):
    """Once; from then on zero_grad finds no gradient."""
    for p in first.parameters():
        if p.requires_grad:
            p.requires_grad_(False)
            p.grad = None


def forget(first, last):
    first.bias.grad = None


def scale(first, last):
    if first.weight.grad is not None:
        first.weight.grad = first.weight.grad * 0.5


def rename(first, last):
    """The same memory, but other tensors."""
    for p in (*first.parameters(), *last.parameters()):
        p.grad = p.grad.detach()


def swap(first, last):
    """One gets a view of the other's place, in which something else then belongs."""
    a, b = first.bias.grad, last.bias.grad
    first.bias.grad, last.bias.grad = torch.cat([b, b]), a[3:]


def transpose(first, last):
    first.weight.grad = first.weight.grad.t().contiguous().t()


def into_data(first, last):
    first.weight.grad.data = first.weight.grad.data * 0.5


def decay_by_hand(first, last):
    first.weight.grad += 0.1 * first.weight  # outside no_grad: it gets a graph


@pytest.mark.filterwarnings("ignore:grad and param do not obey")  # torch's own, transposed
@more_rules
@pytest.mark.parametrize(
    ("before", "after"),
    [(freeze, None), (forget, None), (scale, None), (forget, scale), (None, forget), (None, scale),
     (None, rename), (None, swap), (None, transpose), (None, into_data), (None, decay_by_hand)],
)  # fmt: skip
def test_gradients_that_users_change(rule, kind, settings, before, after):
    """Before backward or after it, among zeros that are views."""

    def loop(model, optimizer):
        for k, (x, y) in enumerate(batches(9)):
            optimizer.zero_grad(set_to_none=False)
            if before is not None and k > 2:
                before(model[0], model[2])
            nn.functional.cross_entropy(model(x), y).backward()
            if after is not None and k > 2 and k % 3 > 0:
                after(model[0], model[2])
            optimizer.step()
        return torch.cat([p.detach().reshape(-1) for p in model.parameters()]).numpy()

    mine, theirs = pair(deep())
    got = loop(mine, optviz.to_torch(rule, mine.parameters()))
    expected = loop(theirs, kind(theirs.parameters(), **settings))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-11)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4, bias=False), nn.Linear(4, 3)
        self.again = self.first

    def forward(self, x):
        return self.second(self.again(torch.tanh(self.first(x))))


def test_tied_weights_are_moved_once():
    mine, theirs = pair(Tied().double())
    got = train(mine, optviz.to_torch("adam:lr=0.01", mine.parameters()), batches(30))
    expected = train(theirs, torch.optim.Adam(theirs.parameters(), lr=0.01), batches(30))
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optviz.to_torch("gd", [mine.first.weight, mine.again.weight])


class Actions:
    """What a user may do between two steps, drawn at random; equal seeds draw equal actions."""

    NAMES = ("none", "zeros", "forget", "scale", "freeze", "reload", "clip")

    def __init__(self, model, optimizer, seed):
        self.model, self.optimizer = model, optimizer
        self.params = list(model.parameters())
        self.random = np.random.default_rng(seed)

    def run(self, x, y):
        """Forget or zero the gradients (or let them add up); act before backward and after it."""
        self.act(self.random.choice(["none", "zeros", "zeros", "nothing"]))
        self.act(self.random.choice(self.NAMES))
        loss = nn.functional.cross_entropy(self.model(x), y)
        if loss.requires_grad:
            loss.backward()
        self.act(self.random.choice([*self.NAMES, *["nothing"] * 7]))
        self.optimizer.step()

    def act(self, name):
        p = self.params[self.random.integers(len(self.params))]
        if name in ("none", "zeros"):
            self.optimizer.zero_grad(set_to_none=name == "none")
        elif name == "forget":
            p.grad = None
        elif name == "scale" and p.grad is not None:
            p.grad = p.grad * 0.5
        elif name == "freeze":  # or the reverse
            p.requires_grad_(not p.requires_grad)
            p.grad = None
        elif name == "reload":
            stream = io.BytesIO()
            torch.save(self.optimizer.state_dict(), stream)
            stream.seek(0)
            self.optimizer.load_state_dict(torch.load(stream, weights_only=True))
        elif name == "clip":
            nn.utils.clip_grad_norm_(self.params, 0.1)


@more_rules
@pytest.mark.parametrize("seed", range(5))
def test_whatever_users_do_torch_agrees(rule, kind, settings, seed):
    def groups(model):
        if seed % 2:
            return model.parameters()
        return [{"params": model.first.parameters(), "lr": 0.005},
                {"params": model.second.parameters()}]  # fmt: skip

    models = pair(Tied().double())
    optimizers = optviz.to_torch(rule, groups(models[0])), kind(groups(models[1]), **settings)
    users = [Actions(m, o, seed) for m, o in zip(models, optimizers, strict=True)]
    for x, y in batches(40, seed):
        for user in users:
            user.run(x, y)
        for p, q in zip(*(m.parameters() for m in models), strict=True):
            torch.testing.assert_close(p, q, rtol=0, atol=1e-10)


def test_types_and_moved_models():
    """Two types in one group; a model that gets other memory between two steps."""
    half = nn.Parameter(torch.ones(3, dtype=torch.float32))
    double = nn.Parameter(torch.ones(2, dtype=torch.float64))
    optimizer = optviz.to_torch("momentum:lr=0.1", [half, double])
    for _ in range(2):
        optimizer.zero_grad()
        (half.sum() + (double**2).sum()).backward()
        optimizer.step()
    assert half.dtype == torch.float32
    torch.testing.assert_close(half.detach(), torch.full((3,), 1 - 0.1 - 0.19))

    mine, theirs = pair(nn.Linear(4, 3))
    optimizers = (
        optviz.to_torch("adam:lr=0.01", mine.parameters()),
        torch.optim.Adam(theirs.parameters(), lr=0.01),
    )
    for model, optimizer in zip((mine, theirs), optimizers, strict=True):
        train(model, optimizer, [(x.float(), y) for x, y in batches(5)])
        model.double()
        for p, state in optimizer.state.items():  # torch asks for this too
            state.update({k: v.to(p.dtype) for k, v in state.items() if k.startswith("exp")})
        train(model, optimizer, batches(5))
    torch.testing.assert_close(mine.weight, theirs.weight, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("spec", "kind"), [("adam:lr=0.01", torch.optim.Adam), ("nadam:lr=0.01", torch.optim.NAdam)]
)
def test_scalar_and_empty_parameters(spec, kind):
    torch.set_default_dtype(torch.float64)  # torch's NAdam keeps mu_product in the default type
    try:
        found = []
        for make in (lambda p: optviz.to_torch(spec, p), lambda p: kind(p, lr=0.01)):
            params = [nn.Parameter(torch.tensor(2.0)), nn.Parameter(torch.zeros(0, 3)),
                      nn.Parameter(torch.ones(2, 2).t())]  # fmt: skip
            optimizer = make(params)
            for k in range(6):
                optimizer.zero_grad(set_to_none=k < 3)
                (params[0] ** 2 + params[1].sum() + (params[2] ** 3).sum()).backward()
                optimizer.step()
            found.append([p.detach().numpy() for p in params])
        for mine, theirs in zip(*found, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-14)
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_rule_that_calls_torch_runs_as_it_stands():
    @dataclass(frozen=True)
    class Normed(ours.Optimizer):
        lr: float = 0.1

        def slots(self, zeros):
            return {"last": zeros, "count": 0.0}

        def rule(self, t, lr, grad, last, count):
            return -lr * torch.tanh(grad) - 0.01 * last, {"last": grad, "count": count + 1}

    assert program(Normed()).text == ""
    weight = nn.Parameter(torch.zeros(2, dtype=torch.float64))
    optimizer = optviz.to_torch(Normed(), [weight])
    for _ in range(3):
        optimizer.zero_grad()
        (weight * torch.tensor([1.0, 2.0], dtype=torch.float64)).sum().backward()
        optimizer.step()
    expected = -0.3 * torch.tanh(torch.tensor([1.0, 2.0])) - 0.02 * torch.tensor([1.0, 2.0])
    torch.testing.assert_close(weight.detach().float(), expected)
    assert optimizer.state[weight]["count"] == 3


@pytest.mark.parametrize(
    ("optimizer", "params", "part"),
    [
        ("adam", [], "empty"),
        ("adam", torch.zeros(2), "iterable"),
        ("adam", ["weights"], "str"),
        ("adm", [nn.Parameter(torch.zeros(2))], "'adam'"),
        ("adam", [torch.zeros(2, dtype=torch.complex64, requires_grad=True)], "complex64"),
        ("adam", [{"params": [nn.Parameter(torch.zeros(2))], "eps": -1.0}], "eps"),
        ("adam:lr=cosine(0.1,9)", [{"params": [nn.Parameter(torch.zeros(2))], "lr": 1}], "once"),
        (optviz.from_torch(torch.optim.SGD), [nn.Parameter(torch.zeros(2))], "a rule in Python"),
    ],
)
def test_wrong_input(optimizer, params, part):
    with pytest.raises(InputError, match=part) as caught:
        optviz.to_torch(optimizer, params)
    assert "\n" not in str(caught.value)


def test_sparse_gradients_are_refused():
    table = nn.Embedding(5, 2, sparse=True)
    optimizer = optviz.to_torch("gd", table.parameters())
    table(torch.tensor([1])).sum().backward()
    with pytest.raises(InputError, match="dense"):
        optimizer.step()
