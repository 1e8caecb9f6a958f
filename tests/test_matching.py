"""Hidden units renumbered: outputs stay, known orders are found, barriers fall."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from commands import assert_refused, called
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from optviz import landscape, mnist
from optviz.errors import InputError
from optviz.landscape.flat_model import FlatModel
from optviz.landscape.line import between, line_of, loss_on_line
from optviz.landscape.matching import Pair
from optviz.landscape.recording import FlatBuffers
from optviz.landscape.samples import Samples
from optviz.landscape.symmetries import units_of
from optviz.mnist.data import loading
from optviz.mnist.networks.inputs import normalize
from optviz.scene import Scene


def mlp(sizes=(6, 9, 7, 3)):
    layers = []
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def convolutional():
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 5, 3), nn.BatchNorm2d(5), nn.PReLU(5)),
        nn.Conv2d(5, 4, 3, bias=False), nn.MaxPool2d(2), nn.Tanh(),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(4 * 2 * 2, 6), nn.BatchNorm1d(6), nn.Linear(6, 3),
    )  # fmt: skip


MODELS = {"mlp": (mlp, (4, 6)), "cnn": (convolutional, (4, 1, 8, 8))}


def made(name, seed=0):
    """A model with random weights and buffers, in double precision, and inputs."""
    build, shape = MODELS[name]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build().double()
        for buffer in model.buffers():
            if buffer.is_floating_point():
                buffer.copy_(torch.rand_like(buffer) + 0.5)
        return model.eval(), torch.randn(shape, dtype=torch.float64)


@pytest.mark.parametrize("name", MODELS)
@given(seed=st.integers(0, 2**31))
@settings(max_examples=15, deadline=None)
def test_renumbered_networks_give_the_same_outputs(name, seed):
    model, inputs = made(name)
    flat, rng = FlatModel(model), np.random.default_rng(seed)
    pair = Pair(model, flat.weights(), flat.weights())
    orders = [rng.permutation(each.count) for each in pair.units]
    found = pair.arranged(orders)
    held = FlatBuffers(model).split(found.buffers)
    torch.testing.assert_close(
        flat.outputs(found.params, inputs, held), model(inputs), rtol=1e-12, atol=1e-12
    )
    assert not bool((found.params == flat.weights()).all())


@pytest.mark.parametrize("name", MODELS)
def test_a_known_order_is_found(name):
    """A copy with other numbers, and a little noise, is put right again."""
    model, _ = made(name)
    weights = FlatModel(model).weights()
    rng = np.random.default_rng(3)
    pair = Pair(model, weights, weights)
    orders = [rng.permutation(each.count) for each in pair.units]
    other = pair.arranged(orders)
    noisy = other.params + 1e-3 * torch.from_numpy(rng.standard_normal(len(other.params)))
    found = landscape.match(model, weights, noisy, buffers=other.buffers)
    for order, back in zip(orders, found.orders, strict=True):
        np.testing.assert_array_equal(order[back], np.arange(len(order)))
    torch.testing.assert_close(found.params, weights, rtol=0, atol=0.01)
    np.testing.assert_allclose(found.buffers, FlatBuffers(model).now())
    assert found.moved == sum(int((o != np.arange(len(o))).sum()) for o in found.orders)


@pytest.mark.parametrize("name", MODELS)
def test_on_the_way_every_stage_is_the_same_network(name):
    model, inputs = made(name)
    flat = FlatModel(model)
    pair = Pair(model, flat.weights(), flat.weights() * 0.9)
    rng = np.random.default_rng(5)
    orders = [rng.permutation(each.count) for each in pair.units]
    way = pair.way(orders)
    assert all((first == np.arange(len(first))).all() for first in way[0])
    for last, order in zip(way[-1], orders, strict=True):
        np.testing.assert_array_equal(last, order)
    wanted = flat.outputs(flat.weights() * 0.9, inputs)
    for stage in way:
        found = pair.arranged(stage)
        held = FlatBuffers(model).split(found.buffers)
        torch.testing.assert_close(flat.outputs(found.params, inputs, held), wanted)
    in_place = [sum(int((o == w).sum()) for o, w in zip(stage, orders, strict=True))
                for stage in way]  # fmt: skip
    assert all(a < b for a, b in itertools.pairwise(in_place))


def test_the_line_is_what_the_model_gives_there():
    model, inputs = made("cnn")
    flat = FlatModel(model, nn.functional.mse_loss)
    targets = torch.randn(4, 3, dtype=torch.float64)
    a, b = flat.weights(), flat.weights() + 0.1
    held = FlatBuffers(model).now()
    samples = Samples(inputs, targets, 4)
    found = loss_on_line(flat, a, b, samples, (held, 2 * held), points=7)
    for t, loss in zip(found.t, found.loss, strict=True):
        mixed = FlatBuffers(model).split((1 + t) * held)
        wanted = flat.loss(torch.lerp(a, b, float(t)), inputs, targets, mixed)
        assert loss == pytest.approx(float(wanted), rel=1e-9)
    straight = np.interp(found.t, [0, 1], found.loss[[0, -1]])
    assert found.barrier == pytest.approx(float(np.max(found.loss - straight)))
    again = between(flat, a, b, samples, (held, 2 * held))
    like = between(flat, a, b, samples, (held, 2 * held))
    np.testing.assert_array_equal(line_of(again, 7, like).loss, found.loss)


@pytest.fixture(scope="module")
def data():
    return loading.choose("subset", None)


@pytest.fixture(scope="module")
def runs(data, tmp_path_factory):
    """Networks from six seeds, and the folders of two."""
    found = [
        mnist.train(data, hidden=(96,), optimizer="adam:lr=0.002", epochs=3, samples=3000,
                    validation=500, seed=seed, progress=False)
        for seed in range(6)
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("runs")
    return found, [found[i].save(folder / str(i)) for i in range(2)]


def test_barriers_fall_between_networks_of_different_seeds(runs, data):
    fallen = 0
    labels = torch.from_numpy(data.train_labels[:1000].astype(np.int64))
    samples = Samples(normalize(data.train_images[:1000]), labels, 1000)
    for one, other in zip(runs[0], runs[0][1:], strict=False):
        flat = FlatModel(one.model)
        matched = landscape.match(one.model, one.params, other.params)
        before = loss_on_line(flat, one.params, other.params, samples, points=11).barrier
        after = loss_on_line(flat, one.params, matched.params, samples, points=11).barrier
        assert before > 0.1
        fallen += after < 0.5 * before
    assert fallen >= 4


def test_the_film_shows_what_was_computed(runs, data):
    found = mnist.matching(runs[0][:2], data, points=9, samples=300, progress=False)
    record = found.record
    assert record.barriers[0] > 2 * record.barriers[-1]
    assert found.barrier == (record.barriers[0], record.barriers[-1])
    one, other = runs[0][:2]
    np.testing.assert_allclose(record.losses[:, -1], record.losses[0, -1], rtol=1e-5)
    assert record.losses.shape == (len(record.counts), 9)
    first = one.params.double()
    assert float(first @ other.params.double()) < float(first @ found.matching.params)
    film = found.animate(size=(600, 300))
    scene = film.scene
    assert isinstance(scene, Scene)
    panel = scene.panels[0]
    for at in (0, len(record) // 2, len(record)):
        line = next(a for a in panel.artists_at(at) if a is panel.line)
        np.testing.assert_array_equal(line.get_ydata(), record.losses[record.stage(at)])
    alt = film.alt
    for number in record.barriers[[0, -1]]:
        assert f"{number:.3g}" in alt
    assert "nan" not in alt


def test_the_command(runs, tmp_path, capsys):
    path, folders = tmp_path / "barrier.png", [str(folder) for folder in runs[1]]
    less = ["--samples", "200", "--points", "5", "-o", str(path)]
    done = called(["mnist", "match", *folders, *less], capsys)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{path}\n"
    assert "barrier" in done.stderr
    path.unlink()
    same = called(["mnist", "match", folders[0], folders[0], *less], capsys)
    assert_refused(same, "same weights", tmp_path)


def test_what_cannot_be_matched_is_one_line(runs, data):
    one = runs[0][0]
    linear = mnist.train(data, model="linear", epochs=1, samples=500, progress=False)
    deep = mnist.train(data, hidden=(8,), epochs=1, samples=500, progress=False)
    for wrong, words in [
        ([one], "two of one network"),
        ([one, one], "the same weights"),
        ([one, deep], "of one network; not of"),
        ([linear, mnist.train(data, model="linear", epochs=1, samples=500, seed=1,
                              progress=False)], "a hidden layer"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=words) as caught:
            mnist.matching(wrong, data, progress=False)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="points must be"):
        mnist.matching(runs[0][:2], data, points=2, progress=False)
    weights = torch.full((FlatModel(mlp()).size,), torch.nan)
    with pytest.raises(InputError, match="finite weights"):
        landscape.match(mlp(), weights, weights)
    with pytest.raises(InputError, match="weights"):
        landscape.match(mlp(), weights[:3], weights)
    with pytest.raises(InputError, match="not with TransformerEncoderLayer"):
        units_of(nn.Sequential(nn.TransformerEncoderLayer(4, 2)))
    with pytest.raises(InputError, match="in groups"):
        units_of(nn.Sequential(nn.Conv2d(2, 2, 1, groups=2), nn.Conv2d(2, 2, 1)))
