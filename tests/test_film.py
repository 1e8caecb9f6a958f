"""Films: the GIF as other decoders read it, and frames as what they show."""

from __future__ import annotations

import io
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


FORMATS = ["gif", "webp", "apng", "png", "pdf", "svg", "mp4", "webm", "html"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_stream_gets_what_a_file_does(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # a PDF has its date in it
    film = small(seconds=0.5)
    stream = io.BytesIO(b"")
    assert film.save(stream, format=kind) is None
    path = film.save(tmp_path / f"film.{kind}")
    if kind == "webm":  # it has a random number in it
        assert len(stream.getvalue()) == path.stat().st_size
    else:
        assert stream.getvalue() == path.read_bytes()
    assert film.save(path, format=f".{kind.upper()}") == path


class Pipe:
    """A stream that can do no more than take bytes once."""

    def __init__(self):
        self.taken = []

    def write(self, data):
        self.taken.append(bytes(data))


def test_a_stream_need_not_go_back():
    film, pipe = small(seconds=0.5), Pipe()
    for kind in ("gif", "webp", "mp4"):
        film.save(pipe, format=kind)
    film.save(pipe, format="gif", max_size="40kB")
    assert [data[:4] for data in pipe.taken][:2] == [b"GIF8", b"RIFF"]
    assert len(pipe.taken) == 4
    assert len(pipe.taken[3]) <= 40_000


def closed():
    stream = io.BytesIO()
    stream.close()
    return stream


@pytest.mark.parametrize(
    ("target", "settings", "said"),
    [
        (io.BytesIO, {}, "format must be given with a stream, one of gif, webp"),
        (io.BytesIO, {"format": "bmp"}, "format must be one of gif"),
        (io.BytesIO, {"format": "html", "max_size": "1MB"}, "format must be one of gif"),
        (io.BytesIO, {"format": "png", "max_size": "1MB"}, "a .gif where a largest size"),
        (io.StringIO, {"format": "gif"}, "a stream of bytes"),
        (closed, {"format": "gif"}, "a stream that can be written"),
        (lambda: 5, {"format": "gif"}, "a path or a stream"),
        (lambda: "film.gif", {"format": "png"}, "left out where a path says it, gif"),
    ],
    ids=range(8),
)
def test_what_is_no_place_to_save_to_is_one_line(target, settings, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said) as caught:
        small(seconds=0.5).save(target(), **settings)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


SLICES = [
    slice(3, 7),
    slice(None, None, 3),
    slice(None, None, -1),
    slice(-4, None),
    slice(8, 2, -2),
]


@pytest.mark.parametrize("part", SLICES, ids=str)
@pytest.mark.parametrize("poster", [None, "last"])
def test_a_slice_is_a_film_of_those_frames(part, poster, tmp_path):
    film = small(fps=10, poster=poster)
    expected = list(film)[part]
    cut = film[part]
    assert len(cut) == len(expected)
    np.testing.assert_array_equal(list(cut), expected)
    np.testing.assert_array_equal(cut[-1], expected[-1])
    size, _, delays, _ = by_pillow(cut.save(tmp_path / "part.gif"))
    assert size == (400, 300)
    assert sum(delays) == 100 * len(expected) + 1500
    with Image.open(cut.save(tmp_path / "part.png")) as picture:
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), expected[-1])
    np.testing.assert_array_equal(list(cut[1:]), expected[1:])


def test_a_slice_can_be_coarser_and_have_a_poster():
    film = small(fps=20)[4:12]
    slower = film.coarser(0.5, 1.0)
    assert slower.clock.progress(0) == film.clock.progress(0)
    assert slower.clock.progress(len(slower) - 1) == film.clock.progress(len(film) - 1)
    np.testing.assert_array_equal(slower.frame(0), film.frame(0))
    with_poster = film.with_poster("last")
    assert len(with_poster) == len(film) + 1
    np.testing.assert_array_equal(with_poster[1], film[0])


def test_a_still_of_a_part_is_its_last_frame(tmp_path):
    """As pixels and as lines."""
    import pypdfium2

    film = small(fps=10, size=(800, 600))[:4]
    document = pypdfium2.PdfDocument(film.save(tmp_path / "part.pdf"))
    picture = np.asarray(document[0].render(scale=100 / 72).to_pil().convert("RGB")).astype(int)
    document.close()
    end = small(fps=10, size=(800, 600)).frame(-1).astype(int)
    apart = [abs(picture - other).mean() for other in (film.frame(-1), end)]
    assert apart[0] < 0.7 * apart[1]


@pytest.mark.parametrize("i", [10, -11, np.int64(10)])
def test_a_frame_that_there_is_not(i):
    film = small(fps=10)
    with pytest.raises(IndexError, match="from -10 to 9"):
        film[i]
    with pytest.raises(InputError, match="from -10 to 9"):
        film.frame(i)
    with pytest.raises(TypeError, match="whole number"):
        film["a"]
    with pytest.raises(InputError, match="at least one frame"):
        film[7:3]


def test_a_film_says_what_it_holds():
    film = optviz.animate("beale", ["gd:lr=0.01", "adam:lr=0.1"], steps=3)
    assert repr(film) == (
        "<Animation of Beale's valley: GD lr=0.01, Adam lr=0.1; contour, loss; "
        "120 frames of 800x400>"
    )
    many = optviz.race("beale", [f"gd:lr={k}e-4" for k in range(1, 10)], steps=2)
    assert "3 more" in repr(optviz.Animation(many))
    assert repr(optviz.explore("beale", ["adam:lr=0.1", "gd:lr=0.01"], steps=30)) == (
        "<Explorer of beale: adam:lr=0.1, gd:lr=0.01; 30 steps from (-3, -3)>"
    )
