"""Training against torch.optim and autograd; runs that are killed, stopped, damaged.

On the 5,000 digits that need neither network nor files.
"""

from __future__ import annotations

import copy
import itertools
import json
import shutil
import signal
import time
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from commands import start
from digits import Own, edited, quick
from torch import nn

import optviz
from optviz import files, mnist
from optviz.errors import InputError
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.networks.models import ACTIVATIONS
from optviz.mnist.training import folder as run_folder
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.history import Epoch
from optviz.mnist.training.loop import Trainer, status_of
from optviz.torch_bridge import in_place
from optviz.torch_bridge.flat_network import FlatNetwork

CLASSICS = [
    ("gd:lr=0.05", torch.optim.SGD, {"lr": 0.05}),
    ("momentum:lr=0.02", torch.optim.SGD, {"lr": 0.02, "momentum": 0.9}),
    ("adagrad:lr=0.02", torch.optim.Adagrad, {"lr": 0.02}),
    ("rmsprop:lr=0.001", torch.optim.RMSprop, {"lr": 0.001}),
    ("adam:lr=0.001", torch.optim.Adam, {"lr": 0.001}),
]


@pytest.mark.parametrize("model", ["linear", "mlp"])
@pytest.mark.parametrize(("text", "kind", "settings"), CLASSICS, ids=[row[0] for row in CLASSICS])
def test_training_is_torchs(model, text, kind, settings, subset):
    """The same network, batches and 200 steps in float64: ours by `iterate`, theirs by the book."""
    torch.manual_seed(0)
    theirs = mnist.build(model, hidden=(24, 16), activation="tanh").double()
    network = FlatNetwork(copy.deepcopy(theirs))
    images = normalize(subset.train_images).double()
    labels = torch.from_numpy(subset.train_labels.astype(np.int64))
    places = [torch.randint(len(labels), (64,)) for _ in range(201)]
    waiting = iter(places)

    def gradient(params):
        batch = next(waiting)
        return network.gradient(params, images[batch], labels[batch])

    start = network.flat.clone()
    walk = optviz.iterate(gradient, in_place(optviz.optimizers.parse(text)), start)
    optimizer = kind(theirs.parameters(), **settings)
    for batch, visit in zip(places, itertools.islice(walk, 201), strict=True):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(theirs(images[batch]), labels[batch])
        assert network.loss == pytest.approx(loss.item(), abs=1e-6)
        if model == "linear":  # convex: rounding cannot grow
            weights = torch.cat([p.detach().reshape(-1) for p in theirs.parameters()])
            torch.testing.assert_close(visit.params, weights, rtol=0, atol=1e-9)
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize(("l1", "l2"), [(0.01, 0.0), (0.0, 0.02), (0.003, 0.004)])
def test_penalties_are_their_definition(l1, l2, subset):
    model = mnist.build(hidden=(12,), activation="prelu").double()
    plain = copy.deepcopy(model)
    images = normalize(subset.train_images[:40]).double()
    labels = torch.from_numpy(subset.train_labels[:40].astype(np.int64))
    network = FlatNetwork(model, l1, l2)
    got = network.gradient(network.flat.clone(), images, labels)
    weights = [m.weight for m in plain.modules() if isinstance(m, nn.Linear)]
    loss = nn.functional.cross_entropy(plain(images), labels)
    penalty = sum(l1 * w.abs().sum() + l2 * (w**2).sum() for w in weights)
    expected = torch.autograd.grad(loss + penalty, list(plain.parameters()))
    torch.testing.assert_close(got, torch.cat([g.reshape(-1) for g in expected]))
    assert network.loss == pytest.approx(loss.item())  # what is shown is without penalties


def test_l1_makes_weights_small(few):
    def small(run):
        return float((run.params.abs() < 1e-3).double().mean())

    plain, sparse = (quick(few, epochs=8, optimizer="adam:lr=0.003", l1=l1) for l1 in (0, 3e-3))
    assert small(sparse) > 5 * small(plain)


def test_a_run_learns_and_says_so(subset):
    run = quick(subset, hidden=(64,), epochs=3, optimizer="adam:lr=0.003")
    assert run.status == "finished"
    assert run.accuracy(subset.test_images, subset.test_labels) > 0.9
    history = run.history
    assert len(history.loss) == 3 * 57  # 3,600 images in batches of 64
    assert history.column("step").tolist() == [57, 114, 171]
    assert history.epochs[0].train_loss == pytest.approx(np.mean(history.loss[:57]))
    assert (np.diff(history.column("train_loss")) < 0).all()
    assert history.epochs[-1].validation_accuracy > 0.9
    assert "3 epochs, 171 steps" in run.summary()
    scores = run.scores(subset.test_images[:5])
    np.testing.assert_allclose(scores.sum(1), 1, rtol=1e-5)


def test_runs_of_one_seed_are_equal_bit_for_bit(few):
    random = torch.get_rng_state()
    first, again = (quick(few, dropout=0.3, epochs=2) for _ in range(2))
    assert torch.equal(first.params, again.params)
    assert first.history.loss == again.history.loss
    assert torch.equal(torch.get_rng_state(), random)  # the user's own numbers go on undisturbed
    assert not torch.equal(first.params, quick(few, dropout=0.3, epochs=2, seed=1).params)


def test_what_is_trained_on_is_never_what_it_is_judged_by(few):
    config = TrainConfig(model="linear", batch_size=8, samples=100, validation=60, seed=3)
    data = Trainer(config, few, optviz.GD()).data
    assert (data.train, data.n_validation) == (100, 60)
    pictures = {image.numpy().tobytes() for image in data.images}
    originals = {image.numpy().tobytes() for image in normalize(few.train_images)}
    assert len(pictures) == 160  # no image is in both parts
    assert pictures <= originals


def test_a_few_images_are_learned_by_heart(subset):
    run = quick(subset, samples=200, epochs=40, hidden=(64,), optimizer="adam:lr=0.003")
    last = run.history.epochs[-1]
    assert last.train_accuracy == 1
    assert last.validation_accuracy < 0.9
    assert last.validation_loss > 10 * last.train_loss


@pytest.mark.parametrize(
    ("losses", "place"),
    [
        ([3.0, 2.0, 2.5, 2.1], 1),
        ([3.0, 2.0, 2.0], 1),  # as low is not lower
        ([1.0], 0),
        ([float("nan"), 5.0, float("nan")], 1),
    ],
)
def test_the_best_epoch_of_a_made_up_history(losses, place):
    history = mnist.History(epochs=[Epoch(0, 0.0, 0.0, loss, 0.0, 0.0) for loss in losses])
    assert history.best_epoch == place
    config = TrainConfig(epochs=9, patience=len(losses) - 1 - place or 1)
    stopped = len(losses) - 1 - place >= config.patience
    assert status_of(history, config) == ("stopped early" if stopped else "running")
    assert status_of(history, TrainConfig(epochs=len(losses))) == "finished"


def test_early_stopping_goes_back_to_the_best_weights(few, tmp_path):
    run = quick(few, samples=100, epochs=200, patience=3, optimizer="adam:lr=0.01", out=tmp_path)
    losses = run.history.column("validation_loss")
    assert run.status == "stopped early"
    assert len(losses) == np.argmin(losses) + 4
    best = quick(few, samples=100, epochs=int(np.argmin(losses)) + 1, optimizer="adam:lr=0.01")
    assert torch.equal(run.params, best.params)
    epoch = run.history.epochs[np.argmin(losses)]
    assert f"best weights, of epoch {np.argmin(losses) + 1}" in run.summary()
    assert f"validation loss {epoch.validation_loss:.4f}" in run.summary()
    again = mnist.resume(tmp_path, few)
    assert again.status == "stopped early"
    assert torch.equal(again.params, best.params)


def test_ctrl_c_after_the_last_epoch_leaves_a_finished_run(few, tmp_path, monkeypatch):
    whole = quick(few, epochs=2, optimizer="adam")
    ended = Trainer._end_epoch

    def interrupted(self, run, *rest):
        ended(self, run, *rest)
        if len(run.history.epochs) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Trainer, "_end_epoch", interrupted)
        run = quick(few, epochs=2, optimizer="adam", out=tmp_path / "run")
    assert run.status == "finished"
    again = mnist.resume(tmp_path / "run", few)
    assert again.history.loss == whole.history.loss
    assert torch.equal(again.params, whole.params)


@pytest.mark.parametrize("written", [1, 2, 3])
def test_a_disk_that_fails_between_files(few, tmp_path, monkeypatch, written):
    whole = quick(few, epochs=2, optimizer="adam")
    replacing, count = files.replacing, itertools.count(1)

    @contextmanager
    def failing(path):
        with replacing(path) as stream:
            yield stream
        if next(count) == 3 + written:  # the first three are of the run before its first step
            raise InputError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(files, "replacing", failing)
        with pytest.raises(InputError, match="no space"):
            quick(few, epochs=2, optimizer="adam", out=tmp_path / "run")
    rest = mnist.resume(tmp_path / "run", few, progress=False)
    assert rest.history.loss == whole.history.loss
    assert torch.equal(rest.params, whole.params)


def test_pixels_are_standardised():
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    found = normalize(images)
    assert found.shape == (3, 1, 28, 28)
    np.testing.assert_allclose(found[:, 0], (images / 255 - 0.1307) / 0.3081, atol=1e-5)


def test_training_is_a_plain_loop_of_torch(few):
    """The same batches by hand, with torch's own Adam and data loading."""
    run = quick(few, epochs=2, optimizer="adam:lr=0.003")
    order = np.random.default_rng([0, 2]).permutation(len(few.train_labels))
    n_validation = (
        len(order) // 10 if run.config["validation"] is None else run.config["validation"]
    )
    order = order[: n_validation + (run.config["samples"] or len(order) - n_validation)]
    start = quick(few, epochs=1, optimizer="adam:lr=0")
    network = copy.deepcopy(start.model).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.003)
    images = torch.from_numpy((few.train_images[order] / 255 - 0.1307) / 0.3081).float()
    labels = torch.from_numpy(few.train_labels[order].astype(int))
    losses = []
    for epoch in range(2):
        mixed = n_validation + np.random.default_rng([0, 4, epoch]).permutation(
            len(order) - n_validation
        )
        size = run.config["batch_size"]
        for batch in np.split(mixed, range(size, len(mixed), size)):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(images[batch, None]), labels[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    np.testing.assert_allclose(run.history.loss, losses, rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize("optimizer", ["gd:lr=1e39", "adam:lr=1e39", "torch.optim.SGD:lr=1e39"])
def test_a_rate_beyond_float32_diverges(few, optimizer):
    run = quick(few, optimizer=optimizer, epochs=1)
    assert run.status == "diverged"


def test_divergence_is_a_result(few, tmp_path):
    run = quick(few, optimizer="gd:lr=1e30", epochs=2, out=tmp_path / "run")
    assert run.status == "diverged"
    assert torch.isfinite(run.params).all()
    assert not np.isfinite(run.history.loss[-1])
    again = mnist.resume(tmp_path / "run", few)
    assert again.status == "diverged"
    np.testing.assert_array_equal(again.history.loss, run.history.loss)
    assert f"diverged at step {len(run.history.loss)}" in again.summary()


@pytest.mark.parametrize(
    "optimizer",
    ["adam", "nadam", "rprop:lr=0.001", "momentum:lr=cosine(0.1,48)", "qhadam",
     "torch.optim.Adam:lr=0.001,betas=(0.8,0.99)", "torch.optim.SGD:lr=0.1,momentum=0.9", Own()],
    ids=str,
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:patience 4 cannot stop")  # as it must not, here
def test_an_interrupted_run_goes_on_bit_for_bit(optimizer, few, tmp_path, monkeypatch):
    settings = {"optimizer": optimizer, "epochs": 4, "dropout": 0.2, "patience": 4}
    whole = quick(few, **settings)
    save = mnist.Run.save

    def interrupted(run, folder):
        save(run, folder)
        if run.status == "running" and len(run.history.epochs) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mnist.Run, "save", interrupted)
        half = quick(few, **settings, out=tmp_path)
    assert half.status == run_folder.read(tmp_path).status == "interrupted"
    assert half.history.loss == whole.history.loss[:24]
    given = optimizer if isinstance(optimizer, Own) else None
    rest = mnist.resume(tmp_path, few, optimizer=given, progress=False)
    assert rest.history.loss == whole.history.loss
    assert torch.equal(rest.params, whole.params)
    assert rest.status == "finished"


KILLED = """
import sys
from optviz import mnist
mnist.train(mnist.load(subset=True), hidden=(32,), epochs=12, dropout=0.2, patience=12,
            optimizer="adam:lr=cosine(0.003,400)", progress=False, record=10, out=sys.argv[1])
"""


@pytest.mark.filterwarnings("ignore:patience 12 cannot stop")  # as it must not, here
def test_a_killed_run_goes_on_bit_for_bit(subset, tmp_path):
    folder = tmp_path / "run"
    process = start("-c", KILLED, folder, stdout=None, stderr=None)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if (folder / "history.csv").is_file():
            rows = (folder / "history.csv").read_text().count("\n")
            if rows > 3 * 29:
                break
        time.sleep(0.002)
    process.kill()  # SIGKILL: it can neither catch it nor tidy up
    assert process.wait() == -signal.SIGKILL
    for begun in (".weights.safetensors.k1ll3d", ".snapshots-0009.safetensors.k1ll3d"):
        (folder / begun).write_bytes(b"begun")
    before = run_folder.read(folder)
    assert before.status == "running"
    assert 2 <= len(before.history.epochs) < 12
    rest = mnist.resume(folder, progress=False)  # the data are loaded as before
    whole = mnist.train(subset, hidden=(32,), epochs=12, dropout=0.2, patience=12,
                        optimizer="adam:lr=cosine(0.003,400)", progress=False,
                        record=10)  # fmt: skip
    for run in (rest, mnist.restore(folder)):
        assert torch.equal(run.params, whole.params)
        assert run.history.loss == whole.history.loss
        assert run.snapshots.steps == whole.snapshots.steps
        ours, theirs = (torch.stack(each.snapshots.params[:]) for each in (run, whole))
        assert torch.equal(ours, theirs)
    names = {"config.json", "history.csv", "weights.safetensors"}
    names |= {f"snapshots-{number:04d}.safetensors" for number in range(1, 13)}
    assert {path.name for path in folder.iterdir()} == names


@pytest.fixture(scope="module")
def folder(few, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "run"
    quick(few, epochs=1, out=path)
    return path


def test_a_folder_holds_numbers_and_text(folder, few):
    from safetensors.torch import load_file

    tensors = load_file(folder / "weights.safetensors")
    run = mnist.resume(folder, few)
    for name, value in run.model.state_dict().items():
        assert torch.equal(tensors[f"model.{name}"], value)
    rows = np.genfromtxt(folder / "history.csv", delimiter=",", names=True)
    np.testing.assert_array_equal(rows["loss"], run.history.loss)
    assert rows["validation_accuracy"][-1] == run.history.epochs[0].validation_accuracy
    assert np.isnan(rows["validation_accuracy"][:-1]).all()


def rewritten(name, change):
    def edit(folder):
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return edit


DAMAGED = {
    "no config": (lambda f: (f / "config.json").unlink(), "must hold config.json"),
    "no weights": (lambda f: (f / "weights.safetensors").unlink(), "must hold weights"),
    "no history": (lambda f: (f / "history.csv").unlink(), "must hold history.csv"),
    "half a config": (rewritten("config.json", lambda b: b[:40]), "whole config.json"),
    "not an object": (rewritten("config.json", lambda b: b"3"), "whole config.json"),
    "no format": (rewritten("config.json", lambda b: b"{}"), "whole config.json"),
    "newer": (edited(format=99), "a newer optviz made it"),
    "half the weights": (rewritten("weights.safetensors", lambda b: b[:9000]), "whole weights"),
    "empty weights": (rewritten("weights.safetensors", lambda b: b""), "whole weights"),
    "a pickle": (rewritten("weights.safetensors", lambda b: b"\x80\x04K\x01."), "whole weights"),
    "half the history": (rewritten("history.csv", lambda b: b[:99]), "whole history.csv"),
    "binary history": (rewritten("history.csv", lambda b: b"\xff\xfe\0"), "whole history.csv"),
    "other network": (edited(hidden=[17]), "run must be whole"),
    "no seed": (edited(seed=None), "seed"),
    "unknown model": (edited(model="mpl"), "'mlp'"),
    "other optimizer": (edited(optimizer="gd:lr=0.1"), "run must be whole"),
    "other memory": (edited(optimizer="rmsprop:lr=0.1"), "run must be whole"),
    "no source": (edited(data={"name": "mnist", "fingerprint": "0"}), "run must be whole"),
    "own optimizer": (edited(optimizer="own"), "optimizer=..."),
    "unknown optimizer": (edited(optimizer="own:lr=0.01"), "optimizer"),
    "other data": (
        edited(data={"source": "the subset", "name": "mnist", "fingerprint": "0"}), "began with"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "part"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_folder_is_one_line(spoil, part, folder, few, tmp_path):
    copied = shutil.copytree(folder, tmp_path / "run")
    spoil(copied)
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    with pytest.raises(InputError, match=part) as caught:
        mnist.resume(copied, few)
    assert "\n" not in str(caught.value)
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"model": "mpl"}, "'mlp'"),
        ({"activation": "rleu"}, "'relu'"),
        ({"optimizer": "adm"}, "'adam'"),
        ({"optimizer": "torch.optim.Adm"}, "torch.optim"),
        ({"optimizer": "torch.optim.SGD:lr=x"}, "lr"),
        ({"optimizer": "torch.optim.SparseAdam:lr=1"}, "SparseAdam"),
        ({"optimizer": "newton"}, "no second derivatives"),
        ({"hidden": (0,)}, "hidden"),
        ({"hidden": 64}, "hidden"),
        ({"hidden": "128"}, "hidden"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": 1.5}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 721}, "at most the 720 images"),
        ({"samples": 0}, "samples"),
        ({"samples": 721}, "from 1 to 720"),
        ({"validation": 800}, "from 0 to 799"),
        ({"validation": 0, "patience": 2}, "patience"),
        ({"patience": 0}, "patience"),
        ({"l1": -1}, "l1"),
        ({"l2": float("nan")}, "l2"),
        ({"dropout": 1.0}, "dropout"),
        ({"seed": -1}, "seed"),
        ({"device": "tpu"}, "device"),
        ({"out": "none/run"}, "folder that exists"),
        ({"out": "full"}, "new folder"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_wrong_input(settings, part, few, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("all of it")
    with pytest.raises(InputError, match=part) as caught:
        quick(few, **settings)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_settings_may_be_numpys(few, tmp_path):
    plain = {"epochs": 1, "batch_size": 100, "samples": 200, "validation": 50, "seed": 3,
             "record": 2, "l1": 0.5, "l2": 0.25, "dropout": 0.5}  # fmt: skip
    theirs = {k: np.float32(v) if isinstance(v, float) else np.int64(v) for k, v in plain.items()}
    run = quick(few, **theirs, out=tmp_path)
    kept = json.loads((tmp_path / "config.json").read_text())
    assert {name: kept[name] for name in plain} == plain
    assert torch.equal(run.params, quick(few, **plain).params)
    further = mnist.resume(tmp_path, few, epochs=np.int64(2), progress=False)
    assert len(further.history.epochs) == 2


@pytest.mark.parametrize("name", ["l1", "epochs", "samples"])
def test_a_truth_is_no_number(name, few):
    with pytest.raises(InputError, match=f"{name} must be a .*number.*not True"):
        quick(few, **{name: True})


def test_a_bar_shows_loss_accuracy_and_time_left(few, capfd):
    quick(few, batch_size=8, epochs=2, progress=True)
    said = capfd.readouterr().err
    assert "100%" in said
    assert all(word in said for word in ("epoch 2", "loss=", "accuracy=", "validation=", "<00:0"))


def test_no_validation_images(few):
    run = quick(few, validation=0, epochs=1)
    assert np.isnan(run.history.epochs[0].validation_loss)
    assert len(run.history.loss) == 13
    assert "validation" not in run.summary()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_every_network_learns(model, activation, few):
    run = quick(few, model=model, activation=activation, epochs=3, optimizer="adam:lr=0.005")
    assert run.history.epochs[-1].train_loss < run.history.epochs[0].train_loss
    slopes = [p for p in run.model.parameters() if p.shape == (1,)]
    assert len(slopes) == {"mlp": 1, "cnn": 2}[model] * (activation == "prelu")
    assert all(slope != 0.25 for slope in slopes)  # learned


def test_dropout_is_for_training_only(few):
    model = mnist.build(hidden=(32,), dropout=0.5)
    run = quick(few, dropout=0.5, epochs=1)
    assert any(isinstance(layer, nn.Dropout) for layer in model.modules())
    np.testing.assert_array_equal(run.scores(few.train_images), run.scores(few.train_images))


@pytest.mark.parametrize("name", mnist.activations())
def test_an_activation_is_torchs_function_after_each_hidden_layer(name):
    x = torch.linspace(-3, 3, 101)
    more = [torch.tensor([0.25])] if name == "prelu" else []
    layer = mnist.activations()[name]()
    torch.testing.assert_close(layer(x), getattr(nn.functional, name)(x, *more))
    kinds = [type(part) for part in mnist.build(hidden=(5, 4, 3), activation=name).modules()]
    assert kinds.count(type(layer)) == 3


def test_the_activations_of_the_course_are_there_and_cannot_be_lost():
    mnist.activations().clear()
    assert mnist.activations().keys() >= {"sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu"}
