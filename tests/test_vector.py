"""PDF and SVG show what the PNG shows: rasterised by PDFium and by Chromium, and compared."""

from __future__ import annotations

import base64
import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageFilter

import optviz
import surfaces
from optviz.descent import with_turned
from optviz.records.series import Series
from optviz.records.training import TrainingRecord
from optviz.scene import LEARNING_PANELS, PANELS, Scene

LINE = surfaces.fit_line([0, 1, 2, 3, 4], [1.1, 2.9, 5.2, 6.8, 9.1])
# A disc and a triangle, on curves that fall: renderers snap what is horizontal to pixels.
HEADS = ["gd:lr=cosine(0.01,80)", "adagrad:lr=exponential(0.5,0.99)"]
STEPS = 40


def learned(spec, loss):
    """A training that a network could have had."""
    looks = np.arange(0, STEPS + 1, 4)
    rising = np.linspace(0.1, 0.9, len(looks))
    rng = np.random.default_rng(3)
    return TrainingRecord(
        optviz.optimizers.parse(spec), spec, "A network", loss * 0.93 ** np.arange(STEPS),
        looks, rising, rising - 0.05, 2.4 - rising, rng.integers(0, 30, (len(looks), 10, 10)),
        rng.normal(size=(len(looks), 6, 9, 9)), instruments=measured(looks, loss),
    )  # fmt: skip


def measured(looks, scale):
    """What instruments could have shown of it."""
    curve = scale * 0.95**looks
    series = {name: Series(looks, curve) for name in ("gradnorm", "distance", "stability")}
    series |= {name: Series(looks[:-1], curve[1:], gap=4) for name in ("steplength", "alpha")}
    series["curvature"] = Series(looks, 20 * curve)
    series["ratio"] = Series(looks[:-1], curve[1:], 4, layers={"0": 2 * curve[1:]})
    series["trace"] = Series(looks, curve, errors=curve / 5)
    return series


def scene_of(view, **settings):
    """Two runs, in these views; large, so that what renderers round differently is small."""
    settings = {"size": (1000, 800)} | settings
    if settings.pop("learning", False):
        runs = [learned(spec, loss) for spec, loss in zip(HEADS, (2.3, 1.4), strict=True)]
    else:
        surface = LINE if view == "data" else "himmelblau"
        runs = [optviz.descend(surface, spec, steps=STEPS) for spec in HEADS]
        runs = with_turned(runs) if "turned" in view else runs
    return Scene(runs, view.split(","), **settings)


def by_pdfium(scene, browser):
    stream = io.BytesIO()
    scene.draw_still(stream, "pdf", "words", scene.steps)
    document = pypdfium2.PdfDocument(stream.getvalue())
    picture = document[0].render(scale=100 / 72).to_pil().convert("RGB")
    document.close()
    return picture


def by_chromium(scene, browser):
    stream = io.BytesIO()
    scene.draw_still(stream, "svg", "words", scene.steps)
    page = browser.new_page(viewport={"width": scene.width, "height": scene.height})
    source = base64.b64encode(stream.getvalue()).decode()
    page.set_content(
        f'<body style="margin:0"><img width="{scene.width}" height="{scene.height}" '
        f'style="display:block" src="data:image/svg+xml;base64,{source}">'
    )
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def difference(a, b, radius=2):
    """Two renderers round a line's edge differently: what differs by less is the same picture."""
    blurred = (
        np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).filter(ImageFilter.BoxBlur(radius)),
                   int)
        for pixels in (a, b)
    )  # fmt: skip
    return np.abs(np.subtract(*blurred)).max(axis=2)


def box_of(scene, x0, x1, y0, y1):
    """Rows and columns of a box of matplotlib's pixels, which count from below."""
    rows = slice(max(round(scene.height - y1), 0), max(round(scene.height - y0), 0))
    return rows, slice(max(round(x0), 0), max(round(x1), 0))


def assert_same_picture(scene, picture):
    png = scene.picture(scene.steps)[..., :3]
    scene.canvas.restore_region(scene._background)
    ground = np.array(scene.canvas.buffer_rgba())[..., :3]
    moves = np.abs(png.astype(int) - ground).max(axis=2) > 30
    vector = np.asarray(picture)[: scene.height, : scene.width]
    off = difference(png, vector)
    for panel in scene.panels:
        box = panel.axes.bbox
        inside = box_of(scene, box.x0, box.x1, box.y0, box.y1)
        if moves[inside].any():
            letters = isinstance(panel, PANELS["anatomy"])  # renderers space them differently
            names = getattr(panel, "head_names", None)
            for x0, y0, x1, y1 in [place.box for place in names.places] if names else []:
                place = box_of(scene, x0 - 3, x1 + 3, y0 - 3, y1 + 3)
                assert off[place].mean() < 30
                moves[place] = False
            drawn = (difference(png, vector, 4) if letters else off)[inside][moves[inside]]
            assert (drawn > 60).mean() < (0.1 if letters else 0.005)
            assert drawn.mean() < (25 if letters else 8)
        if panel.axes.axison:
            assert off[inside][~moves[inside]].max(initial=0) < 80  # nothing that is in no frame
        for (x, y), size in heads_of(panel):
            half = max(0.5 * scene.style.unit, 0.5 * np.sqrt(size) / 0.72)
            head = box_of(scene, x - half, x + half, y - half, y + half)
            assert off[head].mean() < 6


def heads_of(panel):
    """Where heads are in the picture, in matplotlib's pixels, and their areas in square points."""
    if not hasattr(panel, "heads"):
        return []
    places = panel.axes.transData.transform(panel.heads.get_offsets())
    sizes = np.resize(panel.heads.get_sizes(), len(places))
    return [
        (place, size)
        for place, size in zip(places, sizes, strict=True)
        if panel.axes.bbox.padded(-panel.style.unit).contains(*place)  # at the frame, lines round
    ]


RENDERERS = pytest.mark.parametrize("render", [by_pdfium, by_chromium])


@RENDERERS
@pytest.mark.parametrize("view", PANELS)
def test_every_view(view, render, browser):
    scene = scene_of(view)
    assert_same_picture(scene, render(scene, browser))


@RENDERERS
@pytest.mark.parametrize("view", LEARNING_PANELS)
def test_every_view_of_networks(view, render, browser):
    scene = scene_of(view, learning=True)
    assert_same_picture(scene, render(scene, browser))


@RENDERERS
@pytest.mark.parametrize(
    ("view", "settings"),
    [
        ("contour", {"size": (1600, 700), "moments": [10, 20, STEPS]}),
        ("profile,loss", {"size": (1200, 1400), "moments": [13, STEPS]}),
        ("contour,anatomy", {"size": (1200, 600), "slow": True}),
        ("contour,loss", {"theme": "dark", "language": "zh"}),
    ],
)  # fmt: skip
def test_strips_slow_films_and_themes(view, settings, render, browser):
    scene = scene_of(view, **settings)
    assert_same_picture(scene, render(scene, browser))


@RENDERERS
def test_a_run_that_diverged_says_so(render, browser):
    runs = [optviz.descend("beale", spec, steps=60) for spec in ("gd:lr=10", "adagrad:lr=0.1")]
    scene = Scene(runs)
    png = scene.picture(scene.steps)[..., :3]
    warning = scene.legend.entries[0].notice.text
    box = warning.get_window_extent()
    place = box_of(scene, box.x0, box.x1, box.y0, box.y1)
    ink = (np.asarray(render(scene, browser)) < 160).all(axis=2)[place].sum()
    assert ink == pytest.approx((png < 160).all(axis=2)[place].sum(), rel=0.5)


def test_drawing_it_leaves_the_film_as_it_was():
    scene = scene_of("contour,loss")
    before = scene.picture(17).copy()
    by_pdfium(scene, None)
    assert scene.figure.dpi == 100
    np.testing.assert_array_equal(scene.picture(17), before)
