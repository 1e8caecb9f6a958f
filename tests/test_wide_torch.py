"""Rules that see whole matrices, take gradients elsewhere or want the loss, in torch's loops."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import schedulefree
import torch
from pytorch_optimizer.optimizer import Lookahead
from torch import nn
from torch.optim import _muon

import optviz
from optviz import optimizers as ours
from optviz.errors import InputError
from optviz.optimizers import ops
from optviz.optimizers.matrix import Matrix
from optviz.optimizers.ops import matmul, norm, solve, sqrt, transpose
from optviz.torch_bridge import LookingOptimizer, in_place
from optviz.torch_bridge.layer import Layer, as_matrix

DOUBLE = torch.float64


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.fixture
def _unrounded(monkeypatch):
    """torch's Muon without its rounding to bfloat16, from its own text."""
    text = inspect.getsource(_muon._zeropower_via_newtonschulz)
    assert text.count(".bfloat16()") == 1
    made: dict[str, Any] = {}
    exec(text.replace(".bfloat16()", ".clone()"), vars(_muon) | {"_": None}, made)
    monkeypatch.setattr(_muon, *made.popitem())


def twins(*shapes):
    """Parameters, and the same once more."""
    values = [torch.randn(*shape, dtype=DOUBLE) for shape in shapes]
    return [[nn.Parameter(value.clone()) for value in values] for _ in range(2)]


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 2)).double()


def batches(count, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return [
        tuple(torch.randn(8, n, dtype=DOUBLE, generator=generator) for n in (5, 2))
        for _ in range(count)
    ]


def closure_of(model, optimizer, x, y):
    def closure():
        optimizer.zero_grad()
        loss = (model(x) - y).square().mean()
        loss.backward()
        return loss

    return closure


def learn(model, optimizer, data, schedule=None):
    for x, y in data:
        optimizer.step(closure_of(model, optimizer, x, y))
        if schedule is not None:
            schedule.step()
    return torch.cat([p.detach().reshape(-1) for p in model.parameters()])


def close(a, b, tolerance=1e-12):
    torch.testing.assert_close(a, b, rtol=0, atol=tolerance * float(b.abs().max()))


@pytest.mark.usefixtures("_unrounded")
@pytest.mark.parametrize(
    "settings",
    [{}, {"nesterov": False}, {"momentum": 0.5, "weight_decay": 0.0}, {"ns_steps": 3},
     {"ns_coefficients": (2.0, -1.5, 0.5), "eps": 1e-3, "lr": 0.05}],
    ids=str,
)  # fmt: skip
def test_muon_is_torchs_without_its_rounding(settings):
    settings = {"lr": 0.01} | settings
    mine, theirs = twins((6, 4), (3, 7))
    optimizers = (
        optviz.to_torch(optviz.Muon(**settings), mine),
        torch.optim.Muon(theirs, **settings),
    )
    for _ in range(1000):
        for p, q in zip(mine, theirs, strict=True):
            p.grad = torch.randn_like(p)
            q.grad = p.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    for p, q in zip(mine, theirs, strict=True):
        close(p.detach(), q.detach())
        close(optimizers[0].state[p]["momentum_buffer"], optimizers[1].state[q]["momentum_buffer"])


@pytest.mark.usefixtures("_unrounded")
def test_torchs_own_state_of_a_matrix_is_taken_over():
    mine, theirs = twins((6, 4), (3, 7))
    whole = torch.optim.Muon(theirs, lr=0.01)
    grads = [[torch.randn_like(p) for p in mine] for _ in range(10)]

    def follow(params, optimizer, part):
        for step in part:
            for p, grad in zip(params, step, strict=True):
                p.grad = grad.clone()
            optimizer.step()

    follow(theirs, whole, grads)
    first = torch.optim.Muon(mine, lr=0.01)
    follow(mine, first, grads[:4])
    second = optviz.to_torch("muon:lr=0.01", mine)
    second.load_state_dict(first.state_dict())
    follow(mine, second, grads[4:])
    for p, q in zip(mine, theirs, strict=True):
        close(p.detach(), q.detach())


def test_a_convolution_has_a_row_for_each_output():
    kernel = nn.Parameter(torch.randn(5, 2, 3, 3, dtype=DOUBLE))
    matrix = nn.Parameter(kernel.detach().reshape(5, 18).clone())
    optimizers = [optviz.to_torch("muon:lr=0.1", [p]) for p in (kernel, matrix)]
    for _ in range(5):
        kernel.grad = torch.randn_like(kernel)
        matrix.grad = kernel.grad.reshape(5, 18)
        for optimizer in optimizers:
            optimizer.step()
    close(kernel.detach().reshape(5, 18), matrix.detach())
    assert optimizers[0].state[kernel]["momentum_buffer"].shape == kernel.shape


NAMES = ["norm", "dot", "mean", "total", "row_mean", "column_mean", "transpose", "matmul",
         "identity", "diagonal", "solve", "orthonormal", "sqrt", "cos", "exp", "log", "tanh",
         "floor", "sign", "abs", "minimum", "maximum", "largest"]  # fmt: skip


def numbers(value):
    members = value.members if isinstance(value, Matrix) else value
    members = value.numbers.reshape(-1).tolist() if isinstance(value, Layer) else members
    return np.array(members, float).ravel()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_a_layer_reckons_as_a_matrix_of_numbers(name, seed):
    """The judge is what is recorded for surfaces, in scalar arithmetic."""
    rng = np.random.default_rng(seed)
    function = getattr(ops, name)
    two = name in ("dot", "matmul", "solve", "minimum", "maximum")
    values = rng.uniform(0.1, 2.0, (2 if two else 1, 2, 2))
    if name in ("sign", "abs", "floor", "orthonormal"):
        values -= 1
    if name in ("row_mean", "column_mean", "transpose", "mean"):
        values = rng.normal(size=(1, 2, 3))
    got = function(*(Layer(torch.tensor(v)) for v in values))
    expected = function(*(Matrix(v.ravel().tolist(), v.shape) for v in values))
    np.testing.assert_allclose(numbers(got), numbers(expected), rtol=1e-12, atol=1e-13)
    if isinstance(expected, Matrix):
        assert got.shape == expected.shape


def test_more_of_a_layer():
    values = torch.randn(2, 3, dtype=DOUBLE)
    a, column = Layer(values), as_matrix(torch.tensor([1.0, -2.0], dtype=DOUBLE))
    plain = Matrix(values.reshape(-1).tolist(), (2, 3)), Matrix([1.0, -2.0])
    for compute in (
        lambda m, v: 2.0 - m * v + 1.0 / (m * m + 1) + 0.5**m + m**2 - (-m) + abs(m) % 0.7,
        lambda m, v: ops.where(m > 0, m, 0.1) * ops.where(v >= 0, 0.1, 0.3) + 0.1 * (m < 0.5),
        lambda m, v: (m > 0) * (m < 1) + (m > 0) + np.float64(0.1) * m // 2,
        lambda m, v: ops.maximum(norm(m), 0.1) * v / ops.minimum(0.2, norm(v)),
    ):
        got, expected = compute(a, column), compute(*plain)
        np.testing.assert_allclose(numbers(got), numbers(expected), rtol=1e-13)
        assert got.numbers.dtype == DOUBLE
        assert got.shape == expected.shape
    symmetric = matmul(a, transpose(a))
    found, vectors = ops.eigh(symmetric)
    assert found.shape == (2, 1)
    back = matmul(vectors * transpose(found), transpose(vectors))
    np.testing.assert_allclose(numbers(back), numbers(symmetric), rtol=1e-12)
    for refused in (bool, float, lambda m: m == m, np.sqrt, torch.sqrt):
        with pytest.raises((InputError, TypeError)):
            refused(a)


def test_what_is_no_longer_finite_does_not_raise():
    bad = Layer(torch.full((2, 2), torch.nan))
    for value in ops.eigh(bad):
        assert value.numbers.isnan().all()
    singular = solve(Layer(torch.zeros(2, 2)), Layer(torch.ones(2, 1)))
    assert not singular.numbers.isfinite().any()


PACKAGE = [
    ("schedulefree(gd:lr=0.1,beta=0.8)",
     lambda p: schedulefree.SGDScheduleFree(p, lr=0.1, momentum=0.8)),
    ("schedulefree(adam:lr=0.01,betas=0/0.99,beta=0.9)",
     lambda p: schedulefree.AdamWScheduleFree(p, lr=0.01, betas=(0.9, 0.99))),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "make"), PACKAGE, ids=["sgd", "adamw"])
@pytest.mark.parametrize("with_closure", [True, False])
def test_schedule_free_is_the_package(spec, make, with_closure):
    mine, theirs = network(), network()
    ours_, judge = optviz.to_torch(spec, mine.parameters()), make(theirs.parameters())
    judge.train()
    data = batches(60)
    if with_closure:
        got = learn(mine, ours_, data)
    else:
        ours_.train()
        for k, (x, y) in enumerate(data):
            closure_of(mine, ours_, x, y)()
            ours_.step()
            if k % 20 == 10:  # as for a validation
                ours_.eval()
                ours_.eval()
                ours_.train()
                ours_.train()
        ours_.eval()
        got = torch.cat([p.detach().reshape(-1) for p in mine.parameters()])
    learn(theirs, judge, data)
    judge.eval()
    close(got, torch.cat([p.detach().reshape(-1) for p in theirs.parameters()]))


def test_where_gradients_are_taken_in_train():
    """Between train and eval the model stands at the package's very point."""
    mine, theirs = network(), network()
    a = optviz.to_torch("schedulefree(gd:lr=0.5,beta=0.7)", mine.parameters())
    b = schedulefree.SGDScheduleFree(theirs.parameters(), lr=0.5, momentum=0.7)
    a.train()
    b.train()
    for x, y in batches(6):
        closure_of(mine, a, x, y)()
        a.step()
        b.step(closure_of(theirs, b, x, y))
        for p, q in zip(mine.parameters(), theirs.parameters(), strict=True):
            close(p.detach(), q.detach())


@pytest.mark.parametrize("base", ["gd:lr=0.1", "momentum:lr=0.1"])
def test_sam_is_two_gradients_by_hand(base):
    rho = 0.3
    mine, theirs = network(), network()
    got = learn(mine, optviz.to_torch(f"sam({base},rho={rho})", mine.parameters()), batches(40))
    momentum = 0.9 if base.startswith("momentum") else 0
    judge = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=momentum)
    params = list(theirs.parameters())
    for x, y in batches(40):
        closure = closure_of(theirs, judge, x, y)
        closure()
        length = torch.cat([p.grad.reshape(-1) for p in params]).norm()
        moves = [rho * p.grad / (length + 1e-12) for p in params]  # as the paper's code
        with torch.no_grad():
            torch._foreach_add_(params, moves)
        closure()
        with torch.no_grad():
            torch._foreach_sub_(params, moves)
        judge.step()
    close(got, torch.cat([p.detach().reshape(-1) for p in params]))


@pytest.mark.parametrize(("k", "alpha"), [(5, 0.5), (3, 0.8)])
def test_lookahead_is_the_packages(k, alpha):
    mine, theirs = network(), network()
    ours_ = optviz.to_torch(f"lookahead(adam:lr=0.01,k={k},alpha={alpha})", mine.parameters())
    judge = Lookahead(torch.optim.Adam(theirs.parameters(), lr=0.01), k=k, alpha=alpha)
    close(learn(mine, ours_, batches(41)), learn(theirs, judge, batches(41)))


@dataclass(frozen=True)
class Polyak(optviz.GD):
    """A step as long as the loss is high."""

    def rule(self, t: Any, lr: Any, grad: Any, value: Any) -> Any:
        return -lr * value * grad, {}


@dataclass(frozen=True)
class FullAdaGrad(optviz.GD):
    """AdaGrad by the whole matrix of products, damped; all parameters are one column."""

    elementwise = False
    by_layer = False

    def slots(self, zeros: Any) -> Any:
        return {"products": matmul(zeros, transpose(zeros)), "length": 1.0}

    def rule(self, t: Any, lr: Any, grad: Any, products: Any, length: Any) -> Any:
        products = products + matmul(grad, transpose(grad))
        length = length + norm(grad)
        damped = products + length * ops.identity(products)
        return -lr * solve(damped, grad) / sqrt(length), {"products": products, "length": length}


def test_a_rule_that_wants_the_loss():
    mine, theirs = network(), network()
    optimizer = optviz.to_torch(Polyak(lr=0.2), mine.parameters())
    got = learn(mine, optimizer, batches(10))
    params = list(theirs.parameters())
    for x, y in batches(10):
        loss = (theirs(x) - y).square().mean()
        grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            torch._foreach_sub_(params, [0.2 * loss * grad for grad in grads])
    close(got, torch.cat([p.detach().reshape(-1) for p in params]))
    with pytest.raises(InputError, match="needs the loss"):
        optimizer.step()
    with pytest.raises(InputError, match="closure must be a function that returns the loss"):
        optimizer.step(lambda: None)


def test_all_parameters_as_one_column():
    mine, theirs = network(), network()
    groups = [{"params": mine[0].parameters()}, {"params": mine[2].parameters()}]
    optimizer = optviz.to_torch(FullAdaGrad(lr=0.5), groups)
    got = learn(mine, optimizer, batches(10))
    params = list(theirs.parameters())
    at, products, length = torch.cat([p.detach().reshape(-1) for p in params]).numpy(), 0.0, 1.0
    for x, y in batches(10):
        nn.utils.vector_to_parameters(torch.from_numpy(at), params)
        loss = (theirs(x) - y).square().mean()
        grad = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, params)]).numpy()
        products = products + np.outer(grad, grad)
        length += np.linalg.norm(grad)
        damped = products + length * np.eye(len(grad))
        at = at - 0.5 * np.linalg.solve(damped, grad) / np.sqrt(length)
    close(got, torch.from_numpy(at))
    assert list(optimizer.state) == [mine[0].weight]
    assert optimizer.state[mine[0].weight]["products"].shape == (len(at), len(at))
    optimizer.param_groups[1]["lr"] = 0.1
    with pytest.raises(InputError, match="groups must have equal settings"):
        optimizer.step()


def test_of_one_column_what_has_no_gradient_stays():
    still, moving = (nn.Parameter(torch.ones(2, dtype=DOUBLE)) for _ in range(2))
    optimizer = optviz.to_torch(FullAdaGrad(lr=0.5, weight_decay=0.1), [still, moving])
    moving.grad = torch.ones(2, dtype=DOUBLE)
    optimizer.step()
    assert still.tolist() == [1.0, 1.0]
    assert moving.detach().max() < 1


WIDE = ["muon:lr=0.02", "sam(adam:lr=0.01,rho=0.1)", "lookahead(muon:lr=0.02)",
        "schedulefree(adam:lr=0.01)", "sam(schedulefree(muon:lr=0.02))", "clip(muon:lr=0.1,norm=1)",
        FullAdaGrad(lr=0.5), ours.SAM(FullAdaGrad(lr=0.5))]  # fmt: skip
wide = pytest.mark.parametrize("rule", WIDE, ids=str)


class Matrices(nn.Module):
    """A network of matrices, for Muon refuses vectors."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second = nn.Linear(5, 7, bias=False), nn.Linear(7, 2, bias=False)
        self.double()

    def forward(self, x):
        return self.second(torch.tanh(self.first(x)))


@wide
def test_state_goes_on_after_a_round_trip(rule):
    whole, parts = Matrices(), Matrices()
    expected = learn(whole, optviz.to_torch(rule, whole.parameters()), batches(20))
    first = optviz.to_torch(rule, parts.parameters())
    learn(parts, first, batches(20)[:12])
    stream = io.BytesIO()
    torch.save({"model": parts.state_dict(), "optimizer": first.state_dict()}, stream)
    stream.seek(0)
    saved = torch.load(stream, weights_only=True)
    fresh = Matrices()
    fresh.load_state_dict(saved["model"])
    second = optviz.to_torch(rule, fresh.parameters())
    second.load_state_dict(saved["optimizer"])
    assert torch.equal(learn(fresh, second, batches(20)[12:]), expected)


@wide
def test_copies_and_pickles_go_their_own_way(rule):
    model = Matrices()
    optimizer = optviz.to_torch(rule, model.parameters())
    learn(model, optimizer, batches(5))
    twin = copy.deepcopy((model, optimizer))
    again = pickle.loads(pickle.dumps((model, optimizer)))
    expected = learn(model, optimizer, batches(5, seed=2))
    for other in (twin, again):
        assert torch.equal(learn(*other, batches(5, seed=2)), expected)


def test_a_state_saved_between_train_and_eval():
    spec, data = "schedulefree(adam:lr=0.01)", batches(20)
    whole, parts = network(), network()
    expected = learn(whole, optviz.to_torch(spec, whole.parameters()), data)
    first = optviz.to_torch(spec, parts.parameters())
    first.train()
    learn(parts, first, data[:12])
    saved = copy.deepcopy((parts.state_dict(), first.state_dict()))
    fresh = network()
    second = optviz.to_torch(spec, fresh.parameters())
    fresh.load_state_dict(saved[0])
    second.load_state_dict(saved[1])
    learn(fresh, second, data[12:])
    second.eval()
    assert torch.equal(torch.cat([p.detach().reshape(-1) for p in fresh.parameters()]), expected)


def test_torchs_schedulers_and_groups_work():
    """The rate of each group at each step is the one that torch's optimizer sees."""
    mine, theirs = network(), network()

    def groups(model):
        return [{"params": model[0].parameters(), "lr": 0.05}, {"params": model[2].parameters()}]

    a = optviz.to_torch("sam(gd:lr=0.1,rho=0)", groups(mine))
    b = torch.optim.SGD(groups(theirs), lr=0.1)
    schedules = [torch.optim.lr_scheduler.StepLR(optimizer, 3, 0.5) for optimizer in (a, b)]
    got = learn(mine, a, batches(10), schedules[0])
    close(got, learn(theirs, b, batches(10), schedules[1]))


def test_a_closure_that_fails_leaves_the_parameters():
    for spec in ("schedulefree(gd:lr=0.1)", "sam(gd:lr=0.1,rho=0.5)"):
        model = network()
        optimizer = optviz.to_torch(spec, model.parameters())
        learn(model, optimizer, batches(5))
        before = copy.deepcopy(model.state_dict())
        calls = []

        def fails(model=model, optimizer=optimizer, calls=calls, spec=spec):
            calls.append(1)
            if len(calls) == 2 or spec.startswith("schedule"):
                raise KeyError("mine")
            return closure_of(model, optimizer, *batches(1)[0])()

        with pytest.raises(KeyError):
            optimizer.step(fails)
        for name, value in model.state_dict().items():
            assert torch.equal(value, before[name])


def test_the_first_loss_is_returned_and_hooks_run_once():
    model, seen = network(), []
    optimizer = optviz.to_torch("sam(gd:lr=0.1,rho=0.5)", model.parameters())
    assert isinstance(optimizer, LookingOptimizer)
    optimizer.register_step_post_hook(lambda *_: seen.append("hook"))
    ((x, y),) = batches(1)
    expected = (model(x) - y).square().mean().item()
    assert optimizer.step(closure_of(model, optimizer, x, y)).item() == expected
    assert seen == ["hook"]


VECTOR = [nn.Parameter(torch.zeros(3))]


@pytest.mark.parametrize(("rule", "part"), [
    ("muon", r"matrices for Muon.*\(3,\).*'adamw'"),
    ("newton", "no second derivatives.*'lbfgs'"),
    ("sam(newton)", "no second derivatives"),
])  # fmt: skip
def test_what_a_network_cannot_give_is_one_line(rule, part):
    with pytest.raises(InputError, match=part) as caught:
        optviz.to_torch(rule, VECTOR)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("rule", "part"), [
    ("sam:lr=0.1", "step must be given a closure.*two gradients"),
    ("schedulefree:lr=0.1", r"a closure, or come after optimizer.train\(\)"),
])  # fmt: skip
def test_a_step_without_a_closure_is_one_line(rule, part):
    model = network()
    optimizer = optviz.to_torch(rule, model.parameters())
    closure_of(model, optimizer, *batches(1)[0])()
    with pytest.raises(InputError, match=part) as caught:
        optimizer.step()
    assert "\n" not in str(caught.value)


def test_a_matrix_of_all_parameters_of_a_large_network_is_one_line():
    weight = nn.Parameter(torch.zeros(100, 100))
    optimizer = optviz.to_torch(FullAdaGrad(), [weight])
    weight.grad = torch.ones(100, 100)
    with pytest.raises(InputError, match="10,000 x 10,000 numbers: 'shampoo'") as caught:
        optimizer.step()
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="10,000 x 10,000"):
        in_place(FullAdaGrad(), [weight.shape]).init(torch.zeros(10_000))


SPECS = ["muon:lr=0.1", "shampoo", "soap", "adafactor", "lbfgs", "prodigy", "lookahead(soap)"]


@pytest.mark.parametrize("shape", [(3, 0), (0, 2, 3)], ids=str)
@pytest.mark.parametrize("spec", SPECS)
def test_a_tensor_without_numbers_stays_beside_others(spec, shape):
    empty = nn.Parameter(torch.ones(shape))
    weight, other = (nn.Parameter(torch.ones(2, 3)) for _ in range(2))
    optimizers = [optviz.to_torch(spec, [empty, weight]), optviz.to_torch(spec, [other])]
    for _ in range(3):
        empty.grad, weight.grad = torch.ones(shape), torch.randn(2, 3)
        other.grad = weight.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
    close(weight.detach(), other.detach())
    optviz.to_torch(spec, [empty]).step()


@pytest.mark.parametrize(
    "factor",
    [lambda a: ops.solve(a, a * a), ops.orthonormal, lambda a: ops.eigh(a)[0],
     lambda a: (a := ops.eigh(a)[1]) * a],
)  # fmt: skip
def test_what_factors_a_matrix_does_it_of_half_precision_too(factor):
    """torch's functions for that know none."""
    a = torch.tensor([[4.0, 1.0, 0.5], [1.0, 2.0, -1.0], [0.5, -1.0, 1.0]]).bfloat16()
    half, double = factor(Layer(a)).numbers, factor(Layer(a.double())).numbers
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.double(), double, rtol=0.01, atol=0.01)


@dataclass(frozen=True)
class Misshapen(optviz.GD):
    elementwise = False

    def rule(self, t: Any, lr: Any, grad: Any) -> Any:
        return transpose(grad), {}


def test_a_step_of_another_shape_is_one_line():
    weight = nn.Parameter(torch.zeros(2, 3))
    optimizer = optviz.to_torch(Misshapen(), [weight])
    weight.grad = torch.ones(2, 3)
    with pytest.raises(InputError, match=r"Misshapen.rule must return.*\(3, 2\)") as caught:
        optimizer.step()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rule", [WIDE[0], WIDE[2], WIDE[5], WIDE[6]], ids=str)
def test_in_place_is_to_torch(rule):
    """On one flat vector as on the parameters; the vectors of a network by AdamW beside Muon."""
    rule = optviz.optimizers.parse(rule) if isinstance(rule, str) else rule
    model = network()
    params = list(model.parameters())
    matrices = [p for p in params if p.ndim > 1] if rule.matrices_only else params
    others = [p for p in params if all(p is not q for q in matrices)]
    flat = torch.cat([p.detach().reshape(-1) for p in params])
    mover = in_place(rule, [p.shape for p in params])
    state = mover.init(flat)
    plain = optviz.Muon(lr=rule.lr) if rule.transforms else rule  # clipped here, as one vector
    optimizers = [optviz.to_torch(plain, matrices)]
    if others:
        optimizers.append(torch.optim.AdamW(others))
    for _ in range(12):
        for p in params:
            p.grad = torch.randn_like(p)
        grad = torch.cat([p.grad.reshape(-1) for p in params])
        if rule.transforms:
            clipped = rule.transformed(grad, flat)
            for p, part in zip(params, clipped.split([p.numel() for p in params]), strict=True):
                p.grad = part.view(p.shape).clone()
        step, state = mover.update(grad, state, flat)
        assert step is None
        for optimizer in optimizers:
            optimizer.step()
        close(flat, torch.cat([p.detach().reshape(-1) for p in params]))
