"""The class `Surface`: a function of two variables with window, start, minima and lesson."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from functools import cached_property
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from surfaces import built_in
from surfaces.axes import X_AND_Y, AxisName, letters, said
from surfaces.declaration import checked_fields
from surfaces.errors import must, unknown
from surfaces.kernel import Floats as Floats
from surfaces.kernel import Kernel, TapeKernel, at_floats, coordinates, shaped
from surfaces.latex import latex, short
from surfaces.plain import made_of, plain
from surfaces.resampling import resampled
from surfaces.window import FARTHEST, Domain

MADE = ("_kernel", "hessian_at")  # when asked for
STORED = 101  # samples along each side, where a surface without a formula is written to a file


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two variables, with all that a picture of a descent on it needs.

    Parameters
    ----------
    name : str
        Under which `surfaces.get` finds it.
    formula : str or None
        Text in ``x`` and ``y``; `surfaces.formula.parse` says what it may hold. None where
        ``kernel`` computes the surface.
    domain : ((x0, x1), (y0, y1))
        The window that is drawn.
    start : (x, y)
        Where a descent begins unless told otherwise.
    steps : int
        Length of a descent unless told otherwise.
    family : str
        ``bowl``, ``valley``, ``plateau``, ``saddle``, ``peaks``, or ``own`` for a user's.
    scale : {"linear", "log"}
        How contour levels and the loss axis are spaced.
    minima, saddles : tuple of (x, y, value)
        Known stationary points; the lowest of ``minima`` is the goal.
    title, lesson : text, or mapping of language ("en", "zh") to text
        In the catalogue the lesson is the claim of the scenario of the same name.
    axes : two of text, or of mapping of language to text
        What stands at the axes, with units: ``("weight", "learning rate [1/s]")``. A name that ends
        in a single letter, such as "weight w", names the coordinate in formulas too.
    source : str
        Where the formula comes from.
    data, data_axes : pair of arrays or None, two of text
        The points behind a surface that `surfaces.fit_line` made, and what these are.
    notes : tuple of str
        Remarks for the user, a line each: a formula understood otherwise than it was typed, a start
        that had to move, a function stored as samples.

    Notes
    -----
    Points are arrays whose last axis holds x and y. Computation is in float64.
    """

    name: str
    formula: str | None = None
    _: KW_ONLY
    domain: Domain
    start: tuple[float, float]
    steps: int = 200
    family: str = "own"
    scale: str = "linear"
    minima: tuple[tuple[float, float, float], ...] = ()
    saddles: tuple[tuple[float, float, float], ...] = ()
    title: Mapping[str, str] = field(default_factory=dict)
    lesson: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    data: tuple[Floats, Floats] | None = None
    kernel: Kernel | None = None
    notes: tuple[str, ...] = ()
    axes: Sequence[AxisName] = ()
    data_axes: Sequence[AxisName] = X_AND_Y

    def __post_init__(self) -> None:
        for name, value in checked_fields(vars(self)).items():
            object.__setattr__(self, name, value)

    @cached_property
    def _kernel(self) -> Kernel:
        if self.kernel is not None:
            return self.kernel
        assert self.formula is not None
        return built_in.kernel_of(self.formula)

    def __getstate__(self) -> dict[str, Any]:
        # A formula's kernel holds functions, which cannot be pickled: it is made anew.
        return {name: value for name, value in vars(self).items() if name not in MADE}

    def __call__(self, x: ArrayLike, y: ArrayLike) -> Any:
        """Value at coordinates that broadcast against each other; a float for two numbers."""
        xs, ys = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        value = shaped(self._kernel.value(xs, ys), xs)
        return value if value.ndim else float(value)

    def value(self, points: ArrayLike) -> Floats:
        """Values at ``points`` (..., 2), of shape (...)."""
        x, y = coordinates(points)
        return shaped(self._kernel.value(x, y), x)

    def gradient(self, points: ArrayLike) -> Floats:
        """Gradients at ``points`` (..., 2), of the same shape.

        Where the derived gradient is indeterminate (0/0) but the value is finite, as at the tip of
        a cone, the gradient counts as zero.
        """
        return self.value_and_gradient(points)[1]

    def value_and_gradient(
        self, points: ArrayLike, *, exact: bool = False
    ) -> tuple[Floats, Floats]:
        """Values (...) and gradients (..., 2) at ``points`` (..., 2), computed together.

        If ``exact``, with the very bits of `at`, which takes longer.
        """
        usual = self._kernel.value_and_gradient
        compute = getattr(self._kernel, "at_each", usual) if exact else usual
        x, y = coordinates(points)
        value, df_dx, df_dy = (shaped(part, x) for part in compute(x, y))
        return value, np.stack([df_dx, df_dy], axis=-1)

    def hessian(self, points: ArrayLike, *, exact: bool = False) -> Floats:
        """Second derivatives at ``points`` (..., 2), of shape (..., 2, 2).

        The derivative of a jump (a crease made by ``abs``, ``minimum`` or ``maximum``) counts as 0.
        If ``exact``, with the very bits of `hessian_at`, which takes longer.
        """
        usual = self._kernel.hessian
        compute = getattr(self._kernel, "hessian_at_each", usual) if exact else usual
        x, y = coordinates(points)
        xx, xy, yy = (shaped(part, x) for part in compute(x, y))
        return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)

    @property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """``at(x, y) -> (value, df_dx, df_dy)`` on floats: far faster than arrays of one point."""
        return self._kernel.at

    @cached_property
    def hessian_at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """``hessian_at(x, y) -> (xx, xy, yy)`` on floats, likewise."""
        found: Any = getattr(self._kernel, "hessian_at", None)
        return found or at_floats(self._kernel.hessian)

    def samples(self, resolution: int = 61) -> tuple[Floats, Floats, Floats]:
        """Evenly spaced x (n,) and y (n,) over the window, and the values (n, n) there.

        ``values[i, j]`` belongs to ``(x[j], y[i])``.
        """
        x, y = (np.linspace(*ends, resolution) for ends in self.domain)
        return x, y, self(*np.meshgrid(x, y))

    def sampled(self, n: int = STORED) -> Surface:
        """The same surface as ``n`` x ``n`` samples of its window, smooth between them.

        A browser can show it, whatever computes this one. Its ``notes`` say how it was made and by
        how much it differs from this one between the samples, at points chosen at random. The
        window is widened if the start lies outside.

        Parameters
        ----------
        n : int
            From 4 to 1001.
        """
        known = self.reaching(self.start)
        grid, note = resampled(known.samples, known.value, known.domain, n)
        return replace(known, formula=None, kernel=grid, notes=(*self.notes, note))

    @property
    def tapes(self) -> TapeKernel | None:
        """The tapes of its formula, from which programs are printed; None without a formula."""
        return self._kernel if isinstance(self._kernel, TapeKernel) else None

    def covers(self, x: float, y: float) -> bool:
        """Whether a point lies where the surface is known: for samples, on their grid."""
        covers: Callable[[float, float], bool] | None = getattr(self._kernel, "covers", None)
        return covers is None or covers(x, y)

    @property
    def letters(self) -> dict[str, str]:
        """What x and y are called in formulas: a letter that the axes' names end in, or x and y."""
        return letters(self.axes)

    def axis_names(self, language: str = "en", *, data: bool = False) -> tuple[str, str]:
        """What is written at the axes, or at those of its data."""
        x, y = (said(name, language) for name in (self.data_axes if data else self.axes))
        return x, y

    @property
    def latex(self) -> str:
        """The formula as LaTeX, its terms as they were written, without dollar signs."""
        return self._latex()

    @property
    def latex_line(self) -> str:
        """The same in one line, as matplotlib can draw it: cases stand side by side."""
        return self._latex(one_line=True)

    def _latex(self, one_line: bool = False) -> str:
        name = str(getattr(self.kernel, "latex", "f(x, y)"))
        return latex(self.formula, self.letters, one_line) if self.formula else name

    @property
    def lowest(self) -> float | None:
        """The lowest known value, or None where no minimum is known."""
        return min((value for _, _, value in self.minima), default=None)

    def reaching(self, point: tuple[float, float]) -> Surface:
        """The surface with a window that shows a point; itself if its window already does.

        A wider window keeps its shape and leaves a twentieth of itself between point and edge.

        Raises
        ------
        InputError
            The point is farther away than any window can reach.
        """
        ends = list(zip(self.domain, point, strict=True))
        if all(low <= at <= high for (low, high), at in ends):
            return self
        needed = [(min(low, at), max(high, at)) for (low, high), at in ends]
        times = max(
            (high - low) / (end - begin)
            for (low, high), (begin, end) in zip(needed, self.domain, strict=True)
        )
        window = []
        for (begin, end), (low, high) in zip(self.domain, needed, strict=True):
            missing = times * (end - begin) - (high - low)
            margin = 0.05 * times * (end - begin)
            window.append((low - missing / 2 - margin, high + missing / 2 + margin))
        if not all(abs(end) <= FARTHEST for pair in window for end in pair):
            raise must("start", f"within {FARTHEST:g} of the origin", point)
        return self.windowed((window[0], window[1]))

    def windowed(self, domain: Domain) -> Surface:
        """The same function in another window."""
        other = replace(self, domain=domain)
        vars(other)["_kernel"] = self._kernel
        return other

    def to_dict(self) -> dict[str, Any]:
        """All of the surface in plain JSON types; `from_dict` reads it back as an equal one.

        A surface that is neither a formula nor samples, such as a torch function, is kept as it is
        `sampled`.
        """
        known = self if self.kernel is None or hasattr(self.kernel, "to_dict") else self.sampled()
        return plain({item.name: getattr(known, item.name) for item in fields(self)})

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Surface:
        """The surface of which `to_dict` made the record.

        Raises
        ------
        InputError
            The record is not one of a surface.
        """
        return made_of(record, Surface)

    def named(self, language: str = "en") -> str:
        """Title in a language, else the name."""
        return self.title.get(language, self.title.get("en", self.name))

    def __repr__(self) -> str:
        return f"<Surface {self.name}: {short(self.formula or 'computed', self.letters)}>"


def checked_details(door: Callable[..., Surface], details: Mapping[str, Any]) -> None:
    """Refuse what is neither a keyword of a function that makes surfaces nor a field of them."""
    own = [p.name for p in signature(door).parameters.values() if p.kind is p.KEYWORD_ONLY]
    made = ("formula", "kernel", *signature(door).parameters)
    valid = [*own, *(item.name for item in fields(Surface) if item.name not in made)]
    for name in details:
        if name not in valid:
            raise unknown(f"keyword of {door.__name__}", name, valid)
