"""Formulas: what is read, what is refused, and that nothing hangs or escapes."""

from __future__ import annotations

import contextlib
import math
import time
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surfaces
from surfaces import formula
from surfaces.errors import FormulaError, InputError
from surfaces.trace import Trace

NUMPY = {name: getattr(np, name) for name in
         ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "minimum",
          "maximum", "pi", "e")}  # fmt: skip

ACCEPTED = [
    "x", "y", "3", "-x", "--x", "x + y", "x - y - 1", "x*y/3", "x**2", "x**3", "x**4", "x**7",
    "x**-1", "1/x**2", "(x + 2)**0.5", "2**x", "(x+3)**y", "pi*x + e", "sin(x)*cos(y)", "tan(x/9)",
    "exp(-x*x)", "log(x + 5)", "sqrt(x*x + y*y)", "abs(x - y)", "tanh(x)", "sinh(x)", "cosh(y)",
    "minimum(x, y)", "maximum(x, minimum(y, 1))", "abs(x)**3", "1e-3*x", "  x + 1  ", "x * (y)",
    "abs(-3)*x", "sin(2)*x", "x - -y", "2*(x + y)", "-(x - y)", "(x - 1)/(y - 40)", "x/2/3",
    "-x**2", "(-x)**2", "2**-1*x", "x**1", "x**0 + y", "100_0*x", ".5*x", "0x10*x",
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_formula_means_what_numpy_says(text):
    points = np.random.default_rng(3).uniform(0.5, 2, (30, 2))
    x, y = points.T
    expected = np.broadcast_to(
        eval(text.strip(), {"__builtins__": {}}, NUMPY | {"x": x, "y": y}), x.shape
    )
    trace = Trace(text)
    np.testing.assert_allclose(np.broadcast_to(trace.value(x, y), x.shape), expected, rtol=1e-13)
    step = 1e-6
    surface = surfaces.from_formula(text, ((0.5, 2), (0.5, 2)))
    for axis in range(2):
        shift = step * np.eye(2)[axis]
        slope = (surface.value(points + shift) - surface.value(points - shift)) / (2 * step)
        near = np.abs(points[:, 0] - points[:, 1]) < 1e-4  # a corner of abs or minimum
        np.testing.assert_allclose(
            surface.gradient(points)[~near, axis], slope[~near], rtol=1e-5, atol=1e-5
        )


DEEP = "(" * 500 + "x" + ")" * 500
REFUSED = {
    "import": ("__import__('os').system('touch /tmp/x')", "column 1"),
    "attribute": ("x.__class__", "x.__class__"),
    "20,000 terms": ("x" + "+x" * 20_000, "1000 characters"),
    "500 brackets": (DEEP, "formula"),
    "deep but short": ("-" * 400 + "x", "levels"),
    "many parts": ("+".join("x" * 400), "parts"),
    "tower": ("9**9**9**9", "exponents"),
    "hidden tower": ("9**(x - x + 9**9)", "exponents"),
    "tower made of a sum": ("(x - x + 9**9)**99*x", "1.8e308"),
    "big exponent": ("x**101", "exponents from -100 to 100"),
    "growing powers": ("(9.0**99)**99*x", "column"),
    "whole powers": ("(((2**100)**100)**100)*x", "finite"),
    "division by zero": ("1/0", "finite"),
    "hidden division by zero": ("x/(y-y)", "real number"),
    "empty": ("", "empty"),
    "blanks": ("   ", "empty"),
    "two names": ("x y", "column 3"),
    "three arguments": ("sin(x,y,x)", "sin with 1 argument"),
    "no argument": ("sin()", "sin with 1 argument"),
    "one argument": ("minimum(x)", "minimum with 2 arguments"),
    "keyword": ("sin(x=x)", "column 1"),
    "star": ("minimum(*x)", "2 arguments"),
    "control character": ("x+\x01y", "column 3"),
    "NUL": ("x\x00", "column 2"),
    "line break": ("x\n+y", "column 2"),
    "look-alike": ("х + 1", "column 1"),
    "full width": ("ｘ+1", "column 1"),
    "minus of typographers": ("x − 1", "column 3"),
    "lambda": ("lambda: x", "column 1"),
    "list": ("[x]", "column 1"),
    "condition": ("x if y else 1", "column 1"),
    "comparison": ("x < y", "column 1"),
    "text": ("'a'", "column 1"),
    "bytes": ("b'a'*x", "column 1"),
    "True": ("True", "column 1"),
    "complex": ("1j*x", "column 1"),
    "caret": ("x^2", "**"),
    "floor division": ("x//2", "column 1"),
    "remainder": ("x%2", "column 1"),
    "plus sign": ("+x", "column 1"),
    "not": ("~x", "column 1"),
    "root of a negative": ("sqrt(-1)", "finite real"),
    "log of zero": ("log(0)*x", "finite real"),
    "overflow": ("exp(1000)*x", "finite real"),
    "huge number": ("9" * 400, "1.8e308"),
    "float too large": ("1e999", "1.8e308"),
    "own function": ("f(x)", "column 1"),
    "other name": ("x + z", "column 5"),
    "statement": ("x;y", "column 2"),
    "assignment": ("x=1", "column"),
    "walrus": ("(x:=1)", "column"),
    "comment": ("# x", "formula"),
    "format string": ("f'{x}'", "column 1"),
    "ellipsis": ("...", "column 1"),
    "open bracket": ("(x", "column"),
    "operator missing": ("x +", "column"),
    "subscript": ("x[0]", "column 1"),
    "call of a call": ("sin(x)(y)", "column 1"),
    "yield": ("(yield)", "column"),
    "await": ("await x", "column"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    text, part = REFUSED[name]
    began = time.monotonic()
    with pytest.raises(FormulaError) as caught:
        surfaces.from_formula(text)
    message = str(caught.value)
    assert part in message
    assert "\n" not in message
    assert len(message) < 350
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("given_", [None, 5, b"x", ["x"]])
def test_only_text_is_a_formula(given_):
    with pytest.raises(FormulaError, match="text"):
        surfaces.from_formula(given_)


def nested(pattern, depth):
    text = "x"
    for _ in range(depth):
        text = pattern.format(text)
    return text


WORST = {
    "sines in sines": nested("sin({})", 22),
    "products of sines": nested("x*sin({})", 14),
    "roots in roots": nested("sqrt(1+{})", 14),
    "fractions in fractions": nested("1/(y+{})", 14),
    "exponentials": nested("exp(-{})", 14),
    "extrema": nested("maximum({},sin(y))", 22),
    "powers": nested("({})**3", 22),
    "sum of products": "+".join(f"sin({k}*x)*y" for k in range(1, 50)),
    "product of sums": "*".join(f"(x+{k}*y)" for k in range(1, 55)),
    "towers of names": nested("x**{}", 14),
    "hyperbolic tangents": nested("tanh({})", 22),
    "hyperbolic sines": nested("sinh({})", 22),
    "logarithms": nested("log(9+{})", 11),
    "roots of powers": nested("sqrt({})**x", 10),
    "roots of squares": nested("sqrt(1+({})**2)", 7),
    "unknown powers": nested("(1+{})**y", 10),
    "quotients": nested("({})/(1+x*y)", 20),
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_that_is_allowed_is_still_quick(name):
    began = time.monotonic()
    with contextlib.suppress(InputError):  # not finite at the start, or a limit reached
        surface = surfaces.from_formula(WORST[name], ((0.5, 2), (0.5, 2)))
        surface.hessian(surface.start)
        assert surface.latex
    assert time.monotonic() - began < 6  # 2 s on a quiet machine: see benchmarks/


CHARACTERS = "xy0123456789.+-*/() e,pi"


@given(st.one_of(st.text(max_size=60), st.text(CHARACTERS, max_size=30)))
def test_any_text_is_a_surface_or_a_formula_error(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            trace = Trace(text)
            slopes = trace.slopes(np.array([1.3, 0.0, -2.0]), np.array([0.7, 0.0, 1e200]))
            numbers = trace.at(1.3, 0.7)
        except FormulaError:
            return
    assert np.broadcast(*slopes).shape in ((3,), ())
    assert all(type(number) is float for number in numbers)


LEAVES = st.one_of(
    st.sampled_from(["x", "y", "pi", "e"]), st.integers(0, 9).map(str),
    st.floats(0.01, 100).map(lambda v: f"{v:.3g}"),
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/"), inner, inner).map(lambda t: f"({t[1]} {t[0]} {t[2]})"),
        st.tuples(st.sampled_from(["sin", "cos", "abs", "tanh", "exp", "sqrt", "log"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(st.sampled_from(["minimum", "maximum"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(inner, st.integers(0, 4)).map(lambda t: f"({t[0]})**{t[1]}"),
        inner.map(lambda t: f"-{t}"),
    ),
    max_leaves=12,
)


@given(TREES)
def test_any_tree_means_what_numpy_says(text):
    """But for rounding: SymPy may order a sum anew and cancel what cancels."""
    x, y = np.array([0.7, 1.9, -1.1]), np.array([1.2, -0.4, 2.3])
    try:
        value = np.broadcast_to(Trace(text).value(x, y), x.shape)
    except FormulaError:
        return
    with np.errstate(all="ignore"):
        scope = {"__builtins__": {}}, NUMPY | {"x": x, "y": y}
        expected = np.broadcast_to(np.asarray(eval(text, *scope), float), x.shape)
        # How far the value moves when the inputs move in their last digits.
        moved = eval(text, scope[0], NUMPY | {"x": x * (1 + 1e-12), "y": y * (1 - 1e-12)})
        slack = 1e3 * np.abs(np.broadcast_to(moved, x.shape) - expected)
    for ours, theirs, more in zip(value, expected, slack, strict=True):
        if math.isfinite(theirs) and math.isfinite(more) and math.isfinite(ours):
            assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9 + more)


class TestFromFormula:
    """The surface around a formula."""

    def test_domain_and_start(self):
        surface = surfaces.from_formula("x**2", ((-2, 3), (0, 1)), (1, 0.5))
        assert surface.domain == ((-2.0, 3.0), (0.0, 1.0))
        assert surface.start == (1.0, 0.5)
        assert surface.minima == ()
        unset = surfaces.from_formula("x**2", ((-2, 3), (0, 1)))
        assert unset.start == pytest.approx((-1.5, 0.9))

    def test_in_x_alone_it_is_constant_in_y(self):
        surface = surfaces.from_formula("x**4 - x**2")
        points = np.random.default_rng(0).uniform(-2, 2, (4, 5, 2))
        assert (surface.gradient(points)[..., 1] == 0).all()
        assert surface.gradient(points).shape == points.shape

    def test_levels_are_logarithmic_where_values_span_decades(self):
        assert surfaces.from_formula("100*(y - x**2)**2 + (1-x)**2").scale == "log"
        assert surfaces.from_formula("x + y").scale == "linear"

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("x", ((1, 0), (0, 1))), "domain"),
            (("x", "window"), "domain"),
            (("x", ((0, 1), (0, 1)), (1, 2, 3)), "start"),
            (("1/x", ((-1, 1), (-1, 1)), (0, 0)), "start"),
            (("sqrt(-1-x**2)",), "finite"),
            (("log(x)", ((-2, -1), (0, 1))), "finite"),
        ],
    )
    def test_wrong_input(self, arguments, part):
        with pytest.raises(InputError, match=part):
            surfaces.from_formula(*arguments)


def test_the_limits_leave_room_for_the_catalogue():
    longest = max(len(surfaces.get(name).formula) for name in surfaces.names())
    assert longest * 4 < formula.MAX_LENGTH
