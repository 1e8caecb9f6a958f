"""The explorer's page in a real Chromium, from disk, with the network cut."""

from __future__ import annotations

import re
import shlex
from urllib.parse import parse_qs

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

import optviz
import surfaces
from optviz import scenarios
from optviz.errors import InputError
from optviz.optimizers import parse


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return optviz.page(path=tmp_path_factory.mktemp("page") / "explorer.html")


class Shown:
    """A page, what it asked of the network, and what it complained of."""

    def __init__(self, context, url):
        self.page = context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        self.page.goto(url)
        self.wait("globalThis.optviz?.running")

    def wait(self, condition):
        """Until an expression is true; as a function, since the page forbids text as code."""
        self.page.wait_for_function(f"() => {condition}")

    def points(self, i):
        """The path of a run; the protocol turns large floats into whole numbers."""
        return [float(v) for v in self.page.evaluate(f"Array.from(optviz.running[{i}].run.points)")]

    def state(self, name):
        return self.page.evaluate(f"optviz.state.{name}")

    def settle(self):
        self.page.evaluate("new Promise((done) => setTimeout(done, 60))")

    def place(self, x, y):
        """Where a point of the plane is on the page."""
        box = self.page.locator(".ov-plane").bounding_box()
        px, py = self.page.evaluate(f"optviz.plane.toPixel({x}, {y})")
        return box["x"] + px, box["y"] + py

    def pixels(self, view):
        """A fingerprint of what a view shows."""
        return self.page.evaluate(
            f"""() => {{
              const {{ ground, over }} = optviz.{view};
              return [ground, over].map(({{ canvas }}) => canvas.toDataURL());
            }}"""
        )


@pytest.fixture
def show(browser, file):
    """Open the page (with a hash); afterwards nothing may have been asked or complained of."""
    opened = []

    def open_page(hash_="", **settings):
        context = browser.new_context(
            offline=True, viewport={"width": 1280, "height": 1000}, **settings
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        shown = Shown(context, f"{file.as_uri()}{hash_}")
        opened.append((context, shown))
        return shown

    yield open_page
    for context, shown in opened:
        assert [url for url in shown.requests if not url.startswith(("file:", "blob:"))] == []
        assert shown.errors == []
        context.close()


def test_one_small_file_with_everything_in_it(file, show):
    assert file.stat().st_size < 300_000
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
    specs = shown.page.evaluate("optviz.commandText().match(/-O (\\S+)/g).map((s) => s.slice(3))")
    runs = optviz.race("himmelblau")
    assert [parse(spec) for spec in specs] == [run.optimizer for run in runs]
    for i, run in enumerate(runs):
        points = shown.points(i)
        np.testing.assert_array_equal(points, run.points.ravel())


@pytest.mark.parametrize(
    "name", ["rosenbrock", "ackley", "beale", "saturated_neuron", "hyperbolic_saddle"]
)
def test_rates_are_tuned_by_pythons_rule(name, show):
    page = show().page
    page.select_option("select[aria-label='Surface']", name)
    rates = page.evaluate("optviz.state.racers.map((racer) => racer.lr)")
    steps = min(surfaces.get(name).steps, 2000)
    assert rates == [optviz.tune(name, kind, steps=steps).lr for kind in optviz.FIVE]


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
          optviz.state.steps = 150;
          if (start) optviz.state.start = start;
          Object.assign(optviz.state, { surface: "", formula, domain });
          optviz.takeSurface();
          optviz.state.start = start ?? [...optviz.surface.start];
          optviz.tuneAll();
          return optviz.state.racers.map(({ lr, fits }) => [lr, fits]);
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
        ("zh", "调整学习率", "没有学习率能留在窗口内"),
    ],
)
def test_the_page_says_that_no_rate_fits(language, tune, said, show):
    shown = show(f"#s=sphere&n=200&lang={language}&o=gd;momentum:momentum=1.5")
    shown.page.get_by_role("button", name=tune).click()
    shown.settle()
    notes = shown.page.locator(".ov-note")
    assert [notes.nth(i).is_visible() for i in range(2)] == [False, True]
    assert notes.nth(1).inner_text() == said
    (run,) = optviz.race("sphere", ["momentum:momentum=1.5"], steps=200)
    assert shown.page.evaluate("optviz.state.racers[1].lr") == run.optimizer.lr
    box = shown.page.locator("input[type=number][aria-label='Momentum lr']")
    box.fill("0.01")
    box.press("Enter")
    shown.settle()
    assert not notes.nth(1).is_visible()


def test_the_start_follows_the_mouse(show):
    shown = show()
    page = shown.page
    before = shown.pixels("plane"), shown.pixels("curves"), shown.pixels("solid")
    page.mouse.move(*shown.place(*shown.state("start")))
    page.mouse.down()
    page.mouse.move(*shown.place(2, -3), steps=5)
    page.mouse.up()
    np.testing.assert_allclose(shown.state("start"), (2, -3), atol=0.02)
    page.mouse.click(*shown.place(-4, 4))
    np.testing.assert_allclose(shown.state("start"), (-4, 4), atol=0.02)
    shown.settle()
    start = shown.state("start")
    expected = optviz.race("himmelblau", ["gd:lr=0.01"], start, 200)[0]
    points = shown.points(0)
    np.testing.assert_array_equal(points, expected.points.ravel())
    for view, (_, over) in zip(("plane", "curves", "solid"), before, strict=True):
        assert shown.pixels(view)[1] != over, view


def test_the_start_follows_a_finger(show):
    shown = show(has_touch=True)
    shown.page.touchscreen.tap(*shown.place(3, 3))
    np.testing.assert_allclose(shown.state("start"), (3, 3), atol=0.02)


def test_two_fingers_zoom(show):
    shown = show(has_touch=True)
    shown.page.evaluate("""() => {
      const { box } = optviz.plane;
      const { left, top } = box.getBoundingClientRect();
      const touch = (kind, id, x, y) => box.dispatchEvent(new PointerEvent(kind, {
        pointerId: id, pointerType: "touch", clientX: left + x, clientY: top + y, bubbles: true,
      }));
      box.setPointerCapture = () => {};  // made-up pointers cannot be captured
      touch("pointerdown", 11, 200, 200);
      touch("pointerdown", 12, 240, 200);
      touch("pointermove", 11, 180, 200);
      touch("pointermove", 12, 260, 200);
      touch("pointerup", 11, 180, 200);
      touch("pointerup", 12, 260, 200);
    }""")
    x0, x1, *_ = shown.page.evaluate("optviz.window")
    assert x1 - x0 == pytest.approx(6)  # fingers twice as far apart: half the window
    assert shown.state("start") == [-0.3, -0.9]


def test_the_plane_by_keyboard(show):
    shown = show()
    page = shown.page
    page.locator(".ov-plane").focus()
    x, y = shown.state("start")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    np.testing.assert_allclose(shown.state("start"), (x + 0.12, y + 0.6), atol=0.02)
    page.keyboard.press("+")
    zoomed = page.evaluate("optviz.window")
    assert zoomed[1] - zoomed[0] == pytest.approx(12 * 0.8)
    page.keyboard.press("0")
    assert page.evaluate("optviz.window") == [-6, 6, -6, 6]


def test_the_wheel_zooms_and_a_drag_pans(show):
    shown = show()
    page = shown.page
    page.mouse.move(*shown.place(3, 2))
    page.mouse.wheel(0, -300)
    shown.settle()
    x0, x1, *_ = page.evaluate("optviz.window")
    assert x1 - x0 < 12
    assert (3 - x0) / (x1 - x0) == pytest.approx(9 / 12, abs=0.01)  # what was under it stays
    page.mouse.down()
    page.mouse.move(*shown.place(2, 1), steps=4)
    page.mouse.up()
    shown.settle()
    moved = page.evaluate("optviz.window")
    assert moved[0] - x0 == pytest.approx(1, abs=0.1)
    assert shown.state("start") == [-0.3, -0.9]
    page.get_by_role("button", name="Whole window").click()
    assert page.evaluate("optviz.window") == [-6, 6, -6, 6]


def test_value_and_gradient_stand_under_the_cursor(show):
    shown = show()
    shown.page.mouse.move(*shown.place(1, 2))
    text = shown.page.locator(".ov-under").inner_text().replace("−", "-")
    f, gx, gy, x, y = map(float, re.findall(r"-?\d+\.?\d*", text))
    value, slope = surfaces.himmelblau.value_and_gradient((x, y))
    np.testing.assert_allclose([f, gx, gy], [value, *slope], rtol=2e-2)


def test_play_pause_step_scrub_and_speed_by_mouse_and_keyboard(show):
    shown = show()
    page = shown.page
    page.get_by_role("button", name="To the start").click()
    assert shown.state("at") == 0
    page.get_by_role("button", name="One step forward").click()
    page.get_by_role("button", name="One step forward").press("Enter")
    assert shown.state("at") == 2
    page.get_by_role("button", name="One step back").press("Space")
    assert shown.state("at") == 1
    page.get_by_label("Step shown").press("ArrowRight")
    assert shown.state("at") == 2
    page.get_by_label("Speed").select_option("0.5")
    page.get_by_role("button", name="Play").click()
    shown.wait("optviz.state.at > 20")
    page.get_by_role("button", name="Pause").press("Enter")
    shown.settle()
    assert not shown.state("playing")
    at = shown.state("at")
    shown.settle()
    assert shown.state("at") == at < 200
    box = page.locator(".ov-curves").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 100)
    assert 80 < shown.state("at") < 110


def test_every_slider_and_flag_of_an_optimizer(show):
    shown = show()
    page = shown.page
    for i, racer in enumerate(shown.state("racers")):
        name = page.evaluate(f"optviz.data.rules['{racer['rule']}'].name")
        page.get_by_role("button", name=f"Settings of {name}", exact=True).click()
        for key in ["lr", *racer["hyper"]]:
            bar = page.get_by_role("slider", name=f"{name} {key}", exact=True)
            before = page.evaluate(f"JSON.stringify(optviz.state.racers[{i}])")
            bar.press("PageUp")
            if page.evaluate(f"JSON.stringify(optviz.state.racers[{i}])") == before:
                bar.press("PageDown")
            assert page.evaluate(f"JSON.stringify(optviz.state.racers[{i}])") != before, (name, key)
        number = page.get_by_role("spinbutton", name=f"{name} lr", exact=True)
        number.fill("0.0123")
        number.press("Enter")
        assert shown.state(f"racers[{i}].lr") == 0.0123
        number.fill("-1")
        number.press("Enter")
        assert shown.state(f"racers[{i}].lr") == 0.0123  # refused
        assert number.get_attribute("aria-invalid") == "true"
    details = page.locator(".ov-racer").nth(4)
    details.get_by_label("amsgrad").check()
    assert shown.state("racers[4].flags.amsgrad") is True
    details.get_by_role("combobox", name="Adam schedule").select_option("cosine")
    assert shown.state("racers[4].lr.schedule") == "cosine"
    shown.settle()
    spec = page.evaluate("optviz.commandText().match(/-O '?(adam:[^ ']*)/)[1]")
    run = optviz.descend("himmelblau", parse(spec), steps=200)
    points = shown.points(4)
    np.testing.assert_array_equal(points, run.points.ravel())


def test_optimizers_come_and_go(show):
    shown = show()
    page = shown.page
    page.get_by_role("checkbox", name="GD", exact=True).uncheck()
    shown.settle()
    assert page.evaluate("optviz.running.length") == 4
    page.get_by_label("Add an optimizer").select_option("lion")
    shown.settle()
    assert page.evaluate("optviz.running.map(({ name }) => name)")[-1] == "Lion"
    page.get_by_role("button", name="Settings of Lion").press("Enter")
    page.get_by_role("button", name="Remove Lion").click()
    shown.settle()
    assert page.evaluate("optviz.state.racers.length") == 5
    page.get_by_role("spinbutton", name="GD lr", exact=True).fill("7")
    page.get_by_role("button", name="Tune rates").click()
    assert shown.state("racers[0].lr") == 0.01


def test_steps_noise_seed_and_start_as_numbers(show):
    shown = show()
    page = shown.page
    for label, value in (("Steps", "37"), ("Noise", "0.5"), ("Seed", "3"), ("Start x", "1.5")):
        box = page.get_by_role("spinbutton", name=label, exact=True)
        box.fill(value)
        box.press("Enter")
    shown.settle()
    assert [shown.state(name) for name in ("steps", "noise", "seed")] == [37, 0.5, 3]
    assert shown.state("start") == [1.5, -0.9]
    first = shown.points(0)
    page.get_by_role("spinbutton", name="Seed", exact=True).press("ArrowUp")
    shown.settle()
    assert shown.points(0) != first


def test_every_lesson_shows_its_claim_and_its_runs(show):
    shown = show()
    for name in scenarios.names():
        scenario = scenarios.get(name)
        shown.page.select_option("select[aria-label='Lesson']", name)
        shown.page.evaluate("optviz.flush()")
        assert shown.page.locator(".ov-about p").inner_text() == scenario.claim["en"]
        for i, run in enumerate(scenario.run() if scenario.noise == 0 else ()):
            np.testing.assert_array_equal(shown.points(i), run.points.ravel(), str((name, i)))


def test_a_link_to_a_lesson_is_enough(show):
    shown = show("#lesson=washboard")
    scenario = scenarios.get("washboard")
    assert shown.page.locator(".ov-about p").inner_text() == scenario.claim["en"]
    for i, run in enumerate(scenario.run()):
        np.testing.assert_array_equal(shown.points(i), run.points.ravel())


def test_views_can_be_shown_alone(show):
    shown = show()
    page = shown.page
    for label, view in (("3-D relief", ".ov-solid"), ("Loss curves", ".ov-curves"),
                        ("Step taken apart", ".ov-anatomy")):  # fmt: skip
        page.get_by_role("checkbox", name=label).uncheck()
        assert not page.locator(view).is_visible()
    page.get_by_role("checkbox", name="3-D relief").press("Space")
    assert page.locator(".ov-solid").is_visible()


def test_the_relief_turns(show):
    shown = show()
    page = shown.page
    before = shown.pixels("solid")[0]
    box = page.locator(".ov-solid").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 230, box["y"] + 120, steps=4)
    page.mouse.up()
    shown.settle()
    turned = shown.pixels("solid")[0]
    assert turned != before
    page.locator(".ov-solid").press("ArrowLeft")
    shown.settle()
    assert shown.pixels("solid")[0] != turned


def test_a_step_taken_apart_shows_its_numbers(show):
    shown = show("#s=beale&o=adam:lr=0.1&n=8&k=3")
    page = shown.page
    run = optviz.descend("beale", "adam:lr=0.1", steps=8)
    rows = page.locator(".ov-rule")
    assert rows.count() == 6
    last = page.locator(".ov-numbers").nth(10).inner_text().replace("−", "-")
    assert float(re.findall(r"-?\d+\.\d+", last)[-1]) == pytest.approx(
        run.steps_taken[3, 0], rel=0.01
    )
    sizes = page.locator(".ov-square").evaluate_all("all => all.map((s) => s.clientWidth)")
    squares = run.states["exp_avg_sq"]
    np.testing.assert_allclose(sizes, 34 * np.sqrt(squares[4] / squares.max()), atol=1)
    arrows = {a["kind"]: (a["x"], a["y"]) for a in page.evaluate("optviz.arrows()")}
    np.testing.assert_array_equal(arrows["gradient"], -run.gradients[3])
    np.testing.assert_array_equal(arrows["memory"], -run.states["exp_avg"][4])
    np.testing.assert_array_equal(arrows["update"], run.steps_taken[3])


def test_the_quiz_tells_how_far_off_a_guess_was(show):
    shown = show("#s=sphere&o=gd:lr=0.1&n=50&k=0")
    page = shown.page
    page.get_by_role("button", name="Quiz: where will it be?").click()
    assert "GD will be 5 steps" in page.locator(".ov-quiz .ov-told").inner_text()
    run = optviz.descend("sphere", "gd:lr=0.1", steps=50)
    x, y = run.points[5]
    page.mouse.click(*shown.place(x + 1, y))
    told = page.locator(".ov-quiz .ov-told").inner_text()
    assert float(re.search(r"Off by ([\d.]+)", told)[1]) == pytest.approx(1, abs=0.05)
    assert shown.state("at") == 5
    assert shown.state("start") == [4, -3]  # a guess is no start
    page.get_by_role("button", name="End the quiz").press("Enter")
    page.mouse.click(*shown.place(1, 1))
    np.testing.assert_allclose(shown.state("start"), (1, 1), atol=0.02)


def test_a_link_brings_the_same_view_back(show):
    shown = show()
    page = shown.page
    page.select_option("select[aria-label='Surface']", "beale")
    page.get_by_role("checkbox", name="GD", exact=True).uncheck()
    page.get_by_role("checkbox", name="3-D relief").uncheck()
    page.mouse.click(*shown.place(-2, 2))
    page.get_by_label("Step shown").fill("40")
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    again = show("#" + link.split("#")[1])
    for name in ("surface", "start", "steps", "at", "on", "racers", "views"):
        assert again.state(name) == shown.state(name), name
    shown.wait("location.hash.includes('beale')")  # and the address bar has it


@pytest.mark.parametrize(
    "hash_",
    ["#s=nowhere", "#o=adm:lr=1", "#o=adam:lr=x", "#start=1", "#n=-5", "#n=1e9",
     "#f=x%2B&d=-1,1,-1,1", "#f=x&d=5,1,0,1", "#lesson=none", "#noise=-1,2", "#o=" + "gd;" * 50,
     "#%ff%", "#f=1/0", "#start=1e999,0", "#k=a"],
)  # fmt: skip
def test_a_damaged_link_leaves_the_defaults_and_a_note(hash_, show):
    shown = show(hash_)
    if hash_ != "#%ff%":  # names nothing, so nothing is damaged
        assert "damaged" in shown.page.locator(".ov-notice").inner_text()
    assert shown.state("surface") == "himmelblau"
    assert shown.page.evaluate("optviz.running.length") == 5


INJECTED = "<img src=x onerror=globalThis.pwned=1>"


def test_text_is_never_markup(show, browser, tmp_path):
    for hash_ in (f"#s={INJECTED}", f"#f={INJECTED}", f"#o={INJECTED}", f"#lesson={INJECTED}"):
        shown = show(hash_)
        assert shown.page.locator("img").count() == 0
        assert shown.page.evaluate("globalThis.pwned") is None
    shown = show()
    shown.page.get_by_label("Formula f(x, y)").fill(f"x + {INJECTED}")
    shown.page.get_by_role("button", name="Use it").click()
    assert "formula must" in shown.page.locator(".ov-wrong").inner_text()
    texts = {"en": INJECTED}, {"en": INJECTED + "</script>"}
    titled = surfaces.from_formula("x**2 + y**2", name=INJECTED, lesson=texts[0], title=texts[1])
    path = optviz.page([titled], tmp_path / "own.html")
    context = browser.new_context(offline=True)
    own = Shown(context, path.as_uri())
    assert own.page.locator(".ov-about p").inner_text() == INJECTED
    assert own.page.locator("img").count() == 0
    assert own.errors == []
    context.close()


def test_an_own_formula_and_a_wrong_one(show):
    shown = show()
    page = shown.page
    box = page.get_by_label("Formula f(x, y)")
    box.fill("x**2/4 + y**2 + sin(3*x)")
    for end, value in zip(("x0", "x1", "y0", "y1"), ("-4", "4", "-5", "5"), strict=True):
        page.get_by_label(end).fill(value)
    box.press("Enter")
    shown.settle()
    assert shown.state("surface") == ""
    assert page.evaluate("optviz.window")[:2] == [-4, 4]
    spec = page.evaluate("optviz.commandText().match(/-O (adam:[^ ]*)/)[1]")
    surface = surfaces.from_formula("x**2/4 + y**2 + sin(3*x)", ((-4, 4), (-5, 5)))
    run = optviz.descend(surface, parse(spec), steps=200)
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
        assert tuple(shown.state("start")) == surface.start
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
    from optviz.cli.main import main

    assert main([*words[1:], "--seconds", "0.3", "-o", "film.gif"]) == 0
    page.get_by_role("button", name="Copy Python").press("Enter")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "from_formula" in text
    scope = {}
    exec(text.replace('film.save("race.gif")', ""), scope)
    for i, run in enumerate(scope["film"].trajectories):
        points = shown.points(i)
        np.testing.assert_allclose(points, run.points.ravel(), rtol=1e-9)


def test_a_picture_and_a_film_are_saved(show, tmp_path):
    import subprocess

    import imageio_ffmpeg
    from PIL import Image

    shown = show("#s=sphere&n=30")
    page = shown.page
    with page.expect_download() as told:
        page.get_by_role("button", name="Save PNG").click()
    told.value.save_as(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.width > 800
    with page.expect_download(timeout=20000) as told:
        page.get_by_role("button", name="Save film (WebM)").press("Enter")
    told.value.save_as(tmp_path / "a.webm")
    said = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(tmp_path / "a.webm")],
        capture_output=True, text=True,
    ).stderr  # fmt: skip
    assert re.search(r"Video: vp[89]", said)


def test_both_languages(show):
    shown = show()
    page = shown.page
    page.get_by_role("button", name="中文").click()
    assert page.locator("h1").inner_text() == "看优化器如何下降"
    assert page.locator(".ov-root").get_attribute("lang") == "zh"
    assert "损失曲线" in page.inner_text(".ov-general")
    page.get_by_role("button", name="English").press("Enter")
    assert page.locator("h1").inner_text() == "Optimizers at work"
    assert show(locale="zh-CN").page.locator("h1").inner_text() == "看优化器如何下降"


def test_divergence_is_said_in_words(show):
    shown = show("#s=sphere&o=gd:lr=5&n=2000")
    run = optviz.descend("sphere", "gd:lr=5", steps=2000)
    text = f"GD diverged at step {run.diverged_at}"
    shown.wait(f"document.querySelector('.ov-spoken').textContent.includes({text!r})")
    assert shown.page.evaluate("optviz.running[0].run.divergedAt") == run.diverged_at


def test_a_screen_reader_is_told_where_everybody_is(show):
    shown = show()
    shown.wait("document.querySelector('.ov-spoken').textContent.length > 20")
    spoken = shown.page.locator(".ov-spoken")
    assert spoken.get_attribute("aria-live") == "polite"
    assert "step 200 of 200; GD at (" in spoken.inner_text()


def test_reduced_motion_moves_in_whole_steps(show):
    shown = show("#s=sphere&o=gd:lr=0.1&n=50&k=0", reduced_motion="reduce")
    assert not shown.state("playing")
    shown.page.get_by_role("button", name="Play").click()
    shown.wait("optviz.state.at >= 2")
    assert shown.state("at") % 1 == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_no_fault(scheme, language, show):
    shown = show(f"#lang={language}", color_scheme=scheme)
    page = shown.page
    page.locator(".ov-racer button[aria-expanded]").nth(4).click()
    page.get_by_role("button", name=re.compile("Quiz|测验")).click()
    assert page.locator(".ov-settings").nth(4).is_visible()
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


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
    context = browser.new_context(offline=True)
    shown = Shown(context, path.as_uri())
    values = "options => options.map(o => o.value)"
    options = shown.page.locator("select[aria-label='Surface'] option").evaluate_all(values)
    assert options == ["sphere", "beale", ""] or options == ["beale", "sphere", ""]
    lessons = shown.page.locator("select[aria-label='Lesson'] option").evaluate_all(values)
    assert "beale" in lessons
    assert "washboard" not in lessons
    assert path.stat().st_size < 350_000
    context.close()


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


def test_the_hash_is_what_a_query_parser_reads(show):
    shown = show()
    shown.wait("location.hash.length > 10")
    found = parse_qs(shown.page.evaluate("location.hash.slice(1)"))
    assert found["s"] == ["himmelblau"]
    assert [parse(spec) for spec in found["o"][0].split(";")]
