"""Formulas in titles: numbers as people write them, and mathtext draws every one."""

from __future__ import annotations

import re

import pytest
from matplotlib.mathtext import MathTextParser

import surfaces


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("1e12*x", "10^{12} x"),
        ("-1e9 + x", "-10^{9} + x"),
        ("1e-5*x**2", "10^{-5} x^{2}"),
        ("2.5e-7/y", r"\frac{2.5 \cdot 10^{-7}}{y}"),
        ("1000000000000*x", "10^{12} x"),
        ("x/3000000", r"\frac{x}{3 \cdot 10^{6}}"),
        ("2**100*x", r"2^{100} x"),
        ("0.1234567890123*x", "0.1235 x"),
        ("12345.678 + x", "12345.678 + x"),  # typed by a person: none is left out
        ("(x - 1000000.5)**2", "(x - 1000000.5)^{2}"),
        ("12345678*x", "12345678 x"),
        ("x**2/20 + 1.5*y", r"\frac{x^{2}}{20} + 1.5 y"),
        ("2.0*x", "2 x"),
        ("25000*x", "25000 x"),
        ("1e-5**x", "(10^{-5})^{x}"),
        ("10000000**x", "(10^{7})^{x}"),
        ("1234567**x", "1234567^{x}"),
    ],
)
def test_numbers_are_short(formula, latex):
    surface = surfaces.from_formula(formula, ((0.5, 1), (0.5, 1)))
    assert surface.latex == latex
    assert surface.formula == formula
    MathTextParser("agg").parse(f"${latex}$")


ROSENBROCK = "(1 - x)^{2} + 100 (y - x^{2})^{2}"


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("(1-x)^2+100(y-x^2)^2", ROSENBROCK),
        ("-x + 1", "-x + 1"),
        ("y*x*2", r"y x \cdot 2"),
        ("x - (y - 1)", "x - (y - 1)"),
        ("x*(-y)", "x (-y)"),
        ("-x/2*y", r"-\frac{x}{2} y"),
        ("(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        ("sin(x)^2", r"\sin^{2}(x)"),
        ("sqrt(x)^2", r"(\sqrt{x})^{2}"),
        ("exp(-x)**2", "(e^{-x})^{2}"),
        ("log2(x)**2 + atan2(x, y)", r"\log_{2}(x)^{2} + \operatorname{atan2}(x, y)"),
    ],
)
def test_terms_stand_as_they_were_written(formula, latex):
    surface = surfaces.from_formula(formula, ((0.5, 1), (0.5, 1)))
    assert surface.latex == latex
    MathTextParser("agg").parse(f"${latex}$")


@pytest.mark.parametrize("name", surfaces.names())
def test_a_title_holds_the_names_and_numbers_of_its_formula_in_their_order(name):
    surface = surfaces.get(name)
    roots = surface.formula.replace("exp", "e").replace("abs", "")
    written = re.findall(r"\d+\.?\d*|[a-z]+", roots)
    latex = re.sub(r"\\(frac|left|right|cdot)\b", " ", surface.latex_line)
    shown = re.findall(r"\d+\.?\d*|[a-z]+", latex)
    # Exponents of functions stand before their arguments: sin^2(x).
    assert sorted(shown) == sorted(written)
    if "sin(pi" not in surface.formula:
        assert shown == written


def test_texts_of_a_fit_have_few_digits_and_name_weight_and_bias():
    surface = surfaces.fit_line([0.5, 1.7, 2.9, 4.4], [1.31, -2.57, 7.77, 3.19])
    for text in (surface.latex, repr(surface)):
        numbers = re.findall(r"\d+\.?\d*", text)
        assert max(len(number.replace(".", "").lstrip("0")) for number in numbers) <= 4
        assert re.findall(r"\b[a-z]\b", text.replace("<Surface fit_line:", "")) == ["w", "b", "w"]
        assert "--" not in text
        assert "(-" not in text


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
        r"1.402 \cdot 10^{6} (w - 171.9)^{2} + (b + 2033 w - 370000)^{2} + 1.046 \cdot 10^{9}"
    )
    weight, bias, rest = surface.minima[0]
    assert surface(weight, bias) == pytest.approx(rest)  # computed with all of them
