"""Moments of a film in the user's own axes and figures: the same picture, wherever it stands."""

from __future__ import annotations

import io
import pickle

import matplotlib as mpl
import numpy as np
import pypdfium2
import pytest
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageFilter

import optviz
from optviz.descent import with_turned
from optviz.errors import InputError
from optviz.scene import PANELS
from optviz.scene.marks import marks
from optviz.scene.themes import THEMES

SPECS = ["gd:lr=0.01", "momentum:lr=0.01", "adam:lr=0.3"]
STEPS = 40


def film(views=("contour", "loss"), **settings):
    return optviz.animate("himmelblau", SPECS, steps=STEPS, seconds=1, views=views, **settings)


@pytest.fixture(scope="module")
def made():
    return film()


def axes_of(size=(4, 4), place=(0.15, 0.15, 0.8, 0.8), **settings):
    figure = Figure(size, **settings)
    FigureCanvasAgg(figure)
    return figure.add_axes(place)


def pixels(figure, **settings):
    stream = io.BytesIO()
    figure.savefig(stream, format="png", **settings)
    return np.asarray(Image.open(stream).convert("RGB")).astype(int)


def reds(picture):
    """How many pixels have Adam's colour."""
    colour = marks([optviz.Adam()], THEMES["light"])[0][0]
    wanted = np.rint(255 * np.array(mpl.colors.to_rgb(colour)))
    return int((abs(picture - wanted).max(axis=-1) < 24).sum())


def near(picture, x, y, size=6):
    return picture[len(picture) - int(y) - size : len(picture) - int(y) + size,
                   int(x) - size : int(x) + size]  # fmt: skip


def assert_heads_at(axes, runs, ends):
    """Each run's colour is where its end lies in the axes."""
    picture = pixels(axes.figure)
    for run, line, end in zip(runs, axes.get_lines(), ends, strict=True):
        colour = 255 * np.array(mpl.colors.to_rgb(line.get_color()))
        place = axes.transData.transform(end)
        assert (abs(near(picture, *place) - colour).max(axis=-1) < 30).any(), run.label


@pytest.mark.parametrize(("view", "dpi"), [("contour", 100), ("contour", 173), ("loss", 60)])
def test_heads_stand_where_the_data_say(made, view, dpi):
    axes = axes_of(dpi=dpi)
    assert made.draw(axes, step=25, view=view) is axes
    ends = [line.get_xydata()[-1] for line in axes.get_lines()]
    if view == "contour":
        np.testing.assert_array_equal(ends, [run.points[25] for run in made.trajectories])
    assert [len(line.get_xydata()) for line in axes.get_lines()] == [26] * 3
    assert_heads_at(axes, made.trajectories, ends)


@pytest.mark.parametrize("view", ["contour", "relief", "loss", "anatomy"])
@pytest.mark.parametrize("dpi", [160, 250])
def test_a_finer_file_has_the_same_picture(made, view, dpi):
    """Letters, heads and the relief's pixels are where they are at 100 dots an inch."""
    axes = axes_of(dpi=100)
    made.draw(axes, view=view)
    coarse, fine = (
        Image.fromarray(pixels(axes.figure, dpi=d).astype(np.uint8)) for d in (100, dpi)
    )
    small = fine.resize(coarse.size, Image.Resampling.BOX)
    # Thin lines and letters are fitted to the pixels that there are.
    blurred = [
        np.asarray(each.filter(ImageFilter.GaussianBlur(3))).astype(int) for each in (coarse, small)
    ]
    assert abs(blurred[0] - blurred[1]).max() < 90


@pytest.mark.parametrize("view", PANELS)
def test_every_view_is_drawn(view):
    surface = optviz.descend("himmelblau", "adam:lr=0.3", steps=9)
    if view == "data":
        import surfaces

        surface = optviz.descend(
            surfaces.fit_line([0, 1, 2, 3], [1.0, 2.9, 5.2, 6.8]), "adam:lr=0.3", steps=9
        )
    (run,) = with_turned([surface])
    axes = axes_of()
    blank = pixels(axes.figure)
    optviz.Animation([run]).draw(axes, view=view, step=4)
    picture = pixels(axes.figure)
    inside = axes.get_window_extent().extents.astype(int)
    changed = (picture != blank).any(axis=-1)[::-1][inside[1] : inside[3], inside[0] : inside[2]]
    assert changed.mean() > 0.01


def test_the_figure_of_a_film_is_its_last_frame(made):
    shown = film(("contour", "loss", "relief"), size=(900, 400))
    apart = abs(pixels(shown.figure, dpi=100) - shown.frame(-1)).max(axis=-1)
    assert (apart > 8).sum() < 20
    assert shown.figure is shown.figure
    assert [axes.get_xlabel() for axes in shown.figure.axes[:2]] == ["x", "step"]
    # Whatever is cut off, and however fine: a notebook saves so.
    tight = pixels(shown.figure, dpi=200, bbox_inches="tight")
    small = Image.fromarray(tight.astype(np.uint8)).reduce(2)
    whole = Image.fromarray(shown.frame(-1))
    assert reds(np.asarray(small).astype(int)) > 0.5 * reds(np.asarray(whole).astype(int))
    part = shown[:5]
    assert (abs(pixels(part.figure, dpi=100) - part.frame(-1)).max(axis=-1) > 8).sum() < 20


def test_the_figure_of_a_strip_shows_each_of_its_moments(made):
    strip = made.strip(3)
    assert len(strip.figure.axes) == 6
    apart = abs(pixels(strip.figure, dpi=100) - strip.frame(0)).max(axis=-1)
    assert (apart > 8).sum() < 20


@pytest.mark.parametrize("kind", ["pdf", "svg"])
def test_a_vector_file_keeps_lines(made, kind):
    axes = axes_of()
    made.draw(axes)
    stream = io.BytesIO()
    axes.figure.savefig(stream, format=kind)
    if kind == "svg":
        assert stream.getvalue().count(b"<image") == 0
        return
    document = pypdfium2.PdfDocument(stream.getvalue())
    picture = document[0].render(scale=100 / 72).to_pil().convert("RGB")
    document.close()
    found, on_screen = (reds(np.asarray(p).astype(int)) for p in (picture, pixels(axes.figure)))
    assert 0.7 * on_screen < found < 1.4 * on_screen


def test_it_follows_its_axes(made):
    """Laid out anew, zoomed and resized it is what it would be if it had been drawn there."""
    first = axes_of()
    made.draw(first)
    pixels(first.figure)
    first.set_position((0.4, 0.3, 0.5, 0.6))
    first.figure.set_size_inches(5, 3)
    first.set(xlim=(-5, 1), ylim=(-5, 5))
    then = axes_of((5, 3), (0.4, 0.3, 0.5, 0.6))
    made.draw(then)
    then.set(xlim=(-5, 1), ylim=(-5, 5))
    np.testing.assert_array_equal(pixels(first.figure), pixels(then.figure))
    ends = [run.points[-1] for run in made.trajectories]
    assert_heads_at(first, made.trajectories, ends)


@pytest.mark.parametrize("view", ["relief", "anatomy"])
@pytest.mark.parametrize("dpi", [100, 150])
def test_a_tight_picture_and_a_layout_cut_nothing_off(made, view, dpi):
    """Notebooks save tightly; labels of a relief stand outside its axes."""
    figure = Figure((9, 3), layout="constrained", dpi=dpi)
    left, middle, right = figure.subplots(1, 3)
    made.draw(middle, view=view)
    for other in (left, right):
        other.set_axis_off()
    picture = pixels(figure)
    for other in (left, right):
        x0, y0, x1, y1 = map(round, other.bbox.extents)
        assert (picture[len(picture) - y1 : len(picture) - y0, x0:x1] == 255).all()
    alone = axes_of(size=(4, 4), place=(0, 0, 1, 1))
    made.draw(alone, view=view)
    whole = pixels(alone.figure, bbox_inches="tight", pad_inches=0.1)
    frame = np.ones(whole.shape[:2], bool)
    frame[8:-8, 8:-8] = False
    assert (whole[frame] == 255).all()


def test_what_the_user_draws_lies_on_the_surface_and_text_on_all(made):
    axes = axes_of()
    made.draw(axes)
    axes.scatter([3], [2], c="magenta", s=200)
    picture = pixels(axes.figure)
    assert (near(picture, *axes.transData.transform((3, 2)), 2) == [255, 0, 255]).all()


@pytest.mark.parametrize("sheet", [s for s in style.available if not s.startswith("_")])
def test_any_style_of_the_users_takes_it(made, sheet):
    """Inside the axes it is the same in all of them; theirs is what lies around."""
    inside = []
    for name in ("default", sheet):
        with style.context(name):
            before = dict(dict.items(mpl.rcParams))
            axes = axes_of(dpi=100)
            made.draw(axes)
            axes.set(xlabel="", ylabel="", xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            picture = pixels(axes.figure, dpi=100)
            assert dict(dict.items(mpl.rcParams)) == before
        x0, y0, x1, y1 = axes.get_window_extent().extents.astype(int)
        inside.append(picture[::-1][y0 + 3 : y1 - 3, x0 + 3 : x1 - 3])
    np.testing.assert_array_equal(*inside)


def test_tex_is_the_users_own_matter(made):
    """No letter inside is set by LaTeX, which may not be there."""
    with mpl.rc_context({"text.usetex": True}):
        axes = axes_of()
        axes.set_axis_off()
        made.draw(axes, view="anatomy")
        assert pixels(axes.figure).min() < 100


def test_a_figure_takes_all_views_and_a_legend(made):
    figure = Figure((8, 6), layout="constrained")
    top, bottom = figure.subfigures(2, 1)
    row = made.draw(top, step=10, legend=True)
    bottom.subplots()
    assert [axes.get_ylabel() for axes in row] == ["y", "f(x, y) above the minimum"]
    assert [text.get_text() for text in top.legends[0].get_texts()] == [
        run.label for run in made.trajectories
    ]
    boxes = [axes.get_tightbbox() for axes in row]
    pixels(figure)
    boxes = [axes.get_tightbbox() for axes in row]
    assert boxes[0].x1 <= boxes[1].x0
    assert boxes[0].y0 >= top.legends[0].get_window_extent().y1 - 1


def test_names_of_any_signs_are_in_a_legend():
    runs = optviz.race("beale", ["gd", "adam"], steps=5, labels=[r"$\foo$ 5 $", "亚当"])
    axes = axes_of()
    optviz.Animation(runs, language="zh").draw(axes, view="loss", legend=True)
    assert pixels(axes.figure).std() > 0  # a warning about a missing sign is an error here
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [r"$\foo$ 5 $", "亚当"]


def test_a_figure_is_pickled_with_it(made):
    axes = axes_of()
    made.draw(axes)
    before = pickle.dumps(axes.figure)
    assert len(before) < 300_000
    again = pickle.loads(before)
    np.testing.assert_array_equal(pixels(again), pixels(axes.figure))


@pytest.mark.parametrize(
    ("target", "settings", "said"),
    [
        (None, {}, "plain matplotlib axes, or a figure without any"),
        (lambda: Figure().add_subplot(projection="3d"), {}, "plain matplotlib axes"),
        (lambda: Figure().add_subplot(projection="polar"), {}, "plain matplotlib axes"),
        (lambda: Figure().subplots(1, 2), {}, "plain matplotlib axes"),
        (lambda: axes_of().figure, {}, "a figure without any"),
        (axes_of, {"step": STEPS + 1}, f"step must be a number from -{STEPS + 1} to {STEPS}"),
        (axes_of, {"step": "last"}, "step must be a number"),
        (axes_of, {"step": np.nan}, "step must be a number"),
        (axes_of, {"view": "contur"}, "did you mean 'contour'"),
        (axes_of, {"view": "data"}, "fit_line"),
    ],
    ids=range(10),
)
def test_what_cannot_be_drawn_is_one_line(made, target, settings, said):
    with pytest.raises(InputError, match=said) as caught:
        made.draw(target() if target else None, **settings)
    assert "\n" not in str(caught.value)


def test_steps_are_counted_from_the_end_too(made):
    pictures = []
    for step in (-1, STEPS, -2, STEPS - 1):
        axes = axes_of()
        made.draw(axes, step=step)
        pictures.append(pixels(axes.figure))
    np.testing.assert_array_equal(pictures[0], pictures[1])
    np.testing.assert_array_equal(pictures[2], pictures[3])
    assert (pictures[0] != pictures[2]).any()


def test_a_training_is_drawn_too():
    from trainings import trained

    axes = axes_of()
    optviz.Animation(trained()).draw(axes, view="accuracy", legend=True)
    assert axes.get_ylabel()
    assert reds(pixels(axes.figure)) > 50


def test_no_panel_is_made_for_a_second_picture_of_one_place(made, monkeypatch):
    axes = axes_of()
    made.draw(axes)
    pixels(axes.figure)
    made_anew = []
    kind = PANELS["contour"]
    begin = kind.__init__
    monkeypatch.setattr(kind, "__init__", lambda *a: made_anew.append(1) or begin(*a))
    axes.set_title("Mine")
    pixels(axes.figure)
    pixels(axes.figure, dpi=200)
    assert not made_anew
