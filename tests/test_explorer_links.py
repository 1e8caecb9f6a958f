"""What goes into the explorer's page (links, formulas) and what comes out (code, pictures)."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qs

import numpy as np
import pytest
from explorer_page import leave, visit

import optviz
import surfaces
from optviz import scenarios
from optviz.cli.main import main
from optviz.optimizers import parse


def test_a_link_to_a_lesson_is_enough(show):
    shown = show("#lesson=washboard")
    scenario = scenarios.get("washboard")
    assert shown.page.locator(".ov-sentence").inner_text() == scenario.claim["en"]
    for i, run in enumerate(scenario.run()):
        np.testing.assert_array_equal(shown.points(i), run.points.ravel())


def test_a_link_brings_the_same_view_back(show):
    shown = show()
    page = shown.page
    page.select_option("select[aria-label='Surface']", "beale")
    page.get_by_role("checkbox", name="GD", exact=True).uncheck()
    page.get_by_role("checkbox", name="3-D relief").uncheck()
    shown.drag(shown.start, (-2, 2))
    page.mouse.click(*shown.place(2, -2))
    page.get_by_label("Step shown").fill("40")
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    again = show("#" + link.split("#")[1])
    assert again.page.evaluate("optviz.model.state") == shown.page.evaluate("optviz.model.state")
    assert again.state("racers[0].on") is False
    shown.wait("location.hash.includes('beale')")  # and the address bar has it


@pytest.mark.parametrize(
    "hash_",
    ["#s=nowhere", "#o=adm:lr=1", "#o=adam:lr=x", "#start=1", "#n=-5", "#n=1e9",
     "#f=x%2B&d=-1,1,-1,1", "#d=5,1,0,1", "#lesson=none", "#noise=-1,2", "#o=" + "gd;" * 101,
     "#%ff%", "#f=1/0", "#start=1e999,0", "#k=a"],
)  # fmt: skip
def test_a_damaged_link_leaves_the_defaults_and_a_note(hash_, show):
    shown = show(hash_)
    if hash_ != "#%ff%":  # names nothing, so nothing is damaged
        assert "damaged" in shown.page.locator(".ov-notice").inner_text()
    assert shown.state("surface") == "himmelblau"
    assert shown.page.evaluate("optviz.model.running.length") == 5


INJECTED = "<img src=x onerror=globalThis.pwned=1>"


@pytest.mark.parametrize("key", ["s", "f", "o", "lesson"])
def test_text_of_a_link_is_never_markup(key, show):
    shown = show(f"#{key}={INJECTED}")
    assert "damaged" in shown.page.locator(".ov-notice").inner_text()
    assert shown.page.locator("img").count() == 0
    assert shown.page.evaluate("globalThis.pwned") is None


def test_a_formula_is_never_markup(show):
    shown = show()
    shown.page.get_by_text("Own formula f(x, y)").click()
    shown.page.get_by_label("Formula f(x, y)").fill(f"x + {INJECTED}")
    shown.page.get_by_role("button", name="Use it").click()
    assert "formula must" in shown.page.locator(".ov-wrong").inner_text()
    assert shown.page.locator("img").count() == 0


def test_the_texts_of_a_surface_are_never_markup(browser, tmp_path):
    texts = {"en": INJECTED}, {"en": INJECTED + "</script>"}
    titled = surfaces.from_formula("x**2 + y**2", name=INJECTED, lesson=texts[0], title=texts[1])
    path = optviz.page([titled], tmp_path / "own.html")
    own = visit(browser, path.as_uri())
    assert own.page.locator(".ov-sentence").inner_text() == INJECTED
    assert own.page.locator("img").count() == 0
    leave(own)


def test_an_own_formula_and_a_wrong_one(show):
    shown = show()
    page = shown.page
    page.select_option("select[aria-label='Surface']", "")
    assert page.locator("select[aria-label='Surface']").input_value() == "himmelblau"  # as yet
    box = page.get_by_label("Formula f(x, y)")
    box.fill("x**2/4 + y**2 + sin(3*x)")
    for end, value in zip(("x0", "x1", "y0", "y1"), ("-4", "4", "-5", "5"), strict=True):
        page.get_by_label(end).fill(value)
    box.press("Enter")
    shown.settle()
    assert shown.state("surface") == ""
    assert page.evaluate("optviz.model.window")[:2] == [-4, 4]
    surface = surfaces.from_formula("x**2/4 + y**2 + sin(3*x)", ((-4, 4), (-5, 5)))
    run = optviz.descend(surface, parse(shown.specs()[4]), steps=200)
    points = shown.points(4)
    np.testing.assert_allclose(points[:20], run.points.ravel()[:20], rtol=1e-9)
    picture = shown.pixels("plane")
    for wrong, part in (("x +", "column"), ("__import__('os')", "formula"), ("log(-1)", "finite"),
                        ("q*x", "formula"), ("", "formula")):  # fmt: skip
        page.get_by_label("Formula f(x, y)").fill(wrong)
        page.get_by_role("button", name="Use it").click()
        assert part in page.locator(".ov-wrong").inner_text()
        shown.settle()
        assert shown.pixels("plane") == picture  # the last good one stays


def test_a_formula_as_people_type_it_is_shown_as_it_was_understood(show):
    shown = show()
    shown.page.get_by_text("Own formula f(x, y)").click()
    box = shown.page.get_by_label("Formula f(x, y)")
    notice = shown.page.locator(".ov-notice")
    for typed, canonical, moved in (
        ("2x² + |Y|", "2*x**2 + abs(y)", False),
        ("ln(x)^2+y^2", "log(x)**2 + y**2", True),
        ("where(x<0, -x, x²)", "where(x < 0, -x, x**2)", False),
    ):
        box.fill(typed)
        box.press("Enter")
        shown.settle()
        assert shown.page.locator(".ov-wrong").inner_text() == ""
        assert box.input_value() == canonical == shown.state("formula")
        assert notice.is_visible() == moved
        x0, x1, y0, y1 = shown.state("domain")
        surface = surfaces.from_formula(typed, ((x0, x1), (y0, y1)))
        assert tuple(shown.start) == surface.start
        if moved:
            assert "({:.4g}, {:.4g})".format(*surface.start) in notice.inner_text()
            assert "start" in surface.notes[-1]
    shown.page.get_by_label("Formula f(x, y)").fill("x + 2 y 3")
    shown.page.get_by_role("button", name="Use it").click()
    assert "not '3' at column 9" in shown.page.locator(".ov-wrong").inner_text()


def test_the_copied_command_and_python_do_the_same(show, tmp_path, monkeypatch):
    shown = show("#f=x**2/4%2By**2&d=-4,4,-3,3&o=adam:lr=0.1;gd:lr=cosine(0.2,40,0)&start=3,2&n=20")
    page = shown.page
    page.get_by_role("button", name="Copy command").click()
    words = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    monkeypatch.chdir(tmp_path)

    assert main([*words[1:], "--seconds", "0.3", "-o", "film.gif"]) == 0
    page.get_by_role("button", name="Copy Python").press("Enter")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "from_formula" in text
    scope = {}
    exec(text.replace('film.save("race.gif")', ""), scope)
    for i, run in enumerate(scope["film"].trajectories):
        points = shown.points(i)
        np.testing.assert_allclose(points, run.points.ravel(), rtol=1e-9)


def test_the_hash_is_what_a_query_parser_reads(show):
    shown = show()
    shown.page.get_by_role("button", name="Zoom in").click()
    shown.wait("location.hash.length > 10")
    found = parse_qs(shown.page.evaluate("location.hash.slice(1)"))
    assert found["s"] == ["himmelblau"]
    assert [parse(spec.lstrip("-~!")) for spec in found["o"][0].split(";")]
