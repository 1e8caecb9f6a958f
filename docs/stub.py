"""Write optviz/__init__.pyi anew: the package's public names, every optimizer of the registry too.

python docs/stub.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from optviz.optimizers import REGISTRY
from optviz.optimizers.spec import WRAPPERS

STUB = Path(__file__).parents[1] / "optviz" / "__init__.pyi"
OPTIMIZERS = re.compile(r"(?<=from \.optimizers import \()[^)]*(?=\))")
ALL = re.compile(r"(?<=__all__ = \[)[^\]]*(?=\])")
IMPORTED = re.compile(r"^from \S+ import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)


def written_anew(text: str) -> str:
    """The stub with the optimizers that the registry holds now, sorted and formatted by ruff."""
    names = [kind.__name__ for kind in REGISTRY.values()]
    names += [kind.__name__ for kind in WRAPPERS.values() if kind.alone]
    text = OPTIMIZERS.sub(", ".join([*names, "Optimizer", "clip", "schedules"]), text)
    found = [name for rows in IMPORTED.findall(text) for name in re.findall(r"\w+", "".join(rows))]
    text = ALL.sub(", ".join(f'"{name}"' for name in found), text)
    for command in (["check", "--fix", "--quiet", "--select", "I,RUF022"], ["format"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(STUB), "-"],
            input=text, capture_output=True, text=True, check=True,
        )  # fmt: skip
        text = done.stdout
    return text


if __name__ == "__main__":
    STUB.write_text(written_anew(STUB.read_text(encoding="utf-8")), encoding="utf-8")
