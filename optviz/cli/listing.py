"""The lists of ``optviz list``: names from the registries, each with a line of description."""

from __future__ import annotations

from collections.abc import Callable

import surfaces
from optviz import scenarios
from optviz.export import WRITERS
from optviz.optimizers import GD, REGISTRY
from optviz.optimizers.spec import WRAPPERS
from optviz.optimizers.wrappers import wrapped
from optviz.records.trajectory_files import WRITERS as NUMBERS
from surfaces.errors import unknown


def _surfaces() -> list[str]:
    # Its lesson is about the runs of its scenario: `optviz list scenarios` has it.
    known = map(surfaces.get, surfaces.names())
    return [
        f"{s.name:20} {s.family:8} {s.named()}: {s.formula or 'computed, without a formula'}"
        for s in known
    ]


def _optimizers() -> list[str]:
    return [f"{kind()!s:28} {_first_line(kind)}" for kind in REGISTRY.values()]


def _wrappers() -> list[str]:
    each = ((wrapped(wrapper, GD)(), wrapper) for wrapper in WRAPPERS.values())
    return [f"{example!s:42} {_first_line(wrapper)}" for example, wrapper in each]


def _scenarios() -> list[str]:
    return [f"{name:26} {scenarios.get(name).claim['en']}" for name in scenarios.names()]


def _formats() -> list[str]:
    pictures = [f"{suffix:6} {_first_line(writer)}" for suffix, writer in WRITERS.items()]
    numbers = [f"{suffix:6} Numbers, from optviz run." for suffix in NUMBERS]
    return [*pictures, f"{'.html':6} The same runs in the explorer, offline.", *numbers]


def _first_line(thing: object) -> str:
    """Of its description; nothing where a user's own has none."""
    lines = (thing.__doc__ or "").strip().splitlines()
    return lines[0] if lines else ""


def _views() -> list[str]:
    from optviz.instruments import INSTRUMENTS
    from optviz.scene import LEARNING_PANELS, PANELS

    measured = INSTRUMENTS.keys() - {"loss"}
    descents = [f"{name:16} {_first_line(panel)}" for name, panel in PANELS.items()]
    learning = [
        f"{name:16} optviz mnist {'instruments' if name in measured else 'animate'}: "
        f"{_first_line(panel)}"
        for name, panel in LEARNING_PANELS.items()
    ]
    return [*descents, *learning]


LISTS: dict[str, Callable[[], list[str]]] = {
    "surfaces": _surfaces,
    "optimizers": _optimizers,
    "wrappers": _wrappers,
    "scenarios": _scenarios,
    "views": _views,
    "formats": _formats,
}


def lines(what: str) -> list[str]:
    """One line for each surface, optimizer, wrapper, scenario, view or file format.

    Raises
    ------
    InputError
        No such list.
    """
    if what not in LISTS:
        raise unknown("list", what, LISTS)
    return LISTS[what]()
