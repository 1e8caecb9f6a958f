"""What the README says can be typed, works as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from commands import python

import optviz
import surfaces
from optviz.cli.main import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    [line.split("  #")[0].strip() for line in block.splitlines() if line.startswith("optviz ")]
    for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
]
BLOCKS = [block for block in BLOCKS if block]
GUIDE = (Path(__file__).parents[1] / "docs/build-on-it.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0])
def test_commands(block, tmp_path, monkeypatch, capsys):
    """One after another in one folder, as a reader types them."""
    monkeypatch.chdir(tmp_path)
    for command in block:
        assert main(shlex.split(command)[1:]) == 0, command
        said = capsys.readouterr().out.splitlines()
        if " list " not in command:
            made = tmp_path / said[-1]
            written = made.iterdir() if made.is_dir() else [made]
            assert sum(path.stat().st_size for path in written) > 1000, command


def test_programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict = {"__name__": "readme"}
    for program in PROGRAMS:
        exec(compile(program, "README.md", "exec", dont_inherit=True), namespace)
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"race.gif", "run.csv", "mine.gif", "run", "confusion.png", "train.gif"}


def test_the_guide_runs_from_its_first_line_to_its_last(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = "\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL))
    (tmp_path / "guide.py").write_text(program, encoding="utf-8")
    done = python("guide.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    saved = set(re.findall(r"""save\w*\((?:\[.*\], )?"([\w.-]+)"|, "([\w.]+html)"\)""", program))
    made = {path.name for path in tmp_path.iterdir()}
    assert {first or second for first, second in saved} <= made
    assert len(saved) >= 8


def test_the_guide_names_all_that_is_public():
    table = GUIDE.split("## What is public")[1]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(optviz.__all__)
    others = table.split("Of `optviz.optimizers`")[1]
    assert {name for name in surfaces.__all__ if f"`{name}`" not in others} <= {
        "FormulaError", "InputError"
    }  # fmt: skip


@pytest.mark.parametrize("module", [optviz, surfaces, optviz.mnist], ids=lambda m: m.__name__)
def test_what_is_public_is_there_and_described(module):
    for name in module.__all__:
        thing = getattr(module, name)
        assert name == "FIVE" or (thing.__doc__ or "").strip(), name


def test_there_is_something_to_test():
    assert sum(map(len, BLOCKS)) >= 14
    assert len(PROGRAMS) >= 3
