"""How long frames take, each until it is painted: told, not judged."""

from __future__ import annotations

from statistics import median

COUNT, FIRST = 40, 10  # frames; the first ones warm up


def frames(page):
    """The medians of play and of a start's drag."""
    times = (median(page.call(name, COUNT)[FIRST:]) for name in ("play", "drag"))
    return "{:.0f} ms, {:.0f} ms".format(*times)
