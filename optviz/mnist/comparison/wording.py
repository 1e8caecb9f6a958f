"""The sentences about a comparison."""

from __future__ import annotations

from optviz.mnist.comparison.grid import Setting
from optviz.mnist.comparison.results import Results
from optviz.mnist.training.wording import in_words

LINES = 30  # of a summary


def name_of(results: Results, settings: Setting) -> str:
    """The values on the axes in words."""
    return ", ".join(in_words(n, settings[n]) for n in results.axes or ("optimizer",))


def summary(results: Results) -> str:
    """A line a group of seeds, the best test accuracy first; then how rates were found."""
    groups = sorted(results.groups, key=lambda group: -group.of("test_accuracy").mean())
    lines = []
    for group in groups[:LINES]:
        test = group.of("test_accuracy")
        line = f"{name_of(results, group.settings)}: test accuracy {test.mean():.2%}"
        if len(test) > 1:
            line += f" ({test.min():.2%} to {test.max():.2%})"
        line += f", training {group.of('train_accuracy').mean():.2%}"
        if group.runs[0].tuned:
            line += f", rate {group.runs[0].rate:g}"
        if group.diverged:
            line += f"; {group.diverged} of {len(test)} diverged"
        lines.append(line)
    if len(groups) > LINES:
        lines.append(f"and {len(groups) - LINES:,} more")
    if results.tuning.trials:
        lines.append(results.tuning.text())
    for trial in results.tuning.at_the_end():
        lines.append(
            f"{name_of(results, trial.settings)}: the best rate was the last that was tried, "
            f"{trial.rate:g}; a better one may lie beyond"
        )
    return "\n".join(lines)
