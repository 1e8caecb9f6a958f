"""What sees the whole gradient, `transform` and the wrappers made of it, is the same everywhere."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import torch
from cases import EVERY
from digits import made
from engine import Case, Engine, assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from own_rules import line_of

import optviz
import surfaces
from optviz import mnist
from optviz.explorer.page import page_text
from optviz.optimizers import Optimizer, ops, parse, schedules
from optviz.records.labels import labels
from optviz.torch_bridge import in_place
from optviz.translate import javascript
from optviz.translate.contributions import parts_of_step
from optviz.translate.latex import lines_of

RULES = st.sampled_from(
    [(kind, given) for kind, given in EVERY
     if "lr" not in given and kind.elementwise and not kind.inputs]
)  # fmt: skip
BOUNDS = st.sampled_from([{"norm": 0.5}, {"value": 0.3}, {"norm": 0.4, "value": 0.3}])
NUMBERS = st.lists(st.floats(-50, 50), min_size=2, max_size=2)


@dataclass(frozen=True)
class Centralized(optviz.Adam):
    """Adam on gradients without their mean, along what is left of the point."""

    def transform(self, grad: Any, params: Any) -> Any:
        grad = grad - ops.mean(grad)
        along = ops.dot(grad, params) / (ops.norm(params) ** 2 + 1.0)
        return ops.where(along > 0, grad - along * params, abs(-grad) * ops.sign(grad))


@dataclass(frozen=True)
class Halved(optviz.Newton):
    """Newton's method on half of each gradient."""

    def transform(self, grad: Any, params: Any) -> Any:
        return grad * 0.5


def optimizers(rule: Any, bounds: dict[str, float]) -> list[Optimizer]:
    kind, given = rule
    return [optviz.clip(kind(**given), **bounds), Centralized(lr=0.1)]


def by_arrays(optimizer: Optimizer, stream: np.ndarray, point: Any) -> np.ndarray:
    """The point after each step, of gradients that are given."""
    points, state = [point], optimizer.init(point)
    for grad in stream:
        step, state = optimizer.update(grad, state, points[-1])
        points.append(points[-1] + step)
    return np.array(points)


def by_floats(optimizer: Optimizer, stream: np.ndarray, point: Any) -> np.ndarray:
    points = [tuple(map(float, point))]
    state = optimizer.init(points[0])
    for grad in stream:
        step, state = optimizer.update(tuple(map(float, grad)), state, points[-1])
        points.append(tuple(a + b for a, b in zip(points[-1], step, strict=True)))
    return np.array(points)


def by_torch(optimizer: Optimizer, stream: np.ndarray, point: Any, parts: int = 1) -> np.ndarray:
    """As parameters of a model: one vector, or each number by itself in a group of its own."""
    params = [torch.nn.Parameter(torch.tensor(p)) for p in np.split(np.array(point), parts)]
    groups = [{"params": [p]} for p in params]
    stepper = optviz.to_torch(optimizer, groups)
    points = [np.array(point)]
    for grad in stream:
        for p, g in zip(params, np.split(grad, parts), strict=True):
            p.grad = torch.tensor(g)
        stepper.step()
        points.append(np.concatenate([p.detach().numpy() for p in params]))
    return np.array(points)


@settings(max_examples=60, deadline=None)
@given(RULES, BOUNDS, st.lists(NUMBERS, min_size=1, max_size=8), NUMBERS)
def test_every_engine_takes_the_same_steps(rule, bounds, stream, point):
    grads, start = np.array(stream), np.array(point)
    for optimizer in optimizers(rule, bounds):
        expected = by_arrays(optimizer, grads, start)
        near = 1e-12 * max(1.0, float(np.abs(expected).max()))
        for found in (
            by_floats(optimizer, grads, start),
            by_torch(optimizer, grads, start),
            by_torch(optimizer, grads, start, parts=2),
            by_arrays(optimizer, np.stack([grads, grads], 1), np.stack([start, start]))[:, 1],
        ):
            np.testing.assert_allclose(found, expected, rtol=0, atol=near)


def test_a_page_takes_the_same_steps(browser):
    chosen = [optviz.clip(kind(), norm=0.5) for kind in (optviz.GD, optviz.Adam, optviz.Momentum)]
    chosen += [optviz.clip("rmsprop", value=0.3, norm=0.4), Centralized(lr=0.1)]
    chosen += [Halved(), optviz.clip("shampoo", norm=0.5), optviz.clip("lbfgs", value=3)]
    grounds = [surfaces.rosenbrock, surfaces.booth]
    page = Engine(browser, {type(o) for o in chosen}, schedules.SCHEDULES.values(), grounds)
    rates = (0.01, 0.3, schedules.Cosine(0.1, 100))
    each = [dataclasses.replace(o, lr=lr) for o in chosen for lr in rates]
    assert_same(page, [Case(o, s, s.start, 80) for o in each for s in grounds])


def net() -> torch.nn.Module:
    torch.manual_seed(0)
    layers = torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 3)
    return torch.nn.Sequential(*layers).double()


def trained(make: Callable[..., Any], clip: Callable[..., Any] | None = None) -> torch.Tensor:
    torch.manual_seed(1)
    x, y = torch.randn(20, 5).double(), 10 * torch.randn(20, 3).double()
    model = net()
    optimizer = make(model.parameters())
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        if clip is not None:
            clip(model.parameters())
        optimizer.step()
    return torch.cat([p.detach().reshape(-1) for p in model.parameters()])


@pytest.mark.parametrize(
    ("spec", "theirs"),
    [("adam:lr=0.01", lambda p: torch.optim.Adam(p, lr=0.01)),
     ("gd:lr=0.1", lambda p: torch.optim.SGD(p, lr=0.1)),
     ("gd:lr=0.1,weight_decay=0.1", lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.1)),
     ("gd:lr=0.01,maximize=true", lambda p: torch.optim.SGD(p, lr=0.01, maximize=True))],
)  # fmt: skip
@pytest.mark.parametrize("bound", [{"norm": 0.1}, {"value": 0.01}])
def test_clipping_is_torchs(spec, theirs, bound):
    [(name, most)] = bound.items()
    of_torch = {"norm": torch.nn.utils.clip_grad_norm_, "value": torch.nn.utils.clip_grad_value_}
    ours = trained(lambda params: optviz.to_torch(optviz.clip(spec, **bound), params))
    expected = trained(theirs, lambda params: of_torch[name](list(params), most))
    assert (ours - expected).abs().max() < 1e-12
    assert (expected - trained(theirs)).abs().max() > 1e-3  # it was clipped


def test_groups_make_of_the_whole_what_their_settings_say():
    first, second = (torch.nn.Parameter(torch.zeros(1).double()) for _ in range(2))
    groups = [{"params": [first]}, {"params": [second], "norm": 10.0}]
    stepper = optviz.to_torch(optviz.clip("gd:lr=1", norm=1), groups)
    first.grad, second.grad = torch.tensor([3.0]).double(), torch.tensor([4.0]).double()
    stepper.step()
    np.testing.assert_allclose([first.item(), second.item()], [-0.6, -4.0], rtol=1e-6)


def test_a_training_is_clipped():
    data = mnist.Dataset(*made(train=300, test=50))
    asked = {"epochs": 1, "samples": 200, "progress": False, "model": "linear"}
    free = mnist.train(data, optimizer="gd:lr=0.1", **asked)
    loose = mnist.train(data, optimizer="clip(gd:lr=0.1,norm=900)", **asked)
    tight = mnist.train(data, optimizer="clip(gd:lr=0.1,norm=0.001)", **asked)
    np.testing.assert_allclose(loose.history.loss, free.history.loss, rtol=1e-5)
    assert abs(tight.history.loss[-1] - free.history.loss[-1]) > 1e-2


def test_steps_are_no_longer_than_the_bound():
    run = optviz.descend("rosenbrock", optviz.clip("gd:lr=0.02", norm=1), steps=100)
    assert np.hypot(*run.steps_taken.T).max() <= 0.02
    assert run.status == "finished"
    assert optviz.descend("rosenbrock", "gd:lr=0.02", steps=100).status == "diverged"


@pytest.mark.parametrize(
    ("text", "written"),
    [("clip(adam:lr=0.1,norm=2)", "clip(adam:lr=0.1,norm=2)"),
     ("clip(adam):lr=0.1,norm=2", "clip(adam:lr=0.1,norm=2)"),
     ("clip(adam,norm=2)", "clip(adam:lr=0.001,norm=2)"),
     ("Clip( gd )", "clip(gd:lr=0.01,norm=1)"),
     ("clipvalue(gd:value=2)", "clipvalue(gd:lr=0.01,value=2)"),
     ("clip(clipvalue(gd:lr=0.1,value=2),norm=3)", "clip(clipvalue(gd:lr=0.1,value=2,norm=3))"),
     ("clip(adam:lr=cosine(0.1,200),norm=2)", "clip(adam:lr=cosine(0.1,200,0),norm=2)")],
)  # fmt: skip
def test_a_spec_is_read_and_written(text, written):
    assert str(parse(text)) == written
    assert parse(written) == parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("clip(adam", "close its brackets"), ("clip(clip(adam))", "one without clip"),
     ("clip(nadamm)", "did you mean 'nadam'"), ("clip(adam:norm=-1)", "norm must be"),
     ("clip(adam)x", "must be written clip"), ("clip(adam:foo=1)", "hyper-parameter of clip"),
     ("gd:lr=" + "warmup(" * 3000 + "0.1" + ")" * 3000, "nested at most 20"),
     ("clip()", "optimizer must be one of"), ("clip(" * 99 + "gd" + ")" * 99, "at most 4 times"),
     ("clipped(adam)", "around an optimizer must be one of"),
     ("clip(smam(gd))", "did you mean 'sam'"),
     ("clip(torch.optim.ASGD:lr=0.1)", "one of optviz's rules here")],
)  # fmt: skip
def test_a_spec_that_cannot_be_read_is_one_line(text, said):
    with pytest.raises(optviz.InputError, match=said) as error:
        parse(text)
    assert "\n" not in str(error.value)


def test_a_bound_must_be_given_and_be_positive():
    with pytest.raises(optviz.InputError, match="norm or value; not neither"):
        optviz.clip("adam")
    with pytest.raises(optviz.InputError, match=r"norm must be a number in \(0, inf\); not 0"):
        optviz.clip("adam", norm=0)
    with pytest.raises(optviz.InputError, match="one with a rule"):
        optviz.clip(optviz.from_torch(torch.optim.ASGD, lr=0.1), norm=1)


def test_a_wrapped_optimizer_is_one_like_any_other():
    one = optviz.clip("adam:lr=0.1", norm=1)
    assert one == pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == parse(str(one))
    assert dataclasses.replace(one, lr=0.2).lr == 0.2
    tuned = optviz.race("beale", ["clip(gd:norm=5)"], steps=50)[0]
    assert tuned.optimizer.lr != 0.01
    runs = optviz.race("beale", [one, "adam:lr=0.1"], steps=20)
    assert labels(runs) == ["Adam+clip lr=0.1, norm=1", "Adam lr=0.1"]


def test_runs_are_saved_and_read(tmp_path):
    run = optviz.descend("booth", optviz.clip("adam:lr=0.1", norm=1), steps=5)
    run.save(tmp_path / "run.json")
    assert optviz.Trajectory.load(tmp_path / "run.json").optimizer == run.optimizer


CHANGED = [
    optviz.clip("adam:lr=0.1,weight_decay=0.1,amsgrad=true", norm=1),
    optviz.clip("momentum:lr=0.01,momentum=0.8,maximize=true", norm=3, value=2),
    optviz.clip("adamw:lr=0.1", value=0.5),
    Centralized(lr=0.1),
    optviz.clip(Centralized(lr=0.1), norm=0.4),
]


@pytest.mark.parametrize("optimizer", CHANGED, ids=str)
def test_lines_and_parts_of_a_step_are_those_of_the_changed_gradient(optimizer):
    run = optviz.descend("beale", optimizer, (1.5, 1.0), steps=12)
    for k in range(len(run)):
        given = optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k)
        first, *_, last = lines_of(*given)
        changed = optimizer.transformed(run.gradients[k], run.points[k])
        np.testing.assert_array_equal(first.value, changed)
        assert first.formula.startswith(r"\tilde{g}_t = ")
        np.testing.assert_allclose(last.value, run.steps_taken[k], rtol=1e-12)
        np.testing.assert_allclose(
            sum(parts_of_step(*given).values()), run.steps_taken[k], rtol=1e-9, atol=1e-15
        )
    assert not np.array_equal(changed, run.gradients[-2])


def test_a_line_says_what_was_done_to_the_gradient():
    run = optviz.descend("booth", CHANGED[1], steps=1)
    given = CHANGED[1], 1, run.gradients[0], run.points[0], run.slots(0)
    formulas = [line.formula for line in lines_of(*given)]
    assert (
        formulas[0]
        == r"\tilde{g}_t = \mathrm{clip}(\mathrm{clip}(g_t, \mathrm{value}), \mathrm{norm})"
    )
    assert formulas[1] == r"g_t' = -\tilde{g}_t"
    own = lines_of(CHANGED[4], 1, run.gradients[0], run.points[0], CHANGED[4].slots(np.zeros(2)))
    inside = r"\mathrm{clip}(g_t, \mathrm{norm})"
    assert own[0].formula == rf"\tilde{{g}}_t = \mathrm{{transform}}({inside})"


def test_a_film_and_the_page_take_a_clipped_step_apart(browser):
    optimizer = CHANGED[0]
    film = optviz.animate("booth", [optimizer], slow=True, steps=4)
    assert film.frame(-1).std() > 0
    state = {"surface": "booth", "specs": [str(optimizer)], "views": ["anatomy"], "steps": 9}
    view = browser.new_page()
    view.set_content(page_text(state=state | {"at": 3}, kinds=[type(optimizer)]))
    view.locator(".ov-anatomy math").first.wait_for()
    formula = view.locator(".ov-anatomy .ov-rule").first.text_content()
    numbers = view.locator(".ov-anatomy .ov-inserted").all_text_contents()
    run = optviz.descend("booth", optimizer, steps=4)
    first, *_, last = lines_of(
        optimizer,
        4,
        run.gradients[3],
        run.points[3],
        {name: s[3] for name, s in run.states.items()},
    )
    assert "clip" in formula
    for line, shown_pair in ((first, numbers[:2]), (last, numbers[-2:])):
        for value, text in zip(line.value, shown_pair, strict=True):
            shown = text.replace("\N{MINUS SIGN}", "-").rpartition("=")[2]
            assert float(shown) == pytest.approx(value, rel=5e-3)
    view.close()


@pytest.mark.parametrize("bounds", [{"norm": 1}, {"norm": 2}, {"value": 0.3, "norm": 2}])
def test_the_page_hands_a_clipped_optimizer_back(bounds, browser, tmp_path):
    """Its command, its lines of Python and its link make the same optimizer again."""
    one = optviz.clip("adam:lr=0.1,betas=0.8/0.99", **bounds)
    path = tmp_path / "page.html"
    optviz.explore("booth", [one], steps=5).save(path)
    view = browser.new_page()
    view.goto(path.as_uri())
    view.wait_for_function("globalThis.optviz")
    assert copied_by(view) == one
    scope: dict[str, Any] = {}
    exec(view.evaluate("optviz.model.python").replace('film.save("race.gif")', ""), scope)
    assert [run.optimizer for run in scope["film"].trajectories] == [one]
    other = dataclasses.replace(one, lr=0.2, eps=1e-6)
    view.goto("about:blank")
    view.goto(f"{path.as_uri()}#o={quote(str(other))}")
    view.wait_for_function("globalThis.optviz")
    assert copied_by(view) == other
    view.close()


def copied_by(view: Any) -> Optimizer:
    """The optimizer of the command that a page copies."""
    words = shlex.split(view.evaluate("optviz.model.command"))
    return parse(words[words.index("-O") + 1])


def wrong(compute: Callable[[Any], Any]) -> Optimizer:
    @dataclass(frozen=True)
    class Wrong(optviz.GD):
        def transform(self, grad: Any, params: Any) -> Any:
            return compute(grad)

    return Wrong()


WRONG = {
    "length": (lambda g: ops.norm(g), r"Wrong.transform must return a gradient of the same shape"),
    "index": (lambda g: g[0] * g, "Wrong.transform must return"),
    "none": (lambda g: None, "Wrong.transform must return"),
    "np.linalg.norm": (lambda g: g / np.linalg.norm(g), "norm of optviz.optimizers.ops; not numpy"),
    "np.sqrt": (lambda g: np.sqrt(g * g), "sqrt of optviz.optimizers.ops; not numpy.sqrt"),
    "np.sum": (lambda g: g / np.sum(g), "not numpy.sum"),
    "np.mean": (lambda g: g - np.mean(g), "mean of optviz.optimizers.ops; not numpy.mean"),
    "np.array": (lambda g: np.array((1.0, 0.1)) * g, "numbers; not with a NumPy array"),
    "math": (lambda g: math.sqrt(g), "not float(), round() or functions of math"),
    "branch": (lambda g: g if ops.norm(g) < 1 else -g, "where(condition, a, b)"),
    "torch": (lambda g: torch.sign(g), "Wrong.transform must return"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_done_to_a_gradient_is_one_line_everywhere(name):
    compute, part = WRONG[name]
    optimizer = wrong(compute)
    point, flat = np.ones((3, 2)), torch.ones(5)
    uses = [
        lambda: optviz.descend("booth", optimizer, steps=2),
        lambda: optviz.tune("booth", optimizer, steps=2),
        lambda: optimizer.update(point, optimizer.init(point), point),
        lambda: optviz.to_torch(optimizer, [torch.nn.Parameter(flat)]),
        lambda: in_place(optimizer),
        lambda: javascript.rule_source(type(optimizer)),
    ]
    lines = set()
    for use in uses:
        with pytest.raises(optviz.InputError) as error:
            use()
        lines.add(str(error.value))
    assert len(lines) == 1
    line = lines.pop()
    assert part in line
    assert "\n" not in line


def test_a_rule_sees_no_vector():
    @dataclass(frozen=True)
    class Longer(optviz.GD):
        def rule(self, t: Any, lr: Any, grad: Any) -> Any:
            return -lr * grad / ops.norm(grad), {}

    for use in ("descend", "tune", "page", "to_torch"):
        assert "norm, dot, mean must stand in transform(grad, params)" in line_of(use, Longer)


@dataclass(frozen=True)
class Folded(optviz.Adam):
    """Remainders and whole parts of a vector, beside its length."""

    def transform(self, grad: Any, params: Any) -> Any:
        size = ops.exp(-ops.norm(grad)) + ops.log(2 + ops.abs(ops.mean(grad)))
        return ops.tanh(grad % 3.0 - size) + np.float64(0.1) * (grad // 2) + 7 % (2 + abs(grad))


def test_operators_of_vectors_are_those_of_numbers(browser):
    optimizer = Folded(lr=0.1)
    run = optviz.descend("booth", optimizer, steps=30)
    stream = run.gradients[:-1]
    np.testing.assert_allclose(by_arrays(optimizer, stream, run.points[0]), run.points, rtol=1e-12)
    tensors = torch.tensor(run.points[0])
    mover = in_place(optimizer)
    state = mover.init(tensors)
    for grad, expected in zip(stream, run.points[1:], strict=True):
        _, state = mover.update(torch.tensor(grad), state, tensors)
        np.testing.assert_allclose(tensors.numpy(), expected, rtol=1e-12)
    page = Engine(browser, [Folded], surfaces=[surfaces.booth])
    case = Case(optimizer, surfaces.booth, surfaces.booth.start, 30)
    ((_, arrays),) = page.runs([case])
    np.testing.assert_allclose(arrays[0], run.points.ravel(), rtol=1e-12)
