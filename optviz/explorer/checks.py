"""What each setting of the explorer may be: the limits of a page, checked in Python.

``js/state/schema.js`` checks the same for links and for what is typed in the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from optviz.optimizers import Optimizer, as_rule
from optviz.optimizers.spec import split
from surfaces.errors import must, unknown
from surfaces.window import FARTHEST, checked_domain, checked_point

MOST_STEPS = 20_000
MOST_STARTS = 24
MOST_RACERS = 100
MOST_SEED = 2**31
VIEWS = ("loss", "gradient", "profile", "sweep", "relief", "anatomy")
USUAL_VIEWS = ("loss", "relief", "anatomy")
THEMES = ("auto", "light", "dark", "print")
FINEST = 1e-12  # of a coordinate: what a window can be narrowed to
FARTHEST_TURN = 1e6  # radians


def number(name: str, allowed: str, holds: Callable[[float], bool]) -> Callable[[Any], float]:
    """A check of a finite number."""

    def check(value: Any) -> float:
        if not (math.isfinite(value) and holds(value)):
            raise must(name, allowed, value)
        return float(value)

    return check


def whole(name: str, low: int, high: int, why: str = "") -> Callable[[Any], int]:
    """A check of a whole number; ``why`` says where its limit comes from."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not low <= value <= high:
            raise must(name, f"a whole number from {low} to {high}{why}", value)
        return int(value)

    return check


def numbers(name: str, value: Any, count: int) -> tuple[float, ...]:
    """So many finite numbers."""
    try:
        found = tuple(float(each) for each in value)
    except (TypeError, ValueError, OverflowError):
        found = ()
    if len(found) != count or not all(map(math.isfinite, found)):
        raise must(name, f"{count} finite numbers", value)
    return found


def domain(value: Any) -> tuple[float, ...]:
    """x0, x1, y0, y1: two ranges."""
    x0, x1, y0, y1 = numbers("domain", value, 4)
    checked_domain(((x0, x1), (y0, y1)))
    return x0, x1, y0, y1


def window(value: Any) -> tuple[float, ...] | None:
    """The part of the plane that is shown: two ranges, not so small that pixels share numbers."""
    if value is None:
        return None
    ends = numbers("window", value, 4)
    for low, high in (ends[:2], ends[2:]):
        if (
            not (low < high and high - low > FINEST * max(abs(low), abs(high)))
            or max(abs(low), abs(high)) > FARTHEST
        ):
            raise must("window", "None, or two ranges x0, x1, y0, y1 from lower to higher", value)
    return ends


def camera(value: Any) -> tuple[float, ...] | None:
    """Azimuth and elevation of the relief, in radians."""
    if value is None:
        return None
    angles = numbers("camera", value, 2)
    if max(map(abs, angles)) > FARTHEST_TURN:
        raise must("camera", f"None, or two angles within {FARTHEST_TURN:g}", value)
    return angles


def start(value: Any) -> tuple[float, float]:
    """A point that can be drawn."""
    x, y = checked_point("start", value)
    if max(abs(x), abs(y)) > FARTHEST:
        raise must("start", f"two numbers within {FARTHEST:g}", value)
    return x, y


def starts(value: Any) -> list[tuple[float, float]]:
    """At least one point."""
    listed = isinstance(value, Iterable) and not isinstance(value, (str, Mapping))
    points = list(value) if listed else []
    if not 1 <= len(points) <= MOST_STARTS or any(np.ndim(point) == 0 for point in points):
        allowed = f"a list of 1 to {MOST_STARTS} points, such as [(1, 2), (-3, 0.5)]"
        raise must("starts", allowed, value)
    return [start(point) for point in points]


def views(value: Any) -> list[str]:
    """Names of views, in the page's order. The contour is always shown, and may be named too."""
    named = [value] if isinstance(value, str) else list(value)
    for name in named:
        if name not in (*VIEWS, "contour"):
            raise unknown("views", name, ("contour", *VIEWS))
    return [name for name in VIEWS if name in named]


def racer(text: Any, rules: Mapping[str, type[Optimizer]]) -> str:
    """An optimizer's spec in its usual spelling; without ``lr`` where it has none.

    "-" before it, and it does not run.
    """
    if not isinstance(text, str):
        raise must("optimizers", "specs such as 'adam:lr=0.1'", text)
    spec = text.strip()
    off, spec = spec.startswith("-"), spec.removeprefix("-")
    optimizer = as_rule(spec, rules)
    if not optimizer.steps_by_rule:
        raise optimizer.without_rule()
    settings = split(str(optimizer).partition(":")[2])
    name, _, typed = spec.partition(":")
    if not any(setting.partition("=")[0].strip() == "lr" for setting in split(typed)):
        settings = [setting for setting in settings if not setting.startswith("lr=")]
    written = ":".join(part for part in (name.strip().lower(), ",".join(settings)) if part)
    return f"-{written}" if off else written


def racers(value: Sequence[Any], rules: Mapping[str, type[Optimizer]]) -> list[str]:
    """At least one optimizer."""
    if not 1 <= len(value) <= MOST_RACERS:
        raise must("racers", f"1 to {MOST_RACERS} optimizers", value)
    return [racer(text, rules) for text in value]


def is_off(spec: str) -> bool:
    """Whether an optimizer of the list does not run."""
    return spec.startswith("-")


CHECKS: dict[str, Callable[[Any], Any]] = {
    "domain": domain,
    "window": window,
    "camera": camera,
    "start": start,
    "starts": starts,
    "views": views,
    "steps": whole("steps", 1, MOST_STEPS, ", the most that a browser runs"),
    "seed": whole("seed", 0, MOST_SEED),
    "selected": whole("selected", -1, MOST_RACERS - 1),
    "frame": number("frame", f"a number from 0 to {MOST_STEPS}", lambda k: 0 <= k <= MOST_STEPS),
    "noise": number("noise", "a finite number of at least 0", lambda noise: noise >= 0),
    "speed": number("speed", "a number above 0, and at most 100", lambda v: 0 < v <= 100),
}
