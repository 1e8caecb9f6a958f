"""Trajectories as files: read back by other readers and by our own."""

from __future__ import annotations

import csv
import json
import os
import stat

import numpy as np
import pytest

import optviz
import surfaces
from optviz import files
from optviz.errors import InputError
from optviz.records.trajectory import Trajectory
from optviz.records.trajectory_files import save_all

RUNS = {
    "adam": lambda: optviz.descend("beale", "adam:lr=cosine(0.1,40),amsgrad=true", steps=40),
    "nadam": lambda: optviz.descend("beale", "nadam", steps=5),
    "diverged": lambda: optviz.descend("beale", "gd:lr=10", steps=40),
    "noisy": lambda: optviz.descend("sphere", "rmsprop", steps=9, noise=0.3, seed=5),
    "formula": lambda: optviz.descend(
        surfaces.from_formula("x**4 + y**2", ((-1, 2), (-3, 4))), "momentum", steps=9
    ),
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_load_is_the_inverse_of_save(name, suffix, tmp_path):
    run = RUNS[name]()
    path = run.save(tmp_path / f"run{suffix}")
    back = Trajectory.load(path)
    for field in ("points", "values", "gradients", "steps_taken"):
        np.testing.assert_array_equal(getattr(back, field), getattr(run, field))
    assert back.states.keys() == run.states.keys()
    for slot in run.states:
        np.testing.assert_array_equal(back.states[slot], run.states[slot])
    assert back.optimizer == run.optimizer
    for field in ("status", "noise", "seed"):
        assert getattr(back, field) == getattr(run, field)
    assert back.surface.formula == run.surface.formula
    assert back.surface.domain == run.surface.domain


def test_a_csv_has_a_row_a_step_and_a_column_a_slot(tmp_path):
    run = RUNS["adam"]()
    with open(run.save(tmp_path / "run.csv"), encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == [
        "step", "x", "y", "value", "grad_x", "grad_y", "step_x", "step_y",
        "exp_avg_x", "exp_avg_y", "exp_avg_sq_x", "exp_avg_sq_y",
        "max_exp_avg_sq_x", "max_exp_avg_sq_y",
    ]  # fmt: skip
    assert [row["step"] for row in rows] == [str(k) for k in range(41)]
    for k, row in enumerate(rows):
        assert (float(row["x"]), float(row["y"])) == tuple(run.points[k])
        assert float(row["value"]) == run.values[k]
        assert float(row["exp_avg_sq_y"]) == run.states["exp_avg_sq"][k, 1]
    assert rows[-1]["step_x"] == ""
    assert float(rows[0]["step_x"]) == run.steps_taken[0, 0]


def test_several_runs_share_a_file(tmp_path):
    runs = optviz.race("booth", steps=3)
    with open(save_all(runs, tmp_path / "race.csv"), encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["optimizer"] for row in rows[::4]] == [str(run.optimizer) for run in runs]
    assert rows[0]["square_avg_x"] == ""  # GD remembers nothing
    stored = json.loads(save_all(runs, tmp_path / "race.json").read_text())
    assert [t["optimizer"] for t in stored["trajectories"]] == [str(run.optimizer) for run in runs]
    with np.load(save_all(runs, tmp_path / "race.npz")) as arrays:
        np.testing.assert_array_equal(arrays["4:x"], runs[4].points[:, 0])


@pytest.mark.parametrize(
    ("path", "part"),
    [("run.txt", ".csv"), ("run", ".csv"), ("no/such/run.csv", "folder"), (".", "named")],
)
def test_where_it_cannot_be_written(path, part, tmp_path):
    with pytest.raises(InputError, match=part):
        RUNS["noisy"]().save(tmp_path / path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"trajectories": []}', b"\x00\xff"])
@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_damaged_file_is_one_line(content, suffix, tmp_path):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match="trajectory") as caught:
        Trajectory.load(path)
    assert "\n" not in str(caught.value)


def test_loading_a_csv_or_nothing(tmp_path):
    with pytest.raises(InputError, match="json or"):
        Trajectory.load(RUNS["noisy"]().save(tmp_path / "run.csv"))
    with pytest.raises(InputError, match="trajectory"):
        Trajectory.load(tmp_path / "none.json")


class TestReplacing:
    """Files appear whole or not at all."""

    @staticmethod
    def write_half(path, error):
        with files.replacing(path) as stream:
            stream.write(b"half")
            raise error

    def test_an_exception_leaves_the_old_file(self, tmp_path):
        path = tmp_path / "file"
        path.write_text("old")
        with pytest.raises(KeyboardInterrupt):
            self.write_half(path, KeyboardInterrupt())
        assert path.read_text() == "old"
        assert [p.name for p in tmp_path.iterdir()] == ["file"]

    def test_the_new_file_has_usual_rights(self, tmp_path):
        with files.replacing(tmp_path / "file") as stream:
            stream.write(b"whole")
        (tmp_path / "usual").write_text("")
        modes = {stat.S_IMODE(os.stat(tmp_path / n).st_mode) for n in ("file", "usual")}
        assert len(modes) == 1

    def test_a_full_disk_is_one_line(self, tmp_path):
        with pytest.raises(InputError, match="No space"):
            self.write_half(tmp_path / "file", OSError(28, "No space left on device"))
        assert not list(tmp_path.iterdir())
