"""Runs in a browser against the same runs in Python: whole paths, and how each ends."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
from people import must

import optviz
import surfaces
from optviz import scenarios

STEPS = 200
BOUND = 1e-8  # of the window's longer side: how far apart two ends may be
NEAR = range(-2, 3)  # last bits by which a start is moved, to see how much a run makes of them


@dataclass(frozen=True, eq=False)
class Case:
    """A link, and what Python computes for it."""

    name: str
    surface: surfaces.Surface
    link: str
    runs: list[optviz.Trajectory]

    @property
    def span(self):
        """The longer side of the window."""
        return max(high - low for low, high in self.surface.domain)


@dataclass(frozen=True, eq=False)
class Difference:
    """A run that is not Python's to the last bit."""

    case: Case
    run: optviz.Trajectory
    end: float  # how far apart the ends are, as a share of the window
    alike: bool  # whether it ends alike, after as many steps

    def __str__(self):
        alike = "" if self.alike else " and ends otherwise"
        return f"{self.case.name}, {self.run.optimizer}: {self.end:.1g}{alike}"


def cases():
    """All surfaces with the five optimizers, and all lessons without noise."""
    for name in surfaces.names():
        surface = surfaces.get(name)
        runs = optviz.race(surface, steps=STEPS)
        specs = ";".join(str(run.optimizer) for run in runs)
        start = ",".join(map(repr, map(float, surface.start)))
        yield Case(name, surface, f"#s={name}&o={specs}&start={start}&n={STEPS}", runs)
    for name in scenarios.names():
        scenario = scenarios.get(name)
        if scenario.noise == 0:
            yield Case(f"lesson {name}", scenario.surface, f"#lesson={name}", scenario.run())


def runs(visit, known):
    """All of them in a browser: how many differ from Python's, and no more than they may."""
    unequal = list(differences(visit.page, known))
    beyond = [each for each in unequal if not (each.alike and each.end <= BOUND)]
    chaotic = [each for each in beyond if each.alike and sensitivity(each) > BOUND]
    wrong = [str(each) for each in beyond if each not in chaotic]
    must(not wrong, "; ".join(wrong))
    rates = other_rates(visit.page, known)
    must(not rates, f"other rates are tuned: {rates}")
    total = sum(len(case.runs) for case in known)
    worst = max((each.end for each in unequal if each not in chaotic), default=0)
    told = f"{len(unequal)} of {total} differ, by at most {worst:.1g} of the window"
    return told + "".join(f"; chaotic: {each}" for each in chaotic)


def differences(page, known):
    """Every run of these cases that differs from Python's."""
    found = page.call("paths", [case.link for case in known])
    for case, there in zip(known, found, strict=True):
        for expected, run in zip(case.runs, there, strict=True):
            points = np.frombuffer(base64.b64decode(run["points"])).reshape(-1, 2)
            alike = (run["length"], run["status"]) == (len(expected), expected.status)
            if not (alike and np.array_equal(points, expected.points)):
                yield Difference(case, expected, apart(case, points, expected.points), alike)


def apart(case, points, others):
    """How far apart the last of these are, as a share of the window or of where they are."""
    last = min(len(points), len(others)) - 1
    size = max(case.span, np.abs(others[last]).max())
    return float(np.abs(points[last] - others[last]).max() / size)


def sensitivity(difference):
    """How far apart runs end in Python alone whose starts differ in the last bits."""
    run, case = difference.run, difference.case
    surface, (x, y) = case.surface, run.points[0]
    starts = [(x + i * np.spacing(x), y + j * np.spacing(y)) for i in NEAR for j in NEAR]
    found = (optviz.descend(surface, run.optimizer, start, len(run)) for start in starts)
    return max(apart(case, other.points, run.points) for other in found)


def other_rates(page, known):
    """Where a browser tunes another rate than Python."""
    tuned = [case for case in known if not case.name.startswith("lesson ")]
    found = page.call("rates", [case.name for case in tuned], STEPS)
    return [
        (case.name, str(run.optimizer), rate)
        for case, rates in zip(tuned, found, strict=True)
        for run, rate in zip(case.runs, rates, strict=True)
        if run.optimizer.lr != rate
    ]
