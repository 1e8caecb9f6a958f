"""Recorders keep what a model was, wherever it lies, and give it back."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
import torch
from landscapes import MODELS, walked
from safetensors.torch import load_file
from torch import nn
from torch.nn.utils import parameters_to_vector

import optviz
from optviz import InputError, Recorder
from optviz.landscape import rows


def test_a_snapshot_is_the_model_at_its_step():
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    recorder = Recorder(model)
    seen, counted = [], []
    for step in (0, 5, 20):
        model(torch.randn(4, 3))  # batch norm counts
        with torch.no_grad():
            for p in model.parameters():
                p.add_(torch.randn_like(p))
        recorder.snapshot(torch.tensor(2.5), step=step)
        seen.append(parameters_to_vector(model.parameters()).detach().clone())
        counted.append(torch.cat([model[1].running_mean, model[1].running_var]).clone())
    assert recorder.steps == [0, 5, 20]
    assert recorder.losses == [2.5] * 3
    assert np.array_equal(recorder.weights, torch.stack(seen).numpy())
    assert torch.equal(torch.stack(recorder.buffers[:]), torch.stack(counted))
    assert "3 snapshots of 12 weights and 4 numbers in buffers, steps 0 to 20" in repr(recorder)


def test_steps_are_counted_unless_told_and_a_loss_may_be_missing():
    recorder = Recorder(nn.Linear(2, 1))
    recorder.snapshot()
    recorder.snapshot()
    recorder.snapshot(step=7)
    recorder.snapshot()
    assert recorder.steps == [0, 1, 7, 8]
    assert all(map(math.isnan, recorder.losses))


def test_weights_that_layers_share_are_kept_once():
    shared = nn.Linear(4, 4)
    model = nn.Sequential(shared, nn.ReLU(), shared, nn.Linear(4, 2))
    recorder = Recorder(model)
    recorder.snapshot()
    assert recorder.params.width == 4 * 4 + 4 + 4 * 2 + 2
    assert np.array_equal(recorder.weights[0], parameters_to_vector(model.parameters()).detach())


def test_what_is_large_lies_in_a_file_and_reads_the_same(monkeypatch, tmp_path):
    monkeypatch.setattr(rows, "MOST_IN_MEMORY", 5_000)
    monkeypatch.setattr(rows, "BLOCK", 2_000)
    recorder, _, _ = walked("batch norm", steps=9)
    monkeypatch.undo()
    in_memory, _, _ = walked("batch norm", steps=9)
    assert recorder.params.on_disk
    assert "on disk" in repr(recorder)
    assert not in_memory.params.on_disk
    assert isinstance(recorder.weights, np.memmap)
    assert np.array_equal(recorder.weights, in_memory.weights)
    blocks = list(recorder.params.blocks())
    assert torch.equal(torch.cat(blocks), torch.cat(list(in_memory.params.blocks())))
    assert torch.equal(recorder.params.columns(7, 31), in_memory.params.columns(7, 31))
    recorder.cut(8)
    assert recorder.steps == [0, 2, 4, 6, 8]
    recorder.snapshot(step=30)
    assert len(recorder.weights) == 6
    assert np.array_equal(recorder.weights[:5], in_memory.weights[:5])
    now = parameters_to_vector(recorder.model.parameters()).detach().numpy()
    assert np.array_equal(recorder.weights[5], now)
    for again in (pickle.loads(pickle.dumps(recorder)), copy.deepcopy(recorder)):
        assert np.array_equal(again.weights, recorder.weights)


def test_a_file_far_larger_than_what_may_be_in_memory(monkeypatch):
    """Of what lies on disk no more is held than a block."""
    monkeypatch.setattr(rows, "MOST_IN_MEMORY", 1_000)
    found = rows.Rows()
    for i in range(50):
        found.append(torch.full((1_000,), float(i)))
    assert found.on_disk
    assert found._kept == []
    monkeypatch.setattr(rows, "BLOCK", 8 * 3_000)
    assert [len(block) for block in found.blocks()] == [3] * 16 + [2]
    assert float(sum(block.sum() for block in found.blocks())) == 1_000 * sum(range(50))


@pytest.mark.parametrize("name", ["mlp", "batch norm"])
def test_saved_and_loaded_it_is_the_same_and_goes_on(name, tmp_path, monkeypatch):
    recorder, _, _ = walked(name)
    recorder.losses[1] = 0.25
    path = recorder.save(tmp_path / "walk.safetensors")
    # By the library that defined the format.
    read = load_file(path)
    assert np.array_equal(read["params"].numpy(), recorder.weights)
    assert np.array_equal(read["buffers"].numpy(), recorder.buffers.array)
    monkeypatch.setattr(rows, "MOST_IN_MEMORY", 1_000)
    again = Recorder.load(path, MODELS[name][0]())
    assert again.params.on_disk
    assert again.steps == recorder.steps
    assert again.losses[1] == 0.25
    assert np.array_equal(again.weights, recorder.weights)
    assert np.array_equal(again.buffers.array, recorder.buffers.array)
    again.snapshot()
    assert len(again) == len(recorder) + 1


def test_a_float64_model_stays_one(tmp_path):
    model = nn.Linear(2, 1).double()
    recorder = Recorder(model)
    recorder.snapshot()
    assert recorder.weights.dtype == np.float64
    again = Recorder.load(recorder.save(tmp_path / "x.safetensors"), model)
    assert np.array_equal(again.weights, recorder.weights)


@pytest.mark.parametrize(
    ("make", "label"),
    [
        (lambda p: torch.optim.SGD(p, lr=0.1), "GD lr=0.1"),
        (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), "Momentum lr=0.1"),
        (lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.9)), "Adam lr=0.02, β=0.8/0.9"),
        (lambda p: optviz.to_torch("lion:lr=0.01", p), "Lion lr=0.01"),
        (lambda p: "adamw:lr=0.5", "AdamW lr=0.5"),
        (lambda p: torch.optim.SparseAdam(list(p)), "SparseAdam"),
        (lambda p: None, "Linear"),
    ],
)
def test_pictures_call_it_by_what_trains_it(make, label):
    from optviz.records.labels import optimizer_label

    model = nn.Linear(2, 1)
    assert optimizer_label(Recorder(model, make(model.parameters())).optimizer) == label


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.LazyLinear(2)


def mixed():
    return nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2).double())


WRONG = [
    (lambda: Recorder(nn.ReLU()), "model must have parameters; ReLU has none"),
    (lambda: Recorder("mlp"), "a torch module"),
    (lambda: Recorder(mixed()), "of one type"),
    (lambda: Recorder(nn.Linear(2, 2, device="meta")), "on no device"),
    (lambda: Recorder(nn.Linear(2, 2), "adm"), "did you mean 'adam'"),
    (lambda: Recorder(nn.Linear(2, 2), label=""), "label"),
    (lambda: Recorder(nn.Linear(2, 2)).save("x.safetensors"), "must have a snapshot"),
    (lambda: Recorder(nn.Linear(2, 2)).save("x.pt"), ".safetensors"),
    (lambda: Recorder.load("nowhere.safetensors", nn.Linear(2, 2)), "nowhere.safetensors"),
    (lambda: Recorder.load(__file__, nn.Linear(2, 2)), "Recorder.save"),
]


@pytest.mark.parametrize(("do", "part"), WRONG, ids=[part for _, part in WRONG])
def test_what_is_wrong_is_said_in_one_line(do, part):
    with pytest.raises(InputError) as caught:
        do()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Lazy modules")
def test_a_model_without_sizes_is_refused():
    with pytest.raises(InputError, match="called once"):
        Recorder(Lazy())


@pytest.mark.parametrize("step", [3, 2, -1, True, 1.5])
def test_a_step_must_come_after_the_last(step):
    recorder = Recorder(nn.Linear(2, 2))
    recorder.snapshot(step=3)
    with pytest.raises(InputError, match="from 4"):
        recorder.snapshot(step=step)


def test_a_file_of_another_model_is_refused(tmp_path):
    recorder, _, _ = walked("mlp")
    path = recorder.save(tmp_path / "walk.safetensors")
    with pytest.raises(InputError, match="of a model with 8 weights"):
        Recorder.load(path, nn.Linear(3, 2))


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    recorder, _, _ = walked("mlp")
    path = recorder.save(tmp_path / "walk.safetensors")
    before = path.read_bytes()

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("optviz.landscape.recorder.write_rows", stop)
    with pytest.raises(KeyboardInterrupt):
        recorder.save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
