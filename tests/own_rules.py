"""Every place that takes an optimizer of a user's own, and what it says of a wrong one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

import optviz
from optviz.errors import InputError
from optviz.optimizers import Optimizer
from optviz.translate import javascript


def on_torch(optimizer):
    """The parameters after one step of a training loop."""
    params = [torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))]
    runner = optviz.to_torch(optimizer, params)
    (params[0] ** 2).sum().backward()
    runner.step()
    return params[0].detach()


# Everywhere that an optimizer is handed over: its class makes an instance in each.
USES = {
    "construction": lambda kind: kind(),
    "descend": lambda kind: optviz.descend("booth", kind, steps=3),
    "tune": lambda kind: optviz.tune("booth", kind, steps=3),
    "race": lambda kind: optviz.race("booth", [kind], steps=3),
    "slow film": lambda kind: optviz.animate("booth", [kind], slow=True, steps=2),
    "page": javascript.rule_source,
    "page's lines": javascript.lines_source,
    "explore": lambda kind: optviz.explore("booth", [kind]),
    "to_torch": lambda kind: on_torch(kind()),
}


def line_of(use, kind):
    with pytest.raises(InputError) as caught:
        USES[use](kind)
    message = str(caught.value)
    assert "\n" not in message
    return message


def owning(rule, slots=None):
    """A class with this rule, which begins with these slots."""
    body = {"rule": rule}
    if slots is not None:
        body["slots"] = slots
    return dataclass(frozen=True)(type("Mine", (Optimizer,), body))
