"""The explorer by keyboard and for screen readers: names, focus, and what axe finds."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

FOCUSED = """() => {
  const { activeElement: held } = document;
  const name = held.getAttribute("aria-label") ?? held.labels?.[0]?.textContent ?? held.textContent;
  const all = globalThis.everything ??= new Map();
  if (!all.has(held)) all.set(held, all.size);
  return [held.tagName, name.trim(), all.get(held)];
}"""


def focused(shown):
    """Tag and name of what has the focus."""
    shown.settle()
    return shown.page.evaluate(FOCUSED)[:2]


def test_a_walk_with_tab_meets_each_control_once_and_each_has_a_name(show):
    shown = show("#s=himmelblau&start=1,1;-2,2")
    page = shown.page
    for summary in page.locator("summary").all():
        summary.click()
    expected = page.evaluate("""() => {
      const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
      return [...document.querySelectorAll(all)]
        .filter((each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility()).length;
    }""")
    met, names = [], []
    for _ in range(expected + 2):
        page.keyboard.press("Tab")
        tag, name, number = page.evaluate(FOCUSED)
        if tag == "BODY":  # past the last one: the browser's own bar comes between
            continue
        if number in met:
            break
        met.append(number)
        names.append((tag, name))
    assert len(met) == expected > 60
    assert [tag for tag, name in names if not name] == []
    buttons = [name for tag, name in names if tag in ("BUTTON", "SELECT", "SUMMARY")]
    assert len(set(buttons)) == len(buttons), sorted(buttons)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_focus_stays_where_the_language_was_chosen(language, show):
    shown = show(f"#lang={language}")
    button = shown.page.locator(".ov-looks button").first
    button.focus()
    for said in ("English", "中文") if language == "zh" else ("中文", "English"):
        assert button.inner_text() == said
        shown.page.keyboard.press("Enter")
        assert focused(shown) == ["BUTTON", button.inner_text()]


def test_surfaces_are_walked_through_by_arrow_keys(show):
    shown = show()
    select = shown.page.locator("select[aria-label='Surface']")
    select.focus()
    seen = [shown.state("surface")]
    for _ in range(3):
        shown.page.keyboard.press("ArrowDown")
        assert focused(shown) == ["SELECT", "Surface"]
        seen.append(shown.state("surface"))
    assert len(set(seen)) == 4
    shown.page.keyboard.press("End")  # the own formula: its box opens, the focus stays
    assert focused(shown) == ["SELECT", "Surface"]
    assert shown.page.get_by_label("Formula f(x, y)").is_visible()


def test_the_focus_stays_with_views_lessons_and_the_optimizer_taken_apart(show):
    shown = show()
    page = shown.page
    for view in ("Loss curves", "3-D relief", "Step taken apart", "Step taken apart"):
        page.get_by_role("checkbox", name=view).press("Space")
        assert focused(shown) == ["INPUT", view]
    for name in ("Lesson", "Taken apart", "Colours", "Speed"):
        select = page.locator(f"select[aria-label='{name}']")
        select.focus()
        page.keyboard.press("ArrowDown")
        assert focused(shown) == ["SELECT", name]
        assert select.evaluate("(select) => select.selectedIndex") > 0


def test_the_focus_stays_near_an_optimizer_that_comes_or_goes(show):
    shown = show()
    page = shown.page
    add = page.locator("select[aria-label='Add an optimizer']")
    add.focus()
    add.select_option("lion")
    assert focused(shown) == ["SELECT", "Add an optimizer"]
    page.locator("summary[aria-label='Settings of Lion']").press("Enter")
    page.get_by_role("button", name="Copy Lion").press("Enter")
    assert focused(shown) == ["BUTTON", "Copy Lion"]
    for _ in range(2):
        for settings in page.locator("summary[aria-label='Settings of Lion']").all():
            if not settings.evaluate("(summary) => summary.parentElement.open"):
                settings.press("Enter")
        page.get_by_role("button", name="Remove Lion").last.press("Enter")
        tag, name = focused(shown)
        assert tag in ("INPUT", "BUTTON")
        assert name
    assert page.locator("details.ov-more[open]").count() == 0
    page.get_by_role("checkbox", name="GD", exact=True).press("Space")
    assert focused(shown) == ["INPUT", "GD"]


def test_the_focus_stays_near_a_start_that_goes(show):
    shown = show("#start=1,1;2,2;3,3")
    for left in (2, 1):
        shown.page.get_by_role("button", name=f"Remove Start {left + 1}").press("Enter")
        tag, name = focused(shown)
        assert (tag, name.startswith(("Start", "Remove"))) == ("INPUT" if left == 1 else tag, True)
    assert shown.start == [1, 1]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_no_fault(theme, language, show):
    shown = show(f"#lang={language}&theme={theme}&start=1,1;2,2&v=loss,relief,anatomy")
    page = shown.page
    for summary in ("details.ov-more >> nth=4", ".ov-own-box"):
        page.locator(f"{summary} >> summary").click()
    for quiz in (False, True):
        if quiz:
            page.locator(".ov-quiz button").click()
        shown.settle()
        found = Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


def test_marks_in_the_lists_follow_the_theme(show):
    """GD's mark is dark on light and light on dark, also where the system changes its mind."""
    shown = show(color_scheme="light")
    page = shown.page

    def colours():
        shown.settle()
        return page.evaluate("""() => [".ov-racer", ".ov-legend"].map((list) =>
          [...document.querySelectorAll(`${list} .ov-mark > *`)].map((mark) =>
            mark.getAttribute("fill")))""")

    light = colours()
    page.emulate_media(color_scheme="dark")
    dark = colours()
    expected = page.evaluate(
        "['light', 'dark'].map((name) => optviz.model.data.themes[name].shades.slice(0, 5))"
    )
    assert [light[0][0], dark[0][0]] == [shades[0][0] for shades in expected]
    assert light[0] == light[1] != dark[0] == dark[1]
    page.emulate_media(color_scheme="light")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # JupyterLab turns dark
    assert colours() == dark
