"""Tapes of the built-in surfaces, read from a file so that they need no SymPy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Any

from surfaces.kernel import TapeKernel
from surfaces.tape import Tape

FILE = "tapes.json"  # written by surfaces.build_tapes


class BuiltIn(TapeKernel):
    """The tapes of one formula, each read when first asked for.

    Parameters
    ----------
    record : mapping
        The keys ``value``, ``gradient`` and ``hessian``, as `record_of` gives them.
    """

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record

    @cached_property
    def value_tape(self) -> Tape:
        return Tape.from_json(self._record["value"])

    @cached_property
    def gradient_tape(self) -> Tape:
        return Tape.from_json(self._record["gradient"])

    @cached_property
    def hessian_tape(self) -> Tape:
        return Tape.from_json(self._record["hessian"])


def record_of(kernel: TapeKernel) -> dict[str, Any]:
    """The record of a formula in `FILE`, in plain JSON types."""
    return {
        "value": kernel.value_tape.to_json(),
        "gradient": kernel.gradient_tape.to_json(),
        "hessian": kernel.hessian_tape.to_json(),
    }


@cache
def stored() -> dict[str, Any]:
    """The content of `FILE`: records of ``formulas`` by their text, and the version of ``sympy``.

    Another version of SymPy may order the terms of a sum otherwise.
    """
    text = (resources.files("surfaces") / FILE).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def kernel_of(formula: str) -> TapeKernel:
    """The kernel of a formula: from `FILE` if it is there, else by SymPy."""
    record = stored()["formulas"].get(formula)
    if record is not None:
        return BuiltIn(record)
    from surfaces.trace import Trace  # loads SymPy, which takes half a second

    return Trace(formula)
