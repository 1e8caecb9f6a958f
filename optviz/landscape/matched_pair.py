"""Two networks whose units were matched: the numbers, and their film."""

from __future__ import annotations

from dataclasses import dataclass

from optviz.animation.checks import check_poster
from optviz.animation.film import SECONDS, Animation
from optviz.export.clock import Clock
from optviz.landscape.matching import Matching
from optviz.records.matched_networks import MatchedNetworks
from optviz.scene.views import SceneSpec, Views


@dataclass(frozen=True, eq=False)
class MatchedPair:
    """Two networks, and the loss between them at each stage of the matching.

    Attributes
    ----------
    record : MatchedNetworks
        ``.t (m,)``, ``.losses (s, m)``, ``.counts (s,)`` and ``.barriers (s,)``.
    matching : Matching
        The second network with its units renumbered.
    """

    record: MatchedNetworks
    matching: Matching

    @property
    def barrier(self) -> tuple[float, float]:
        """As trained, and with all units in place."""
        first, last = self.record.barriers[[0, -1]].tolist()
        return first, last

    def animate(
        self,
        *,
        views: Views | None = None,
        fps: float = 20,
        seconds: float = SECONDS,
        size: tuple[int, int] = (800, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
        caption: str | None = None,
        once: bool = False,
        poster: str | int | None = None,
        names: str = "auto",
    ) -> Animation:
        """A film of the loss between the networks, while units are put into their places.

        Parameters
        ----------
        views : sequence of str, optional
            Panels from left to right: names of ``optviz.scene.views.MATCHING_PANELS``. Both unless
            given.
        fps, seconds, size, theme, language, title, caption, once, poster, names
            As in `optviz.animate`.

        Returns
        -------
        Animation
            ``.save("barrier.gif")`` writes it.
        """
        check_poster(poster)
        clock = Clock(fps, seconds, once=once)
        spec = SceneSpec(
            size, theme, language, MatchedNetworks, views, title, caption=caption, names=names
        )
        return Animation.from_spec([self.record], clock, spec).with_poster(poster)

    def __repr__(self) -> str:
        return f"<MatchedPair {self.record.summary()}>"
