"""A link is the explorer's whole state and nothing else, whatever has been done or damaged."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import optviz
from optviz import scenarios
from optviz.optimizers import REGISTRY

# Of a state what a link holds: not whether it plays, nor a quiz; a rate that keeps to the limits is
# not told from one of which nothing is known.
HELPERS = """() => {
  globalThis.fresh = (hash = "") => {
    const made = new optviz.model.constructor(optviz.model.data, { language: "en" });
    if (hash) made.open(hash);
    return made;
  };
  globalThis.kept = ({ playing, quiz, racers, ...state }) => JSON.stringify({
    ...state, racers: racers.map((racer) => ({ ...racer, fits: racer.fits === false })),
  });
  globalThis.drive = (model, changes) => {
    for (const [name, ...given] of changes) {
      if (/^(copy|remove)Racer$/.test(name)) given[0] %= model.state.racers.length;
      model.attempt(() => model[name](...given));
    }
    return model;
  };
}"""


@pytest.fixture(scope="module")
def models(one_page):
    """A page in which models can be made besides its own."""
    one_page.page.evaluate(HELPERS)
    return one_page.page


numbers = st.floats(-5, 5).map(lambda v: round(v, 3))
points = st.tuples(numbers, numbers).map(list)
LOOKS = [
    {"views": ["gradient", "profile", "sweep"]}, {"views": []}, {"language": "zh"},
    {"theme": "print"}, {"basins": True},
    {"theme": "dark"}, {"letters": "large"}, {"speed": 0.2}, {"colouring": "minimum"},
    {"camera": [1.23456789, 0.7]}, {"camera": None}, {"window": [-1.5, 2.5, 0.1, 0.30000001]},
]  # fmt: skip
rows = st.integers(0, 4)
changes = st.one_of(
    st.tuples(st.just("chooseSurface"), st.sampled_from(["beale", "sphere", "rosenbrock"])),
    st.tuples(st.just("chooseLesson"), st.sampled_from(scenarios.names())),
    st.tuples(st.just("useFormula"), st.sampled_from(["x^2 + 3y^2", "-x + |y|", "log(x) + y²"]),
              st.sampled_from([[-5, 5, -5, 5], [-1, 2, 0.5, 1]])),
    st.tuples(st.just("moveStart"), st.just(0), points),
    st.tuples(st.just("addStart"), points),
    st.tuples(st.just("removeStart"), st.integers(0, 2)),
    st.tuples(st.just("addRacer"), st.sampled_from(sorted(REGISTRY))),
    st.tuples(st.just("copyRacer"), rows),
    st.tuples(st.just("removeRacer"), rows),
    st.tuples(st.just("setRate"), st.just(0), st.sampled_from([1e-20, 0.1, 1 / 3, 5])),
    st.tuples(st.just("setRacer"), st.just(0), st.sampled_from([
        {"on": False},
        {"lr": {"schedule": "cosine", "hyper": {"T_max": 40, "eta_min": 0.01}, "lr": 0.2}},
    ])),
    st.tuples(st.just("tuneRacer"), st.just(0)),
    st.tuples(st.just("setNumbers"), st.sampled_from([
        {"steps": 37}, {"noise": 0.25}, {"noise": 0}, {"seed": 7}, {"steps": 20000000},
    ])),
    st.tuples(st.just("goTo"), st.floats(0, 300)),
    st.tuples(st.just("zoom"), st.sampled_from([0.5, 1.7])),
    st.tuples(st.just("look"), st.sampled_from(LOOKS)),
    st.tuples(st.just("select"), st.just(0)),
    st.tuples(st.just("startQuiz")),
)  # fmt: skip


@given(st.lists(changes, max_size=8), st.lists(changes, max_size=3))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_link_brings_the_state_to_a_fresh_and_to_an_open_page(models, made, elsewhere):
    state, *found, notices = models.evaluate(
        """([made, elsewhere]) => {
          const { link, state } = drive(fresh(), made);
          const pages = [fresh(link), drive(fresh(), elsewhere)];
          pages[1].open(`#${link}`);
          const notices = pages.map(({ notice }) => notice);
          return [kept(state), ...pages.map((page) => kept(page.state)), notices];
        }""",
        [made, elsewhere],
    )
    for page in found:
        assert json.loads(page) == json.loads(state)
    assert notices == ["", ""]


parts = st.fixed_dictionaries({}, optional={
    "s": st.sampled_from(["beale", "constructor", "__proto__", "nosuch", ""]),
    "f": st.sampled_from(["x^2+y^2", "x+", "1/0", "constructor", "log(x)+y"]),
    "d": st.sampled_from(["-1,1,-2,2", "1,1,0,1", "0,1e308,0,1", "a,b", "-1e400,0,0,1"]),
    "lesson": st.sampled_from(["washboard", "toString", "nosuch"]),
    "o": st.lists(st.sampled_from([
        "gd:lr=0.1", "~adam:lr=0.1", "-gd", "!~gd:lr=1", "constructor:lr=1", "__proto__",
        "gd:lr=constructor(0.1)", "gd:lr=-1", "gd:lr=1e999", "adam:betas=2/3", "adam:betas=0.9",
        "adam:lr=0.1,amsgrad=constructor", "adam:__proto__=1", "adam:lr=cosine(0.1,40,0)", "x" * 99,
    ]), max_size=5).map(";".join),
    "start": st.sampled_from(["1,1", "1,1;2,2", "1e308,1e308", "1e999,0", "1", "a,b;1,2", "-0,1"]),
    "n": st.sampled_from(["50", "0", "1e9", "2.5", "", "NaN", "0x10"]),
    "k": st.sampled_from(["10", "-1", "1e400", "a"]),
    "noise": st.sampled_from(["0.5", "-1", "Infinity"]),
    "seed": st.sampled_from(["3", "-3", "1.5"]),
    "v": st.sampled_from(["", "loss", "loss,nosuch", "constructor"]),
    "lang": st.sampled_from(["zh", "fr"]),
    "w": st.sampled_from(["0,1,0,1", "0,0,0,1", "0,1e308,0,1", "5,5.0000000000000001,0,1"]),
    "cam": st.sampled_from(["1,0.5", "1e308,0", "1"]),
    "sel": st.sampled_from(["0", "99", "-5", "a"]),
    "colour": st.sampled_from(["minimum", "constructor"]),
    "speed": st.sampled_from(["2", "0", "1e9"]),
    "theme": st.sampled_from(["dark", "__proto__"]),
    "letters": st.sampled_from(["large", "LARGE"]),
})  # fmt: skip


@given(parts)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_link_is_opened_and_written_again(models, parts):
    """What can be taken is; the page runs; the same link in an open page gives the same state."""
    fresh, opened, again, notice, lengths = models.evaluate(
        """(parts) => {
          const hash = new URLSearchParams(parts).toString();
          const page = fresh(hash || "s=himmelblau");
          const open = drive(fresh(), [["chooseLesson", "washboard"], ["look", { theme: "dark" }],
            ["setNumbers", { noise: 2, seed: 9 }], ["zoom", 0.3], ["addRacer", "lion"]]);
          open.open(hash || "s=himmelblau");
          const runs = page.running.map(({ run }) => run.length);
          const states = [page, open, fresh(page.link)].map(({ state }) => kept(state));
          return [...states, page.notice, runs];
        }""",
        parts,
    )
    assert json.loads(fresh) == json.loads(opened) == json.loads(again)
    assert notice.count("\n") == 0
    assert lengths or '"on":false' in fresh


DAMAGED = {
    "o=gd:lr=-1;adam:lr=0.1": ("lr must be a number in [0, ∞); not −1", {"adam"}),
    "o=adam:betas=2/3;gd:lr=0.1": ("betas_0 must be a number in [0, 1)", {"gd"}),
    "o=adam:lr=0.1,betas=0.9;gd:lr=0.1": ("betas must be 2 numbers; not 0.9", {"gd"}),
    "o=constructor:lr=1;gd:lr=0.1": ("optimizer must be a known name; not 'constructor'", {"gd"}),
    "o=gd:lr=constructor(0.1);lion:lr=1": ("schedule must be a known name", {"lion"}),
    "o=gd:__proto__=1;lion:lr=1": ("GD has no setting '__proto__'", {"lion"}),
    "o=lion:lr=1&start=1e308,1e308": ("start must be a number in", {"lion"}),
    "o=lion:lr=1&lang=fr": ("lang must be one of en, zh; not 'fr'", {"lion"}),
    "o=lion:lr=1&sel=3": ("sel must be a whole number in [0, 1)", {"lion"}),
    "o=lion:lr=1&n=1e9": ("steps must be a whole number in [1, 20000]", {"lion"}),
    "o=lion:lr=1&k=-2": ("step must be a number in [0, ∞)", {"lion"}),
    "o=lion:lr=1&w=0,1e308,0,1": ("window must be two ranges", {"lion"}),
    "o=lion:lr=1&f=x%2B": ("formula must go on with", {"lion"}),
    "o=lion:lr=1&d=1,0,0,1&f=x": ("domain must be two ranges", {"lion"}),
    "o=lion:lr=1&f=log(x)&d=-4,4,-4,4&start=-1,0": ("not finite at the start (−1, 0)", {"lion"}),
}


@pytest.mark.parametrize("hash_", DAMAGED)
def test_a_damaged_part_costs_itself_and_is_named_once(hash_, models):
    why, rules = DAMAGED[hash_]
    notice, found, views = models.evaluate(
        """(hash) => {
          const { notice, state } = fresh(`${hash}&s=beale&v=loss`);
          return [notice, state.racers.map(({ rule }) => rule), state.views];
        }""",
        hash_,
    )
    assert notice.startswith("The link was damaged (")
    assert why in notice
    assert len(re.findall("must|no setting|not finite", notice)) == 1
    assert (set(found), views) == (rules, ["loss"])


def test_a_damaged_link_is_said_in_its_own_language(models):
    notice = models.evaluate("fresh('s=nosuch&lang=zh&f=x%2B').notice")
    assert notice.startswith("链接已损坏（")
    assert "此处应为数、名称或括号；第 3 列是 公式结尾" in notice


def test_forty_optimizers_and_several_starts_are_a_link(models):
    count, starts, notice = models.evaluate(
        """() => {
          const many = Array.from({ length: 40 }, (_, i) => `gd:lr=${(i + 1) / 1e4}`).join(";");
          const { state, notice } = fresh(`#s=sphere&n=5&o=${many}&start=1,1;-2,3;0.5,0`);
          return [state.racers.length, state.starts, notice];
        }"""
    )
    assert (count, starts, notice) == (40, [[1, 1], [-2, 3], [0.5, 0]], "")
    full = models.evaluate(
        """() => {
          const model = fresh(`#s=sphere&n=5&o=${Array(100).fill("gd:lr=0.1").join(";")}`);
          model.addRacer("adam");
          return [model.state.racers.length, model.notice];
        }"""
    )
    assert full == [100, "there must be at most 100 optimizers"]


def test_a_link_in_an_open_page_leaves_nothing_of_it(show):
    """The two links of the report, pasted into the address bar, and an empty one."""
    shown = show("#lesson=gd-zigzags")
    page = shown.page
    assert page.locator(".ov-sentence").inner_text() == scenarios.get("gd-zigzags").claim["en"]
    page.evaluate("optviz.model.setNumbers({ noise: 2, seed: 7 })")
    page.evaluate("optviz.model.look({ theme: 'dark', speed: 5 })")
    link = "s=rosenbrock&o=gd:lr=0.001&start=-1,1&n=50&k=50&v=loss&lang=en"
    for hash_ in (link, ""):
        page.evaluate("(hash) => (location.hash = hash)", hash_)
        first = "rosenbrock" if hash_ else "himmelblau"
        shown.wait(f"optviz.model.state.surface === {first!r}")
        shown.settle()
        named = {name: shown.state(name) for name in ("lesson", "noise", "seed", "theme", "speed")}
        assert named == {"lesson": "", "noise": 0, "seed": 0, "theme": "auto", "speed": 1}
        assert page.locator(".ov-notice").is_hidden()
        assert page.locator("select[aria-label='Lesson']").input_value() == ""
        fresh = show(f"#{hash_}" if hash_ else "")
        assert fresh.page.evaluate("optviz.model.state") == page.evaluate("optviz.model.state")
    assert page.locator(".ov-sentence").text_content() == ""


def test_a_reload_keeps_zoom_camera_and_who_is_taken_apart(show):
    shown = show()
    page = shown.page
    page.get_by_role("button", name="Zoom in").click()
    page.locator(".ov-solid").press("ArrowLeft")
    page.locator("select[aria-label='Taken apart']").select_option("1")
    page.get_by_label("Speed").select_option("2")
    before = page.evaluate("optviz.model.state")
    assert before["window"]
    shown.wait("location.hash.includes('speed=2')")
    page.reload()
    shown.wait("globalThis.optviz?.model.running")
    assert page.evaluate("optviz.model.state") == before


def test_a_rate_that_was_typed_stays_and_a_tuned_one_follows(show):
    shown = show()
    page = shown.page
    shown.fill("Adam lr", 0.01)
    before = [racer["lr"] for racer in shown.state("racers")]
    buttons = page.locator(".ov-tuned")
    shown.settle()
    assert buttons.all_inner_texts() == ["tuned"] * 4 + ["yours"]
    page.select_option("select[aria-label='Surface']", "rosenbrock")
    after = [racer["lr"] for racer in shown.state("racers")]
    assert after[4] == 0.01
    assert all(old != new for old, new in zip(before[:4], after[:4], strict=True))
    buttons.nth(4).click()  # tuned again, by Python's rule
    found = page.evaluate("optviz.model.state.racers[4].lr")
    assert found == optviz.tune("rosenbrock", "adam").lr
    buttons.nth(4).click()
    page.select_option("select[aria-label='Surface']", "beale")
    assert shown.state("racers[4].lr") == found


def test_who_is_taken_apart_stays_when_others_go(models):
    names = models.evaluate(
        """() => {
          const model = fresh();
          model.select(1);
          const name = () => model.state.racers[model.state.selected].rule;
          const seen = [name()];
          for (const [change, i] of [["removeRacer", 0], ["copyRacer", 0], ["removeRacer", 3],
                                     ["copyRacer", 1], ["addRacer", "lion"]]) {
            model[change](i);
            seen.push(name());
          }
          return seen;
        }"""
    )
    assert set(names) == {"momentum"}


def test_a_typed_start_outside_the_zoomed_part_is_shown(models):
    window = models.evaluate(
        """() => {
          const model = fresh();
          model.zoom(0.1);
          model.moveStart(0, [50, 0]);
          return model.window;
        }"""
    )
    assert window[0] < -6
    assert window[1] > 50


def test_a_start_where_the_surface_is_not_finite_is_refused(models):
    starts, notice = models.evaluate(
        """() => {
          const model = fresh("#f=log(x)%2By**2&d=0.1,5,-2,2&start=1,1");
          model.moveStart(0, [-1, 1]);
          return [model.state.starts, model.notice];
        }"""
    )
    assert (starts, notice) == ([[1, 1]], "The surface is not finite there: the start stays.")
