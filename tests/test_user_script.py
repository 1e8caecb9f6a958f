"""A user's own script: its types are checked as strictly as mypy can, and it runs."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from mypy import api

import optviz

SCRIPT = Path(__file__).parent / "user_script.py"


def complaints(path, folder):
    said, error, _ = api.run(["--strict", "--config-file=", f"--cache-dir={folder}", str(path)])
    assert not error
    return said


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("mypy")


def test_mypy_has_nothing_against_it(cache):
    assert complaints(SCRIPT, cache).startswith("Success")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('format="gif"', "format=5"), "No overload variant"),
        (("film.save(stream, ", "film.save(stream), print("), "No overload variant"),
        (("step=10", 'step="last"'), "No overload variant"),
        (("frame.sum()", "frame.save()"), "has no attribute"),
        (("labels=[", "labels=5, _=["), "incompatible type"),
    ],
    ids=range(5),
)
def test_mypy_sees_what_is_wrong(change, said, cache, tmp_path):
    text = SCRIPT.read_text("utf-8")
    assert change[0] in text
    (tmp_path / "wrong.py").write_text(text.replace(*change), "utf-8")
    assert said in complaints(tmp_path / "wrong.py", cache)


def test_it_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    script = runpy.run_path(str(SCRIPT))
    optviz.descend("booth", script["SignDescent"](lr=0.02), steps=4).save("run.json")
    script["main"]()
    said = capsys.readouterr().out
    assert "BFGS" in said
    assert "<Explorer of beale" in said
    assert {path.name for path in tmp_path.iterdir()} == {
        "part.gif", "last.png", "runs.json", "run.json"
    }  # fmt: skip
