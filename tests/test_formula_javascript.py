"""Formulas in JavaScript: Python's numbers, slopes and refusals, and what is shown of them."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET

import formulas
import numpy as np
import pytest
from engine import numbers_of
from hypothesis import given, settings
from hypothesis import strategies as st
from node import Driver

import surfaces
from surfaces import latex
from surfaces.errors import FormulaError
from surfaces.formula import canonical
from surfaces.trace import Trace


@pytest.fixture(scope="module")
def driver():
    with Driver("formula.js") as started:
        yield started


def read(driver, texts, points=((1.0, 1.0),)):
    """What JavaScript makes of formulas: rows of value, value, df/dx, df/dy, or an error."""
    answers = driver.call("read", list(texts), np.asarray(points).tolist())
    for answer in answers:
        if "rows" in answer:
            answer["rows"] = numbers_of(answer["rows"]).reshape(-1, 4)
    return answers


def in_python(text, points, dtype=float):
    x, y = np.asarray(points, dtype).T
    value, *slopes = Trace(text).value_and_gradient(x, y)
    return [np.broadcast_to(part, x.shape) for part in (value, *slopes)]


def check_within_rounding(ours, double, longer, what):
    """Chaotic formulas exist: where more digits move Python's own number, ours may differ too."""
    both = np.isfinite(ours) & np.isfinite(double) & np.isfinite(longer)
    ours, double, longer = ours[both], double[both], longer[both]
    allowed = 1e-9 * np.maximum(1, np.abs(longer)) + 1000 * np.abs(double - longer)
    far = np.abs(ours - longer) > allowed
    assert far.sum() <= 0.1 * far.size, what  # beside a pole not even that measure holds


def refusal(text):
    try:
        _ = Trace(text).gradient_tape
    except FormulaError as error:
        return str(error)
    return None


def check_close(ours, theirs, tolerance, what):
    """Relative to the number, or to a typical one where terms cancel."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.mean() > 0.9, what
    size = np.maximum(np.abs(theirs[both]), np.median(np.abs(theirs[both])))
    assert np.all(np.abs(ours[both] - theirs[both]) <= tolerance * size), what


@pytest.mark.parametrize("name", [n for n in surfaces.names() if surfaces.get(n).formula])
def test_the_catalogue_is_computed_alike(driver, name):
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    points = np.random.default_rng(1).uniform((x0, y0), (x1, y1), (300, 2))
    rows = read(driver, [surface.formula], points)[0]["rows"]
    value, df_dx, df_dy = in_python(surface.formula, points)
    check_close(rows[:, 0], value, 1e-12, "value")
    np.testing.assert_array_equal(rows[:, 0], rows[:, 1])
    check_close(rows[:, 2], df_dx, 1e-9, "slope along x")
    check_close(rows[:, 3], df_dy, 1e-9, "slope along y")


CALLS = ["sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "asin", "acos",
         "atan", "asinh", "acosh", "atanh", "log2", "log10", "cbrt"]  # fmt: skip


def grown(rng, depth):
    """A formula of the grammar, at most so many levels deep."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(["x", "y", "x", "y", "pi", "e", "2", "0.5", "3", "1.25"])
    part = grown(rng, depth - 1)
    if not re.search(r"\b[xy]\b", part):  # a chaotic constant says nothing about either side
        part = rng.choice("xy")
    other = grown(rng, rng.randrange(depth))
    return rng.choice([
        f"({part}) {rng.choice('+-*/')} ({other})", f"({other}) {rng.choice('+-*/')} ({part})",
        f"{part}{rng.choice('+-*/')}{other}",
        f"{other}{rng.choice('+-*/')}{part}", f"-{part}", f"-({part})",
        f"({part})**{rng.choice(['2', '3', '4', '5', '-1', '-2', '0.5', '1.5', 'y', '-x'])}",
        f"{rng.choice(['x', '2', 'e', 'y'])}**({part})", f"{rng.choice(CALLS)}({part})",
        f"{rng.choice(CALLS)}({part})", f"{rng.choice(['minimum', 'maximum'])}({part}, {other})",
        f"atan2({part}, {other})", f"{rng.choice(['sign', 'floor'])}({part})*{rng.choice('xy')}",
        f"where({part} {rng.choice(['<', '<=', '>', '>='])} {rng.choice('xy1')}, {part}, {other})",
    ])  # fmt: skip


batches = st.integers(0, 2**32).map(random.Random).map(lambda r: [grown(r, 4) for _ in range(20)])
GENERIC = np.random.default_rng(2).uniform(0.3, 2.2, (40, 2))


@settings(max_examples=25)
@given(batches)
def test_any_formula_is_computed_alike(driver, texts):
    for text, answer in zip(texts, read(driver, texts, GENERIC), strict=True):
        refused = refusal(text)
        # Python alone sees what SymPy makes of a formula; JavaScript refuses no more than that.
        assert answer.get("error") in (None, refused), text
        if refused:
            continue
        ours = answer["rows"][:, 1:].T
        double = in_python(text, GENERIC)
        longer = in_python(text, GENERIC, np.longdouble)
        # What SymPy cancels (the square of a root) is finite in more places there, never in fewer.
        extreme = ~(np.abs(ours[0]) < 1e200)
        assert np.all(np.isfinite(double[0]) | extreme), text
        for part in zip(ours, double, longer, strict=True):
            inside = np.abs(part[0]) < 1e200
            check_within_rounding(*(numbers[inside] for numbers in part), text)


CORNERS = {  # formula, point, value and slopes where they are conventions, as surfaces.trace has
    "cone": ("sqrt(x**2 + y**2)", (0, 0), (0, 0, 0)),
    "cone beside a slope": ("sqrt(x**2 + y**2) + 2*y", (0, 0), (0, 0, 0)),
    "root alone": ("sqrt(x) + 2*y", (0, 1), (2, np.inf, 2)),
    "crease": ("abs(x) + y", (0, 1), (1, 0, 1)),
    "tie": ("maximum(x, 3*y)", (0, 0), (0, 0.5, 1.5)),
    "smaller": ("minimum(x, 3*y)", (1, 2), (1, 1, 0)),
    "pole": ("1/x", (0, 1), (np.inf, -np.inf, 0)),
    "outside": ("log(x)", (-1, 1), (np.nan, -1, 0)),
    "zero to the zero": ("x**y", (0, 0), (1, 0, -np.inf)),
    "one to the infinite": ("1**exp(exp(x))", (9, 0), (1, 0, 0)),
    "overflow": ("exp(exp(x))", (9, 0), (np.inf, np.inf, 0)),
    "zero to the one": ("x**y", (0, 1), (0, 1, 0)),
    "cube root": ("cbrt(x) + y", (0, 1), (1, np.inf, 1)),
    "jumps": ("sign(x)*y + floor(y)", (0, 3), (3, 0, 0)),
    "logarithm not chosen": ("where(x < 0, log(x), x*y)", (2, 3), (6, 3, 2)),
    "pole not chosen": ("where(x < 1, 1/(x - 2), y)", (2, 3), (3, 0, 1)),
    "pole not chosen inside": (
        "2*where(x < 9, where(y > 4, 1/(x - 2), x), x/0.5)",
        (2, 3),
        (4, 2, 0),
    ),
    "below": ("where(x < 2, x, 3*y)", (2, 5), (15, 0, 3)),
    "below or equal": ("where(x <= 2, x, 3*y)", (2, 5), (2, 1, 0)),
    "above": ("where(x > 2, x, 3*y)", (2, 5), (15, 0, 3)),
    "above or equal": ("where(x >= 2, x, 3*y)", (2, 5), (2, 1, 0)),
    "no number is not below": ("where(log(x) < 0, y, 2*y)", (-1, 1), (2, 0, 2)),
    "condition on numbers": ("where(pi < 3, x, y**2)", (1, 3), (9, 0, 6)),
}


@pytest.mark.parametrize("name", CORNERS)
def test_corners(driver, name):
    text, point, expected = CORNERS[name]
    np.testing.assert_array_equal(np.ravel(in_python(text, [point])), expected)
    np.testing.assert_array_equal(Trace(text).at(*map(float, point)), expected)
    np.testing.assert_array_equal(read(driver, [text], [point])[0]["rows"][0, 1:], expected)


ACCEPTED = [
    "x#y", "sin(x,)", "abs (x)", "0x10*x", "1_000*x", "5.*x", ".5*x", "1.e3*x", "x**y**2", "- x",
    "--x", "e**(200*x)", "(" * 100 + "x" + ")" * 100, "x**100", "-" * 24 + "x",
    "+".join(["x"] * 150), "x" + " " * 999, "  x  ", "0b11*x", "0o17*y", "00*x", "x*0", "x**0.5**y",
    "E1*x".lower().replace("e1", "1e1"), "2**x", "x-x+y",
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(driver):
    """What JavaScript makes of every text that is tried below, asked in one call."""
    texts = [*formulas.READ, *formulas.REFUSED, *ACCEPTED]
    return dict(zip(texts, read(driver, texts), strict=True))


def short(text):
    return repr(text[:40])


@pytest.mark.parametrize("typed", formulas.READ, ids=short)
def test_what_people_type_is_read_alike(typed, answers):
    assert answers[typed].get("canonical") == formulas.READ[typed]


@pytest.mark.parametrize("typed", formulas.REFUSED, ids=short)
def test_what_is_refused_and_in_which_words(typed, answers):
    answer = answers[typed]
    assert answer.get("error") == refusal(typed)
    assert answer["name"] == "FormulaError"
    assert answer["column"] == formulas.REFUSED[typed][1]


def test_what_is_too_long_when_it_is_written_out(driver):
    text = "0." + "1" * 400 + "+√x" * 75  # 627 characters
    (answer,) = read(driver, [text])
    with pytest.raises(FormulaError, match="1000 characters when every sign") as caught:
        canonical(text)
    assert answer["error"] == str(caught.value)


@pytest.mark.parametrize("text", ACCEPTED, ids=short)
def test_what_is_accepted(text, answers):
    assert refusal(text) is None
    assert answers[text].get("canonical") == canonical(text)


PIECES = [*" xyeXE12.0*+-/()^,_[]'<>|=&%#²⁻√π−×·ｘ（\n", "sin", "max", "where(", "log", "np.", "pi"]


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=10).map("".join), min_size=30))
def test_any_text_is_accepted_or_refused_alike(driver, texts):
    for text, answer in zip(texts, read(driver, texts), strict=True):
        assert answer.get("name", "FormulaError") == "FormulaError", text
        assert answer.get("error") == refusal(text), text
        if "error" not in answer:
            assert answer["canonical"] == canonical(text)


STARTS = {  # formula, window: where a descent begins; nothing is said of it
    "x**2 + y**2": None, "log(x)**2 + y**2": None, "sqrt(x) + y**2": None, "x*log(x) + y": None,
    "x**0.5 + y**2": None, "sqrt(x - 1) + y**2": None, "log(x*y)": None,
    "1/(x + 4) + 1/(y - 4)": None,
    "x**2 + y**2 - log(x) - log(y)": None, "sqrt(25 - x**2 - y**2)": None, "acosh(x) + y": None,
    "log(x + y)": ((0, 1), (-3, 1)), "sqrt(0.01 - (x - 0.83)**2 - (y + 1.21)**2)": ((-3, 3),
    (-3, 3)),
    "where(x < 0, log(x), y)": ((-1, 7), (-2, 100)), "asin(x/3) + asin(y*20)": ((-7, 1),
    (-0.3, 0.1)),
}  # fmt: skip


@pytest.mark.parametrize("text", STARTS)
def test_the_start_is_the_same(driver, text):
    window = STARTS[text] or ((-5, 5), (-5, 5))
    start = driver.call("start", text, np.ravel(window).tolist())
    assert tuple(start) == surfaces.from_formula(text, window).start


# --- What is shown means what was typed: the MathML is read back and computed.

SIGNS = {"\u2062": "*", "·": "*", "−": "-", "\u2061": "", "π": "pi", "min": "minimum",
         "max": "maximum", "≤": "<=", "≥": ">=", "⌊": "floor(", "⌋": ")"} | {
    f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")} | {
    f"ar{name}": f"a{name}" for name in ("sinh", "cosh", "tanh")}  # fmt: skip


def read_back(element):
    """Python text of MathML, with no bracket that a reader does not see."""
    tag, children = element.tag, list(element)
    if tag in ("mn", "mi", "mo"):
        if element.text == "|":
            return "abs(" if element.get("form") == "prefix" else ")"
        return SIGNS.get(element.text, element.text)
    if tag == "mfrac":
        return "(({})/({}))".format(*map(read_back, children))
    if tag == "msqrt":
        return f"sqrt({read_back(children[0])})"
    if tag == "mroot":
        assert children[1].text == "3"
        return f"cbrt({read_back(children[0])})"
    if tag == "msub":
        return "".join(map(read_back, children))
    if tag == "msup":
        return "{}**({})".format(*map(read_back, children))
    if [child.tag for child in children] == ["mo", "mtable"]:
        (a, condition), (b, opposite) = (map(read_back, row) for row in children[1])
        return f"where({condition}, {a} where({opposite}, {b} nan))"
    if children and children[0].tag == "msup" and "\u2061" in (c.text for c in children):
        function, exponent = map(read_back, children[0])  # sin²(x)
        return f"{function}{read_back(children[2])}**({exponent})"
    return "".join(map(read_back, children))


def computed(text, dtype):
    x, y = np.random.default_rng(4).uniform(0.3, 2, (2, 30)).astype(dtype)
    names = formulas.NUMPY | {"x": x, "y": y, "number": dtype, "nan": np.nan}
    names |= {"pi": dtype(np.pi), "e": dtype(np.e)}
    with np.errstate(all="ignore"):
        value = eval(
            re.sub(r"(?<![a-z0-9])\d+(\.\d+)?(e[+-]\d+)?", r"number(\g<0>)", text),
            {"__builtins__": {}},
            names,
        )
    return np.broadcast_to(value, x.shape)


def check_shown(driver, texts):
    """Each formula is shown as Python shows it: with its numbers in few digits."""
    drawn = driver.call("draw", texts)
    for text, markup in zip(map(latex.short, texts), drawn, strict=True):
        shown = read_back(ET.fromstring(markup))
        numbers = (
            computed(shown, np.float64),
            computed(text, np.float64),
            computed(text, np.longdouble),
        )
        check_within_rounding(*numbers, f"{text} shown as {shown}")


@pytest.mark.parametrize("name", [n for n in surfaces.names() if surfaces.get(n).formula])
def test_the_catalogue_is_shown_as_it_is_computed(name, driver):
    check_shown(driver, [surfaces.get(name).formula])


@settings(max_examples=25)
@given(batches)
def test_any_formula_is_shown_as_it_is_computed(driver, texts):
    check_shown(driver, [text for text in texts if refusal(text) is None])
