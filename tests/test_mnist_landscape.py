"""The landscape of training runs: through the paths of all, on the images they were trained on."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from commands import SUBSET, assert_refused, called, environment, start
from torch import nn

from optviz import InputError, mnist
from optviz.mnist.training.landscape import train_each

QUICK = {"resolution": 5, "progress": False}
SMALL = {"hidden": (12,), "epochs": 2, "progress": False}


@pytest.fixture(scope="module")
def runs(few):
    """Two optimizers from the same weights."""
    return train_each(few, ["gd:lr=0.3", "adam:lr=0.01"], **SMALL)


@pytest.fixture(scope="module")
def folder(runs, tmp_path_factory):
    """The same, saved."""
    made = tmp_path_factory.mktemp("runs")
    for name, run in zip(("gd", "adam"), runs, strict=True):
        run.save(made / name)
    return made


def loss_of(run, params, images, labels):
    """Cross-entropy by torch, with the pixels standardised here."""
    model = mnist.build(hidden=run.settings.hidden).eval()
    nn.utils.vector_to_parameters(params, model.parameters())
    x = torch.from_numpy((images[:, None] / 255 - 0.1307).astype(np.float32) / np.float32(0.3081))
    with torch.no_grad():
        return float(nn.functional.cross_entropy(model(x), torch.from_numpy(labels).long()))


def test_runs_share_a_plane_and_their_losses_are_the_networks(runs, few):
    found = mnist.landscape(runs, few, samples=None, **QUICK)
    assert [path.named() for path in found.trajectories] == ["GD lr=0.3", "Adam lr=0.01"]
    assert "1 computed once" in found.how
    settings = runs[0].settings
    n_validation, n_train = settings.split_sizes(len(few.train_labels))
    order = np.random.default_rng([settings.seed, 2]).permutation(len(few.train_labels))
    own = order[n_validation : n_validation + n_train]
    assert (found.facts.samples, found.facts.population) == (n_train, n_train)
    images, labels = few.train_images[own], few.train_labels[own]
    for run, path in zip(runs, found.trajectories, strict=True):
        assert path.steps.tolist() == run.snapshots.steps
        for k in (0, 3, -1):
            true = loss_of(run, run.snapshots.params[k], images, labels)
            assert path.true_loss[k] == pytest.approx(true, rel=1e-5)
    assert (found.trajectories[0].points[0] == found.trajectories[1].points[0]).all()
    u, v = float(found.u[1]), float(found.v[3])
    there = loss_of(runs[0], found.plane.at(u, v).float(), images, labels)
    assert found.loss[3, 1] == pytest.approx(there, rel=1e-5)


def test_of_folders_it_is_the_same(runs, folder, few):
    found = mnist.landscape(runs, few, samples=100, **QUICK)
    again = mnist.landscape([folder / "gd", folder / "adam"], few, samples=100, **QUICK)
    assert np.array_equal(found.loss, again.loss)
    assert found.facts == again.facts
    assert (found.facts.samples, found.facts.population) == (100, 720)


def test_runs_on_other_splits_are_measured_on_all_training_images(runs, few):
    (other,) = train_each(few, ["gd:lr=0.3"], **SMALL, seed=1)
    found = mnist.landscape([runs[0], other], few, samples=None, **QUICK)
    assert found.facts.population == len(few.train_labels)
    first, second = (path.points[0] for path in found.trajectories)
    assert not np.allclose(first, second)  # two starts, two rings
    numbers = found.animate(size=(400, 300)).scene.panels[0].numbers
    assert [number.get_text() for number in numbers] == ["1", "2"]


def test_a_run_that_diverged_is_shown_to_its_last_finite_weights(few):
    run, other = train_each(few, ["gd:lr=1e3", "gd:lr=0.1"], **SMALL, record=1)
    assert run.status in ("diverged", "finished")
    (blown,) = train_each(few, ["gd:lr=1e30"], **SMALL, record=1)
    assert blown.status == "diverged"
    found = mnist.landscape([other, run], few, samples=50, **QUICK)
    assert len(found.trajectories) == 2
    with pytest.raises(InputError, match=r"at least 3 snapshots|on one line|alike|finite"):
        mnist.landscape(blown, few, samples=50, **QUICK)


def test_train_each_keeps_about_sixty_snapshots(few):
    (run,) = train_each(few, ["gd"], hidden=(4,), epochs=3, batch_size=8, progress=False)
    assert 50 <= len(run.snapshots) <= 75


def test_the_command_trains_and_films(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = called(
        ["mnist", "landscape", "--data", "subset", "-O", "gd:lr=0.1", "-O", "adam", "--epochs", "1",
         "--resolution", "5", "--samples", "200", "--size", "400x300", "--seconds", "1", "--alt"],
        capsys,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.startswith(SUBSET)
    assert "on the plane" in done.stderr
    assert done.stdout.splitlines()[-1] == "landscape.gif"
    assert "The plane holds" in done.stdout
    assert "mean over 200 of 3,600 samples" in done.stdout
    assert (tmp_path / "landscape.gif").read_bytes().startswith(b"GIF89a")


@pytest.fixture(scope="module")
def kinds(few, folder, tmp_path_factory):
    """Folders of runs that cannot stand in one landscape."""
    made = tmp_path_factory.mktemp("kinds")
    shutil.copytree(folder / "gd", made / "gd")
    for name, settings in {
        "tanh": {"activation": "tanh"}, "wide": {"hidden": (13,)}, "unrecorded": {"record": None},
        "once": {"record": 1000, "epochs": 1},
    }.items():  # fmt: skip
        (run,) = train_each(few, ["gd"], **(SMALL | settings))
        run.save(made / name)
    return made


WRONG = [
    ([], "folders of runs, or optimizers to train by -O"),
    (["gd", "-O", "adam"], "folders of runs, or optimizers"),
    (["gd", "--epochs", "2"], "must be given with -O"),
    (["nowhere"], "'nowhere'"),
    (["gd", "tanh"], "runs must be of one network; not of mlp 12 relu and mlp 12 tanh"),
    (["gd", "wide"], "mlp 13 relu"),
    (["unrecorded"], "--record 20"),
    (["once"], "at least 3 snapshots"),
    (["gd", "--resolution", "3"], "resolution"),
    (["gd", "--samples", "0"], "samples"),
    (["gd", "--samples", "many"], "samples"),
    (["gd", "--seed", "-1"], "seed"),
    (["gd", "--views", "contor"], "'contour'"),
    (["gd", "-o", "x.txt"], ".gif"),
]


@pytest.mark.parametrize(("arguments", "part"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_what_is_wrong_is_said_in_one_line(
    arguments, part, kinds, few, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("optviz.mnist.training.several.data_of", lambda run, folder: few)
    monkeypatch.chdir(tmp_path)
    names = [str(kinds / a) if (kinds / a).exists() else a for a in arguments]
    done = called(["mnist", "landscape", *names], capsys)
    assert_refused(done, part, tmp_path)


def test_runs_on_other_data_are_refused(runs, subset):
    with pytest.raises(InputError, match="data must be what the runs were trained on"):
        mnist.landscape(runs, subset, **QUICK)


def test_interrupted_it_says_that_rows_are_kept(tmp_path):
    """In a process of its own: a signal comes while rows are computed."""
    program = (
        "import sys; from optviz.landscape import loss_over_plane as l; row = l.PlaneLoss.row\n"
        "def slow(self, u, v, seen=[]):\n"
        "    import os, signal\n"
        "    seen.append(v) if len(u) > 1 else None\n"
        "    if len(seen) == 3: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return row(self, u, v)\n"
        "l.PlaneLoss.row = slow\n"
        "from optviz.__main__ import main; sys.exit(main())\n"
    )
    process = start(
        "-c", program, "mnist", "landscape", "--data", "subset", "-O", "gd:lr=0.1", "--epochs", "1",
        "--resolution", "5", "--samples", "50", cwd=tmp_path,
        env=environment(OPTVIZ_CACHE_DIR=str(tmp_path / "cache")),
    )  # fmt: skip
    out, error = process.communicate(timeout=90)
    assert process.returncode == 130, error
    assert out == ""
    assert error.endswith("interrupted: 2 of 5 rows are kept; the same call goes on from there\n")
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".npy"]
    assert not list(tmp_path.glob("*.gif"))
