"""Planes hold what they say: against scikit-learn, closed forms and definitions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from landscapes import MODELS, loss_by_torch, walked
from sklearn.decomposition import PCA
from torch import nn
from torch.autograd.functional import hessian
from torch.func import functional_call

import optviz
from optviz import InputError, Recorder, landscape
from optviz.landscape import checks, principal, rows


def recorded(weights, model=None):
    """A recorder that saw a linear layer at these weights, one after another."""
    weights = torch.as_tensor(weights)
    model = model or nn.Linear(weights.shape[1], 1, bias=False).to(weights.dtype)
    recorder = Recorder(model)
    for row in weights:
        with torch.no_grad():
            next(iter(model.parameters())).copy_(row.reshape(1, -1))
        recorder.snapshot()
    return recorder


@pytest.fixture(scope="module")
def runs():
    """Three runs of one network."""
    return [walked("mlp", seed=seed)[0] for seed in range(3)]


def test_the_plane_is_that_of_scikit_learn(runs):
    plane = landscape.of_paths(runs)
    every = np.concatenate([run.weights for run in runs]).astype(float)
    theirs = PCA(2, svd_solver="full").fit(every)
    ours = np.concatenate([plane.project(run.params)[0] for run in runs])
    signs = np.sign((plane.directions.numpy() * theirs.components_).sum(axis=1))
    assert np.allclose(plane.directions.numpy(), signs[:, None] * theirs.components_, atol=1e-10)
    assert np.allclose(plane.origin.numpy(), theirs.mean_, atol=1e-12)
    assert np.allclose(ours, signs * theirs.transform(every), atol=1e-10)
    shares = plane.shares([run.params for run in runs])
    assert np.allclose(shares, theirs.explained_variance_ratio_, atol=1e-12)
    far = np.linalg.norm(every - theirs.inverse_transform(theirs.transform(every)), axis=1)
    found = np.concatenate([plane.project(run.params)[1] for run in runs])
    assert np.allclose(found, far, atol=1e-10)
    assert far.max() > 0.01


def test_the_first_run_ends_to_the_right_and_above(runs):
    plane = landscape.of_paths(runs)
    points, _ = plane.project(runs[0].params)
    assert (points[-1] >= points[0]).all()


def test_read_from_disk_in_small_blocks_it_is_the_same(monkeypatch):
    plane = landscape.of_paths(walked("batch norm")[0])
    monkeypatch.setattr(rows, "MOST_IN_MEMORY", 2_000)
    monkeypatch.setattr(rows, "BLOCK", 9_000)
    monkeypatch.setattr(principal, "BLOCK", 900)
    other, _, _ = walked("batch norm")
    assert other.params.on_disk
    again = landscape.of_paths(other)
    assert torch.allclose(plane.directions, again.directions, atol=1e-12)
    assert torch.allclose(plane.buffers, again.buffers, atol=1e-12)
    for ours, theirs in zip(plane.project(other.params), again.project(other.params), strict=True):
        assert np.allclose(ours, theirs, atol=1e-12)


def test_a_path_in_a_plane_is_held_by_it():
    generator = np.random.default_rng(0)
    basis = np.linalg.qr(generator.standard_normal((40, 2)))[0].T
    middle = generator.standard_normal(40)
    walk = middle + generator.standard_normal((9, 2)) * [3, 1] @ basis
    recorder = recorded(torch.from_numpy(walk))
    plane = landscape.of_paths(recorder)
    points, far = plane.project(recorder.params)
    assert far.max() < 1e-13
    assert sum(plane.shares([recorder.params])) == pytest.approx(1, abs=1e-14)
    assert np.allclose(torch.stack([plane.at(u, v) for u, v in points]).numpy(), walk, atol=1e-13)
    # The plane is that of the basis: a vector of it has all its length there.
    assert np.allclose(np.linalg.norm(plane.directions.numpy() @ basis.T, axis=1), 1)


def test_a_snapshot_in_the_plane_has_its_own_loss():
    """With batch norm, whose buffers follow the mixture of the weights."""
    recorder, inputs, labels = walked("batch norm")
    plane = landscape.through(recorder, 0, 2, -1)
    for k in (0, 2, 5):
        (u, v), far = (part[k] for part in plane.project(recorder.params))
        assert far < 1e-6
        buffers = recorder.buffers[k].double()
        assert torch.allclose(plane.buffers_at(u, v), buffers, atol=1e-12)
        true = loss_by_torch(recorder.model, recorder.params[k], buffers, inputs, labels)
        there = loss_by_torch(
            recorder.model, plane.at(u, v), plane.buffers_at(u, v), inputs, labels
        )
        assert there == pytest.approx(true, rel=1e-6)
    assert plane.project(recorder.params)[1][1] > 1e-3  # one that was not asked for


def test_buffers_of_the_principal_plane_follow_its_weights():
    """Three snapshots lie in their own plane, and so do their buffers."""
    recorder, _, _ = walked("batch norm", steps=3)
    plane = landscape.of_paths(recorder)
    points, far = plane.project(recorder.params)
    assert far.max() < 1e-12
    for (u, v), held in zip(points, recorder.buffers, strict=True):
        assert torch.allclose(plane.buffers_at(u, v), held.double(), atol=1e-12)


def test_through_three_points_the_second_lies_along_u():
    a, b, c = torch.randn(3, 30, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    plane = landscape.through_points([a, b, c])
    points, far = plane.project(recorded(torch.stack([a, b, c])).params)
    side = float((b - a).norm())
    assert np.allclose(points[:2], [[0, 0], [side, 0]], atol=1e-12)
    assert np.allclose(np.linalg.norm(points[2]), float((c - a).norm()))
    assert far.max() < 1e-12


@pytest.mark.parametrize("name", ["mlp", "cnn", "batch norm"])
def test_random_directions_are_normalized_filter_by_filter(name):
    recorder, _, _ = walked(name)
    plane = landscape.random(recorder, recorder.model, seed=3)
    assert torch.equal(plane.origin, recorder.params[-1].double())
    for direction in plane.directions:
        at = 0
        for p in MODELS[name][0]().parameters():
            part = direction[at : at + p.numel()].reshape(p.shape)
            own = plane.origin[at : at + p.numel()].reshape(p.shape)
            at += p.numel()
            if p.ndim < 2:  # biases and batch norm, as the paper has it
                assert (part == 0).all()
            for ours, theirs in zip(part, own if p.ndim > 1 else [], strict=False):
                assert float(ours.norm()) == pytest.approx(float(theirs.norm()), rel=1e-12)
    again = landscape.random(recorder, recorder.model, seed=3)
    other = landscape.random(recorder, recorder.model, seed=4)
    assert torch.equal(plane.directions, again.directions)
    assert not torch.equal(plane.directions, other.directions)


def test_coordinates_of_slanted_directions_lead_to_the_nearest_point():
    recorder, _, _ = walked("mlp")
    plane = landscape.random(recorder, recorder.model)
    slant = float(nn.functional.cosine_similarity(*plane.directions, dim=0))
    assert slant != 0
    (points, far), flat = plane.project(recorder.params), plane.directions.numpy()
    for w, point, away in zip(recorder.weights, points, far, strict=True):
        found, left, *_ = np.linalg.lstsq(flat.T, w - plane.origin.numpy(), rcond=None)
        assert np.allclose(found, point, atol=1e-10)
        assert away == pytest.approx(float(np.sqrt(left.sum())), abs=1e-8)


def test_the_plane_of_the_hessian_is_that_of_the_dense_one():
    recorder, inputs, labels = walked("dropout")
    model = recorder.model.double().eval()
    recorder = recorded_again(recorder, model)
    loss = nn.functional.cross_entropy
    plane = landscape.of_hessian(recorder, model, loss, inputs.double(), labels)
    shapes = {name: p.shape for name, p in model.named_parameters()}

    def at(flat):
        parts = flat.split([shape.numel() for shape in shapes.values()])
        state = {n: part.view(shapes[n]) for n, part in zip(shapes, parts, strict=True)}
        return loss(functional_call(model, state, (inputs.double(),)), labels)

    values, vectors = torch.linalg.eigh(hessian(at, recorder.params[-1]))
    dense = vectors[:, -2:].flip(1).T
    assert values[-2] > 1.01 * values[-3]
    for ours, theirs in zip(plane.directions, dense, strict=True):
        assert abs(float(ours @ theirs)) == pytest.approx(1, abs=1e-5)
    assert torch.equal(plane.origin, recorder.params[-1])


def recorded_again(recorder, model):
    """The last snapshot, of the same model in another type."""
    again = Recorder(model)
    again.snapshot()
    assert torch.allclose(again.params[-1], recorder.params[-1].double(), atol=1)
    return again


def test_a_quadratic_whose_plane_is_known():
    """Gradient descent on x1^2 a / 2 + x2^2 b / 2 never leaves its plane: captured is all."""

    class Quadratic(nn.Module):
        def __init__(self):
            super().__init__()
            self.x = nn.Parameter(torch.zeros(7, dtype=torch.float64))

        def forward(self, curvature):
            return (curvature * self.x**2 / 2).sum(1)

    model = Quadratic()
    curvature = torch.tensor([[4.0, 1, 0, 0, 0, 0, 0]], dtype=torch.float64).repeat(5, 1)
    model.x.data[:2] = torch.tensor([1.0, -2])
    model.x.data[2:] = 3.0
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder = Recorder(model, optimizer)
    for _ in range(12):
        recorder.snapshot()
        optimizer.zero_grad()
        model(curvature).mean().backward()
        optimizer.step()
    found = landscape.plane(
        recorder, lambda out, y: out.mean(), curvature, torch.zeros(5), resolution=9,
        progress=False,
    )  # fmt: skip
    assert found.captured == pytest.approx(1, abs=1e-12)
    (path,) = found.trajectories
    k = np.arange(12)
    closed = 4 * 0.6 ** (2 * k) / 2 + 4 * 0.9 ** (2 * k) / 2
    assert np.allclose(path.true_loss, closed, rtol=1e-12)
    assert np.allclose(path.plane_loss, closed, rtol=1e-10)
    assert path.distance_from_plane.max() < 1e-12
    # Over the plane the loss is the quadratic itself.
    first, second = found.plane.directions.numpy()[:, :2]
    x = found.plane.origin.numpy()[:2] + np.add.outer(
        found.v[:, None] * second, found.u[:, None] * first
    )[np.arange(9), :, :, :].diagonal(axis1=1, axis2=3)
    assert np.allclose(found.loss, 2 * x[..., 0] ** 2 + x[..., 1] ** 2 / 2, rtol=1e-10)


def alike(count, size=5):
    return recorded(torch.ones(count, size))


def on_a_line():
    return recorded(torch.arange(5.0)[:, None] * torch.ones(1, 6) + 1)


def with_nan():
    weights = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
    weights[3, 2] = float("nan")
    return recorded(weights)


def empty():
    return Recorder(nn.Linear(2, 1))


WRONG = [
    (lambda: landscape.of_paths([]), "at least one optviz.Recorder"),
    (lambda: landscape.of_paths(5), "at least one optviz.Recorder"),
    (lambda: landscape.of_paths(empty()), "number 1, which has none"),
    (lambda: landscape.of_paths(alike(1)), "at least 3 snapshots to span a plane; not 1"),
    (lambda: landscape.of_paths(alike(4)), "not 4 that are all alike: no plane"),
    (lambda: landscape.of_paths(on_a_line()), "on one line"),
    (lambda: landscape.of_paths([alike(4), alike(4, 6)]), "not of 5 and 6 weights"),
    (lambda: landscape.of_paths(with_nan()), "number 1, whose snapshot 3 has nan or inf"),
    (lambda: landscape.through(alike(4), 0, 1, 2), "must span a plane"),
    (lambda: landscape.through_points([torch.ones(2)] * 2), "three vectors"),
    (lambda: landscape.through_points([torch.ones(3) / 0] * 3), "finite"),
    (lambda: landscape.random(alike(2), nn.Linear(5, 1)), "of 5 weights"),
]  # fmt: skip


@pytest.mark.parametrize(("do", "part"), WRONG, ids=[part for _, part in WRONG])
def test_what_spans_no_plane_is_said_in_one_line(do, part):
    with pytest.raises(InputError) as caught:
        do()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_plane_larger_than_the_memory_is_refused(monkeypatch, runs):
    monkeypatch.setattr(checks, "_memory", lambda: 1e4)
    with pytest.raises(InputError, match="plane must fit into memory"):
        landscape.of_paths(runs)


def test_too_many_snapshots_are_refused(monkeypatch, runs):
    monkeypatch.setattr(principal, "MOST_SNAPSHOTS", 17)
    with pytest.raises(InputError, match="at most 17 snapshots in all; not '18'"):
        landscape.of_paths(runs)


def test_public_names_are_there():
    assert optviz.Recorder is Recorder
    assert set(landscape.__all__) >= {"Recorder", "Plane", "Landscape", "plane", "of_paths"}
