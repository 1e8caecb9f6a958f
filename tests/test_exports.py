"""Every kind of file, decoded by a tool that is not ours."""

from __future__ import annotations

import base64
import html
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import imageio_ffmpeg
import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter, LatexExporter
from nbconvert.preprocessors import ExecutePreprocessor
from PIL import Image

import optviz
from optviz import export
from optviz.errors import InputError
from optviz.export.clock import Clock

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def film(**settings):
    settings = {"steps": 30, "seconds": 1, "fps": 12, "size": (401, 301)} | settings
    return optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.3"], **settings)


@pytest.mark.parametrize("suffix", [".webp", ".apng"])
def test_lossless_films_as_pillow_reads_them(suffix, tmp_path):
    made = film()
    with Image.open(made.save(tmp_path / f"film{suffix}")) as image:
        assert image.size == (401, 301)
        assert image.n_frames == 12
        assert image.info["loop"] == 0
        total = 0
        for i in range(image.n_frames):
            image.seek(i)
            np.testing.assert_array_equal(np.asarray(image.convert("RGB")), made.frame(i))
            total += image.info["duration"]
        assert total == pytest.approx(2500)
        if suffix == ".webp":
            assert image.getexif()[0x010E] == made.alt
        else:
            assert image.info["Description"] == made.alt


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".apng"])
def test_films_as_ffmpeg_reads_them(suffix, tmp_path):
    made = film()
    path = made.save(tmp_path / f"film{suffix}")
    said = subprocess.run([FFMPEG, "-i", str(path)], capture_output=True, text=True).stderr
    command = [FFMPEG, "-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-f", "rawvideo",
               "-pix_fmt", "rgb24", "-"]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    if suffix == ".apng":
        frames = np.frombuffer(raw, np.uint8).reshape(-1, 301, 401, 3)
        np.testing.assert_array_equal(frames, list(made))
        return
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 302, 402, 3)  # sides made even
    assert len(frames) == 12 + 18
    assert "Duration: 00:00:02.50" in said
    assert re.search(r"comment\s*: 2 optimizers", said, re.IGNORECASE)
    for i in (0, 11, 29):
        expected = made.frame(min(i, 11)).astype(float)
        error = np.mean((frames[i, :301, :401] - expected) ** 2)
        assert 10 * np.log10(255**2 / error) > 30  # colour is halved in both directions


def test_a_png_is_the_last_frame(tmp_path):
    made = film()
    with Image.open(made.save(tmp_path / "film.png")) as image:
        np.testing.assert_array_equal(np.asarray(image), made.frame(-1))
        assert image.info["Description"] == made.alt


@pytest.mark.parametrize("make", [film, lambda: film().strip(3)], ids=["film", "strip"])
def test_a_png_is_as_large_on_paper_as_the_pdf(make, tmp_path):
    made = make()
    box = re.search(rb"/MediaBox \[ 0 0 (\S+) (\S+) \]", made.save(tmp_path / "a.pdf").read_bytes())
    with Image.open(made.save(tmp_path / "a.png")) as image:
        inches = [side / dpi for side, dpi in zip(image.size, image.info["dpi"], strict=True)]
    assert inches == pytest.approx([float(side) / 72 for side in box.groups()], rel=1e-4)


def test_an_apng_states_its_density(tmp_path):
    with Image.open(film().save(tmp_path / "film.apng")) as image:
        assert image.info["dpi"] == pytest.approx((100, 100), rel=1e-4)


def test_an_svg_is_the_last_frame(tmp_path):
    made = film()
    first = made.frame(-1)
    root = ElementTree.parse(made.save(tmp_path / "film.svg")).getroot()
    assert root.get("viewBox").split()[2:] == ["288.72", "216.72"]  # 401 x 301 pixels in points
    text = (tmp_path / "film.svg").read_text()
    assert "2 optimizers on" in text
    for colour, _ in made.scene.style.marks:
        assert colour.lower() in text
    np.testing.assert_array_equal(made.frame(-1), first)  # drawing it changed nothing


def test_a_pdf_is_the_last_frame(tmp_path):
    data = film().save(tmp_path / "film.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"/MediaBox [ 0 0 288.72 216.72 ]" in data
    assert b"2 optimizers on" in data


def test_a_gif_has_its_words(tmp_path):
    made = film(language="zh")
    with Image.open(made.save(tmp_path / "film.gif")) as image:
        assert image.info["comment"].decode() == made.alt
    assert "优化器" in made.alt


def test_the_words_say_how_each_run_ended():
    runs = [optviz.descend("sphere", spec, steps=60) for spec in ("gd:lr=1e9", "adam:lr=0.1")]
    alt = optviz.Animation(runs, Clock(5, 1)).alt
    assert alt.startswith("2 optimizers on Round bowl from (4, -3).")
    assert f"GD lr=1e9 diverges at step {runs[0].diverged_at}." in alt
    assert "Adam lr=0.1 ends at" in alt
    assert "after 60 steps" in alt


def shown_by_a_notebook(made):
    """The kind of picture, its bytes and the words that go with it."""
    bundle = made._repr_mimebundle_()
    found = re.fullmatch(
        r'<img alt="([^"]*)" src="data:image/(\w+);base64,([^"]*)">', bundle["text/html"]
    )
    assert html.unescape(found[1]) == bundle["text/plain"] == made.alt
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as image:
        np.testing.assert_array_equal(np.asarray(image), made[-1])  # where HTML can't be shown
    return found[2], base64.b64decode(found[3])


def test_a_notebook_shows_a_film_that_is_small_enough_to_save():
    long = film(fps=50, seconds=20, steps=1000, size=(1200, 800), views=["contour", "loss"])
    for made, frames in ((film(), 12), (long, None)):
        kind, data = shown_by_a_notebook(made)
        assert kind == "gif"
        assert len(data) <= 500_000
        with Image.open(io.BytesIO(data)) as image:
            assert frames is None or image.n_frames == frames


def test_a_notebook_shows_a_strip_as_a_picture():
    made = film().strip(3)
    kind, data = shown_by_a_notebook(made)
    assert kind == "png"
    with Image.open(io.BytesIO(data)) as image:
        np.testing.assert_array_equal(np.asarray(image), made.frame(0))


def test_an_executed_notebook_becomes_latex_with_our_pictures():
    """What is there to be seen in LaTeX: a PNG of each picture, as matplotlib's own has."""
    cells = [
        "import optviz\nfrom optviz.mnist import activation_figure\n"
        "film = optviz.animate('sphere', ['gd:lr=0.1'], steps=5, seconds=0.2, size=(300, 200))",
        "film",
        "film.strip(3)",
        "activation_figure(['relu'], (400, 300))",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    ExecutePreprocessor(kernel_name="python3").preprocess(notebook)
    text, resources = LatexExporter().from_notebook_node(notebook)
    assert [text.count(f"{{{name}}}") for name in resources["outputs"]] == [1, 1, 1]
    sizes = [Image.open(io.BytesIO(png)).size for png in resources["outputs"].values()]
    assert sizes == [(300, 200), (840, 620), (400, 300)]
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert page.count("data:image/gif") == 1


class TestLargestSize:
    """Fewer frames, then fewer colours, then fewer pixels."""

    @pytest.mark.parametrize(
        ("limit", "said"),
        [
            ("10MB", r"^$"),
            (60_000, r"\d+ frames"),
            (45_000, r"frames.*colours$"),
            (20_000, "pixels"),
        ],
    )
    def test_it_is_kept_in_the_stated_order(self, limit, said, tmp_path):
        made = film(fps=20, seconds=2, size=(600, 400))
        path = made.save(tmp_path / "film.gif", max_size=limit)
        assert path.stat().st_size <= export.shrink.parse_bytes(limit)
        assert re.search(said, made.shrunk)
        with Image.open(path) as image:
            frames = [image.seek(i) or image.info["duration"] for i in range(image.n_frames)]
            assert sum(frames) == 3500
            assert (image.n_frames == 40) == (not made.shrunk)
            assert (image.size == (600, 400)) == ("pixels" not in made.shrunk)

    @pytest.mark.parametrize("fps", [3, 10, 20])
    def test_what_has_been_lowered_stays_lowered(self, fps):
        """Also for a film whose lowest rates would show nothing."""
        made = film(fps=fps, size=(600, 400))
        versions = [
            (version.clock.fps, colours, version.rgba(0).shape[1])
            for version, colours, _ in export.shrink._versions(made)
        ]
        for before, after in pairwise(versions):
            assert all(a <= b for a, b in zip(after, before, strict=True))
            assert after != before
        assert versions[0] == (fps, 255, 600)
        assert versions[-1] == (min(rate for rate, _, _ in versions), 31, 300)

    def test_what_cannot_be_kept_is_refused_and_nothing_written(self, tmp_path):
        with pytest.raises(InputError, match="at least"):
            film().save(tmp_path / "film.gif", max_size="1kB")
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("text", ["", "big", "-5kB", "0", "5 horses", "1e3"])
    def test_a_size_that_is_none(self, text, tmp_path):
        with pytest.raises(InputError, match="500kB"):
            film().save(tmp_path / "film.gif", max_size=text)

    def test_only_a_gif_is_made_to_fit(self, tmp_path):
        with pytest.raises(InputError, match="gif"):
            film().save(tmp_path / "film.webp", max_size="1MB")


def test_without_imageio_ffmpeg_one_line_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(InputError, match=r"pip install 'optviz\[video\]'"):
        export.check(tmp_path / "film.mp4", Clock())


@pytest.mark.parametrize("suffix", sorted(export.WRITERS))
def test_an_interrupted_film_leaves_nothing(suffix, monkeypatch, tmp_path):
    made = film()
    target = made if suffix in (".pdf", ".svg") else made.scene
    name = "draw_still" if target is made else "picture"

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(target, name, interrupt)
    with pytest.raises(KeyboardInterrupt):
        made.save(tmp_path / f"film{suffix}")
    assert not list(tmp_path.iterdir())
