"""The lines of a rule in a browser: values, formulas and numbers are those of `lines_of`."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
import pytest
from cases import flags_of
from engine import Module, same_bits

import optviz
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import Optimizer, Rate, ops, schedules
from optviz.translate import javascript
from optviz.translate.latex import lines_of, shown
from optviz.translate.mathml import mathml
from optviz.translate.symbols import Letter, Symbol, Word

LATE = (0, 1, 2, 6, 29)  # steps that are compared


def page_of(browser, kinds):
    """A page that has loaded the lines of these optimizers."""
    kinds = list(kinds)
    rules = {kind.__name__: javascript.rule_source(kind) for kind in kinds}
    lines = {kind.__name__: javascript.lines_source(kind) for kind in kinds}
    return Module(browser, "lines.js", RULES=rules, LINES=lines)


def steps_of(optimizer, surface="beale", start=(1.13, -0.71)):
    """Some steps of a real run: what the page is told, and what Python says."""
    run = optviz.descend(surface, optimizer, start, steps=max(LATE) + 1)
    for k in (k for k in LATE if k < len(run)):
        slots = {name: state[k] for name, state in run.states.items()}
        (xx, xy), (_, yy) = run.surface.hessian(run.points[k])
        seen = {"value": run.values[k], "hessian": np.array([[xx, xy], [xy, yy]])}
        at = run.gradients[k], run.points[k], slots
        told = javascript.settings(optimizer) | {"t": k + 1, "lr": optimizer.rate(k + 1)}
        told |= {"grad": run.gradients[k].tolist(), "point": run.points[k].tolist()}
        told |= {"value": float(run.values[k]), "curved": [float(xx), float(xy), float(yy)]}
        told |= {"slots": {name: state.tolist() for name, state in slots.items()}}
        yield told, lines_of(optimizer, k + 1, *at, seen=seen)


ACCENTS = {"hat": "^", "tilde": "~", "bar": "¯"}
WORDS = dict.fromkeys(("frac", "sqrt", "mathrm", "cdot"), "") | {
    "infty": "∞", "times": "×", "max": "max", "min": "min", "left": "", "right": "", "top": "⊤",
}  # fmt: skip


def read_latex(latex):
    """The characters of LaTeX in reading order, without what only places them."""
    text = re.sub(
        r"\\(hat|tilde|bar)\{(.*?)\}", lambda found: f"{found[2]}[{ACCENTS[found[1]]}]", latex
    )
    text = re.sub(
        r"\\([a-zA-Z]+)", lambda found: WORDS.get(found[1], html.unescape(f"&{found[1]};")), text
    )
    text = re.sub(r"\^\{(max)\}(_\w|_\{.*?\})", r"\2\1", text)  # a subscript stands first
    text = re.sub(r"([_^]\w)('+)", r"\2\1", text)  # primes stand before scripts in MathML
    return re.sub(r"(?<!\[)\^|\\.|[{}_ ]", "", text)


def read_mathml(markup):
    """Likewise of MathML, which must be XML."""
    element = ElementTree.fromstring(markup)
    for accented in element.iter("mover"):
        accented[1].text = f"[{accented[1].text}]"
    text = "".join(element.itertext()).replace("−", "-").replace("′", "'")
    return re.sub("[·\u2061\u2062\u00a0 ]", "", text)


def assert_same_rows(page, steps):
    told, expected = zip(*steps, strict=True)
    for found, lines, step in zip(page.call("rows", list(told)), expected, told, strict=True):
        assert len(found["x"]) == len(lines), step
        for row, line in zip(found["x"], lines, strict=True):
            result = line.numbers if line.together else shown(line.value[0])
            numbers = line.numbers if line.numbers == result else f"{line.numbers} = {result}"
            assert read_mathml(row["formula"]) == read_latex(line.formula)
            assert read_mathml(row["numbers"]) == read_latex(numbers), step
            first, *others = line.value.ravel()
            np.testing.assert_allclose(row["value"], first, rtol=1e-14)
            if not line.together:
                np.testing.assert_allclose(found["all"][row["line"]], *others, rtol=1e-14)
        assert all(found["all"][row["line"]] == row["value"] for row in found["y"])


@pytest.fixture(scope="module")
def ours(browser):
    return page_of(browser, optimizers.REGISTRY.values())


@pytest.mark.parametrize("kind", optimizers.REGISTRY.values(), ids=optimizers.REGISTRY)
def test_every_line_is_that_of_python(ours, kind):
    each = [kind(**({"lr": 0.0123} | flags)) for flags in flags_of(kind)]
    assert_same_rows(ours, [step for optimizer in each for step in steps_of(optimizer)])


def test_moved_settings_and_schedules_are_followed(ours):
    each = [
        optimizers.Adam(0.1, betas=(0.71, 0.93), eps=1e-3),
        optimizers.Momentum(schedules.Cosine(0.013, 20), momentum=0.0, dampening=0.3),
        optimizers.RAdam(0.1, betas=(0.9, 0.61)),  # its rectified branch is never taken
        optimizers.Rprop(0.0371, etas=(0.31, 1.53)),
        optimizers.NAdam(schedules.Warmup(0.1, 7), momentum_decay=0.11, weight_decay=0.013),
        optimizers.NAdam(0.1, momentum_decay=0.0),
        optimizers.Adam(0.1, betas=(0.0, 0.9), eps=0.0),
        optimizers.AdaGrad(0.1, lr_decay=0.13),
        optimizers.RMSProp(0.1, alpha=0.0, momentum=1.0),
        optimizers.QHM(0.013, nu=0.0),
        optimizers.QHAdam(0.1, nus=(1.0, 0.0)),
        optimizers.Lion(0.1, betas=(0.5, 0.0)),  # its slot is the last gradient
    ]
    assert_same_rows(ours, [step for optimizer in each for step in steps_of(optimizer)])


def test_the_coordinates_take_branches_of_their_own(ours):
    """Only y turns; x, without a slope, keeps the size of its step."""
    _, (told, _), *_ = steps_of(optimizers.Rprop(0.0371), "ellipse")
    dx, dy = told["slots"]["step_size"]
    told["grad"][0], told["slots"]["prev"] = 0.0, [0.0, -told["slots"]["prev"][1]]
    (found,) = ours.call("rows", [told])
    (shrunk,) = (row for row in found["y"] if "<mi>η</mi><mo>−</mo>" in row["formula"])
    (kept,) = (row for row in found["x"] if row["line"] == shrunk["line"])
    assert read_mathml(kept["formula"]) == "δt=δt-1"
    assert kept["value"] == dx
    assert found["all"][shrunk["line"]] == shrunk["value"] == pytest.approx(dy / 2)


@pytest.mark.parametrize("kind", optimizers.REGISTRY.values(), ids=optimizers.REGISTRY)
def test_the_last_line_is_the_very_step_of_the_rule(ours, kind):
    """To the last bit: lines and rule do the same operations in the same order."""
    each = [kind(**({"lr": 0.0123} | flags)) for flags in flags_of(kind)]
    told = [step for optimizer in each for step, _ in steps_of(optimizer)]
    found = np.array(ours.call("steps", told))
    assert found.shape == (2 * len(told), 2)
    assert same_bits(found[..., 0].ravel(), found[..., 1].ravel())


@dataclass(frozen=True)
class Centered(optimizers.Adam):
    def transform(self, grad, params):
        return grad - 0.5 * ops.mean(grad) + 0.1 * params / ops.norm(params)


def test_a_changed_gradient_is_a_line_of_its_own(browser):
    each = [
        optviz.clip("adam:lr=0.1,weight_decay=0.1,amsgrad=true", norm=1),
        optviz.clip("momentum:lr=0.01,momentum=0.8,maximize=true", norm=3, value=2),
        Centered(0.1),
        optviz.clip(Centered(0.1), norm=0.4),
    ]
    page = page_of(browser, map(type, each))
    steps = [step for optimizer in each for step in steps_of(optimizer)]
    assert_same_rows(page, steps)
    found = np.array(page.call("steps", [told for told, _ in steps]))
    assert same_bits(found[..., 0].ravel(), found[..., 1].ravel())


def test_all_lines_are_a_small_part_of_a_page():
    texts = map(javascript.lines_source, optimizers.REGISTRY.values())
    assert sum(len(text.encode()) for text in texts) < 90_000


def shared(x):
    return x * x


@dataclass(frozen=True)
class Own(Optimizer):
    """Parameters of other names, a swap, conditions with names, values that are never shown."""

    lr: Rate = 0.05
    k: float = optimizers.hyper(0.3, low=0, high=1)
    pair: tuple[float, float] = optimizers.hyper((0.5, 0.2), low=0, high=3)
    mirrored: bool = False

    def slots(self, zeros):
        return {"kick": zeros, "exp_avg": zeros + self.pair[1]}

    def rule(self, count, rate, slope, kick, exp_avg):
        first, second = self.pair
        uphill = slope > 0
        size = ops.where(uphill, slope, -slope) + 1e-7
        size += self.k
        kick, exp_avg = exp_avg, kick
        kick = kick * -first + (slope / size) ** 3 if self.mirrored else kick - second
        exp_avg = 0.5 * 0.96**count * exp_avg + ops.cos(slope) * shared(1.5)
        step = -rate * (kick + exp_avg) / ops.sqrt(size)
        return step, {"kick": kick, "exp_avg": exp_avg}


def test_an_own_optimizer_is_shown_too(browser):
    page = page_of(browser, [Own])
    each = [Own(mirrored=mirrored, k=k) for mirrored in (False, True) for k in (0.0, 0.7)]
    steps = [step for optimizer in each for step in steps_of(optimizer)]
    assert_same_rows(page, steps)
    (found, *_) = page.call("rows", [steps[0][0]])
    assert "<mi>size</mi>" in found["x"][0]["formula"]


def test_nothing_of_a_name_becomes_markup(browser):
    hostile = type('"<img src=x onerror=alert(1)></script>', (Own,), {})
    text = javascript.lines_source(hostile)
    assert "img" not in text
    assert "</script" not in text
    page = page_of(browser, [Own])
    hostile = {"names": {"a": "<mi>a</mi>"}, "lines": [["a", ["<img onerror=1>", "a"]]]}
    hostile |= {"copies": [], "settings": [], "shared": [], "slots": {}}
    (row,) = page.call("rowsOf", hostile)
    assert "&lt;img" in row["formula"]
    ElementTree.fromstring(row["formula"])


@dataclass(frozen=True)
class Helped(Optimizer):
    """Its arithmetic is in a method, which cannot be read."""

    def helper(self, grad):
        return grad * 2.0

    def rule(self, t, lr, grad):
        return -lr * self.helper(grad), {}


@dataclass(frozen=True)
class Heir(optimizers.Adam):
    def rule(self, *args, **slots):
        step, slots = super().rule(*args, **slots)
        return step * 2.0, slots


@pytest.mark.parametrize(
    ("kind", "part"), [(Helped, "helper"), (Heir, "super"), (Optimizer, "rule"), (Own(), "class")]
)
def test_what_cannot_be_read_is_refused_in_one_line(kind, part):
    with pytest.raises(InputError, match=part) as caught:
        javascript.lines_source(kind)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("latex", "markup"),
    [
        (r"\beta_1", "<msub><mi>β</mi><mn>1</mn></msub>"),
        (r"\eta^-", "<msup><mi>η</mi><mo>−</mo></msup>"),
        ("r''", "<mrow><mi>r</mi><mo>′</mo><mo>′</mo></mrow>"),
        ("g_t'", "<msub><mrow><mi>g</mi><mo>′</mo></mrow><mi>t</mi></msub>"),
        (r"\sigma^2_t", "<msubsup><mi>σ</mi><mi>t</mi><mn>2</mn></msubsup>"),
        (r"\delta_{min}", "<msub><mi>δ</mi><mi>min</mi></msub>"),
        (r"\mathrm{k}", '<mi mathvariant="normal">k</mi>'),
        (r"\mathrm{my\ size}", "<mi>my\u00a0size</mi>"),
        (
            r"\tilde{\rho}_\infty",
            '<msub><mover accent="true"><mi>ρ</mi><mo stretchy="false">~</mo></mover>'
            "<mi>∞</mi></msub>",
        ),
        (
            r"m_{t-1}",
            "<msub><mi>m</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>",
        ),
    ],
)
def test_a_letter_becomes_mathml(latex, markup):
    assert mathml(Symbol(Letter(latex))) == markup


@pytest.mark.parametrize(
    ("symbol", "markup"),
    [
        (Symbol(Word("k")), '<mi mathvariant="normal">k</mi>'),
        (Symbol(Word("my size"), primes=1), "<mrow><mi>my\u00a0size</mi><mo>′</mo></mrow>"),
        (Symbol(Word("a<b"), "t"), "<msub><mi>a&lt;b</mi><mi>t</mi></msub>"),
        (
            Symbol(Letter(r"\Delta\theta"), primes=2),
            '<mrow><mi mathvariant="normal">Δ</mi>'
            "<mrow><mi>θ</mi><mo>′</mo><mo>′</mo></mrow></mrow>",
        ),
        (
            Symbol(Letter("g_t"), primes=1),
            "<msub><mrow><mi>g</mi><mo>′</mo></mrow><mi>t</mi></msub>",
        ),
        (Symbol(Letter(r"\sigma^2"), "t"), "<msubsup><mi>σ</mi><mi>t</mi><mn>2</mn></msubsup>"),
        (
            Symbol(Letter("m"), "t-1"),
            "<msub><mi>m</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>",
        ),
    ],
)
def test_scripts_and_primes_stand_at_the_last_letter(symbol, markup):
    assert mathml(symbol) == markup
