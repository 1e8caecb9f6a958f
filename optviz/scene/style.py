"""The matplotlib settings that pictures are drawn under, and no others."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import matplotlib as mpl
from matplotlib.figure import Figure

from optviz.scene.fonts import fonts
from optviz.scene.themes import Theme

DENSITY = 100  # pixels an inch: a PNG prints as large as the PDF of the same picture


def rc(theme: Theme, language: str, pixels: float) -> dict[str, Any]:
    """All matplotlib settings of a picture whose text is ``pixels`` high, for `drawing`.

    What is not ours is matplotlib's own default, never the user's.
    """
    ours = {
        "font.family": fonts(language),
        "font.size": pixels * 0.72,
        "mathtext.fontset": "dejavusans",
        "text.color": theme.ink,
        "axes.labelcolor": theme.quiet,
        "xtick.color": theme.quiet,
        "ytick.color": theme.quiet,
        "axes.edgecolor": theme.quiet,
        "axes.facecolor": theme.page,
        "figure.facecolor": theme.page,
        "axes.linewidth": pixels * 0.05,
        "path.simplify": True,
        "path.effects": [],  # the default is a list that users append to
        "pdf.fonttype": 42,  # letters stay letters
        "svg.hashsalt": "optviz",  # the same names each time
    }
    return _defaults() | dict(mpl.RcParams(ours))


@cache
def _defaults() -> dict[str, Any]:
    """Matplotlib's own defaults, except for the settings that choose a backend."""
    elsewhere = ("backend", "backend_fallback", "interactive")
    return {
        key: copy.deepcopy(value)
        for key, value in dict.items(mpl.rcParamsDefault)
        if key not in elsewhere
    }


# Matplotlib's settings, its parser of formulas and its list of fonts are one for the process. It
# draws figures under this lock, but measures texts without: we do both under the very same one, so
# that no thread of the user's draws meanwhile, and none waits for two locks in two orders.
ALONE: Any = vars(Figure).get("_render_lock") or threading.RLock()


@contextmanager
def drawing(settings: Mapping[str, Any]) -> Iterator[None]:
    """Apply the settings of `rc` to matplotlib while a picture is built, measured, drawn or saved.

    The user's settings can't reach our pictures, and are as before when the block ends. Threads
    that draw, ours or figures of their own, take turns. Settings are matplotlib's for the whole
    process, so a thread of the user's that makes a figure just then sees ours; what it sets, it
    keeps.

    Parameters
    ----------
    settings : mapping
        From `rc`: checked already, so that a frame need not pay for it.
    """
    theirs: Any = mpl.rcParams
    with ALONE:
        # Below RcParams' own methods, which check values anew and choose a backend on the way.
        get = dict.__getitem__
        before = {k: get(theirs, k) for k, value in settings.items() if get(theirs, k) is not value}
        try:
            dict.update(theirs, {key: settings[key] for key in before})
            yield
        finally:
            for key, value in before.items():
                if dict.__getitem__(theirs, key) is settings[key]:
                    dict.__setitem__(theirs, key, value)


class _Drawn(Protocol):
    settings: dict[str, Any]


P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D", bound=_Drawn)


def drawn(method: Callable[Concatenate[D, P], T]) -> Callable[Concatenate[D, P], T]:
    """Decorate a method of a picture so that it draws under the picture's own ``settings``."""

    @wraps(method)
    def alone(self: D, /, *args: P.args, **kinds: P.kwargs) -> T:
        with drawing(self.settings):
            return method(self, *args, **kinds)

    return alone
