"""Maps as pictures and films: what is drawn is what was computed, and what is said is counted."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from coloraide import Color
from matplotlib.colors import to_hex
from PIL import Image

import optviz
from optviz.ensemble.series import zoomed
from optviz.errors import InputError
from optviz.records.basin_words import percent
from optviz.scene import themes
from optviz.scene.basin_colours import HUES, SHADES, BasinColours, undecided_colour
from optviz.scene.legend import Legend
from optviz.words import LANGUAGES

SIDE = 30


@pytest.fixture(scope="module")
def momentum():
    return optviz.basins("himmelblau", "momentum:lr=0.01", SIDE, 60)


@pytest.fixture(scope="module")
def adam():
    return optviz.basins("himmelblau", "adam:lr=0.2", SIDE, 60)


def cells(film, picture, place=0):
    """The colours (h, w, 3) in the middles of a map's cells, and which of them a mark hides."""
    panel = film.scene.panels[0]
    axes = panel.maps[place].axes
    box, found = axes.bbox, film.trajectories[place].last
    h, w = found.labels.shape
    rows = film.scene.height - (box.y0 + (np.arange(h) + 0.5) / h * box.height)
    columns = box.x0 + (np.arange(w) + 0.5) / w * box.width
    colours = picture[np.ix_(rows.astype(int), columns.astype(int))].astype(int)
    marks = axes.transData.transform(found.minima) if found.axes is None else np.zeros((0, 2))
    x, y = np.meshgrid(columns, film.scene.height - rows)
    hidden = np.zeros((h, w), bool)
    for at in marks:
        hidden |= np.hypot(x - at[0], y - at[1]) < 0.9 * film.scene.style.unit
    return colours[..., :3], hidden


def decoded(colours, theme, scale):
    """Labels and shades from colours, each by the nearest of the palette."""
    table = scale.table.astype(int)
    nearest = np.abs(colours[..., None, :] - table).sum(axis=-1).argmin(axis=-1)
    labels = nearest // (SHADES + 1)
    labels[nearest == len(table) - 2] = -2
    labels[nearest == len(table) - 1] = -1
    return labels, nearest % (SHADES + 1)


@pytest.mark.parametrize("theme", themes.THEMES)
def test_the_file_holds_the_labels_and_the_steps(momentum, adam, theme, tmp_path):
    film = momentum.plot(adam, theme=theme, size=(900, 500))
    with Image.open(film.save(tmp_path / "maps.png")) as opened:
        picture = np.asarray(opened.convert("RGB"))
        assert opened.info["Description"] == film.alt
    scale = film.scene.panels[0].colours
    for place, found in enumerate((momentum, adam)):
        colours, hidden = cells(film, picture, place)
        assert hidden.mean() < 0.06
        labels, shades = decoded(colours, theme, scale)
        np.testing.assert_array_equal(labels[~hidden], found.labels[~hidden])
        arrived = (found.labels >= 0) & ~hidden
        expected = np.searchsorted(scale.edges, found.steps[arrived], side="right")
        np.testing.assert_array_equal(shades[arrived], expected)
    assert {-2, -1, 0, 1, 2, 3} <= set(np.unique(momentum.labels))


def test_in_a_film_a_pixel_appears_when_its_run_has_arrived(momentum):
    film = momentum.animate(seconds=1, fps=7, size=(500, 400))
    still = momentum.plot(size=(500, 400))
    np.testing.assert_array_equal(film.frame(-1), still.frame(0))
    for k in range(7):
        colours, hidden = cells(film, film.frame(k))
        labels, _ = decoded(colours, "light", film.scene.panels[0].colours)
        at = 60 * k / 6
        expected = np.where(momentum.steps <= at, momentum.labels, -1)
        np.testing.assert_array_equal(labels[~hidden], expected[~hidden])


def test_a_diverging_run_is_out_from_its_step_on(momentum):
    gone = np.argwhere(momentum.labels == -2)
    steps = set()
    for i, j in gone[:: max(len(gone) // 12, 1)]:
        run = optviz.descend("himmelblau", momentum.optimizer, momentum.starts[i, j], 60)
        far = np.flatnonzero((np.abs(run.points) > 1200).any(axis=1))
        assert momentum.steps[i, j] == (far[0] if far.size else len(run) + 1)
        steps.add(int(momentum.steps[i, j]))
    assert len(steps) > 1


def test_a_film_over_a_setting_is_of_single_maps():
    film = optviz.basins_over("himmelblau", "gd", "lr=0.002:0.04:log:5", SIDE, 40)
    values = [0.002 * 20 ** (k / 4) for k in range(5)]
    for found, value, said in zip(film.maps, values, film.said, strict=True):
        alone = optviz.basins("himmelblau", optviz.GD(lr=found.optimizer.lr), SIDE, 40)
        assert found.optimizer.lr == pytest.approx(value, rel=1e-12)
        np.testing.assert_array_equal(found.labels, alone.labels)
        np.testing.assert_array_equal(found.steps, alone.steps)
        assert said.text("en") == f"lr={float(f'{value:.4g}'):g}"
    animation = film.animate(size=(500, 400))
    assert len(animation) == 5
    shown = set()
    for k, found in enumerate(film.maps):
        picture = animation.frame(k)
        colours, hidden = cells(animation, picture)
        labels, _ = decoded(colours, "light", animation.scene.panels[0].colours)
        np.testing.assert_array_equal(labels[~hidden], found.labels[~hidden])
        shown.add(picture[:30, 300:].tobytes())  # the value at the right end of the title line
    assert len(shown) == 5
    shares = [(found.labels >= 0).mean() for found in film.maps]
    told = animation.scene.caption
    best = int(np.argmax(shares))
    for k in (0, best, 4):
        assert f"{percent(shares[k])} at {film.said[k].text('en')}" in told


def test_a_zoom_is_computed_anew_and_agrees_with_the_whole(momentum):
    film = optviz.basins_zoom("himmelblau", "momentum:lr=0.01", (-2, 4, 9), 27, 60, frames=3)
    window = zoomed(momentum.window, (-2, 4), 9)
    alone = optviz.basins("himmelblau", "momentum:lr=0.01", 27, 60, window=window)
    np.testing.assert_array_equal(film.maps[-1].labels, alone.labels)
    assert film.maps[-1].window[0] == pytest.approx((-2 - 4 / 9, -2 + 8 / 9))
    # Where it began does not change where a start leads.
    (x0, x1), (y0, y1) = window
    part = optviz.basins("himmelblau", "momentum:lr=0.01", 9, 60, window=window)
    for i, j in ((0, 0), (4, 7), (8, 2)):
        start = x0 + (j + 0.5) / 9 * (x1 - x0), y0 + (i + 0.5) / 9 * (y1 - y0)
        tiny = tuple((at - 1e-9, at + 1e-9) for at in start)
        one = optviz.basins("himmelblau", "momentum:lr=0.01", 1, 60, window=tiny)
        assert one.labels[0, 0] == part.labels[i, j]
    texts = [text.get_text() for text in film.plot().scene.panels[0].maps[0].ends]
    assert len(texts) == 2


def test_minima_are_marked_where_they_are(adam):
    film = adam.plot(size=(500, 400))
    film.frame(0)
    panel = film.scene.panels[0]
    marks = [a for a in panel.artists_at(60) if getattr(a, "get_marker", lambda: "")() == "o"]
    numbers = [a for a in panel.artists_at(60) if getattr(a, "get_text", str)() in {*"1234"}]
    places = [(a.get_xdata()[0], a.get_ydata()[0]) for a in marks]
    np.testing.assert_allclose(places, adam.minima)
    assert [a.get_text() for a in numbers] == [*"1234"]


@pytest.mark.parametrize("sight", ["all", "protan", "deutan", "tritan"])
def test_minima_keep_apart_for_everybody(adam, sight):
    """CIEDE2000: of one shade well apart, and no shade of one like any of another or a grey."""
    scales = {name: BasinColours(themes.THEMES[name], [adam]) for name in themes.THEMES}

    def seen(colour):
        found = Color(to_hex(np.asarray(colour) / 255))
        return found if sight == "all" else found.filter(sight)

    table = [seen(colour) for colour in scales["light"].table]
    greys = [table[-2], table[-1], seen(scales["dark"].table[-1])]
    ramps = [table[k * (SHADES + 1) : k * (SHADES + 1) + SHADES] for k in range(len(HUES))]
    assert len(ramps) >= 8
    for one, other in combinations(ramps, 2):
        assert min(a.delta_e(b, method="2000") for a, b in zip(one, other, strict=True)) > 8.5
        assert min(a.delta_e(b, method="2000") for a in one for b in other) > 4
    for ramp in ramps:
        assert min(a.delta_e(b, method="2000") for a in ramp for b in greys) > 7.5
        light = [a.convert("lab")["l"] for a in ramp]
        assert (np.diff(light) < -1.5).all()  # later is darker


def test_the_ninth_minimum_has_the_first_colour_with_stripes():
    found = optviz.basins("rastrigin", "gd:lr=0.002", 130, 30)
    scale = BasinColours(themes.THEMES["light"], [found])
    picture = scale.image(found, 30)
    for label in (0, 8, 16, 24):
        pixels = picture[found.labels == label].astype(int)
        kinds = np.abs(pixels[:, None] - scale.table.astype(int)).sum(axis=-1).argmin(axis=1)
        assert set(kinds // (SHADES + 1)) == {0}
        stripes = (kinds % (SHADES + 1) == SHADES).mean()
        assert (stripes == 0) == (label == 0)
        assert stripes < 0.6
    key = [text.get_text() for text in found.plot().scene.figure.texts]
    assert any("to 121, colours and stripes again" in text for text in key)


def overlaps(boxes):
    for a, b in combinations(boxes, 2):
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1:
            yield a, b


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(800, 400), (400, 300)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_its_room(momentum, adam, language, size, count):
    many = [momentum, adam, momentum, adam][:count]
    film = many[0].plot(*many[1:], language=language, size=size)
    film.frame(0)
    scene, panel = film.scene, film.scene.panels[0]
    names = [drawn.name for drawn in panel.maps]
    assert len({name.get_text() for name in names}) == count
    texts = [*scene.figure.texts, *names]
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= size[0]
        assert box.y1 <= size[1]
    assert not list(overlaps(boxes))
    maps = [drawn.axes.bbox for drawn in panel.maps]
    assert not list(overlaps([*maps, *boxes]))
    assert min(box.width for box in maps) > 0.16 * size[0]
    assert not isinstance(scene.legend, Legend)


def test_sentences_are_counted_from_the_map(momentum, adam):
    film = momentum.plot(adam)
    n = momentum.labels.size
    for found, name in ((momentum, "Momentum"), (adam, "Adam")):
        assert f"{name} {percent((found.labels >= 0).sum() / n)}" in film.scene.caption
    lost = percent((momentum.labels == -2).mean())
    assert f"diverged: Momentum {lost}" in film.scene.caption
    assert f"{lost} diverge" in film.alt
    steps = np.sort(adam.steps[adam.labels >= 0])
    half = next(k for k in range(61) if (steps <= k).sum() * 2 >= len(steps))
    assert f"half of these by step {half};" in adam.summary()
    assert "Himmelblau" in film.alt
    assert "900 starts" in film.alt
    assert momentum.summary().startswith("Momentum lr=0.01: ")
    assert [percent(share) for share in (0, 1e-5, 0.5, 0.99999, 1)] == [
        "0%", "<0.1%", "50.0%", ">99.9%", "100%",
    ]  # fmt: skip


def test_maps_of_other_windows_stand_in_no_picture_together(momentum):
    other = optviz.basins("himmelblau", "adam", 5, 60, window=((0, 1), (0, 1)))
    with pytest.raises(InputError, match="one surface, one window"):
        momentum.plot(other)
    assert undecided_colour(themes.THEMES["dark"]) != undecided_colour(themes.THEMES["light"])


def test_films_can_be_cut_copied_and_saved_as_vectors(momentum, tmp_path):
    film = momentum.animate(seconds=1, fps=4, size=(300, 240))
    assert len(film[1:3]) == 2
    assert film.save(tmp_path / "maps.gif").stat().st_size > 1000
    assert film.save(tmp_path / "maps.pdf").read_bytes().startswith(b"%PDF")
    assert len(film.strip(2).scene.panels) == 2
    assert momentum.save(tmp_path / "maps.svg", size=(300, 240)).exists()
    axes = film.figure.axes[0]
    assert axes is not None
