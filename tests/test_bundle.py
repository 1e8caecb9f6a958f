"""The explorer's modules in one file: as they are now, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from node import PATH

from optviz.explorer.bundle import bundle

ROOT = Path(__file__).parents[1]


def test_it_is_what_the_modules_make(tmp_path):
    """A change of a module without `npm run build` is seen here."""
    built = tmp_path / "bundle.js"
    command = json.loads((ROOT / "package.json").read_text("utf-8"))["scripts"]["build"].split()
    command[0] = shutil.which(command[0], path=ROOT / "node_modules" / ".bin")
    assert command[0], "the tests need what package.json names: npm ci brings it"
    command[-1] = f"--outfile={built}"
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"PATH": PATH})
    assert built.read_text("utf-8") == (ROOT / "optviz/explorer/bundle.js").read_text("utf-8")


def test_its_names_are_there(browser):
    found = browser.new_page().evaluate(
        """async (text) => {
          const file = new Blob([text], { type: "text/javascript" });
          const module = await import(URL.createObjectURL(file));
          return Object.entries(module).map(([name, value]) => [name, typeof value]);
        }""",
        bundle() + "export const { descend, openPage } = optvizExplorer; export { divide, slope };",
    )
    assert dict(found) == dict.fromkeys(("descend", "openPage", "divide", "slope"), "function")


def test_modules_make_no_code_of_text_and_ask_for_nothing():
    for module in (ROOT / "optviz/explorer/js").rglob("*.js"):
        text = module.read_text("utf-8")
        assert not any(word in text for word in ("eval(", "Function(", "fetch(", "document.write"))
