"""What a person does with the page: each check has a fresh page, and says what went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from links import links
from webdriver import Page, until

from optviz.words import words_of

TAB, ENTER, LEFT, RIGHT = "\ue004", "\ue007", "\ue012", "\ue014"
SHIFT, CONTROL = "\ue008", "\ue009"
# How files begin: where, and with what.
SIGNATURES = {
    "png": (0, b"\x89PNG"),
    "gif": (0, b"GIF8"),
    "webm": (0, b"\x1a\x45\xdf\xa3"),
    "mp4": (4, b"ftyp"),
}
FILM = 300  # seconds that a film may take
WORDS = words_of("everywhere", "page")


class NotTriedError(Exception):
    """What a driver cannot do, which is no fault of the page."""


@dataclass(frozen=True)
class Visit:
    """An open page, and the folder in which its browser saves files."""

    page: Page
    url: str
    folder: Path

    def click(self, name):
        self.page.point(self.page.call("place", name))

    def focus(self, name):
        self.page.run("window.checks.named(given[0]).focus();", name)

    def is_focused(self, name):
        return self.page.run(
            "return document.activeElement === window.checks.named(given[0]);", name
        )

    def starts(self):
        return self.page.value("window.optviz.model.state.starts")

    def window(self):
        return self.page.value("window.optviz.model.window")

    def complaints(self):
        return self.page.value("window.complaints")

    def state(self):
        return json.loads(self.page.call("state"))


def word(name, language="en"):
    return WORDS[name][language]


def start_of(name):
    """Of a word with values: what comes before the first, as `checks.named` takes it."""
    return word(name).split("{")[0].strip() + "…"


RING = start_of("start_handle")
CHECKS: dict[str, Callable[[Visit], str | None]] = {}


def check(name):
    """List a check under a name; it may return what it has to tell."""

    def keep(function):
        CHECKS[name] = function
        return function

    return keep


def must(condition, otherwise):
    if not condition:
        raise AssertionError(otherwise)


@check("Play plays, Pause stops")
def plays(visit):
    visit.click(word("rewind"))
    visit.page.wait("window.optviz.model.state.at === 0")
    visit.click(word("play"))
    visit.page.wait("window.optviz.model.state.at > 3")
    visit.click(word("pause"))
    visit.page.wait("!window.optviz.model.state.playing")


def drags(visit, touch):
    ring = visit.page.call("place", RING)
    visit.page.run("""
        window.kinds = [];
        addEventListener("pointerdown", ({ pointerType }) => window.kinds.push(pointerType));""")
    before = visit.starts()
    visit.page.point(ring, (ring[0] - 20, ring[1] - 15), (ring[0] - 45, ring[1] - 30), touch=touch)
    kind = visit.page.value("window.kinds[0]")
    if touch and kind == "mouse":
        raise NotTriedError("its driver has no touch")
    after = visit.starts()
    must(after != before, "the start stays")
    must(len(after) == 1, "a start was added")
    begins = visit.page.value(
        "window.optviz.model.running.map(({ run: { points: [x, y] } }) => [x, y])"
    )
    must(begins == after * len(begins), "the runs begin elsewhere")


@check("the ring by mouse")
def mouse(visit):
    drags(visit, touch=False)


@check("the ring by touch")
def touch(visit):
    drags(visit, touch=True)


@check("ring and plane by keys")
def keys(visit):
    [(x, y)] = visit.starts()
    visit.focus(RING)
    visit.page.press(RIGHT, (SHIFT, RIGHT))
    [(moved, same)] = visit.starts()
    must(moved > x and abs(same - y) < 1e-9, "arrows do not move the ring")
    visit.focus(word("plane"))
    visit.page.press(LEFT)
    must(visit.starts()[0][0] < moved, "arrows do not move the start from the plane")
    whole = visit.window()
    visit.page.press("+")
    must(visit.window() != whole, "+ does not zoom")
    visit.page.press("0")
    must(visit.window() == whole, "0 does not show the whole")


@check("Tab reaches every control")
def tab(visit):
    count = visit.page.call("startWalk")
    visit.page.press(*[TAB] * (count + 5))
    missed = visit.page.call("missed")
    must(not missed, f"not reached: {missed}")
    return f"{count} controls"


@check("a link, in a fresh tab and an open page")
def same_state(visit):
    known = links()
    for link, named in known:
        visit.page.open_tab(f"{visit.url}{link}")
        fresh = visit.state()
        for name, value in named.items():
            must(fresh[name] == value, f"{link}: {name} is {fresh[name]}")
        written = visit.page.run("""
            await new Promise((done) => setTimeout(done, 500)); // the address follows in 0.3 s
            return location.hash;""")
        visit.page.close_tab()
        for way, hash_ in (("an open page", link), ("the address bar", written)):
            visit.page.call("follow", hash_)
            found = visit.state()
            other = {name: found[name] for name in fresh if found[name] != fresh[name]}
            must(not other, f"{link}: by {way} {other}")
    return f"{len(known)} links"


@check("focus stays at a change of language")
def language(visit):
    for name in ("surface", "theme", "speed"):
        visit.focus(word(name))
        for other in ("zh", "en"):
            visit.page.run("window.optviz.model.look({ language: given[0] });", other)
            wait_for(visit, word(name, other))
            must(visit.is_focused(word(name, other)), f"{name} lost the focus")
    visit.focus(word("language"))
    visit.page.press(ENTER)
    wait_for(visit, word("language", "zh"))
    must(visit.is_focused(word("language", "zh")), "the button of languages lost the focus")


@check("Copy command")
def copy(visit):
    visit.click(word("command"))
    by_hand, copied = word("copy_by_hand"), word("copied").split("{")[0]
    visit.page.wait(
        f"[{by_hand!r}, {copied!r}].some((text) => window.checks.told().includes(text))"
    )
    told = visit.page.call("told")
    if by_hand in told:
        text = visit.page.run("""
            const { value, selectionStart, selectionEnd } = document.activeElement;
            return value.slice(selectionStart, selectionEnd);""")
        must(text.startswith("optviz animate"), f"selected is: {text}")
        return "selected, to be copied by hand"
    visit.click(word("own_title"))
    visit.focus(word("formula"))
    visit.page.press((CONTROL, "a"), (CONTROL, "v"))
    text = visit.page.value("document.activeElement.value")
    must(text.startswith("optviz animate"), f"the clipboard holds: {text}")
    must(text in told, f"copied is {text}, not what the page says")
    return "copied"


@check("Save PNG")
def png(visit):
    visit.click(word("png"))
    return saved(visit, 30)


@check("the buttons for films")
def film(visit):
    """Each makes a film that can be opened, or says that this browser cannot."""
    notes = []
    refusals = [word(name) for name in ("no_film", "no_video") if name in WORDS]
    for name in (each for each in ("film", "gif", "video") if each in WORDS):
        visit.click(word(name))
        notes.append(saved(visit, FILM, refusals))
    return ", ".join(notes)


def saved(visit, seconds, refusals=()):
    """The kind and size of a file that is being saved, or that the page says it cannot."""

    def answer():
        must(not (said := visit.complaints()), f"the page complains: {said}")
        told = visit.page.call("told")
        return file_in(visit.folder) or next((text for text in refusals if text in told), None)

    path = until(answer, seconds, "a saved file")
    if isinstance(path, str):
        must(not visit.page.call("makesVideo"), f"the browser could, but the page says: {path}")
        return "no video, and the page says so"
    kind = path.suffix[1:]
    at, signature = SIGNATURES[kind]
    until(lambda: path.read_bytes()[at:].startswith(signature), what=f"{path.name} to be {kind}")
    size = path.stat().st_size
    path.unlink()
    return f"{kind} {size / 1e3:.0f} kB"


def file_in(folder):
    found = (path for path in folder.rglob("*.*") if path.suffix[1:] in SIGNATURES)
    return next((path for path in found if path.stat().st_size), None)


def wait_for(visit, name):
    """Until something has this name."""
    until(lambda: visit.page.run("return Boolean(window.checks.named(given[0]));", name), what=name)
