"""The explorer's page in a real Chromium, from disk, with the network cut."""

from __future__ import annotations

import re

import numpy as np
import pytest
from explorer_page import leave, visit

import optviz
import surfaces
from optviz import scenarios
from optviz.errors import InputError
from optviz.optimizers import parse


def test_one_small_file_with_everything_in_it(explorer_file, show):
    # 350 kB, and 75 kB for second derivatives, rules that see matrices and their lessons; 17 kB for
    # Adafactor and for L-BFGS, whose two loops are written out; 17 kB for basins and the sweep.
    assert explorer_file.stat().st_size < 459_000
    page = show().page
    names = page.locator("select[aria-label='Surface'] option").evaluate_all(
        "options => options.map(o => o.value)"
    )
    assert set(surfaces.names()) <= set(names)
    lessons = page.locator("select[aria-label='Lesson'] option").evaluate_all(
        "options => options.map(o => o.value)"
    )
    assert lessons == ["", *scenarios.names()]


def test_it_opens_on_the_race_that_the_readme_films(show):
    shown = show()
    specs = shown.specs()
    runs = optviz.race("himmelblau")
    assert [parse(spec) for spec in specs] == [run.optimizer for run in runs]
    for i, run in enumerate(runs):
        points = shown.points(i)
        np.testing.assert_array_equal(points, run.points.ravel())


@pytest.fixture(scope="module")
def page_of_surfaces(browser, explorer_file):
    """One page on which surface after surface is chosen."""
    shown = visit(browser, explorer_file.as_uri())
    yield shown.page
    leave(shown)


@pytest.mark.parametrize("name", surfaces.names())
def test_rates_are_tuned_by_pythons_rule(name, page_of_surfaces):
    page = page_of_surfaces
    page.select_option("select[aria-label='Surface']", name)
    rates = page.evaluate("optviz.model.state.racers.map((racer) => racer.lr)")
    assert rates == [run.optimizer.lr for run in optviz.race(name)]


def test_a_long_run_is_tuned_as_long_as_it_is(show):
    page = show("#s=washboard&n=4000&o=gd").page
    page.get_by_role("button", name="Tune rates").click()
    rate = page.evaluate("optviz.model.state.racers[0].lr")
    assert rate == optviz.tune("washboard", "gd", steps=4000).lr


@pytest.mark.parametrize(
    ("formula", "end", "start"),
    [
        ("(x/1e6)**2 + 3*(y/1e6)**2", 1e6, None),
        ("x**2 + 3*y**2", 1e-9, None),
        ("1e12*(x**2 + y**2)", 5, None),
        ("1e-12*(x**2 + y**2)", 5, None),
        ("exp(-(x**2 + y**2))", 5, (3, 3)),
        ("x**2 + y**2 - log(x) - log(y)", 5, (0.1, 4)),
        ("log(1 + x) + y**2", 5, (3, 2)),
        (surfaces.goldstein_price.formula, 5, None),
        (surfaces.beale.formula, 10, None),
        ("(x - 1)**2 + y**2", 2, (5, -7)),  # outside: the window that is judged is wider
    ],
)
def test_rates_are_tuned_by_pythons_rule_at_any_scale(formula, end, start, show):
    page = show().page
    surface = surfaces.from_formula(formula, ((-end, end), (-end, end)), start)
    if start and max(map(abs, start)) > end:
        surface = surfaces.from_formula(formula, ((-end, end), (-end, end)))
    found = page.evaluate(
        """([formula, domain, start]) => {
          const { model } = optviz;
          model.useFormula(formula, domain);
          if (start) model.moveStart(0, start);
          model.setNumbers({ steps: 150 });
          model.tuneAll();
          return model.state.racers.map(({ lr, fits }) => [lr, fits]);
        }""",
        [formula, [-end, end, -end, end], start],
    )
    runs = optviz.race(surface, start=start, steps=150)
    assert found == [[run.optimizer.lr, run.rate_fits] for run in runs]
    assert all(run.rate_fits for run in runs)


@pytest.mark.parametrize(
    ("language", "tune", "said"),
    [
        ("en", "Tune rates", "no rate stays in the window"),
        ("zh", "自动选取学习率", "没有学习率能留在窗口内"),
    ],
)
def test_the_page_says_that_no_rate_fits(language, tune, said, show):
    shown = show(f"#s=sphere&n=200&lang={language}&o=gd;momentum:momentum=1.5")
    shown.page.get_by_role("button", name=tune).click()
    shown.settle()
    rows = shown.page.locator(".ov-racer").all()
    notes = [row.get_by_text(said) for row in rows]
    assert [note.is_visible() for note in notes] == [False, True]
    (run,) = optviz.race("sphere", ["momentum:momentum=1.5"], steps=200)
    assert shown.page.evaluate("optviz.model.state.racers[1].lr") == run.optimizer.lr
    shown.fill("Momentum lr", 0.01)
    shown.settle()
    assert not notes[1].is_visible()


@pytest.mark.parametrize("name", scenarios.names())
def test_a_lesson_shows_its_claim_and_its_runs(name, one_page):
    scenario, shown = scenarios.get(name), one_page
    shown.page.select_option("select[aria-label='Lesson']", name)
    shown.page.evaluate("optviz.flush()")
    assert shown.page.locator(".ov-sentence").inner_text() == scenario.claim["en"]
    assert shown.page.evaluate("optviz.model.running.length") == len(scenario.run())
    for i, run in enumerate(scenario.run() if scenario.noise == 0 else ()):
        np.testing.assert_array_equal(shown.points(i), run.points.ravel(), str(i))


@pytest.mark.parametrize(
    "change",
    [
        "moveStart(0, [7, 1.9])",
        "addStart([7, 1.9])",
        "setNumbers({ steps: 500 })",
        "setNumbers({ noise: 0.1 })",
        "setRate(3, 0.07)",
        "setRacer(0, { on: false })",
        "addRacer('adam')",
        "chooseSurface('washboard')",
        "open('#lesson=washboard&o=gd:lr=0.2')",
    ],
)
def test_a_claim_goes_when_the_settings_are_no_longer_its_own(change, one_page):
    shown, claim = one_page, scenarios.get("washboard").claim["en"]
    lesson, words = (
        shown.page.locator("select[aria-label='Lesson']"),
        shown.page.locator(".ov-sentence"),
    )
    lesson.select_option("washboard")
    shown.page.evaluate("optviz.flush()")
    assert words.text_content() == claim
    shown.page.evaluate(f"optviz.model.{change}; optviz.flush()")
    assert (words.text_content(), lesson.input_value()) == ("", "")
    back = shown.page.get_by_role("button", name="Back to the lesson's settings")
    if change.startswith("chooseSurface"):  # a race of the reader's own
        assert not back.is_visible()
        return
    back.click()  # and comes back with them
    shown.page.evaluate("optviz.flush()")
    assert (words.text_content(), lesson.input_value()) == (claim, "washboard")


def test_no_surface_brings_a_claim_to_a_race_of_the_readers_own(one_page):
    claims = {text for name in scenarios.names() for text in scenarios.get(name).claim.values()}
    data = one_page.page.evaluate("JSON.stringify(optviz.model.data.surfaces)")
    assert "tilted valley" in data  # what `fit_line` says is of the surface, not of runs
    assert not [claim for claim in claims if claim in data]
    one_page.page.select_option("select[aria-label='Surface']", "saddle_escape")
    one_page.page.evaluate("optviz.flush()")
    assert one_page.page.locator(".ov-sentence").text_content() == ""


def test_a_step_taken_apart_shows_its_numbers(show):
    shown = show("#s=beale&o=adam:lr=0.1&n=8&k=3")
    page = shown.page
    run = optviz.descend("beale", "adam:lr=0.1", steps=8)
    rows = page.locator(".ov-rule")
    assert rows.count() == 5  # no line for a decay of 0
    last = page.locator(".ov-numbers").nth(8).inner_text().replace("−", "-")
    assert float(re.findall(r"-?\d+\.\d+", last)[-1]) == pytest.approx(
        run.steps_taken[3, 0], rel=0.01
    )
    sizes = page.locator(".ov-square").evaluate_all(
        "all => all.map((s) => s.getBoundingClientRect().width)"
    )
    squares = run.states["exp_avg_sq"]
    np.testing.assert_allclose(sizes, 34 * np.sqrt(squares[4] / squares.max()), atol=1)
    arrows = {a["kind"]: (a["x"], a["y"]) for a in page.evaluate("optviz.model.arrows()")}
    np.testing.assert_array_equal(arrows["gradient"], -run.gradients[3])
    np.testing.assert_array_equal(arrows["memory"], -run.states["exp_avg"][4])
    np.testing.assert_array_equal(arrows["update"], run.steps_taken[3])


def test_both_languages(show):
    shown = show()
    page = shown.page
    page.get_by_role("button", name="中文").click()
    shown.settle()
    assert page.locator("h1").inner_text() == "看优化器如何下降"
    assert page.locator(".ov-root").get_attribute("lang") == "zh"
    assert "损失曲线" in page.inner_text(".ov-settings-box")
    page.get_by_role("button", name="English").press("Enter")
    shown.settle()
    assert page.locator("h1").inner_text() == "Optimizers at work"
    assert show(locale="zh-CN").page.locator("h1").inner_text() == "看优化器如何下降"


def test_divergence_is_said_in_words(show):
    shown = show("#s=sphere&o=gd:lr=5&n=2000")
    run = optviz.descend("sphere", "gd:lr=5", steps=2000)
    text = f"GD diverged at step {run.diverged_at}"
    shown.wait(f"document.querySelector('.ov-spoken').textContent.includes({text!r})")
    assert shown.page.evaluate("optviz.model.running[0].run.divergedAt") == run.diverged_at


def test_a_screen_reader_is_told_where_everybody_is(show):
    shown = show()
    shown.wait("document.querySelector('.ov-spoken').textContent.length > 20")
    spoken = shown.page.locator(".ov-spoken")
    assert spoken.get_attribute("aria-live") == "polite"
    assert "step 200 of 200; GD at (" in spoken.inner_text()


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_nothing_is_wider_than_the_screen(width, show):
    page = show().page
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(150)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(".ov-plane").bounding_box()
    assert box["width"] >= 0.25 * width


def test_a_page_of_some_surfaces_has_their_lessons_only(tmp_path, browser):
    path = optviz.page(["beale", "sphere"], tmp_path / "two.html")
    shown = visit(browser, path.as_uri())
    values = "options => options.map(o => o.value)"
    options = shown.page.locator("select[aria-label='Surface'] option").evaluate_all(values)
    assert sorted(options) == ["", "beale", "sphere"]
    lessons = shown.page.locator("select[aria-label='Lesson'] option").evaluate_all(values)
    assert "beale" in lessons
    assert "washboard" not in lessons
    assert path.stat().st_size < 382_000  # all rules, and all that computes and draws
    leave(shown)


@pytest.mark.parametrize(
    ("names", "path", "part"),
    [
        (["himelblau"], "a.html", "himmelblau"),
        ([], "a.gif", ".html"),
        ([], "none/a.html", "folder"),
    ],
)
def test_a_page_that_cannot_be_made(names, path, part, tmp_path):
    with pytest.raises(InputError, match=part):
        optviz.page(names, tmp_path / path)
    assert not list(tmp_path.iterdir())
