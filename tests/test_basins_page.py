"""The explorer's basins and its sweep, computed in a worker: those of Python."""

from __future__ import annotations

import html
from urllib.parse import quote

import numpy as np
import pytest
from engine import numbers_of
from explorer_page import leave, visit
from notebook import Notebook, open_notebook

import optviz
import surfaces
from optviz import descend
from optviz.ensemble.basins import basins
from optviz.ensemble.minima import minima_of
from optviz.optimizers import parse
from optviz.scene.basin_colours import BasinColours
from optviz.scene.themes import THEMES

OWN = "x**4 - 2*x**2 + y**2 + x*y/8"
FINEST = "optviz.model.map && Math.max(optviz.model.map.width, optviz.model.map.height) === 200"
MAP = """() => {
  const { map, data } = optviz.model;
  const over = optviz.plane.layers[2];
  const image = over.getContext("2d").getImageData(0, 0, over.width, over.height);
  const { minima, width, height } = map;
  const [labels, steps, pixels] = [map.labels, map.steps, image.data]
    .map(({ buffer }) => new Uint8Array(buffer).toBase64());
  return { minima, width, height, labels, steps, pixels,
           worker: optviz.many.calculator.worker !== null };
}"""


def finest(shown):
    """The last of the maps, as arrays."""
    shown.wait(FINEST)
    shown.settle()  # it is painted
    found = shown.page.evaluate(MAP)
    size = found["height"], found["width"]
    for name, kind in (("labels", np.int16), ("steps", np.int32), ("pixels", np.uint8)):
        found[name] = numbers_of(found[name], kind).reshape(*size, *[4] * (name == "pixels"))
    return found


def of_python(surface, optimizer, steps, window):
    x0, x1, y0, y1 = window
    return basins(surface, optimizer, 200, steps, window=((x0, x1), (y0, y1)), kernel="numpy")


def share_alike(found, expected):
    """The share of pixels whose labels and steps are the same."""
    np.testing.assert_allclose(found["minima"], expected.minima, rtol=0, atol=1e-9)
    return np.mean((found["labels"] == expected.labels) & (found["steps"] == expected.steps))


@pytest.mark.parametrize(
    ("name", "spec", "window", "least"),
    [
        ("himmelblau", "adam:lr=0.3", (-6, 6, -6, 6), 1),
        ("beale", "nadam:lr=0.1", (-1, 4, -3, 1), 1),
        ("rosenbrock", "gd:lr=0.002", (-2.5, 2.5, -2, 3), 1),  # most diverge
        (OWN, "momentum:lr=0.05", (-2, 2, -1, 2), 1),
        # Not + - * / and roots alone: NumPy's cosine may have another last bit.
        ("rastrigin", "rmsprop:lr=0.02", (-3, 3, -3, 3), 0.999),
    ],
)
def test_labels_and_steps_are_pythons(name, spec, window, least, show):
    surface = surfaces.get(name) if name != OWN else surfaces.from_formula(OWN, ((-2, 2), (-2, 2)))
    named = f"s={name}" if name != OWN else f"f={quote(OWN)}&d=-2,2,-2,2"
    shown = show(f"#{named}&o={spec}&n=40&v=&basins=1&w={','.join(map(str, window))}")
    found, expected = finest(shown), of_python(surface, spec, 40, window)
    assert found["worker"]
    assert share_alike(found, expected) >= least
    assert len(np.unique(expected.labels)) > 1
    image = BasinColours(THEMES["light"], [expected]).image(expected, expected.budget)
    alike = (found["pixels"][::-1, :, :3] == image).all(axis=2)
    assert alike.mean() >= least


NO_WORKER = "delete globalThis.Worker"
BLOCKED = "; worker-src blob:"


@pytest.mark.parametrize("how", ["no workers", "workers refused"])
def test_without_a_worker_the_page_computes_them_itself(how, browser, explorer_file, tmp_path):
    file = tmp_path / "explorer.html"
    text = explorer_file.read_text("utf-8")
    assert BLOCKED in text
    file.write_text(text.replace(BLOCKED, "") if how == "workers refused" else text, "utf-8")
    context = browser.new_context(offline=True)
    if how == "no workers":
        context.add_init_script(NO_WORKER)
    page = context.new_page()
    page.goto(f"{file.as_uri()}#o=gd:lr=0.01&n=20&v=&basins=1")
    page.wait_for_function(f"() => {FINEST}")
    found = page.evaluate("[optviz.model.map.labels.join(), optviz.many.calculator.worker]")
    expected = of_python(surfaces.himmelblau, "gd:lr=0.01", 20, (-6, 6, -6, 6))
    assert found == [",".join(map(str, expected.labels.ravel())), None]
    assert page.evaluate("optviz.model.notice") == ""
    context.close()


def test_minima_are_pythons_on_every_surface(show):
    shown = show("#o=gd:lr=1e-6&n=1&v=&basins=1")
    found = shown.page.evaluate(
        """async (names) => {
          const all = {};
          for (const name of names) {
            optviz.model.chooseSurface(name);
            optviz.model.setNumbers({ steps: 1 });
            const { surface } = optviz.model;
            while (optviz.model.map?.surface !== surface) {
              await new Promise((done) => setTimeout(done, 5));
            }
            all[name] = optviz.model.map.minima;
          }
          return all;
        }""",
        list(surfaces.names()),
    )
    for name, minima in found.items():
        surface = surfaces.get(name)
        expected = minima_of(surface, surface.domain)
        span = np.ptp(surface.domain, axis=1)
        np.testing.assert_allclose(
            np.reshape(minima, (-1, 2)) / span, expected / span, rtol=0, atol=1e-8, err_msg=name
        )


def test_sliders_are_followed_and_the_last_answer_is_the_right_one(show):
    shown = show("#o=adam:lr=0.1&n=40&v=&basins=1")
    shown.wait("optviz.model.map")
    widths = shown.page.evaluate(
        """async () => {
          const seen = [];
          optviz.model.listen(() => optviz.model.map && seen.push(optviz.model.map.width));
          for (let i = 0; i < 12; i++) {
            optviz.model.setRate(0, 0.1 + 0.01 * i);
            await new Promise((done) => setTimeout(done, 30));
          }
          return seen;
        }"""
    )
    assert len(widths) >= 12  # a picture stays there
    assert 25 in widths  # and coarse ones come
    shown.wait(FINEST)
    expected = of_python(surfaces.himmelblau, "adam:lr=0.21", 40, (-6, 6, -6, 6))
    assert share_alike(finest(shown), expected) == 1


def test_a_box_a_key_and_a_link_show_them(show):
    shown = show("#o=gd:lr=0.01;adam:lr=0.1&n=30&lang=zh&v=")
    page = shown.page
    assert shown.state("basins") is False
    before = shown.pixels("plane")
    page.get_by_role("checkbox", name="吸引域").focus()
    page.keyboard.press("Space")
    shown.wait("optviz.model.map")
    shown.settle()
    assert shown.pixels("plane")[0] != before[0]
    assert shown.pixels("plane")[1] == before[1]  # trails stand above, as they did
    legend = page.locator(".ov-legend")
    assert "各起点用 Adam" in legend.inner_text()
    assert "到达 (3, 2)" in legend.inner_text()
    page.get_by_label("吸引域与学习率扫描所用的优化器").select_option("0")
    shown.wait("document.querySelector('.ov-legend').innerText.includes('各起点用 GD')")
    again = show("#" + page.evaluate("optviz.model.link"))
    assert again.state("basins") is True
    again.wait("document.querySelector('.ov-legend').innerText.includes('各起点用 GD')")
    again.page.locator(".ov-plane").focus()
    again.page.keyboard.press("b")
    assert again.state("basins") is False
    again.settle()
    assert again.pixels("plane") == before
    assert "basins" not in again.page.evaluate("optviz.model.link")


def test_a_surface_without_minima_says_so(show):
    shown = show("#f=x+%2B+y&d=-1,1,-1,1&o=gd:lr=0.01&v=&basins=1")
    shown.wait("document.querySelector('.ov-legend').innerText.includes('no isolated minimum')")


def test_pictures_hold_the_map_and_its_key(show):
    shown = show("#o=gd:lr=0.01&n=30&v=sweep&basins=1")
    shown.wait("optviz.model.map && optviz.model.sweep")
    texts = shown.page.evaluate(
        """async () => {
          const { fillText, drawImage } = CanvasRenderingContext2D.prototype;
          const texts = [];
          CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
            texts.push(text);
            fillText.call(this, text, ...place);
          };
          await optviz.capture.picture();
          CanvasRenderingContext2D.prototype.fillText = fillText;
          return texts;
        }"""
    )
    assert "Of all starts, with GD:" in texts
    assert any("end at (3, 2)" in text for text in texts)
    assert "GD: f above the minimum after 30 steps" in texts


def test_the_sweep_is_of_pythons_runs_and_sets_the_rate(show):
    shown = show("#s=himmelblau&o=adam:lr=0.1;gd:lr=0.01&sel=1&n=50&v=sweep")
    shown.wait("optviz.model.sweep")
    values = shown.page.evaluate("Array.from(optviz.model.sweep.values, String)")
    rates = [float(f"{10 ** ((i - 120) / 20):.3g}") for i in range(155)]
    for rate, value in list(zip(rates, map(float, values), strict=True))[::7]:
        run = descend(surfaces.himmelblau, parse(f"gd:lr={rate!r}"), steps=50)
        ended = run.status == "finished"
        assert value == (run.values[-1] if ended else np.inf), rate
    assert np.isinf(float(values[-1]))
    box = shown.page.locator(".ov-sweep").bounding_box()
    inner = shown.page.evaluate("optviz.diagrams.sweep.across(0.001)")
    shown.page.mouse.click(box["x"] + inner, box["y"] + 60)
    assert shown.state("racers[1].lr") == pytest.approx(0.001, rel=0.05)
    assert shown.state("racers[1].tuned") is False


def test_a_page_that_goes_ends_its_worker(browser, explorer_file):
    shown = visit(browser, f"{explorer_file.as_uri()}#o=gd:lr=0.01&n=30&v=&basins=1")
    shown.wait("optviz.model.map")
    assert len(shown.page.workers) == 1
    shown.page.evaluate("optviz.destroy()")
    shown.settle()
    assert shown.page.workers == []
    leave(shown)


def test_a_widget_shows_them_too(browser, tmp_path):
    page = open_notebook(browser, tmp_path / "notebook.html")
    with Notebook(page, optviz.explore("booth", ["gd:lr=0.01"], steps=20)) as notebook:
        notebook.explorer.basins = True
        notebook.deliver()
        page.wait_for_function("() => document.querySelector('.ov-root').optviz.model.map")
        assert len(page.workers) == 1
        notebook.do("look({ basins: false })")
        assert notebook.explorer.basins is False
    page.context.close()


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_a_frame_in_a_notebook_shows_them_too(sandbox, browser, tmp_path, explorer_file):
    text = html.escape(explorer_file.read_text("utf-8"))
    outer = tmp_path / "frame.html"
    outer.write_text(f'<iframe {sandbox} srcdoc="{text}"></iframe>', "utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(outer.as_uri())
    frame = page.frames[1]
    frame.wait_for_function("() => globalThis.optviz?.model.running")
    frame.evaluate("optviz.model.look({ basins: true })")
    frame.wait_for_function("() => optviz.model.map")
    context.close()
