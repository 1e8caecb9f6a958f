"""The words in pictures, in English and Simplified Chinese."""

from __future__ import annotations

_WORDS: dict[str, dict[str, str]] = {
    "step": {"en": "step", "zh": "步数"},
    "step_of": {"en": "step {k} of {n}", "zh": "第 {k} 步，共 {n} 步"},
    "at_step": {"en": "step {k}", "zh": "第 {k} 步"},
    "loss": {"en": "f(x, y)", "zh": "f(x, y)"},
    "rise": {"en": "f(x, y) above the minimum", "zh": "f(x, y) 高出最小值"},
    "weight": {"en": "weight", "zh": "权重"},
    "bias": {"en": "bias", "zh": "偏置"},
    "rate": {"en": "learning rate", "zh": "学习率"},
    "gradient": {"en": "gradient", "zh": "梯度"},
    "memory": {"en": "memory", "zh": "记忆"},
    "update": {"en": "step", "zh": "更新"},
    "diverged": {"en": "diverged at step {k}", "zh": "第 {k} 步发散"},
    # Networks: films of training.
    # Networks: activations and evaluation.
    # Networks: comparisons.
}


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _WORDS[word][language].format(**numbers)
