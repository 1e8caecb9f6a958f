"""Contour and relief in JavaScript: Python's levels, colours, light and projection, in pixels."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from engine import numbers_of
from matplotlib.colors import to_hex, to_rgb
from node import Driver
from PIL import Image, ImageDraw

import surfaces
from optviz.scene.panels import contour, relief
from optviz.scene.panels.relief_paint import paint
from optviz.scene.themes import THEMES

BANDS = contour.LEVELS


def of_theme(theme):
    """The colours that the page takes from a theme to paint a surface."""
    lines = [to_hex(line) for line in theme.level_lines(BANDS)]
    return {"page": theme.page, "ramp": theme.ramp, "lines": lines, "level": theme.level}


LIGHT, DARK = (of_theme(THEMES[name]) for name in ("light", "dark"))
UNIT = {"x0": -1, "x1": 1, "y0": -1, "y1": 1}


@pytest.fixture(scope="module")
def driver():
    with Driver("drawing.js") as started:
        yield started


def levels(driver, *request):
    """The edges of the bands, and the share of each value."""
    return map(numbers_of, driver.call("levelsOf", *request))


def pixels_of(text, size):
    """Red, green and blue by row and column; all are opaque."""
    pixels = numbers_of(text, np.uint8).reshape(size[1], size[0], 4)
    assert np.all(pixels[..., 3] == 255)
    return pixels[..., :3].astype(int)


def draw_contour(driver, text, window=UNIT, scale="linear", colours=LIGHT, size=(200, 200)):
    """Pixels (height, width, 3)."""
    return pixels_of(driver.call("contour", text, window, scale, colours, size), size)


def draw_relief(
    driver, text, window=UNIT, scale="linear", colours=LIGHT, size=(200, 200), angles=(), seen=()
):
    """Pixels (height, width, 3), depths (height, width) and where the points to be seen are."""
    points = [list(point) for point in seen]
    answer = driver.call("relief", text, window, scale, colours, size, dict(angles), points)
    depths = numbers_of(answer["depths"], np.float32).reshape(size[1], size[0])
    return SimpleNamespace(
        pixels=pixels_of(answer["pixels"], size), depths=depths, points=answer["points"]
    )


def ink(colour):
    return np.round(255 * np.array(to_rgb(colour))).astype(int)


def window_of(surface):
    (x0, x1), (y0, y1) = surface.domain
    return {"x0": x0, "x1": x1, "y0": y0, "y1": y1}


def pixel_centres(window, size):
    width, height = size
    x = window["x0"] + (np.arange(width) + 0.5) / width * (window["x1"] - window["x0"])
    y = window["y1"] - (np.arange(height) + 0.5) / height * (window["y1"] - window["y0"])
    return np.meshgrid(x, y)


# --- Contour


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("name", [n for n in surfaces.names() if surfaces.get(n).formula])
def test_levels_are_pythons(driver, name, scale):
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    x, y = np.linspace(x0, x1, 71), np.linspace(y0, y1, 70)
    values = surface(*np.meshgrid(x, y))
    request = [surface.formula, x.tolist(), y.tolist(), scale]
    edges, shares = levels(driver, *request)
    like = SimpleNamespace(scale=scale)
    expected = contour.levels(like, values)
    np.testing.assert_allclose(edges, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())
    np.testing.assert_allclose(
        shares, contour.level_position(like, expected, values).ravel(), atol=1e-9
    )


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("formula", ["5", "1e16 + x/10", "-1e300", "0*x"])
def test_a_range_of_rounding_only_is_no_range(driver, formula, scale):
    """Without a warning, too: the suite turns warnings into errors."""
    ends = np.linspace(-5, 5, 71)
    values = surfaces.from_formula(formula)(*np.meshgrid(ends, ends))
    like = SimpleNamespace(scale=scale)
    expected = contour.levels(like, values)
    low, high = expected
    assert low == values.min()
    assert high > values.max()
    shares = contour.level_position(like, expected, values)
    assert shares.min() == 0
    assert shares.max() < 1e-9
    edges, found = levels(driver, formula, ends.tolist(), ends.tolist(), scale)
    np.testing.assert_array_equal(edges, expected)
    np.testing.assert_allclose(found, shares.ravel(), atol=1e-12)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "eggholder", "plateau", "easom"])
def test_bands_are_numpys(driver, name, theme):
    colours = {"light": LIGHT, "dark": DARK}[theme]
    surface = surfaces.get(name)
    window, size = window_of(surface), (150, 140)
    pixels = draw_contour(driver, surface.formula, window, surface.scale, colours, size)
    values = surface(*pixel_centres(window, size))
    edges = contour.levels(surface, values)
    band = np.clip(np.digitize(values, edges) - 1, 0, BANDS - 1)
    expected = 255 * THEMES[theme].bands(BANDS)[band]
    plain = np.abs(pixels - expected).max(axis=-1) <= 1
    # All others touch a line: a level lies between a pixel and one of those near it.
    around = np.lib.stride_tricks.sliding_window_view(band, (5, 5))
    explained = plain[2:-2, 2:-2] | (np.ptp(around, axis=(2, 3)) > 0)
    assert explained.mean() > 0.999  # a crease may hold a line that no pixel's value is beyond
    assert plain.mean() > 0.1


def test_rows_count_from_the_top(driver):
    pixels = draw_contour(driver, "y")
    assert np.abs(pixels[0] - ink(THEMES["light"].high)).max() <= 2
    assert np.abs(pixels[-1] - ink(THEMES["light"].low)).max() <= 2


@pytest.mark.parametrize("slant", [0, 0.2, 0.7, 1])
def test_lines_have_no_gaps_and_one_width(driver, slant):
    pixels = draw_contour(driver, f"x + {slant}*y", size=(400, 400))
    x, y = pixel_centres(UNIT, (400, 400))
    share = (x + slant * y - (x + slant * y).min()) / np.ptp(x + slant * y)
    band = 255 * THEMES["light"].bands(BANDS)[np.clip(np.floor(share * BANDS), 0, 15).astype(int)]
    near = np.clip(np.rint(share * BANDS), 1, BANDS - 1).astype(int)
    away = 255 * THEMES["light"].level_lines(BANDS)[near - 1] - band
    cover = ((pixels - band) * away).sum(axis=-1) / (away**2).sum(axis=-1)
    whole = cover.sum()  # pixels of ink, of which a line of length 1 has 0.8
    length = 0
    for k in range(1, 16):  # each line is x + slant*y = c, cut by the square
        c = (2 * k / 16 - 1) * (1 + slant)
        if slant == 0:
            length += 400
            continue
        ends = np.clip([(c + slant), (c - slant)], -1, 1)
        length += abs(ends[0] - ends[1]) / slant * np.hypot(1, slant) * 200
    assert whole == pytest.approx(0.8 * length, rel=0.05)


FLAT = {
    "plateau on a level": "maximum(x - 0.2, 0) + minimum(x + 0.2, 0)",
    "plateau with rounding": "maximum(x - 0.2, 0) + minimum(x + 0.2, 0) + 1e-17*sin(1e4*x)",
    "constant": "3 + 0*x",
    "large constant": "1e300",
}


@pytest.mark.parametrize("name", FLAT)
def test_what_is_flat_has_no_lines(driver, name):
    middle = draw_contour(driver, FLAT[name])[70:130, 85:115]
    assert np.ptp(middle.reshape(-1, 3), axis=0).max() == 0
    assert all(np.abs(middle[0, 0] - ink(line)).max() > 10 for line in LIGHT["lines"])


def test_what_is_not_finite_shows_the_page(driver):
    nothing = draw_contour(driver, "log(-1 - x*x)")
    assert np.all(nothing == ink(LIGHT["page"]))
    half = draw_contour(driver, "sqrt(x)", colours=DARK)
    assert np.all(half[:, :100] == ink(DARK["page"]))
    assert np.all((half[:, 100:] != ink(DARK["page"])).any(axis=-1))
    pole = draw_contour(driver, "1/(x*x + y*y)", size=(201, 201))
    assert np.all(pole[100, 100] == ink(LIGHT["page"]))


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_huge_range_is_drawn_as_a_small_one(driver, scale):
    small, huge = (
        draw_contour(driver, f"{size}*(x**2 - y)", scale=scale) for size in ("1.0", "8e307")
    )
    np.testing.assert_allclose(small, huge, atol=1)


# --- Relief


AZIMUTH, ELEVATION = np.deg2rad(-60), np.deg2rad(42)  # of the camera on the page
HEIGHT = 0.75  # of the box on the page
VIEW = 1.43  # half of the picture, in the box's units


def in_python(surface_points, heights, window, size):
    """Where the page's camera sees points of the surface, in pixels of the image."""
    low = np.array([window["x0"], window["y0"]])
    span = np.array([window["x1"], window["y1"]]) - low
    place = (np.asarray(surface_points) - low) / span * 2 - 1
    raised = HEIGHT * np.asarray(heights) + relief.LIFT
    box = np.column_stack([place, raised - HEIGHT / 2])  # from its middle
    # Unit vectors: to the eye, to the picture's right and to its top, each at right angles to both.
    eye = np.array([*(np.cos(ELEVATION) * np.array([np.cos(AZIMUTH), np.sin(AZIMUTH)])),
                    np.sin(ELEVATION)])  # fmt: skip
    right = np.cross([0, 0, 1], eye)
    right /= np.linalg.norm(right)
    up = np.cross(eye, right)
    scale = size[0] / 2 / VIEW
    return np.column_stack([size[0] / 2 + scale * box @ right, size[1] / 2 - scale * box @ up])


def test_points_are_where_the_camera_sees_them(driver):
    surface = surfaces.get("himmelblau")
    window, size = window_of(surface), (300, 300)
    points = np.random.default_rng(5).uniform(-6, 6, (30, 2))
    picture = draw_relief(driver, surface.formula, window, "log", size=size, seen=points)
    grid = np.linspace(-6, 6, 96)
    edges = contour.levels(surface, surface(*np.meshgrid(grid, grid)))
    heights = contour.level_position(surface, edges, surface.value(points))
    expected = in_python(points, heights, window, size)
    np.testing.assert_allclose([p[:2] for p in picture.points], expected, atol=1e-4)


def test_peak_and_corners_are_where_they_should_be(driver):
    size = (300, 300)
    hill = draw_relief(driver, "exp(-8*(x**2 + y**2))", size=size)
    drawn = np.isfinite(hill.depths)
    corners = in_python([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.zeros(4), UNIT, size)
    rows, columns = np.nonzero(drawn)
    assert [columns.min(), columns.max()] == pytest.approx(
        [corners[:, 0].min(), corners[:, 0].max()], abs=1.5
    )
    assert [rows.max(), rows.min()] == pytest.approx(
        [corners[:, 1].max(), corners[:, 1].min()],
        abs=4,  # points float a little
    )
    tip = in_python([(0, 0)], [1.0], UNIT, size)[0]
    above = hill.depths[: int(tip[1]) - 2, int(tip[0])]
    before = hill.depths[int(tip[1]) + 4, int(tip[0])]
    assert before > above[np.isfinite(above)].max()  # the tip stands before what lies behind it


SURFACES = ["sphere", "himmelblau", "rosenbrock", "eggholder", "rastrigin", "plateau", "easom"]


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("azimuth", [-1.05, 0.0, 0.4, 2.3])
def test_a_surface_has_no_holes(driver, name, azimuth):
    surface = surfaces.get(name)
    picture = draw_relief(driver, surface.formula, window_of(surface), surface.scale,
        size=(240, 240), angles={"azimuth": azimuth},
    )  # fmt: skip
    drawn = np.isfinite(picture.depths)
    assert drawn.mean() > 0.2
    outside = Image.fromarray((drawn * 255).astype(np.uint8)).copy()
    ImageDraw.floodfill(outside, (0, 0), 128)
    assert not np.any(np.asarray(outside) == 0)  # no page that the page around does not reach
    inside = drawn.copy()
    for axis in (0, 1):
        for step in (1, -1):
            inside &= np.roll(drawn, step, axis)
    assert not np.any((picture.pixels[inside] == ink(LIGHT["page"])).all(axis=-1))


def test_what_a_hill_hides_is_not_visible(driver):
    hill = "exp(-8*(x**2 + y**2))"
    behind, before, top = (-0.3, 0.52), (0.3, -0.52), (0.0, 0.0)  # the eye stands at -60 degrees
    picture = draw_relief(driver, hill, size=(300, 300), seen=[behind, before, top, (2, 0)])
    assert [point[3] for point in picture.points] == [False, True, True, False]
    turned = draw_relief(driver, hill, angles={"azimuth": 2 * np.pi / 3}, seen=[behind, before])
    assert [point[3] for point in turned.points] == [True, False]


def test_what_lies_open_is_visible(driver):
    points = np.random.default_rng(6).uniform(-0.99, 0.99, (500, 2))
    for text in ("x - y", "x**2 + 0.4*y**2", "sin(3*x)*cos(3*y)*0.2 + x"):
        picture = draw_relief(driver, text, angles={"elevation": 1.3}, size=(300, 300), seen=points)
        assert all(point[3] for point in picture.points), text


def test_cells_without_a_height_are_left_out(driver):
    size = (300, 300)
    picture = draw_relief(driver, "x + sqrt(x)", size=size)
    slope, hole = in_python([(0.5, 0), (-0.5, 0)], [0.6, 0], UNIT, size).astype(int)
    assert np.isfinite(picture.depths[slope[1], slope[0]])
    assert not np.isfinite(picture.depths[hole[1], hole[0]])
    nothing = draw_relief(driver, "log(-1 - x*x)")
    assert not np.isfinite(nothing.depths).any()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", ["x", "-x", "y + 0.3*x", "x - y"])
def test_a_slope_is_lit_as_pythons_relief_lights_it(driver, theme, text):
    colours = {"light": LIGHT, "dark": DARK}[theme]
    seen = np.random.default_rng(7).uniform(-0.9, 0.9, (40, 2))
    picture = draw_relief(driver, text, colours=colours, size=(500, 500), seen=seen)
    side = np.linspace(-1, 1, 401)
    values = eval(text, dict(zip("xy", np.meshgrid(side, side), strict=True)))
    share = (values - values.min()) / np.ptp(values)
    style = SimpleNamespace(theme=THEMES[theme], unit=0)  # no lines
    top, *_ = paint(share, HEIGHT, 256, 10**6, style, 1)
    differences = []
    for (px, py, _, shown), (u, v) in zip(picture.points, seen, strict=True):
        assert shown
        pixel = picture.pixels[int(py), int(px)]
        expected = top[round((v + 1) * 200), round((u + 1) * 200)].astype(int)
        differences.append(np.abs(pixel - expected).max())
    assert np.quantile(differences, 0.75) < 3  # those on a level line apart
