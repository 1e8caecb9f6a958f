"""The widget in a real JupyterLab: Python and the picture follow each other."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import nullcontext

import ipywidgets
import nbformat
import numpy as np
import pytest
from commands import environment
from traitlets import TraitError

import optviz
import surfaces
from optviz.errors import InputError
from optviz.optimizers import Optimizer, parse


class TestTraits:
    """What needs no browser."""

    def test_it_begins_with_what_was_asked(self):
        explorer = optviz.explore("beale", ["gd", optviz.Adam(lr=0.1)], steps=30, language="zh")
        assert isinstance(explorer, ipywidgets.DOMWidget)
        assert explorer.surface == "beale"
        assert explorer.optimizers == ["gd", "adam:lr=0.1"]
        assert (explorer.start, explorer.steps, explorer.frame) == ((-3, -3), 30, 30)
        assert explorer.language == "zh"

    def test_trajectories_are_what_is_on_screen(self):
        explorer = optviz.explore("beale", ["gd", "adam:lr=0.1"], steps=30)
        for made, run in zip(
            explorer.trajectories,
            optviz.race("beale", ["gd", "adam:lr=0.1"], steps=30),
            strict=True,
        ):
            np.testing.assert_array_equal(made.points, run.points)
        explorer.surface = "x**2 + y**2"
        explorer.domain = (-2, 2, -1, 1)
        explorer.start = (1, 0.5)
        assert explorer.trajectories[0].points[0].tolist() == [1, 0.5]
        assert explorer.trajectories[0].surface.formula == "x**2 + y**2"
        explorer.surface = "X²+2y^2"
        assert explorer.surface == "x**2 + 2*y**2"

    def test_a_surface_brings_its_start_and_steps_unless_they_were_given(self):
        explorer = optviz.explore("beale", ["gd"])
        explorer.surface = "rosenbrock"
        usual = surfaces.get("rosenbrock")
        assert (explorer.start, explorer.steps) == (usual.start, usual.steps)
        assert explorer.frame == usual.steps
        given = optviz.explore("beale", ["gd"], start=(-3, -3), steps=5)
        given.surface = "rosenbrock"
        assert (given.start, given.steps, given.frame) == ((-3, -3), 5, 5)
        given.frame = 2
        given.surface = "sphere"
        assert given.frame == 2

    def test_a_start_that_a_formula_has_no_value_at_is_left(self):
        explorer = optviz.explore("beale", ["gd"], start=(-3, -3), steps=5)
        explorer.surface = "x**2 + y**2"
        assert explorer.start == (-3, -3)
        explorer.surface = "ln(x) + y^2"
        assert explorer.start == surfaces.from_formula("ln(x) + y^2").start
        assert explorer.trajectories[0].points[0].tolist() == list(explorer.start)

    def test_an_own_surface_and_an_own_optimizer(self):
        from test_notation import SignDescent

        own = surfaces.from_formula("x**4 + y**2", name="mine")
        explorer = optviz.explore(own, [SignDescent(lr=0.05), "adam:lr=0.1"], steps=20)
        assert explorer.surface == "mine"
        runs = explorer.trajectories
        assert isinstance(runs[0].optimizer, SignDescent)
        assert '"mine"' in explorer._esm
        assert "signdescent: {" in explorer._esm

    def test_what_is_set_together_is_kept(self):
        explorer = optviz.explore("beale", ["gd", "adam:lr=0.1"])
        with explorer.hold_sync():
            explorer.start = (-2, 1)
            explorer.surface = "himmelblau"
            explorer.steps = 70
        assert (explorer.surface, explorer.start, explorer.steps) == ("himmelblau", (-2, 1), 70)

    def test_rates_that_were_given_stay(self):
        explorer = optviz.explore("beale", ["gd", "adam:lr=0.1"], steps=50)
        before = explorer.trajectories[0].optimizer.lr
        explorer.surface = "rosenbrock"
        assert explorer.optimizers == ["gd", "adam:lr=0.1"]
        found, given = (run.optimizer.lr for run in explorer.trajectories)
        assert found == optviz.tune("rosenbrock", "gd", steps=50).lr != before
        assert given == 0.1

    def test_a_formula_its_window_and_its_start(self):
        explorer = optviz.explore("beale", ["gd"], steps=5)
        explorer.domain = (0.1, 5, -2, 2)
        explorer.start = (1, 1)
        explorer.surface = "log(x)+y**2"
        assert explorer.start == (1, 1)
        assert explorer.trajectories[0].surface.domain == ((0.1, 5), (-2, 2))

    def test_a_formula_waits_for_its_window(self):
        explorer = optviz.explore("beale", ["gd"], steps=5)
        with pytest.warns(UserWarning, match="finite somewhere in the domain .*waits"):
            explorer.surface = "log(x - 10) + y**2"
        with pytest.raises(InputError, match="finite somewhere"):
            explorer.trajectories  # noqa: B018  # computed when it is read
        with pytest.raises(InputError, match="finite somewhere"):
            explorer.embed()
        explorer.domain = (11, 15, -2, 2)
        start = surfaces.from_formula("log(x - 10) + y**2", ((11, 15), (-2, 2))).start
        assert explorer.trajectories[0].points[0].tolist() == list(start)
        with pytest.warns(UserWarning, match="start must be a point"):
            explorer.start = (0, 0)

    def test_several_starts(self):
        points = [(1, 1), (-2, 0.5)]
        explorer = optviz.explore("sphere", ["gd", "adam:lr=0.1"], starts=points, steps=20)
        runs = optviz.race("sphere", ["gd", "adam:lr=0.1"], starts=points, steps=20)
        for made, run in zip(explorer.trajectories, runs, strict=True):
            np.testing.assert_array_equal(made.points, run.points)
            assert (made.optimizer, made.rate_fits) == (run.optimizer, run.rate_fits)
        explorer.start = (3, 3)
        assert explorer.starts == [(3, 3), (-2, 0.5)]
        explorer.starts = np.array([[0.5, 1.0]])
        assert explorer.start == (0.5, 1)
        with pytest.raises(InputError, match="once"):
            optviz.explore("sphere", start=(1, 1), starts=points)

    def test_all_racers_and_those_that_run(self):
        explorer = optviz.explore("sphere", ["gd:lr=0.1"], steps=5)
        explorer.racers = ["GD:lr=.1", "-adam:lr=0.2", "momentum:nesterov=yes"]
        assert explorer.racers == ["gd:lr=0.1", "-adam:lr=0.2", "momentum:nesterov=true"]
        assert explorer.optimizers == ["gd:lr=0.1", "momentum:nesterov=true"]
        assert len(explorer.trajectories) == 2
        explorer.racers = ["-gd:lr=0.1"]
        assert explorer.optimizers == explorer.trajectories == []
        explorer.optimizers = ["adam"]
        assert explorer.racers == ["adam"]

    def test_a_lesson_sets_what_belongs_to_it(self):
        lesson = optviz.scenarios.get("two-momenta")
        explorer = optviz.explore("beale", ["gd"], start=(1, 1), steps=7)
        explorer.lesson = "two-momenta"
        specs = [str(optimizer) for optimizer in lesson.optimizers]
        assert (explorer.surface, explorer.racers) == (lesson.surface.name, specs)
        runs = lesson.run()
        for made, run in zip(explorer.trajectories, runs, strict=True):
            np.testing.assert_array_equal(made.points, run.points)
        assert explorer.frame == explorer.steps
        explorer.surface = "sphere"
        assert explorer.lesson == ""
        assert explorer.start == surfaces.get("sphere").start
        with explorer.hold_sync():
            explorer.steps = 12
            explorer.lesson = "two-momenta"
        assert explorer.steps == 12

    @pytest.mark.parametrize(
        ("name", "value", "part"),
        [
            ("surface", "himmelblau(", "formula"), ("domain", (1, 0, 0, 1), "domain"),
            ("start", (float("nan"), 0), "finite"), ("start", 3, "two numbers"),
            ("start", (1e300, 0), "within"), ("starts", [], "1 to 24"),
            ("starts", (1, 2), "points"), ("steps", 0, "steps"),
            ("steps", 100_000, "20000, the most that a browser runs"),
            ("steps", 1.5, "steps"), ("optimizers", ["adm:lr=1"], "'adam'"),
            ("optimizers", [], "at least one"), ("optimizers", ["-gd"], "those that run"),
            ("racers", [], "1 to 100"), ("racers", ["gd:lr=-1"], "lr"),
            ("frame", 1e9, "frame"), ("frame", -5, "frame"), ("frame", float("nan"), "frame"),
            ("noise", -1, "at least 0"), ("noise", float("inf"), "finite"),
            ("speed", -1, "above 0"), ("speed", 0, "above 0"), ("seed", -3, "seed"),
            ("seed", 2**31 + 1, "seed"), ("views", ["los"], "loss"), ("theme", "pink", "theme"),
            ("language", "fr", "language"), ("window", (0, 0, 0, 1), "window"),
            ("window", (1, 2), "4 finite numbers"), ("camera", (1, float("nan")), "camera"),
            ("colouring", "blue", "colouring"), ("lesson", "gd-zigzag", "gd-zigzags"),
            ("letters", "small", "letters"), ("selected", -2, "selected"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("together", [False, True])
    def test_a_wrong_value_is_refused_and_the_old_one_stays(self, name, value, part, together):
        explorer = optviz.explore("sphere")
        before = explorer.get_state()
        held = explorer.hold_trait_notifications() if together else nullcontext()
        with pytest.raises((InputError, TraitError), match=part) as refused, held:
            setattr(explorer, name, value)
        assert "\n" not in str(refused.value)
        assert explorer.get_state() == before

    def test_a_frame_is_as_high_as_asked(self):
        explorer = optviz.explore("sphere", ["gd:lr=0.1"])
        assert 'height="700"' in explorer.embed(height=700).data
        assert "data-fit" not in explorer.embed(height=700).data

    def test_what_cannot_run_in_a_browser_is_one_line(self):
        import torch

        with pytest.raises(InputError, match="rule"):
            optviz.explore("sphere", [optviz.from_torch(torch.optim.ASGD, lr=0.1)])

    def test_two_classes_of_one_name(self):
        other = type("Adam", (Optimizer,), {"rule": lambda self, t, lr, grad: (-lr * grad, {})})
        with pytest.raises(InputError, match="Adam"):
            optviz.explore("sphere", [other(lr=0.1)])


def shown_offline(browser, url):
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    return context, page, errors


def test_saved_it_opens_as_it_was(browser, tmp_path):
    explorer = optviz.explore("beale", ["gd", "adam:lr=0.2", "momentum"], starts=[(1, 1), (-2, 1)],
                              steps=50, views=["relief"], theme="dark")  # fmt: skip
    explorer.racers = ["gd", "adam:lr=0.2", "-momentum"]
    explorer.frame = 20
    explorer.window = (0, 3, -1, 2)
    explorer.camera = (1, 0.5)
    explorer.selected = 0
    path = explorer.save(tmp_path / "x.html")
    context, page, errors = shown_offline(browser, path.as_uri())
    page.wait_for_function("() => globalThis.optviz?.model.running")
    state = page.evaluate("optviz.model.state")
    assert (state["at"], state["views"], state["theme"]) == (20, ["relief"], "dark")
    assert (state["window"], state["camera"], state["selected"]) == ([0, 3, -1, 2], [1, 0.5], 0)
    assert state["starts"] == [[1, 1], [-2, 1]]
    assert [racer["on"] for racer in state["racers"]] == [True, True, False]
    assert [racer["tuned"] for racer in state["racers"]] == [True, False, True]
    runs = page.evaluate("optviz.model.running.map(({ run }) => Array.from(run.points))")
    for points, run in zip(runs, explorer.trajectories, strict=True):
        np.testing.assert_array_equal(np.array(points, float), run.points.ravel())
    assert errors == []
    context.close()


def test_embedded_it_survives_nbconvert_offline(browser, tmp_path):
    html = optviz.explore("sphere", ["gd:lr=0.1"], steps=20).embed().data
    cell = nbformat.v4.new_code_cell("x", outputs=[
        nbformat.v4.new_output("display_data", {"text/html": html})])  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, tmp_path / "saved.ipynb")
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--template", "basic", "saved.ipynb"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    context, page, errors = shown_offline(browser, (tmp_path / "saved.html").as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("h1").wait_for()
    assert frame.locator("canvas").count() >= 4
    assert frame.get_by_role("button", name="Copy link").count() == 0
    page.wait_for_timeout(300)
    for width in (1200, 500):  # as high as what it shows: the page alone scrolls
        page.set_viewport_size({"width": width, "height": 600})
        page.wait_for_timeout(300)
        inside = frame.locator("html").evaluate(
            "({ scrollHeight, clientHeight, scrollWidth, clientWidth }) => "
            "[scrollHeight - clientHeight, scrollWidth - clientWidth, clientHeight]"
        )
        shown = frame.locator(".ov-root").bounding_box()["height"]
        assert inside[:2] == [0, 0]
        assert shown <= inside[2] < shown + 2
    assert errors == []
    context.close()


NOTEBOOK = [
    "import ipywidgets, optviz\n"
    "explorer = optviz.explore('sphere', ['gd:lr=0.1', 'adam:lr=0.2'], steps=40)\n"
    "second = optviz.explore('beale')\n"
    "frame = ipywidgets.FloatSlider(max=40)\n"
    "ipywidgets.jslink((explorer, 'frame'), (frame, 'value'))\n"
    "seen = []\n"
    "explorer.observe(lambda change: seen.append(change['new']), 'start')\n"
    "display(ipywidgets.HBox([explorer], layout={'width': '1000px'}), frame, second)",
    "print('start', explorer.start, explorer.optimizers, len(seen))",
    "explorer.steps = 25\nexplorer.surface = 'rosenbrock'\nexplorer.playing = False",
    "print('runs', [run.points[-1].tolist() for run in explorer.trajectories])",
    "with explorer.hold_sync():\n"
    "    explorer.start = (-2, 1)\n"
    "    explorer.surface = 'himmelblau'\n"
    "    explorer.steps = 70\n"
    "    explorer.optimizers = ['gd', 'adam:lr=0.1']",
    "print('kept', explorer.start, explorer.surface, explorer.steps, explorer.optimizers)",
    "explorer.frame = -5",
    "display(ipywidgets.HBox([explorer], layout={'width': '1000px'}))",
    "print('rows', explorer.racers, explorer.optimizers)",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab server of its own on a folder with one notebook; its address."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(text) for text in NOTEBOOK]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    (folder / "work").mkdir()
    nbformat.write(notebook, folder / "work" / "x.ipynb")
    settings = folder / "config/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    # By default cells out of view are unmounted, and widgets with them.
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1", "IdentityProvider.token": "", "ServerApp.password": "",
        "ServerApp.root_dir": str(folder / "work"), "ServerApp.disable_check_xsrf": "True",
        "LabApp.news_url": "", "LabApp.extension_manager": "readonly",
    }  # fmt: skip
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
             *(f"--{name}={value}" for name, value in options.items())],
            env=environment(
                JUPYTER_CONFIG_DIR=str(folder / "config"),
                JUPYTERLAB_SETTINGS_DIR=str(folder / "config/lab/user-settings"),
            ),
            stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2)
                break
            except OSError:
                assert server.poll() is None, (folder / "log").read_text()[-2000:]
                assert time.monotonic() < deadline, (folder / "log").read_text()[-2000:]
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def test_in_jupyterlab(lab, browser):
    context = browser.new_context(viewport={"width": 1400, "height": 1200})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{lab}/lab/tree/x.ipynb?reset")
    # The notebook's own sign says idle before the kernel is there; a cell run then is lost.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    cells = page.locator(".jp-Notebook .jp-CodeCell")

    def run(i):
        cells.nth(i).locator(".cm-content").click()
        page.keyboard.press("Control+Enter")

    def output(i, part):
        shown = cells.nth(i).locator(".jp-OutputArea-output pre").filter(has_text=part)
        shown.wait_for(timeout=30_000)
        return shown.inner_text().strip()

    run(0)
    roots = page.locator(".ov-root")
    roots.nth(1).wait_for(timeout=60_000)  # both widgets are there
    first = roots.first
    assert first.bounding_box()["width"] > 900  # in a box of 1000
    # The picture tells Python.
    first.locator(".ov-plane").focus()
    page.keyboard.press("Shift+ArrowLeft")
    slider = first.get_by_role("slider", name="GD lr", exact=True)
    slider.press("PageUp")
    page.wait_for_timeout(400)
    run(1)
    said = output(1, "start")
    assert "(3.5, -3.0)" in said
    assert "gd:lr=0.1'" not in said
    assert not said.endswith(" 0")  # the observer has seen it
    # A link between widgets, and playing back.
    first.get_by_role("button", name="To the start").click()
    page.wait_for_function(
        "() => document.querySelector('.widget-readout')?.textContent.startsWith('0')"
    )
    # Python tells the picture.
    run(2)
    first.locator("select[aria-label='Surface']").wait_for()
    page.wait_for_function(
        "() => document.querySelector('.ov-root select').value === 'rosenbrock'", timeout=20_000
    )
    page.wait_for_timeout(500)
    run(3)
    ends = json.loads(output(3, "runs").removeprefix("runs "))
    specs = [spec for spec in said.split("'") if ":" in spec]
    assert len(ends) == len(specs) == 2
    assert all(parse(spec) for spec in specs)
    # What is set together stays as it was set.
    run(4)
    page.wait_for_function(
        "() => document.querySelector('.ov-root select').value === 'himmelblau'", timeout=20_000
    )
    page.wait_for_timeout(500)
    run(5)
    kept = "kept (-2.0, 1.0) himmelblau 70 ['gd', 'adam:lr=0.1']"
    assert output(5, "kept") == kept
    state = page.evaluate("document.querySelector('.ov-root').optviz.model.state")
    assert (state["starts"], state["steps"], state["at"]) == (
        [[-2, 1]],
        70,
        0,
    )  # where the page was rewound to
    # What is refused is said to whoever set it.
    run(6)
    refusal = cells.nth(6).locator(".jp-OutputArea-output", has_text="frame must be a number")
    refusal.wait_for(timeout=20_000)
    # Two views of one widget keep their rows.
    run(7)
    roots.nth(2).wait_for(timeout=20_000)
    for view in (first, roots.nth(2)):
        assert view.locator(".ov-racer").count() == 2
    for i in range(2):
        first.locator(".ov-racer-head input").nth(i).uncheck()
        page.wait_for_timeout(300)
    run(8)
    assert output(8, "rows") == "rows ['-gd', '-adam:lr=0.1'] []"
    boxes = roots.nth(2).locator(".ov-racer-head input")
    assert [boxes.nth(i).is_checked() for i in range(2)] == [False, False]
    assert errors == []
    context.close()


def test_a_rule_whose_lines_cannot_be_read_runs_all_the_same(browser, tmp_path):
    from dataclasses import dataclass

    from optviz.optimizers.ops import sqrt

    @dataclass(frozen=True)
    class Helped(Optimizer):
        lr: float = 0.1

        def length(self, grad):
            return sqrt(grad * grad + 1)

        def rule(self, t, lr, grad):
            return -lr * grad / self.length(grad), {}

    explorer = optviz.explore("sphere", [Helped()], steps=30)
    path = explorer.save(tmp_path / "own.html")
    context, page, errors = shown_offline(browser, path.as_uri())
    page.wait_for_function("() => globalThis.optviz?.model.running")
    points = page.evaluate("Array.from(optviz.model.running[0].run.points)")
    np.testing.assert_array_equal(points, explorer.trajectories[0].points.ravel())
    assert "cannot be shown" in page.locator(".ov-rows").inner_text()
    assert errors == []
    context.close()
