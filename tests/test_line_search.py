"""Line searches: torch's L-BFGS with strong Wolfe conditions, SciPy's, networks, words."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from digits import quick
from scipy import optimize
from test_torch_optim import torch_path
from torch import nn
from torch.optim.lbfgs import _strong_wolfe

import optviz
import surfaces
from optviz.errors import InputError
from optviz.explorer.traits import RefusedError
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.loop import Trainer
from optviz.optimizers import parse
from optviz.optimizers.wolfe import Trial, Wanted, strong_wolfe
from optviz.records.labels import labels

# Without a lowest value; there the search runs away, and rounding with it.
UNBOUNDED = ("hyperbolic_saddle", "monkey_saddle")


@pytest.fixture(autouse=True)
def _double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def assert_torchs(surface, steps, tolerance=1e-12, **settings):
    run = optviz.descend(surface, optviz.LineSearch("lbfgs", **settings), steps=steps)
    most = settings.pop("max_ls", 25)
    given = {"lr": 1.0, "history_size": 5, "max_eval": most + 1} | settings
    expected = torch_path(surface, steps, line_search_fn="strong_wolfe", **given)
    size = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(run.points[1:], expected, rtol=0, atol=tolerance * size)
    return run


@pytest.mark.parametrize("name", [name for name in surfaces.names() if name not in UNBOUNDED])
def test_lbfgs_takes_torchs_path(name):
    """On every surface, evaluation by evaluation; torch's step of one iteration."""
    assert_torchs(surfaces.get(name), 15)


@pytest.mark.parametrize(
    "settings",
    [{"lr": 0.1}, {"lr": 20.0}, {"history_size": 1}, {"max_ls": 2}, {"max_ls": 1},
     {"tolerance_grad": 0.1}, {"tolerance_change": 0.1}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "ackley", "saddle_escape"])
def test_settings_are_torchs(name, settings):
    # Where cubics go through ends far apart, digits are lost.
    far = settings.get("lr", 1.0) > 1 or settings.get("max_ls") == 1
    assert_torchs(surfaces.get(name), 12, 1e-9 if far else 1e-12, **settings)


def test_evaluations_are_counted_as_torch_counts_them():
    surface, calls = surfaces.rosenbrock, []
    point = torch.tensor(surface.start, requires_grad=True)
    judge = torch.optim.LBFGS([point], lr=1.0, history_size=5, max_iter=1, max_eval=26,
                              line_search_fn="strong_wolfe")  # fmt: skip

    def closure():
        value, *slope = surface.at(*point.tolist())
        point.grad = torch.tensor(slope)
        calls.append(value)
        return torch.tensor(value)

    for _ in range(10):
        judge.step(closure)
    run = optviz.descend(surface, "linesearch(lbfgs)", steps=10)
    assert run.states["func_evals"].ravel()[-1] == len(calls) == judge.state[point]["func_evals"]


@pytest.mark.parametrize("spec", ["linesearch", "linesearch(newton:damping=100)",
                                  "linesearch(lbfgs)", "linesearch(gd:lr=50,c2=0.1)"])  # fmt: skip
@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "beale", "styblinski_tang"])
def test_steps_satisfy_the_conditions(spec, name):
    """Reckoned here from the run's own points."""
    optimizer = parse(spec)
    run = optviz.descend(name, optimizer, steps=20)
    for k, step in enumerate(run.steps_taken):
        if np.linalg.norm(step) < 1e-6:
            continue
        slope, after = step @ run.gradients[k], step @ run.gradients[k + 1]
        assert run.values[k + 1] <= run.values[k] + optimizer.c1 * slope + 1e-12
        assert abs(after) <= -optimizer.c2 * slope + 1e-9
    assert run.values[-1] < run.values[0]


def test_gradient_descent_finds_its_rate():
    """Rates that are far off do no harm; without a search both fail."""
    for lr in (1e-4, 1e4):
        assert optviz.descend("ellipse", f"linesearch:lr={lr}", steps=60).values[-1] < 1e-2
        assert not optviz.descend("ellipse", f"gd:lr={lr}", steps=60).values[-1] < 1


@pytest.mark.parametrize("c2", [0.1, 0.9])
@pytest.mark.parametrize(
    "shape",
    [lambda a: (a - 3.7) ** 2, lambda a: -a / (a * a + 2), lambda a: math.exp(a) - 9 * a,
     lambda a: a**4 - 6 * a],
)  # fmt: skip
def test_a_line_meets_the_conditions_that_scipy_asks(shape, c2):
    """SciPy finds such a step too, and ours satisfies what it checks."""

    def slope(a, h=1e-6):
        return (shape(a + h) - shape(a - h)) / (2 * h)

    wanted = Wanted(Trial(0.0, shape(0.0), slope(0.0)), 1e-4, c2)
    at = strong_wolfe(lambda a: Trial(a, shape(a), slope(a)), wanted, 1.0, 25)
    found = optimize.line_search(
        lambda x: shape(x[0]), lambda x: np.array([slope(x[0])]), np.zeros(1), np.ones(1), c2=c2
    )
    assert found[0] is not None
    for a in (at, found[0]):
        assert shape(a) <= shape(0.0) + 1e-4 * a * slope(0.0)
        assert abs(slope(a)) <= c2 * abs(slope(0.0)) + 1e-6


def test_a_search_is_torchs_trial_by_trial():
    """Answers by chance, which take every way through the search."""
    rng = np.random.default_rng(5)
    for _ in range(2000):
        falls = -np.cumsum(rng.exponential(1.0, 12)) * rng.choice([0.0, 1.0])
        answers = np.column_stack([falls + 0.3 * rng.standard_normal(12),
                                   rng.standard_normal(12) - rng.choice([0.0, 2.0])])  # fmt: skip
        tried: list[list[float]] = [[], []]

        def answer(x, of, answers=answers, tried=tried):
            tried[of].append(x)
            return answers[len(tried[of]) - 1].tolist()

        c2, most = rng.choice([0.1, 0.9]), int(rng.integers(1, 7))
        wanted = Wanted(Trial(0.0, 0.0, -1.0), 1e-4, c2)
        found = strong_wolfe(lambda x, of=answer: Trial(x, *of(x, 0)), wanted, 1.0, most)

        def objective(x, t, d, of=answer):
            value, slope = of(float(t), 1)
            return value, torch.tensor([slope])

        grad = torch.tensor([-1.0])
        *_, expected, _ = _strong_wolfe(
            objective, None, 1.0, torch.ones(1), 0.0, grad, grad[0], c2=c2, max_ls=most
        )
        np.testing.assert_allclose(tried[0], tried[1], rtol=1e-6)
        assert found == pytest.approx(float(expected), rel=1e-9)


def test_beyond_what_can_be_computed_is_too_far():
    surface = surfaces.from_formula("exp(x) + exp(-x) + y**2", ((-3, 3), (-3, 3)), (2.0, 1.0))
    run = optviz.descend(surface, "linesearch(gd:lr=1e6)", steps=30)
    assert run.status == "finished"
    assert run.values[-1] == pytest.approx(2.0)


def test_where_no_way_leads_down_it_stays():
    """Newton's direction at a hump is uphill; damped enough it leads down."""
    run = optviz.descend("himmelblau", "linesearch(newton)", steps=5)
    assert not run.steps_taken.any()
    assert run.states["func_evals"][-1] == 0
    assert optviz.descend("himmelblau", "linesearch(newton:damping=100)", steps=30).values[-1] < 1


def test_uphill():
    up = optviz.descend("saddle_escape", "linesearch(lbfgs:maximize=true)", (0.5, 0.5), steps=3)
    turned = surfaces.from_formula(f"-({surfaces.saddle_escape.formula})", ((-2, 2), (-2, 2)))
    down = optviz.descend(turned, "linesearch(lbfgs)", (0.5, 0.5), steps=3)
    np.testing.assert_array_equal(up.points, down.points)


@pytest.mark.parametrize("base", ["lbfgs:lr=1", "adam:lr=0.1", "muon:lr=0.1"])
def test_on_a_network(base, few):
    """Each step lowers the loss of its batch; L-BFGS's are torch's with a closure on that batch."""
    torch.set_default_dtype(torch.float32)
    run = quick(few, optimizer=f"linesearch({base})", epochs=1)
    assert run.history.epochs[-1].train_loss < 2
    config = TrainConfig(hidden=(8,), epochs=1)
    trainer = Trainer(config, few, parse(f"linesearch({base})"))
    model = copy.deepcopy(trainer.network.model)
    for p in model.parameters():
        p.data, p.grad = p.data.clone(), None
    judge = torch.optim.LBFGS(model.parameters(), lr=1.0, history_size=5, max_iter=1, max_eval=26,
                              line_search_fn="strong_wolfe")  # fmt: skip
    for images, digits in trainer._batches(0, 1):

        def closure(images=images, digits=digits):
            judge.zero_grad()
            loss = nn.functional.cross_entropy(model(images), digits)
            loss.backward()
            return loss

        judge.step(closure)
    run = trainer.train(trainer.begin(), None, progress=False)
    expected = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
    equal = torch.allclose(run.params, expected.to(run.params.dtype), rtol=1e-3, atol=1e-3)
    assert equal == base.startswith("lbfgs")


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("sam(linesearch(gd))", "optimizer must be outside of sam; not 'linesearch(gd)'"),
        ("linesearch(sam(gd))",
         "optimizer must be one that takes its gradient where it is; not 'sam(gd)'"),
        ("linesearch(linesearch(gd))", "optimizer must be one without linesearch; not"),
        ("linesearch(gd:c1=1)", "c1 must be a number in (0, 1); not 1"),
        ("linesearch(gd:c2=0)", "c2 must be a number in (0, 1); not 0"),
        ("linesearch(gd:max_ls=0)", "max_ls must be a number in [1, 1000]; not 0"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_one_line(spec, line):
    with pytest.raises(InputError) as caught:
        parse(spec)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_where_only_gradients_are_there_it_is_one_line():
    optimizer = parse("linesearch")
    with pytest.raises(InputError, match="needs gradients alone"):
        next(optviz.iterate(lambda point: point, optimizer, (1.0, 1.0)))
    with pytest.raises(InputError, match="needs gradients alone"):
        optimizer.update((1.0,), optimizer.init((1.0,)), (1.0,))
    with pytest.raises(InputError, match="moves by its rule alone, without a search"):
        optviz.to_torch(optimizer, [nn.Parameter(torch.ones(2))])
    with pytest.raises(InputError, match="moves by its rule alone, without a search"):
        optviz.animate("booth", [optimizer], steps=3, views=["anatomy"])


def test_it_races_tuned_and_is_told(tmp_path):
    runs = optviz.race("rosenbrock", ["linesearch(lbfgs)", "linesearch(newton)"], steps=60)
    assert all(run.values[-1] < 1e-9 for run in runs)
    assert labels(runs)[0] == f"LBFGS+Wolfe lr={runs[0].optimizer.lr:g}"
    assert optviz.LineSearch("lbfgs", c2=0.5) == parse("linesearch(lbfgs:c2=0.5)")
    film = optviz.animate("booth", ["linesearch"], steps=5)
    assert film.frame(-1).std() > 0
    page = tmp_path / "page.html"
    film.save(page)  # as it was recorded
    assert '"canRun":false' in page.read_text(encoding="utf-8").replace(" ", "")
    for optimizer in ("linesearch(lbfgs)", optviz.LineSearch("gd")):
        with pytest.raises((InputError, RefusedError), match="by its rule alone"):
            optviz.explore("booth", [optimizer])
