"""Signals end the command in one line, whatever it is doing, and leave nothing behind.

A moment is an event of Python's own audit (PEP 578), so that no test depends on a machine's speed.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import commands
import pytest
from PIL import Image

SAID = "interrupted: nothing was written\n"
FILM = ["animate", "sphere", "-O", "gd:lr=0.1", "--steps", "9", "--seconds", "0.5", "--fps", "10",
        "--size", "300x200"]  # fmt: skip
# Sends this process a signal at the n-th event of a name ("" for any) whose details hold a text.
AT_EVENT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as if nobody had ignored them before
signal.signal(signal.SIGHUP, signal.SIG_DFL)
event, part, left, number = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sys.argv[1:] = sys.argv[5:]
def hook(name, details):
    global left
    if event in ("", name) and (not part or part in str(details)):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)
"""
COMMAND = """
from optviz.__main__ import main
sys.addaudithook(hook)
code = main()
"""
LEAVE = "sys.exit(code)"
COUNT = "print(-left); sys.exit(code)"


def python(code, *arguments, cwd):
    (cwd / "tmp").mkdir(exist_ok=True)
    env = commands.environment(TMPDIR=str(cwd / "tmp"))
    return commands.python("-c", code, *arguments, cwd=cwd, env=env)


def assert_one_line(done, number):
    assert done.returncode == 128 + number, done.stderr
    assert done.stderr.count(SAID) == 1
    assert done.stderr.endswith(SAID)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def assert_nothing_or_a_whole_film(folder):
    assert not list((folder / "tmp").iterdir())
    left = {path.name for path in folder.iterdir()} - {"tmp"}
    assert left <= {"film.gif"}
    if left:
        with Image.open(folder / "film.gif") as film:
            assert film.n_frames == 5
            film.seek(4)
            film.load()


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """How many events the film takes."""
    folder = tmp_path_factory.mktemp("counted")
    done = python(AT_EVENT + COMMAND + COUNT, "", "", 0, 0, *FILM, "-o", "film.gif", cwd=folder)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
SHARES = [0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.97]


@pytest.mark.parametrize(("share", "number"), list(zip(SHARES, SIGNALS * 4, strict=True)))
def test_at_any_moment(share, number, events, tmp_path):
    at = 1 + int(share * events)
    done = python(AT_EVENT + COMMAND + LEAVE, "", "", at, number, *FILM, "-o", "film.gif",
                  cwd=tmp_path)  # fmt: skip
    assert_one_line(done, number)
    assert_nothing_or_a_whole_film(tmp_path)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(("event", "part"), [("open", ".film.gif."), ("os.rename", ".film.gif.")])
def test_while_the_file_is_written(event, part, number, tmp_path):
    done = python(AT_EVENT + COMMAND + LEAVE, event, part, 1, number, *FILM, "-o", "film.gif",
                  cwd=tmp_path)  # fmt: skip
    assert_one_line(done, number)
    assert_nothing_or_a_whole_film(tmp_path)


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_while_ffmpeg_is_at_work(number, tmp_path):
    """Its file is gone, and so is ffmpeg."""
    during = """
import optviz.scene.scene as drawn
whole = drawn.Scene.picture
def picture(self, at):
    if at > 4:
        os.kill(os.getpid(), number)
    return whole(self, at)
drawn.Scene.picture = picture
"""
    done = python(AT_EVENT + during + COMMAND + LEAVE, "", "", -1, number, *FILM, "-o", "film.mp4",
                  cwd=tmp_path)  # fmt: skip
    assert_one_line(done, number)
    assert_nothing_or_a_whole_film(tmp_path)
    assert not running(str(tmp_path))


def running(part):
    """Processes with such a text in their command line, after some seconds of grace."""
    deadline = time.monotonic() + 20
    while True:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if part in path.read_text():
                    found.append(path)
            except OSError:
                pass
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def test_an_ignored_signal_stays_ignored(tmp_path):
    """As under nohup."""
    ignored = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    done = python(AT_EVENT + ignored + COMMAND + LEAVE, "import", "matplotlib", 1, signal.SIGHUP,
                  *FILM, "-o", "film.gif", cwd=tmp_path)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "film.gif\n"), done.stderr
    assert_nothing_or_a_whole_film(tmp_path)
    assert (tmp_path / "film.gif").exists()


@pytest.mark.parametrize("number", SIGNALS)
def test_on_the_way_out(number, tmp_path):
    """The film is made; what is left of Python ends without a word."""
    late = "import atexit\natexit.register(lambda: os.kill(os.getpid(), number))\n"
    done = python(AT_EVENT + late + COMMAND + LEAVE, "", "", -1, number, *FILM, "-o", "film.gif",
                  cwd=tmp_path)  # fmt: skip
    assert (done.returncode, done.stdout) == (-number, "film.gif\n")
    assert "Traceback" not in done.stderr
    assert_nothing_or_a_whole_film(tmp_path)


DESTRUCTOR = """
import time
from optviz.cli import signals
class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)
def command():
    Thing()
    time.sleep(60)
    return 0
sys.exit(signals.attended(command))
"""


def test_in_a_destructor_where_python_cannot_raise(tmp_path):
    assert_one_line(python(AT_EVENT + DESTRUCTOR, "", "", -1, 0, cwd=tmp_path), signal.SIGTERM)


WRAPPED = """
from optviz.cli import signals
def command():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise ImportError("numpy must be whole")
import optviz.cli.main
optviz.cli.main.cli.main = lambda *arguments, **settings: command()
from optviz.__main__ import main
sys.exit(main())
"""


def test_what_the_signal_has_broken_is_not_reported_as_an_error(tmp_path):
    assert_one_line(python(AT_EVENT + WRAPPED, "", "", -1, 0, cwd=tmp_path), signal.SIGINT)


def test_the_library_leaves_signals_alone(tmp_path):
    code = (
        "import signal, sys; before = [signal.getsignal(n) for n in range(1, 32)], sys.excepthook, "
        "sys.unraisablehook\nimport optviz; optviz.animate('sphere', ['gd'], seconds=0.1)"
        ".save('film.gif')\nassert before == ([signal.getsignal(n) for n in range(1, 32)], "
        "sys.excepthook, sys.unraisablehook)"
    )
    done = python(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
