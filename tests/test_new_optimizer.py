"""A new optimizer is one file and one row: a stranger's rule beside the others, and where it shows.

The package is copied, a file and a row are added as a contributor would, and a new process uses it.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import pytest
from coloraide import Color
from PIL import Image

import optviz
from optviz.optimizers import REGISTRY
from optviz.scene import themes
from optviz.scene.marks import mark
from optviz.translate.latex import letter

ROOT = Path(optviz.__file__).parents[1]

RULE = '''
"""Signum: the sign of momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import fraction, learning_rate
from optviz.optimizers.ops import sign


@dataclass(frozen=True)
class Signum(Optimizer):
    """Move every coordinate by the rate, along the sign of a moving average."""

    lr: Rate = learning_rate(0.01)
    beta: float = fraction(0.9)

    letters = {"velocity": "w"}

    def slots(self, zeros: Any) -> Slots:
        return {"velocity": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, velocity: Any) -> tuple[Any, Slots]:
        velocity = self.beta * velocity + (1 - self.beta) * grad
        return -lr * sign(velocity), {"velocity": velocity}
'''
LAST = "# isort: on\n"  # behind the rows
ROW = "from optviz.optimizers.signum import Signum as Signum\n"

USE = """
import json
from pathlib import Path

import optviz
from optviz import mnist
from optviz import Signum
from optviz.optimizers import *
from optviz.optimizers import parse

assert optviz.Signum is Signum is REGISTRY["signum"]
from optviz.scene.marks import marks
from optviz.scene.themes import THEMES

assert parse("signum:beta=0.5") == Signum(beta=0.5)
(tuned, adam) = optviz.race("booth", ["signum", "adam"], steps=20)
run = optviz.descend("booth", "signum:lr=0.2", steps=30)
optviz.animate("booth", ["signum:lr=0.2", "adam:lr=0.2"], steps=20).save("race.gif")
slow = optviz.animate("booth", ["signum:lr=0.2"], steps=3, views=["anatomy"], size=(500, 400))
slow.save("anatomy.png")
optviz.page(path="explorer.html")
data = mnist.load(subset=True)
trained = mnist.train(data, model="linear", optimizer="signum:lr=0.001", epochs=1, samples=500,
                      progress=False, out="digits")
again = mnist.resume("digits", data, epochs=2, progress=False)
Path("seen.json").write_text(json.dumps({
    "rate": tuned.optimizer.lr,
    "points": run.points.ravel().tolist(),
    "marks": marks([kind() for kind in optviz.optimizers.REGISTRY.values()],
                   THEMES["light"]),
    "loss": again.history.loss,
    "optimizer": str(again.optimizer),
}))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A folder with the package, the stranger's rule in it, and what a process has made there."""
    folder = tmp_path_factory.mktemp("house")
    for package in ("optviz", "surfaces"):
        shutil.copytree(ROOT / package, folder / package)
    optimizers = folder / "optviz" / "optimizers"
    (optimizers / "signum.py").write_text(RULE.lstrip())
    registry = (optimizers / "__init__.py").read_text()
    assert registry.count(LAST) == 1
    (optimizers / "__init__.py").write_text(registry.replace(LAST, ROW + LAST))
    do(folder, "-c", USE)
    return folder


def do(folder, *arguments):
    """Run Python in the folder, which is where it finds the package."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def seen(house):
    return json.loads((house / "seen.json").read_text())


def test_it_is_listed_last(house):
    lines = do(house, "-m", "optviz", "list", "optimizers").splitlines()
    assert lines[-1].split(maxsplit=1) == [
        "signum:lr=0.01", "Move every coordinate by the rate, along the sign of a moving average."
    ]  # fmt: skip
    assert len(lines) == len(REGISTRY) + 1


def test_it_races_by_its_rule(seen):
    """Booth's function and the rule once more, written out here."""
    x, y = seen["points"][:2]
    velocities, path = [0.0, 0.0], [x, y]
    for _ in range(30):
        slopes = 10 * x + 8 * y - 34, 8 * x + 10 * y - 38
        velocities = [0.9 * v + 0.1 * g for v, g in zip(velocities, slopes, strict=True)]
        x, y = (p - 0.2 * ((v > 0) - (v < 0)) for p, v in zip((x, y), velocities, strict=True))
        path += [x, y]
    assert seen["points"] == pytest.approx(path, rel=1e-12)
    assert seen["rate"] > 0


def test_it_is_filmed_in_its_own_colour_and_shape(house, seen):
    *others, (colour, shape) = seen["marks"]
    assert (colour, shape) not in map(tuple, others)
    with Image.open(house / "race.gif") as film:
        film.seek(film.n_frames - 1)
        painted = {c for _, c in film.convert("RGB").getcolors(2**24)}
    wanted = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    assert min(sum(abs(a - b) for a, b in zip(wanted, c, strict=True)) for c in painted) < 12


def test_its_anatomy_speaks_of_its_slot_by_the_letter_that_it_brings(house):
    drawn = do(house, "-c", (
        "from optviz.translate.latex import lines_of\n"
        "from optviz.optimizers import Signum\n"
        "for line in lines_of(Signum(), 1, (1, 2), (3, 4), {'velocity': (5, 6)}):\n"
        "    print(line.formula)"
    )).splitlines()  # fmt: skip
    assert drawn[0].startswith(r"w_t = \beta\,w_{t-1} + ")
    with Image.open(house / "anatomy.png") as picture:
        assert picture.size == (500, 400)


def test_the_page_has_it_with_the_same_path_and_mark(house, seen, browser):
    page = browser.new_context(offline=True).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((house / "explorer.html").as_uri() + "#s=booth&o=signum:lr=0.2&n=30")
    page.wait_for_function("() => globalThis.optviz?.model.running")
    assert page.evaluate("optviz.model.running.map(({ name }) => name)") == ["Signum"]
    points = page.evaluate("Array.from(optviz.model.running[0].run.points)")
    assert [float(p) for p in points] == seen["points"]
    mark = page.evaluate("[optviz.model.running[0].colour, optviz.model.running[0].shape]")
    assert mark == seen["marks"][-1]
    assert page.locator("option", has_text=re.compile("^Signum$")).count() >= 1  # to be added
    assert not errors
    page.close()


def test_mnist_trains_by_it_and_goes_on(seen):
    assert seen["optimizer"] == "signum:lr=0.001"
    assert sum(seen["loss"][-4:]) < sum(seen["loss"][:4])


SIGHTS = ("all", "protan", "deutan", "tritan")


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", themes.THEMES)
def test_twenty_four_marks_are_told_apart(name, sight):
    """CIEDE2000 for people who see few colours: near colours have other shapes."""
    marks = [mark(place, themes.THEMES[name].colours) for place in range(24)]
    assert len(set(marks)) == 24
    colours = [Color(c) if sight == "all" else Color(c).filter(sight) for c, _ in marks]
    for i, j in combinations(range(24), 2):
        apart = colours[i].delta_e(colours[j], method="2000")
        assert apart > (20 if marks[i][1] == marks[j][1] else 7), (i, j)


def test_beyond_the_palette_marks_differ_still():
    colours = themes.THEMES["light"].colours
    assert len({mark(place, colours) for place in range(168)}) == 168


@pytest.mark.parametrize("name", REGISTRY)
def test_the_letters_of_a_rules_slots_differ(name):
    kind = REGISTRY[name]
    flags = {f.name for f in fields(kind) if f.default is False} & {"amsgrad", "centered"}
    slots = kind(**dict.fromkeys(flags, True)).init((0.0, 0.0)).slots
    assert len({letter(slot) for slot in slots}) == len(slots)


def test_letters_that_classes_bring_do_not_contradict_each_other():
    brought: dict[str, str] = {}
    for kind in REGISTRY.values():
        for slot, text in kind.letters.items():
            assert brought.setdefault(slot, text) == text


def test_the_stub_names_every_optimizer():
    """Else: python docs/stub.py."""
    script = runpy.run_path(str(ROOT / "docs" / "stub.py"))
    text = script["STUB"].read_text(encoding="utf-8")
    assert script["written_anew"](text) == text
    assert all(hasattr(optviz, kind.__name__) for kind in REGISTRY.values())
