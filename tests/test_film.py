"""Films: the GIF as other decoders read it, and frames as what they show."""

from __future__ import annotations

import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import optviz
from optviz import export
from optviz.errors import InputError
from optviz.export import gif, palette
from optviz.export.clock import Clock
from optviz.records.training import TrainingRecord
from surfaces import from_formula, from_samples


def small(**settings):
    """A short film."""
    settings = {"steps": 30, "seconds": 1, "size": (400, 300)} | settings
    return optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], **settings)


def by_pillow(path):
    """Size, loop, delays and pictures as Pillow reads them."""
    with Image.open(path) as image:
        pictures, delays = [], []
        for i in range(image.n_frames):
            image.seek(i)
            pictures.append(np.asarray(image.convert("RGB")))
            delays.append(image.info["duration"])
        return image.size, image.info.get("loop"), delays, pictures


@pytest.mark.parametrize("fps", [15, 24, 30, 50, 12.5])
def test_a_gif_as_pillow_reads_it(fps, tmp_path):
    film = small(fps=fps)
    size, loop, delays, pictures = by_pillow(film.save(tmp_path / "film.gif"))
    assert size == (400, 300)
    assert loop == 0  # for ever
    assert len(pictures) == len(film) == round(fps)
    assert sum(delays) == 1000 + 1500  # exact to the centisecond
    assert max(delays[:-1]) - min(delays[:-1]) <= 10
    for i, picture in enumerate(pictures):
        error = np.mean((picture.astype(float) - film.frame(i)) ** 2)
        assert 10 * np.log10(255**2 / error) > 46, i


def test_a_gif_as_ffmpeg_reads_it(tmp_path):
    film = small(fps=24)
    path = film.save(tmp_path / "film.gif")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ignore_loop", "1", "-i", str(path),
        "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
    ]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 300, 400, 3)
    assert len(frames) == len(film)
    _, _, _, pictures = by_pillow(path)
    np.testing.assert_array_equal(frames, pictures)


def test_a_gif_as_gifsicle_reads_it(tmp_path):
    path = small(fps=15).save(tmp_path / "film.gif")
    said = subprocess.run(
        ["gifsicle", "--info", str(path)], capture_output=True, text=True, check=True
    )
    assert "15 images" in said.stdout
    assert "loop forever" in said.stdout
    assert "global color table [256]" in said.stdout
    assert "local color table" not in said.stdout
    assert not said.stderr


@given(st.floats(1, 50), st.floats(0.1, 20))
def test_the_clock_carries_its_error_on(fps, seconds):
    clock = Clock(fps, seconds)
    shown = clock.ticks(100)
    assert len(shown) == len(clock)
    assert sum(shown) == round(100 * seconds) + 150
    ends = np.cumsum(shown[:-1])
    true = 100 * seconds * np.arange(1, len(clock)) / len(clock)
    assert np.abs(ends - true).max(initial=0) <= 0.5 + 1e-9


def test_a_frame_without_change_keeps_its_time(tmp_path):
    film = optviz.animate("sphere", ["gd:lr=0.5"], steps=1, fps=50, seconds=1, size=(300, 200))
    _, _, delays, pictures = by_pillow(film.save(tmp_path / "still.gif"))
    assert sum(delays) == 2500
    assert len(pictures) >= 2


def test_the_palette_is_exact_for_few_colours():
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[0, 0] = (250, 1, 2, 255)
    picture[1] = (0, 128, 255, 255)
    fitted = palette.fit([picture], 255)
    assert {tuple(c) for c in fitted} == {(0, 0, 0), (250, 1, 2), (0, 128, 255)}


def test_the_palette_beats_pillows_own():
    frame = small().rgba(-1)
    image = Image.fromarray(frame).convert("RGB")
    fitted = palette.fit([frame], 64)
    ours = fitted[palette.Mapper(fitted)(palette.codes_of(frame))]
    theirs = image.quantize(64, dither=Image.Dither.NONE).convert("RGB")
    errors = [np.mean((np.asarray(p, float) - frame[..., :3]) ** 2) for p in (ours, theirs)]
    assert errors[0] < errors[1]


def test_the_mapper_finds_the_nearest():
    rng = np.random.default_rng(1)
    colours = rng.integers(0, 256, (200, 4), np.uint8)
    chosen = np.unique(rng.integers(0, 256, (40, 3), np.uint8), axis=0)
    distances = ((colours[:, None, :3].astype(int) - chosen.astype(int)) ** 2).sum(axis=2)
    mapped = palette.Mapper(chosen)(palette.codes_of(colours))
    np.testing.assert_array_equal(distances[np.arange(200), mapped], distances.min(axis=1))


def test_frames():
    film = small(fps=10)
    assert len(film) == 10
    assert film.frame(0).shape == (300, 400, 3)
    assert film.frame(0).dtype == np.uint8
    np.testing.assert_array_equal(film.frame(-1), film.frame(9))
    np.testing.assert_array_equal(film.frame(3), list(film)[3])  # any order gives the same picture
    assert (film.frame(0) != film.frame(9)).any()
    with pytest.raises(InputError, match="frame"):
        film.frame(10)


def test_frames_are_made_one_at_a_time(monkeypatch, tmp_path):
    """The GIF is written while frames are made: no list of them is kept."""
    film = small(fps=10)
    order = []
    draw = film.scene.picture
    monkeypatch.setattr(film.scene, "picture", lambda at: order.append("frame") or draw(at))
    wrote = gif._frame
    monkeypatch.setattr(gif, "_frame", lambda *a: order.append("write") or wrote(*a))
    film.save(tmp_path / "film.gif")
    tail = order[order.index("write") - 1 :]
    assert tail == ["frame", "write"] * len(film)


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"fps": 0}, "fps"), ({"fps": -5}, "fps"), ({"fps": float("nan")}, "fps"),
        ({"seconds": 0}, "seconds"), ({"seconds": 1e9}, "seconds"),
        ({"fps": 200, "seconds": 3600}, "frames"),
        ({"size": (0, 0)}, "size"), ({"size": (99999, 99999)}, "size"), ({"size": 5}, "size"),
        ({"size": (400.5, 300)}, "size"), ({"views": []}, "views"),
        ({"views": ["contur"]}, "'contour'"), ({"theme": "drak"}, "'dark'"),
        ({"language": "cn"}, "language"),
    ],
)  # fmt: skip
def test_wrong_input(settings, part):
    with pytest.raises(InputError, match=part) as caught:
        small(**settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "fps", "part"),
    [("film.bmp", 20, ".gif"), ("film", 20, ".gif"), ("film.gif", 60, "1/10 s"),
     ("none/film.gif", 20, "folder")],
)  # fmt: skip
def test_a_file_that_cannot_be_written_is_refused_before_any_work(name, fps, part, tmp_path):
    with pytest.raises(InputError, match=part):
        export.check(tmp_path / name, Clock(fps))


def test_an_interrupted_film_leaves_nothing(monkeypatch, tmp_path):
    film = small(fps=10)
    monkeypatch.setattr(gif, "_change", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        film.save(tmp_path / "film.gif")
    assert not list(tmp_path.iterdir())


def runs_on(*surfaces, steps=5):
    return [optviz.descend(surface, "gd:lr=0.01", steps=steps) for surface in surfaces]


TRAINED = TrainingRecord(
    optviz.GD(), "GD", "digits", np.ones(3), np.array([0, 3]), *[np.ones(2)] * 3
)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([], "at least one run"),
        (iter(()), "at least one run"),
        (None, "at least one run"),
        ("beale", "at least one run"),
        ([optviz.GD()], "at least one run"),
        ([TRAINED, *runs_on("beale")], "all descents or all trainings"),
        (runs_on("beale", "booth"), "on one surface; not beale and booth"),
        (runs_on("beale", "beale", "booth"), "on one surface; not beale and booth"),
        (
            runs_on(*(from_formula(f"x**2 + {k}*y**2", ((-5, 5), (-5, 5))) for k in (1, 2))),
            r"<Surface formula: x\*\*2 \+ 1\*y\*\*2> and <Surface formula: x\*\*2 \+ 2\*y\*\*2>",
        ),
    ],
    ids=range(9),
)
def test_what_no_film_can_show_is_refused(runs, said):
    with pytest.raises(InputError, match=said) as refused:
        optviz.Animation(runs)
    assert "\n" not in str(refused.value)


def test_one_function_under_many_names_is_one_surface():
    """Another window, another start, another object: what counts is the function."""
    x = y = np.linspace(-5, 5, 21)
    grids = [from_samples(x, y, x**2 + y[:, None] ** 2, start=(3, 2)) for _ in range(2)]
    formula = [from_formula("x**2+y**2", domain) for domain in (((-5, 5),) * 2, ((-9, 9),) * 2)]
    for surfaces in (grids, formula):
        assert len(optviz.Animation(runs_on(*surfaces)).trajectories) == 2
    far = optviz.descend("beale", "gd:lr=0.0001", start=(40, 40), steps=3)
    assert len(optviz.Animation([*runs_on("beale"), far]).trajectories) == 2
    with pytest.raises(InputError, match="on one surface"):
        optviz.Animation(runs_on(grids[0], from_samples(x, y, x**2 + 2 * y[:, None] ** 2)))


@pytest.mark.parametrize(
    ("details", "language", "said"),
    [
        ({}, "en", "One optimizer on f(x, y) = x**2 + 2*y**2 from (-4, 4)."),
        ({}, "zh", "一种优化器在“f(x, y) = x**2 + 2*y**2”上从 (-4, 4) 出发。"),
        ({"name": "bowl"}, "en", "One optimizer on bowl from (-4, 4)."),
    ],
)
def test_words_name_an_own_surface_by_its_formula_or_its_name(details, language, said):
    surface = from_formula("x² + 2y²", **details)
    film = optviz.animate(surface, ["gd:lr=0.1"], steps=3, language=language)
    assert film.alt.startswith(said)
