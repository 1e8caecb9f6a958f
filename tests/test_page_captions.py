"""The sentence about a race on the page: word for word that of the film of the same race."""

from __future__ import annotations

import json

import pytest

import optviz
import surfaces


def said(shown):
    shown.page.evaluate("optviz.flush()")
    return shown.page.locator(".ov-caption").inner_text()


def sentence(runs, language="en"):
    return optviz.scene.Scene(runs, language=language, size=(300, 300)).caption


@pytest.mark.parametrize("name", surfaces.names())
def test_a_default_race(name, one_page):
    one_page.page.evaluate(f"optviz.model.chooseSurface({json.dumps(name)})")
    runs = optviz.race(name)
    for language in ("en", "zh"):
        one_page.page.evaluate(f"optviz.model.look({{ language: {language!r} }})")
        text = said(one_page)
        assert text.replace("\N{NO-BREAK SPACE}", " ") == sentence(runs, language).replace(
            "\N{NO-BREAK SPACE}", " "
        )


@pytest.mark.parametrize(
    ("surface", "specs", "start", "steps"),
    [
        ("sphere", [f"gd:lr={rate}" for rate in (0.1, 0.2, 0.3, 0.31, 0.32, 0.33, 0.34, 0.35)],
         (4, -3), 100),
        ("sphere", [f"gd:lr={k}e-5" for k in range(1, 9)], (4, -3), 100),
        ("beale", ["gd:lr=0.1", "adam:lr=0.1", "adam:lr=0.2,amsgrad=true"], (-3, -3), 200),
        ("hyperbolic_saddle", ["gd:lr=0.5", "momentum:lr=0.01"], (1, 0.5), 12),
        ("sphere", ["gd:lr=0.1", "gd:lr=0.1,maximize=true"], (1, 1), 6),
        ("sphere", ["adam:lr=0.1", "adam:lr=0.1,betas=0.5/0.99"], (9, -30), 300),
    ],
)  # fmt: skip
def test_races_of_all_kinds(surface, specs, start, steps, one_page):
    link = f"#s={surface}&start={start[0]},{start[1]}&n={steps}&o={';'.join(specs)}"
    one_page.page.evaluate(f"optviz.model.open({json.dumps(link)})")
    assert said(one_page) == sentence(optviz.race(surface, specs, start, steps))


def test_a_guess_does_not_find_its_answer(one_page):
    one_page.page.evaluate("optviz.model.open('#s=sphere')")
    assert said(one_page)
    one_page.page.get_by_role("button", name="Quiz").click()
    assert said(one_page) == ""
    one_page.page.get_by_role("button", name="End the quiz").click()
    assert said(one_page)
