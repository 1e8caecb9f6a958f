"""The explorer without scripts, clipboard or an address of its own, and on paper."""

from __future__ import annotations

import base64
import html
import io
import re

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from optviz.words import words_of

WORDS = words_of("page")
READY = "() => globalThis.optviz?.model.running"


@pytest.fixture
def blank(browser):
    """An empty page whose errors are collected."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    assert page.faults == []
    context.close()


def test_without_scripts_a_sentence_stands_there(browser, explorer_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(explorer_file.as_uri())
    for language in ("en", "zh"):
        said = page.locator(f".ov-unscripted p[lang={language}]")
        assert said.inner_text() == WORDS["no_scripts"][language]
        assert said.is_visible()
    context.close()


def test_where_scripts_are_only_blocked_the_sentence_comes_after_a_while(browser, explorer_file):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(
        body=explorer_file.read_bytes(), content_type="text/html",
        headers={"Content-Security-Policy": "script-src 'none'"},
    ))  # fmt: skip
    page.goto("http://explorer.test/")
    said = page.locator(".ov-unscripted")
    assert not said.is_visible()  # nor does it flash up where the page is only slow
    said.wait_for(state="visible", timeout=20000)
    context.close()


def test_with_scripts_it_is_gone(show):
    assert show().page.locator(".ov-unscripted").count() == 0


def framed(page, text, sandbox=None):
    """The page in a frame, as notebooks and viewers show it."""
    allowed = "" if sandbox is None else f'sandbox="{sandbox}"'
    page.set_content(f'<iframe {allowed} srcdoc="{html.escape(text)}" width="1200" height="900">')
    frame = page.frames[1]
    frame.wait_for_function(READY)
    return frame


@pytest.mark.parametrize("sandbox", [None, "allow-scripts"])
def test_in_a_frame_it_works_and_offers_no_link(sandbox, blank, explorer_file):
    frame = framed(blank, explorer_file.read_text("utf-8"), sandbox)
    assert frame.get_by_role("button", name="Copy link").count() == 0
    frame.get_by_role("button", name="Zoom in").click()
    frame.get_by_role("checkbox", name="GD", exact=True).uncheck()
    blank.wait_for_timeout(500)  # longer than the address bar would wait
    frame.get_by_role("button", name="Copy command").click()
    told = frame.locator(".ov-share .ov-told")
    text = frame.locator(".ov-copied")
    assert told.inner_text() == WORDS["copy_by_hand"]["en"]  # the frame may not use the clipboard
    assert text.is_visible()
    command = frame.evaluate("optviz.model.command")
    assert text.input_value() == command
    assert frame.evaluate("document.activeElement.className") == "ov-copied"
    start, end = text.evaluate("(box) => [box.selectionStart, box.selectionEnd]")
    assert (start, end) == (0, len(command))


def test_a_page_at_a_blob_of_its_own_keeps_no_address(blank, explorer_file):
    blank.goto(explorer_file.as_uri())
    blank.evaluate(
        """(text) => {
          location.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
        }""",
        explorer_file.read_text("utf-8"),
    )
    blank.wait_for_url("blob:**")
    blank.wait_for_function(READY)
    blank.get_by_role("button", name="Zoom in").click()
    blank.wait_for_timeout(500)
    assert "#" not in blank.url
    assert blank.get_by_role("button", name="Copy link").count() == 0


def test_where_the_address_cannot_be_written_the_page_goes_on(blank, explorer_file):
    """As in a document that a server has put into a sandbox."""
    blank.add_init_script(
        "history.replaceState = () => { throw new DOMException('', 'SecurityError'); }"
    )
    blank.goto(explorer_file.as_uri())
    blank.wait_for_function(READY)
    blank.get_by_role("button", name="Zoom in").click()
    blank.wait_for_timeout(500)
    assert "#" not in blank.url


def test_where_there_is_no_clipboard_the_text_is_selected(blank, explorer_file):
    """A page from another machine of the network, without https."""
    blank.route("**/*", lambda route: route.fulfill(
        body=explorer_file.read_bytes(), content_type="text/html"))  # fmt: skip
    blank.goto("http://explorer.test/#s=beale&lang=zh")
    blank.wait_for_function(READY)
    assert blank.evaluate("navigator.clipboard === undefined")
    blank.get_by_role("button", name=WORDS["link"]["zh"]).click()
    assert blank.locator(".ov-share .ov-told").inner_text() == WORDS["copy_by_hand"]["zh"]
    text = blank.locator(".ov-copied")
    assert text.input_value().startswith("http://explorer.test/#s=beale&")
    assert text.evaluate("(box) => box.selectionEnd") == len(text.input_value())


def luminance(pixels):
    """Relative luminance, as the WCAG define it."""
    share = pixels[..., :3] / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("link", ["#theme=dark", "#s=beale&lang=zh"])
def test_a_dark_page_is_printed_light(link, show, tmp_path):
    shown = show(link, color_scheme="dark")
    shown.settle()
    page = shown.page
    before = shown.pixels("plane")
    page.pdf(path=tmp_path / "page.pdf", print_background=True)
    pdf = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    pixels = pdf[0].render(scale=2).to_numpy()
    light = luminance(pixels)
    assert light[:8].min() > 0.95  # paper
    assert np.mean(light < 0.05) < 0.1  # no dark areas, letters and lines alone
    text = pdf[0].get_textpage()
    height = pdf[0].get_height()
    contrasts = []
    for i in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(i)
        rows = slice(int(2 * (height - top)), int(2 * (height - bottom)) + 1)
        part = light[rows, int(2 * left) : int(2 * right) + 1]
        if text.get_text_range(i, 1).isalnum() and part.size > 12:
            contrasts.append((part.max() + 0.05) / (part.min() + 0.05))
    assert len(contrasts) > 100
    assert min(contrasts) > 4.5
    # The contour is there, in the greys of the theme for print.
    plane = light[220:1100, 200:600]
    assert 0.02 < plane.std() < 0.4
    assert len(np.unique(plane.round(2))) > 20
    assert np.ptp(pixels[220:1100, 200:600, :3].astype(int), axis=-1).mean() < 12
    shown.settle()
    # On the screen it is dark again; edges are smoothed otherwise after a canvas was read.
    for old, new in zip(before, shown.pixels("plane"), strict=True):
        pictures = [Image.open(io.BytesIO(base64.b64decode(u.split(",")[1]))) for u in (old, new)]
        assert np.mean(np.asarray(pictures[0]) != np.asarray(pictures[1])) < 0.01
    assert page.evaluate("optviz.model.theme === optviz.model.data.themes.dark")


def test_marks_and_swatches_are_there_in_forced_colours(show):
    shown = show("#s=beale&o=adam:lr=0.1&n=8&k=3")
    shown.page.emulate_media(forced_colors="active")
    for part in (".ov-swatch", ".ov-square"):
        colours = shown.page.locator(part).evaluate_all(
            "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
        )
        assert colours
        assert not set(colours) & {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    mark = shown.page.locator(".ov-racer .ov-mark > *").first
    fill = mark.evaluate("(mark) => getComputedStyle(mark).fill")
    assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", fill)
    assert fill != "rgb(255, 255, 255)"
