"""A race in words, for those who cannot see the film."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.trajectory import Trajectory

_SENTENCES = {
    "en": {
        "race": "{count} on {surface} from ({x:.4g}, {y:.4g}).",
        "one": "One optimizer",
        "many": "{n} optimizers",
        "finished": "{label} ends at ({x:.4g}, {y:.4g}), value {value:.4g}, after {n} steps.",
        "diverged": "{label} diverges at step {k}.",
    },
    "zh": {
        "race": "{count}在“{surface}”上从 ({x:.4g}, {y:.4g}) 出发。",
        "one": "一种优化器",
        "many": "{n} 种优化器",
        "finished": "{label} 经过 {n} 步到达 ({x:.4g}, {y:.4g})，函数值 {value:.4g}。",
        "diverged": "{label} 在第 {k} 步发散。",
    },
}


def describe(trajectories: Sequence[Trajectory], language: str = "en") -> str:
    """Who raced where, and how each run ended: a sentence each.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        On one surface.
    language : {"en", "zh"}
    """
    words = _SENTENCES[language]
    surface, (x, y) = trajectories[0].surface, trajectories[0].points[0]
    many = words["many"].format(n=len(trajectories))
    count = many if len(trajectories) > 1 else words["one"]
    title = surface.named(language)
    sentences = [words["race"].format(count=count, surface=title, x=x, y=y)]
    for run in trajectories:
        x, y = run.points[-1]
        sentence = words["finished" if run.diverged_at is None else "diverged"]
        sentences.append(
            sentence.format(
                label=run.label, x=x, y=y, value=run.values[-1], n=len(run), k=run.diverged_at
            )
        )
    return " ".join(sentences) if language == "en" else "".join(sentences)
