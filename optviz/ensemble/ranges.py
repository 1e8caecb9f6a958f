"""Ranges of settings, as objects and as text: ``lr=0.01:1:log:60``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from surfaces.errors import InputError, must
from surfaces.surface import Floats

MOST = 1000  # values
FORM = re.compile(r"\s*(\w+)\s*=\s*([^:]+):([^:]+)((?::[^:]+)*)")


@dataclass(frozen=True)
class SettingRange:
    """A setting from a lower to a higher value.

    Attributes
    ----------
    name : str
        A field of the optimizer, or ``betas_0`` for a member of a tuple.
    low, high : float
    log : bool
        Whether values are evenly spaced in the logarithm.
    count : int
        How many values, where they come one after another.

    Raises
    ------
    InputError
        Not from a lower to a higher number, or a logarithm of what is not above 0.
    """

    name: str
    low: float
    high: float
    log: bool = False
    count: int = 60

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise must(self.name, "from a lower to a higher number", f"{low:g}:{high:g}")
        if self.log and low <= 0:
            raise must(self.name, "above 0 where it is in logarithms", f"{low:g}")
        if not (isinstance(self.count, int) and 2 <= self.count <= MOST):
            raise must(f"{self.name}'s count", f"a whole number from 2 to {MOST}", self.count)

    @staticmethod
    def parse(text: Any) -> SettingRange:
        """Read ``name=low:high``, with ``:log`` and ``:count`` behind in any order."""
        if isinstance(text, SettingRange):
            return text
        found = FORM.fullmatch(text) if isinstance(text, str) else None
        options: dict[str, Any] = {}
        try:
            if found is None:
                raise ValueError
            name, low, high, rest = found.groups()
            ends = float(low), float(high)
            for word in filter(None, rest.split(":")):
                if word.strip() == "log":
                    options["log"] = True
                else:
                    options["count"] = int(word)
        except ValueError:
            raise must("range", "such as 'lr=0.01:1:log:60'", text) from None
        return SettingRange(name, *ends, **options)

    @property
    def values(self) -> Floats:
        """The values, both ends among them."""
        spaced = np.geomspace if self.log else np.linspace
        found: Floats = spaced(self.low, self.high, self.count)
        return found


def two_ranges(given: Any) -> tuple[SettingRange, SettingRange]:
    """The ranges of a map over settings: two of them, or a text with a comma between."""
    parts = given.split(",") if isinstance(given, str) else given
    try:
        across, up = parts
    except (TypeError, ValueError):
        raise must("axes", "two ranges, such as 'lr=0.001:1:log,momentum=0:0.99'", given) from None
    across, up = SettingRange.parse(across), SettingRange.parse(up)
    if across.name == up.name:
        raise InputError(f"axes must be two settings; not {across.name} twice")
    return across, up
