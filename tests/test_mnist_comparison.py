"""Comparisons against plain runs; their rule of rates by a plain loop; real processes."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import sys
import time
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from comparisons import SMALL, compare, rows
from torch import nn

import optviz
from optviz import mnist
from optviz.animation.still import Still
from optviz.errors import InputError
from optviz.mnist.comparison import executors, task
from optviz.mnist.comparison.task import Shared, Task
from optviz.mnist.comparison.tuning import BATCHES, RATES
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.loop import Trainer, split
from optviz.records.training import smoothed


def same(ours, theirs):
    """Equal but for the time that it took."""
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.curve, b.curve)
        np.testing.assert_array_equal(a.weights, b.weights)
        for name in ("settings", "seed", "status", "optimizer", "train_accuracy", "test_accuracy",
                     "test_loss", "validation_loss", "validation_accuracy", "small"):  # fmt: skip
            assert getattr(a, name) == getattr(b, name)


def test_runs_are_those_of_train(grid, subset):
    assert len(grid.runs) == 16
    for run in grid.runs[::3]:
        settings = {name: run.settings[name] for name in ("activation", "samples", "hidden")}
        plain = mnist.train(subset, optimizer=run.optimizer, seed=run.seed, epochs=1,
                            batch_size=50, progress=False, **settings)  # fmt: skip
        assert run.curve.tolist() == plain.history.loss
        assert run.test_accuracy == plain.accuracy(subset.test_images, subset.test_labels)
        assert run.validation_loss == pytest.approx(plain.history.epochs[-1].validation_loss)
        weights = np.concatenate([
            p.detach().numpy().ravel() for p in plain.model.parameters() if p.ndim > 1
        ])  # fmt: skip
        assert run.small == (np.abs(weights) < 1e-3).mean()
        assert run.weights.sum() == len(weights)
        assert run.parameters == len(plain.params)
        chosen = split(run.seed, 4000)[400 : 400 + run.trained_on]
        assert run.train_accuracy == pytest.approx(
            plain.accuracy(subset.train_images[chosen], subset.train_labels[chosen])
        )


def test_results_do_not_depend_on_the_number_of_processes(grid, subset):
    again = compare(subset, ["gd", "adam:lr=0.01"], ["relu", "tanh"], 2, samples=[200, 300], jobs=2)
    same(grid.runs, again.runs)
    assert grid.tuning == again.tuning


def test_processes_read_images_from_one_file_on_one_thread(subset):
    def look(shared, _):
        with task._alone():
            return type(shared.data.train_images).__name__, torch.get_num_threads(), os.getpid()

    shared = Shared("key", subset)
    with executors.pool(shared, 2, None) as each:
        seen = [result for _, result in each(look, [Task(TrainConfig(), optviz.GD())] * 4)]
    assert {row[:2] for row in seen} == {("memmap", 1)}
    assert os.getpid() not in {row[2] for row in seen}


def test_a_dask_cluster_gives_the_same(grid, subset):
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        there = compare(subset, ["gd", "adam:lr=0.01"], ["relu", "tanh"], 2, samples=[200, 300],
                        jobs=None, dask=address)  # fmt: skip
        worker_address = cluster.workers[0].worker_address
        with pytest.raises(InputError, match=r"scheduler.*a worker"):
            compare(subset, jobs=None, dask=worker_address)
        cluster.scale(0)
        deadline = time.monotonic() + 30
        while cluster.scheduler.workers and time.monotonic() < deadline:
            time.sleep(0.05)
        with pytest.raises(InputError, match="has none"):
            compare(subset, jobs=None, dask=address)
    same(grid.runs, there.runs)
    assert grid.tuning == there.tuning


def plain_trial(data, rate, activation, steps, seed, batch=50, samples=300):
    """torch's own SGD on the same weights and batches; the loss on the validation images."""
    config = TrainConfig(hidden=(8,), activation=activation, epochs=9, batch_size=batch,
                         samples=samples, seed=seed)  # fmt: skip
    model = Trainer(config, data, optviz.GD()).network.model
    order = split(seed, 4000)
    images = normalize(data.train_images[order[: 400 + samples]])
    labels = torch.from_numpy(data.train_labels[order[: 400 + samples]].astype(np.int64))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    batches = (
        400 + torch.from_numpy(order[first : first + batch])
        for epoch in itertools.count()
        for order in [np.random.default_rng([seed, 4, epoch]).permutation(samples)]
        for first in range(0, samples, batch)
    )
    for chosen in itertools.islice(batches, steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
        optimizer.step()
    with torch.no_grad():
        return float(nn.functional.cross_entropy(model(images[:400]), labels[:400]))


@pytest.mark.parametrize(("epochs", "budget"), [(1, 6), (20, BATCHES)])
def test_rates_are_found_by_the_rule_that_is_stated(epochs, budget, subset):
    found = compare(subset, ["gd"], ["relu", "tanh"], [0, 2], epochs=epochs)
    tuning = found.tuning
    assert tuning.seed == 1  # not among those compared
    assert f"after {budget} batches, seed 1" in tuning.text()
    assert [trial.rate for trial in tuning.trials] == [*RATES, *RATES]
    for activation in ("relu", "tanh"):
        losses = [plain_trial(subset, rate, activation, budget, 1) for rate in RATES]
        tried = [t.loss for t in tuning.trials if t.settings["activation"] == activation]
        low = np.array(losses) < 5  # what explodes grows every rounding
        np.testing.assert_allclose(np.array(tried)[low], np.array(losses)[low], rtol=1e-3)
        best = RATES[int(np.argmin(losses))]
        assert {run.rate for run in found.only(activation=activation).runs} == {best}


def test_every_cell_has_the_same_trials_and_a_given_rate_stays(subset):
    found = compare(
        subset, ["gd", "rmsprop:lr=0.002", "adam:lr=cosine(0.01,6)", "torch.optim.SGD:momentum=0.9",
                 "torch.optim.SGD:lr=0.1", optviz.AdaGrad()], seeds=1,
    )  # fmt: skip
    tried = {trial.settings["optimizer"] for trial in found.tuning.trials}
    assert tried == {"gd", "torch.optim.SGD:momentum=0.9"} == set(found.tuning.optimizers)
    rates = {run.settings["optimizer"]: run.rate for run in found.runs}
    assert rates["rmsprop:lr=0.002"] == 0.002
    assert rates["torch.optim.SGD:lr=0.1"] == 0.1
    assert rates["adam:lr=cosine(0.01,6)"] is None
    assert rates["adagrad:lr=0.01"] == 0.01
    assert rates["torch.optim.SGD:momentum=0.9"] in RATES


def test_default_rates(subset):
    found = compare(subset, ["gd", "adam"], seeds=1, lr="default")
    assert [run.rate for run in found.runs] == [optviz.GD().lr, optviz.Adam().lr]
    assert not found.tuning.trials
    assert {row["rate_by"] for row in found.table()} == {"torch's default"}


def test_without_validation_images_training_images_judge(subset):
    found = compare(subset, ["gd"], seeds=1, validation=0)
    assert "training images" in found.tuning.text()
    assert {trial.n_validation for trial in found.tuning.trials} == {0}
    assert math.isnan(found.runs[0].validation_accuracy)
    assert found.best() is found.groups[0]


@dataclass(frozen=True)
class Own(optviz.Optimizer):
    lr: float = 0.05

    def rule(self, t, lr, grad):
        return -lr * grad, {}


def test_an_optimizer_of_ones_own_in_other_processes(subset):
    used = Own()
    optviz.descend("sphere", used)  # what it has compiled cannot be sent, and is not
    found = compare(subset, [used, "gd:lr=0.05"], seeds=1, jobs=2)
    np.testing.assert_array_equal(found.runs[0].curve, found.runs[1].curve)


def test_rules_that_see_matrices_or_look_elsewhere_in_other_processes(subset):
    """Tuned and trained there as here; nothing but a name goes to them."""
    names = ["muon", "sam", "schedulefree(adam:betas=0/0.999)", "lookahead(sam(momentum))",
             "torch.optim.LBFGS:lr=0.1,max_iter=2"]  # fmt: skip
    found = compare(subset, names, seeds=1, samples=[300], jobs=2)
    assert {run.status for run in found.runs} == {"finished"}
    for run in found.runs:
        with task._alone():
            plain = mnist.train(subset, optimizer=run.optimizer, epochs=1, seed=run.seed, **SMALL)
        assert run.curve.tolist() == plain.history.loss
    with pytest.raises(InputError, match="no second derivatives"):
        compare(subset, ["gd", "newton"], seeds=1)


def test_divergence_is_a_result(subset):
    found = compare(subset, ["gd:lr=1e30", "adam"], seeds=2)
    assert [group.diverged for group in found.groups] == [2, 0]
    assert "2 of 2 diverged" in found.summary()
    for name in found.figures():
        found.figure(name, size=(600, 400)).rgba()


def test_the_best_is_chosen_by_validation_images(grid):
    means = [group.of("validation_accuracy").mean() for group in grid.groups]
    assert grid.best() is grid.groups[int(np.argmax(means))]


def test_a_part_of_the_grid(grid):
    part = grid.only(activation="tanh", samples=200)
    assert list(part.axes) == ["optimizer"]
    assert [run.seed for run in part.runs] == [0, 1, 0, 1]
    assert {run.settings["activation"] for run in part.runs} == {"tanh"}
    assert len(part.tuning.trials) == len(RATES)
    with pytest.raises(InputError, match="one of relu, tanh"):
        grid.only(activation="gelu")
    with pytest.raises(InputError, match="'activation'"):
        grid.only(activations="relu")


@pytest.fixture(scope="module")
def folder(grid, tmp_path_factory):
    return grid.save(tmp_path_factory.mktemp("made") / "folder", size=(600, 400))


def test_a_folder_that_is_interrupted_is_not_left_half_full(grid, tmp_path, monkeypatch):
    def interrupt(*arguments, **settings):
        assert (tmp_path / "made" / "comparison.csv").is_file()
        raise KeyboardInterrupt

    monkeypatch.setattr(Still, "save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        grid.save(tmp_path / "made")
    assert not list(tmp_path.iterdir())


def test_tables_hold_every_run(grid, folder):
    names = {"comparison.csv", "curves.csv", "rates.csv", "comparison.json"}
    assert {p.name for p in folder.iterdir() if p.suffix != ".png"} == names
    table = rows(folder / "comparison.csv")
    assert len(table) == 16
    for row, run in zip(table, grid.runs, strict=True):
        assert float(row["test_accuracy"]) == run.test_accuracy
        assert (row["optimizer"], row["hidden"]) == (run.settings["optimizer"], "8")
        assert int(row["seed"]) == run.seed
        assert row["trained_by"] == str(run.optimizer)
        assert row["rate_by"] == (grid.tuning.text() if run.tuned else "given")
    trials = rows(folder / "rates.csv")
    assert len(trials) == 4 * len(RATES)
    taken = [row for row in trials if row["taken"] == "True"]
    assert len(taken) == 4
    about = json.loads((folder / "comparison.json").read_text())
    assert about["settings"]["activation"] == ["relu", "tanh"]
    assert about["rates"] == {"gd": grid.tuning.text(), "adam:lr=0.01": "given"}
    assert about["data"]["source"].startswith("the subset")


def test_curves_are_mean_and_spread_over_the_seeds(grid, folder):
    first, second = grid.runs[:2]
    cell = {"optimizer": "gd", "activation": "relu", "samples": "200"}
    table = [row for row in rows(folder / "curves.csv") if row.items() >= cell.items()]
    both = np.array([first.curve, second.curve])
    expected = {"mean": both.mean(0), "lowest": both.min(0), "highest": both.max(0)}
    for name, values in expected.items():
        np.testing.assert_allclose([float(row[name]) for row in table], values)


def test_smoothing_is_the_mean_of_the_last():
    values = np.random.default_rng(0).random(20)
    expected = [values[max(0, i - 4) : i + 1].mean() for i in range(20)]
    np.testing.assert_allclose(smoothed(values, 5), expected)


WRONG = [
    ({"optimizers": []}, "at least one"),
    ({"optimizers": ["adm"]}, "'adam'"),
    ({"optimizers": ["gd", "gd"]}, "once"),
    ({"optimizers": ["gd:lr=0.1", "gd:lr=1e-1"]}, "once"),
    ({"activations": ()}, "at least one"),
    ({"activations": ["rleu"]}, "'relu'"),
    ({"seeds": 0}, "seeds"),
    ({"seeds": []}, "seeds"),
    ({"seeds": [1, 1]}, "once"),
    ({"seeds": [-1]}, "seed"),
    ({"hidden": ()}, "hidden"),
    ({"hidden": ((8,), (9,)), "model": "linear"}, "no model looks at it"),
    ({"hidden": ((8,), 8)}, "hidden"),
    ({"hidden": ((8,), (0,))}, "layer sizes"),
    ({"l1": []}, "at least one"),
    ({"l1": [0, 0.0]}, "once"),
    ({"l2": [0, -1]}, "l2"),
    ({"dropout": [0, 1]}, "dropout"),
    ({"samples": [100, 9999]}, "samples"),
    ({"batch_size": [50, 301]}, "at most the 300 images"),
    ({"epochs": [1, 0]}, "epochs"),
    ({"model": ["mlp", "mpl"]}, "'mlp'"),
    ({"device": "tpu"}, "device"),
    ({"sample": 3}, "'samples'"),
    ({"out": "x"}, "setting"),
    ({"lr": "best"}, "'tuned'"),
    ({"jobs": 0}, "jobs"),
    ({"jobs": 2, "dask": "tcp://127.0.0.1:1"}, "not both"),
    ({"jobs": None, "dask": "nonsense"}, "scheduler"),
    ({"seeds": 6000, "l1": [0, 1]}, "12,000"),
]


@pytest.mark.parametrize(("settings", "part"), WRONG, ids=lambda v: str(v)[:40])
def test_wrong_input_is_refused_before_anything_runs(settings, part, subset, monkeypatch):
    def never(*arguments):
        raise AssertionError("it ran")

    monkeypatch.setattr(task, "run", never)
    monkeypatch.setattr(task, "trial", never)
    with pytest.raises(InputError, match=part) as caught:
        compare(subset, **({"optimizers": ["gd"]} | settings))
    assert "\n" not in str(caught.value)


def test_a_missing_package_is_named(subset, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'optviz\[dask\]'"):
        compare(subset, ["gd"], jobs=None, dask="tcp://127.0.0.1:8786")


def test_a_task_by_hand(subset):
    """Its test loss by torch itself; the user's number of threads stays."""
    grid = compare(subset, "adam:lr=0.01", seeds=1).grid
    rule = grid.candidates["adam:lr=0.01"].rule
    config = grid.config(grid.cells[0], 0, rule)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        found = task.run(Shared("here", subset), Task(config, rule))
        assert torch.get_num_threads() == 2
    finally:
        task.forget()
        torch.set_num_threads(before)
    network = mnist.train(
        subset, optimizer=rule, epochs=config.epochs, **SMALL
    ).model  # fmt: skip
    with torch.no_grad():
        images = (torch.from_numpy(subset.test_images / 255)[:, None] - 0.1307) / 0.3081
        labels = torch.from_numpy(subset.test_labels.astype(int))
        loss = nn.functional.cross_entropy(network(images.float()), labels)
    assert found.test_loss == pytest.approx(loss.item(), rel=1e-5)


def test_a_lost_process_is_one_line():
    def die(shared, task):
        os.kill(os.getpid(), signal.SIGKILL)

    with (
        executors.pool(Shared("key", None), 2, None) as each,
        pytest.raises(InputError, match="a process was lost") as caught,
    ):
        list(each(die, [None, None]))
    assert "\n" not in str(caught.value)
