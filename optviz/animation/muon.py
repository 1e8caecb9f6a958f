"""A film of what Muon does to a matrix: its iteration, and the singular values."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import NullLocator

from optviz import export
from optviz.animation.still import Still
from optviz.export.clock import Clock
from optviz.export.protocol import Pixels
from optviz.optimizers.matrix import Matrix
from optviz.optimizers.muon import Muon, newton_schulz
from optviz.scene import style
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.scene import save_vector
from optviz.words import say
from surfaces.errors import must
from surfaces.interpolation import numbers
from surfaces.surface import Floats

LARGEST = 16  # rows and columns


def iterates(matrix: Any, optimizer: Muon | None = None) -> list[Floats]:
    """A matrix after each of Muon's iterations, by the code of the rule itself.

    Parameters
    ----------
    matrix : array_like (m, n)
        The momentum, in place of which Muon steps by the last iterate.
    optimizer : Muon, optional

    Returns
    -------
    list of array (m, n)
        First the matrix divided by its length.
    """
    rule = Muon() if optimizer is None else optimizer
    if not (isinstance(rule, Muon) and rule.ns_steps >= 1):
        raise must("optimizer", "a Muon whose ns_steps are at least 1", optimizer)
    given = _checked(matrix)
    wide = given.T if given.shape[0] > given.shape[1] else given
    start = Matrix(wide.ravel().tolist(), (wide.shape[0], wide.shape[1]))
    found = [
        np.reshape(x.members, wide.shape)
        for x in newton_schulz(start, rule.ns_coefficients, rule.ns_steps, rule.eps)
    ]
    return [x.T for x in found] if wide is not given else found


def _checked(matrix: Any) -> Floats:
    found = numbers("matrix", matrix)
    sides = found.shape if found.ndim == 2 else (0,)
    if not (min(sides) >= 1 and max(sides) <= LARGEST and np.isfinite(found).all() and found.any()):
        allowed = f"numbers in at most {LARGEST} rows and columns, not all of them zero"
        raise must("matrix", allowed, matrix)
    return found


class MuonFilm(Still):
    """The matrix in colours, and its singular values over the iterations.

    Parameters
    ----------
    steps : sequence of array
        Of `iterates`.
    clock : Clock
    spec : PictureSpec
    """

    def __init__(self, steps: Sequence[Floats], clock: Clock, spec: PictureSpec) -> None:
        super().__init__(spec)
        self.clock, self.steps = clock, list(steps)
        left, _, right = np.linalg.svd(steps[0], full_matrices=False)  # the vectors stay
        self.values = np.array([np.diag(left.T @ x @ right.T) for x in steps])
        first, last = self.values[0], self.values[-1]
        self.alt = self._say(
            "muon_squashes", n=len(steps) - 1, low=f"{first.min():.2g}", high=f"{first.max():.2g}",
            least=f"{last.min():.2g}", most=f"{last.max():.2g}",
        )  # fmt: skip
        with self.drawing() as figure:
            left, right = figure.subplots(1, 2)
            self._draw_matrix(left)
            self._draw_values(right)
            figure.suptitle(self._say("muon_title"), weight="bold", x=0.02, ha="left")
            quiet: dict[str, Any] = {"color": self.theme.quiet, "size": 0.85 * self.point}
            figure.supxlabel(self.alt, **quiet)
            self.counter = figure.text(0.98, 0.985, "", ha="right", va="top", **quiet)
        self._show(len(steps) - 1)

    def _say(self, word: str, **values: object) -> str:
        return say(word, self.language, **values)

    def _draw_matrix(self, axes: Any) -> None:
        colours = [self.theme.colours[1], self.theme.page, self.theme.colours[4]]
        reach = max(float(np.abs(x).max()) for x in self.steps)
        self.image = axes.imshow(
            self.steps[0], cmap=LinearSegmentedColormap.from_list("matrix", colours),
            vmin=-reach, vmax=reach, interpolation="nearest",
        )  # fmt: skip
        axes.set(xticks=[], yticks=[], xlabel=self._say("muon_matrix", reach=f"{reach:.2g}"))

    def _draw_values(self, axes: Any) -> None:
        """A line for each singular value; one stands for no change."""
        low = max(self.values.min(), 1e-6)
        axes.axhline(1, color=self.theme.quiet, linestyle="--", linewidth=0.1 * self.point)
        axes.set(
            yscale="log", xlim=(-0.1, len(self.steps) - 0.9), ylim=(low / 1.5, 2),
            xlabel=self._say("iteration"), ylabel=self._say("muon_values"),
            xticks=range(len(self.steps)),
        )  # fmt: skip
        axes.yaxis.set_minor_locator(NullLocator())
        axes.spines[["top", "right"]].set_visible(False)
        colour = self.theme.colours[4]
        size = {"linewidth": 0.12 * self.point, "markersize": 0.5 * self.point}
        self.lines = [
            axes.plot([], [], color=colour, marker="o", markevery=[-1], **size)[0]
            for _ in self.values[0]
        ]

    def _show(self, at: float) -> None:
        """The moment after so many iterations; between two, what lies between them."""
        k = min(int(at), len(self.steps) - 2)
        share = at - k
        self.image.set_data((1 - share) * self.steps[k] + share * self.steps[k + 1])
        here = np.append(np.arange(k + 1), at)
        between = (1 - share) * self.values[k] + share * self.values[k + 1]
        for line, values in zip(
            self.lines, np.vstack([self.values[: k + 1], between]).T, strict=True
        ):
            line.set_data(here, values)
        self.counter.set_text(self._say("iteration_of", k=int(at + 1e-9), n=len(self.steps) - 1))

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.clock)

    @style.drawn
    def rgba(self, i: int = 0) -> Pixels:
        """Frame ``i``, uint8 (height, width, 4)."""
        self._show(self.clock.progress(i % len(self)) * (len(self.steps) - 1))
        self.canvas.draw()
        return np.array(self.canvas.buffer_rgba())

    @style.drawn
    def draw_still(self, stream: IO[bytes], kind: str) -> None:
        """The last frame as "pdf" or "svg"."""
        self._show(len(self.steps) - 1)
        save_vector(self.figure, stream, kind, self.alt)

    def save(self, path: str | Path) -> Path:
        """Write the film; the suffix decides, as for `Animation.save`."""
        export.save(self, path)
        return Path(path)

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, str]:
        """The film as a notebook shows it."""
        stream = io.BytesIO()
        export.save(self, stream, format="gif")
        return export.notebook(self, stream.getvalue())


def animate_muon(
    matrix: Any,
    optimizer: Muon | None = None,
    *,
    fps: float = 20,
    seconds: float = 5,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
) -> MuonFilm:
    """Film what Muon does to a matrix: a few iterations push its singular values towards one.

    Parameters
    ----------
    matrix : array_like (m, n)
        The momentum of a layer's weights, of at most 16 rows and columns.
    optimizer : Muon, optional
        Its ``ns_steps`` and ``ns_coefficients`` are shown; torch's defaults unless given.
    fps, seconds, size, theme, language
        As in `animate`.

    Returns
    -------
    MuonFilm
        ``.save("muon.gif")`` writes it; a notebook shows it.

    Raises
    ------
    InputError
        No such matrix, an optimizer that does not iterate, or a value that no film can have.

    Examples
    --------
    >>> animate_muon([[3, 0.1], [0, 0.2]], seconds=1).save("muon.gif")
    PosixPath('muon.gif')
    """
    clock, spec = Clock(fps, seconds), PictureSpec(size, theme, language)
    return MuonFilm(iterates(matrix, optimizer), clock, spec)
