"""A step taken apart: what its arrows, squares, bars and rows show is what the run did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

import cases
import numpy as np
import pytest
from coloraide import Color
from matplotlib.colors import to_hex
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text
from texts import OLDER, assert_texts_fit

import optviz
from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import Optimizer, Rate, ops
from optviz.scene import Scene
from optviz.scene.slow import slowly
from optviz.scene.style import DENSITY
from optviz.scene.themes import THEMES
from optviz.translate.contributions import parts_of_step
from optviz.translate.latex import letter
from optviz.words import say

ADAM = optviz.descend("beale", "adam:lr=0.1", steps=6)


def parts(run, k):
    return parts_of_step(run.optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k))


@pytest.mark.parametrize(("kind", "settings"), cases.EVERY, ids=cases.EVERY_IDS)
def test_the_parts_add_up_to_the_step(kind, settings):
    run = optviz.descend("beale", kind(**({"lr": 1e-4} | settings)), steps=12)
    if kind.inputs or not kind.elementwise:
        assert parts(run, 0) == {}, "a step that is no sum of what it is made of"
        return
    for k in range(len(run)):
        total = sum(parts(run, k).values())
        np.testing.assert_allclose(total, run.steps_taken[k], rtol=1e-9, atol=1e-18)


def test_parts_of_adam_by_hand():
    k, slots = 3, ADAM.states
    beta1, beta2 = 0.9, 0.999
    scale = -0.1 / (1 - beta1**4) / (np.sqrt(slots["exp_avg_sq"][4] / (1 - beta2**4)) + 1e-8)
    found = parts(ADAM, k)
    np.testing.assert_allclose(found["gradient"], scale * 0.1 * ADAM.gradients[k])
    np.testing.assert_allclose(found["memory"], scale * 0.9 * slots["exp_avg"][k])


def test_what_pulls_to_zero_is_a_part_of_its_own():
    run = optviz.descend("beale", "adamw:lr=0.1,weight_decay=0.5", steps=3)
    np.testing.assert_allclose(parts(run, 2)["decay"], -0.1 * 0.5 * run.points[2])
    run = optviz.descend("beale", "gd:lr=0.001,weight_decay=0.5", steps=3)
    np.testing.assert_allclose(parts(run, 2)["decay"], -0.001 * 0.5 * run.points[2])


def panel_at(at, run=ADAM, **settings):
    scene = Scene([run], ["contour", "anatomy"], size=(900, 400), **settings)
    scene.picture(at)
    return scene.panels


@pytest.mark.parametrize("at", [0, 2, 6])
def test_arrows_and_squares_are_those_of_the_step(at):
    contour, anatomy = panel_at(at)
    k = min(at, 5)
    for panel in (contour, anatomy) if at < 6 else (anatomy,):
        for name, vector in (("step", ADAM.steps_taken[k]), ("gradient", -ADAM.gradients[k]),
                             ("memory", -ADAM.states["exp_avg"][k + 1])):  # fmt: skip
            begin, end = panel.arrows.artists[name]._posA_posB
            drawn = np.subtract(end, begin)
            cosine = drawn @ vector / np.linalg.norm(drawn) / np.linalg.norm(vector)
            assert cosine == pytest.approx(1)
    areas = [box.get_width() * box.get_height() for box in anatomy.boxes["exp_avg_sq"]]
    squares = ADAM.states["exp_avg_sq"]
    expected = np.maximum(squares[k + 1] / squares.max() * anatomy.side**2, 1)
    np.testing.assert_allclose(areas, expected)


def test_the_arrows_on_the_contour_begin_at_the_head():
    contour, _ = panel_at(2.5)
    begin, _ = contour.arrows.artists["step"]._posA_posB
    head = ADAM.points[2:4].mean(axis=0)
    np.testing.assert_allclose(np.multiply(begin, 100), contour.axes.transData.transform(head))


def test_bars_say_what_each_source_adds():
    _, anatomy = panel_at(4)
    found, step = parts(ADAM, 4), ADAM.steps_taken[4]
    values = np.array([found[name][axis] for axis in range(2) for name in found])
    widths = np.array([bar.get_width() for bar, _ in anatomy.bars])
    np.testing.assert_allclose(widths / np.abs(widths).max(), values / np.abs(values).max())
    said = [text.get_text() for _, text in anatomy.bars]
    shares = [found[name][axis] / step[axis] for axis in range(2) for name in found]
    assert said == [f"{round(100 * share)} %".replace("-", "−") for share in shares]


@dataclass(frozen=True)
class Bounded(optviz.GD):
    """What a bound puts in place of a gradient is no part of it."""

    bound: float = 30.0

    def rule(self, t, lr, grad):
        return -lr * ops.minimum(ops.maximum(grad, -self.bound), self.bound), {}


@pytest.mark.parametrize(("bound", "bars"), [(1e6, 2), (30.0, 0)])
def test_a_step_that_its_parts_do_not_give_has_no_bars(bound, bars):
    run = optviz.descend("beale", Bounded(lr=4e-3, bound=bound), start=(-2, 2), steps=30)
    assert (np.abs(run.gradients) < bound).all(axis=1)[-1]  # the last step alone says nothing
    scene = Scene([run], ["anatomy"])
    scene.picture(30)
    assert len(scene.panels[0].bars) == bars
    drawn = [text.get_text() for text in scene.figure.findobj(Text)]
    assert sum(text.endswith(" %") for text in drawn) == bars


def test_slowly_each_step_is_explained_before_it_is_taken():
    assert slowly(2.0) == (2.0, 0.0)
    assert slowly(2.4) == pytest.approx((2.0, 0.5))
    assert slowly(2.9) == pytest.approx((2.5, 1.0))
    rows, kinds = [], []
    for share in np.linspace(0, 0.79, 12):
        contour, anatomy = panel_at(2 + share, slow=True)
        np.testing.assert_array_equal(contour.heads.get_offsets()[0], ADAM.points[2])
        texts = [text.get_text() for text in anatomy.rule.texts if text.get_visible()]
        artists = list(anatomy.artists_at(*slowly(2 + share)))
        shown = {kind for kind, arrow in anatomy.arrows.artists.items() if arrow in artists}
        assert ("memory" in shown) == any(text.startswith("$m_t = ") for text in texts)
        assert ("step" in shown) == any(text.startswith(f"${letter('step')}") for text in texts)
        rows.append(len(texts))
        kinds.append(len(shown))
    assert rows == sorted(rows)
    assert kinds == sorted(kinds)
    assert (rows[0], kinds[0], kinds[-1]) == (1, 1, 3)
    assert len(set(rows)) == 6  # the heading, then five lines
    contour, _ = panel_at(2.9, slow=True)
    np.testing.assert_allclose(contour.heads.get_offsets()[0], ADAM.points[2:4].mean(axis=0))


@dataclass(frozen=True)
class OneLetter(Optimizer):
    """The squares and the memory have one letter, u, and the squares come first."""

    lr: Rate = 0.1

    def slots(self, zeros):
        return {"acc_delta": zeros, "exp_inf": zeros}

    def rule(self, t, lr, grad, acc_delta, exp_inf):
        acc_delta = 0.9 * acc_delta + 0.1 * grad * grad
        exp_inf = 0.9 * exp_inf + 0.1 * grad
        step = -lr * exp_inf / (1 + ops.sqrt(acc_delta))
        return step, {"acc_delta": acc_delta, "exp_inf": exp_inf}


def test_an_arrow_appears_with_its_own_line_whatever_letter_that_has():
    run = optviz.descend("beale", OneLetter(), steps=3)
    _, anatomy = panel_at(0, run)
    assert (anatomy.memories, anatomy.squares) == (["exp_inf"], ["acc_delta"])
    shown = []
    for lines in range(4):
        artists = list(anatomy.artists_at(1, lines / 4))
        kinds = [kind for kind, arrow in anatomy.arrows.artists.items() if arrow in artists]
        area = [box.get_width() * box.get_height() for box in anatomy.boxes["acc_delta"]]
        shown.append((kinds, area == pytest.approx(areas_at(anatomy, run, 2))))
    assert shown == [
        (["gradient"], False), (["gradient"], True), (["gradient", "memory"], True),
        (["gradient", "memory", "step"], True),
    ]  # fmt: skip


def areas_at(anatomy, run, row):
    squares = run.states["acc_delta"]
    return np.maximum(squares[row] / squares.max() * anatomy.side**2, 1)


@pytest.mark.parametrize("slow", [False, True])
def test_a_picture_does_not_depend_on_those_before_it(slow):
    looks = {"size": (900, 400), "slow": slow}
    scene = Scene([ADAM], ["contour", "anatomy"], **looks)
    moments = [0, 0.5, 0.55, 0.95, 2.3, 0.5, 6, 5.9, 0]
    for at, picture in [(at, scene.picture(at)) for at in moments]:
        alone = Scene([ADAM], ["contour", "anatomy"], **looks).picture(at)
        np.testing.assert_array_equal(picture, alone)


def test_a_slow_film_takes_its_own_time():
    film = optviz.animate("beale", ["adam"], slow=True)
    assert [type(panel).__name__ for panel in film.scene.panels] == ["Contour", "Anatomy"]
    assert film.clock.seconds == 6 * len(film.trajectories[0]) == 48
    assert optviz.animate("beale", ["adam"], slow=True, steps=3, seconds=5).clock.seconds == 5
    with pytest.raises(InputError, match="anatomy"):
        optviz.animate("beale", ["adam"], slow=True, views=["contour"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("views", "n", "size"),
    [(["contour"], 6, None), (["contour", "loss"], 4, None), (["contour", "anatomy"], 5, None),
     (["relief", "profile"], 3, (900, 700))],
)  # fmt: skip
def test_a_strip_shows_moments_side_by_side(views, n, size, language):
    film = optviz.animate("beale", ["adam:lr=0.1"], steps=6, views=views, language=language)
    strip = film.strip(n, size)
    assert len(strip) == 1
    panels = strip.scene.panels
    assert len(panels) == n * len(views)
    assert_texts_fit(strip.scene)
    steps = strip.spec.moments
    assert steps[0] == 0
    assert steps[-1] == 6
    for i, k in enumerate(steps):
        head = panels[i].heads.get_offsets()[0]
        if views[0] == "contour":
            np.testing.assert_allclose(head, ADAM.points[k])
    shown = {text.get_text() for text in strip.scene.figure.texts}
    assert {say("at_step", language, k=k) for k in steps} <= shown
    lefts = [panel.axes.get_position().x0 for panel in panels[:n]]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_a_strip_is_a_still(suffix, tmp_path):
    strip = optviz.animate("sphere", ["adam"], steps=6, views=["contour"]).strip(3)
    assert strip.save(tmp_path / f"strip{suffix}").stat().st_size > 3000
    with pytest.raises(InputError, match=r"\.png, \.pdf, \.svg"):
        strip.save(tmp_path / "strip.gif")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("n", [0, 1, 13, 2.5, "6"])
def test_a_strip_of_so_many_is_none(n):
    with pytest.raises(InputError, match="from 2 to 12"):
        optviz.animate("sphere", ["adam"], steps=6).strip(n)


@pytest.mark.parametrize("name", optimizers.names())
def test_rules_are_large_enough_to_read(name):
    """At 900x400 what is no index or exponent is at least 10 pixels high, fractions too."""
    if OLDER and name == "radam":
        pytest.skip("its longest line is wider in the letters of matplotlib before 3.11")
    run = optviz.descend("beale", f"{name}:lr=1e-4", steps=8)
    scene = Scene([run], ["contour", "anatomy"], size=(900, 400), slow=True)
    panel = scene.panels[1]
    scene.picture(7.79)
    rows = [text for text in panel.rule.texts if text.get_visible()]
    if len(panel.rule.lines(7)) > 9:
        pytest.skip("more lines than a panel of this size has room for in such letters")
    assert any(f"{'x:' if run.optimizer.elementwise else '='}" in text.get_text() for text in rows)
    for text in rows:
        plain = re.sub(r"[_^](\{[^{}]*\}|\\\w+|\w)|'", "", text.get_text())
        properties = text.get_fontproperties()
        glyphs = MathTextParser("path").parse(plain, dpi=72, prop=properties).glyphs
        letters = [size for _, size, code, *_ in glyphs if chr(code).isalnum()]  # no hats
        assert min(letters) * DENSITY / 72 >= 10, plain
    for _, share in panel.bars:
        assert share.get_fontsize() * DENSITY / 72 >= 10


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", optimizers.names())
def test_each_arrow_has_a_colour_of_its_own(name, theme):
    run = optviz.descend("beale", f"{name}:lr=1e-4", steps=2)
    panel = Scene([run], ["anatomy"], theme=theme).panels[0]
    drawn = [Color(to_hex(arrow.get_edgecolor())) for arrow in panel.arrows.artists.values()]
    for one, other in combinations(drawn, 2):
        assert one.delta_e(other, method="2000") > 12
    assert all(colour.contrast(THEMES[theme].page) >= 3 for colour in drawn)


def test_a_memory_without_effect_is_not_drawn():
    run = optviz.descend("beale", "rmsprop:lr=1e-3", steps=3)
    panel = Scene([run], ["anatomy"]).panels[0]
    assert "momentum_buffer" in run.states
    assert set(panel.arrows.artists) == {"gradient", "step"}
    assert set(panel.sources) == {"gradient"}
