"""A program's step compiled by numba (the extra ``fast``): 64 runs a block, in vector registers."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from typing import Any

from optviz import files
from optviz.ensemble.program import Program
from optviz.files import cache_folder
from surfaces.errors import InputError
from surfaces.tape import OPERATORS, Argument, Operation
from surfaces.tape import argument_text as text_of

LANES = 64

# What the functions of tapes are called or written as; each keeps the bits that it has on floats.
TEXT: dict[str, str] = {
    "neg": "-{0}",
    "mod": "{0} % {1}",
    "where": "({1} if {0} else {2})",
    "where_less": "({2} if {0} < {1} else {3})",
    "where_less_equal": "({2} if {0} <= {1} else {3})",
    "minimum": "({0} if {0} < {1} or {0} != {0} else {1})",
    "maximum": "({0} if {0} > {1} or {0} != {0} else {1})",
    "sign": "(1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else 0.0 * {0})",
    "zero_if_nan": "(0.0 if {0} != {0} and {1} - {1} == 0.0 else {0})",
    "constant": "{0}",
    "abs": "abs({0})",
    "absolute": "abs({0})",
    "pow": "math.pow({0}, {1})",
    "cbrt": "np.cbrt({0})",
    "floor": "np.floor({0})",
    "log2": "np.log2({0})",
    "atan2": "math.atan2({0}, {1})",
}


def is_installed() -> bool:
    """Whether numba is there; it is not imported for the answer."""
    return importlib.util.find_spec("numba") is not None


def source(program: Program) -> str:
    """The text of ``f(state, once, table, first, last)`` on blocks ``first`` to ``last``."""
    parts = program.parts
    place = {name: i for i, name in enumerate(program.state)}
    loads = [f"{name} = rows[{i}, i]" for name, i in place.items()]
    loads += [f"{name} = own[{i}, i]" for i, name in enumerate(parts.once_names)]
    stores = [
        f"rows[{i}, i] = {_argument(result)}"
        for i, result in enumerate(program.tape.results)
        if result != program.state[i]
    ]
    inner = [*loads, *(f"{op.name} = {_expression(op)}" for op in parts.each), *stores]
    shared = [f"{name} = table[k, {i}]" for i, name in enumerate(parts.shared_names)]
    indented = [
        "for b in range(first, last):",
        "    rows, own = state[b], once[b]",
        "    for k in range(table.shape[0]):",
        *(f"        {line}" for line in shared),
        f"        for i in range({LANES}):",
        *(f"            {line}" for line in inner),
    ]
    return "def f(state, once, table, first, last):\n" + "".join(f"    {x}\n" for x in indented)


def _argument(value: Argument) -> str:
    return text_of(value, repr)


def _expression(operation: Operation) -> str:
    op, args = operation.op, [_argument(value) for value in operation.args]
    if op in OPERATORS:
        return f"{args[0]} {OPERATORS[op]} {args[1]}"
    if op == "pow" and args[1] == "2.0":
        return f"{args[0]} * {args[0]}"
    if op == "pow" and args[1] == "0.5":
        return f"math.sqrt({args[0]})"
    return TEXT.get(op, f"math.{op}({{0}})").format(*args)


class Compiled:
    """Runs a program that numba has compiled; one object serves all threads.

    What was compiled once is kept in the user's cache, for this processor alone, and loaded in a
    tenth of the time.

    Parameters
    ----------
    program : Program
    """

    lanes = LANES

    def __init__(self, program: Program) -> None:
        self.text = HEAD + source(program)
        self.function: Any = _loaded(self.text)

    def run(self, state: Any, once: Any, table: Any) -> None:
        """Take the steps of ``table`` with blocks ``state`` (b, s, 64), in place."""
        self.function(state, once, table, 0, len(state))


# The module of a kernel: our own text, printed from a tape.
HEAD = """import math
import numba
import numpy as np
inf, nan = math.inf, math.nan
@numba.njit("void(f8[:,:,::1],f8[:,:,::1],f8[:,::1],i8,i8)", nogil=True, error_model="numpy",
            cache=CACHED)
"""


def _loaded(text: str) -> Any:
    """The function of a kernel's module, compiled now or by an earlier process."""
    try:
        folder = cache_folder() / "kernels"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"optviz_kernel_{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        path = folder / f"{name}.py"
        if not path.exists():
            with files.replacing(path) as stream:
                stream.write(text.replace("CACHED", "True").encode())
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # numba looks it up when it reads its cache
        spec.loader.exec_module(module)
    except (OSError, RuntimeError, InputError):  # a cache that cannot be written
        scope: dict[str, Any] = {}
        exec(text.replace("CACHED", "False"), scope)
        return scope["f"]
    return module.f
