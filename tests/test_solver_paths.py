"""Paths of other solvers, labels of the user's own, and runs as a table or a file of several."""

from __future__ import annotations

import csv
import dataclasses
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.optimize import minimize
from trainings import trained

import optviz
import surfaces
from optviz import scenarios
from optviz.errors import InputError
from optviz.optimizers import Optimizer, Rate
from optviz.records.labels import class_labels, labels, short_labels
from optviz.records.saved import load_all
from optviz.records.trajectory import Trajectory
from optviz.records.trajectory_files import save_all
from optviz.scene import Scene
from optviz.scene.marks import SHAPES, marks
from optviz.scene.themes import THEMES

VALLEY = surfaces.rosenbrock


def scipys(method, surface=VALLEY):
    """SciPy's own path, by its callback."""
    path = [np.array(surface.start, float)]
    minimize(surface.value, path[0], jac=surface.gradient, method=method,
             hess=surface.hessian if method.startswith("trust") else None,
             callback=lambda x: path.append(x.copy()))  # fmt: skip
    return path


@pytest.fixture(scope="module")
def bfgs():
    return Trajectory.of_points(VALLEY, scipys("BFGS"), label="BFGS")


@pytest.mark.parametrize("method", ["BFGS", "Nelder-Mead", "CG", "trust-exact"])
@pytest.mark.filterwarnings("ignore:Method Nelder-Mead does not use gradient")
def test_scipys_path_is_what_scipy_took(method):
    path = scipys(method)
    run = Trajectory.of_points("rosenbrock", path, label=method)
    table = pd.DataFrame(path, columns=["w", "b"])
    assert (Trajectory.of_points("rosenbrock", table, label=method).points == run.points).all()
    np.testing.assert_array_equal(run.points, path)
    np.testing.assert_array_equal(run.values, [VALLEY.value(p) for p in path])
    np.testing.assert_array_equal(run.points[:-1] + run.steps_taken, run.points[1:])
    assert run.steps_to(1e-6) is not None
    assert (run.label, len(run), run.status) == (method, len(path) - 1, "finished")


def test_a_path_is_seen_beside_ours(bfgs, tmp_path):
    runs = [bfgs, *optviz.race(VALLEY, ["gd", "adam"], steps=len(bfgs))]
    film = optviz.Animation(runs, views=("contour", "loss", "lr"), size=(900, 400))
    assert "BFGS ends at (1, 1)" in film.alt
    assert "BFGS" in film.scene.caption
    assert labels(runs)[0] == short_labels(runs)[0] == "BFGS"
    assert film.frame(-1).std() > 10
    for name in ("film.gif", "film.svg", "film.html"):
        assert film.save(tmp_path / name).stat().st_size > 10_000
    with Image.open(film.strip(3).save(tmp_path / "strip.png")) as strip:
        assert "BFGS" in strip.info["Description"]
    for suffix in (".json", ".npz"):
        back = Trajectory.load(bfgs.save(tmp_path / f"run{suffix}"))
        np.testing.assert_array_equal(back.points, bfgs.points)
        assert (back.label, back.optimizer) == (bfgs.label, bfgs.optimizer)
    with pytest.raises(InputError, match="BFGS as it was recorded: no more than its path"):
        optviz.descend("booth", bfgs.optimizer, steps=3)
    with pytest.raises(InputError, match="BFGS as it was recorded: no more than its path"):
        optviz.Animation([bfgs], views="anatomy")


@pytest.mark.parametrize("theme", THEMES)
def test_each_solver_has_a_mark_of_its_own(theme):
    paths = [Trajectory.of_points("booth", [(0, 0), (1, 3)], label=f"S{i}") for i in range(4)]
    optimizers = [*(run.optimizer for run in paths), optviz.GD(), optviz.Adam(), optviz.Momentum()]
    found = marks(optimizers, THEMES[theme])
    assert len({colour for colour, _ in found}) == len({shape for _, shape in found}) == 7
    again = Trajectory.of_points("booth", [(1, 0), (1, 3)], label="S0")
    assert marks([*optimizers, again.optimizer], THEMES[theme])[-1][1] == found[0][1]
    assert found[0][1] in SHAPES


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(1, 2, 3)], r"an array \(n, 2\), from the start on; not 'shape \(1, 3\)'"),
        ([], r"not 'shape \(0,\)'"),
        (np.ones(4), r"not 'shape \(4,\)'"),
        (np.empty((0, 2)), r"not 'shape \(0,\)'"),
        ("path", "of numbers"),
        ([(1, 2), (3,)], "of numbers"),
        (None, "points must be"),
        ([(1, 2), (np.nan, 1)], r"finite; not 'point 1, \(nan, 1\)'"),
        ([(1, 2), (1e200, 1)], r"finite; not 'point 1"),
        ([(1, 2), (np.inf, 1)], r"finite; not 'point 1"),
    ],
    ids=range(10),
)
def test_points_that_are_no_path_are_refused_in_one_line(points, said):
    with pytest.raises(InputError, match=said) as caught:
        Trajectory.of_points(VALLEY, points, label="BFGS")
    assert "\n" not in str(caught.value)


def test_a_point_outside_a_grid_is_refused_and_one_outside_the_window_is_not():
    x = y = np.linspace(-1, 1, 9)
    grid = surfaces.from_samples(x, y, x**2 + y[:, None] ** 2)
    with pytest.raises(InputError, match=r"finite; not 'point 1, \(2, 0\)'"):
        Trajectory.of_points(grid, [(0, 0), (2, 0)], label="out")
    far = Trajectory.of_points("booth", [(0, 0), (50, 0)], label="out")
    assert far.left_window_at == 1


# Labels


def test_labels_are_said_everywhere(tmp_path):
    given_labels = ["mild", "Stark, $\\alpha$"]
    film = optviz.animate("beale", ["gd:lr=0.01", "adam"], labels=given_labels, steps=20)
    runs = film.trajectories
    assert [run.label for run in runs] == labels(runs) == short_labels(runs) == given_labels
    texts = [text.get_text() for text in film.scene.figure.texts]
    assert set(given_labels) <= set(texts)
    assert all(
        f"{label} ends at" in film.alt or f"{label} div" in film.alt for label in given_labels
    )
    assert all(label in film.scene.caption for label in given_labels)
    assert runs[0].summary().startswith("mild: gd:lr=0.01 on beale")
    with open(save_all(runs, tmp_path / "runs.csv"), encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0])[:3] == ["label", "optimizer", "step"]
    assert {row["label"] for row in rows} == set(given_labels)
    assert [run.label for run in load_all(save_all(runs, tmp_path / "runs.npz"))] == given_labels
    assert optviz.descend("beale", "gd", steps=2, label=" one\nline ").label == "one line"


def test_runs_that_share_a_label_are_told_apart_by_their_starts():
    starts = [(2, 3), (-2, 3.5)]
    runs = optviz.race("himmelblau", ["gd", "adam"], starts=starts, steps=3, labels=["a", "b"])
    assert labels(runs)[1:3] == ["a, start 2", "b, start 1"]
    assert [label for label, _ in class_labels(runs)] == ["a, 2 starts", "b, 2 starts"]
    mixed = [runs[0], runs[2], optviz.descend("himmelblau", "gd", starts[1], 3)]
    assert labels(mixed)[:2] == ["a", "b"]
    assert labels(mixed)[2].endswith("start 2")


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2))
def test_any_text_is_a_label_or_is_refused_in_one_line(texts):
    wanted = [" ".join("".join(c if c.isprintable() else " " for c in t).split()) for t in texts]
    if all(wanted) and wanted[0] != wanted[1]:
        runs = optviz.race("booth", ["gd", "gd:lr=0.01"], steps=2, labels=texts)
        assert labels(runs) == wanted
        return
    with pytest.raises(InputError) as caught:
        optviz.race("booth", ["gd", "gd:lr=0.01"], steps=2, labels=texts)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "label", ["100 % & $x", "$\\foo{$", "亚当优化器", "<b>&amp;</b>", "a" * 60]
)
def test_any_signs_of_a_label_are_drawn(label, tmp_path):
    runs = optviz.race("beale", ["gd", "adam"], steps=5, labels=[label, "other"])
    scene = Scene(runs, size=(600, 300))
    assert label in [text.get_text() for text in scene.figure.texts]
    assert scene.picture(5).std() > 10
    film = optviz.Animation(runs)
    assert film.save(tmp_path / "a.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("given_labels", "said"),
    [(["a"], "2, one for each optimizer"), (["a", "b", "c"], "2, one for"), (["a", "a"], "differ"),
     (["a", " a\n"], "differ"), (["a", 3], "a text; not 3"), (["a", ""], "1 to 60 characters"),
     (["a", "b" * 61], "1 to 60"), ("ab", "a list of texts"), (5, "a list of texts")],
    ids=range(9),
)  # fmt: skip
def test_labels_that_cannot_be_are_refused_in_one_line(given_labels, said):
    for make in (optviz.race, optviz.animate):
        with pytest.raises(InputError, match=said) as caught:
            make("booth", ["gd", "adam"], steps=2, labels=given_labels)
        assert "\n" not in str(caught.value)
    if said.startswith("1 to 60"):
        with pytest.raises(InputError, match=said):
            optviz.descend("booth", "gd", steps=2, label=given_labels[-1])


# Tables


def test_a_table_has_a_row_for_each_step_of_each_run(bfgs):
    runs = [bfgs, *optviz.race(VALLEY, ["adam:lr=cosine(0.1,20)", "gd"], steps=20)]
    table = optviz.to_frame(runs)
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns[:13]) == [
        "run", "label", "optimizer", "surface", "step", "x", "y", "value", "grad_x", "grad_y",
        "step_x", "step_y", "lr",
    ]  # fmt: skip
    assert {"exp_avg_x", "exp_avg_sq_y"} <= set(table.columns)
    assert len(table) == sum(len(run) + 1 for run in runs)
    for i, (run, label) in enumerate(zip(runs, labels(runs), strict=True)):
        part = table[table["run"] == i]
        assert set(part["label"]) == {label}
        assert set(part["surface"]) == {"rosenbrock"}
        np.testing.assert_array_equal(part["step"], np.arange(len(run) + 1))
        np.testing.assert_array_equal(part[["x", "y"]], run.points)
        np.testing.assert_array_equal(part[["grad_x", "grad_y"]], run.gradients)
        np.testing.assert_array_equal(part["lr"], [*run.lrs, np.nan])
        np.testing.assert_array_equal(part[["step_x", "step_y"]][:-1], run.steps_taken)
    np.testing.assert_array_equal(
        table.pivot(index="step", columns="run", values="value")[1][:21], runs[1].values
    )


def test_one_run_a_film_and_a_training_are_tables_too():
    film = optviz.animate("beale", ["gd", "adam"], steps=5)
    pd.testing.assert_frame_equal(optviz.to_frame(film), optviz.to_frame(film.trajectories))
    assert len(optviz.to_frame(film.trajectories[0])) == 6
    curves = trained()
    table = optviz.to_frame(curves)
    assert len(table) == 2 * 41
    measured = table[(table["run"] == 1) & table["training_accuracy"].notna()]
    np.testing.assert_array_equal(measured["step"], curves[1].evaluated_steps)
    np.testing.assert_array_equal(measured["training_accuracy"], curves[1].training_accuracy)
    np.testing.assert_array_equal(table["loss"][:40], curves[0].loss)


@pytest.mark.parametrize("runs", [[], None, "beale", [optviz.GD()], 5])
def test_what_is_no_run_is_no_table(runs):
    with pytest.raises(InputError, match="at least one run, all of one kind") as caught:
        optviz.to_frame(runs)
    assert "\n" not in str(caught.value)


def test_runs_of_two_kinds_are_no_table(bfgs):
    with pytest.raises(InputError, match="all of one kind"):
        optviz.to_frame([bfgs, *trained()])


def test_without_pandas_it_is_one_line(bfgs, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(InputError, match="pip install pandas"):
        optviz.to_frame(bfgs)


# Files of several runs


@dataclass(frozen=True)
class Mine(Optimizer):
    lr: Rate = 0.01
    scale: float = 1.0

    def rule(self, t, lr, grad):
        return -lr * self.scale * grad, {}


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_all_runs_of_a_file_come_back(suffix, tmp_path):
    runs = [run for name in scenarios.names()[:3] for run in scenarios.get(name).run()]
    runs += [optviz.descend("booth", "gd:lr=1", steps=9)] * 8  # more than ten
    back = load_all(save_all(runs, tmp_path / f"runs{suffix}"))
    assert [run.summary() for run in back] == [run.summary() for run in runs]
    for run, other in zip(runs, back, strict=True):
        np.testing.assert_array_equal(run.points, other.points)
        assert run.states.keys() == other.states.keys()
    path = tmp_path / f"runs{suffix}"
    with pytest.raises(InputError, match=f"one trajectory; not {len(runs)}: load_all reads them"):
        Trajectory.load(path)
    assert len(load_all(runs[0].save(path))) == 1


def test_no_run_is_no_file(tmp_path):
    with pytest.raises(InputError, match="at least one"):
        save_all([], tmp_path / "runs.json")
    assert not list(tmp_path.iterdir())


def test_a_class_at_hand_is_given_the_settings_that_were_saved(tmp_path):
    run = optviz.descend("booth", Mine(0.02, scale=2.0), steps=4)
    path = run.save(tmp_path / "run.json")
    path.write_text(path.read_text().replace("test_solver_paths.Mine", "elsewhere.Mine"))
    assert Trajectory.load(path).optimizer != run.optimizer
    for given_one in (Mine, Mine(0.02, scale=2.0)):
        back = Trajectory.load(path, optimizer=given_one)
        assert back.optimizer == run.optimizer
        again = optviz.descend("booth", back.optimizer, steps=4)
        np.testing.assert_array_equal(again.points, run.points)
    for wrong in (Mine(0.03), optviz.Adam, optviz.GD(), "mine", 5):
        with pytest.raises(InputError, match="optimizer must be the one that made the run"):
            Trajectory.load(path, optimizer=wrong)


def test_a_surface_at_hand_is_the_one_it_ran_on(tmp_path):
    surface = optviz.torch_surface(lambda x, y: x**2 + 3 * y**4, ((-2, 2), (-2, 2)), (1, 1))
    run = optviz.descend(surface, "gd:lr=0.01", steps=4)
    path = run.save(tmp_path / "run.json")
    assert Trajectory.load(path).surface.notes
    for back in (Trajectory.load(path, surface=surface), *load_all(path, surface=surface)):
        assert back.surface is surface
        assert (back.points == run.points).all()
    with pytest.raises(InputError, match="surface must be the one of the run") as caught:
        Trajectory.load(path, surface=surfaces.booth)
    assert "\n" not in str(caught.value)


def test_a_label_given_later_is_checked_too(bfgs):
    assert dataclasses.replace(bfgs, given_label="quasi-Newton").label == "quasi-Newton"
    with pytest.raises(InputError, match="label must be a text"):
        dataclasses.replace(bfgs, given_label=3)
