"""The controls of the explorer's page, by mouse, finger and keyboard, in a real Chromium."""

from __future__ import annotations

import re

import numpy as np
import pytest

import optviz
import surfaces
from optviz.optimizers import parse


def test_the_start_follows_the_mouse(show):
    shown = show()
    before = shown.pixels("plane"), shown.pixels("curves"), shown.pixels("reliefView")
    shown.drag(shown.start, (2, -3))
    np.testing.assert_allclose(shown.start, (2, -3), atol=0.02)
    shown.drag(shown.start, (-4, 4))
    np.testing.assert_allclose(shown.start, (-4, 4), atol=0.02)
    shown.settle()
    start = shown.start
    expected = optviz.race("himmelblau", ["gd:lr=0.01"], start, 200)[0]
    points = shown.points(0)
    np.testing.assert_array_equal(points, expected.points.ravel())
    for view, (_, over) in zip(("plane", "curves", "reliefView"), before, strict=True):
        assert shown.pixels(view)[1] != over, view


def test_the_start_follows_a_finger(show):
    shown = show(has_touch=True)
    x, y = shown.place(*shown.start)
    touch = shown.page.context.new_cdp_session(shown.page)
    to_x, to_y = shown.place(3, 3)
    for kind, points in (("touchStart", [(x, y)]),
                         ("touchMove", [((x + to_x) / 2, (y + to_y) / 2)]),
                         ("touchMove", [(to_x, to_y)]), ("touchEnd", [])):  # fmt: skip
        touch.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points],
        })  # fmt: skip
    np.testing.assert_allclose(shown.start, (3, 3), atol=0.02)


def test_a_click_or_a_tap_adds_a_start(show):
    shown = show(has_touch=True)
    first = shown.start
    shown.page.mouse.click(*shown.place(-4, 4))
    shown.page.touchscreen.tap(*shown.place(3, 3))
    np.testing.assert_allclose(shown.state("starts"), [first, (-4, 4), (3, 3)], atol=0.02)
    specs = shown.specs()
    runs = optviz.race("himmelblau", specs, steps=200, starts=shown.state("starts"))
    assert shown.page.evaluate("optviz.model.running.length") == len(runs) == 15
    for i, run in enumerate(runs):
        np.testing.assert_array_equal(shown.points(i), run.points.ravel(), str(i))
    rings = shown.page.locator(".ov-start")
    rings.nth(1).press("Delete")
    rings.nth(1).dblclick()
    assert shown.start == first


def test_a_ring_stays_in_the_window_that_it_is_dragged_out_of(show):
    shown = show()
    shown.drag(shown.start, (6.3, 1))
    np.testing.assert_allclose(shown.start, (6, 1), atol=0.02)
    assert shown.page.evaluate("optviz.model.window") == [-6, 6, -6, 6]


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
    x0, x1, *_ = shown.page.evaluate("optviz.model.window")
    assert x1 - x0 == pytest.approx(6)  # fingers twice as far apart: half the window
    assert shown.start == [-0.3, -0.9]


def test_the_plane_by_keyboard(show):
    shown = show()
    page = shown.page
    page.locator(".ov-plane").focus()
    x, y = shown.start
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    np.testing.assert_allclose(shown.start, (x + 0.12, y + 0.6), atol=0.02)
    page.keyboard.press("+")
    zoomed = page.evaluate("optviz.model.window")
    assert zoomed[1] - zoomed[0] == pytest.approx(12 * 0.8)
    page.keyboard.press("0")
    assert page.evaluate("optviz.model.window") == [-6, 6, -6, 6]


def test_the_wheel_zooms_and_a_drag_pans(show):
    shown = show()
    page = shown.page
    page.mouse.move(*shown.place(3, 2))
    page.mouse.wheel(0, -300)
    shown.settle()
    assert page.evaluate("optviz.model.window") == [-6, 6, -6, 6]  # it scrolls the page
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    shown.settle()
    x0, x1, *_ = page.evaluate("optviz.model.window")
    assert x1 - x0 < 12
    assert (3 - x0) / (x1 - x0) == pytest.approx(9 / 12, abs=0.01)  # what was under it stays
    page.mouse.down()
    page.mouse.move(*shown.place(2, 1), steps=4)
    page.mouse.up()
    shown.settle()
    moved = page.evaluate("optviz.model.window")
    assert moved[0] - x0 == pytest.approx(1, abs=0.1)
    assert shown.start == [-0.3, -0.9]
    page.get_by_role("button", name="Whole window").click()
    assert page.evaluate("optviz.model.window") == [-6, 6, -6, 6]


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
    shown.wait("optviz.model.state.at > 20")
    page.get_by_role("button", name="Pause").press("Enter")
    shown.settle()
    assert not shown.state("playing")
    at = shown.state("at")
    shown.settle()
    assert shown.state("at") == at < 200
    box = page.locator("[aria-label^='Value at each step']").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 100)
    assert 80 < shown.state("at") < 110


def assert_runs_as_python(shown, i):
    """The path of a racer is that of its spec."""
    shown.settle()
    run = optviz.descend("himmelblau", parse(shown.specs()[i]), steps=200)
    np.testing.assert_array_equal(shown.points(i), run.points.ravel())


@pytest.mark.parametrize("i", range(5), ids=optviz.FIVE)
def test_every_slider_of_an_optimizer(i, one_page):
    page, racer = one_page.page, one_page.state(f"racers[{i}]")
    name = page.evaluate(f"optviz.model.data.rules['{racer['rule']}'].name")
    page.locator(f"summary[aria-label='Settings of {name}']").click()
    for key in ["lr", *racer["hyper"]]:
        bar = page.get_by_role("slider", name=f"{name} {key}", exact=True)
        before = page.evaluate(f"JSON.stringify(optviz.model.state.racers[{i}])")
        bar.press("PageUp")
        if page.evaluate(f"JSON.stringify(optviz.model.state.racers[{i}])") == before:
            bar.press("PageDown")
        assert page.evaluate(f"JSON.stringify(optviz.model.state.racers[{i}])") != before, key
    one_page.fill(f"{name} lr", 0.0123)
    assert one_page.state(f"racers[{i}].lr") == 0.0123
    for refused in (-1, ""):
        one_page.fill(f"{name} lr", refused)
        assert one_page.state(f"racers[{i}].lr") == 0.0123
    number = page.get_by_role("spinbutton", name=f"{name} lr", exact=True)
    assert number.get_attribute("aria-invalid") == "true"
    assert_runs_as_python(one_page, i)


def test_flags_and_schedules_of_an_optimizer(show):
    shown = show()
    page = shown.page
    page.locator("summary[aria-label='Settings of Adam']").press("Enter")
    details = page.locator(".ov-racer").nth(4)
    details.get_by_label("amsgrad").check()
    assert shown.state("racers[4].flags.amsgrad") is True
    details.get_by_role("combobox", name="Adam schedule").select_option("cosine")
    assert shown.state("racers[4].lr.schedule") == "cosine"
    assert_runs_as_python(shown, 4)


def test_optimizers_come_and_go(show):
    shown = show()
    page = shown.page
    page.get_by_role("checkbox", name="GD", exact=True).uncheck()
    shown.settle()
    assert page.evaluate("optviz.model.running.length") == 4
    page.get_by_label("Add an optimizer").select_option("lion")
    shown.settle()
    assert page.evaluate("optviz.model.running.map(({ name }) => name)")[-1] == "Lion"
    page.locator("summary[aria-label='Settings of Lion']").press("Enter")
    page.get_by_role("button", name="Remove Lion").click()
    shown.settle()
    assert page.evaluate("optviz.model.state.racers.length") == 5
    shown.fill("GD lr", 7)
    assert shown.state("racers[0].lr") == 7
    page.get_by_role("button", name="Tune rates").click()
    assert shown.state("racers[0].lr") == 0.01


def test_steps_noise_seed_and_start_as_numbers(show):
    shown = show()
    page = shown.page
    for label, value in (("Steps", "37"), ("Noise", "0.5"), ("Seed", "3"), ("Start x", "1.5")):
        shown.fill(label, value)
        shown.fill(label, "")  # no number, and not 0
    shown.settle()
    assert [shown.state(name) for name in ("steps", "noise", "seed")] == [37, 0.5, 3]
    assert shown.start == [1.5, -0.9]
    first = shown.points(0)
    page.get_by_role("spinbutton", name="Seed", exact=True).press("ArrowUp")
    shown.settle()
    assert shown.points(0) != first


def test_views_can_be_shown_alone(show):
    shown = show()
    page = shown.page
    curves = "[aria-label^='Value at each step']"
    for label, view in (("3-D relief", ".ov-solid"), ("Loss curves", curves),
                        ("Step taken apart", ".ov-anatomy")):  # fmt: skip
        page.get_by_role("checkbox", name=label).uncheck()
        shown.settle()
        assert not page.locator(view).is_visible()
    page.get_by_role("checkbox", name="3-D relief").press("Space")
    shown.settle()
    assert page.locator(".ov-solid").is_visible()


def test_the_relief_turns(show):
    shown = show()
    page = shown.page
    before = shown.pixels("reliefView")[0]
    box = page.locator(".ov-solid").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 230, box["y"] + 120, steps=4)
    page.mouse.up()
    shown.settle()
    turned = shown.pixels("reliefView")[0]
    assert turned != before
    page.locator(".ov-solid").press("ArrowLeft")
    shown.settle()
    assert shown.pixels("reliefView")[0] != turned


def test_the_quiz_tells_how_far_off_a_guess_was(show):
    shown = show("#s=sphere&o=gd:lr=0.1&n=50&k=0")
    page = shown.page
    page.get_by_role("button", name="Quiz: where will it be?").click()
    shown.settle()
    assert "GD will be 5 steps" in page.locator(".ov-quiz .ov-told").inner_text()
    run = optviz.descend("sphere", "gd:lr=0.1", steps=50)
    x, y = run.points[5]
    page.mouse.click(*shown.place(x + 1, y))
    shown.settle()
    told = page.locator(".ov-quiz .ov-told").inner_text()
    assert float(re.search(r"Off by ([\d.]+)", told)[1]) == pytest.approx(1, abs=0.05)
    assert shown.state("at") == 5
    assert shown.start == [4, -3]  # a guess is no start
    page.get_by_role("button", name="End the quiz").press("Enter")
    page.mouse.click(*shown.place(1, 1))
    np.testing.assert_allclose(shown.state("starts"), [(4, -3), (1, 1)], atol=0.02)


def test_reduced_motion_moves_in_whole_steps(show):
    shown = show("#s=sphere&o=gd:lr=0.1&n=50&k=0", reduced_motion="reduce")
    assert not shown.state("playing")
    shown.page.get_by_role("button", name="Play").click()
    shown.wait("optviz.model.state.at >= 2")
    assert shown.state("at") % 1 == 0


def test_no_row_of_what_has_gone_can_be_used(show):
    page = show().page
    page.locator(".ov-racer summary").first.click()
    rows = page.evaluate("""() => {
      document.querySelector("button[aria-label='Remove GD']").click();
      return document.querySelectorAll(".ov-racer").length;  // in the same frame
    }""")
    assert rows == 4 == page.evaluate("optviz.model.state.racers.length")


def test_a_place_without_a_value_is_said_to_have_none(show):
    shown = show("#f=log(x)%2By**2&d=-2,4,-3,3&start=2,2&o=gd:lr=0.1&n=20")
    shown.page.mouse.move(*shown.place(-1, 1))
    under = shown.page.locator(".ov-under")
    assert "not defined at" in under.inner_text()
    shown.page.mouse.move(*shown.place(2, 1))
    assert under.inner_text().startswith("f = ")
    shown.page.select_option("select[aria-label='Surface']", "beale")
    shown.settle()
    assert under.inner_text() == ""


def test_the_legend_tells_who_left_the_window(show):
    shown = show("#s=ackley&start=2,2;-3,1&o=gd:lr=0.5;adam:lr=0.5")
    rows = shown.page.locator(".ov-legend li").all_inner_texts()
    told = [re.search(r"left the window at step (\d+)", row) for row in rows]
    runs = optviz.race("ackley", ["gd:lr=0.5", "adam:lr=0.5"], starts=[(2, 2), (-3, 1)])
    assert [found and int(found[1]) for found in told] == [run.left_window_at for run in runs]
    assert any(told)
