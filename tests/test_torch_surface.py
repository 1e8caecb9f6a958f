"""Any torch function as a surface; the judges are formulas' own derivatives, and differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import optviz
import surfaces
from optviz.errors import InputError


@pytest.mark.parametrize("name", ["beale", "himmelblau", "rosenbrock"])
def test_a_torch_function_is_the_formulas_surface(name):
    formula = surfaces.get(name)
    code = compile(formula.formula, name, "eval")
    made = optviz.torch_surface(
        lambda x, y: eval(code, {"x": x, "y": y}), formula.domain, formula.start, name=name
    )
    points = np.random.default_rng(0).uniform(-2, 2, (4, 5, 2))
    np.testing.assert_allclose(made.value(points), formula.value(points), rtol=1e-12)
    np.testing.assert_allclose(made.gradient(points), formula.gradient(points), rtol=1e-9)
    np.testing.assert_allclose(made.hessian(points), formula.hessian(points), rtol=1e-9)
    theirs, mine = (optviz.descend(s, "adam:lr=0.01", steps=50) for s in (formula, made))
    np.testing.assert_allclose(mine.points, theirs.points, atol=1e-10)


def test_a_function_of_two_numbers_only():
    """The loss of a one-neuron model: it would not work on grids."""
    inputs, targets = torch.linspace(-1, 1, 7, dtype=torch.float64), torch.ones(7).double()

    def loss(weight, bias):
        return ((torch.tanh(weight * inputs + bias) - targets) ** 2).mean()

    made = optviz.torch_surface(loss, ((-3, 3), (-3, 3)), (-2, 1))
    assert made.name == "loss"
    assert made.latex == r"\mathrm{loss}(x, y)"
    x, y = np.meshgrid([-1.0, 0.5], [0.0, 1.0, 2.0])
    expected = [[loss(torch.tensor(a), torch.tensor(b)) for a, b in zip(r, s, strict=True)]
                for r, s in zip(x, y, strict=True)]  # fmt: skip
    np.testing.assert_allclose(made(x, y), expected, rtol=1e-12)
    points = np.stack([x, y], axis=-1)
    h = 1e-5
    slope = [(made.value(points + h * e) - made.value(points - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(made.gradient(points), np.stack(slope, axis=-1), atol=1e-8)
    assert made.hessian(points).shape == (3, 2, 2, 2)
    assert optviz.descend(made, "adam:lr=0.1", steps=60).values[-1] < 0.1


def test_a_function_of_x_alone_and_a_plane():
    made = optviz.torch_surface(lambda x, y: x**3, ((-1, 1), (-1, 1)), (1, 1), name="cubic")
    assert made.gradient((2.0, 1.0)).tolist() == [12.0, 0.0]
    assert made.hessian((2.0, 1.0)).tolist() == [[12.0, 0.0], [0.0, 0.0]]
    flat = optviz.torch_surface(lambda x, y: 2 * x + y, ((-1, 1), (-1, 1)), (1, 1), name="plane")
    assert flat.hessian(np.zeros((3, 2))).tolist() == np.zeros((3, 2, 2)).tolist()


@pytest.mark.parametrize(
    ("function", "part"),
    [
        ("x**2", "a function of x and y"),
        (lambda x: x, "real number"),
        (lambda x, y, z: x, "positional"),
        (lambda x, y: torch.stack([x, y]), "real number"),
        (lambda x, y: 1.0, "real number"),
        (lambda x, y: x.missing, "missing"),
    ],
)
def test_no_torch_surface(function, part):
    with pytest.raises(InputError, match=part) as caught:
        optviz.torch_surface(function, ((-1, 1), (-1, 1)), (0, 0))
    assert "\n" not in str(caught.value)


def without_graph(x, y):
    with torch.no_grad():
        return x**2 + y**2


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x, y: math.sin(x) + y**2, "x"),
        (lambda x, y: x**2 + torch.tensor(math.exp(y)), "y"),
        (lambda x, y: x.item() * y, "x"),
        (lambda x, y: x**2 + y.detach() ** 2, "y"),
        (lambda x, y: torch.tensor([x, y]).pow(2).sum(), "x"),
        (lambda x, y: torch.as_tensor(x.detach().numpy() ** 2) + y, "x"),
        (lambda x, y: torch.tensor(float(x) * float(y)), "x"),
        (without_graph, "x"),
    ],
)
@pytest.mark.filterwarnings("ignore:Converting a tensor")  # torch's own hint
def test_a_value_that_autograd_cannot_see_is_refused(function, name):
    """Its slope would be 0, and a descent would stand still, all in silence."""
    with pytest.raises(InputError, match=f"connected to {name} through autograd") as caught:
        optviz.torch_surface(function, ((-2, 3), (-2, 2)), (1, 1))
    assert f"torch.sin({name})" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (lambda x, y: x**3, [4.32, 0.0]),
        (lambda x, y: y * 2 + 1, [0.0, 2.0]),
        (lambda x, y: torch.tensor(1.0), [0.0, 0.0]),
        (lambda x, y: 0 * x, [0.0, 0.0]),
        (lambda x, y: torch.floor(x) + y, [0.0, 1.0]),
        (lambda x, y: x.abs() + torch.relu(y), [1.0, 1.0]),
        (lambda x, y: (x + (torch.round(x) - x).detach()) ** 2 + y, [2.0, 1.0]),
        (lambda x, y: torch.log(x) + y, [1 / 1.2, 1.0]),
        (lambda x, y: x.float() * 2 + y.float() * 3, [2.0, 3.0]),
        (lambda x, y: x**2 + torch.rand(()), [2.4, 0.0]),
    ],
    ids=["x", "y", "constant", "zero", "steps", "kinks", "straight through", "half a window",
         "float32", "random"],
)  # fmt: skip
def test_what_is_constant_or_rough_is_accepted(function, slope):
    made = optviz.torch_surface(function, ((-2, 3), (-2, 2)), (1, 1), name="own")
    np.testing.assert_allclose(made.gradient((1.2, 0.7)), slope, rtol=1e-6)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x, y: x**2 + torch.cos(x).item() + y**2, "x"),
        (lambda x, y: (x * y.detach() - 1) ** 2 + y**2, "y"),
    ],
)
def test_a_part_that_autograd_cannot_see_is_warned_of(function, name):
    with pytest.warns(UserWarning, match=f"along {name} by autograd is not the slope"):
        optviz.torch_surface(function, ((-2, 3), (-2, 2)), (1, 1), name="own")
