"""No setting of the user's matplotlib reaches our pictures, and none of ours gets out.

Of seaborn's contexts and styles matplotlib ships copies, ``seaborn-v0_8-...``; they are tried here.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from commands import environment, python
from evaluations import made_up
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backend_bases import register_backend
from matplotlib.colors import same_color
from matplotlib.patheffects import withStroke

import optviz
from optviz.export.clock import Clock
from optviz.mnist import activation_figure
from optviz.mnist.evaluation.figures.registry import FIGURES
from optviz.scene import PANELS, style, themes

RUNS = optviz.race("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], steps=20)
NASTY = {
    "axes.grid": True, "axes.labelsize": 30, "axes.spines.left": False, "font.size": 30,
    "font.weight": "bold", "figure.autolayout": True, "figure.constrained_layout.use": True,
    "figure.frameon": False, "hatch.linewidth": 9, "image.cmap": "jet", "lines.dashed_pattern": [9],
    "lines.solid_capstyle": "butt", "markers.fillstyle": "none", "mathtext.default": "rm",
    "patch.linewidth": 7, "path.sketch": (1, 100, 2), "savefig.bbox": "tight",
    "savefig.pad_inches": 1, "savefig.transparent": True, "svg.fonttype": "none",
    "pdf.fonttype": 3, "text.antialiased": False, "text.usetex": True, "xtick.labelbottom": False,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def always_the_same_day():
    """Two files are compared byte by byte, and files say when they were made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "0")
        yield


def raw():
    """The settings as they are, without choosing a backend."""
    return dict(dict.items(mpl.rcParams))


def drawn(**looks):
    """The last frame of a film and the files that show it."""
    film = optviz.Animation(RUNS, Clock(5, 1), **({"size": (400, 240)} | looks))
    files = {}
    for kind in ("pdf", "svg"):
        stream = io.BytesIO()
        film.draw_still(stream, kind)
        files[kind] = stream.getvalue()
    return {"pixels": film.frame(-1).tobytes(), **files}


@pytest.fixture(scope="module")
def plain():
    """A picture under matplotlib's own defaults."""
    with mpl.rc_context(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "0")
        mpl.rcdefaults()
        return drawn()


def assert_bends_nothing(user, plain):
    """Ours are the same under the user's settings, which stay as they are."""
    with mpl.rc_context(user):
        before = raw()
        assert drawn() == plain
        assert raw() == before


@pytest.mark.parametrize("name", ["default", *sorted(plt.style.library)])
def test_no_style_sheet_bends_a_picture(name, plain):
    with plt.style.context(name):
        assert_bends_nothing({}, plain)


def test_no_sketch_bends_a_picture(plain):
    with plt.xkcd():
        assert_bends_nothing({}, plain)


def valid_values(key):
    """What a user may set a key to, of values of every kind that settings have."""
    tried = [True, False, None, "none", 0, 1, 3, 30, -0.5, 0.01, 0.5, [0, 1], [3.0, 1.0, 2.0],
             (1, 100, 2), "red", "#1234", "bold", "large", "italic", "tight", "in", "inout", "top",
             "left", "center", "both", "minor", "x", "y", "round", "butt", "bevel", "--", ":", "o",
             "serif", "cm", "stix", "rm", "jet", "nearest", "hanning", "path", "native", "data",
             ["cursive"], "$x$", "line"]  # fmt: skip
    found = []
    for value in tried:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a setting that is going away
            try:
                found.append(mpl.RcParams({key: value})[key])
            except Exception:  # what is not valid is refused in many ways
                continue
    return found


KEYS = [key for key in dict.keys(mpl.rcParamsDefault) if not key.startswith("backend")]
SETTINGS = {key: values for key in KEYS if (values := valid_values(key))}


def test_most_settings_are_tried():
    assert len(SETTINGS) > 0.9 * len(KEYS)
    assert set(NASTY) <= set(SETTINGS)


@settings(max_examples=15)
@given(st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in SETTINGS.items()}))
def test_no_settings_bend_a_picture(plain, user):
    assert_bends_nothing(user, plain)


@pytest.mark.parametrize(
    "looks",
    [{"views": tuple(sorted({*PANELS} - {"data", "turned"})), "size": (1600, 400)},
     {"views": ("contour", "anatomy"), "slow": True, "theme": "dark", "language": "zh"},
     {"views": ("contour", "loss"), "moments": [0, 10, 20], "theme": "print"}],
    ids=["panels", "slow", "strip"],
)  # fmt: skip
def test_no_settings_bend_any_panel(looks):
    expected = drawn(**looks)
    with mpl.rc_context(NASTY):
        assert drawn(**looks) == expected


@pytest.mark.parametrize("name", ["activations", *FIGURES])
def test_no_settings_bend_a_figure_of_networks(name):
    def shown():
        if name == "activations":
            still = activation_figure(["relu", "prelu"], size=(400, 300))
        else:
            still = made_up(positive="T-shirt").figure(name, size=(400, 300))
        stream = io.BytesIO()
        still.draw_still(stream, "pdf")
        return still.rgba().tobytes(), stream.getvalue()

    expected = shown()
    with mpl.rc_context(NASTY):
        before = raw()
        assert shown() == expected
        assert raw() == before


def test_a_list_of_defaults_that_the_user_appended_to(plain):
    """``rcParams`` and ``rcParamsDefault`` hold the same list."""
    mpl.rcParams["path.effects"].append(withStroke(linewidth=9, foreground="red"))
    try:
        style._defaults.cache_clear()
        assert drawn() == plain
    finally:
        mpl.rcParams["path.effects"].pop()
        style._defaults.cache_clear()


def test_a_backend_that_the_user_registered(plain):
    register_backend("pdf", "matplotlib.backends.backend_pgf")  # needs LaTeX
    try:
        assert drawn() == plain
    finally:
        register_backend("pdf", "matplotlib.backends.backend_pdf")


def test_a_pdf_has_the_size_that_was_asked_for():
    """100 pixels are an inch, of 72 points."""
    with mpl.rc_context(NASTY):
        data = drawn(size=(800, 400))["pdf"]
    assert re.findall(rb"/MediaBox \[ ([\d. ]+) \]", data) == [b"0 0 576 288"]


def test_an_error_leaves_the_settings_of_the_user():
    @style.drawn
    def fails(picture):
        assert same_color(mpl.rcParams["figure.facecolor"], themes.theme("dark").page)
        raise ZeroDivisionError

    before = raw()
    with pytest.raises(ZeroDivisionError):
        fails(SimpleNamespace(settings=style.rc(themes.theme("dark"), "en", 20)))
    assert raw() == before


def test_what_another_thread_sets_meanwhile_stays():
    with mpl.rc_context():
        with style.drawing(style.rc(themes.theme("dark"), "en", 20)):
            other = threading.Thread(target=lambda: mpl.rcParams.update({"font.size": 33}))
            other.start()
            other.join()
        assert mpl.rcParams["font.size"] == 33


COMMAND = ["animate", "himmelblau", "-O", "gd:lr=0.01", "--steps", "5", "--size", "300x200",
           "-o", "a.pdf"]  # fmt: skip


def told(folder, *command, **variables):
    """Run the command in a process of its own, in a folder."""
    return python(*command, cwd=folder, env=environment(SOURCE_DATE_EPOCH="0", **variables))


def test_no_matplotlibrc_and_no_backend_bend_a_file(tmp_path):
    for name in ("plain", "bent"):
        (tmp_path / name).mkdir()
    lines = [f"{k}: {str(v).strip('()[]')}" for k, v in NASTY.items() if k != "path.sketch"]
    (tmp_path / "bent" / "matplotlibrc").write_text("\n".join([*lines, "backend: TkAgg"]))
    first = told(tmp_path / "plain", "-m", "optviz", *COMMAND)
    second = told(tmp_path / "bent", "-m", "optviz", *COMMAND, MPLBACKEND="QtAgg")
    assert (second.returncode, second.stderr) == (first.returncode, first.stderr)
    assert first.returncode == 0
    files = [tmp_path / folder / "a.pdf" for folder in ("plain", "bent")]
    assert files[0].read_bytes() == files[1].read_bytes()


THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
import matplotlib as mpl
import optviz

def film(i=0):
    return optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], steps=20, seconds=0.5,
                          views=("contour", "loss", "anatomy"), size=(600, 200))

def frames(film):
    return [frame.tobytes() for frame in film]

before = dict(dict.items(mpl.rcParams))
with ThreadPoolExecutor(4) as pool:  # before any formula was drawn in this process
    many = list(pool.map(lambda i: frames(film()), range(8)))
    one = film()
    mixed = list(pool.map(lambda i: one.frame(i).tobytes(), [*range(len(one))] * 3))
assert dict(dict.items(mpl.rcParams)) == before
assert "matplotlib.pyplot" not in sys.modules
expected = frames(film())
assert len(set(expected[:10])) == 10
assert many == [expected] * 8
assert mixed == expected * 3
"""


def test_threads_draw_the_same_pictures(tmp_path):
    done = told(tmp_path, "-W", "error", "-c", THREADS)
    assert (done.returncode, done.stderr) == (0, "")


WAITING = """
import io
from concurrent.futures import ThreadPoolExecutor
from matplotlib.figure import Figure
import optviz

film = optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], steps=20, seconds=0.5)

def empty(k):
    axes = Figure((3, 3)).subplots()
    axes.set_title(r"$\\frac{%d}{2}$" % k)
    return axes

def drawn(axes, k):
    film.draw(axes, step=k)
    stream = io.BytesIO()
    axes.figure.savefig(stream, format="png")
    return stream.getvalue()

def made(k):
    return optviz.animate("beale", ["gd:lr=1e-4"], steps=5, seconds=0.5).frame(-1).tobytes()

axes = [empty(k) for k in range(8)]
with ThreadPoolExecutor(4) as pool:
    theirs = [pool.submit(drawn, axes[k], k) for k in range(8)]
    ours = [pool.submit(made, k) for k in range(8)]
    assert len({future.result() for future in ours}) == 1
    found = [future.result() for future in theirs]
assert found == [drawn(empty(k), k) for k in range(8)]
"""


def test_threads_that_draw_figures_of_their_own_do_not_wait_for_each_other(tmp_path):
    """Figures of the user's with a film's moment in them, while films are made."""
    done = told(tmp_path, "-W", "error", "-c", WAITING)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_still_is_the_same_each_time_it_is_drawn():
    still = made_up(positive="T-shirt").figure("binary", size=(900, 600), language="zh")
    first = still.rgba()
    np.testing.assert_array_equal(still.rgba(), first)
