"""A user's rule that means another thing each time, or nothing, is refused before it runs."""

from __future__ import annotations

import dataclasses
import random
from itertools import count

import numpy as np
import pytest
import torch

import optviz
from optviz import optimizers
from optviz.errors import InputError
from optviz.translate import javascript

NUMBERS = count(1)


def deep(n):
    return deep(n + 1)


@dataclasses.dataclass(frozen=True)
class Noisy(optimizers.Optimizer):
    def rule(self, t, lr, grad):
        return -lr * grad * random.random(), {}


@dataclasses.dataclass(frozen=True)
class Counting(optimizers.Optimizer):
    def rule(self, t, lr, grad):
        return -lr * grad / next(NUMBERS), {}


@dataclasses.dataclass(frozen=True)
class ByZero(optimizers.Optimizer):
    def rule(self, t, lr, grad):
        return -lr * grad * (1 / 0), {}


@dataclasses.dataclass(frozen=True)
class TooLarge(optimizers.Optimizer):
    def rule(self, t, lr, grad):
        return -lr * grad * 10.0**400, {}


@dataclasses.dataclass(frozen=True)
class Endless(optimizers.Optimizer):
    def transform(self, grad, params):
        return grad * deep(0)

    def rule(self, t, lr, grad):
        return -lr * grad, {}


@dataclasses.dataclass(frozen=True)
class Third(optimizers.Optimizer):
    def rule(self, t, lr, grad):
        return (-2 * lr if t == 3 else -lr) * grad, {}


@dataclasses.dataclass(frozen=True)
class Listed(optimizers.Optimizer):
    def transform(self, grad, params):
        return [1.0, 2.0]

    def rule(self, t, lr, grad):
        return -lr * grad, {}


@dataclasses.dataclass(frozen=True)
class AtSign(optimizers.Optimizer):
    elementwise = False

    def rule(self, t, lr, grad):
        return -lr * (grad @ optimizers.ops.transpose(grad)) @ grad, {}


@dataclasses.dataclass(frozen=True)
class Unknown(optimizers.Optimizer):
    def rule(self, t, lr, grad, loss):
        return -lr * loss * grad, {}


def in_descend(rule):
    optviz.descend("booth", rule, steps=3)


def in_update(rule):
    rule.update(np.ones(2), rule.init(np.ones(2)), np.ones(2))


def in_torch(rule):
    param = torch.nn.Parameter(torch.ones(2))
    param.grad = torch.ones(2)
    optviz.to_torch(rule, [param]).step()


def in_page(rule):
    javascript.rule_source(type(rule))


@pytest.mark.parametrize("run", [in_descend, in_update, in_torch, in_page])
@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (Noisy, "one step for the same numbers"),
        (Counting, "one step for the same numbers"),
        (ByZero, "division by zero"),
        (TooLarge, "must not compute"),
        (Endless, "recursion"),
        (Third, "not with =="),
        (Listed, "not a list"),
        (AtSign, "must use matmul of optviz.optimizers.ops; not @"),
        (Unknown, "'loss' \\(it may name params, value, hessian and its slots"),
    ],
)
def test_every_engine_refuses_it_in_one_line(kind, part, run):
    with pytest.raises(InputError, match=part) as caught:
        run(kind(0.1))
    assert "\n" not in str(caught.value)


@dataclasses.dataclass(frozen=True)
class Elsewhere(optviz.GD):
    def evaluates_at(self, t, params, **slots):
        return str(params)


@dataclasses.dataclass(frozen=True)
class Twice(optviz.GD):
    def second_point(self, grad, params):
        return str(params)


@pytest.mark.parametrize(("kind", "method"), [(Elsewhere, "evaluates_at"), (Twice, "second_point")])
def test_a_place_that_is_no_point_is_said_to_be_none(kind, method):
    with pytest.raises(InputError, match=method) as caught:
        optviz.descend("booth", kind(0.1), steps=3)
    assert "a point" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [("clip(adam:lr=0.1,value=2)", "clipvalue"), ("adam:rho=0.1", "sam"), ("gd:k=3", "lookahead")],
)
def test_a_setting_of_another_wrapper_is_told_where_it_belongs(text, part):
    with pytest.raises(InputError, match=part):
        optimizers.parse(text)


def test_two_bounds_are_one_word_in_the_title():
    assert optviz.clip("gd", norm=1, value=2).title == "GD+clip"
