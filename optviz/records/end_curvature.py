"""Maps of starts by the curvature where they end, as a share of what the rate allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz.records.basin_map import BasinRecord
from optviz.records.basin_words import percent
from optviz.words import Phrase, Text, readable
from surfaces.surface import Floats

SHARES = (0.25, 0.5, 0.75, 1.0)  # of the limit: label k ends there, the last label lies beyond


@dataclass(frozen=True, eq=False, repr=False)
class EndCurvatureRecord(BasinRecord):
    """Where gradient descent comes to rest, by curvature.

    Attributes
    ----------
    curvature : array (h, w)
        The largest eigenvalue of the Hessian where each run ended; nan where it did not come to
        rest.
    limit : float
        Theory's: 2 / lr.
    labels : int array (h, w)
        The quarter of the limit in which the curvature lies, 0 to 3; 4 above it, -1 not at rest,
        -2 diverged.
    """

    curvature: Floats = field(kw_only=True)
    limit: float = field(kw_only=True)

    @property
    def ends(self) -> list[Text]:
        """What each label means."""
        lows = (0.0, *SHARES)
        found: list[Text] = [
            Phrase("curved_part", {"low": low, "high": high})
            for low, high in zip(lows, SHARES, strict=False)
        ]
        return [*found, Phrase("curved_above")]

    @property
    def largest(self) -> float:
        """The largest curvature of all ends, as a share of the limit; nan without any."""
        known = self.curvature[np.isfinite(self.curvature)]
        return float(known.max()) / self.limit if known.size else float("nan")

    def heading(self, language: str) -> tuple[str, str]:
        """The title, and the formula."""
        return Phrase("curved_title").text(language), self.surface.latex_line

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence on a picture of it."""
        (x0, x1), (y0, y1) = self.window
        ends = {"x0": readable(x0), "x1": readable(x1), "y0": readable(y0), "y1": readable(y1)}
        return Phrase("curved_introduction", texts=ends)

    def outcome(self, label: Text) -> Phrase:
        """The sentence about the map."""
        texts: dict[str, Text] = {"label": label, "share": percent(self.arrived)}
        texts |= {"largest": f"{self.largest:.4f}", "above": percent(self.shares.get(4, 0.0))}
        texts |= {"diverged": percent(self.diverged), "undecided": percent(self.undecided)}
        return Phrase("curved_outcome", {"n": self.labels.size, "steps": self.budget}, texts)

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase:
        """What was measured: how many came to rest, and the largest curvature there."""
        return self.outcome(names[0])
