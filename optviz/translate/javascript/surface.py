"""A surface as a JavaScript function: of its formula, or of its samples."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.optimizers.tracer import traced
from optviz.translate.javascript.body import Body
from optviz.translate.javascript.operations import argument, constants
from optviz.translate.javascript.script import called, declared, function
from optviz.translate.merging import merge
from surfaces.arithmetic import MATH
from surfaces.errors import InputError
from surfaces.interpolation import FIRST_ORDER, SECOND_ORDER, Grid, patch
from surfaces.kernel import TapeKernel
from surfaces.surface import Surface
from surfaces.tape import Tape, TapeWriter


def surface_source(surface: Surface) -> str:
    """A surface as a JavaScript function ``(x, y, out)``: what ``surface.at`` gives, into ``out``.

    Raises
    ------
    InputError
        A surface that has no formula.
    """
    kernel = surface._kernel
    if isinstance(kernel, Grid):
        return _sampled(kernel)
    if not isinstance(kernel, TapeKernel):
        raise InputError(
            f"surface must have a formula or samples to run in a browser; not {surface!r}: "
            "give its .sampled()"
        )
    slopes = _body(kernel.gradient_tape)
    value, df_dx, df_dy = (slopes.result(str(i)) for i in range(3))
    at = function(
        "(x, y, out) =>",
        *slopes.statements(),
        f"out[0] = {value};",
        f"out[1] = slope({df_dx}, out[0]);",
        f"out[2] = slope({df_dy}, out[0]);",
    )
    return f"Object.assign({at}, {{ hessian: {_hessian(kernel)} }})"


def _hessian(kernel: TapeKernel) -> str:
    """``(x, y, out)``: the second derivatives xx, xy, yy, into ``out``."""
    try:
        body = _body(kernel.hessian_tape)
    except InputError:  # numbers in them that floats do not hold
        return function("(x, y, out) =>", "out.fill(NaN);")
    stored = (f"out[{i}] = {body.result(str(i))};" for i in range(3))
    return function("(x, y, out) =>", *body.statements(), *stored)


def _body(tape: Tape) -> Body:
    """The tape's operations, with its results under their numbers."""
    labels = [str(i) for i in range(len(tape.results))]
    return Body(merge([tape], [labels]), [], lambda name: _NAMES.get(name, name))


# Those that are not JavaScript's own, or have another name there.
_NAMES = {name: f"Math.{name}" for name in MATH} | {
    "absolute": "Math.abs", "pow": "power", "cbrt": "cbrt", "sign": "sign", "minimum": "minimum",
    "maximum": "maximum", "where_less": "whereLess", "where_less_equal": "whereLessEqual",
}  # fmt: skip


def _sampled(grid: Grid) -> str:
    """The samples, and a function that finds the sixteen around a point; the rest is recorded."""
    width, height = grid.width, grid.height
    place = [
        f"const across = (x - {argument(grid.x0)}) / {argument(grid.dx)};",
        f"const up = (y - {argument(grid.y0)}) / {argument(grid.dy)};",
        f"if (!(across >= 0 && across <= {width - 1} && up >= 0 && up <= {height - 1})) "
        "return void out.fill(NaN);",
        f"const [i, j] = [Math.min(Math.floor(up), {height - 2}), "
        f"Math.min(Math.floor(across), {width - 2})];",
        "const [u, v, k] = [across - j, up - i, i * row + j];",
    ]
    numbers = ", ".join(map(argument, grid.padded.ravel().tolist()))
    whole = function(
        "(() =>",
        f"const row = {width + 2};",
        f"const z = new Float64Array([{numbers}]);",
        *declared("const at = (x, y, out) =>", *place, *_derivatives(grid, FIRST_ORDER)),
        *declared("const hessian = (x, y, out) =>", *place, *_derivatives(grid, SECOND_ORDER)),
        *declared(
            "const covers = (x, y) =>",
            "const out = [0, 0, 0];",
            "at(x, y, out);",
            "return !Number.isNaN(out[0]);",
        ),
        "return Object.assign(at, { covers, hessian });",
    )
    return f"{whole})()"


def _derivatives(grid: Grid, orders: Sequence[tuple[int, int]]) -> list[str]:
    """Statements that store the derivatives of these orders."""
    tape = TapeWriter()
    samples = [[traced(tape, f"z[k + {i} * row + {j}]") for j in range(4)] for i in range(4)]
    found = patch(samples, traced(tape, "u"), traced(tape, "v"), *orders)
    scales = [grid.dx**along_x * grid.dy**along_y for along_x, along_y in orders]
    stored = [
        f"out[{i}] = {value}{f' / {argument(scale)}' if sum(order) else ''};"
        for i, (value, scale, order) in enumerate(zip(found, scales, orders, strict=True))
    ]
    return [*constants(tape.operations, called), *stored]
