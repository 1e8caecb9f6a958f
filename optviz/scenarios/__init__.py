"""Named lessons: each a race with a claim in words and the same claim as a check.

>>> get("washboard").claim["en"][:33]
'At one lr the coefficient of mome'
"""

from __future__ import annotations

from optviz.scenarios.course import COURSE
from optviz.scenarios.lessons import LESSONS
from optviz.scenarios.scenario import Scenario
from surfaces.errors import unknown

__all__ = ["Scenario", "get", "names"]

_SCENARIOS: dict[str, Scenario] = {s.name: s for s in (*COURSE, *LESSONS)}


def names() -> list[str]:
    """The course's scenarios in its order, then the lesson of each surface."""
    return list(_SCENARIOS)


def get(name: str) -> Scenario:
    """The scenario of this name.

    Raises
    ------
    InputError
        No such scenario; the message names the nearest.
    """
    if not isinstance(name, str) or name not in _SCENARIOS:
        raise unknown("scenario", name, _SCENARIOS, "optviz list scenarios")
    return _SCENARIOS[name]
