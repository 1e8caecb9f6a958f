"""Instruments along the training of a network, against dense matrices and numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from texts import assert_texts_fit
from torch import nn
from torch.func import jacrev

import optviz
from optviz import landscape
from optviz.errors import InputError
from optviz.landscape.flat_model import FlatModel
from optviz.scene import Scene


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # on small matrices more of them only wait for each other
    yield
    torch.set_num_threads(before)


class Trained:
    """A network in float64, its samples, and a recording of each step of gradient descent.

    ``losses`` are those of the network itself, evaluated when each snapshot was taken.
    """

    def __init__(self, steps=12, lr=0.5, layers=()):
        torch.manual_seed(3)
        self.model = nn.Sequential(nn.Linear(4, 6), *layers, nn.Tanh(), nn.Linear(6, 3)).double()
        self.x, self.y = torch.randn(40, 4).double(), torch.randint(3, (40,))
        self.loss = nn.functional.cross_entropy
        optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)
        self.recorder = landscape.Recorder(self.model, optimizer)
        self.losses = []
        for step in range(steps + 1):
            self.recorder.snapshot(step=step)
            with torch.no_grad():
                self.losses.append(float(self.loss(self.model.eval()(self.x), self.y)))
            self.model.train()
            optimizer.zero_grad()
            self.loss(self.model(self.x), self.y).backward()
            optimizer.step()

    def measure(self, **settings):
        settings = {"samples": None, "progress": False} | settings
        return landscape.measure(self.recorder, self.loss, self.x, self.y, **settings)


@pytest.fixture(scope="module")
def trained():
    return Trained()


@pytest.fixture(scope="module")
def found(trained):
    return trained.measure(
        which="gradnorm,steplength,ratio,distance,alpha,curvature,trace,stability"
    )


def test_norms_and_ratios_are_numpys_by_hand(trained, found):
    rows = np.asarray(trained.recorder.weights, float)
    assert [len(found[name]) for name in ("loss", "distance", "steplength")] == [13, 13, 12]
    steps = np.diff(rows, axis=0)
    np.testing.assert_allclose(found["steplength"].values, np.linalg.norm(steps, axis=1))
    np.testing.assert_allclose(
        found["distance"].values, np.linalg.norm(rows - rows[0], axis=1), atol=1e-15
    )
    ratio = found["ratio"]
    np.testing.assert_allclose(
        ratio.values, np.linalg.norm(steps, axis=1) / np.linalg.norm(rows[:-1], axis=1)
    )
    assert list(ratio.layers) == ["0", "2"]
    first = slice(0, 4 * 6 + 6)  # weights and biases of the first layer
    known = np.linalg.norm(steps[:, first], axis=1) / np.linalg.norm(rows[:-1, first], axis=1)
    np.testing.assert_allclose(ratio.layers["0"], known)


def test_of_gradient_descent_a_step_is_its_rate_times_the_gradient(found):
    np.testing.assert_allclose(
        found["steplength"].values, 0.5 * found["gradnorm"].values[:-1], rtol=1e-9
    )


def test_curvature_and_trace_are_those_of_the_dense_hessian(trained, found):
    flat = FlatModel(trained.model, trained.loss)
    off = []
    for i, row in enumerate(trained.recorder.params):
        dense = jacrev(jacrev(flat.loss))(row, trained.x, trained.y)
        assert found["curvature"].values[i] == pytest.approx(
            float(torch.linalg.eigvalsh(dense)[-1]), rel=1e-5
        )
        off.append(float(dense.trace()) - found["trace"].values[i])
    assert (np.abs(off) < 4 * found["trace"].errors).all()
    np.testing.assert_allclose(  # GD's limit is 2
        found["stability"].values, 0.5 * found["curvature"].values / 2
    )


def test_alpha_is_that_of_the_loss_along_each_step(trained, found):
    """From losses alone, by differences at both ends of a step."""
    flat = FlatModel(trained.model, trained.loss)
    rows, h = trained.recorder.params, 1e-5
    for i, alpha in enumerate(found["alpha"].values):
        step = rows[i + 1] - rows[i]
        loss = [
            [float(flat.loss(rows[i] + (t + d) * step, trained.x, trained.y)) for d in (-h, h)]
            for t in (0, 1)
        ]
        first, last = ((high - low) / (2 * h) for low, high in loss)
        assert np.isnan(alpha) if last < first else alpha == pytest.approx(-last / first, rel=1e-4)
    assert np.isfinite(found["alpha"].values).any()


def test_the_models_own_weights_stay(trained):
    before = FlatModel(trained.model).weights()
    trained.measure(which="curvature")
    assert torch.equal(FlatModel(trained.model).weights(), before)


def test_over_several_steps_it_is_said(trained):
    rows = np.asarray(trained.recorder.weights, float)
    apart = landscape.measure(
        (rows[::4], [0, 4, 8, 12]), trained.loss, trained.x, trained.y, model=trained.model,
        optimizer="gd:lr=0.5", samples=None, progress=False,
    )  # fmt: skip
    assert {apart[name].gap for name in ("steplength", "ratio", "alpha")} == {4}
    assert {apart[name].gap for name in ("gradnorm", "curvature")} == {0}
    np.testing.assert_allclose(
        apart["steplength"].values, np.linalg.norm(rows[4::4] - rows[:-4:4], axis=1)
    )
    scene = Scene([apart], ["steplength", "ratio", "alpha", "gradnorm"])
    said = [panel.axes.get_ylabel() for panel in scene.panels]
    assert ["4 steps" in text for text in said] == [True, True, True, False]
    Scene([apart, trained.measure()], ["gradnorm"])
    with pytest.raises(InputError, match="recorded at one distance; not 1 and 4 steps"):
        Scene([apart, trained.measure()], ["alpha"])


def test_snapshots_at_other_distances_are_left_out_of_what_is_of_steps(trained):
    rows, steps = trained.recorder.weights, [0, 4, 8, 9, 12]  # as where epochs end
    found = landscape.measure(
        (rows[steps], steps), trained.loss, trained.x, trained.y, model=trained.model,
        which="steplength,distance", progress=False,
    )  # fmt: skip
    assert found["steplength"].steps.tolist() == [0, 4]
    assert found["distance"].steps.tolist() == steps


def test_each_snapshot_is_measured_with_its_own_buffers():
    trained = Trained(steps=6, layers=[nn.BatchNorm1d(6)])
    found = trained.measure(which="gradnorm")
    assert found["loss"].values == pytest.approx(trained.losses, rel=1e-6)  # buffers in float32


def test_the_subset_is_seeded_and_every_picture_says_it(trained):
    one, same, other = (trained.measure(which="gradnorm", samples=25, seed=k) for k in (1, 1, 2))
    np.testing.assert_array_equal(one["loss"].values, same["loss"].values)
    assert (one["loss"].values != other["loss"].values).all()
    film = optviz.Animation([one], views=["loss", "gradnorm"], caption="Mine.")
    assert "Mine." in film.scene.caption
    assert "measured on 25 of 40 samples, seed 1" in film.scene.caption
    assert "measured on all 40 samples" in Scene([trained.measure(which="loss")], ["loss"]).caption
    with pytest.raises(InputError, match="runs must be measured alike"):
        Scene([one, other], ["loss"])


def test_of_adam_no_limit_is_drawn_and_no_share_of_it_measured(trained):
    found = trained.measure(which="curvature", optimizer="adam:lr=0.5")
    limits = [
        list(Scene([run], ["curvature"]).panels[0].axes.lines)
        for run in (found, trained.measure(which="curvature", optimizer="gd:lr=2.5"))
    ]
    assert [len(lines) for lines in limits] == [0, 1]
    with pytest.raises(InputError, match="stability must be of GD or Momentum") as refused:
        trained.measure(which="stability", optimizer="adam")
    assert "\n" not in str(refused.value)


def test_a_dead_network_has_no_curvature():
    trained = Trained(steps=2)
    rows = torch.zeros(2, 51).double()
    dead = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)).double()
    found = landscape.measure(
        (rows, [0, 1]), lambda out, y: out.mean(), trained.x, trained.y, model=dead,
        which="curvature,trace,ratio,alpha", progress=False,
    )  # fmt: skip
    assert found["curvature"].values.tolist() == [0, 0]
    assert found["trace"].values.tolist() == [0, 0]
    assert np.isnan(found["ratio"].values).all()
    assert np.isnan(found["alpha"].values).all()


def wrong(name):
    """Snapshots and settings that are refused."""
    rows = torch.zeros(3, 51)
    bad = rows.clone()
    bad[1, 7] = float("nan")
    return {
        "nan": ((bad, [0, 2, 4]), {}),
        "one": ((rows[:1], [0]), {}),
        "size": ((rows[:, :50], [0, 1, 2]), {}),
        "steps": ((rows, [0, 1]), {}),
        "falling": ((rows, [0, 2, 1]), {}),
        "name": ((rows, [0, 1, 2]), {"which": "alfa"}),
        "kind": (7, {}),
        "model": ((rows, [0, 1, 2]), {"model": None}),
        "samples": ((rows, [0, 1, 2]), {"samples": 0}),
    }[name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nan", "weights must be finite; not those after step 2"),
        ("one", "recorder must hold at least two snapshots; not 1"),
        ("size", "weights must be of the model, 51 numbers; not 50"),
        ("steps", "steps must be one for each snapshot, 3; not 2"),
        ("falling", "steps must be rising"),
        ("name", r"instrument must be one of .*; not 'alfa' \(did you mean 'alpha'\?\)"),
        ("kind", "recorder must be an optviz.Recorder, or a pair"),
        ("model", "model must be a torch module"),
        ("samples", "samples must be a whole number from 1"),
    ],
)
def test_wrong_input_is_refused_in_one_line(trained, name, said):
    recorder, settings = wrong(name)
    settings = {"model": trained.model, "progress": False} | settings
    with pytest.raises(InputError, match=said) as refused:
        landscape.measure(recorder, trained.loss, trained.x, trained.y, **settings)
    assert "\n" not in str(refused.value)


DASHBOARD = ["loss", "gradnorm", "ratio", "distance", "alpha", "curvature"]


@pytest.mark.parametrize("size", [(1000, 560), (800, 400), (600, 400)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_of_a_dashboard_overlaps_another_or_is_cut_off(found, size, language):
    assert_texts_fit(Scene([found], DASHBOARD, size=size, language=language))


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_dashboard_grows_with_the_steps(found, theme):
    scene = Scene([found], [*DASHBOARD, "trace", "stability", "lr"], size=(1000, 800), theme=theme)
    early, late = scene.picture(2).copy(), scene.picture(12)
    for panel in scene.panels:
        box = panel.axes.bbox
        rows = slice(int(scene.height - box.y1), int(scene.height - box.y0))
        columns = slice(int(box.x0), int(box.x1))
        assert (early != late)[rows, columns].any(), type(panel)
    again = scene.picture(2)
    np.testing.assert_array_equal(early, again)
