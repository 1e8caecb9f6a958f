"""The widget in a real JupyterLab: Python and the picture follow each other."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request

import ipywidgets
import nbformat
import numpy as np
import pytest
from commands import environment

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

    def test_a_start_that_a_formula_has_no_value_at_is_left(self):
        explorer = optviz.explore("beale", ["gd"], steps=5)
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

    @pytest.mark.parametrize(
        ("name", "value", "part"),
        [
            ("surface", "himmelblau(", "formula"), ("domain", (1, 0, 0, 1), "domain"),
            ("start", (float("nan"), 0), "finite"), ("steps", 0, "steps"),
            ("optimizers", ["adm:lr=1"], "'adam'"), ("optimizers", [], "at least one"),
        ],
    )  # fmt: skip
    def test_a_wrong_value_is_refused_and_the_old_one_stays(self, name, value, part):
        explorer = optviz.explore("sphere")
        before = getattr(explorer, name)
        with pytest.raises(InputError, match=part):
            setattr(explorer, name, value)
        assert getattr(explorer, name) == before

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
    explorer = optviz.explore("beale", ["gd:lr=0.0001", "adam:lr=0.2"], start=(1, 1), steps=50)
    explorer.frame = 20
    path = explorer.save(tmp_path / "x.html")
    context, page, errors = shown_offline(browser, path.as_uri())
    page.wait_for_function("() => globalThis.optviz?.running")
    assert page.evaluate("optviz.state.at") == 20
    for i, run in enumerate(explorer.trajectories):
        points = page.evaluate(f"Array.from(optviz.running[{i}].run.points)")
        np.testing.assert_array_equal(points, run.points.ravel())
    assert errors == []
    context.close()


def test_embedded_it_survives_nbconvert_offline(browser, tmp_path):
    html = optviz.explore("sphere", ["gd:lr=0.1"], steps=20).embed(height=700).data
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
        return shown.inner_text()

    run(0)
    roots = page.locator(".ov-root")
    roots.nth(1).wait_for(timeout=60_000)  # both widgets are there
    first = roots.first
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
    page.wait_for_function("() => globalThis.optviz?.running")
    points = page.evaluate("Array.from(optviz.running[0].run.points)")
    np.testing.assert_array_equal(points, explorer.trajectories[0].points.ravel())
    assert "cannot be shown" in page.locator(".ov-rows").inner_text()
    assert errors == []
    context.close()
