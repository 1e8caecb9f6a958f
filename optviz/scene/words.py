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
    "cross_entropy": {"en": "cross-entropy", "zh": "交叉熵"},
    "accuracy": {"en": "accuracy", "zh": "准确率"},
    "training": {"en": "training", "zh": "训练"},
    "mean_loss": {"en": "cross-entropy, mean of {n} batches", "zh": "交叉熵，{n} 个批次的平均"},
    "validation": {"en": "validation", "zh": "验证"},
    "first_layer": {"en": "first layer, −{w} to {w}", "zh": "第一层，−{w} 到 {w}"},
    "predicted": {"en": "predicted", "zh": "预测"},
    "predicted_by": {"en": "predicted by {label}", "zh": "{label} 的预测"},
    "true": {"en": "true", "zh": "真实"},
    # Networks: activations and evaluation.
    # Networks: comparisons.
}


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _WORDS[word][language].format(**numbers)
