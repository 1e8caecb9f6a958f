"""A race or a training in words, for those who cannot see the film."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from optviz.records.training import TrainingRecord
from optviz.records.trajectory import Trajectory

_SENTENCES = {
    "en": {
        "race": "{count} on {surface} from ({x:.4g}, {y:.4g}).",
        "one": "One optimizer",
        "many": "{n} optimizers",
        "finished": "{label} ends at ({x:.4g}, {y:.4g}), value {value:.4g}, after {n} steps.",
        "diverged": "{label} diverges at step {k}.",
        "left": "{label} leaves the surface at step {k}.",
        "no_rate_fits": " No learning rate keeps it in the window.",
        "learning": "{title}.",
        "learned": "{label}: training accuracy {train:.1%} and validation accuracy {valid:.1%} "
        "after {n} steps.",
        "learned_alone": "{label}: training accuracy {train:.1%} after {n} steps.",
    },
    "zh": {
        "race": "{count}在“{surface}”上从 ({x:.4g}, {y:.4g}) 出发。",
        "one": "一种优化器",
        "many": "{n} 种优化器",
        "finished": "{label} 经过 {n} 步到达 ({x:.4g}, {y:.4g})，函数值 {value:.4g}。",
        "diverged": "{label} 在第 {k} 步发散。",
        "left": "{label} 在第 {k} 步离开曲面。",
        "no_rate_fits": "没有学习率能使它留在窗口内。",
        "learning": "{title}。",
        "learned": "{label}：{n} 步后训练准确率 {train:.1%}，验证准确率 {valid:.1%}。",
        "learned_alone": "{label}：{n} 步后训练准确率 {train:.1%}。",
    },
}


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
        begin = _SENTENCES[language]["learning"].format(title=first.title)
    else:
        begin = _race(runs, language)
    sentences = [begin, *(_end(run, language) for run in runs)]
    return " ".join(sentences) if language == "en" else "".join(sentences)


def _race(runs: Sequence[Any], language: str) -> str:
    words = _SENTENCES[language]
    many = words["many"].format(n=len(runs))
    count = many if len(runs) > 1 else words["one"]
    (x, y), surface = runs[0].points[0], runs[0].surface
    unnamed = surface.name == "formula" and not surface.title
    title = f"f(x, y) = {surface.formula}" if unnamed else surface.named(language)
    return words["race"].format(count=count, surface=title, x=x, y=y)


def _end(run: Trajectory | TrainingRecord, language: str) -> str:
    said = _ended(run, language)
    return said if run.rate_fits is not False else said + _SENTENCES[language]["no_rate_fits"]


def _ended(run: Trajectory | TrainingRecord, language: str) -> str:
    words = _SENTENCES[language]
    if run.ending is not None:
        word, step = run.ending
        return words[word].format(label=run.label, k=step)
    if isinstance(run, Trajectory):
        x, y = run.points[-1]
        return words["finished"].format(label=run.label, x=x, y=y, value=run.values[-1], n=len(run))
    train, valid = (
        float(curve[-1]) if len(curve) else math.nan
        for curve in (run.training_accuracy, run.validation_accuracy)
    )
    word = "learned_alone" if math.isnan(valid) else "learned"
    return words[word].format(label=run.label, train=train, valid=valid, n=len(run))
