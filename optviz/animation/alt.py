"""A race or a training in words, for those who cannot see the film."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from optviz.records.training import TrainingRecord
from optviz.records.trajectory import Trajectory
from optviz.words import say


def describe(runs: Sequence[Trajectory] | Sequence[TrainingRecord], language: str = "en") -> str:
    """Who raced where, or what was trained, and how each run ended: a sentence each.

    Parameters
    ----------
    runs : sequence of Trajectory, or of Learning
        On one surface, or of one title.
    language : {"en", "zh"}
    """
    first = runs[0]
    if isinstance(first, TrainingRecord):
        begin = say("alt_learning", language, title=first.title)
    else:
        begin = _race(runs, language)
    sentences = [begin, *(_end(run, language) for run in runs)]
    return " ".join(sentences) if language == "en" else "".join(sentences)


def _race(runs: Sequence[Any], language: str) -> str:
    count = say("alt_many" if len(runs) > 1 else "alt_one", language, n=len(runs))
    (x, y), surface = runs[0].points[0], runs[0].surface
    unnamed = surface.name == "formula" and not surface.title
    title = f"f(x, y) = {surface.formula}" if unnamed else surface.named(language)
    return say("alt_race", language, count=count, surface=title, x=x, y=y)


def _end(run: Trajectory | TrainingRecord, language: str) -> str:
    said = _ended(run, language)
    return said if run.rate_fits is not False else said + say("alt_no_rate_fits", language)


def _ended(run: Trajectory | TrainingRecord, language: str) -> str:
    if run.ending is not None:
        ending, step = run.ending
        return say(f"alt_{ending}", language, label=run.label, k=step)
    if isinstance(run, Trajectory):
        x, y = run.points[-1]
        numbers = {"x": x, "y": y, "value": run.values[-1], "n": len(run)}
        return say("alt_finished", language, label=run.label, **numbers)
    train, valid = (
        float(curve[-1]) if len(curve) else math.nan
        for curve in (run.training_accuracy, run.validation_accuracy)
    )
    word = "alt_learned_alone" if math.isnan(valid) else "alt_learned"
    return say(word, language, label=run.label, train=train, valid=valid, n=len(run))
