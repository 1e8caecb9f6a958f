"""Formulas: what is read, what is refused, and that nothing hangs or escapes."""

from __future__ import annotations

import math
import re
import time
import warnings

import formulas
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

import surfaces
from optviz.descent import descend
from surfaces import formula, tokens
from surfaces.errors import FormulaError, InputError
from surfaces.latex import latex
from surfaces.trace import Trace

ACCEPTED = [
    "x", "y", "3", "-x", "--x", "x + y", "x - y - 1", "x*y/3", "x**2", "x**3", "x**4", "x**7",
    "x**-1", "1/x**2", "(x + 2)**0.5", "2**x", "(x+3)**y", "pi*x + e", "sin(x)*cos(y)", "tan(x/9)",
    "exp(-x*x)", "log(x + 5)", "sqrt(x*x + y*y)", "abs(x - y)", "tanh(x)", "sinh(x)", "cosh(y)",
    "minimum(x, y)", "maximum(x, minimum(y, 1))", "abs(x)**3", "1e-3*x", "  x + 1  ", "x * (y)",
    "abs(-3)*x", "sin(2)*x", "x - -y", "2*(x + y)", "-(x - y)", "(x - 1)/(y - 40)", "x/2/3",
    "-x**2", "(-x)**2", "2**-1*x", "x**1", "x**0 + y", "100_0*x", ".5*x", "0x10*x",
    "asin(x/2.1)*y", "acos(x/2.1)**2", "atan(x*y)", "atan2(x, y - 3)", "asinh(x)",
    "acosh(x + y + 1)",
    "atanh(x/2.1)", "log2(x)*y", "log10(x + y)", "cbrt(x - 3)", "sign(x - 3)*y", "floor(x/9) + y",
    "where(x < 0.4, x - 9, x*y)", "where(y >= 3, 1/(x - 3), x**y)", "where(x > 0, x, y)**3",
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_formula_means_what_numpy_says(text):
    points = np.random.default_rng(3).uniform(0.5, 2, (30, 2))
    x, y = points.T
    expected = np.broadcast_to(
        eval(text.strip(), {"__builtins__": {}}, formulas.NUMPY | {"x": x, "y": y}), x.shape
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


@pytest.mark.parametrize(("typed", "canonical"), formulas.READ.items(), ids=repr)
def test_what_people_type_is_what_python_computes(typed, canonical):
    assert formula.canonical(typed) == canonical
    assert formula.canonical(canonical) == canonical
    x, y = np.random.default_rng(3).uniform(0.5, 2, (2, 30))
    expected = eval(canonical, {"__builtins__": {}}, formulas.NUMPY | {"x": x, "y": y})
    value = Trace(typed).value(x, y)
    np.testing.assert_allclose(*np.broadcast_arrays(value, expected), rtol=1e-13)
    assert Trace(canonical).gradient_tape == Trace(typed).gradient_tape


@pytest.mark.parametrize("typed", formulas.REFUSED, ids=lambda typed: repr(typed[:40]))
def test_what_is_refused(typed):
    part, column = formulas.REFUSED[typed]
    with pytest.raises(FormulaError) as caught:
        surfaces.from_formula(typed)
    message = str(caught.value)
    assert part in message
    assert re.findall(r"at column (\d+)", message) == ([] if column is None else [str(column)])
    assert "\n" not in message
    assert len(message) < 350


HOSTILE = {  # what SymPy would compute or multiply out
    "20,000 terms": ("x" + "+x" * 20_000, "1000 characters"),
    "400 brackets": ("(" * 400 + "x" + ")" * 400, "brackets"),
    "deep but short": ("-" * 400 + "x", "levels"),
    "many parts": ("+".join("x" * 400), "parts"),
    "tower made of a sum": ("(x - x + 9**9)**99*x", "1.8e308"),
    "growing powers": ("(9.0**99)**99*x", "column"),
    "whole powers": ("(((2**100)**100)**100)*x", "finite"),
    "powers run together": ("x" * 101, "exponents up to 100"),
    "a name of 1000 letters": ("q" * 1000, "not 'qqq"),
    "1000 superscripts": ("x" + "⁹" * 999, "column 2"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_hang_is_refused_at_once(name):
    text, part = HOSTILE[name]
    began = time.process_time()
    with pytest.raises(FormulaError, match=part) as caught:
        surfaces.from_formula(text)
    assert len(str(caught.value)) < 350
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ["(x/1e200)**2 + y", "x*1e-200*(y*1e-200)", "(x*1e200)**2"])
def test_a_product_of_numbers_beyond_float64_is_not_0(text):
    with pytest.raises(FormulaError, match=r"real numbers of float64; not '1.0+e[-+]400'"):
        surfaces.from_formula(text)


def sympys(text):
    """As SymPy's users write it; sympify evaluates, which is fine for a test's own text."""
    return sympy.sympify(text)


@pytest.mark.parametrize(
    ("expression", "canonical"),
    [
        (sympys("x**2 + 3*sin(y)"), "x**2 + 3*sin(y)"),
        (sympys("Abs(x)*Max(x, y, 1)"), "abs(x)*maximum(maximum(1, x), y)"),
        (sympys("exp(-x**2)*E"), "e*exp(-x**2)"),
        (sympys("0.1*x") + sympy.Float(0.1 + 0.2), "0.1*x + 0.30000000000000004"),
        (sympy.Float(-0.5) * sympys("x"), "-0.5*x"),
        (sympys("y*(x + 1)**(1/3)"), "y*(x + 1)**(1/3)"),
    ],
)
def test_an_expression_of_sympys_is_a_formula(expression, canonical):
    surface = surfaces.from_formula(expression)
    assert surface.formula == canonical
    compute = sympy.lambdify(sympy.symbols("x y"), expression, "math")
    for x, y in np.random.default_rng(3).uniform(0.5, 2, (10, 2)).tolist():
        assert surface(x, y) == pytest.approx(compute(x, y), rel=1e-14)


def test_an_expression_in_other_letters_is_refused():
    with pytest.raises(FormulaError, match="variables are x and y"):
        surfaces.from_formula(sympy.Symbol("a") ** 2)


@pytest.mark.parametrize("given_", [None, 5, b"x", ["x"]])
def test_only_text_is_a_formula(given_):
    with pytest.raises(FormulaError, match="text"):
        surfaces.from_formula(given_)


def nested(pattern, depth, text="x"):
    for _ in range(depth):
        text = pattern.format(text)
    return text


WORST = {  # as deep and as long as is allowed
    "sines in sines": nested("sin({})", 22),
    "products of sines": nested("x*sin({})", 12),
    "roots in roots": nested("sqrt(1+{})", 12),
    "fractions in fractions": nested("1/(y+{})", 12),
    "exponentials": nested("exp(-{})", 12),
    "extrema": nested("maximum({},sin(y))", 22),
    "powers": nested("({})**y", 22),
    "sum of products": "+".join(f"sin({k}*x)*y" for k in range(1, 38)),
    "product of sums": "*".join(f"(x+{k}*y)" for k in range(1, 51)),
    "towers of names": nested("x**{}", 23),
    "hyperbolic tangents": nested("tanh({})", 22),
    "hyperbolic sines": nested("sinh({}/9)", 12),
    "logarithms": nested("log(9+{})", 11),
    "roots of powers": nested("sqrt({})**x", 10),
    "roots of squares": nested("sqrt(1+({})**2)", 7),
    "unknown powers": nested("(1+{})**y", 10),
    "quotients": nested("({})/(1+x*y)", 20),
    "choices": nested("where(x<{},y,x)", 23),
    "choices of choices": nested("where(x<1,{},sin(y))", 23),
    "product of choices": "*".join(f"where(x<{k},x,y)" for k in range(1, 42)),
    "inverse functions": nested("asin({}/9)", 12),
    "tangents run together": "".join(f"tan({k}x)" for k in range(1, 58)),
    "unknown powers run together": "".join(f"(x/{k}+y)^(y/{k})" for k in range(1, 27)),
    "tangents of a number": nested("tan({})/2", 11, "2") + "*x",
    "powers of a number": nested("(pi+{})^-0.7", 11, "2") + "x",
    "exponentials of a number": nested("e^-{}", 11, "pi") + "x",
    "a power that nothing can simplify": "sigmoid((asin(log2(pi - 2)))^-100)x",
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_that_is_allowed_is_still_quick(name):
    began = time.monotonic()
    surface = surfaces.from_formula(WORST[name], ((0.5, 2), (0.5, 2)), (0.8, 1.1))
    surface.hessian(surface.start)
    assert surface.latex
    assert time.monotonic() - began < 6  # 2 s on a quiet machine: see benchmarks/


CHARACTERS = "xy0123456789.+-*/() e,pi^|²⁻√π×"


@given(st.one_of(st.text(max_size=60), st.text(CHARACTERS, max_size=30)))
def test_any_text_is_a_surface_or_a_formula_error(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            trace = Trace(text)
            slopes = trace.value_and_gradient(
                np.array([1.3, 0.0, -2.0]), np.array([0.7, 0.0, 1e200])
            )
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
        scope = {"__builtins__": {}}, formulas.NUMPY | {"x": x, "y": y}
        expected = np.broadcast_to(np.asarray(eval(text, *scope), float), x.shape)
        # How far the value moves when the inputs move in their last digits.
        moved = eval(text, scope[0], formulas.NUMPY | {"x": x * (1 + 1e-12), "y": y * (1 - 1e-12)})
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
        ("text", "given"),
        [
            ("log(x)**2+y**2", (3, 2)), ("sqrt(x)+y**2", (4, 1)), ("log(x)+y**2", (3, 2)),
            ("x*log(x)", (3, 2)), ("x**0.5+y**2", (3, 2)), ("sqrt(x-1)+y**2", (2, 1)),
            ("x**2+y**2-log(x)-log(y)", (0.1, 4)), ("log(x*y)", (1, 2)), ("1/(x+4)+y", (1, 2)),
            ("sqrt(x-20)", (30, 1)),
        ],
    )  # fmt: skip
    def test_a_start_that_is_given_is_used(self, text, given):
        surface = surfaces.from_formula(text, start=given)
        assert surface.start == given
        assert surface.notes == ()
        later = surfaces.from_formula(text, ((-5, 35), (-5, 5)))  # one that nobody asks for
        assert descend(later, "gd:lr=1e-9", given, 1).points[0] == pytest.approx(given)

    def test_a_start_is_enough_where_no_grid_finds_one(self):
        text = "sqrt(1e-4-(x-0.123)**2-y**2)"
        assert surfaces.from_formula(text, start=(0.123, 0.001)).start == (0.123, 0.001)
        with pytest.raises(FormulaError, match="give another domain, or a start"):
            surfaces.from_formula(text)

    @pytest.mark.parametrize(
        ("text", "window", "start"),
        [
            ("log(x)**2+y**2", None, (0.25, 4)), ("sqrt(x)+y**2", None, (0.25, 4)),
            ("sqrt(x-1)+y**2", None, (1.25, 4)), ("x*log(x)", None, (0.25, 4)),
            ("log(x*y)", None, (-4, -0.25)), ("sqrt(25-x**2-y**2)", None, (-3.5, 3.5)),
            ("1/(x+4)", None, (-4.25, 4)), ("acosh(x)", ((0, 4), (0, 100)), (1.1, 90)),
            ("sqrt(0.01-(x-0.83)**2-(y-1)**2)", ((0, 20), (0, 20)), (0.9, 1.0)),
            ("x**2+sqrt(2.69-y)", ((-3, 0), (0, 3)), (-2.7, 2.625)),
        ],
    )  # fmt: skip
    def test_else_it_is_the_nearest_where_the_formula_is_finite(self, text, window, start):
        surface = surfaces.from_formula(text, *[window] if window else [])
        assert surface.start == pytest.approx(start)
        assert np.isfinite(surface.at(*surface.start)).all()
        (note,) = surface.notes
        x, y = start  # as people write it: 2.4, not 2.3999999999999995
        assert note.startswith(f"start: ({x:g}, {y:g}), the nearest point to (")

    @pytest.mark.parametrize(
        ("typed", "notes"),
        [
            ("2x^2 + |Y|", ("formula read as 2*x**2 + abs(y)",)), ("x**2+y", ()),
            ("  sin( x )", ()), ("(x)", ("formula read as x",)),
        ],
    )  # fmt: skip
    def test_it_says_what_was_understood(self, typed, notes):
        surface = surfaces.from_formula(typed)
        assert surface.notes == notes
        assert surfaces.from_formula(surface.formula).notes == ()

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (("x", ((1, 0), (0, 1))), "domain"),
            (("x", "window"), "domain"),
            (("x", ((0, 1), (0, 1)), (1, 2, 3)), "start"),
            (("1/x", ((-1, 1), (-1, 1)), (0, 0)), "start"),
            (("sqrt(-1-x**2)",), "finite"),
            (("log(x)", ((-2, -1), (0, 1))), r"\(\(-2.0, -1.0\), .* another domain, or a start"),
            (("log(x)", ((-2, -1), (0, 1)), (-1.5, 0.5)), "start"),
        ],
    )
    def test_wrong_input(self, arguments, part):
        with pytest.raises(InputError, match=part):
            surfaces.from_formula(*arguments)


@pytest.mark.parametrize("function", tokens.FUNCTIONS)
def test_every_function_can_be_drawn_in_a_title(function):
    count = tokens.FUNCTIONS[function]
    arguments = "x < y, x*y, y/3" if function == "where" else ", ".join("xy"[:count])
    written = latex(f"{function}({arguments})**2 + 2{function}({arguments})*x", one_line=True)
    drawn = MathTextParser("path").parse(f"${written}$", dpi=72)
    assert drawn.width > 30


def test_the_limits_leave_room_for_the_catalogue():
    longest = max(len(surfaces.get(name).formula) for name in surfaces.names())
    assert longest * 4 < formula.MAX_LENGTH
