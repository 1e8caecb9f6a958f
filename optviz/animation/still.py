"""Any matplotlib figure in the project's fonts and colours, saved like a film of one frame."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from optviz import export
from optviz.export.clock import Clock
from optviz.export.protocol import Pixels
from optviz.scene import style
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.scene import save_vector


class Still:
    """A figure and what it shows in words.

    Parameters
    ----------
    spec : PictureSpec
        Size, theme and language.

    Attributes
    ----------
    spec : PictureSpec
    figure : matplotlib Figure
        With constrained layout.
    theme : Theme
    language : {"en", "zh"}
    unit : float
        Height of the text in pixels: widths and sizes are multiples of it.
    alt : str
        What is seen, in words; set after drawing.
    """

    clock = Clock(1, 1)

    def __init__(self, spec: PictureSpec) -> None:
        self.spec = spec
        self.width, self.height = spec.size
        self.theme, self.language, self.unit = spec.colours, spec.language, spec.text_height
        self.settings = spec.settings
        with style.drawing(self.settings):
            self.figure = Figure(spec.inches, dpi=style.DENSITY, layout="constrained")
        self._layout = self.figure.get_layout_engine()
        self.canvas = FigureCanvasAgg(self.figure)
        self.alt = ""

    def __getstate__(self) -> dict[str, Any]:
        """The figure, which matplotlib pickles with whatever was drawn into it, and the spec."""
        made_anew = ("canvas", "settings")
        return {key: value for key, value in vars(self).items() if key not in made_anew}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.settings = self.spec.settings
        self.canvas = FigureCanvasAgg(self.figure)

    def __deepcopy__(self, memo: dict[int, Any]) -> Still:
        """Copy by pickling, because matplotlib's transforms cannot be deep-copied."""
        copied: Still = pickle.loads(pickle.dumps(self))
        return copied

    @property
    def point(self) -> float:
        """One unit in matplotlib's points, for widths and sizes."""
        return 0.72 * self.unit

    @contextmanager
    def drawing(self) -> Iterator[Figure]:
        """Draw into the figure with the picture's fonts and colours; then lay it out, once.

        Constrained layout moves things a little each time it is run: if it ran for each file, PNG
        and PDF would not be the same picture.
        """
        with style.drawing(self.settings):
            self.figure.set_layout_engine(self._layout)
            yield self.figure
            self.canvas.draw()
            self.figure.set_layout_engine("none")

    def __len__(self) -> int:
        """Number of frames: one."""
        return 1

    @style.drawn
    def rgba(self, i: int = 0) -> Pixels:
        """The picture, uint8 (height, width, 4)."""
        self.canvas.draw()
        return np.array(self.canvas.buffer_rgba())

    @style.drawn
    def draw_still(self, stream: IO[bytes], kind: str) -> None:
        """The picture as "pdf" or "svg"."""
        save_vector(self.figure, stream, kind, self.alt)

    def save(self, path: str | Path) -> Path:
        """Write ``.png``, ``.pdf`` or ``.svg``; the words are in the file too.

        Raises
        ------
        InputError
            Another suffix, or a path that cannot be written.
        """
        check_still(path)
        export.save(self, path)
        return Path(path)

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, str]:
        """What a notebook shows."""
        return export.notebook(self)


def check_still(path: str | Path) -> Path:
    """The path, if a `Still` can be saved there; checked before any work is done."""
    export.check(path, Still.clock, still=True)
    return Path(path)
