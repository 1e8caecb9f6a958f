"""A film's page in a real Chromium: the very runs of the film, and what becomes of them there."""

from __future__ import annotations

import dataclasses
import re
import shlex
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from engine import same_bits
from explorer_page import PAINTED

import optviz
import surfaces
from optviz.optimizers import Optimizer, Rate
from optviz.records.labels import labels
from optviz.records.trajectory import Trajectory
from optviz.scene.marks import marks
from optviz.scene.themes import THEMES
from optviz.words import words_of

NOTES = {word: words_of("page")[word] for word in ("recorded", "recorded_fixed")}


@dataclass(frozen=True)
class Shrinking(Optimizer):
    """A rule of the user's own that a browser can run."""

    lr: Rate = 0.01

    def slots(self, zeros: Any) -> Any:
        return {"seen": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, seen: Any) -> Any:
        seen = seen + abs(grad)
        return -lr * grad / (1 + 0.01 * seen), {"seen": seen}


class Page:
    """An open page, what it asked of the network and complained of."""

    def __init__(self, context, path):
        self.page = context.new_page()
        self.faults = []
        self.page.on("request", lambda asked: self._refuse(asked.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(path.as_uri())
        self.wait()

    def _refuse(self, url):
        if not url.startswith(("file:", "blob:")):
            self.faults.append(url)

    def wait(self):
        self.page.wait_for_function("() => globalThis.optviz?.model.running")
        self.page.evaluate("new Promise((done) => setTimeout(done, 60))")

    def set(self, start=None, steps=None):
        if start:
            self.page.evaluate("(start) => optviz.model.moveStart(0, start)", start)
        if steps:
            self.page.evaluate("(steps) => optviz.model.setNumbers({ steps })", steps)
        self.wait()

    def reload_by_link(self):
        """Open it again with the state in the address bar."""
        self.page.evaluate("optviz.model.zoom(0.9)")
        self.page.wait_for_function("() => location.hash.includes('w=')")
        self.page.reload()
        self.wait()

    def array(self, i, name):
        found = self.page.evaluate(f"Array.from(optviz.model.running[{i}].run.{name})")
        return np.array([float(number) for number in found])

    def notes(self):
        """What is said of each optimizer."""
        rows = self.page.locator(".ov-racer").all()
        return [
            [n.inner_text() for n in r.locator(".ov-note").all() if n.is_visible()] for r in rows
        ]


@pytest.fixture
def show(browser, tmp_path):
    opened = []

    def save_and_open(runs, **settings):
        path = optviz.Animation(runs, **settings).save(tmp_path / "film.html")
        context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
        opened.append((context, Page(context, path)))
        return opened[-1][1]

    yield save_and_open
    for context, page in opened:
        assert page.faults == []
        context.close()


def arrays_of(run):
    named = {"points": run.points, "values": run.values, "gradients": run.gradients,
             "steps": run.steps_taken}  # fmt: skip
    return named | {f"states.{slot}": state for slot, state in run.states.items()}


def assert_shown(page, runs):
    """The page holds these runs, bit for bit."""
    assert page.page.evaluate("optviz.model.running.length") == len(runs)
    for i, run in enumerate(runs):
        for name, expected in arrays_of(run).items():
            assert same_bits(page.array(i, name), expected.ravel()), (i, name)
        facts = page.page.evaluate(
            """(i) => {
              const { run } = optviz.model.running[i];
              return [run.status, run.length, run.divergedAt, run.leftAt];
            }""",
            i,
        )
        left = len(run) + 1 if run.status == "left" else None
        assert facts == [run.status, len(run), run.diverged_at, left]


def altered(run, seed=0):
    """The record of a run that nobody can make again, without a round number in it."""
    rng = np.random.default_rng(seed)
    arrays = {
        name: getattr(run, name) * (1 + rng.normal(scale=1e-2, size=getattr(run, name).shape))
        for name in ("points", "values", "gradients", "steps_taken")
    }
    arrays["gradients"][3] = -0.0
    states = {slot: state * np.pi for slot, state in run.states.items()}
    return dataclasses.replace(run, **arrays, states=states)


@pytest.mark.parametrize("kind", [".json", ".npz"])
def test_loaded_runs_are_shown_as_they_are(kind, tmp_path, show):
    runs = []
    for i, spec in enumerate(["gd:lr=0.01", "adam:lr=0.3", "rmsprop:lr=0.05"]):
        made = altered(optviz.descend("himmelblau", spec, steps=30 - i), seed=i)
        runs.append(Trajectory.load(made.save(tmp_path / f"{i}{kind}")))
    page = show(runs)
    assert_shown(page, runs)
    assert page.notes() == [[NOTES["recorded"]["en"]]] * 3


def test_the_curves_on_the_page_are_those_of_the_recorded_values(show):
    runs = [altered(optviz.descend("himmelblau", "gd:lr=0.01", steps=25))]
    page = show(runs)
    places, (low, high), inner = page.page.evaluate(
        "[Array.from(optviz.curves.places[0]), optviz.curves.range, optviz.curves.inner]"
    )
    heights = np.clip(np.log10(np.maximum(runs[0].values, 1e-300)), low, high)
    expected = inner["top"] + (high - heights) / (high - low) * inner["height"]
    np.testing.assert_allclose(places[1 : 2 * len(expected) : 2], expected, rtol=1e-12)


def test_a_changed_setting_runs_anew_and_the_old_one_shows_the_record_again(show):
    made = [optviz.descend("himmelblau", spec, steps=20) for spec in ("gd:lr=0.01", "adam:lr=0.3")]
    recorded = [altered(run) for run in made]
    page = show(recorded)
    start = recorded[0].points[0].tolist()
    settings = {"start": start, "steps": 20}
    for change in ({"start": [1.5, 0.25]}, {"steps": 30}):
        page.set(**change)
        now = settings | change
        assert_shown(page, [optviz.descend("himmelblau", r.optimizer, **now) for r in made])
        assert page.notes() == [[], []]
        page.set(**settings)
        assert_shown(page, recorded)
    rate = page.page.get_by_role("spinbutton", name="Adam lr")
    rate.fill("0.1")
    rate.press("Enter")
    page.wait()
    assert_shown(page, [recorded[0], optviz.descend("himmelblau", "adam:lr=0.1", start, 20)])
    assert page.notes() == [[NOTES["recorded"]["en"]], []]


def test_a_link_and_a_reload_keep_the_record(show):
    recorded = [altered(optviz.descend("beale", "adam:lr=0.1", steps=12))]
    page = show(recorded, language="zh")
    page.reload_by_link()
    assert_shown(page, recorded)
    assert page.notes() == [[NOTES["recorded"]["zh"]]]


def test_a_reload_keeps_more_runs_and_steps_than_a_slider_offers(show):
    specs = [f"gd:lr={rate}" for rate in np.linspace(0.0001, 0.002, 20)]
    many = [optviz.descend("beale", spec, steps=3) for spec in specs]
    long = [optviz.descend("sphere", "gd:lr=0.0001", steps=20_500)]
    for recorded in (many, long):
        page = show(recorded)
        page.reload_by_link()
        assert_shown(page, recorded)


def test_a_label_cannot_end_or_hide_the_script(show):
    run = optviz.descend("booth", Shrinking(0.01), steps=3)
    surface = dataclasses.replace(
        run.surface, name="<!--<script>", title={"en": "</script><!--<script>"}
    )
    recorded = [dataclasses.replace(run, surface=surface)]
    assert_shown(show(recorded), recorded)


def test_what_cannot_run_in_a_browser_stays_as_it_was_recorded(show):
    runs = [
        optviz.descend("himmelblau", optimizer, steps=15)
        for optimizer in (
            optviz.from_torch(torch.optim.ASGD, lr=0.01),
            optviz.from_torch(torch.optim.SGD, lr=0.02, momentum=0.5),
            optviz.Adam(lr=0.3),
            Shrinking(0.05),
        )
    ]
    page = show(runs)
    assert_shown(page, runs)
    fixed, free = [NOTES["recorded_fixed"]["en"]], [NOTES["recorded"]["en"]]
    assert page.notes() == [fixed, fixed, free, free]
    boxes = [row.get_by_role("spinbutton").count() for row in page.page.locator(".ov-racer").all()]
    assert boxes[:2] == [0, 0]
    assert 0 not in boxes[2:]
    names = [label.inner_text() for label in page.page.locator(".ov-racer .ov-tick").all()]
    assert names[:2] == ["torch ASGD lr=0.01", "torch SGD lr=0.02, momentum=0.5"]
    page.set(start=[1, 1])
    anew = [optviz.descend("himmelblau", run.optimizer, (1, 1), 15) for run in runs[2:]]
    assert_shown(page, [*runs[:2], *anew])
    assert page.notes() == [fixed, fixed, [], []]
    page.page.get_by_role("button", name="Tune rates").click()
    page.page.select_option("select[aria-label='Surface']", "beale")
    page.wait()
    assert page.page.evaluate("optviz.model.running.map(({ name }) => name)") == [
        "Adam",
        "Shrinking",
    ]


def test_runs_of_one_spec_are_each_shown(show):
    runs = [optviz.descend("beale", "gd:lr=0.01", steps=9, noise=2.0, seed=k) for k in range(3)]
    page = show(runs)
    assert_shown(page, runs)
    page.page.evaluate("optviz.model.removeRacer(0)")
    page.wait()
    assert_shown(page, runs[1:])


STARTS = [(2, 3), (-2, 3), (-2, -3)]


def test_runs_from_several_starts_are_each_shown(show):
    specs = ["gd:lr=0.01", "adam:lr=0.2", "adam:lr=0.1"]
    made = optviz.race("himmelblau", specs, starts=STARTS, steps=30)
    runs = [altered(run, seed=i) for i, run in enumerate(made)]
    # Their starts are the settings of the page.
    runs = [
        dataclasses.replace(run, points=np.concatenate([known.points[:1], run.points[1:]]))
        for run, known in zip(runs, made, strict=True)
    ]
    page = show(runs)
    assert_shown(page, runs)
    assert page.page.evaluate("optviz.model.state.starts") == [list(start) for start in STARTS]
    assert page.page.locator(".ov-start").count() == 3
    assert page.notes() == [[NOTES["recorded"]["en"]]] * 3
    page.reload_by_link()
    assert_shown(page, runs)

    moved = [(1, 1), *STARTS[1:]]
    page.set(start=moved[0])
    assert_shown(page, optviz.race("himmelblau", specs, starts=moved, steps=30))
    assert page.notes() == [[]] * 3
    page.set(start=STARTS[0])
    assert_shown(page, runs)
    page.page.evaluate("optviz.model.setStarts(optviz.model.state.starts.toReversed())")
    page.wait()
    assert_shown(page, optviz.race("himmelblau", specs, starts=STARTS[::-1], steps=30))
    page.page.evaluate("optviz.model.setStarts(optviz.model.state.starts.toReversed())")
    page.page.evaluate("optviz.model.setRate(1, 0.05)")
    page.wait()
    anew = optviz.race("himmelblau", "adam:lr=0.05", starts=STARTS, steps=30)
    assert_shown(page, [*runs[:3], *anew, *runs[6:]])
    page.page.evaluate("optviz.model.removeRacer(0)")
    page.wait()
    assert_shown(page, [*anew, *runs[6:]])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_of_several_starts_looks_and_is_told_as_its_film(show, theme, language):
    specs = ["gd:lr=0.01", "adam:lr=0.2", "gd:lr=0.02"]
    runs = optviz.race("himmelblau", specs, starts=STARTS[:2], steps=30)
    page = show(runs, theme=theme, language=language)
    scene = optviz.scene.Scene(runs, theme=theme, language=language, size=(300, 300))
    shown = page.page.evaluate("optviz.model.running.map((run) => [run.colour, run.shape])")
    assert [tuple(mark) for mark in shown] == marks([run.optimizer for run in runs], THEMES[theme])
    names = page.page.evaluate("optviz.model.running.map(({ name }) => name)")
    assert names == [
        name.replace("Adam lr=0.2, ", "Adam ").replace("Adam lr=0.2，", "Adam ")
        for name in labels(runs, language)  # a rate that is not told apart stands in the list
    ]
    page.page.evaluate("optviz.flush()")
    assert page.page.locator(".ov-caption").inner_text() == scene.caption
    command = shlex.split(page.page.evaluate("optviz.model.command"))
    assert command[command.index("--starts") + 1] == "2,3; -2,3"
    assert [spec for word, spec in pairwise(command) if word == "-O"] == specs


def test_torchs_runs_from_several_starts_stay_where_they_were_recorded(show):
    optimizers = [optviz.from_torch(torch.optim.ASGD, lr=0.01), "adam:lr=0.2"]
    runs = optviz.race("himmelblau", optimizers, starts=STARTS, steps=12)
    page = show(runs)
    assert_shown(page, runs)
    assert page.notes() == [[NOTES["recorded_fixed"]["en"]], [NOTES["recorded"]["en"]]]
    own = page.page.evaluate("optviz.model.running.map(({ name }) => name)")[:3]
    assert own == labels(runs)[:3]
    page.page.evaluate("optviz.model.removeStart(2)")
    page.set(start=[1, 1])
    anew = optviz.race("himmelblau", "adam:lr=0.2", starts=[(1, 1), STARTS[1]], steps=12)
    assert_shown(page, [*runs[:3], *anew])
    assert page.page.evaluate("optviz.model.running.map(({ name }) => name)")[:3] == own


def test_a_page_has_as_many_starts_as_its_film(show):
    starts = [(x, y) for x in range(6) for y in range(5)]
    runs = optviz.race("himmelblau", "gd:lr=0.001", starts=starts, steps=3)
    page = show(runs)
    assert_shown(page, runs)
    page.reload_by_link()
    assert_shown(page, runs)


@pytest.mark.parametrize("order", [[0, 3, 1, 4, 2, 5], [0, 1, 2, 3, 4], [0, 1, 2, 4, 3, 5]])
def test_runs_that_are_no_race_from_several_starts_are_each_shown(order, show):
    race = optviz.race("himmelblau", ["gd:lr=0.01", "adam:lr=0.2"], starts=STARTS, steps=30)
    runs = [race[i] for i in order]
    page = show(runs)
    assert_shown(page, runs)
    assert page.page.evaluate("optviz.model.state.starts") == [list(map(float, runs[0].points[0]))]
    begins_there = [bool((run.points[0] == runs[0].points[0]).all()) for run in runs]
    note = {True: [NOTES["recorded"]["en"]], False: [NOTES["recorded_fixed"]["en"]]}
    assert page.notes() == [note[there] for there in begins_there]
    names = [label.inner_text() for label in page.page.locator(".ov-racer .ov-tick").all()]
    assert [name for name in names if "start" in name] == [
        label for label, there in zip(labels(runs), begins_there, strict=True) if not there
    ]
    page.set(start=[1, 1])
    assert_shown(
        page,
        [
            optviz.descend("himmelblau", run.optimizer, (1, 1), 30) if there else run
            for run, there in zip(runs, begins_there, strict=True)
        ],
    )


def test_a_page_of_a_line_fit_names_weight_and_bias_as_its_film(show):
    line = surfaces.fit_line([0, 1, 2, 3, 4], [1.1, 2.9, 5.2, 6.8, 9.1])
    runs = [optviz.descend(line, "adam:lr=0.1", steps=20)]
    views = ("contour", "loss", "profile", "anatomy")
    page = show(runs, views=views)
    painted = page.page.evaluate(PAINTED)
    for name, texts in painted.items():
        names = {letter for text in texts for letter in re.findall(r"\b[wbxy]\b", text)}
        assert names == {"plane": {"w", "b"}, "profile": {"w", "b"}}.get(name, set()), name
    assert "f(w, b), each at its own b" in painted["profile"]
    numbers, letters = r"\d+\.?\d*", r"\b[a-z]\b"
    formula = page.page.locator(".ov-head math").first
    shown = [formula.locator(tag).all_text_contents() for tag in ("mn", "mi")]
    latex = line.latex.replace("^{2}", " 2")
    assert shown == [re.findall(numbers, latex), re.findall(letters, latex)]
    anatomy = page.page.locator(".ov-anatomy")
    assert set(anatomy.locator(".ov-numbers > span:first-child").all_inner_texts()) == {"w:", "b:"}
    assert {text[-1] for text in anatomy.locator(".ov-cell").all_inner_texts()} == {"w", "b"}
    page.page.select_option("select[aria-label='Surface']", "beale")
    page.wait()
    assert {"x", "y"} <= set(page.page.evaluate(PAINTED)["plane"])
    assert set(anatomy.locator(".ov-numbers > span:first-child").all_inner_texts()) == {"x:", "y:"}


def test_runs_that_ended_early_end_there(show):
    x = y = np.linspace(-3, 3, 31)
    grid = surfaces.from_samples(x, y, -(x**2) - y[:, None] ** 2, start=(1, 0.5), name="dome")
    runs = [
        optviz.descend(grid, "gd:lr=0.3", steps=40),
        optviz.descend(grid, "gd:lr=0.01", steps=9),
    ]
    assert runs[0].status == "left"
    assert_shown(show(runs), runs)
    wild = [optviz.descend("hyperbolic_saddle", "gd:lr=5", steps=3000)]
    assert wild[0].status == "diverged"
    assert_shown(show(wild), wild)


def test_a_function_that_no_browser_can_compute_is_drawn_from_samples(show):
    def function(x, y):
        return torch.lgamma(x + 7) + 0.1 * y**2

    waves = optviz.torch_surface(function, ((-6, 6), (-2, 2)), (1, 1), name="waves")
    runs = [optviz.descend(waves, spec, steps=9) for spec in ("gd:lr=0.3", "adam:lr=0.1")]
    page = show(runs)
    assert_shown(page, runs)
    assert page.notes() == [[NOTES["recorded_fixed"]["en"]]] * 2
    notice = page.page.locator(".ov-notice")
    assert notice.inner_text() == words_of("page")["sampled"]["en"]
    points = [(0.3, -0.7), (-4.9, 1.2), (2.4, 0.1)]
    found = page.page.evaluate(
        "(points) => points.map(([x, y]) => optviz.model.value(x, y))", points
    )
    np.testing.assert_allclose(found, waves.value(points), atol=1e-3)
    page.set(start=[2, 1])
    assert_shown(page, runs)


def test_several_starts_on_a_surface_of_samples(show):
    x, y = np.linspace(-2, 2, 41), np.linspace(-1, 3, 61)
    surface = surfaces.from_samples(x, y, surfaces.rosenbrock(*np.meshgrid(x, y)))
    starts = [(-1.2, 1.0), (1.5, 2.5), (0.0, -0.5)]
    runs = optviz.race(surface, ["gd:lr=0.001", "adam:lr=0.1"], starts=starts, steps=20)
    page = show(runs)
    assert_shown(page, runs)
    assert page.page.evaluate("optviz.model.state.starts") == [list(start) for start in starts]
    assert page.page.locator(".ov-start:not([hidden])").count() == 3
    names = page.page.evaluate("optviz.model.running.map(({ name }) => name)")
    assert names == [f"{kind} start {i}" for kind in ("GD", "Adam") for i in (1, 2, 3)]
    page.reload_by_link()
    assert_shown(page, runs)
    page.page.evaluate("optviz.model.removeStart(1)")
    page.wait()
    left = optviz.race(surface, ["gd:lr=0.001", "adam:lr=0.1"], starts=starts[::2], steps=20)
    assert_shown(page, left)


SPECS = ["gd:lr=0.01", "adam:lr=0.2"]


def shown_names(page):
    return page.page.evaluate("optviz.model.running.map(({ name }) => name)")


def listed_names(page):
    names = page.page.locator(".ov-racer .ov-tick").all_inner_texts()
    return [name for name in names if name]  # others have the ticks of settings


def test_labels_of_the_users_own_are_shown_until_a_setting_changes(show):
    made = optviz.race(
        "himmelblau", ["gd:lr=0.01", "adam:lr=0.2"], steps=20, labels=["<b>x", "亚当"]
    )
    page = show(made)
    assert shown_names(page) == listed_names(page) == ["<b>x", "亚当"]
    page.page.evaluate("optviz.flush()")
    scene = optviz.scene.Scene(made, size=(300, 300))
    assert page.page.locator(".ov-caption").inner_text() == scene.caption
    page.page.evaluate("optviz.model.setRate(0, 0.02)")
    page.wait()
    assert shown_names(page) == listed_names(page) == ["GD", "亚当"]
    page.page.evaluate("optviz.model.setRate(0, 0.01)")
    page.wait()
    assert shown_names(page) == ["<b>x", "亚当"]
    page.reload_by_link()
    assert shown_names(page) == ["<b>x", "亚当"]


def test_labels_of_several_starts_are_told_apart_as_in_the_film(show):
    made = optviz.race("himmelblau", SPECS, starts=STARTS[:2], steps=9, labels=["a", "b"])
    page = show(made)
    assert shown_names(page) == labels(made)
    assert listed_names(page) == ["a", "b"]


def test_the_path_of_another_solver_stays_as_it_was_recorded(show):
    valley = surfaces.rosenbrock
    points = np.cumsum(np.random.default_rng(0).normal(scale=0.1, size=(15, 2)), axis=0)
    bfgs = Trajectory.of_points(valley, points, label="BFGS")
    runs = [bfgs, *optviz.race(valley, ["adam:lr=0.1"], start=points[0], steps=14)]
    page = show(runs)
    assert_shown(page, runs)
    assert shown_names(page) == listed_names(page) == ["BFGS", "Adam"]
    assert page.notes() == [[NOTES["recorded_fixed"]["en"]], [NOTES["recorded"]["en"]]]
    found = page.page.evaluate("optviz.model.running.map(({ colour, shape }) => [colour, shape])")
    assert [tuple(mark) for mark in found] == marks(
        [run.optimizer for run in runs], THEMES["light"]
    )
    page.set(start=[1, 1])
    assert_shown(page, [bfgs, optviz.descend(valley, "adam:lr=0.1", (1, 1), 14)])
