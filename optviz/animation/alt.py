"""Alternative texts: what a picture of runs shows, in sentences for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.records.labels import labels
from optviz.records.record import Record
from optviz.words import joined, say


def describe(runs: Sequence[Record], language: str = "en", measured: str = "") -> str:
    """Describe runs in sentences: one on the race, then one on how each run ended.

    Parameters
    ----------
    runs : sequence of Trajectory, or of TrainingRecord
        Such as one picture can show.
    language : {"en", "zh"}
    measured : str
        A sentence on all runs together, said after the first.
    """
    introduction = runs[0].introduction(runs[1:]).text(language)
    named = zip(runs, labels(runs, language), strict=True)
    outcomes = (_outcome(run, label, language) for run, label in named)
    return joined(filter(None, [introduction, measured, *outcomes]), language)


def _outcome(run: Record, label: str, language: str) -> str:
    if run.ending is None:
        sentence = run.outcome(label).text(language)
    else:
        ending, step = run.ending
        sentence = say(f"alt_{ending}", language, label=label, k=step)
    return sentence if run.rate_fits is not False else sentence + say("alt_no_rate_fits", language)
