"""What Python writes for the explorer has the types that its JavaScript is checked with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from node import PATH, Driver

import optviz
from optviz.explorer.data import module_text

ROOT = Path(__file__).parents[1]
TYPES = ROOT / "optviz/explorer/js/state/types"
SETTINGS = (
    "--noEmit --allowJs --checkJs --strict --module esnext --moduleResolution bundler "
    "--target es2023 --lib es2023,dom"
)


@pytest.fixture(scope="module")
def literals(tmp_path_factory):
    """What stands in a page, by name."""
    folder = tmp_path_factory.mktemp("types")
    film = optviz.animate("booth", ["gd", "adam:lr=0.1"], steps=3)
    page = film.save(folder / "film.html").read_text("utf-8")
    (recorded,) = re.findall(r"^const RECORDED = .*;$", page, re.MULTILINE)
    module = folder / "data.mjs"
    module.write_text(f"{module_text()}{recorded}\nexport {{ DATA, RECORDED }};\n", "utf-8")
    with Driver("literal.js") as driver:
        return driver.call("literalsOf", str(module))


def complaints(folder, kind, literal):
    """What TypeScript says against a literal's being of a type of the explorer."""
    (folder / "typed.js").write_text(
        f'/** @type {{import("{TYPES}").{kind}}} */\nexport const typed = {literal};\n', "utf-8"
    )
    tsc = shutil.which("tsc", path=ROOT / "node_modules" / ".bin")
    assert tsc, "the tests need what package.json names: npm ci brings it"
    command = [tsc, *SETTINGS.split(), "typed.js"]
    environment = os.environ | {"PATH": PATH}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 or "typed.js" in done.stdout, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("name", "kind"), [("DATA", "Data"), ("RECORDED", "RecordedGiven")])
def test_it_is_what_the_types_say(tmp_path, literals, name, kind):
    assert complaints(tmp_path, kind, literals[name]) == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"casing": ', '"edge": '), "does not exist in type 'Theme'"),
        (('"steps": 200,', '"steps": "200",'), "'string' is not assignable to type 'number'"),
        (('"memories": ', '"memory": '), "does not exist in type 'RuleEntry'"),
    ],
)
def test_what_is_otherwise_is_seen(tmp_path, literals, change, complaint):
    assert complaint in complaints(tmp_path, "Data", literals["DATA"].replace(*change))
