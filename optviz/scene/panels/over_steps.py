"""The base class of panels that show something over the steps: its axes and grid."""

from __future__ import annotations

from matplotlib.ticker import FixedLocator, Locator, LogLocator, MaxNLocator, NullLocator

from optviz.scene.panels.base import R
from optviz.scene.panels.growing_lines import GrowingLines
from optviz.scene.ticks import DECADES, step_ticks

GRID = 0.18  # how opaque grid lines are


class StepPanel(GrowingLines[R]):
    """A panel that draws something against the step."""

    def draw_axes(
        self, word: str, limits: tuple[float, float], log: bool, **numbers: object
    ) -> None:
        """Lay out both axes; ``word`` of the catalogue names the vertical one."""
        last = max(1, *(len(run) for run in self.runs))
        self.axes.set_yscale("log" if log else "linear")  # a linear axis widens the tiniest limits
        self.axes.set(
            xlim=(0, 1.02 * last),  # room for the heads
            ylim=limits,
            xlabel=self.style.say("step"),
            ylabel=self.style.say(word, **numbers),
        )
        self.axes.xaxis.set_major_locator(FixedLocator(step_ticks(last)))
        low, high = limits
        if not log or high < 5 * low:
            locator: Locator = MaxNLocator(5)
        elif high < DECADES * low:  # powers of ten alone would be too few
            locator = LogLocator(subs=(1, 2, 5))
        else:
            locator = LogLocator(numticks=6)
        self.axes.yaxis.set_major_locator(locator)
        self.axes.yaxis.set_minor_locator(NullLocator())
        self.axes.grid(color=self.style.theme.quiet, alpha=GRID, linewidth=0.05 * self.point)
        self.axes.spines[["top", "right"]].set_visible(False)
