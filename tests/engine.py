"""The JavaScript engine in a page, driven from Python: many runs in one call, bytes for bytes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from node import DRIVERS

from optviz.descent import descend
from optviz.explorer.bundle import bundle
from optviz.translate import javascript


@dataclass(frozen=True)
class Case:
    """One run, on either side."""

    optimizer: Any
    surface: Any
    start: tuple[float, float]
    steps: int = 500


class Module:
    """A page that has loaded our bundle, tables of JavaScript by name, and below them a driver."""

    def __init__(self, browser, driver, **tables):
        texts = [bundle()]
        for name, sources in tables.items():
            entries = (f'"{key}": {source},' for key, source in sources.items())
            texts.append(f"const {name} = {{\n" + "\n".join(entries) + "\n};")
        texts.append((DRIVERS / driver).read_text("utf-8"))
        load = "text => import(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})))"
        self.page = browser.new_page()
        self.module = self.page.evaluate_handle(load, "\n".join(texts))

    def call(self, name, *values):
        return self.module.evaluate(f"(module, values) => module.{name}(...values)", list(values))


class Engine(Module):
    """Our engine with these rules, schedules and surfaces."""

    def __init__(self, browser, rules=(), schedules=(), surfaces=()):
        super().__init__(
            browser,
            "engine.js",
            RULES={kind.__name__: javascript.rule_source(kind) for kind in rules},
            SCHEDULES={kind.__name__: javascript.schedule_source(kind) for kind in schedules},
            SURFACES={s.name: javascript.surface_source(s) for s in surfaces},
        )

    def runs(self, cases):
        """Each run as ``(facts, arrays)``, to be compared with `python_run`."""
        about, text = self.call(
            "runs",
            [
                {
                    **javascript.settings(case.optimizer),
                    "surface": case.surface.name,
                    "start": list(case.start),
                    "steps": case.steps,
                }
                for case in cases
            ],
        )
        numbers = numbers_of(text)
        for run in about:
            sizes = run.pop("sizes")
            arrays = np.split(numbers[: sum(sizes)], np.cumsum(sizes)[:-1])
            numbers = numbers[sum(sizes) :]
            yield run, arrays


def python_run(case):
    """The same by `optviz.descend`."""
    run = descend(case.surface, case.optimizer, case.start, case.steps)
    facts = {
        "slots": list(run.states), "status": run.status, "divergedAt": run.diverged_at,
        "leftAt": len(run) + 1 if run.status == "left" else None, "length": len(run),
    }  # fmt: skip
    arrays = [run.points, run.values, run.gradients, run.steps_taken, *run.states.values()]
    return facts, [array.ravel() for array in arrays]


def numbers_of(text, dtype=float):
    return np.frombuffer(base64.b64decode(text), dtype)


def text_of(numbers):
    return base64.b64encode(np.asarray(numbers, float).tobytes()).decode()


def same_bits(a, b):
    """Equal to the last bit, the sign of 0 too; one nan is as good as another."""
    nan = np.isnan(a) & np.isnan(b)
    return a.shape == b.shape and bool((nan | (a.view(np.int64) == b.view(np.int64))).all())


def assert_same(page, cases):
    """Both sides end alike, after as many steps, and hold the same bits; how the runs ended."""
    ends = set()
    for case, (facts, arrays) in zip(cases, page.runs(cases), strict=True):
        expected_facts, expected = python_run(case)
        assert facts == expected_facts, case
        for array, other in zip(arrays, expected, strict=True):
            assert same_bits(array, other), case
        ends.add(facts["status"])
    return ends


def assert_same_slopes(page, surface, points):
    found = numbers_of(page.call("slopes", surface.name, text_of(points))).reshape(-1, 3)
    expected = np.array([surface.at(x, y) for x, y in np.asarray(points).tolist()])
    wrong = [i for i in range(len(points)) if not same_bits(found[i], expected[i])]
    assert not wrong, (points[wrong[0]], found[wrong[0]], expected[wrong[0]])
