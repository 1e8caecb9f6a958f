"""Which legend pictures of each kind of record have."""

from __future__ import annotations

from typing import Any

from optviz.scene.basin_key import BasinKey
from optviz.scene.legend import Legend

# Of maps no run has a colour: the key says what colours mean.
_OWN: dict[str, Any] = {"basins": BasinKey}


def legend_of(kind: str) -> Any:
    """The class of the legend of records of a kind."""
    return _OWN.get(kind, Legend)
