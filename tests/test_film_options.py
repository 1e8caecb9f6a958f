"""The options of films: several starts, a poster, played once, moments of a strip, titles."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import optviz
from optviz.animation.moments import moments
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.export.clock import Clock

STARTS = [(4.0, -3.0), (-2.0, 1.0), (0.5, 4.0)]


def film(**options):
    return optviz.animate("sphere", ["gd:lr=0.1", "adam:lr=0.5"], fps=10, seconds=1, steps=20,
                          size=(400, 300), **options)  # fmt: skip


def test_each_optimizer_runs_from_each_start():
    runs = optviz.race("himmelblau", ["gd", "adam:lr=0.1"], starts=STARTS, steps=50)
    assert [tuple(run.points[0]) for run in runs] == STARTS * 2
    assert [run.optimizer.title for run in runs] == ["GD"] * 3 + ["Adam"] * 3
    assert len({run.optimizer.lr for run in runs[:3]}) == 1
    alone = optviz.race("himmelblau", ["gd", "adam:lr=0.1"], STARTS[0], 50)
    np.testing.assert_array_equal(runs[0].points, alone[0].points)
    np.testing.assert_array_equal(runs[3].points, alone[1].points)


def test_the_window_shows_every_start():
    runs = optviz.race("sphere", ["gd"], starts=[(1, 1), (9, 1), (1, -12)], steps=5)
    for run in runs:
        (x0, x1), (y0, y1) = run.surface.domain
        assert x0 < 1 < 9 < x1
        assert y0 < -12 < 1 < y1


@pytest.mark.parametrize(("options", "match"), [
    ({"starts": []}, "at least one"),
    ({"starts": [(1, 1), (1.0, 1)]}, "differ"),
    ({"starts": [(1, 1), (1, 2, 3)]}, "start"),
    ({"starts": [(1, 1)], "start": (1, 1)}, "not both"),
    ({"poster": "first"}, "'last' or a step"),
    ({"poster": -1}, "'last' or a step"),
    ({"poster": 21}, "from 0 to 20"),
    ({"poster": True}, "'last' or a step"),
])  # fmt: skip
def test_what_no_film_can_have_is_one_line(options, match):
    with pytest.raises(InputError, match=match):
        film(**options)


@pytest.mark.parametrize(("poster", "step"), [("last", 20), (0, 0), (7, 7)])
def test_a_poster_comes_first_for_one_frame(poster, step):
    plain, made = film(), film(poster=poster)
    assert len(made) == len(plain) + 1
    np.testing.assert_array_equal(made.frame(0), plain.scene.picture(step)[:, :, :3])
    for i in (0, 4, len(plain) - 1):
        np.testing.assert_array_equal(made.frame(i + 1), plain.frame(i))
    assert made.clock.ticks(100) == [10, *plain.clock.ticks(100)]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng"])
@pytest.mark.parametrize("once", [False, True])
def test_played_once_or_for_ever_as_a_decoder_reads_it(suffix, once, tmp_path):
    path = film(once=once).save(tmp_path / f"film{suffix}")
    with Image.open(path) as image:
        loop = image.info.get("loop")
        assert image.n_frames == 10
    assert loop == ({".gif": None}.get(suffix, 1) if once else 0)
    assert (b"NETSCAPE2.0" in path.read_bytes()) == (suffix == ".gif" and not once)


def test_a_film_made_smaller_keeps_its_poster_and_its_end():
    made = film(once=True, poster="last").coarser(0.5, 0.8)
    assert (made.clock.once, made.clock.poster, len(made)) == (True, 1.0, 6)


@given(st.floats(1, 50), st.floats(0.2, 20), st.sampled_from([None, 0.0, 0.4, 1.0]))
def test_a_poster_adds_one_frames_time(fps, seconds, poster):
    plain, clock = Clock(fps, seconds), Clock(fps, seconds, poster=poster)
    assert len(clock.ticks(1000)) == len(clock) == len(plain) + (poster is not None)
    more = 0 if poster is None else 1000 * seconds / len(plain)
    assert sum(clock.ticks(1000)) == pytest.approx(sum(plain.ticks(1000)) + more, abs=1)
    assert clock.progress(len(clock) - 1) == 1.0


def way(runs, step):
    """How far each run has gone by a step, as a share of its whole way, on average."""
    shares = []
    for run in runs:
        (x0, x1), (y0, y1) = run.surface.domain
        sides = np.array([x1 - x0, y1 - y0])
        lengths = np.hypot(*(np.diff(run.points, axis=0) / sides).T)
        shares.append(lengths[:step].sum() / lengths.sum())
    return np.mean(shares)


@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "beale", "sphere"])
@pytest.mark.parametrize("n", [3, 5, 8])
def test_between_two_moments_the_runs_go_equally_far(name, n):
    runs = optviz.race(name)
    found = moments(runs, n)
    assert found[0] == 0
    assert found[-1] == max(map(len, runs))
    assert all(isinstance(step, int) for step in found)
    assert found == sorted(set(found))
    for i, step in enumerate(found[1:-1], 1):
        if found[i - 1] < step - 1:  # not pushed on by the one before
            assert way(runs, step - 1) <= i / (n - 1) + 1e-9 <= way(runs, step) + 2e-9


def test_there_are_no_more_moments_than_steps():
    assert moments(optviz.race("sphere", ["gd"], steps=3), 4) == [0, 1, 2, 3]
    with pytest.raises(InputError, match="at most 4 stills of 3 steps"):
        moments(optviz.race("sphere", ["gd"], steps=3), 5)


def test_a_run_that_does_not_move_is_shown_all_the_same():
    assert moments(optviz.race("sphere", ["gd"], (0, 0), steps=10), 3) == [0, 5, 10]


def test_the_command_line_has_them_all(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["animate", "sphere", "-O", "gd", "--starts", "1,2; -3.5,.5", "--once", "--poster",
                 "last", "--title", "Two starts", "--caption", "Look.", "--alt", "--steps", "9",
                 "--seconds", "1", "--size", "400x300"]  # fmt: skip
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "Look." in said.out
    assert said.err.count("gd:lr=") == 2
    data = (tmp_path / "sphere.gif").read_bytes()
    assert b"NETSCAPE" not in data
    assert struct.unpack("<HH", data[6:10]) == (400, 300)
    with Image.open(tmp_path / "sphere.gif") as image:
        assert image.n_frames == 21


@pytest.mark.parametrize(("arguments", "part"), [
    (["--starts", "1;2"], "'1,2; -3,0.5'"),
    (["--starts", ""], "'1,2; -3,0.5'"),
    (["--starts", "1,2; nan,3"], "'1,2; -3,0.5'"),
    (["--starts", "1,2", "--start", "1", "2"], "not both"),
    (["--poster", "1.5"], "'last' or a step"),
    (["--poster", "1000"], "from 0 to 100"),
])  # fmt: skip
def test_what_was_typed_wrong_is_one_line(arguments, part, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["animate", "sphere", *arguments]) == 2
    assert part in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
