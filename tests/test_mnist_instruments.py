"""Instruments of MNIST runs, and the command that films them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from optviz import mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.mnist.networks.inputs import normalize

SETTINGS = {"hidden": (12,), "samples": 300, "batch_size": 50, "validation": 200, "epochs": 2,
            "progress": False}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(subset, tmp_path_factory):
    path = tmp_path_factory.mktemp("instruments") / "run"
    mnist.train(subset, optimizer="momentum:lr=0.1", record=2, out=path, **SETTINGS)
    return path


def test_what_is_measured_is_the_network_on_images_that_it_was_trained_on(folder, subset):
    run = mnist.restore(folder)
    film = mnist.instruments(run, subset, views="gradnorm,ratio,curvature", samples=None,
                             progress=False)  # fmt: skip
    (record,) = film.trajectories
    assert record.instruments.keys() == {"gradnorm", "ratio", "curvature"}
    assert record.instruments["ratio"].gap == 2
    model = mnist.build("mlp", hidden=(12,))
    torch.nn.utils.vector_to_parameters(run.snapshots.params[-1], model.parameters())
    # All of a run's training images: the mean gradient over its own batches of an epoch.
    order = np.array(sorted(_trained_on(run, subset)))
    images, labels = normalize(subset.train_images[order]), subset.train_labels[order]
    loss = nn.functional.cross_entropy(model(images), torch.from_numpy(labels.astype(np.int64)))
    loss.backward()
    slope = torch.cat([p.grad.reshape(-1) for p in model.parameters()])
    assert record.instruments["gradnorm"].values[-1] == pytest.approx(float(slope.norm()), rel=1e-4)
    assert "300 of 300 training images" in film.scene.caption
    assert (film.frame(0) != film.frame(-1)).any()
    assert film.spec.size == (1000, 560)


def _trained_on(run, data):
    from optviz.mnist.training.loop import split

    n_validation, samples = run.settings.split_sizes(len(data.train_labels))
    return split(run.settings.seed, len(data.train_labels))[n_validation : n_validation + samples]


def test_the_command_makes_a_dashboard(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = ["mnist", "instruments", str(folder), "--samples", "50", "--seed", "3"]
    assert main([*asked, "-o", "dashboard.png", "--alt", "--lang", "zh"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "dashboard.png"
    assert "300 张训练图像中的 50 张（种子 3）" in said.out
    with Image.open("dashboard.png") as picture:
        assert picture.size == (1000, 560)
    assert main([*asked, "--views", "alpha", "--size", "400x300", "--seconds", "1"]) == 0
    with Image.open("instruments.gif") as film:
        assert film.size == (400, 300)


def test_what_cannot_be_measured_is_one_line(folder, subset, capsys):
    assert main(["mnist", "instruments", str(folder), "--views", "alfa"]) == 2
    said = capsys.readouterr().err
    assert "not 'alfa' (did you mean 'alpha'?)" in said
    assert said.count("\n") == 1
    plain = mnist.train(subset, optimizer="adam", **SETTINGS)
    with pytest.raises(InputError, match=r"--record 20"):
        mnist.instruments(plain, subset)
    with pytest.raises(InputError, match="view 'alpha' must have runs that were measured"):
        mnist.animate(folder, views=["alpha"])
