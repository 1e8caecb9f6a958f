"""Joining ES modules: what is stripped, kept and refused."""

import pytest

from optviz.explorer import bundle as module
from optviz.explorer.bundle import bundle


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Put modules where the bundle looks for them."""
    monkeypatch.setattr(module.resources, "files", lambda package: tmp_path)
    return lambda name, text: (tmp_path / name).write_text(text)


@pytest.fixture(scope="module")
def exports(browser):
    """What a browser finds in a module; functions are called where they need nothing."""
    page = browser.new_page()

    def load(text):
        return page.evaluate(
            """async (text) => {
              const file = new Blob([text], { type: "text/javascript" });
              const module = await import(URL.createObjectURL(file));
              const value = (v) => (typeof v === "function" ? (v.length ? "function" : v()) : v);
              return Object.fromEntries(Object.entries(module).map(([k, v]) => [k, value(v)]));
            }""",
            text,
        )

    yield load
    page.close()


A = """
const own = 1;
export const one = own;
export function two() {
  return one + 1;
}
"""
B = """
import {
  one,
  two,
} from "./a.js";
export class Three {
  value = one + two();
}
export const all = () => [one, two(), new Three().value];
"""


def test_two_modules_become_one(write, exports):
    write("a.js", A)
    write("b.js", B)
    text = bundle(["a.js", "b.js"], ["all"])
    assert exports(text) == {"all": [1, 2, 3]}
    below = exports(f"{text}\nexport const seen = [own, one, new Three().value];\n")
    assert below == {"all": [1, 2, 3], "seen": [1, 1, 3]}


COMMENTED = """
/** Lost
 * export const lost = 1; */
// export const lost = 2;
export const a = 1; // stays

/** @type {number} */ const b = 2;
  /** lost */
export const c = '/** text */';
export const d = "// text";
export const e = () => b / 2 // of b
  / 2;
"""


def test_comments_are_left_out_and_nothing_else(write, exports):
    write("a.js", COMMENTED)
    names = ["a", "c", "d", "e"]
    text = bundle(["a.js"], names)
    assert exports(text) == exports(COMMENTED)
    assert exports(text) == {"a": 1, "c": "/** text */", "d": "// text", "e": 0.5}
    assert "lost" not in text.lower()
    assert all(line.strip() == line != "" for line in text.splitlines())


@pytest.mark.parametrize(
    ("text", "names", "part"),
    [
        ('import { one } from "./b.js";\n', ["a.js"], "after b.js"),
        ('import { one } from "lodash";\n', ["a.js"], "lodash"),
        ('import { one as two } from "./b.js";\n', ["b.js", "a.js"], "one as two"),
        ('import * as b from "./b.js";\n', ["b.js", "a.js"], "our modules"),
        ("export default 1;\n", ["a.js"], "default"),
        ("export { one };\n", ["a.js"], "one"),
        ("const one = 2;\n", ["b.js", "a.js"], "one module only; not one"),
        ("const two = 2;\n", ["b.js", "a.js"], "wanted"),
    ],
)
def test_anything_else_is_an_error(write, text, names, part):
    write("a.js", text)
    write("b.js", "export const one = 1;\n")
    with pytest.raises(ValueError, match=part):
        bundle(names, ["wanted"] if part == "wanted" else [])


def test_our_own_modules_join(exports):
    assert exports(bundle(["arithmetic.js", "engine.js"], ["descend"])) == {"descend": "function"}
