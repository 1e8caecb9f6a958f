"""Every scenario's claim holds beside its settings too, or its words say that it does not."""

from __future__ import annotations

import dataclasses
import math

import pytest

import surfaces
from optviz import scenarios
from optviz.descent.resolve import as_optimizer
from optviz.optimizers import RMSProp

SCENARIOS = [scenarios.get(name) for name in scenarios.names()]
WORDS = {"start": ("just here", "恰好"), "rate": ("exactly", "恰好"), "seed": ("this seed", "恰好")}


def starts(scenario):
    """Eight starts around it, 1 % of the window away."""
    x, y = scenario.start or scenario.surface.start
    width, height = (high - low for low, high in scenario.surface.domain)
    for k in range(8):
        angle = k * math.pi / 4
        beside = x + 0.01 * width * math.cos(angle), y + 0.01 * height * math.sin(angle)
        yield dataclasses.replace(scenario, start=beside)


def rates(scenario):
    """Each run's rate larger and smaller, one run at a time."""
    optimizers = [as_optimizer(optimizer) for optimizer in scenario.optimizers]
    for i, optimizer in enumerate(optimizers):
        for factor in (1.3, 1 / 1.3):
            others = list(optimizers)
            others[i] = dataclasses.replace(optimizer, lr=scaled(optimizer.lr, factor))
            yield dataclasses.replace(scenario, optimizers=tuple(others))


def scaled(rate, factor):
    """A number, or the number within a schedule, times a factor."""
    if isinstance(rate, (int, float)):
        return rate * factor
    return dataclasses.replace(rate, lr=scaled(rate.lr, factor))


def seeds(scenario):
    """Twenty of them, where there is noise."""
    return (dataclasses.replace(scenario, seed=k) for k in range(20 if scenario.noise else 0))


NEIGHBOURS = {"start": starts, "rate": rates, "seed": seeds}


@pytest.mark.parametrize("kind", NEIGHBOURS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_claim_holds_for_its_neighbours_unless_it_says_where_not(scenario, kind):
    wrong = [
        (beside.start, beside.seed, *map(str, beside.optimizers))
        for beside in NEIGHBOURS[kind](scenario)
        if not beside.holds(beside.run())
    ]
    if kind not in scenario.delicate:
        assert wrong == []
        return
    assert wrong, f"it holds for every neighbour: it is not delicate in its {kind}"
    for language, word in zip(("en", "zh"), WORDS[kind], strict=True):
        assert word in scenario.claim[language].lower()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_its_settings_are_its_own(scenario):
    """No default of a surface, and none of RMSProp's window, can change a lesson."""
    assert set(scenario.delicate) <= set(NEIGHBOURS)
    assert scenario.start is not None or scenario.surface.name not in surfaces.names()
    for spec in scenario.optimizers:
        if isinstance(as_optimizer(spec), RMSProp):
            assert "alpha=" in str(spec)
