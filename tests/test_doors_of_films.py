"""What films and runs are given by other hands: a film to save, tensors, a panel's class."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

import optviz
from optviz.scene.panels.loss import Loss


@pytest.fixture(scope="module")
def film():
    return optviz.animate("beale", ["gd", "adam"], steps=5, seconds=0.5)


def test_a_films_runs_are_saved(film, tmp_path):
    path = optviz.save_all(film, tmp_path / "runs.json")
    again = optviz.load_all(path)
    assert [(run.points == known.points).all() for run, known in
            zip(again, film.trajectories, strict=True)] == [True, True]  # fmt: skip
    [alone] = optviz.load_all(optviz.save_all(film.trajectories[0], path))
    assert alone.optimizer == film.trajectories[0].optimizer


@pytest.mark.parametrize("given", [3, [1], "gd", [], None])
def test_what_is_no_run_is_not_saved(given, tmp_path):
    with pytest.raises(optviz.InputError, match="trajectories must be runs, at least one"):
        optviz.save_all(given, tmp_path / "runs.json")


@pytest.mark.parametrize("steps", [slice(0, 5, 0), slice(None, None, 0)])
def test_a_slice_goes_somewhere(film, steps):
    with pytest.raises(optviz.InputError, match="slice must be in steps that are not 0"):
        film[steps]


@pytest.mark.parametrize("each", [False, True])
def test_points_may_be_torchs(each):
    points = torch.tensor([[1.0, 1.0], [2.0, 0.5]], dtype=torch.float64, requires_grad=True)
    run = optviz.Trajectory.of_points("beale", list(points) if each else points, label="mine")
    np.testing.assert_array_equal(run.points, points.detach().numpy())


def test_a_view_is_drawn_by_its_class(film):
    by_class, by_name = Figure().subplots(), Figure().subplots()
    film.draw(by_class, view=Loss)
    film.draw(by_name, view="loss")
    assert by_class.get_xlim() == by_name.get_xlim()
    assert by_class.get_ylim() == by_name.get_ylim()
    with pytest.raises(optviz.InputError, match="view must be one of"):
        film.draw(Figure().subplots(), view=3)
