"""The sentence at a picture's foot: every number in it, counted anew from the runs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from texts import assert_texts_fit

import optviz
import surfaces
from optviz.scene.caption import wrapped
from optviz.words import readable

RACES = {}


def race(name):
    if name not in RACES:
        RACES[name] = optviz.race(name)
    return RACES[name]


def sentence(runs, language="en"):
    names = [run.optimizer.title for run in runs]
    said = runs[0].caption(runs[1:], names).text(language)
    return said.replace("\N{NO-BREAK SPACE}", " ")


def arrival(run, lowest):
    """From which step on at most 1 % of the way down is left, by going back from the end."""
    way = run.values[0] - lowest
    if run.status != "finished" or abs(run.values[-1] - lowest) > 0.01 * way:
        return None
    k = len(run)
    while k > 0 and abs(run.values[k - 1] - lowest) <= 0.01 * way:
        k -= 1
    return k


def gone(run):
    (x0, x1), (y0, y1) = run.surface.domain
    x, y = run.points[-1]
    return run.status != "finished" or not (x0 <= x <= x1 and y0 <= y <= y1)


@pytest.mark.parametrize("name", surfaces.names())
def test_a_default_race_says_what_its_runs_did(name):
    runs = race(name)
    said = sentence(runs)
    titles = {run.optimizer.title: run for run in runs}
    lowest = min((value for _, _, value in surfaces.get(name).minima), default=None)
    staying = {title: run for title, run in titles.items() if not gone(run)}
    if lowest is None:
        values = re.findall(r"(\w+) \(([−\de.]+)\)", said)
        expected = sorted(staying, key=lambda title: staying[title].values[-1])
        assert [title for title, _ in values] == expected
        for title, value in values:
            shown = float(value.replace("−", "-"))
            assert shown == pytest.approx(staying[title].values[-1], rel=6e-4, abs=1e-300)
    else:
        first = re.findall(r"(\w+) \(step (\d+)\)", said)
        listed = re.split("not by|lowest at|to 12", said)[0]
        found = {title: int(k) for title, k in first + re.findall(r", (\w+) \((\d+)\)", listed)}
        steps = {title: arrival(run, lowest) for title, run in staying.items()}
        assert found == {title: k for title, k in steps.items() if k is not None}
        late = {title for title, k in steps.items() if k is None}
        if found and surfaces.get(name).scale == "log":
            rises = {t: run.values[-1] - lowest for t, run in staying.items()}
            bottom = {t for t in rises if rises[t] <= 1e-12 * (staying[t].values[0] - lowest)}
            if bottom:
                assert set(re.search(r"to 12 digits: ([^;]*)[;.]", said)[1].split(", ")) == bottom
            else:
                best, value = re.search(r"at the end: (\w+), (\S+) above", said).groups()
                assert rises[best] == min(rises.values())
                assert float(value.replace("−", "-")) == pytest.approx(rises[best], rel=0.06)
        if found:
            assert list(found.values()) == sorted(found.values())
            told = re.search(r"not by step (\d+): ([^;]*)[;.]", said)
            assert set(told[2].split(", ") if told else ()) == late
            assert told is None or int(told[1]) == max(len(staying[title]) for title in late)
        elif late:
            left = {t: (staying[t].values[-1] - lowest) / (staying[t].values[0] - lowest)
                    for t in late}  # fmt: skip
            nearest, percent = re.search(r"the nearest, (\w+), ends at (\d+) %", said).groups()
            assert left[nearest] == pytest.approx(min(left.values()), rel=1e-12)
            assert int(percent) == max(0, int(100 * (1 - left[nearest])))
    lost = set(titles) - set(staying)
    ways = ("left the window", "diverged", "left the surface")
    assert {title for title in titles if any(f"{title} {way}" in said for way in ways)} == lost


@pytest.mark.parametrize("name", surfaces.names())
def test_both_languages_say_the_same_numbers(name):
    texts = [sentence(race(name), language) for language in ("en", "zh")]
    numbers = [
        sorted(re.findall(r"[−\d][\de.−]*\d|\d", text.replace("99 %", "").replace("12 digits", "")))
        for text in texts
    ]
    assert numbers[0] == numbers[1]


def test_runs_that_are_lost_are_told_with_their_step():
    runs = optviz.race("beale", ["gd:lr=0.1", "adam:lr=0.1"], steps=200)
    assert f"GD diverged at step {runs[0].diverged_at}" in sentence(runs)
    left = optviz.race("hyperbolic_saddle", ["gd:lr=0.5"], (1, 0.5), steps=10)[0]
    inside = (np.abs(left.points) <= np.array(left.surface.domain)[:, 1]).all(axis=1)
    assert left.status == "finished"
    assert left.left_window_at == np.flatnonzero(inside)[-1] + 1
    assert f"GD left the window at step {left.left_window_at}" in sentence([left])


def test_a_run_that_comes_back_has_not_left():
    run = optviz.race("sphere", ["momentum:lr=1.5"], (4, 3), steps=400)[0]
    outside = (np.abs(run.points) > np.array(run.surface.domain)[:, 1]).any(axis=1)
    assert outside.any()
    assert run.left_window_at is None


def test_who_goes_up_does_not_come_down():
    runs = optviz.race("sphere", ["gd:lr=0.01", "gd:lr=0.01,maximize=true"], (1, 1), steps=5)
    assert sentence(runs).startswith("Value at step 5: ")


def test_a_start_at_the_bottom_has_no_way_down():
    assert sentence(optviz.race("sphere", ["gd:lr=0.1"], (0, 0))) == "Value at step 100: GD (0)."


def test_many_runs_are_counted_not_listed():
    runs = optviz.race("sphere", [f"gd:lr={rate}" for rate in np.linspace(0.1, 0.4, 12)])
    assert "6 more by step" in sentence(runs)
    late = optviz.race("sphere", ["gd:lr=0.4", *(f"gd:lr={k}e-5" for k in range(1, 10))])
    assert "not by step 100: 9 runs" in sentence(late)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(400, 300), (800, 400), (1600, 900), (335, 220)])
@pytest.mark.parametrize("name", ["himmelblau", "eggholder", "monkey_saddle"])
def test_it_stands_at_the_foot_and_covers_nothing(name, size, language):
    film = optviz.Animation(race(name), size=size, language=language)
    assert film.scene.caption.replace("\N{NO-BREAK SPACE}", " ") == sentence(race(name), language)
    assert_texts_fit(film.scene)
    assert sentence(race(name), language) in film.alt
    [foot] = [text for text in film.scene.figure.texts
              if text.get_text().replace("\n", "")[:6] == film.scene.caption[:6]]  # fmt: skip
    assert foot.get_fontsize() >= 0.84 * 0.72 * film.scene.style.unit


def test_a_caption_of_ones_own_and_none():
    own = optviz.animate("sphere", ["gd"], caption="Look here.")
    assert own.scene.caption == "Look here."
    assert own.alt.startswith("Look here. ")
    bare = optviz.animate("sphere", ["gd"], caption="")
    assert bare.scene.caption == ""
    assert "99" not in bare.alt
    assert bare.scene.legend.height < own.scene.legend.height


def test_a_lesson_keeps_its_claim_and_a_slow_film_has_none():
    lesson = optviz.scenarios.get("two-momenta")
    assert optviz.animate_scenario("two-momenta").scene.caption == lesson.claim["en"]
    assert optviz.animate("sphere", ["gd"], slow=True, steps=2).scene.caption == ""


@pytest.mark.parametrize(
    "text", ["aa bb cc dd ee", "梯度下降，在狭窄的山谷里。再走一步（又一步）。第（31）步"]
)
@pytest.mark.parametrize("width", [2, 3, 5, 8, 13, 100])
def test_lines_lose_no_letter_and_are_no_wider_than_a_piece_needs(text, width):
    lines = wrapped(text, width, len)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= max(width, 4) for line in lines)
    assert not any(line[-1:] == "（" for line in lines)
    assert not any(line[:1] in "，。；：、）" for line in lines)


@pytest.mark.parametrize(("number", "text"), [
    (0.0, "0"), (-2.5, "−2.5"), (1234567.0, "1235000"), (1e7, "1e7"), (0.00012345, "0.0001234"),
    (9.9999e-5, "0.0001"), (1.5e-5, "1.5e−5"), (-3e300, "−3e300"), (100.0, "100"),
])  # fmt: skip
def test_numbers_are_written_for_reading(number, text):
    assert readable(number) == text
