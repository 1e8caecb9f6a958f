"""The page's pictures show what the film's show: names, dashes, marks at edges, numbered starts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import optviz
from optviz.errors import InputError
from optviz.scene import Scene
from optviz.scene.panels.trail import PATTERNS

LEAVING = "#s=hyperbolic_saddle&o=gd:lr=0.2;adam:lr=0.05;gd:lr=0.01&start=1,0.5&n=40&lang=en"
STARTS = "#s=himmelblau&o=gd:lr=0.01;adam:lr=0.2&start=-4,4;4,4;0.5,-3.6&n=60&lang=en"
SAID = """() => {
  globalThis.said = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    said.push(text);
    return write.call(this, text, ...rest);
  };
}"""


def colours_at(page, view, places):
    """Colours of what moves in a view at some places in CSS pixels; "" where nothing is."""
    return page.evaluate(
        """([view, places]) => {
          const { context, ratio } = optviz[view].over;
          return places.map(([x, y]) => {
            const at = [x, y].map((part) => Math.floor(part * ratio));
            const [r, g, b, a] = context.getImageData(...at, 1, 1).data;
            const parts = [r, g, b].map((part) => part.toString(16).padStart(2, "0"));
            return a > 200 ? `#${parts.join("")}` : "";
          });
        }""",
        [view, [[float(x), float(y)] for x, y in places]],
    )


def shows(found, colour):
    """Whether colours are one, but for smoothed edges."""
    parts = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] if c else [999] * 3 for c in found]
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.abs(np.array(parts) - wanted).max(axis=1) < 40


def texts(shown, call):
    """What is written on canvases while a picture is made."""
    shown.page.evaluate(SAID)
    shown.page.evaluate(f"async () => {{ await {call}; }}")
    return shown.page.evaluate("said")


@pytest.mark.parametrize(
    ("link", "title"),
    [("#s=himmelblau&lang=en", "Himmelblau's four wells"),
     ("#lesson=gd-zigzags&lang=zh", optviz.scenarios.get("gd-zigzags").title["zh"]),
     ("#f=x**2+sqrt(y**2)&lang=en", "x² + √(y²)")],
)  # fmt: skip
def test_the_window_is_called_what_it_shows(link, title, show):
    page = show(link.replace("+", "%2B")).page
    named = page.title()
    assert named.startswith(f"{title} · ")
    page.evaluate(
        "optviz.model.look({ language: optviz.model.state.language === 'en' ? 'zh' : 'en' })"
    )
    assert page.title() != named
    page.evaluate("optviz.model.chooseSurface('beale')")
    assert not page.title().startswith(title)


@pytest.mark.parametrize("view", ["plane", "reliefView", "diagrams.profile"])
def test_a_run_that_left_is_marked_at_the_edge(view, show):
    shown = show(f"{LEAVING}&v=profile,relief")
    page = shown.page
    shown.settle()
    marks = page.evaluate(f"""() => {{
      const marks = [];
      const view = optviz.{view};
      const {{ fill, moveTo, lineTo }} = CanvasRenderingContext2D.prototype;
      let path = [];
      Object.assign(view.over.context, {{
        moveTo(x, y) {{ path = [[x, y]]; moveTo.call(this, x, y); }},
        lineTo(x, y) {{ path.push([x, y]); lineTo.call(this, x, y); }},
        fill() {{
          if (path.length === 3) marks.push([this.fillStyle, path]);
          path = [];
          fill.call(this);
        }},
      }});
      view.paint();
      for (const name of ["moveTo", "lineTo", "fill"]) delete view.over.context[name];
      return marks;
    }}""")
    runs = optviz.race(
        "hyperbolic_saddle", ["gd:lr=0.2", "adam:lr=0.05", "gd:lr=0.01"], (1, 0.5), 40
    )
    lost = [i for i, run in enumerate(runs) if run.left_window_at is not None]
    colours = page.evaluate("optviz.model.running.map(({ colour }) => colour)")
    assert [colour for colour, _ in marks] == [colours[i].lower() for i in lost]
    for _, (tip, *back) in marks:
        out = np.array(tip) - np.mean(back, axis=0)
        assert np.hypot(*out) == pytest.approx(0.95 * 12, abs=0.1)
        if view == "plane":  # along y, beyond the upper edge
            assert out[1] < 0
            assert tip[1] == pytest.approx(8)
        elif view == "diagrams.profile":  # the ball has fallen
            assert out[1] > 0


def test_runs_that_stay_have_no_marks(show):
    page = show("#s=sphere&o=gd:lr=0.1;adam:lr=0.5&start=4,-3&n=60").page
    assert page.evaluate("""() => optviz.model.running.map(({ run }) =>
      optviz.plane.markOutside(
        optviz.plane.over.context, ...optviz.plane.toPixel(...run.points.slice(-2)), "#000"))
      .every((marked) => !marked)""")


def test_second_runs_of_a_kind_are_dashed_as_in_films(show):
    shown = show("#s=sphere&o=gd:lr=0.02;gd:lr=0.01;adam:lr=0.05&start=4,-3&n=200&v=&lang=en")
    shown.settle()
    page = shown.page
    page.evaluate("optviz.plane.names.paint = () => {}; optviz.plane.paint()")
    # The second line lies on the first: it is seen alone, as it is drawn above.
    for i, pattern in [(0, ()), (1, PATTERNS[1])]:
        page.evaluate(f"[0, 1, 2].forEach((j) => optviz.model.setRacer(j, {{ on: j <= {i} }}))")
        page.evaluate("optviz.flush()")
        start, end = page.evaluate("""(() => {
          const { run } = optviz.model.running.at(-1);
          return [run.points.slice(0, 2), run.points.slice(-2)]
            .map((point) => optviz.plane.toPixel(...point));
        })()""")
        share = np.linspace(0.08, 0.9, 400)[:, None]
        along = np.array(start) + share * (np.array(end) - start)
        colour = page.evaluate("optviz.model.running.at(-1).colour")
        found = shows(colours_at(page, "plane", along), colour)
        if pattern:
            assert abs(found.mean() - pattern[0] / sum(pattern)) < 0.12
        else:
            assert found.mean() > 0.95


def test_names_stand_free_inside_and_where_they_are_still(show):
    shown = show("#lang=en")
    shown.settle()
    for view in ("plane", "reliefView"):
        plan, heads, inner = shown.page.evaluate(f"""(() => {{
          const {{ names, inner }} = optviz.{view};
          const at = (k) => names.headsAt((k / 30) * optviz.model.state.steps);
          return [names.plan, names.plan.map((_, k) => at(k)), inner];
        }})()""")
        assert len(plan) == 31
        assert all(plan[30])  # five runs, five names
        kept = sum(a == b for one, two in pairwise(plan) for a, b in zip(one, two, strict=True))
        assert kept > 0.6 * 30 * 5
        for boxes, places in zip(plan, heads, strict=True):
            shown_boxes = [box for box in boxes if box]
            for i, (left, top, right, bottom) in enumerate(shown_boxes):
                assert left >= inner["left"]
                assert right <= inner["left"] + inner["width"]
                assert top >= inner["top"]
                assert bottom <= inner["top"] + inner["height"]
                for other in shown_boxes[:i]:
                    assert (
                        left >= other[2]
                        or right <= other[0]
                        or top >= other[3]
                        or bottom <= other[1]
                    )
                for x, y in places:
                    assert not (left < x < right and top < y < bottom)


def test_names_go_while_a_ring_is_dragged_and_come_back(show):
    shown = show("#lang=en")
    shown.settle()
    page = shown.page
    drag = "for (const x of [0.5, 0.6, 0.7]) { optviz.model.moveStart(0, [x, 1]); optviz.flush(); }"
    page.evaluate(f"() => {{ {drag} globalThis.gone = optviz.plane.names.plan === null; }}")
    assert page.evaluate("gone")
    shown.wait("optviz.plane.names.plan && optviz.reliefView.names.plan")


@pytest.mark.parametrize("size", [(800, 400), (400, 300)])
def test_several_starts_are_numbered_in_films(size):
    starts = [(-4, 4), (4, 4), (0.5, -3.6)]
    runs = optviz.race("himmelblau", ["gd:lr=0.01", "adam:lr=0.2"], starts=starts, steps=60)
    scene = Scene(runs, ["contour"], size=size)
    [panel] = scene.panels
    assert [text.get_text() for text in panel.numbers] == ["1", "2", "3"]
    assert [text.xy for text in panel.numbers] == starts
    scene.picture(60)
    for text in panel.numbers:
        box = text.get_window_extent()
        assert panel.axes.bbox.contains(box.x0, box.y0)
        assert panel.axes.bbox.contains(box.x1, box.y1)
        for place in panel.head_names.places if panel.head_names else ():
            x0, y0, x1, y1 = place.box
            assert box.x1 <= x0 or box.x0 >= x1 or box.y1 <= y0 or box.y0 >= y1
    assert Scene(runs[:1], ["contour"]).panels[0].numbers == []
    assert "3 starts: 1 at (-4, 4), 2 at (4, 4), 3 at (0.5, -3.6)" in optviz.animate(
        "himmelblau", ["gd:lr=0.01"], starts=starts, steps=5
    ).alt  # fmt: skip


def test_several_starts_are_numbered_in_the_page(show):
    shown = show(STARTS)
    shown.settle()
    said = texts(shown, "optviz.plane.paint()")
    assert [text for text in said if text in "1234"] == ["1", "2", "3"]
    names = shown.page.evaluate("optviz.model.running.map(({ name }) => name)")
    assert names == [f"{kind} start {i}" for kind in ("GD", "Adam") for i in (1, 2, 3)]


def test_an_added_start_has_few_digits(show):
    page = show("#s=himmelblau&start=0.1,0.3").page
    for _ in range(2):
        page.get_by_role("button", name="Add a start").click()
    page.evaluate("optviz.model.setStarts([[-2.4, 0.1]]); optviz.flush()")
    page.evaluate(
        "optviz.model.chooseSurface('mccormick');"
        "optviz.model.setStarts([[-1.1, 0.7]]); optviz.flush()"
    )
    page.get_by_role("button", name="Add a start").click()
    for start in page.evaluate("optviz.model.state.starts"):
        assert all(len(str(end)) < 8 for end in start)


@pytest.mark.parametrize(("at", "drawn"), [(30, True), (60, False)])
def test_a_saved_picture_names_the_arrows_that_it_has(at, drawn, show):
    shown = show(f"{STARTS}&v=anatomy")
    shown.page.evaluate(f"optviz.model.goTo({at})")
    said = texts(shown, "optviz.capture.picture()")
    assert ("gradient" in said) == drawn


def test_colours_of_minima_are_said(show):
    shown = show(f"{STARTS}&colour=minimum")
    said = [
        text for text in texts(shown, "optviz.capture.picture()") if text.startswith("ends at (")
    ]
    ends = shown.page.evaluate("[...new Set(optviz.model.running.map(({ minimum }) => minimum))]")
    assert len(said) == len(ends) == 3
    legend = shown.page.locator(".ov-legend").inner_text()
    assert all(text in legend for text in said)


def test_large_letters_enlarge_heads_and_rings(show):
    shown = show("#s=sphere&o=gd:lr=0.1&start=4,-3&n=60&v=&lang=en")
    page = shown.page
    page.evaluate("optviz.plane.names.paint = () => {}")

    def covered():
        page.evaluate("optviz.model.goTo(60); optviz.flush()")
        shown.settle()
        return page.evaluate("""(() => {
          const { plane } = optviz;
          const { context, ratio, canvas } = plane.over;
          const [x, y] = plane.toPixel(0, 0).map((at) => Math.round(at * ratio));
          const { data } = context.getImageData(x - 16, y - 16, 32, 32);
          return data.filter((part, i) => i % 4 === 3 && part > 128).length;
        })()""")

    usual = covered()
    page.evaluate("optviz.model.look({ letters: 'large' })")
    assert covered() > 1.7 * usual
    assert page.locator(".ov-legend .ov-mark").first.bounding_box()["width"] > 18


def test_one_optimizer_of_several_is_taken_apart():
    runs = optviz.race("beale", ["gd:lr=0.001", "momentum:lr=0.001", "adam:lr=0.1"], None, 20)
    scene = Scene(runs, ["contour", "anatomy"], apart=3, size=(900, 400))
    contour, anatomy = scene.panels
    assert anatomy.run is runs[2]
    assert contour.arrows is not None
    np.testing.assert_array_equal(contour.arrows.vectors["gradient"], -runs[2].gradients)
    starts = [(-3, -3), (1, 1)]
    many = optviz.race("beale", ["gd:lr=0.001", "adam:lr=0.1"], starts=starts, steps=20)
    assert Scene(many, ["anatomy"], apart=2).panels[0].run is many[2]
    for wrong in (0, 4, "adam"):
        with pytest.raises(InputError, match="apart must be"):
            Scene(runs, ["anatomy"], apart=wrong)


@pytest.mark.parametrize("selected", [0, 1, 2])
def test_what_is_copied_takes_the_selected_optimizer_apart(selected, show):
    shown = show("#s=beale&o=gd:lr=0.001;-momentum:lr=0.001;adam:lr=0.1;adamw:lr=0.1&n=9&lang=en")
    shown.page.evaluate(f"optviz.model.select({[0, 2, 3][selected]})")
    words = shown.command()
    python = shown.page.evaluate("optviz.model.python").replace('film.save("race.gif")', "")
    scope = {}
    exec(python, scope)
    assert scope["film"].spec.apart == selected + 1
    given = int(words[words.index("--apart") + 1]) if "--apart" in words else 1
    assert given == selected + 1
    [anatomy] = [panel for panel in scope["film"].scene.panels if panel.takes_apart]
    name = shown.page.evaluate("optviz.model.selectedRun.rule.name")
    assert anatomy.run.optimizer.title == name
