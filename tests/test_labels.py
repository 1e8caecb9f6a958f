"""Labels of runs: pairwise distinct, with every setting in which one differs, in words."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
import torch
from texts import assert_texts_fit

import optviz
import surfaces
from optviz import scenarios
from optviz.optimizers import REGISTRY, Optimizer, Rate, parse, schedules
from optviz.records.labels import labels, optimizer_label, short_labels
from optviz.scene import Scene
from optviz.words import words_of


def lesson(name):
    scenario = scenarios.get(name)
    return scenario.run()


def differing(a, b):
    """The fields in which two optimizers of one class differ."""
    if type(a) is not type(b):
        return []
    names = [field.name for field in dataclasses.fields(a)]
    return [name for name in names if getattr(a, name) != getattr(b, name)]


def unusual(optimizer):
    fields = dataclasses.fields(optimizer)
    return [f.name for f in fields if f.name != "lr" and getattr(optimizer, f.name) != f.default]


def names_setting(label, optimizer, name, language):
    """Whether a label names a field, with the numbers of its value."""
    label = label.replace("\N{MINUS SIGN}", "-")
    value = getattr(optimizer, name)
    if isinstance(value, schedules.Schedule):
        numbers = [getattr(value, f.name) for f in dataclasses.fields(value)]
        return all(f"{number:.4g}" in label for number in numbers)
    word = name if name == "lr" else words_of("labels")[f"label_{name}"][language]
    if isinstance(value, bool):
        return word in label
    text = "/".join(f"{number:.4g}" for number in (value if isinstance(value, tuple) else (value,)))
    return f"{word}={text.replace('e-0', 'e-').replace('e+0', 'e')}" in label


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [*scenarios.names(), *(f"race:{n}" for n in surfaces.names())])
def test_labels_differ_and_name_what_differs(name, language):
    race = name.removeprefix("race:")
    runs = optviz.race(race, lr="default", steps=3) if race != name else lesson(name)
    found = labels(runs, language)
    assert len(set(found)) == len(set(short_labels(runs, language))) == len(runs)
    for label, run in zip(found, runs, strict=True):
        assert label.startswith(run.optimizer.title)
        for setting in ["lr", *unusual(run.optimizer)]:
            assert names_setting(label, run.optimizer, setting, language), (label, setting)
    for (one, a), (other, b) in combinations(zip(found, runs, strict=True), 2):
        for setting in differing(a.optimizer, b.optimizer):
            said = [names_setting(label, run.optimizer, setting, language)
                    for label, run in ((one, a), (other, b))]  # fmt: skip
            flag = isinstance(getattr(a.optimizer, setting), bool)
            assert any(said) if flag else all(said), (one, other, setting)


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=list(REGISTRY))
def test_every_setting_has_a_word(kind):
    """Each field off its default, alone, is named in the label; so none is forgotten later."""
    for field in dataclasses.fields(kind):
        if field.name == "lr":
            continue
        optimizer = kind(**{field.name: _moved(field)})
        for language in ("en", "zh"):
            label = optimizer_label(optimizer, language)
            assert names_setting(label, optimizer, field.name, language), label
            assert label not in (optimizer_label(kind(), language), str(optimizer))


def _moved(field: Any) -> Any:
    """A value that is not the default, and is allowed."""
    default: Any = field.default
    if isinstance(default, bool):
        return not default
    known = field.metadata["hyper"]
    members = default if isinstance(default, tuple) else (default,)
    found = [next(m for m in _near(member) if _is_allowed(known, m)) for member in members]
    return tuple(found) if isinstance(default, tuple) else found[0]


def _near(number):
    return (number + 1,) if isinstance(number, int) else (0.9 * number or 0.25, 1.1 * number)


def _is_allowed(known, number):
    try:
        return known.check("it", number) == number
    except optviz.InputError:
        return False


@pytest.mark.parametrize(
    ("spec", "en", "zh"),
    [
        ("adam:lr=0.1,bias_correction=false", "Adam lr=0.1, no bias correction",
         "Adam lr=0.1，无偏差修正"),
        ("gd:lr=1e-05", "GD lr=1e−5", "GD lr=1e−5"),
        ("adam:lr=0.001,betas=0.5/0.99", "Adam lr=0.001, β=0.5/0.99", "Adam lr=0.001，β=0.5/0.99"),
        ("momentum:lr=step(0.02,30,0.1)", "Momentum lr=0.02, ×0.1 every 30 steps",
         "Momentum lr=0.02，每 30 步 ×0.1"),
        ("gd:lr=warmup(cosine(0.1,200,0),10)",
         "GD lr=0.1, cosine to 0 in 200 steps, warm-up from ×0.3333 in 10 steps",
         "GD lr=0.1，200 步内余弦退火至 0，前 10 步从 ×0.3333 预热"),
    ],
)  # fmt: skip
def test_settings_are_said_in_words(spec, en, zh):
    assert optimizer_label(parse(spec)) == en
    assert optimizer_label(parse(spec), "zh") == zh


def test_numbers_have_as_many_digits_as_tell_them_apart():
    runs = [optviz.descend("booth", f"gd:lr={lr}", steps=2) for lr in (0.1, 0.1000001, 1 / 3)]
    assert labels(runs) == ["GD lr=0.1", "GD lr=0.1000001", "GD lr=0.333333333"]


def test_runs_from_several_starts_are_told_apart_by_them():
    starts = [(2, 3), (-2, 3.5)]
    runs = [optviz.descend("himmelblau", "gd:lr=0.01", start, 5) for start in starts]
    assert labels(runs) == ["GD lr=0.01, start 1", "GD lr=0.01, start 2"]
    assert short_labels(runs, "zh") == ["起点 1", "起点 2"]
    runs += [optviz.descend("himmelblau", "adam:lr=0.1", (2, 3), 5)]
    assert short_labels(runs)[2] == "Adam start 1"


def test_runs_that_differ_in_noise_alone_are_told_apart():
    runs = [optviz.descend("booth", "gd:lr=0.01", steps=5, noise=n, seed=s)
            for n, s in ((0, 0), (1, 0), (1, 7))]  # fmt: skip
    assert labels(runs)[2] == "GD lr=0.01, noise=1, seed=7"
    assert len(set(labels(runs))) == 3


def test_equal_runs_are_numbered():
    runs = [optviz.descend("booth", "gd:lr=0.01", steps=5)] * 2
    assert labels(runs) == ["GD lr=0.01 (1)", "GD lr=0.01 (2)"]
    assert optviz.Animation(runs).alt.count("GD lr=0.01 (2)") == 1


def test_torchs_optimizers_say_what_they_were_given():
    given = ({}, {"momentum": 0.5}, {"momentum": 0.8, "nesterov": True})
    kinds = [optviz.from_torch(torch.optim.SGD, lr=0.01, **settings) for settings in given]
    runs = [optviz.descend("booth", kind, steps=2) for kind in kinds]
    assert labels(runs) == ["torch SGD lr=0.01", "torch SGD lr=0.01, momentum=0.5",
                            "torch SGD lr=0.01, momentum=0.8, Nesterov"]  # fmt: skip


@dataclass(frozen=True)
class Own(Optimizer):
    """A user's own class and schedule, whose words we don't have."""

    title = "My own"

    lr: Rate = 0.1
    own_scale: float = 2.0

    def rule(self, t, lr, grad):
        return -lr * self.own_scale * grad, {}


@dataclass(frozen=True)
class Fading(schedules.Schedule):
    lr: Rate = 0.1
    by: float = 0.5

    def rule(self, epoch, lr):
        return lr * self.by**epoch


def test_a_class_of_the_users_own_is_named_by_its_title_and_settings():
    assert optimizer_label(Own(own_scale=3)) == "My own lr=0.1, own scale=3"
    assert optimizer_label(Own(lr=Fading(0.2))) == "My own lr=0.2, Fading by=0.5"


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900)], ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", scenarios.names())
def test_every_lessons_legend_fits(name, language, size):
    runs = lesson(name)
    scene = Scene(runs, size=size, language=language)
    assert_texts_fit(scene)
    shown = [text.get_text() for text in scene.figure.texts]
    assert all(label in shown for label in labels(runs, language))


def test_a_setting_named_like_its_class_is_not_said_twice_at_a_head():
    specs = ["momentum:lr=0.1,momentum=0.8", "momentum:lr=0.1,momentum=0.9", "gd:lr=0.1"]
    runs = optviz.race("sphere", specs, steps=5)
    assert short_labels(runs) == ["Momentum 0.8", "Momentum 0.9", "GD"]
    assert short_labels(runs[:2]) == ["momentum=0.8", "momentum=0.9"]


def without_rate(label, optimizer, language):
    """A label as the page has it, where the rate stands beside it."""
    title = optimizer.title
    rate = optimizer_label(optviz.GD(lr=optimizer.lr), language).removeprefix("GD ")
    rest = label.removeprefix(f"{title} ").removeprefix(rate).removeprefix(", ").removeprefix("，")
    return f"{title} {rest}".strip()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_has_the_same_labels(show, language):
    shown = show(f"#lang={language}")
    for name in scenarios.names():
        said = shown.page.evaluate(
            "(name) => { optviz.model.chooseLesson(name); "
            "return optviz.model.running.map((run) => run.name); }", name,
        )  # fmt: skip
        runs = lesson(name)
        for run, label, text in zip(runs, labels(runs, language), said, strict=True):
            settings = [differing(run.optimizer, other.optimizer) for other in runs]
            if not any("lr" in names for names in settings):
                label = without_rate(label, run.optimizer, language)
            assert text == label, name
    shown.page.evaluate("optviz.model.chooseLesson('bias-correction'); optviz.flush();")
    without = {"en": "Adam no bias correction", "zh": "Adam 无偏差修正"}[language]
    assert shown.page.locator(".ov-tick").filter(has_text=without).count() == 1
