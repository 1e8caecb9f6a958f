"""Rules in mathematics: what is shown is what is computed, and it can be set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import exp, log, sqrt

import cases
import numpy as np
import pytest
import torch
from matplotlib.mathtext import MathTextParser
from texts import assert_texts_fit

import optviz
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import Optimizer
from optviz.optimizers.ops import sign
from optviz.scene import Scene
from optviz.translate.latex import letter, lines_of
from optviz.translate.slots import classify_slots

EACH = [*cases.EVERY, (optimizers.Adam, {"bias_correction": False})]


def steps_of(kind, settings):
    """Lines, the step taken and the next slots at some steps of a real run."""
    optimizer = kind(**({"lr": 0.01} | settings))
    run = optviz.descend("beale", optimizer, steps=8)
    for k in range(min(len(run), 7)):
        after = {name: state[k + 1] for name, state in run.states.items()}
        *step, seen = cases.step_of(run, k)
        lines = lines_of(*step, seen=seen)
        yield lines, (run.steps_taken[k], after)


@pytest.mark.parametrize(("kind", "settings"), EACH, ids=[cases.named(*row) for row in EACH])
def test_the_lines_compute_what_the_run_did(kind, settings):
    for lines, (step, slots) in steps_of(kind, settings):
        assert re.match(r"\\Delta\\theta'? = ", lines[-1].formula)
        np.testing.assert_allclose(lines[-1].value, step, rtol=1e-14)
        values = {line.formula.split(" = ")[0]: line.value for line in lines}
        for name, value in slots.items():
            if f"{letter(name)}_t" in values:
                found = np.ravel(values[f"{letter(name)}_t"])
                np.testing.assert_allclose(found, value, rtol=1e-14)


def evaluated(latex):
    """LaTeX of numbers as Python would compute it."""
    text = latex.replace(r"{\times}10^", "*10^").replace(r"\cdot", "*").replace(r"\mathrm", "")
    text = re.sub(r"\\(max|min|log|exp)", r"\1", text).replace("{sign}", "sign")
    while "{" in text:
        before = text
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
        assert text != before, text
    scope = {"sqrt": sqrt, "max": max, "min": min, "sign": np.sign}
    scope |= {"log": log, "exp": exp}
    return eval(text.replace("^", "**"), {"__builtins__": {}}, scope)


@pytest.mark.parametrize(("kind", "settings"), EACH, ids=[cases.named(*row) for row in EACH])
def test_the_numbers_give_the_result(kind, settings):
    """Up to the three digits that are shown."""
    for lines, _ in steps_of(kind, settings):
        for line in lines:
            if line.together:  # the result itself
                continue
            size = 1e-3 + max(abs(line.value[0]), 0)
            assert abs(evaluated(line.numbers) - line.value[0]) < 0.05 * size, line


@pytest.mark.parametrize(("kind", "settings"), EACH, ids=[cases.named(*row) for row in EACH])
def test_every_line_can_be_set(kind, settings):
    parser = MathTextParser("agg")
    for lines, _ in steps_of(kind, settings):
        for line in lines:
            parser.parse(f"${line.formula}$")
            parser.parse(f"${line.numbers}$")


def test_adam_reads_as_in_its_paper():
    slots = {"exp_avg": np.zeros(2), "exp_avg_sq": np.zeros(2)}
    lines = lines_of(optimizers.Adam(0.1), 1, (2.0, -1.0), (0.0, 0.0), slots)
    assert [line.formula for line in lines] == [
        r"m_t = \beta_1\,m_{t-1} + (1 - \beta_1)\,g_t",
        r"v_t = \beta_2\,v_{t-1} + (1 - \beta_2)\,g_t^2",
        r"\hat{m} = \frac{m_t}{1 - \beta_1^{t}}",
        r"\hat{v} = \frac{v_t}{1 - \beta_2^{t}}",
        r"\Delta\theta = -\frac{\eta\,\hat{m}}{\sqrt{\hat{v}} + \epsilon}",
    ]
    assert lines[0].numbers == r"0.9 \cdot 0 + (1 - 0.9) \cdot 2"
    np.testing.assert_allclose(lines[0].value, [0.2, -0.1])


def test_fractions_may_be_large():
    slots = {"exp_avg": np.zeros(2), "exp_avg_sq": np.zeros(2)}
    step = optimizers.Adam(0.1), 1, (2.0, -1.0), (0.0, 0.0), slots
    *_, last = lines_of(*step, fraction=r"\dfrac")
    assert last.formula == r"\Delta\theta = -\dfrac{\eta\,\hat{m}}{\sqrt{\hat{v}} + \epsilon}"
    assert last.numbers.startswith(r"-\dfrac{")


def test_what_stands_around_every_rule_is_shown_where_it_does_something():
    optimizer = optimizers.AdamW(0.1, weight_decay=0.2, maximize=True)
    slots = {"exp_avg": np.zeros(2), "exp_avg_sq": np.zeros(2)}
    first, *_, step, last = lines_of(optimizer, 1, (2.0, -1.0), (3.0, 4.0), slots)
    assert first.formula == "g_t' = -g_t"
    assert step.formula.startswith(r"\Delta\theta = ")
    assert last.formula == r"\Delta\theta' = \Delta\theta - \eta\,\lambda\,\theta_{t-1}"
    decayed = lines_of(optimizers.GD(0.1, weight_decay=0.2), 1, (2.0, -1.0), (3.0, 4.0), {})
    assert decayed[0].formula == r"g_t' = g_t + \lambda\,\theta_{t-1}"
    assert decayed[0].numbers == r"2 + 0.2 \cdot 3"


def test_torchs_own_have_no_rule_to_show():
    run = optviz.descend("sphere", optviz.from_torch(torch.optim.ASGD, lr=0.1), steps=3)
    with pytest.raises(InputError, match="torch's own"):
        Scene([run], ["anatomy"])


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """Of a user's own."""

    lr: float = 0.1

    def rule(self, t, lr, grad):
        push = sign(grad)
        return -lr * push, {}


def test_a_users_own_rule_is_shown_too():
    lines = lines_of(SignDescent(), 1, (3.0, -2.0), (0.0, 0.0), {})
    assert [line.formula for line in lines] == [
        r"\mathrm{push} = \mathrm{sign}(g_t)",
        r"\Delta\theta = -\eta\,\mathrm{push}",
    ]
    np.testing.assert_array_equal(lines[1].value, [-0.1, 0.1])


@dataclass(frozen=True)
class Sometimes(Optimizer):
    """Its names hold the word of LaTeX's multiplication sign."""

    times: float = 1e-7

    def slots(self, zeros):
        return {"sometimes": zeros}

    def rule(self, t, lr, grad, sometimes):
        sometimes = grad * sometimes + self.times**2
        return -lr * sometimes**2, {"sometimes": sometimes}


def test_brackets_depend_on_the_expression_and_not_on_its_names():
    lines = lines_of(Sometimes(0.5), 1, (3.0, -2.0), (0.0, 0.0), {"sometimes": np.full(2, -4e6)})
    assert [line.formula for line in lines] == [
        r"\mathrm{sometimes}_t = g_t\,\mathrm{sometimes}_{t-1} + \mathrm{times}^2",
        r"\Delta\theta = -\eta\,\mathrm{sometimes}_t^2",
    ]
    assert [line.numbers for line in lines] == [
        r"3 \cdot (-4{\times}10^{6}) + (1{\times}10^{-7})^2",
        r"-0.5 \cdot (-1.2{\times}10^{7})^2",
    ]


def test_a_rule_without_source_is_one_line():
    scope = {}
    exec("def rule(self, t, lr, grad):\n    return -lr*grad, {}", scope)
    kind = type("Typed", (Optimizer,), {"rule": scope["rule"]})
    with pytest.raises(InputError, match="source"):
        lines_of(kind(), 1, (1.0, 1.0), (0.0, 0.0), {})


@pytest.mark.parametrize(
    ("name", "memory", "squares"),
    [
        ("gd", [], []), ("momentum", ["momentum_buffer"], []), ("adagrad", [], ["sum"]),
        ("rmsprop:centered=true", ["momentum_buffer", "grad_avg"], ["square_avg"]),
        ("adam:amsgrad=true", ["exp_avg"], ["exp_avg_sq", "max_exp_avg_sq"]),
        ("nadam", ["exp_avg"], ["exp_avg_sq"]), ("adamax", ["exp_avg"], ["exp_inf"]),
        ("lion", ["exp_avg"], []), ("adadelta", [], ["square_avg", "acc_delta"]),
        ("rprop", ["prev"], []), ("qhm", ["momentum_buffer"], []),
        ("adagrad:initial_accumulator_value=0.5", [], ["sum"]),
        *[(name, ["exp_avg"], ["exp_avg_sq"]) for name in ("adam", "adamw", "radam", "qhadam")],
    ],
)  # fmt: skip
def test_the_rule_tells_memory_from_squares(name, memory, squares):
    assert classify_slots(optimizers.parse(name)) == (memory, squares)


@dataclass(frozen=True)
class Underscored(Optimizer):
    def slots(self, zeros):
        return {"_mean": zeros}

    def rule(self, t, lr, grad, _mean):
        return -lr * _mean, {"_mean": 0.5 * _mean + grad}


def test_a_slot_is_a_slot_whatever_its_name_begins_with():
    assert classify_slots(Underscored()) == (["_mean"], [])
    run = optviz.descend("booth", Underscored(), steps=3)
    np.testing.assert_array_equal(run.states["_mean"][1], run.gradients[0])
    assert "_mean_x" in run.columns()


@pytest.mark.parametrize("name", optimizers.names())
def test_memories_turn_with_the_gradient_and_squares_do_not(name):
    """What the rule does with gradients of the other sign, over some steps."""
    optimizer = optimizers.parse(f"{name}:lr=0.01")
    memories, squares = classify_slots(optimizer)
    if not optimizer.elementwise or optimizer.inputs:
        assert not memories or optimizer.elementwise
        return
    points = {"ax"}  # of ASGD: an average of points, not of gradients

    def after(sign):
        state = optimizer.init((0.0,))
        for grad in (1.0, 0.5, -2.0, 3.0):
            _, state = optimizer.update((sign * grad,), state, (0.0,))
        return {slot: value[0] for slot, value in state.slots.items()}

    plus, minus = after(1.0), after(-1.0)
    assert {slot for slot in plus if minus[slot] == -plus[slot]} == set(memories) | points & set(
        plus
    )
    assert all(minus[slot] == plus[slot] > 0 for slot in squares)


@pytest.mark.parametrize(
    ("size", "language"), [((400, 300), "en"), ((800, 400), "zh"), ((1600, 900), "en")]
)
@pytest.mark.parametrize("name", optimizers.names())
def test_the_anatomy_fits_its_panel(name, language, size):
    run = optviz.descend("beale", f"{name}:lr=0.01", steps=6)
    scene = Scene([run], ["contour", "anatomy"], size=size, language=language)
    for at in (0, 6):
        assert_texts_fit(scene, at)


def test_a_run_that_diverges_at_once_has_no_step_to_show():
    run = optviz.descend("sphere", "gd:lr=1e308", steps=5)
    assert len(run) == 0
    assert Scene([run], ["anatomy"]).picture(0).shape == (400, 800, 4)
