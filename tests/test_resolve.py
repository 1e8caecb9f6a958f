"""One door for specs: torch's by text go wherever ours do, or are refused in one line."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

import optviz
from optviz.cli.main import main
from optviz.descent.resolve import as_optimizer, lacks_rate
from optviz.errors import InputError
from optviz.torch_bridge.from_torch import KINDS, parse_torch

ASGD = "torch.optim.ASGD:lr=0.1"


def torchs_path(steps, **settings):
    """What torch itself does on booth's function from its start."""
    run = optviz.descend("booth", "gd", steps=1)
    point = torch.tensor(run.points[0], requires_grad=True)
    optimizer = torch.optim.ASGD([point], **settings)
    path = [point.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        x, y = point
        ((x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2).backward()
        optimizer.step()
        path.append(point.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("call", [
    lambda: optviz.descend("booth", "torch.optim.ASGD:lr=0.01,alpha=0.5", steps=30),
    lambda: optviz.race("booth", ["torch.optim.ASGD:lr=0.01,alpha=0.5", "adam"], steps=30)[0],
    lambda: optviz.race("booth", " torch.optim.asgd : lr = 0.01 , alpha=0.5", steps=30)[0],
    lambda: optviz.animate("booth", ["torch.optim.ASGD:lr=0.01,alpha=0.5"], steps=30).scene.runs[0],
], ids=["descend", "race", "race, alone", "animate"])  # fmt: skip
def test_torchs_spec_runs_torchs_optimizer(call):
    np.testing.assert_allclose(call().points, torchs_path(30, lr=0.01, alpha=0.5), rtol=1e-9)


def test_a_spec_of_torchs_without_a_rate_is_tuned_and_one_with_it_stays():
    bare, given = optviz.race("booth", ["torch.optim.ASGD", ASGD], steps=15)
    expected = optviz.tune("booth", optviz.from_torch(torch.optim.ASGD), steps=15)
    assert bare.optimizer == expected != optviz.from_torch(torch.optim.ASGD)
    assert bare.rate_fits is True
    assert given.optimizer.lr == 0.1
    assert lacks_rate("torch.optim.ASGD:alpha=0.5")
    assert not lacks_rate(ASGD)
    (default,) = optviz.race("booth", ["torch.optim.ASGD"], steps=15, lr="default")
    assert default.optimizer == optviz.from_torch(torch.optim.ASGD)


def test_the_command_line_takes_it(tmp_path):
    path = tmp_path / "run.csv"
    arguments = ["run", "booth", "-O", "torch.optim.ASGD:lr=0.01", "--steps", "4", "-o", str(path)]
    assert main(arguments) == 0
    rows = path.read_text().splitlines()[1:]
    seen = [[float(cell) for cell in row.split(",")[1:3]] for row in rows]
    np.testing.assert_allclose(seen, torchs_path(4, lr=0.01), rtol=1e-9)


@pytest.mark.parametrize("kind", ["Adam", "SGD", "NAdam", "Rprop", "Adafactor", "RMSprop"])
def test_text_and_object_are_inverse(kind):
    settings = {"Adam": {"betas": (0.8, 0.99), "amsgrad": True}, "SGD": {"momentum": 0.9}}
    optimizer = optviz.from_torch(getattr(torch.optim, kind), lr=0.02, **settings.get(kind, {}))
    assert as_optimizer(str(optimizer)) == optimizer
    assert isinstance(optimizer.settings, tuple)


def test_pairs_and_words_are_written_as_in_our_specs():
    optimizer = parse_torch("torch.optim.Adam:betas=0.8/0.99,amsgrad=true,foreach=none")
    assert dict(optimizer.settings) == {"betas": (0.8, 0.99), "amsgrad": True, "foreach": None}


def test_every_class_of_torchs_is_known():
    named = {name for name in torch.optim.__all__ if name[0].isupper()} - {"Optimizer"}
    assert {kind.__name__ for kind in KINDS.values()} >= named


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("torch.optim.ASDG:lr=0.1", ["optimizer of torch.optim", "'ASGD'"]),
        ("torch.optim.", ["optimizer"]),
        ("torch.optim.Optimizer", ["optimizer"]),
        ("torch.optim.lr_scheduler", ["optimizer"]),
        ("torch.optim.ASGD:learning=1", ["setting of ASGD", "learning"]),
        ("torch.optim.ASGD:lamda=1", ["setting of ASGD", "'lambd'"]),
        ("torch.optim.ASGD:lr", ["name=value"]),
        ("torch.optim.ASGD:lr=0.1,lr=0.2", ["once"]),
        ("torch.optim.ASGD:lr=fast", ["lr", "'fast'"]),
        ("torch.optim.ASGD:lr='fast'", ["fast"]),
        ("torch.optim.ASGD:lr=cosine(0.1,200)", ["lr", "number"]),
        ("torch.optim.ASGD:lr=-1", ["-1"]),
        ("torch.optim.Adam:betas=0.9", ["Adam"]),
        ("torch.optim.ASGD:lr=" + "(" * 5000, ["lr"]),
        ("torch.optim.SparseAdam", ["SparseAdam"]),
        ("torch.optim.Adam:capturable=true,lr=0.1", ["Adam", "capturable"]),
    ],
)
@pytest.mark.parametrize("door", ["resolve", "race", "command line"])
def test_a_wrong_one_is_one_line(text, parts, door, capsys, tmp_path):
    if door == "command line":
        assert main(["run", "booth", "-O", text, "-o", str(tmp_path / "x.csv")]) == 2
        message = capsys.readouterr().err.rstrip("\n")
    else:
        with pytest.raises(InputError) as caught:
            as_optimizer(text) if door == "resolve" else optviz.race("booth", [text])
        message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


@pytest.mark.parametrize("call", [
    lambda: optviz.to_torch(ASGD, [torch.nn.Parameter(torch.ones(2))]),
    lambda: optviz.explore("booth", [ASGD]),
    lambda: optviz.animate("booth", [ASGD], steps=5, views=["anatomy"]),
], ids=["to_torch", "widget", "anatomy"])  # fmt: skip
def test_where_a_rule_is_needed_it_is_refused_in_one_line(call):
    with pytest.raises(InputError, match="torch") as caught:
        call()
    assert "\n" not in str(caught.value)


def test_the_page_of_a_race_shows_the_very_run(tmp_path, browser):
    """It cannot run in a browser, but what it did can be shown there."""
    film = optviz.animate("booth", [ASGD, "gd:lr=0.01"], steps=9)
    page = browser.new_context(offline=True).new_page()
    page.goto(film.save(tmp_path / "x.html").as_uri())
    page.wait_for_function("() => globalThis.optviz?.model.running")
    seen = page.evaluate("Array.from(optviz.model.running[0].run.points)")
    assert [float(number) for number in seen] == film.trajectories[0].points.ravel().tolist()
    page.close()


def test_torch_is_loaded_for_such_a_spec_only():
    code = f"""
import sys, optviz
optviz.race("booth", ["gd", "adam:lr=0.1"], steps=3)
assert "torch" not in sys.modules
optviz.race("booth", [{ASGD!r}], steps=3)
assert "torch" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_without_torch_it_is_one_line():
    code = f"""
import sys
sys.modules["torch"] = None  # as if it were not installed
import optviz
try:
    optviz.race("booth", [{ASGD!r}], steps=3)
except optviz.InputError as error:
    assert "torch" in str(error) and "pip install" in str(error), error
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
