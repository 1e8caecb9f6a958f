"""Films of training: what panels show is what the network was, by torch and scikit-learn."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from commands import assert_refused, called
from PIL import Image
from sklearn.metrics import accuracy_score, confusion_matrix
from texts import assert_texts_fit

from optviz import mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.instruments import INSTRUMENTS
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training.loop import split
from optviz.mnist.training.records import records_of
from optviz.scene import LEARNING_PANELS, Scene

SETTINGS = {"hidden": (12,), "samples": 300, "batch_size": 50, "validation": 200, "epochs": 2,
            "progress": False}  # fmt: skip
STEPS = 12


@pytest.fixture(scope="module")
def folder(subset, tmp_path_factory):
    path = tmp_path_factory.mktemp("films") / "run"
    mnist.train(subset, optimizer="adam:lr=0.01", record=5, out=path, **SETTINGS)
    return path


@pytest.fixture(scope="module")
def runs(subset, folder):
    other = mnist.train(subset, optimizer="gd:lr=0.1", activation="tanh", record=5, **SETTINGS)
    return [mnist.restore(folder), other]


@pytest.fixture(scope="module")
def records(runs, subset):
    return records_of(runs, subset)


def test_snapshots_are_the_network_at_its_steps(subset, folder):
    kept = mnist.restore(folder)
    assert kept.snapshots.steps == [0, 5, 6, 10, 12]
    plain = mnist.train(subset, optimizer="adam:lr=0.01", **SETTINGS)
    assert torch.equal(plain.params, kept.params)  # looking changes nothing
    assert plain.history.loss == kept.history.loss
    assert torch.equal(kept.snapshots.params[-1], plain.params)
    one = mnist.train(subset, optimizer="adam:lr=0.01", **SETTINGS | {"epochs": 1})
    assert torch.equal(kept.snapshots.params[2], one.params)
    still = mnist.train(subset, optimizer="adam:lr=0", **SETTINGS)
    assert torch.equal(kept.snapshots.params[0], still.params)


def test_what_was_learned_is_scikit_learns(runs, records, subset):
    places = split(0, len(subset.train_labels))
    for run, record in zip(runs, records, strict=True):
        for chosen, found in (
            (places[:200], record.validation_accuracy),
            (places[200:500], record.training_accuracy),
        ):
            said = run.scores(subset.train_images[chosen]).argmax(1)
            assert found[-1] == pytest.approx(accuracy_score(subset.train_labels[chosen], said))
        labels = subset.train_labels[places[:200]]
        said = run.scores(subset.train_images[places[:200]]).argmax(1)
        expected = confusion_matrix(labels, said, labels=range(10))
        np.testing.assert_array_equal(record.confusion[-1], expected)
        out = run.model(normalize(subset.train_images[places[:200]]))
        loss = torch.nn.functional.cross_entropy(out, torch.tensor(labels.astype(int)))
        assert record.validation_loss[-1] == pytest.approx(loss.item(), rel=1e-5)
        assert record.loss.tolist() == run.history.loss
        assert record.evaluated_steps.tolist() == run.snapshots.steps


def test_filters_are_the_first_layer_largest_first(runs, records):
    weight = runs[0].model[1].weight.detach().numpy()
    order = np.argsort(-np.linalg.norm(weight, axis=1), kind="stable")
    np.testing.assert_array_equal(records[0].filters[-1], weight[order].reshape(-1, 28, 28))


@pytest.mark.parametrize(("model", "shape"), [("linear", (10, 28, 28)), ("cnn", (16, 5, 5))])
def test_other_networks_have_filters_too(model, shape, subset):
    settings = SETTINGS | {"epochs": 1, "samples": 50}
    run = mnist.train(subset, model=model, record=1, **settings)
    (record,) = records_of([run], subset)
    assert record.filters.shape == (2, *shape)
    if model == "linear":  # its units are the classes, in order
        last = run.model[1].weight.detach().numpy().reshape(shape)
        np.testing.assert_array_equal(record.filters[-1], last)
    assert len(set(np.unique(mnist.animate(run, subset).frame(-1)))) > 2


def test_runs_are_named_by_what_they_differ_in(records):
    assert records[0].heading("en") == ("MNIST: mlp 12, 300 images, batch 50", "")
    assert [record.named() for record in records] == ["Adam lr=0.01, relu", "GD lr=0.1, tanh"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(800, 400), (480, 240)], ids=str)
def test_a_long_title_ends_before_the_counter(size, language, subset):
    other = mnist.Dataset(subset.train_images[::-1], subset.train_labels[::-1], subset.test_images,
                          subset.test_labels)  # fmt: skip
    run = mnist.train(other, optimizer="adam:lr=0.01", activation="leaky_relu", l1=1e-4,
                      dropout=0.1, **SETTINGS | {"hidden": (128, 64), "epochs": 1})  # fmt: skip
    for moments in (None, [0, 6]):
        scene = Scene(records_of([run]), views=["loss"], size=size,
                      language=language, moments=moments)  # fmt: skip
        texts = [text for text in scene.figure.texts if text.get_visible()]
        (title,) = [text for text in texts if text.get_text().startswith(other.title(language))]
        box, counter = title.get_window_extent(), scene.counter.text
        assert counter.get_visible() == (moments is None)
        end = counter.get_window_extent().x0 if moments is None else size[0]
        assert size[0] / 2 < box.x1 < end


def test_runs_of_one_optimizer_are_named_by_the_rest(runs, subset):
    third = mnist.train(subset, optimizer="adam:lr=0.01", activation="elu", **SETTINGS)
    made = records_of([runs[0], third], subset)
    assert [record.named() for record in made] == ["relu", "elu"]
    assert made[0].heading("en")[0].endswith("Adam lr=0.01")
    (single,) = records_of([third])
    assert single.heading("zh")[0] == "MNIST：mlp 12, elu, 300 张图像, 批大小 50"
    (alone,) = records_of([runs[0]], subset)
    assert alone.named() == "Adam lr=0.01"


@pytest.mark.parametrize("at", [0, 1, 5, 7.5, STEPS])
def test_panels_show_the_moment(records, at):
    scene = Scene(records, ["loss", "accuracy", "weights", "confusion"], size=(1600, 400))
    scene.picture(at)
    loss, accuracy, weights, confusion = scene.panels
    means = records[0].smoothed(loss.width)
    for trail, record in zip(accuracy.trails.get_segments(), records, strict=True):
        whole = record.evaluated_steps <= at
        np.testing.assert_allclose(trail[: whole.sum(), 1], record.training_accuracy[whole])
        known = np.interp(at, record.evaluated_steps, record.training_accuracy)
        np.testing.assert_allclose(trail[-1], (at, known))
    trail = loss.trails.get_segments()
    if at >= 1:
        np.testing.assert_allclose(trail[0][-1], (at, np.interp(at, np.arange(1, 13), means)))
    look = int(np.searchsorted(records[0].evaluated_steps, at, side="right")) - 1
    tile = weights.image.get_array()[:28, :28]
    np.testing.assert_array_equal(tile, records[0].filters[look][0])
    counts = records[0].confusion[look]
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    np.testing.assert_allclose(confusion.image.get_array(), shares)
    written = [a.get_text() for a in confusion.artists_at(at) if hasattr(a, "get_text")]
    assert written == [str(n) for n in counts.ravel() if n]


def test_the_smoothed_loss_is_a_mean_of_the_last_batches(records):
    loss = records[0].loss
    for k, mean in enumerate(records[0].smoothed(4), 1):
        assert mean == pytest.approx(np.mean(loss[max(0, k - 4) : k]))


@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900)])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("views", [("loss", "accuracy"), ("loss", "weights", "confusion")])
def test_no_text_overlaps_another_or_is_cut_off(records, views, language, size):
    if len(views) > 2 and size == (400, 300):
        size = (600, 300)
    assert_texts_fit(Scene(records[:1], views, size=size, language=language))
    assert_texts_fit(Scene(records, views, size=size, language=language))


# Those of instruments have tests of their own.
@pytest.mark.parametrize(
    "view", [v for v in LEARNING_PANELS if v == "loss" or v not in INSTRUMENTS]
)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_panel_draws_in_every_theme(records, view, theme):
    scene = Scene(records, [view], theme=theme)
    assert (scene.picture(0) != scene.picture(STEPS)).any()


def test_a_film_is_a_gif_of_its_frames(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = ["mnist", "animate", str(folder), "--fps", "5", "--seconds", "2", "--alt"]
    assert main([*made, "-o", "train.gif", "--size", "600x300"]) == 0
    said = capsys.readouterr()
    alt, name = said.out.splitlines()
    assert name == "train.gif"
    assert alt.startswith("MNIST: mlp 12, relu, 300 images, batch 50. Validation accuracy after 12")
    assert "Adam lr=0.01: training accuracy" in alt
    assert said.err.startswith("Adam lr=0.01: 12 steps, validation accuracy")
    with Image.open("train.gif") as film:
        assert (film.n_frames, film.size) == (10, (600, 300))
    assert (
        main([*made, "--lang", "zh", "--strip", "3", "--views", "confusion,lr", "-o", "s.pdf"]) == 0
    )
    assert "训练准确率" in capsys.readouterr().out
    assert main([*made, "--max-size", "60kB", "-o", "small.gif"]) == 0
    assert (tmp_path / "small.gif").stat().st_size <= 60_000


def test_without_snapshots_curves_have_a_point_an_epoch(subset):
    plain = mnist.train(subset, optimizer="adam", **SETTINGS)
    film = mnist.animate([plain, plain])
    record = film.trajectories[0]
    assert record.evaluated_steps.tolist() == [6, 12]
    np.testing.assert_array_equal(
        record.validation_accuracy, plain.history.column("validation_accuracy")
    )
    assert (film.frame(0) != film.frame(-1)).any()


@pytest.fixture(scope="module")
def unrecorded(subset):
    return mnist.train(subset, optimizer="adam", **SETTINGS)


@pytest.mark.parametrize("view", ["weights", "confusion"])
def test_what_needs_snapshots_says_how_to_record_them(view, unrecorded):
    with pytest.raises(InputError, match="--record 20"):
        mnist.animate(unrecorded, views=[view])


@pytest.mark.parametrize("lr", ["1e30", "3"])
def test_divergence_is_shown(subset, lr, runs):
    gone = mnist.train(subset, optimizer=f"gd:lr={lr}", record=5, **SETTINGS)
    film = mnist.animate([gone, *runs], subset)
    assert film.frame(-1).shape == (400, 800, 3)
    if gone.status == "diverged":
        assert f"diverges at step {len(gone.history.loss)}" in film.alt
    alone = mnist.animate(gone, subset, views=["loss", "accuracy"])
    assert alone.frame(0).shape == alone.frame(-1).shape


def test_without_validation_images_training_is_shown(subset):
    run = mnist.train(subset, record=3, **SETTINGS | {"validation": 0, "samples": 100})
    film = mnist.animate(run, subset, views=["loss", "accuracy"])
    assert film.trajectories[0].confusion is None
    assert "validation" not in film.alt
    with pytest.raises(InputError, match="validation images"):
        mnist.animate(run, subset, views=["confusion"])


def test_wrong_runs_are_one_line(folder, subset):
    few = mnist.Dataset(subset.train_images[:400], subset.train_labels[:400],
                        subset.test_images[:9], subset.test_labels[:9])  # fmt: skip
    other = mnist.train(few, **SETTINGS | {"samples": 100})
    with pytest.raises(InputError, match="on the same data"):
        mnist.animate([folder, other])
    with pytest.raises(InputError, match="must be what the runs were trained on"):
        mnist.animate(folder, few)
    with pytest.raises(InputError, match="at least one run"):
        mnist.animate([])


def damage(folder):
    (folder / "snapshots-0002.safetensors").write_bytes(b"<html>")


def lose(folder):
    (folder / "snapshots-0001.safetensors").unlink()


@pytest.mark.parametrize(
    ("edit", "part"),
    [(damage, "snapshots-0002"), (lose, "snapshots-0001")],
    ids=["damaged", "lost"],
)
def test_snapshots_that_cannot_be_read_are_one_line(edit, part, folder, tmp_path, capsys):
    copied = shutil.copytree(folder, tmp_path / "runs" / "run")
    edit(copied)
    (tmp_path / "made").mkdir()
    film = tmp_path / "made" / "film.gif"
    done = called(["mnist", "animate", str(copied), "-o", str(film)], capsys)
    assert_refused(done, part, tmp_path / "made")


WRONG = [
    (["{run}", "--views", "contour"], "'contour'"), (["{run}", "--views", ""], "view must"),
    (["{run}", "-o", "film.html"], ".html"), (["{run}", "-o", "film.txt"], ".txt"),
    (["{run}", "--fps", "0"], "fps"), (["{run}", "--size", "9x9"], "size"),
    (["{run}", "--lang", "de"], "language"), (["{run}", "--strip", "1", "-o", "s.png"], "strip"),
    (["nowhere"], "nowhere"), ([], "RUN"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "part"), WRONG, ids=lambda v: " ".join(v)[-40:])
def test_wrong_input_is_one_line_and_exit_code_2(arguments, part, folder, tmp_path, capsys,
                                                 monkeypatch):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    given = [argument.format(run=folder) for argument in arguments]
    assert_refused(called(["mnist", "animate", *given], capsys), part, tmp_path)


def test_a_folder_older_than_snapshots_can_be_read(folder, tmp_path):
    import json

    old = shutil.copytree(folder, tmp_path / "old")
    config = json.loads((old / "config.json").read_text())
    del config["record"]
    (old / "config.json").write_text(json.dumps(config))
    assert not mnist.restore(old).snapshots


@pytest.mark.parametrize("size", [(400, 300), (800, 400)], ids=str)
def test_templates_of_classes_are_named(size, subset):
    run = mnist.train(subset, model="linear", record=5, **SETTINGS | {"epochs": 1})
    scene = Scene(records_of([run], subset), ["accuracy", "weights"], size=size)
    _, weights = scene.panels
    assert [text.get_text() for text in weights.axes.texts] == list("0123456789")
    assert_texts_fit(scene)
    for i, text in enumerate(weights.axes.texts):  # each above its own tile
        x, y = weights._corner(*divmod(i, weights.columns))
        assert text.get_position() == (x + 14, y - 1)
        tile = weights.image.get_array()[y : y + 28, x : x + 28]
        np.testing.assert_array_equal(tile, scene.runs[0].filters[-1][i])


def test_keys_are_as_large_as_ticks_and_on_no_curve(runs, subset):
    stuck = mnist.train(subset, optimizer="momentum:lr=1e-6", record=5, **SETTINGS)  # at the foot
    scene = Scene(records_of([*runs, stuck], subset), ["loss", "accuracy"])
    scene.picture(STEPS)
    for panel in scene.panels:
        box = panel.axes.get_legend()
        ticks = panel.axes.get_xticklabels()[0].get_fontsize()
        assert all(text.get_fontsize() >= ticks for text in box.get_texts())
        extent = box.get_window_extent()
        for path in (*panel.paths, *panel.dashed):
            points = panel.axes.transData.transform(path)
            assert not any(extent.contains(*point) for point in points)
