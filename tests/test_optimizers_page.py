"""docs/optimizers.md has every class of torch.optim, every setting tried, no large difference."""

from __future__ import annotations

import re
import runpy

import pytest
import torch
from commands import ROOT

NUMBER = re.compile(r"\| (\d(?:e-\d+)?) \|")


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs/optimizers.md").read_text(encoding="utf-8")


def test_it_is_what_the_table_of_the_tests_says(page):
    """But for what is measured: `python docs/optimizers.py` writes it anew."""
    script = runpy.run_path(str(ROOT / "docs/optimizers.py"))
    assert NUMBER.sub("| ? |", page) == script["written"](measured=False)


def test_every_class_of_torch_is_there(page):
    kinds = [
        name for name, kind in vars(torch.optim).items()
        if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)
        and kind is not torch.optim.Optimizer
    ]  # fmt: skip
    assert kinds
    for name in kinds:
        assert f"| `{name}` |" in page


def test_differences_are_small(page):
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    found = [float(number) for number in NUMBER.findall(page)]
    assert len(found) == len(rows)
    assert max(found) <= 1e-12
