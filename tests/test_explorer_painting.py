"""What the explorer paints of a step depends neither on the way that led there nor on the means."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
SMOOTHING = 32  # of 255: edges are smoothed otherwise where a browser draws by other means
VIEWS = ("plane", "curves", "reliefView")
SHORT = "#s=rosenbrock&start=-1.2,1&n=150&k=0&o=momentum:lr=0.0003;adam:lr=0.1&lang=en"
LONG = "#s=rosenbrock&start=-1.2,1&n=3000&k=0&noise=3,1&o=momentum:lr=0.0003;adam:lr=0.1&lang=en"


def serve(route):
    """Modules of this project, each as a file, on an empty page."""
    module = ROOT / urlsplit(route.request.url).path.removeprefix("/")
    if module.suffix == ".js":
        route.fulfill(body=module.read_text("utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")


def done(shown):
    """Wait until nothing is left for later frames."""
    shown.settle()
    shown.wait("!optviz.frame && [optviz.plane, optviz.curves, optviz.reliefView]"
               ".every(({ trails, names }) => trails.done && (!names || names.plan))")  # fmt: skip


def pictures(shown):
    done(shown)
    layers = [seen(url) for view in VIEWS for url in shown.pixels(view)]
    return layers, shown.page.locator(".ov-rows").inner_html()


def seen(url):
    """Colours of a canvas on grey: those of a pixel that is hardly covered say nothing."""
    image = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA")
    grey = Image.new("RGBA", image.size, (128, 128, 128, 255))
    return np.asarray(Image.alpha_composite(grey, image)).astype(int)


def looks_as(found, expected):
    """Whether pictures show the same, but for the last bits of how a browser rounds."""
    (layers, rule), (others, other_rule) = found, expected
    return rule == other_rule and all(
        np.abs(layer - other).max() <= SMOOTHING
        for layer, other in zip(layers, others, strict=True)
    )


def scrub(shown, *steps):
    """Move the slider, a step a frame."""
    shown.page.evaluate(
        """async (steps) => {
          const bar = document.querySelector(".ov-scrub");
          for (const step of steps) {
            bar.value = String(step);
            bar.dispatchEvent(new Event("input"));
            await new Promise(requestAnimationFrame);
          }
        }""",
        steps,
    )


@pytest.mark.parametrize(("link", "ways"), [(SHORT, (3, 150, 40)), (LONG, (9, 2900, 17, 1400))])
def test_a_step_looks_the_same_however_it_was_reached(link, ways, show):
    target = ways[-1] - 5
    jumped = show(link)
    jumped.page.evaluate(f"optviz.model.goTo({target})")
    expected = pictures(jumped)
    scrubbed = show(link)
    scrub(scrubbed, *ways, target)
    assert looks_as(pictures(scrubbed), expected)
    played = show(link)
    played.page.get_by_role("button", name="Play", exact=True).click()
    played.wait("optviz.model.state.at > 20")
    played.page.evaluate(f"optviz.model.goTo({target})")
    assert looks_as(pictures(played), expected)
    scrub(played, target + 1)
    assert not looks_as(pictures(played), expected), "the next step looks otherwise"


def test_what_painting_asks_for_is_painted_in_the_frames_after(show):
    page = show(SHORT)
    done(page)
    page.page.evaluate(
        """() => {
          const { paint } = optviz.plane;
          globalThis.paints = 0;
          optviz.plane.paint = function () {
            paint.call(this);
            paints += 1;
            if (paints < 4) optviz.model.tell(new Set(["frame"]));
          };
          optviz.model.goTo(5);
        }"""
    )
    page.wait("paints === 4")


def test_only_the_numbers_of_the_rule_are_written(show):
    page = show(SHORT)
    scrub(page, 20)
    page.page.evaluate(
        "globalThis.before = [...document.querySelectorAll('.ov-rows math')];"
        "globalThis.said = document.querySelector('.ov-rows').textContent"
    )
    scrub(page, 21)
    assert page.page.evaluate("document.querySelector('.ov-rows').textContent !== said")
    kept = page.page.evaluate("before.filter((math) => math.isConnected).length / before.length")
    assert kept > 0.7  # a sign or a power of ten makes another shape


def test_the_rule_is_up_to_date_where_nobody_looks(show):
    page = show(SHORT, viewport={"width": 1280, "height": 300})
    scrub(page, 33)
    page.wait("document.querySelector('.ov-anatomy').textContent.includes('step 34')")
    seen = show(SHORT)
    scrub(seen, 33)
    done(seen)
    rows = [each.page.locator(".ov-rows").text_content() for each in (page, seen)]
    assert rows[0] == rows[1]


def test_nothing_moves_while_numbers_run(show):
    page = show("#s=himmelblau&k=0&lang=en")
    heights = page.page.evaluate(
        """async () => {
          const heights = new Set();
          for (let k = 5; k < 60; k++) {
            optviz.model.goTo(k);
            await new Promise(requestAnimationFrame);
            heights.add(document.querySelector(".ov-root").getBoundingClientRect().height);
          }
          return [...heights];
        }"""
    )
    assert len(heights) == 1


def test_a_picture_that_is_kept_is_complete(show):
    page = show(LONG.replace("n=3000", "n=20000"))
    page.page.evaluate("optviz.model.goTo(20000); optviz.flush()")
    at_once = page.page.evaluate(
        "[optviz.plane, optviz.curves, optviz.reliefView].forEach((view) => view.finish());"
        "[optviz.plane, optviz.curves, optviz.reliefView].map((v) => v.over.canvas.toDataURL())"
    )
    done(page)
    later = page.page.evaluate(
        "[optviz.plane, optviz.curves, optviz.reliefView].map((v) => v.over.canvas.toDataURL())"
    )
    assert at_once == later


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("casing", ["#ffffff", None])
@pytest.mark.parametrize("dashes", [[], [10.8, 6], [3.6, 4.8]])
def test_a_trail_of_pixels_looks_like_a_path(ratio, casing, dashes, browser):
    page = browser.new_page()
    page.route("**/*", serve)
    page.goto("http://explorer.test/")
    far = page.evaluate(
        "async (values) => (await import('/tests/js/drivers/trail_pixels.js'))"
        ".differences(...values)",
        [ratio, casing, dashes],
    )
    page.close()
    assert len(far) > (300 if dashes and not casing else 1000)
    assert sum(far) / len(far) < 6  # of 255
    assert sum(part > 40 for part in far) < (0.02 if dashes else 0.01) * len(far)


def test_a_start_that_moves_inside_leaves_contour_and_relief_as_they_are(show):
    """They cost most: they are painted anew only where the window is another."""
    page = show(SHORT).page
    painted = page.evaluate("""() => {
      const painted = [];
      for (const view of [optviz.plane, optviz.reliefView]) {
        const paint = view.paintGround.bind(view);
        view.paintGround = () => (painted.push(view.word), paint());
      }
      optviz.model.moveStart(0, [0.5, 0.5]);
      optviz.flush();
      const inside = painted.length;
      optviz.model.moveStart(0, [9, 0.5]);
      optviz.flush();
      return [inside, painted.length];
    }""")
    assert painted == [0, 2]


def test_a_rate_that_moves_leaves_the_rule_in_place(show):
    page = show(SHORT)
    scrub(page, 20)
    page.page.evaluate("globalThis.before = [...document.querySelectorAll('.ov-rows math')]")
    page.page.evaluate("optviz.model.setRate(1, 0.11); optviz.flush()")
    kept = page.page.evaluate("before.filter((math) => math.isConnected).length / before.length")
    assert kept > 0.7
    assert "0.11" in page.page.locator(".ov-rows").inner_text()
