"""Hyper-parameters are numbers of any library, kept as Python's; others are refused."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

import optviz
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import Optimizer, Rate, parse, schedules
from optviz.translate import javascript


@dataclass(frozen=True)
class Plain(Optimizer):
    lr: Rate = 0.01

    def rule(self, t, lr, grad):
        return -lr * grad, {}


TENTH = np.float32(0.1).item()


@pytest.mark.parametrize(
    ("given", "kept"),
    [(np.float32(0.1), TENTH), (np.float64(0.1), 0.1), (np.int64(3), 3), (np.array(0.25), 0.25),
     (np.array(2), 2), (torch.tensor(0.25), 0.25), (torch.tensor(2), 2), (Fraction(1, 4), 0.25),
     (torch.tensor(0.5, requires_grad=True), 0.5), (1, 1)],
)  # fmt: skip
def test_numbers_of_any_library_are_kept_as_pythons(given, kept):
    for optimizer in (optviz.GD(lr=given), optviz.GD(weight_decay=given),
                      optviz.RMSProp(lr=0.1, momentum=given), Plain(lr=given)):  # fmt: skip
        plain = dataclasses.replace(
            optimizer, **{f.name: kept for f in dataclasses.fields(optimizer)
                          if getattr(optimizer, f.name) == kept and not isinstance(f.default, bool)}
        )  # fmt: skip
        assert optimizer == plain
        assert hash(optimizer) == hash(plain)
        assert str(optimizer) == str(plain)
        assert repr(optimizer) == repr(plain)
        assert all(type(getattr(optimizer, f.name)) in (float, int, bool)
                   for f in dataclasses.fields(optimizer))  # fmt: skip
    assert type(optviz.GD(lr=given).lr) is type(kept)
    assert parse(str(optviz.GD(lr=given))) == optviz.GD(lr=kept)
    assert javascript.settings(optviz.GD(lr=given))["lr"] == kept
    assert schedules.Cosine(given, T_max=np.int64(9)) == schedules.Cosine(kept, T_max=9)


def test_pairs_and_booleans_are_kept_as_pythons():
    optimizer = optviz.Adam(betas=[np.float64(0.8), np.float32(0.5)], amsgrad=np.True_)
    assert optimizer == optviz.Adam(betas=(0.8, 0.5), amsgrad=True)
    assert str(optimizer) == "adam:lr=0.001,betas=0.8/0.5,amsgrad=true"
    assert optviz.Adam(amsgrad=torch.tensor(False)).amsgrad is False

    @dataclass(frozen=True)
    class Table(Optimizer):
        table: list = field(default_factory=lambda: [1.0, np.float64(2.0)])
        pair: tuple = (0.5, 2.0)

        def rule(self, t, lr, grad):
            return -lr * grad * self.table[1] * self.pair[1], {}

    assert Table() == Table(table=(1, 2), pair=[0.5, np.int64(2)])
    assert Table().table == (1.0, 2.0)
    run = optviz.descend("booth", Table(0.01), steps=5)
    expected = optviz.descend("booth", optviz.GD(0.04), steps=5)
    np.testing.assert_allclose(run.points, expected.points, rtol=1e-12)
    assert "h.pair_1" in javascript.rule_source(Table)


@dataclass(frozen=True)
class OwnFields(Optimizer):
    lr: float = 0.02
    k: float = 0.5
    thing: Any = None

    def rule(self, t, lr, grad):
        return -lr * self.k * grad, {}


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: optviz.GD(lr=np.float32(-1e-3)), "lr must be a number in [0, inf)"),
        (lambda: optviz.GD(lr=np.array(-1)), "lr must"),
        (lambda: optviz.GD(lr=torch.tensor(-0.1)), "lr must"),
        (lambda: optviz.GD(lr=np.float32("nan")), "lr must"),
        (lambda: optviz.GD(lr=Fraction(-1, 2)), "lr must"),
        (lambda: optviz.GD(lr=10**400), "lr must"),
        (lambda: optviz.GD(lr=True), "lr must be a number in [0, inf); not True"),
        (lambda: optviz.GD(lr=np.True_), "lr must"),
        (lambda: optviz.GD(lr=torch.tensor(True)), "lr must"),
        (lambda: optviz.GD(lr=1j), "lr must"),
        (lambda: optviz.GD(lr=np.complex64(1)), "lr must"),
        (lambda: optviz.GD(lr=np.str_("0.1")), "lr must"),
        (lambda: optviz.GD(lr={0.1}), "lr must"),
        (lambda: optviz.GD(lr=np.array([0.1, 0.2])), "lr must"),
        (lambda: optviz.GD(lr=np.array([0.1])), "lr must"),
        (lambda: optviz.GD(lr=torch.tensor([0.1, 0.2])), "lr must"),
        (lambda: optviz.GD(lr=[0.1, 0.2]), "lr must"),
        (lambda: optviz.GD(lr=lambda t: 0.1 / t),
         "a schedule (Constant, Step, Exponential, Cosine, Warmup, or your own Schedule)"),
        (lambda: optviz.GD(lr=schedules.Cosine), "a schedule (Constant"),
        (lambda: schedules.Warmup(lambda t: 0.1), "a schedule (Constant"),
        (lambda: schedules.Cosine(np.float32(-1)), "lr must"),
        (lambda: schedules.Step(0.1, np.float64(1.5)), "step_size must be a whole number"),
        (lambda: schedules.Step(0.1, np.int64(0)), "step_size must"),
        (lambda: optviz.Adam(betas=(np.float32(1.5), 0.9)), "betas must be a number in [0, 1)"),
        (lambda: optviz.Adam(betas=(True, 0.9)), "betas must"),
        (lambda: optviz.Adam(betas=np.array([0.9, 0.99])), "betas must be a tuple of 2 numbers"),
        (lambda: optviz.Adam(betas=[0.9]), "betas must be a tuple of 2 numbers"),
        (lambda: optviz.Adam(amsgrad=np.int64(1)), "amsgrad must be True or False"),
        (lambda: optviz.Momentum(momentum=np.float64(0.0), nesterov=True), "nesterov"),
        (lambda: optimizers.Rprop(etas=(np.float32(1.5), 1.2)), "etas"),
        (lambda: OwnFields(lr=-1), "lr must be a number in [0, inf)"),
        (lambda: OwnFields(lr="fast"), "lr must"),
        (lambda: OwnFields(k="much"), "k must be a number; not 'much'"),
        (lambda: OwnFields(k=np.ones(2)), "k must be a number"),
        (lambda: OwnFields(thing=np.ones(2)), "thing must be a value that can be hashed"),
        (lambda: OwnFields(thing={}), "thing must be a value that can be hashed"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_when_it_is_made(make, part):
    with pytest.raises(InputError) as caught:
        make()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


class Announces:
    """A mixin that looks at the settings and forgets the check above it."""

    def __post_init__(self):
        object.__setattr__(self, "seen", self.lr)


@dataclass(frozen=True)
class Forgetful(optviz.GD):
    k: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "k", self.k * 2)


@dataclass(frozen=True)
class Mixed(Announces, optviz.GD):
    pass


@dataclass(frozen=True)
class Below(Forgetful):
    pass


@dataclass(frozen=True)
class OwnSchedule(schedules.Schedule):
    half: float = 2.0

    def __post_init__(self):
        pass

    def rule(self, epoch, lr):
        return lr / (1 + epoch / self.half)


@pytest.mark.parametrize("kind", [Forgetful, Mixed, Below, OwnSchedule])
def test_settings_are_checked_whatever_post_init_does(kind):
    for wrong in (-1.0, "fast", np.float32(-1), lambda t: 0.1):
        with pytest.raises(InputError, match="lr must be"):
            kind(lr=wrong)
        with pytest.raises(InputError, match="lr must be"):
            dataclasses.replace(kind(lr=0.1), lr=wrong)
    assert type(kind(lr=np.float32(0.5)).lr) is float
    assert Forgetful(k=np.int64(3)).k == 6
    assert type(Below(k=np.int64(3)).k) is int
