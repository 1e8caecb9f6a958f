"""Surfaces of Python functions: against formulas, torch and SciPy; what they say; bad ones."""

from __future__ import annotations

import dataclasses
import math
import pickle
import re
import sys

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

import optviz
import surfaces
from surfaces.errors import FormulaError, InputError
from surfaces.formula import canonical

WINDOW = ((-2.0, 2.0), (-1.0, 3.0))
NUMPY = {"sin": np.sin, "cos": np.cos, "exp": np.exp, "tanh": np.tanh, "sqrt": np.sqrt}


def valley(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def slopes(x, y):
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)


def waves(x, y):
    return np.sin(3 * x) * np.exp(y / 2) + x**2 + y**2


FORMULAS = {
    valley: "(1 - x)**2 + 100*(y - x**2)**2",
    waves: "sin(3*x)*exp(y/2) + x**2 + y**2",
}


def points_in(domain, count=300, seed=0):
    return np.random.default_rng(seed).uniform(*np.transpose(domain), (count, 2))


def said_error(surface):
    """The error of its slopes that a surface's notes state."""
    return float(re.search(r"estimated error (\S+) of its size", surface.notes[-1])[1])


def size(numbers):
    return np.sqrt(np.mean(np.square(numbers), axis=0))


@pytest.mark.parametrize("function", FORMULAS)
def test_it_is_the_formula_it_computes(function):
    made = surfaces.from_function(function, WINDOW)
    formula = surfaces.from_formula(FORMULAS[function], WINDOW)
    points = points_in(WINDOW)
    np.testing.assert_allclose(made.value(points), formula.value(points), rtol=1e-14)
    expected = formula.gradient(points)
    assert (size(made.gradient(points) - expected) <= 1e-9 * size(expected)).all()
    curvature = formula.hessian(points)
    assert np.abs(made.hessian(points) - curvature).max() <= 1e-5 * np.abs(curvature).max()
    for point in points[:20].tolist():
        value, *slope = made.at(*point)
        np.testing.assert_allclose(value, formula(*point), rtol=1e-14)
        np.testing.assert_allclose(slope, made.gradient(point), rtol=1e-12)
    assert (made.start, made.scale, made.domain) == (formula.start, formula.scale, formula.domain)
    assert made.name == function.__name__
    runs = [optviz.descend(s, "adam:lr=0.05", steps=200) for s in (made, formula)]
    np.testing.assert_allclose(runs[0].points, runs[1].points, atol=1e-6)


@pytest.mark.parametrize("name", surfaces.names())
def test_the_error_that_is_said_is_the_error_there_is(name):
    known = surfaces.get(name)
    made = surfaces.from_function(lambda x, y: known(x, y), known.domain, known.start)
    points = points_in(known.domain, 2000)
    if name == "eggholder":  # its creases have no slope
        x, y = points.T
        points = points[np.minimum(np.abs(x / 2 + y + 47), np.abs(x - y - 47)) > 1]
    expected = known.gradient(points)
    error = size(made.gradient(points) - expected) / size(expected)
    assert said_error(made) <= 1e-8
    assert error.max() <= 5 * said_error(made)  # most below 1


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("far", [0.0, 1e3])
def test_the_step_of_differences_suits_the_window(scale, far):
    """Also where the window is small beside its distance from 0."""

    def bowl(x, y):
        return np.cos((x - far * scale) / scale) + ((y - far * scale) / scale) ** 2

    low, high = (far - 1) * scale, (far + 2) * scale
    made = surfaces.from_function(bowl, ((low, high), (low, high)))
    x, y = points_in(made.domain).T
    expected = np.column_stack([
        -np.sin((x - far * scale) / scale), 2 * (y - far * scale) / scale
    ]) / scale  # fmt: skip
    error = size(made.gradient(np.column_stack([x, y])) - expected) / size(expected)
    assert error.max() < 1e-7


def test_a_function_in_single_precision_has_the_longer_step_it_needs():
    made = surfaces.from_function(
        lambda x, y: waves(np.float32(x), np.float32(y)), WINDOW, vectorized=True
    )
    points = points_in(WINDOW)
    expected = surfaces.from_formula(FORMULAS[waves], WINDOW).gradient(points)
    error = size(made.gradient(points) - expected) / size(expected)
    assert 1e-7 < said_error(made) < 1e-3
    assert error.max() <= 3 * said_error(made)


def peaks(x, y):
    return 3 * (1 - x) ** 2 * np.exp(-(x**2) - (y + 1) ** 2) - (x / 5 - y**5) * np.exp(-(x**2))


WHOLE = [
    (waves, True),
    (peaks, True),
    (lambda x, y: np.where(x > 0, x, y) ** 2, False),
    (lambda x, y: x**1.5 + np.exp(y), False),
    (lambda x, y: np.exp(x) ** y, False),
    (lambda x, y: np.tanh(np.multiply.outer(x, np.ones(3))).sum(-1) + y, False),
    (lambda p: np.exp(p[0]) + p[1], False),
    (lambda x, y: 1 / np.sin(x) + 1 / x + y, True),
]


@pytest.mark.parametrize(("function", "alone"), WHOLE)
def test_slopes_at_a_point_are_those_of_arrays_however_it_is_called(function, alone):
    """A function of NumPy's element-wise functions is called on floats, others on arrays."""
    seen = []

    def watched(x, y):
        seen.append(np.ndim(x))
        return function(x, y)

    ours = function if function is WHOLE[-2][0] else watched
    made = surfaces.from_function(ours, WINDOW, (0.5, 1.0))
    seen.clear()
    points = [*points_in(WINDOW, 20).tolist(), [0.0, 1.0], [-1.0, 0.0]]
    found = [made.at(*point) for point in points]
    if ours is watched:
        assert set(seen[:5]) == ({0} if alone else {1})
    value, slope = made.value_and_gradient(points)
    size = np.abs(slope[np.isfinite(slope)]).max()
    np.testing.assert_allclose([v for v, *_ in found], value, rtol=1e-14)
    np.testing.assert_allclose([s for _, *s in found], slope, atol=1e-8 * size)


TREES = st.recursive(
    st.sampled_from(["x", "y", "1", "2", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*"), inner, inner).map(lambda t: f"({t[1]} {t[0]} {t[2]})"),
        st.tuples(st.sampled_from(sorted(NUMPY)), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.integers(2, 3)).map(lambda t: f"({t[0]})**{t[1]}"),
    ),
    max_leaves=8,
)


@given(TREES)
def test_any_formula_as_a_function(text):
    """Slopes are those of SymPy where the function is smooth at the scale of the window."""
    try:
        formula = surfaces.from_formula(text, ((0.5, 1.5), (0.6, 1.4)), name="tree")
    except FormulaError:
        return
    source = eval(f"lambda x, y: {canonical(text)}", dict(NUMPY))
    made = surfaces.from_function(source, formula.domain)
    points = points_in(formula.domain, 50)
    with np.errstate(all="ignore"):
        value, slope = formula.value_and_gradient(points)
        theirs = made.value(points)
        mine = made.gradient(points)
        rough = np.abs(formula.hessian(points)).max() if np.isfinite(value).all() else np.inf
    np.testing.assert_allclose(theirs, value, rtol=1e-9, atol=1e-9 * np.abs(value).max(initial=1))
    if not np.isfinite(slope).all() or rough > 1e3 * max(np.abs(slope).max(), 1e-3):
        return
    near = 1e-6 * max(np.abs(slope).max(), 1e-6 * np.abs(value).max(), 1e-12)
    np.testing.assert_allclose(mine, slope, rtol=1e-5, atol=near)


def test_a_gradient_of_ones_own_is_taken_as_it_is():
    made = surfaces.from_function(valley, WINDOW, gradient=slopes)
    formula = surfaces.from_formula(FORMULAS[valley], WINDOW)
    points = points_in(WINDOW)
    np.testing.assert_allclose(made.gradient(points), formula.gradient(points), rtol=1e-12)
    np.testing.assert_allclose(made.at(0.3, 0.7)[1:], formula.gradient((0.3, 0.7)), rtol=1e-12)
    expected = formula.hessian(points)
    assert np.abs(made.hessian(points) - expected).max() <= 1e-8 * np.abs(expected).max()
    assert made.notes == ()


def test_a_function_of_the_pair_is_scipys():
    made = surfaces.from_function(
        scipy.optimize.rosen, WINDOW, gradient=scipy.optimize.rosen_der, name="rosen"
    )
    points = points_in(WINDOW, 40)
    np.testing.assert_allclose(made.value(points), scipy.optimize.rosen(points.T), rtol=1e-14)
    np.testing.assert_allclose(
        made.gradient(points), scipy.optimize.rosen_der(points.T).T, rtol=1e-12
    )
    assert made.at(0.5, 1.0)[0] == pytest.approx(scipy.optimize.rosen([0.5, 1.0]))
    assert made.notes == ()


@pytest.mark.parametrize("function", [valley, lambda p: valley(p[0], p[1])])
def test_torch_derives_it(function):
    made = surfaces.from_function(function, WINDOW, gradient="torch")
    points = points_in(WINDOW)
    formula = surfaces.from_formula(FORMULAS[valley], WINDOW)
    np.testing.assert_allclose(made.gradient(points), formula.gradient(points), rtol=1e-12)
    np.testing.assert_allclose(made.hessian(points), formula.hessian(points), rtol=1e-12)
    assert made.notes == ()
    by_hand = torch.tensor([0.3, 0.7], dtype=torch.float64, requires_grad=True)
    valley(*by_hand).backward()
    np.testing.assert_allclose(made.at(0.3, 0.7)[1:], by_hand.grad, rtol=1e-14)


def test_jax_derives_it():
    jax = pytest.importorskip("jax", reason="no package of ours needs JAX")

    def function(x, y):
        return jax.numpy.sin(3 * x) * jax.numpy.exp(y / 2) + x**2 + y**2

    made = surfaces.from_function(function, WINDOW, gradient="jax")
    formula = surfaces.from_formula(FORMULAS[waves], WINDOW)
    points = points_in(WINDOW)
    np.testing.assert_allclose(made.gradient(points), formula.gradient(points), atol=1e-12)
    np.testing.assert_allclose(made.hessian(points), formula.hessian(points), atol=1e-12)
    assert made.at(0.3, 0.7)[0] == pytest.approx(waves(0.3, 0.7), rel=1e-14)
    with pytest.raises(InputError, match="must work on JAX's numbers"):
        surfaces.from_function(lambda x, y: math.sin(x) * y, WINDOW, gradient="jax")
    with pytest.raises(InputError, match="real number"):
        surfaces.from_function(lambda x, y: 1j * x * y, WINDOW, gradient="jax")


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_a_library_that_is_not_there(library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"surfaces.{library}_kernel", raising=False)
    with pytest.raises(InputError, match=f"{library} must be installed"):
        surfaces.from_function(valley, WINDOW, gradient=library)


def loss(x, y):
    """Works on single numbers only."""
    return float(sum((math.tanh(x * t + y) - t) ** 2 for t in (-1.0, 0.5, 1.0)))


def mixed(x, y):
    """Works on arrays, but mixes their points."""
    return np.mean(x) ** 2 + y**2


@pytest.mark.parametrize(
    ("function", "why"),
    [(loss, "TypeError"), (mixed, "not those on single points"),
     (lambda x, y: np.max([x, y]), "on single points")],
)  # fmt: skip
def test_what_takes_no_arrays_is_called_point_by_point_and_says_so(function, why):
    made = surfaces.from_function(function, WINDOW)
    assert made.notes[0].startswith("function called point by point: ")
    assert why in made.notes[0]
    x, y = np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-1, 3, 4))
    each = [[function(a, b) for a, b in zip(*row, strict=True)] for row in zip(x, y, strict=True)]
    np.testing.assert_allclose(made(x, y), each, rtol=1e-14)
    with pytest.raises(InputError, match=re.escape("must work on arrays (vectorized=True)")):
        surfaces.from_function(function, WINDOW, vectorized=True)
    assert not any("point by point" in n for n in
                   surfaces.from_function(function, WINDOW, vectorized=False).notes)  # fmt: skip


def test_a_function_may_be_constant_in_place_or_of_one_coordinate():
    flat = surfaces.from_function(lambda x, y: 3, WINDOW)
    assert flat.gradient(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]
    assert flat(np.zeros(3), 0.0).tolist() == [3, 3, 3]

    def in_place(x, y):
        x -= 1
        return x**2 + y**2

    made = surfaces.from_function(in_place, WINDOW)
    x = np.array([1.0, 2.0])
    assert made(x, np.zeros(2)).tolist() == [0, 1]
    assert x.tolist() == [1, 2]
    np.testing.assert_allclose(made.gradient((2.0, 1.0)), [2, 2], rtol=1e-9)


def test_where_the_function_is_not_finite_slopes_are_one_sided_and_the_start_moves():
    def half(x, y):
        return x * math.log(x) + y * y  # math.log raises from 0 down

    made = surfaces.from_function(half, ((-1, 2), (-1, 1)))
    assert made.start[0] == pytest.approx(0.125)  # 0.05 is the first that is finite
    assert made.notes[-1].startswith(f"start: ({made.start[0]:.6g}, ")
    assert math.isnan(made(-0.5, 0))
    steep = made.gradient((1e-9, 0.5))[0]  # nearer to the edge than the step of differences
    assert 1 + math.log(1e-9) < steep < 1 + math.log(1e-5)
    assert made.gradient((0.5, 0.5))[0] == pytest.approx(1 + math.log(0.5), rel=1e-8)
    run = optviz.descend(made, "gd:lr=1.5", start=(0.9, 0.1), steps=20)
    assert run.status == "left"
    assert run.summary().endswith(f"left the surface at step {len(run) + 1}")


def test_a_run_to_infinity_diverges():
    made = surfaces.from_function(lambda x, y: x**4 - y**4, WINDOW, (1, 1))
    run = optviz.descend(made, "gd:lr=0.3", steps=60)
    assert run.status == "diverged"
    assert np.abs(run.points).max() > 1e6


@pytest.mark.parametrize("function", [valley, waves, loss])
def test_copies_and_files(function, tmp_path):
    made = surfaces.from_function(function, WINDOW, (0.5, 1.0), minima=((1, 1, 0),), title="Mine")
    again = pickle.loads(pickle.dumps(made))
    points = points_in(WINDOW, 20)
    np.testing.assert_array_equal(again.gradient(points), made.gradient(points))
    assert (again.notes, again.start, again.title) == (made.notes, made.start, {"en": "Mine"})
    run = optviz.descend(made, "gd:lr=0.001", steps=9)
    back = optviz.Trajectory.load(run.save(tmp_path / "run.json"))
    np.testing.assert_array_equal(back.points, run.points)
    assert back.surface.notes[:-1] == made.notes
    assert back.surface.notes[-1].startswith("shown from 101 x 101 samples, off by up to ")
    near = 1e-5 * np.ptp(made.samples()[-1])
    np.testing.assert_allclose(back.surface.value(run.points), run.values, atol=near)
    assert (back.surface.named(), back.surface.minima) == ("Mine", made.minima)


def test_it_is_tuned_raced_and_filmed_as_its_formula():
    made = surfaces.from_function(valley, WINDOW, minima=((1, 1, 0),), title="Valley")
    formula = surfaces.from_formula(FORMULAS[valley], WINDOW, minima=((1, 1, 0),), title="Valley")
    ours, theirs = (optviz.race(s, ["gd", "momentum", "adam"], steps=120) for s in (made, formula))
    assert [run.optimizer for run in ours] == [run.optimizer for run in theirs]
    film, peer = (optviz.Animation(runs) for runs in (ours, theirs))
    shown, expected = (f.frame(-1)[60:] for f in (film, peer))  # below the title, its formula
    differs = np.abs(shown.astype(int) - expected).max(axis=-1) > 40
    assert differs.mean() < 1e-3


@pytest.mark.parametrize(
    ("function", "settings", "said"),
    [
        ("x**2", {}, "function must be a function of x and y; surfaces.from_formula makes one of"),
        (None, {}, "function must be a function of x and y; not None"),
        (lambda x, y: np.array([x, y]), {}, "a real number for each point; not an array of shape"),
        (lambda x, y: [x, y], {}, "a real number for each point; not [0.5, 1.0]"),
        (lambda x, y: None, {}, "a real number for each point; not None"),
        (lambda x, y: "3", {}, "a real number for each point; not '3'"),
        (lambda x, y: complex(x, y), {}, "a real number for each point; not (0.5+1j)"),
        (lambda x, y: x.missing, {}, "function must work at (0.5, 1); not so: AttributeError"),
        (lambda x, y: 1 / (x - 0.5), {}, "function must work at (0.5, 1); not so: ZeroDivision"),
        (lambda x, y, z: x, {}, "function must work at (0.5, 1); not so: TypeError"),
        (lambda x, y: x * math.inf, {}, "start must be a point where the function and its slope"),
        (lambda x, y: np.random.default_rng().random(), {}, "must give the same at (0.5, 1) each"),
        (valley, {"gradient": "sympy"}, "gradient must be one of torch, jax; not 'sympy'"),
        (valley, {"gradient": 3}, "gradient must be a function of x and y; not 3"),
        (valley, {"gradient": lambda x, y: x}, "two real numbers, df/dx and df/dy, for each point"),
        (valley, {"gradient": lambda x, y: (x, "y")}, "two real numbers, df/dx and df/dy"),
        (valley, {"gradient": lambda x, y: 1 / 0}, "gradient must work at (0.5, 1); not so: Zero"),
        (valley, {"vectorized": "yes"}, "vectorized must be True, False or None; not 'yes'"),
        (valley, {"domain": (0, 1)}, "domain must be ((x0, x1), (y0, y1))"),
        (valley, {"start": (0, math.nan)}, "start must be two finite numbers"),
        (valley, {"axes": ("a",)}, "axes must be two names of at most 60 characters"),
        (valley, {"axes": "xy"}, "axes must be two names"),
        (valley, {"axes": ("a\nb", "c")}, "axes must be two names"),
        (valley, {"axes": ({"zh": "甲"}, "c")}, "axes must be two names"),
    ],
)
def test_what_is_no_function_is_refused_in_one_line(function, settings, said):
    given = {"domain": WINDOW, "start": (0.5, 1.0)} | settings
    with pytest.raises(InputError) as caught:
        surfaces.from_function(function, **given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


NAN = float("nan")


@pytest.mark.filterwarnings("ignore:the gradient along")
@pytest.mark.parametrize(
    ("gradient", "start", "said"),
    [
        (lambda x, y: (x * NAN, y), (1, 2), "start .*, where the gradient is .nan, 2.$"),
        (lambda x, y: (math.inf, y), (1, 2), "start .*, where the gradient is .inf, 2.$"),
        (lambda x, y: (x * NAN, y), None, "^gradient of the function must be finite somewhere"),
        (lambda x, y: {}[x], None, "^gradient must work at .*; not so: KeyError"),
    ],
)
def test_a_gradient_that_is_at_fault_is_named(gradient, start, said):
    with pytest.raises(InputError, match=said):
        surfaces.from_function(valley, WINDOW, start, gradient=gradient)


def test_the_value_that_is_not_finite_is_named():
    with pytest.raises(InputError, match=r"where the value is nan$"):
        surfaces.from_function(lambda x, y: x * NAN, WINDOW, (1, 2))


@pytest.mark.parametrize("vectorized", [None, False])
@pytest.mark.parametrize("blamed", ["function", "gradient"])
def test_what_fails_later_says_where_and_which(blamed, vectorized):
    """Also in calls of whole arrays."""

    def failing(function):
        def fails(x, y):
            if np.any(np.asarray(x) > 1.9999):
                raise KeyError("far out")
            return function(x, y)

        return fails

    given = {"function": valley, "gradient": slopes} | {
        blamed: failing({"function": valley, "gradient": slopes}[blamed])
    }
    window = ((-2.0, 1.9), (-1.0, 3.0))
    made = surfaces.from_function(
        given["function"], window, gradient=given["gradient"], vectorized=vectorized
    )
    expected = rf"^{blamed} must work at \(2, 1\); not so: KeyError: 'far out'$"
    for ask in (
        lambda: made.value_and_gradient([(1.0, 1.0), (2.0, 1.0)]),
        lambda: made.at(2.0, 1.0),
    ):
        with pytest.raises(InputError, match=expected):
            ask()


def test_a_function_that_fails_everywhere_says_how():
    with pytest.raises(InputError, match="not so: ValueError: never"):
        surfaces.from_function(raising, WINDOW)
    with pytest.raises(InputError, match="function must be finite somewhere in the domain"):
        surfaces.from_function(lambda x, y: math.nan, WINDOW)


def raising(x, y):
    raise ValueError("never")


@pytest.mark.parametrize("gradient", [lambda x, y: (2 * x, 2 * y), lambda x, y: (-2 * x, -2 * y)])
def test_a_gradient_that_is_not_the_functions_is_warned_of(gradient):
    with pytest.warns(UserWarning, match="is not the slope of the function's") as caught:
        surfaces.from_function(lambda x, y: x**2 + 3 * y**2 + x * y, WINDOW, gradient=gradient)
    assert {each.filename for each in caught} == {__file__}


@pytest.mark.parametrize("ask", [optviz.animate, optviz.race, surfaces.from_formula])
def test_a_bare_function_is_pointed_to_the_door(ask):
    with pytest.raises(InputError, match=re.escape("surfaces.from_function makes one")) as caught:
        ask(valley)
    assert "\n" not in str(caught.value)


def test_a_page_asks_for_samples():
    made = surfaces.from_function(valley, WINDOW)
    with pytest.raises(InputError, match=re.escape("give its .sampled()")):
        optviz.explore(made)


@pytest.mark.parametrize("n", [3, 1002, 10.0, True, "9"])
def test_so_many_samples_are_not_to_be_had(n):
    with pytest.raises(InputError, match="n must be a whole number from 4 to 1001"):
        surfaces.himmelblau.sampled(n)


@pytest.mark.parametrize("n", [41, 101])
def test_samples_say_how_far_they_are_off(n):
    made = dataclasses.replace(surfaces.from_function(waves, WINDOW), axes=("time [s]", "mass m"))
    sampled = made.sampled(n)
    said = re.fullmatch(
        rf"shown from {n} x {n} samples, off by up to (\S+) of their range between them",
        sampled.notes[-1],
    )
    points = points_in(WINDOW, 5000, seed=3)
    off = np.abs(sampled.value(points) - waves(*points.T)).max() / np.ptp(waves(*points.T))
    assert off <= 1.7 * float(said[1])
    assert float(said[1]) <= 3 * off
    for field in ("name", "domain", "start", "steps", "scale", "minima", "axes", "title"):
        assert getattr(sampled, field) == getattr(made, field)
    assert sampled.notes[:-1] == made.notes


def test_samples_hold_a_start_outside_the_window():
    sampled = dataclasses.replace(surfaces.booth, start=(30.0, 3.0)).sampled()
    assert sampled.covers(30, 3)
    assert sampled.formula is None
    assert optviz.descend(sampled, "gd:lr=0.01", steps=5).status == "finished"
