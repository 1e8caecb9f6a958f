"""Joining ES modules: what is stripped, kept and refused."""

import pytest

from optviz.explorer import bundle as module
from optviz.explorer.bundle import bundle


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Put modules where the bundle looks for them."""
    monkeypatch.setattr(module.resources, "files", lambda package: tmp_path)
    return lambda name, text: (tmp_path / name).write_text(text)


def test_two_modules_become_one(write):
    write("a.js", "export const one = 1;\nexport function two() {\n  return one;\n}\n")
    write("b.js", 'import {\n  one,\n  two,\n} from "./a.js";\nexport class Three {}\n')
    text = bundle(["a.js", "b.js"], ["Three"])
    assert text == ("const one = 1;\nfunction two() {\nreturn one;\n}\n\nexport class Three {}\n")


def test_comments_are_left_out_and_nothing_else(write):
    write(
        "a.js",
        "/** What\n * it is. */\n// a note\nexport const a = 1; // stays\n\n"
        "/** @type {number} */ const b = 2;\n  /** inside */\nconst c = '/** text */';\n",
    )
    kept = "const a = 1; // stays\n/** @type {number} */ const b = 2;\nconst c = '/** text */';\n"
    assert bundle(["a.js"]) == kept


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


def test_our_own_modules_join():
    text = bundle(["arithmetic.js", "engine.js"], ["descend"])
    assert text.count("\nexport ") == 1
    assert "\nimport " not in text
