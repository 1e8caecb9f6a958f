"""Write the tapes of all built-in surfaces into the package::

    python -m surfaces.build_tapes

To be run after a formula of the catalogue or the way in which formulas become tapes has changed; a
test says when.
"""

from __future__ import annotations

import json
from pathlib import Path

import sympy

import surfaces
from surfaces import examples
from surfaces.built_in import FILE, record_of
from surfaces.trace import Trace

PATH = Path(__file__).with_name(FILE)


def formulas() -> list[str]:
    """The formulas of the catalogue and of the examples, each once."""
    known = [*map(surfaces.get, surfaces.names()), *examples.SURFACES]
    return list(dict.fromkeys(surface.formula for surface in known if surface.formula))


def main() -> None:
    """Write the file: a formula a line, so that a change of one is a change of one line."""
    records = {formula: record_of(Trace(formula)) for formula in formulas()}
    lines = (
        f"{json.dumps(formula)}: {json.dumps(record, separators=(',', ':'))}"
        for formula, record in records.items()
    )
    version = json.dumps(sympy.__version__)
    text = f'{{"sympy": {version}, "formulas": {{\n' + ",\n".join(lines) + "\n}}\n"
    PATH.write_text(text, encoding="utf-8")
    print(PATH)


if __name__ == "__main__":
    main()
