"""Runs that are trained further; settings that cannot act, were edited or come too late."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from digits import Own, edited, quick
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from optviz import mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.mnist.cautions import Caution
from optviz.mnist.data import loading
from optviz.mnist.training.run import Run

OVERFITS = {"optimizer": "adam:lr=0.01", "samples": 100, "patience": 5}  # best after 11 epochs


def contents(folder):
    """All that the files hold; of the history all but the seconds."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".safetensors":
            with safe_open(path, "pt") as file:
                tensors = {name: file.get_tensor(name).tolist() for name in sorted(file.keys())}
                found[path.name] = tensors, file.metadata()
        elif path.suffix == ".csv":
            rows = path.read_text().splitlines()
            assert rows[0].endswith(",seconds")
            found[path.name] = [row.rpartition(",")[0] for row in rows]
        else:
            found[path.name] = json.loads(path.read_text())
    return found


FURTHER = {
    "dropout": (2, 4, {"optimizer": "adam", "dropout": 0.2}),
    "snapshots": (1, 3, {"optimizer": "nadam", "record": 5}),
    "a schedule": (2, 4, {"optimizer": "momentum:lr=cosine(0.1,60)", "l2": 1e-4}),
    "step sizes": (1, 3, {"optimizer": "rprop:lr=0.001"}),
    "torch's": (1, 3, {"optimizer": "torch.optim.NAdam:lr=0.002"}),
    "matrices": (1, 3, {"optimizer": "lookahead(muon:lr=0.02)"}),
    "gradients elsewhere": (1, 3, {"optimizer": "schedulefree(muon:lr=0.05)", "dropout": 0.2}),
    "two gradients": (
        1,
        3,
        {"optimizer": "sam(adam,rho=0.1)", "dropout": 0.2, "l1": 1e-5},
    ),
    "torch's, with lists": (
        1,
        3,
        {"optimizer": "torch.optim.LBFGS:lr=0.1,max_iter=3", "dropout": 0.2, "l2": 1e-4},
    ),
    "one's own": (1, 3, {"optimizer": Own()}),
    "the best weights are older": (13, 15, OVERFITS | {"record": 1}),
    "it then stops early": (13, 40, OVERFITS),
}


@pytest.mark.parametrize(("first", "epochs", "settings"), FURTHER.values(), ids=FURTHER)
def test_a_finished_run_goes_on_as_if_it_had_been_asked(first, epochs, settings, few, tmp_path):
    own = settings["optimizer"] if isinstance(settings["optimizer"], Own) else None
    whole = quick(few, epochs=epochs, out=tmp_path / "whole", **settings)
    before = quick(few, epochs=first, out=tmp_path / "run", **settings)
    assert before.status == "finished"
    run = mnist.resume(tmp_path / "run", few, epochs=epochs, optimizer=own, progress=False)
    assert run.status == whole.status
    assert run.history.loss == whole.history.loss
    assert torch.equal(run.params, whole.params)
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")
    if whole.status == "finished":  # and once more
        mnist.resume(tmp_path / "whole", few, epochs=epochs + 1, optimizer=own, progress=False)
        mnist.resume(tmp_path / "run", few, epochs=epochs + 1, optimizer=own, progress=False)
        assert contents(tmp_path / "run") == contents(tmp_path / "whole")


def interrupt(few, folder, monkeypatch, **settings):
    """A run of four epochs, interrupted after two."""
    save = Run.save

    def interrupted(run, path):
        save(run, path)
        if run.status == "running" and len(run.history.epochs) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Run, "save", interrupted)
        run = quick(few, epochs=4, out=folder, **settings)
    assert run.status == "interrupted"


@pytest.mark.parametrize("epochs", [2, 3, 6])
def test_an_interrupted_run_may_be_asked_for_another_number(epochs, few, tmp_path, monkeypatch):
    interrupt(few, tmp_path / "run", monkeypatch)
    run = mnist.resume(tmp_path / "run", few, epochs=epochs, progress=False)
    quick(few, epochs=epochs, out=tmp_path / "whole")
    assert run.status == "finished"
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")


def test_a_process_killed_between_files_loses_nothing(few, tmp_path):
    """The new number of epochs is written before the weights are."""
    quick(few, epochs=2, out=tmp_path / "run")
    edited(epochs=4)(tmp_path / "run")
    mnist.resume(tmp_path / "run", few, epochs=4, progress=False)
    quick(few, epochs=4, out=tmp_path / "whole")
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")


@pytest.mark.parametrize(
    ("settings", "epochs", "part"),
    [({**OVERFITS, "epochs": 40}, 50, "stopped early after 16 epochs: more change nothing"),
     ({"optimizer": "gd:lr=1e30", "epochs": 1}, 3, "diverged after 0 epochs: more change nothing")],
)  # fmt: skip
def test_more_epochs_that_change_nothing_are_said(settings, epochs, part, few, tmp_path):
    quick(few, out=tmp_path, **settings)
    before = contents(tmp_path)
    with pytest.warns(Caution, match=part):
        run = mnist.resume(tmp_path, few, epochs=epochs, progress=False)
    assert contents(tmp_path) == before
    assert run.resumed_at == len(run.history.loss)


@pytest.mark.parametrize(
    ("epochs", "part"),
    [(1, "from 2, which the run"), (0, "from 2"), (2.5, "whole number"), ("3", "whole number"),
     (True, "whole number"), (2**31, "whole number")],
)  # fmt: skip
def test_wrong_numbers_of_epochs(epochs, part, few, tmp_path):
    quick(few, epochs=2, out=tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=part):
        mnist.resume(tmp_path, few, epochs=epochs)
    assert contents(tmp_path) == before


def test_an_old_run_that_lost_its_last_weights_is_refused(few, tmp_path):
    quick(few, epochs=13, out=tmp_path, **OVERFITS)
    path = tmp_path / "weights.safetensors"
    with safe_open(path, "pt") as file:
        about = file.metadata()
    tensors = load_file(path)
    del tensors["last"], about["config"]
    save_file(tensors, path, about)
    assert mnist.restore(tmp_path).status == "finished"
    with pytest.raises(InputError, match="kept its last weights"):
        mnist.resume(tmp_path, few, epochs=15)


def test_a_schedule_that_is_over_is_said(few, tmp_path):
    """12 batches an epoch."""
    quick(few, epochs=2, optimizer="adam:lr=warmup(cosine(0.01,24),3)", out=tmp_path)
    with pytest.warns(Caution, match="ends at step 24 of 48; beyond, it rises again"):
        run = mnist.resume(tmp_path, few, epochs=4, progress=False)
    assert float(run.optimizer.lr(40)) > float(run.optimizer.lr(25))  # so it does


@pytest.mark.parametrize(("epochs", "patience"), [(1, 1), (2, 1), (3, 2), (3, 3), (5, 4)])
def test_a_patience_that_cannot_act_is_said(epochs, patience, few):
    """At the earliest it ends a run after the first epoch and as many more as it is."""
    with pytest.warns(Caution, match=f"patience {patience} cannot stop a run of {epochs} epoch"):
        run = quick(few, epochs=epochs, patience=patience, optimizer="gd:lr=0")
    assert len(run.history.epochs) == epochs  # at rest: the loss never gets lower
    longer = quick(few, epochs=patience + 2, patience=patience, optimizer="gd:lr=0")
    assert len(longer.history.epochs) == patience + 1


def test_a_comparison_says_it_too(few):
    data = mnist.Dataset(few.train_images, few.train_labels, few.train_images[:9],
                         few.train_labels[:9])  # fmt: skip
    with pytest.warns(Caution) as caught:
        mnist.compare(data, "gd:lr=0.1", seeds=1, epochs=[1, 3, 4], patience=2, hidden=(4,),
                      samples=64, batch_size=64, jobs=1, progress=False)  # fmt: skip
    said = [str(warning.message).partition(" early")[0] for warning in caught]
    assert said == [f"patience 2 cannot stop a run of {n} epoch{'s' * (n > 1)}" for n in (1, 3)]


@pytest.fixture(scope="module")
def folder(few, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "run"
    quick(few, epochs=2, out=path)
    return path


EDITED = [
    ({"epochs": 5}, "resume .* --epochs 5 trains it further"),
    ({"epochs": 1}, "epochs was 2 and is 1: put it back"),
]
EDITED_ANYWHERE = [
    ({"batch_size": 65}, "batch_size was 64 and is 65: put it back, or train a new run"),
    ({"l2": 0.1}, "l2 was 0.0 and is 0.1"),
    ({"optimizer": "adam:lr=0.01"}, "optimizer was 'adam:lr=0.001' and is 'adam:lr=0.01'"),
    ({"seed": 1}, "seed was 0 and is 1"),
    ({"activation": "tanh"}, "activation was 'relu' and is 'tanh'"),
]


@pytest.mark.parametrize(("changes", "part"), EDITED + EDITED_ANYWHERE, ids=str)
def test_an_edited_config_is_said(changes, part, folder, few, tmp_path):
    copied = shutil.copytree(folder, tmp_path / "run")
    edited(**changes)(copied)
    doors = [mnist.resume] if (changes, part) in EDITED else [mnist.resume, mnist.restore]
    for door in doors:
        with pytest.raises(InputError, match=part) as caught:
            door(copied, few) if door is mnist.resume else door(copied)
        assert "\n" not in str(caught.value)


def test_what_may_be_edited(folder, few, tmp_path, monkeypatch):
    """A run that is not over may be asked for other epochs; any may move to another device."""
    copied = shutil.copytree(folder, tmp_path / "moved")
    edited(device="auto")(copied)
    assert mnist.resume(copied, few).status == "finished"
    interrupt(few, tmp_path / "run", monkeypatch)
    edited(epochs=3)(tmp_path / "run")
    assert mnist.resume(tmp_path / "run", few, progress=False).history.column("step").size == 3
    interrupt(few, tmp_path / "other", monkeypatch)
    edited(epochs=1)(tmp_path / "other")
    with pytest.raises(InputError, match="it has 2 already"):
        mnist.resume(tmp_path / "other", few)


@pytest.mark.parametrize(
    ("key", "remedy"),
    [("l2", '"l2": 0.0'), ("samples", '"samples": null'), ("hidden", r'"hidden": \[16\]'),
     ("data", '"data": {')],
)  # fmt: skip
@pytest.mark.parametrize("old", [False, True])
def test_a_missing_setting_is_named_with_its_remedy(key, remedy, old, folder, tmp_path):
    copied = shutil.copytree(folder, tmp_path / "run")
    config = json.loads((copied / "config.json").read_text())
    del config[key]
    (copied / "config.json").write_text(json.dumps(config))
    if old:  # its weights do not know their settings
        path = copied / "weights.safetensors"
        with safe_open(path, "pt") as file:
            about = file.metadata()
        del about["config"]
        save_file(load_file(path), path, about)
        remedy = {"hidden": r'"hidden": \[128, 64\]', "data": '"data": null'}.get(key, remedy)
    with pytest.raises(InputError, match=f"lacks '{key}'; write {remedy}") as caught:
        mnist.restore(copied)
    assert str(copied) in str(caught.value)
    assert "config.json" in str(caught.value)


def test_weights_that_another_tool_saved_anew(folder, tmp_path):
    copied = shutil.copytree(folder, tmp_path / "run")
    path = copied / "weights.safetensors"
    save_file(load_file(path), path)
    with pytest.raises(InputError, match="without status, steps and optimizer: saved anew") as said:
        mnist.restore(copied)
    assert str(path) in str(said.value)
    save_file(load_file(path), path, {"format": "pt"})
    with pytest.raises(InputError, match="saved anew"):
        mnist.restore(copied)


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train = ["mnist", "train", "--data", "subset", "--samples", "300", "--hidden", "8"]
    assert main([*train, "--epochs", "1", "-o", "run"]) == 0
    assert main([*train, "--epochs", "2", "-o", "whole"]) == 0
    capsys.readouterr()
    assert main(["mnist", "resume", "run"]) == 0
    said = capsys.readouterr()
    assert said.out == "run\n"
    assert said.err.startswith(
        "nothing was left to do; --epochs N trains a finished run further\nmlp by adam"
    )
    assert main(["mnist", "resume", "run", "--epochs", "2"]) == 0
    assert capsys.readouterr().err.startswith("mlp by adam:lr=0.001: finished; 2 epochs")
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")
    assert main(["mnist", "resume", "run", "--epochs", "1"]) == 2
    assert capsys.readouterr().err == (
        "error: epochs must be a whole number from 2, which the run of run has; not 1\n"
    )
    assert main([*train, "--model", "linear", "--dropout", "0.3", "--epochs", "1"]) == 0
    assert capsys.readouterr().err.splitlines()[1:3] == [
        "note: hidden does nothing to a linear network",
        "note: dropout does nothing to a linear network",
    ]


EARLY = [
    ("train --batch-size 0", "batch_size"),
    ("train --samples 50 --batch-size 51", "at most the 50 images"),
    ("train -O adm", "'adam'"),
    ("train -O adam:lr=-1", "lr"),
    ("train --activation rleu", "'relu'"),
    ("train --model mpl", "'mlp'"),
    ("train --hidden 0", "layer sizes"),
    ("train --device tpu", "device"),
    ("train --patience 2 --validation 0", "patience"),
    ("train --record 0", "record"),
    ("compare --optimizers adm", "'adam'"),
    ("compare --batch-size 64 0", "batch_size"),
    ("compare --activations rleu", "'relu'"),
    ("compare --model mpl", "'mlp'"),
    ("compare --jobs 0", "jobs"),
    ("compare --dask nonsense", "scheduler"),
    ("animate RUN --views weigths", "'weights'"),
    ("animate RUN --lang de", "language"),
    ("evaluate RUN --positive 10", "from 0 to 9"),
    ("evaluate RUN --data fashion", "must be mnist, as the run's"),
    ("evaluate RUN --data fasion", "'fashion'"),
    ("evaluate RUN --size 9x9", "size"),
]


@pytest.mark.parametrize(("line", "part"), EARLY, ids=[line for line, _ in EARLY])
def test_settings_are_checked_before_data_are_read(line, part, folder, tmp_path, capsys,
                                                   monkeypatch):  # fmt: skip
    def never(*arguments, **more):
        raise AssertionError("data were read")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "load", never)
    arguments = [str(folder) if word == "RUN" else word for word in line.split()]
    assert main(["mnist", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert part in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())
