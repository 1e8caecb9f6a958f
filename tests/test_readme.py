"""What the README says can be typed, works as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from optviz.cli.main import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    [line.split("  #")[0].strip() for line in block.splitlines() if line.startswith("optviz ")]
    for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
]
BLOCKS = [block for block in BLOCKS if block]
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


def test_there_is_something_to_test():
    assert sum(map(len, BLOCKS)) >= 14
    assert len(PROGRAMS) >= 3
