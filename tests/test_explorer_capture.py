"""Pictures and films that the explorer's page saves, opened by others: Pillow and ffmpeg."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageColor, ImageSequence

import optviz
from optviz import scenarios
from optviz.export.clock import Clock
from optviz.records.labels import labels
from optviz.scene.themes import THEMES

RACE = "#s=himmelblau&o=gd:lr=0.01;adam:lr=0.7&n=50"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
CLOCK = Clock()
HELD = round(CLOCK.hold * CLOCK.fps)

IN_BASE64 = """async (made) => {
  const reader = new FileReader();
  return new Promise((done) => {
    reader.onload = () => done([made.name, made.blob.type, reader.result.split(",")[1]]);
    reader.readAsDataURL(made.blob);
  });
}"""


@pytest.fixture
def race(show):
    """An open page with a short race, and functions that make its pictures and films."""

    class Race:
        def __init__(self, hash_=RACE, **settings):
            self.shown = show(hash_, **settings)
            self.page = self.shown.page

        def picture(self, at=None, **about):
            if at is not None:
                self.page.evaluate(f"optviz.model.goTo({at})")
            return self._made(f"optviz.capture.picture({json.dumps(about)})")

        def film(self, kind, **about):
            return self._made(f"optviz.capture.film({json.dumps(about | {'kind': kind})})")

        def _made(self, call):
            name, kind, text = self.page.evaluate(f"async () => ({IN_BASE64})(await {call})")
            return name, kind, base64.b64decode(text)

    return Race


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def psnr(a, b):
    error = np.mean((a.astype(float) - b.astype(float)) ** 2)
    return np.inf if error == 0 else 10 * np.log10(255**2 / error)


def step_of(frame, steps=50):
    return CLOCK.progress(frame) * steps


def video_frames(data, tmp_path):
    """What ffmpeg says of a video, and its frames."""
    path = tmp_path / "film.video"
    path.write_bytes(data)
    said = subprocess.run([FFMPEG, "-i", str(path)], capture_output=True, text=True).stderr
    width, height = map(int, re.search(r"Video: .* (\d+)x(\d+)[ ,]", said).groups())
    command = [FFMPEG, "-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-f", "rawvideo",
               "-pix_fmt", "rgb24", "-"]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return said, np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def share_of(picture, colour):
    """How many pixels have exactly a colour."""
    return int((picture == ImageColor.getrgb(colour)).all(axis=-1).sum())


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_picture_has_title_step_legend_and_sentence_in_the_colours_of_the_theme(theme, race):
    page = race(f"{RACE}&theme={theme}")
    name, kind, data = page.picture()
    assert (name, kind) == ("himmelblau.png", "image/png")
    picture = pixels(data)
    width = picture.shape[1]
    assert width == 1920
    colours = THEMES[theme]
    assert share_of(picture[:4], colours.page) == 4 * width  # nothing touches the edge
    line = picture[8:64]
    assert share_of(line[:, : width // 3], colours.ink) > 100  # the title
    assert share_of(line[:, -width // 4 :], colours.quiet) > 50  # the step
    foot = picture[-120:]
    assert share_of(foot[:, 60:], colours.ink) > 100  # names and settings
    for colour in page.page.evaluate("optviz.model.running.map(({ colour }) => colour)"):
        assert share_of(foot, colour) > 50  # marks
    assert share_of(picture[-45:], colours.quiet) > 50  # the sentence


WRITTEN = """() => {
  globalThis.written = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    written.push(text);
    fillText.call(this, text, ...place);
  };
}"""


def written(page, at):
    """What is written on a picture, told by the canvas itself."""
    page.page.evaluate(WRITTEN)
    page.picture(at=at)
    return page.page.evaluate("written")


def test_a_picture_says_what_a_lesson_says(race):
    lesson = scenarios.get("start-decides")
    texts = written(race("#lesson=start-decides&lang=zh"), 7)
    assert lesson.title["zh"] in texts
    assert "f(x, y) = (x² + y − 11)² + (x + y² − 7)²" in texts
    assert "第 7 步，共 200 步" in texts
    assert lesson.claim["zh"] in "".join(texts)
    assert set(labels(lesson.run(), "zh")) <= set(texts)


def test_the_legend_has_every_setting_as_the_films_have(race):
    specs = ["gd:lr=cosine(0.2,40,0)", "gd:lr=0.01", "momentum:lr=0.01,nesterov=true",
             "adam:lr=0.1,betas=0.5/0.9", "adam:lr=0.1", "adamw:lr=0.0012345"]  # fmt: skip
    texts = written(race(f"#s=sphere&o={';'.join(specs)}&n=20&noise=0.5&seed=3"), 20)
    runs = optviz.race("sphere", specs, steps=20)
    assert set(labels(runs)) <= set(texts)
    assert "noise=0.5, seed=3" in texts


def test_an_own_formula_is_the_title(race):
    texts = written(race("#f=x**2/4%2By**2&d=-4,4,-3,3&o=gd:lr=0.1&n=20&v="), 20)
    assert "f(x, y) = x²/4 + y²" in texts


def test_a_gif_is_the_run_frame_by_frame(race):
    page = race()
    name, kind, data = page.film("gif")
    assert (name, kind) == ("himmelblau.gif", "image/gif")
    with Image.open(io.BytesIO(data)) as film:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)]
        film.seek(0)
        delays = []
        for i in range(film.n_frames):
            film.seek(i)
            delays.append(film.info["duration"])
        assert film.info["loop"] == 0
    assert len(frames) == len(CLOCK)
    assert delays == [10 * ticks for ticks in CLOCK.ticks(100)]
    for frame in (0, 1, 30, 77, len(CLOCK) - 1):
        still = pixels(page.picture(at=step_of(frame), ratio=1)[2])
        assert psnr(frames[frame], still) > 45, frame
        # What is flat is exact: page, letters, bands and lines of the contour, trails.
        _, places, counts = np.unique(
            still.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
        )
        flat = np.argsort(counts)[-30:]
        exact = np.isin(places.reshape(still.shape[:2]), flat)
        np.testing.assert_array_equal(frames[frame][exact], still[exact])
    # Python's film of the same runs, as many pixels: about as large.
    size = frames[0].shape[1::-1]
    made = io.BytesIO()
    film = optviz.animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.7"], steps=50,
                          views=("contour", "loss", "relief"), size=size)  # fmt: skip
    optviz.export.gif.write(film, made, lambda n: None)
    assert len(data) < 1.5 * len(made.getvalue())


def test_a_video_is_the_run_frame_by_frame(race, tmp_path):
    page = race()
    name, kind, data = page.film("video")
    assert (name, kind) == ("himmelblau.mp4", "video/mp4")
    said, frames = video_frames(data, tmp_path)
    assert "Video: h264" in said
    assert f"{CLOCK.fps} fps" in said
    assert "Duration: 00:00:07.50" in said
    assert len(frames) == len(CLOCK) + HELD
    for frame in (0, 1, 30, 77, len(CLOCK) - 1):
        still = pixels(page.picture(at=step_of(frame))[2])
        assert psnr(frames[frame], still) > 36, frame
        other = pixels(page.picture(at=step_of(frame) + 2 if frame < 60 else 20)[2])
        assert psnr(frames[frame], other) < psnr(frames[frame], still)
    assert psnr(frames[-1], frames[len(CLOCK) - 1]) > 36
    played = page.page.evaluate(
        """async (text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const video = document.createElement("video");
          video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
          await new Promise((done, fail) => {
            video.onerror = () => fail(video.error.message);
            video.oncanplaythrough = done;
          });
          return [video.videoWidth, video.videoHeight, video.duration];
        }""",
        base64.b64encode(data).decode(),
    )
    assert played == [*frames.shape[2:0:-1], pytest.approx(CLOCK.seconds + CLOCK.hold)]


def test_what_is_done_meanwhile_is_not_in_the_film(race):
    page = race()
    first, last = (pixels(page.picture(at=at, ratio=1)[2]) for at in (0, 50))
    kind, text = page.page.evaluate(f"""async () => {{
      const {{ model, capture }} = optviz;
      model.goTo(12.5);
      let calls = 0;
      const made = await capture.film({{ kind: "gif", onProgress: () => {{
        calls++;
        if (calls === 20) model.chooseSurface("beale");
        if (calls === 30) model.look({{ language: "zh", theme: "dark" }});
      }} }});
      const [, kind, text] = await ({IN_BASE64})(made);
      return [kind, text];
    }}""")
    film = Image.open(io.BytesIO(base64.b64decode(text)))
    assert (kind, film.n_frames) == ("image/gif", len(CLOCK))
    assert psnr(np.asarray(film.convert("RGB")), first) > 45
    film.seek(len(CLOCK) - 1)
    assert psnr(np.asarray(film.convert("RGB")), last) > 45
    assert page.page.evaluate("optviz.model.state.surface") == "beale"
    assert page.page.locator(".ov-stage").count() == 0


def test_the_page_answers_and_stays_as_it_is_while_a_film_is_made(race):
    page = race()
    page.page.evaluate("optviz.model.goTo(12.5)")
    page.shown.settle()
    frames, shares, at = page.page.evaluate("""async () => {
      let [frames, making] = [0, true];
      const count = () => making && (frames++, requestAnimationFrame(count));
      requestAnimationFrame(count);
      const shares = [];
      await optviz.capture.film({ kind: "video", onProgress: (share) => shares.push(share) });
      making = false;
      return [frames, shares, optviz.model.state.at];
    }""")
    assert frames > 10  # it went on painting
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert at == 12.5


def test_one_film_at_a_time_which_can_be_given_up(race):
    page = race().page
    page.evaluate("""() => {
      globalThis.asked = [];
      const { film } = optviz.capture;
      optviz.capture.film = (about) => (asked.push(about.kind), film(about));
    }""")
    gif, video = (page.get_by_role("button", name=name) for name in ("Save GIF", "Save video"))
    gif.press("Enter")
    assert gif.is_disabled()
    assert video.is_disabled()
    page.evaluate("""() => {
      document.querySelectorAll(".ov-save button:disabled").forEach((each) => each.click());
    }""")
    page.evaluate("optviz.model.look({ language: 'zh' })")  # words change, the film goes on
    page.get_by_role("button", name="取消").press("Enter")
    page.wait_for_function("() => !document.querySelector('.ov-save button:disabled')")
    assert page.evaluate("asked") == ["gif"]
    assert page.locator(".ov-stage").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "保存 GIF"
    assert page.locator(".ov-save .ov-told").inner_text() == ""
    with page.expect_download() as told:
        page.get_by_role("button", name="保存 GIF").click()
    assert told.value.suggested_filename == "himmelblau.gif"
    assert "himmelblau.gif" in page.locator(".ov-save .ov-told").inner_text()
    assert page.locator(".ov-save img").get_attribute("src").startswith("blob:")


GONE = "delete globalThis.VideoEncoder;"
NO_AVC = """
  const { isConfigSupported } = VideoEncoder;
  VideoEncoder.isConfigSupported = (config) => (config.codec.startsWith("avc")
    ? Promise.resolve({ supported: false, config }) : isConfigSupported.call(VideoEncoder, config));
"""


def test_without_h264_the_video_is_vp9(race, tmp_path):
    page = race()
    page.page.evaluate(f"() => {{ {NO_AVC} }}")
    name, kind, data = page.film("video")
    assert (name, kind) == ("himmelblau.mp4", "video/mp4")
    said, frames = video_frames(data, tmp_path)
    assert "Video: vp9" in said
    assert len(frames) == len(CLOCK) + HELD
    still = pixels(page.picture(at=step_of(60))[2])
    assert psnr(frames[60], still) > 33


def test_without_webcodecs_the_film_is_recorded_as_it_plays(race, tmp_path):
    page = race()
    page.page.evaluate(f"() => {{ {GONE} }}")
    name, kind, data = page.film("video", width=480)
    assert (name, kind) in {("himmelblau.mp4", "video/mp4"), ("himmelblau.webm", "video/webm")}
    _, frames = video_frames(data, tmp_path)
    last = pixels(page.picture(at=50, width=480)[2])
    assert frames[-1].shape == last.shape
    assert psnr(frames[-1], last) > 30


def test_where_nothing_makes_videos_a_line_says_what_does(race):
    page = race().page
    page.evaluate(f"() => {{ {GONE} delete globalThis.MediaRecorder; }}")
    page.get_by_role("button", name="Save video").click()
    told = page.locator(".ov-save .ov-told")
    page.wait_for_function(
        "() => document.querySelector('.ov-save .ov-told').textContent.includes('GIF')"
    )
    assert told.inner_text() == "This browser makes no video; Save GIF works here."
    assert page.get_by_role("button", name="Save video").is_enabled()


def test_on_a_phone_the_views_stand_one_above_another(race):
    page = race(viewport={"width": 360, "height": 740}, device_scale_factor=3)
    picture = pixels(page.picture()[2])
    height, width, _ = picture.shape
    assert width == 3 * 480
    assert height > 2 * width
    assert page.page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("views", ["", "loss", "relief", "loss,relief"])
@pytest.mark.parametrize("surface", ["himmelblau", "six_hump_camel", "mccormick"])
def test_no_third_of_a_picture_is_empty(views, surface, race):
    page = race(f"#s={surface}&o=gd:lr=0.01&n=50&v={views}")
    picture = pixels(page.picture(ratio=1)[2])
    empty = (picture == ImageColor.getrgb(THEMES["light"].page)).all(axis=-1)
    for part in (empty, *np.array_split(empty, 3, axis=1)):
        rows = part.all(axis=1).astype(int)
        runs = np.split(rows, np.flatnonzero(np.diff(rows)) + 1)
        assert max(len(run) for run in runs if run[0]) < 100


def test_a_picture_of_long_runs_is_whole(race):
    """The last frame of a film, which has drawn all before it, is the still of the last step."""
    page = race("#s=rosenbrock&o=gd:lr=0.001;momentum:lr=0.001;adam:lr=0.01&n=3000&noise=3&seed=1")
    with Image.open(io.BytesIO(page.film("gif")[2])) as film:
        film.seek(film.n_frames - 1)
        last = np.asarray(film.convert("RGB"))
    assert psnr(last, pixels(page.picture(at=3000, ratio=1)[2])) > 40


def test_in_a_frame_without_downloads_the_picture_can_be_saved_by_hand(
    browser, explorer_file, tmp_path
):
    outer = tmp_path / "outer.html"
    text = explorer_file.read_text("utf-8").replace("&", "&amp;").replace('"', "&quot;")
    outer.write_text(
        f'<iframe sandbox="allow-scripts" width="1200" height="900" srcdoc="{text}"></iframe>',
        "utf-8",
    )
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(outer.as_uri())
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Save PNG").click()
    shown = frame.locator(".ov-save img")
    shown.wait_for()
    assert shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1920
    assert "handed to the browser" in frame.locator(".ov-save .ov-told").inner_text()
    context.close()


def test_the_licence_of_the_encoder_is_in_the_page(explorer_file):
    text = explorer_file.read_text("utf-8")
    assert "Copyright (c) 2017 Matt DesLauriers" in text
    assert "The above copyright notice and this permission notice shall be included" in text
