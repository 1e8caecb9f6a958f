"""Formulas in titles: numbers as people write them, and mathtext draws every one."""

from __future__ import annotations

import pytest
from matplotlib.mathtext import MathTextParser

import surfaces


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("1e12*x", "10^{12} x"),
        ("-1e9 + x", "x - 10^{9}"),
        ("1e-5*x**2", "10^{-5} x^{2}"),
        ("2.5e-7/y", r"\frac{2.5 \cdot 10^{-7}}{y}"),
        ("1000000000000*x", "10^{12} x"),
        ("x/3000000", r"\frac{x}{3 \cdot 10^{6}}"),
        ("2**100*x", r"1.26765 \cdot 10^{30} x"),
        ("0.1234567890123*x", "0.123457 x"),
        ("12345.678 + x", "x + 12345.678"),  # typed by a person: none is left out
        ("(x - 1000000.5)**2", r"\left(x - 1000000.5\right)^{2}"),
        ("12345678*x", "12345678 x"),
        ("x**2/20 + 1.5*y", r"\frac{x^{2}}{20} + 1.5 y"),
        ("2.0*x", "2 x"),
        ("1e-5**x", r"{\left(10^{-5}\right)}^{x}"),
        ("10000000**x", r"\left(10^{7}\right)^{x}"),
        ("1234567**x", "1234567^{x}"),
    ],
)
def test_numbers_are_short(formula, latex):
    surface = surfaces.from_formula(formula, ((0.5, 1), (0.5, 1)))
    assert surface.latex == latex
    assert surface.formula == formula
    MathTextParser("agg").parse(f"${latex}$")


def test_cases_are_a_table_or_one_line():
    surface = surfaces.from_formula("where(x < y, x*y, y/3)**2", ((-1, 1), (-1, 1)))
    assert surface.latex == (
        r"\left(\begin{cases} x y, & x < y \\ \frac{y}{3}, & x \geq y \end{cases}\right)^{2}"
    )
    assert surface.latex_line == (
        r"\left(\left\{{x y,\ x < y;\ \ \frac{y}{3},\ x \geq y}\right\}\right)^{2}"
    )
    MathTextParser("agg").parse(f"${surface.latex_line}$")


def test_no_built_in_surface_is_defined_by_cases():
    """Their file holds one form of their LaTeX only."""
    assert not any("cases" in surfaces.get(name).latex for name in surfaces.names())


def test_a_fit_has_a_title_of_few_digits():
    surface = surfaces.fit_line([600, 3500, 2000], [1e5, 6e5, 4.1e5])
    assert surface.latex == (
        r"1.40222 \cdot 10^{6} \left(x - 171.87\right)^{2} + "
        r"\left(2033.33 x + y - 370000\right)^{2} + 1.04599 \cdot 10^{9}"
    )
    weight, bias, rest = surface.minima[0]
    assert surface(weight, bias) == pytest.approx(rest)  # computed with all of them
