"""The widget's protocol: what is set on either side, in any order, both sides then know."""

from __future__ import annotations

import warnings
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from notebook import Notebook, open_notebook
from traitlets import TraitError

import optviz
import surfaces
from optviz.errors import InputError
from optviz.explorer import checks


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """One page for all widgets of this module; it may complain of nothing."""
    shown = open_notebook(browser, tmp_path_factory.mktemp("notebook") / "notebook.html")
    yield shown
    assert shown.errors == []
    shown.context.close()


LOG = "log(x) + y**2"
FAR = "log(x - 10) + y**2"  # finite nowhere in the usual window
VALUES = {
    "surface": ["rosenbrock", "himmelblau", "sphere", "x**2 + 3*y**2", LOG, FAR],
    "domain": [(0.1, 5, -2, 2), (-9, 9, -9, 9), (11, 15, -2, 2)],
    "starts": [[(1, 1)], [(12, 1)], [(-2, 1), (1, 1)], [(-3, -3)]],
    "steps": [70, 30, 5], "frame": [0, 20.5, 30, 60],
    "racers": [["gd"], ["adam:lr=0.1", "-momentum", "gd:lr=1e-05"], ["-gd", "-adam"]],
    "noise": [0.5], "seed": [3], "speed": [2], "language": ["zh"], "theme": ["dark"],
    "views": [["loss"], []], "letters": ["large"], "colouring": ["minimum"], "camera": [(1, 0.5)],
    "basins": [True],
    "window": [(0, 1, 0, 2), None], "selected": [0],
}  # fmt: skip
SAME = set(VALUES) - {
    "surface",
    "racers",
    "frame",
    "selected",
}  # traits that are the state's fields


def begun():
    """An explorer none of whose followers were set by hand."""
    return optviz.explore("beale", ["gd", "adam:lr=0.2"])


def expected(given):
    """The traits in the end: those that were set, and what follows from them."""
    explorer = begun()
    begin = {trait: getattr(explorer, trait) for trait in VALUES}
    explorer.close()
    name = given.get("surface", "beale")
    known = name in surfaces.names()
    x0, x1, y0, y1 = given.get("domain", begin["domain"])
    usual = surfaces.get(name) if known else None
    if not known and "starts" not in given:
        usual = surfaces.from_formula(name, ((x0, x1), (y0, y1)))
    steps = given.get("steps", usual.steps if usual else 200)
    follows = {"starts": [usual.start] if usual else None, "steps": steps, "frame": steps}
    all_of = begin | follows | given
    return all_of | {"start": all_of["starts"][0]}


def is_finite(given):
    """Whether what is asked for in the end can be shown."""
    (x0, x1, y0, y1), name = given.get("domain", (-5, 5, -5, 5)), given.get("surface", "beale")
    if name in surfaces.names():
        return True
    try:
        for start in given.get("starts", [None]):
            surfaces.from_formula(name, ((x0, x1), (y0, y1)), start)
    except InputError:
        return False
    return True


def choices(names):
    return st.fixed_dictionaries({}, optional={n: st.sampled_from(VALUES[n]) for n in names})


def plain(value):
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def check_agreement(notebook, view=0):
    """Kernel, host and a view are at one, and so are their runs."""
    explorer, shown = notebook.explorer, notebook.shown(view)
    assert notebook.known() == notebook.told()
    for name in SAME - {"domain"}:
        assert plain(getattr(explorer, name)) == shown[name], name
    assert explorer.surface == (shown["surface"] or shown["formula"])
    if not shown["surface"]:
        assert list(explorer.domain) == shown["domain"]
    assert shown["at"] == min(explorer.frame, explorer.steps)
    racers = [
        [spec.removeprefix("-").split(":")[0], spec[0] != "-", "lr=" not in spec]
        for spec in explorer.racers
    ]
    assert racers == shown["racers"]
    if explorer.noise == 0:
        for run, points in zip(explorer.trajectories, shown["runs"], strict=True):
            np.testing.assert_array_equal(run.points.ravel(), np.array(points, float))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), asked=choices(VALUES).filter(is_finite),
       how=st.sampled_from([None, "hold_sync", "hold_trait_notifications"]),
       apart=st.booleans())  # fmt: skip
@example(data=None, asked={"domain": (11, 15, -2, 2), "noise": 0.5, "steps": 70, "surface": FAR},
         how="hold_sync", apart=True)  # fmt: skip
def test_set_in_any_order_traits_end_as_set(page, data, asked, how, apart):
    order = data.draw(st.permutations(sorted(asked))) if data else sorted(asked)[::-1]
    with Notebook(page, begun()) as notebook:
        explorer = notebook.explorer
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of what waits for another trait
            for some in [order[: len(order) // 2], order[len(order) // 2 :]]:
                with getattr(explorer, how)() if how else nullcontext():
                    for name in some:
                        setattr(explorer, name, asked[name])
        assert notebook.deliver(apart) == 0  # the page has answered nothing
        for name, value in expected(asked).items():
            assert getattr(explorer, name) == value, name
        check_agreement(notebook)
        assert notebook.shown()["notice"] == ""


# What people do in the page, as calls of the model.
DEEDS = [
    "chooseSurface('rosenbrock')", "chooseSurface('sphere')", "chooseLesson('gd-zigzags')",
    "useFormula('log(x) + y**2', [0.1, 5, -2, 2])", "moveStart(0, [1, 1.5])", "addStart([2, 1])",
    "addRacer('momentum')", "removeRacer(0)", "setRacer(0, {on: false})", "setRate(0, 1e-5)",
    "tuneAll()", "setNumbers({steps: 40})", "setNumbers({noise: 0.1})", "goTo(12.5)",
    "look({theme: 'dark'})", "look({views: ['loss']})", "zoom(0.5)", "select(0)",
    "look({colouring: 'minimum'})", "look({camera: [1, 0.5]})", "copyRacer(0)",
]  # fmt: skip
SETS = choices(set(VALUES) - {"domain"}).map(lambda d: {k: d[k] for k in list(d)[:2]})


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=st.lists(st.sampled_from(DEEDS) | SETS, min_size=1, max_size=5),
       views=st.sampled_from([1, 2]), data=st.data())  # fmt: skip
@example(doings=["moveStart(0, [1, 1.5])", {"steps": 30}], views=2, data=None)
@example(doings=["moveStart(0, [1, 1.5])", "tuneAll()"], views=2, data=None)
def test_the_page_and_python_agree_whoever_did_what(page, doings, views, data):
    with Notebook(page, begun(), views) as notebook:
        explorer = notebook.explorer
        for doing in doings:
            if isinstance(doing, str):
                view = data.draw(st.integers(0, views - 1)) if data else 0
                notebook.do(doing, view)
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                with explorer.hold_sync():
                    for name, value in doing.items():
                        setattr(explorer, name, value)
            notebook.deliver()
        if explorer._problem():
            return  # what Python asked for last cannot be shown
        for view in range(views):
            check_agreement(notebook, view)


def test_what_python_refuses_of_the_page_is_said_there(page, monkeypatch):
    with Notebook(page, begun()) as notebook:
        explorer = notebook.explorer

        def refuse(name):
            raise InputError(f"surface must be another one; not {name}")

        monkeypatch.setattr(explorer, "_check_surface", refuse, raising=False)
        notebook.do("useFormula('x + y**2', [-1, 1, -1, 1])")
        assert (explorer.surface, explorer.start) == ("beale", surfaces.get("beale").start)
        check_agreement(notebook)
        notice = notebook.shown()["notice"]
        assert notice == "Python refused the change: surface must be another one; not x + y**2"
        notebook.do("moveStart(0, [1, 1])")
        assert notebook.shown()["notice"] == ""
        assert explorer.start == (1, 1)


def test_the_page_says_what_it_waits_for(page):
    with Notebook(page, begun()) as notebook:
        explorer = notebook.explorer
        with pytest.warns(UserWarning, match="finite somewhere"):
            explorer.surface = FAR
        explorer.language = "zh"
        notebook.deliver()
        shown = notebook.shown()
        assert "finite" in shown["notice"] or "有限" in shown["notice"]
        assert (shown["surface"], shown["language"]) == ("beale", "zh")
        # What is done there meanwhile takes its place.
        notebook.do("moveStart(0, [2, 2])")
        assert (explorer.surface, explorer.start) == ("beale", (2, 2))
        check_agreement(notebook)


def test_a_link_between_widgets_in_the_browser(page):
    """ipywidgets.jslink sets traits in the page; Python hears of it as of any change there."""
    with Notebook(page, begun(), views=2) as notebook:
        links = [
            ("frame", 12.5), ("steps", 25), ("speed", 2), ("start", [1, 2]),
            ("optimizers", ["adam:lr=0.1"]), ("noise", 0.1), ("noise", 0),
        ]  # fmt: skip
        for name, value in links:
            page.evaluate("([name, value]) => notebook.link(name, value)", [name, value])
            notebook.deliver()
            known = getattr(notebook.explorer, name)
            assert plain(known) == value
            for view in range(2):
                check_agreement(notebook, view)


def test_what_was_moved_in_the_page_stays_where_python_sets_the_surface(page):
    with Notebook(page, begun()) as notebook:
        explorer = notebook.explorer
        notebook.do("moveStart(0, [1, 1.5])")
        explorer.surface = "rosenbrock"
        notebook.deliver()
        assert explorer.start == (1, 1.5)
        rates = [run.optimizer.lr for run in explorer.trajectories]
        steps = surfaces.get("rosenbrock").steps
        assert rates == [optviz.tune("rosenbrock", "gd", (1, 1.5), steps).lr, 0.2]
        check_agreement(notebook)
        notebook.do("chooseSurface('sphere')")  # with its own start
        explorer.surface = "himmelblau"
        notebook.deliver()
        usual = surfaces.get("himmelblau")
        assert (explorer.start, explorer.steps) == (usual.start, usual.steps)
        check_agreement(notebook)


def test_playing_begins_anew_at_the_end(page):
    with Notebook(page, begun()) as notebook:
        notebook.explorer.playing = True
        notebook.deliver()
        shown = notebook.shown()
        assert (shown["playing"], shown["at"]) == (True, 0)


def test_two_views_keep_their_rows(page):
    with Notebook(page, begun(), views=2) as notebook:
        explorer = notebook.explorer
        for i in range(2):
            notebook.do(f"setRacer({i}, {{on: false}})", view=0)
        assert (explorer.optimizers, explorer.racers) == ([], ["-gd", "-adam:lr=0.2"])
        for view in range(2):
            check_agreement(notebook, view)
        notebook.do("setRacer(1, {on: true})", view=1)
        assert explorer.optimizers == ["adam:lr=0.2"]
        check_agreement(notebook, 0)


NUMBERS = st.sampled_from([0, 1, -1, 2.5, 1e9, -1e-9, 1e-300, 20000, 20001, 2**31, 2**31 + 1,
                           float("nan"), float("inf")])  # fmt: skip
FIELDS = {
    "steps": NUMBERS, "seed": NUMBERS, "noise": NUMBERS, "speed": NUMBERS,
    "theme": st.sampled_from(["auto", "light", "dark", "print", "pink"]),
    "language": st.sampled_from(["en", "zh", "fr"]),
    "letters": st.sampled_from(["usual", "large", ""]),
    "colouring": st.sampled_from(["optimizer", "minimum", "start"]),
    "views": st.lists(st.sampled_from([*checks.VIEWS, "lr"]), max_size=3),
    "window": st.none() | st.lists(st.sampled_from([-1, 0, 1, 2]), min_size=3, max_size=4),
    "camera": st.none() | st.lists(st.sampled_from([-1, 0.5, float("nan")]), max_size=3),
    "starts": st.lists(st.sampled_from([(1, 1), (0, 0.5), (float("nan"), 0)]), max_size=25),
    "lesson": st.sampled_from(["", "gd-zigzags", "gd-zigzag"]),
}  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(sorted(FIELDS)))
def test_python_and_the_page_allow_the_same(page, explorer, data, name):
    value = data.draw(FIELDS[name])
    refused = page.evaluate("([name, value]) => notebook.refuses(name, value)", [name, value])
    try:
        setattr(explorer, name, value)
    except (InputError, TraitError):
        assert refused
    else:
        assert not refused


@pytest.fixture(scope="module")
def explorer(page):
    with Notebook(page, begun()) as notebook:
        yield notebook.explorer
