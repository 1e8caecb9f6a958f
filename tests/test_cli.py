"""The command line as a user meets it: in a process of its own."""

from __future__ import annotations

import csv
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from commands import ROOT, assert_refused, called, environment, python, start
from PIL import Image
from texts import OLDER

import optviz
import surfaces
from optviz import export, optimizers, scenarios
from optviz.cli.main import main
from optviz.records import trajectory_files


@pytest.mark.skipif(OLDER, reason="README's picture has the letters of matplotlib 3.11")
def test_readmes_first_command_makes_the_gif_that_the_readme_shows(tmp_path):
    done = python("-m", "optviz", "animate", "himmelblau", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "himmelblau.gif"), done.stderr
    with (
        Image.open(tmp_path / "himmelblau.gif") as made,
        Image.open(ROOT / "docs/himmelblau.gif") as shown,
    ):
        assert made.n_frames == shown.n_frames == 120
        assert made.size == shown.size == (800, 400)
        for i in (0, 60, 119):
            made.seek(i)
            shown.seek(i)
            pictures = [np.asarray(image.convert("RGB"), float) for image in (made, shown)]
            assert np.abs(pictures[0] - pictures[1]).mean() < 1


def test_animate_takes_everything(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = main([
        "animate", "--formula", "x**2 + 3*sin(y)", "--domain", "-4", "4", "-6", "6",
        "-O", "gd:lr=0.1", "-O", "adam", "--start", "-3", "-2.5", "--steps", "12",
        "--views", "loss,contour", "--fps", "10", "--seconds", "0.5", "--size", "500x300",
        "--theme", "dark", "--lang", "zh", "--lr", "default", "--noise", "0.1", "--seed", "4",
        "-o", "film.gif",
    ])  # fmt: skip
    assert code == 0
    assert capsys.readouterr().out == "film.gif\n"
    with Image.open("film.gif") as film:
        assert film.size == (500, 300)
        assert film.n_frames == 5


def test_a_film_of_a_run_that_diverges_is_made_and_says_so(tmp_path):
    done = python(
        "-m",
        "optviz",
        "animate",
        "sphere",
        "-O",
        "gd:lr=1e9",
        "--steps",
        "60",
        "--seconds",
        "1",
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert "diverged at step" in done.stderr
    with Image.open(tmp_path / "sphere.gif") as film:
        assert film.n_frames == 20


def test_run_writes_the_numbers(tmp_path, capsys):
    path = tmp_path / "run.csv"
    assert main(["run", "beale", "-O", "adam:lr=0.1", "--steps", "30", "-o", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == str(path)
    assert "adam:lr=0.1 on beale: 30 steps" in said.err
    expected = optviz.descend("beale", "adam:lr=0.1", steps=30)
    with open(path, encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    np.testing.assert_array_equal([float(row["x"]) for row in rows], expected.points[:, 0])


def test_a_table_of_several_starts_says_where_each_run_began(tmp_path):
    path = tmp_path / "run.csv"
    starts = [(1.0, 2.5), (-3.0, 0.5)]
    typed = "; ".join(f"{x},{y}" for x, y in starts)
    specs = ["-O", "gd:lr=0.1", "-O", "adam:lr=0.1"]
    assert main(["run", "sphere", *specs, "--starts", typed, "--steps", "4", "-o", str(path)]) == 0
    with open(path, encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    told = [(row["optimizer"], float(row["start_x"]), float(row["start_y"])) for row in rows[::5]]
    assert told == [(spec, *start) for spec in specs[1::2] for start in starts]
    for row in rows[::5]:
        assert (row["x"], row["y"]) == (row["start_x"], row["start_y"])
    assert main(["run", "sphere", *specs, "--steps", "4", "-o", str(path)]) == 0
    assert "start" not in path.read_text().splitlines()[0]


@pytest.mark.parametrize(
    ("typed", "given", "start", "said"),
    [
        ("log(X)²+y^2", ["--start", "3", "2"], (3, 2), ["formula read as log(x)**2 + y**2"]),
        ("log(x)**2+y**2", ["--start", "3", "2"], (3, 2), []),
        ("sqrt(x)+y**2", [], (0.25, 4), ["start: (0.25, 4), the nearest point to (-4, 4) "
                                         "where the formula and its slope are finite"]),
    ],
)  # fmt: skip
def test_what_was_understood_is_said(typed, given, start, said, tmp_path, capsys):
    path = tmp_path / "run.csv"
    asked = ["run", "--formula", typed, *given, "-O", "gd:lr=1e-3", "--steps", "5", "-o", str(path)]
    assert main(asked) == 0
    *notes, summary = capsys.readouterr().err.splitlines()
    assert notes == said
    assert "5 steps" in summary
    with open(path, encoding="utf-8") as stream:
        first = next(csv.DictReader(stream))
    assert (float(first["x"]), float(first["y"])) == start


@pytest.mark.parametrize(
    ("what", "names"),
    [("surfaces", surfaces.names()), ("optimizers", optimizers.names()),
     ("wrappers", ["clip", "clipvalue", "sam", "lookahead", "schedulefree", "linesearch"]),
     ("scenarios", scenarios.names()),
     ("formats", [*export.WRITERS, ".html", *trajectory_files.WRITERS])],
)  # fmt: skip
def test_list(what, names, capsys):
    assert main(["list", what]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [re.split(r"[ :(]", line)[0] for line in lines] == list(names)


def test_the_list_of_surfaces_makes_no_claim_about_runs(capsys):
    assert main(["list", "surfaces"]) == 0
    said = capsys.readouterr().out
    for name in surfaces.names():
        assert surfaces.get(name).formula in said
        assert surfaces.get(name).lesson["en"] not in said


def test_a_scenario(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = ["animate", "--scenario", "two-momenta", "--seconds", "0.5", "--alt"]
    assert main([*arguments, "--max-size", "1MB", "--size", "400x300", "--lang", "zh"]) == 0
    alt, path = capsys.readouterr().out.splitlines()
    assert path == "two-momenta.gif"
    assert alt.startswith(scenarios.get("two-momenta").claim["zh"])
    with Image.open(path) as film:
        assert film.info["comment"].decode() == alt


def test_a_strip_and_a_slow_walk(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["animate", "beale", "-O", "adam", "--steps", "4", "--strip", "3",
                 "--size", "900x300", "--views", "contour"]) == 0  # fmt: skip
    with Image.open("beale.png") as image:
        assert image.size == (900, 300)
    assert main(["animate", "beale", "-O", "adam", "--slow", "--steps", "2", "--fps", "5"]) == 0
    with Image.open("beale.gif") as film:
        assert film.n_frames == 2 * 6 * 5
    assert capsys.readouterr().out.split() == ["beale.png", "beale.gif"]


def test_a_page(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["page", "sphere", "beale"]) == 0
    assert capsys.readouterr().out == "explorer.html\n"
    assert Path("explorer.html").read_text().startswith("<!doctype html>")


HOSTILE = ["__import__('os').system('touch pwned')", "x.__class__", "x" + "+x" * 20_000,
           "(" * 500 + "x" + ")" * 500, "9**9**9**9", "1/0", "", "1 2", "sin(x,y,x)",
           "x\x01", "x\n+", "x^^2", "foo(x)"]  # fmt: skip


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda f: repr(f[:20]))
def test_a_hostile_formula_is_one_line_within_two_seconds(formula, tmp_path):
    began = time.monotonic()
    done = python("-m", "optviz", "animate", "--formula", formula, cwd=tmp_path)
    assert time.monotonic() - began < 10  # 2 s on a quiet machine; see benchmarks/
    assert_refused(done, "formula", tmp_path)


WRONG = [
    (["animate", "himelblau"], "himmelblau"),
    (["animate"], "surface"),
    (["animate", "sphere", "--formula", "x"], "both"),
    (["animate", "sphere", "--domain", "0", "1", "0", "1"], "domain"),
    (["animate", "--formula", "x", "--domain", "1", "0", "0", "1"], "domain"),
    (["animate", "--formula", "log(x)", "--domain", "-2", "-1", "0", "1"], "finite"),
    (["animate", "--formula", "1.7e308*tanh(x)"], "range"),
    (["animate", "sphere", "-O", "adm"], "'adam'"),
    (["animate", "sphere", "-O", "adam:lr=-1"], "[0, inf)"),
    (["animate", "sphere", "-O", "adam:betas=0.9"], "tuple of 2"),
    (["animate", "sphere", "--start", "1"], "2 arguments"),
    (["animate", "sphere", "--start", "a", "b"], "float"),
    (["animate", "sphere", "--start", "nan", "0"], "finite"),
    (["animate", "sphere", "--start", "1e308", "0"], "finite"),
    (["animate", "--formula", "x", "--start", "1e308", "0"], "within 1e+200"),
    (["animate", "sphere", "--steps", "0"], "steps"),
    (["animate", "sphere", "--steps", "ten"], "integer"),
    (["animate", "sphere", "--lr", "best"], "'tuned' or 'default'"),
    (["animate", "sphere", "--fps", "60"], "1/10 s"),
    (["animate", "sphere", "--fps", "0"], "fps"),
    (["animate", "sphere", "--seconds", "-1"], "seconds"),
    (["animate", "sphere", "--size", "800"], "800x400"),
    (["animate", "sphere", "--size", "0x0"], "pixels"),
    (["animate", "sphere", "--size", "99999x99999"], "64 MB a frame; not '99999x99999', 39,999 MB"),
    (["animate", "sphere", "--size", "9" * 5000 + "x400"], "800x400"),
    (["animate", "sphere", "--views", "contour,lss"], "'loss'"),
    (["animate", "sphere", "--theme", "drak"], "'dark'"),
    (["animate", "sphere", "--lang", "fr"], "en, zh"),
    (["animate", "sphere", "--noise", "-1"], "noise"),
    (["animate", "sphere", "--seed", "-1"], "seed"),
    (["animate", "sphere", "-o", "film.bmp"], ".gif"),
    (["animate", "sphere", "-o", "none/film.gif"], "folder"),
    (["animate", "sphere", "-o", "."], "named"),
    (["animate", "sphere", "--fsp", "20"], "--fps"),
    (["animat", "sphere"], "animate"),
    (["run", "sphere", "-o", "run.xls"], ".csv"),
    (["run", "sphere", "-o", "none/run.csv"], "folder"),
    (["list", "things"], "surfaces"),
    (["animate", "--scenario", "washbord"], "'washboard'"),
    (["animate", "sphere", "--scenario", "washboard"], "alone"),
    (["animate", "--scenario", "washboard", "--steps", "5"], "alone"),
    (["animate", "--scenario", "washboard", "--lang", "fr"], "en, zh"),
    (["animate", "sphere", "--views", "data"], "fit_line"),
    (["animate", "sphere", "--max-size", "huge"], "500kB"),
    (["animate", "sphere", "--max-size", "1MB", "-o", "film.png"], ".gif"),
    (["animate", "sphere", "--strip", "1"], "from 2 to 12"),
    (["animate", "sphere", "--strip", "3", "-o", "strip.gif"], ".pdf"),
    (["animate", "sphere", "--strip", "3", "--max-size", "1MB"], ".gif"),
    (["animate", "sphere", "--slow", "--views", "contour"], "anatomy"),
    (["animate", "sphere", "--slow", "--steps", "9999"], "at most 600"),
    (["animate", "--scenario", "washboard", "--slow"], "alone"),
    (["animate", "sphere", "--seconds", "0"], "seconds"),
    (["page", "himelblau"], "himmelblau"),
    (["page", "-o", "page.gif"], ".html"),
    (["page", "-o", "none/page.html"], "folder"),
    (["list"], "surfaces"),
    # Output that is none.
    (["animate", "sphere", "-o", "film"], ".gif, .webp"),
    (["animate", "sphere", "-o", "-"], ".gif, .webp"),
    (["animate", "sphere", "-o", ""], ".gif, .webp"),
    (["animate", "sphere", "-o", ".gif"], "named with .gif"),
    (["animate", "sphere", "-o", "film.gif/"], "a folder"),
    (["animate", "sphere", "-o", "/dev/null"], ".gif, .webp"),
    (["animate", "sphere", "-o", "/proc/self"], ".gif, .webp"),
    (["animate", "sphere", "-o", "n" * 252 + ".gif"], "File name too long"),
    (["animate", "sphere", "-o", "/dev/null/film.gif"], "folder"),
    (["animate", "sphere", "--fps", "nan"], "fps"),
    (["animate", "sphere", "--fps", "inf"], "fps"),
    (["animate", "sphere", "--fps", "ten"], "float"),
    (["animate", "sphere", "--seconds", "nan"], "seconds"),
    (["animate", "sphere", "--seconds", "1e9"], "seconds"),
    (["animate", "sphere", "--size", "800x"], "800x400"),
    (["animate", "sphere", "--size", "-800x400"], "800x400"),
    (["animate", "sphere", "--size", "8e2x400"], "800x400"),
    (["animate", "sphere", "--steps", "-3"], "steps"),
    (["animate", "sphere", "--steps", "1.5"], "integer"),
    (["animate", "sphere", "--steps", "9" * 30], "steps"),
    (["run", "sphere", "-o", "run"], ".csv, .json"),
    (["mnist", "activations", "-o", "all.gif"], ".png, .pdf"),
    # Names that others have, or that nobody has.
    (["animate", "schwefel"], "one of the 35 that optviz list surfaces shows"),
    (["animate", "x^2 + y^2"], "a formula given by --formula or surfaces.from_formula"),
    (["run", "2x"], "a formula given by --formula"),
    (["animate", "--scenario", "xylophone"], "that optviz list scenarios shows"),
    (["animate", "Himmelblau"], "(did you mean 'himmelblau'?)"),
    (["animate", "sphere", "-O", "sgd"], "(did you mean 'gd' or 'momentum'?)"),
    (["animate", "sphere", "-O", "nesterov"], "(did you mean 'momentum:nesterov=true'?)"),
    (["animate", "sphere", "-O", "zzz"], "that optviz list optimizers shows"),
    (["animate", "sphere", "-O", "adam:learning_rate=1"], "one of lr, betas"),
    (["animate", "sphere", "--lang", "cn"], "one of en, zh; not 'cn' (did you mean 'zh'?)"),
    (["animate", "sphere", "--lang", "Chinese"], "(did you mean 'zh'?)"),
    (["animate", "sphere", "--lang", "zh-CN"], "(did you mean 'zh'?)"),
    (["animate", "sphere", "--lang", "zh_Hans"], "(did you mean 'zh'?)"),
    (["animate", "sphere", "--lang", "en-US"], "(did you mean 'en'?)"),
    (["animate", "sphere", "--lang", "de"], "one of en, zh; not 'de'\n"),
    (["animate", "sphere", "--theme", "solarized"], "one of light, dark, print; not 'solarized'\n"),
    (["animate", "sphere", "--views", "contour,3d"], "one of contour, "),
]


@pytest.mark.parametrize(("arguments", "part"), WRONG, ids=lambda v: " ".join(v)[:50])
def test_wrong_input_is_one_line_and_exit_code_2(arguments, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(called(arguments, capsys), part, tmp_path)


HINTS = [
    ("animate sphere --lr 0.1", "lr must be tuned or default", "-O adam:lr=0.1"),
    ("animate sphere --lr=1e-3 -O gd", "lr must be tuned or default", "-O gd:lr=1e-3"),
    (
        "run sphere -O gd -O adam:betas=0.8/0.99 --lr .5",
        "",
        "-O gd:lr=.5 -O adam:betas=0.8/0.99,lr=.5",
    ),
    ("animate sphere -O adam:lr=0.2,eps=1 --lr 0.1", "", "-O adam:eps=1,lr=0.1"),
    ("animate sphere --lr cosine(0.1,200)", "", "-O 'adam:lr=cosine(0.1,200)'"),
    ("animate sphere -lr 0.1", "no option -lr", "-O adam:lr=0.1"),
    ("animate sphere --learning-rate 0.1 --optimizer=gd", "", "-O gd:lr=0.1"),
    ("animate sphere --learning_rate 0.1", "no option --learning_rate", "-O adam:lr=0.1"),
    ("animate sphere --momentum 0.8", "no option --momentum", "-O momentum:momentum=0.8"),
    ("animate sphere --momentum 0.8 -O adam", "", "-O momentum:momentum=0.8"),
    ("animate sphere --momentum 0.8 -O rmsprop", "", "-O rmsprop:momentum=0.8"),
    ("animate sphere --nesterov", "no option --nesterov", "-O momentum:nesterov=true"),
    ("animate sphere --betas 0.8 0.99", "", "-O adam:betas=0.8/0.99"),
    ("animate sphere --betas 0.8,0.99 -O nadam", "", "-O nadam:betas=0.8/0.99"),
    ("animate sphere --beta1 0.8", "no option --beta1", "-O adam:betas=0.9/0.999"),
    ("animate sphere --weight-decay", "", "-O adam:weight_decay=0.0"),
    ("mnist train --data subset --lr 0.1", "train has no option --lr", "-O adam:lr=0.1"),
    ("mnist train --lr 0.1 -O torch.optim.ASGD", "", "-O torch.optim.ASGD:lr=0.1"),
    ("mnist train -O sgd --lr 0.1", "", "-O adam:lr=0.1"),
    ("mnist compare --optimizers gd adam --lr 0.1", "", "--optimizers gd:lr=0.1 adam:lr=0.1"),
    ("mnist compare --momentum 0.9", "no option --momentum", "--optimizers momentum:momentum=0.9"),
    ("animate sphere --epochs 5", "no option --epochs", "(did you mean --steps?)"),
    ("mnist train --steps 5", "no option --steps", "(did you mean --epochs?)"),
    ("animate sphere --optimizers gd", "", "(did you mean -O or --optimizer?)"),
    ("mnist compare --optimizer gd", "", "(did you mean --optimizers?)"),
    ("animate sphere --out film.gif", "", "(did you mean -o or --output?)"),
    ("mnist evaluate run --out there", "", "(did you mean -o or --output?)"),
    ("animate sphere --duration 3", "", "(did you mean --seconds?)"),
    ("mnist animate run --lr 0.1", "No such option '--lr'", ""),
    ("page --flags", "No such option '--flags'", ""),
]


@pytest.mark.parametrize(("typed", "said", "end"), HINTS)
def test_options_of_other_programs_are_answered_with_ours(
    typed, said, end, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    done = called(typed.split(" "), capsys)
    assert_refused(done, said, tmp_path)
    assert done.stderr.endswith(f"{end}\n")


@pytest.mark.parametrize(
    "typed", [typed for typed, _, end in HINTS if "-O " in end and not typed.startswith("mnist")]
)
def test_hints_are_specs_that_can_be_run(typed, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(typed.split(" "))
    hint = shlex.split(capsys.readouterr().err.partition("optimizer: ")[2])
    assert main(["run", "sphere", "--steps", "2", *hint]) == 0


SHORT = ["-O", "gd:lr=0.1", "--steps", "2"]


def test_two_formulas_have_two_names(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for formula in ("x**2/20 + y**2", "x**2*20 + y**2"):
        assert main(["run", "--formula", formula, *SHORT]) == 0
    assert main(["run", "sphere", *SHORT]) == 0
    assert main(["animate", "--formula", "x*y", *SHORT, "--strip", "2"]) == 0
    made = capsys.readouterr().out.splitlines()
    assert len(set(made)) == 4
    assert all(name.startswith("formula-x2-20-y2-") for name in made[:2])
    assert made[2] == "sphere.csv"
    assert re.fullmatch(r"formula-x-y-[0-9a-f]{4}\.png", made[3])
    assert sorted(made) == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "command",
    [["animate", "sphere", *SHORT, "--strip", "2"], ["run", "sphere", *SHORT], ["page", "sphere"],
     ["mnist", "activations", "relu", "--size", "300x300"]],
    ids=" ".join,
)  # fmt: skip
def test_an_older_file_that_is_replaced_is_named(command, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(command) == 0
    first = capsys.readouterr()
    assert "replaced" not in first.err
    assert main(command) == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert second.err.endswith(f"replaced an older {first.out}")


def test_a_private_film_behind_a_link_stays_both(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("real.png").touch()
    Path("real.png").chmod(0o600)
    Path("link.png").symlink_to("real.png")
    assert main(["animate", "sphere", *SHORT, "--strip", "2", "-o", "link.png"]) == 0
    assert capsys.readouterr().out == "link.png\n"
    assert Path("link.png").is_symlink()
    assert Path("real.png").stat().st_mode & 0o777 == 0o600
    with Image.open("real.png") as image:
        assert image.size == (560, 620)


PRINTING = [["list", "surfaces"], ["--help"], ["--version"], ["animate", "--help"],
            ["mnist", "train", "--help"], ["run", "sphere", *SHORT, "-o", "run.csv"],
            ["animate", "sphere", *SHORT, "--strip", "2", "--alt", "-o", "film.png"],
            ["page", "sphere"]]  # fmt: skip


@pytest.mark.parametrize("command", PRINTING, ids=" ".join)
def test_a_full_standard_output_is_one_line(command, tmp_path):
    with open("/dev/full", "w") as full:
        done = python("-m", "optviz", *command, cwd=tmp_path, stdout=full)
    assert done.returncode == 1
    *before, said = done.stderr.splitlines()
    assert said == "error: standard output must take what is printed; not: No space left on device"
    assert not [line for line in before if not line.startswith("gd:lr=0.1 on sphere")]


@pytest.mark.parametrize("command", PRINTING[:3], ids=" ".join)
def test_a_closed_pipe_is_no_word(command, tmp_path):
    read, write = os.pipe()
    os.close(read)
    done = python("-m", "optviz", *command, cwd=tmp_path, stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_place_that_cannot_be_written(capsys):
    """Not even by root."""
    assert main(["run", "sphere", "-o", "/proc/run.csv"]) == 2
    said = capsys.readouterr()
    assert "written" in said.err
    assert said.out == ""


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng", ".png", ".pdf", ".mp4", ".csv"])
def test_a_full_disk_is_one_line_and_nothing_is_left(suffix, tmp_path):
    """On a real disk of 12 kB, made in a name space of its own."""
    command = "run" if suffix == ".csv" else "animate"
    script = (
        f"mount -t tmpfs -o size=12k tmpfs {tmp_path} && "
        f"{sys.executable} -m optviz {command} himmelblau -o {tmp_path}/film{suffix} 2>&1; "
        f"echo code $?; ls -A {tmp_path}"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True, text=True, env=environment(), timeout=120,
    )  # fmt: skip
    if "Operation not permitted" in done.stderr + done.stdout:
        pytest.skip("this machine lets nobody mount a disk")
    *_, said, code = done.stdout.splitlines()
    assert code == "code 2"  # and then no file
    assert said.startswith("error: output must be in a place that may be written")
    assert said.endswith("No space left on device")


def test_interrupted_it_leaves_nothing(tmp_path):
    command = ["-m", "optviz", "animate", "himmelblau", "--seconds", "600"]
    process = start(*command, cwd=tmp_path, stdout=None)
    deadline = time.monotonic() + 30
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)  # until its temporary file is there
    assert list(tmp_path.iterdir())
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert error.endswith("\ninterrupted: nothing was written\n")
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["animate"], ["run"], ["mnist", "compare"]])
def test_help_names_the_five_that_race(command, capsys):
    said = " ".join(called([*command, "--help"], capsys).stdout.split())
    assert " ".join(optviz.FIVE) in said


def test_help_loads_nothing_heavy(tmp_path):
    code = (
        "import sys; from optviz.cli.main import main; main(['--help']); "
        "print({'numpy', 'matplotlib', 'sympy', 'torch', 'ipywidgets', 'PIL'} & set(sys.modules))"
    )
    done = python("-c", code, cwd=tmp_path, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert "Examples:" in done.stdout


def test_another_package_named_surfaces_is_named(tmp_path):
    (tmp_path / "surfaces").mkdir()
    (tmp_path / "surfaces/__init__.py").write_text("")
    done = python("-c", "import optviz", cwd=tmp_path)
    assert done.returncode == 1
    assert "ImportError: optviz needs its own package 'surfaces'" in done.stderr
