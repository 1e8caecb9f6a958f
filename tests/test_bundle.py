"""The explorer's modules in one file: as they are now, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from optviz.explorer.bundle import bundle

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(
    not (ROOT / "node_modules").is_dir(), reason="what builds it is not here: npm ci"
)
def test_it_is_what_the_modules_make(tmp_path):
    """A change of a module without `npm run build` is seen here."""
    built = tmp_path / "bundle.js"
    command = json.loads((ROOT / "package.json").read_text("utf-8"))["scripts"]["build"].split()
    command[0] = shutil.which(command[0], path=ROOT / "node_modules" / ".bin")
    command[-1] = f"--outfile={built}"
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
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
