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
    "rates_tuned": {
        "en": "Learning rates: of {n} from {low} to {high} the one with the lowest loss on {judge} "
        "after {budget}, seed {seed}; the same rule for all that have none of their own.",
        "zh": "学习率：从 {low} 到 {high} 的 {n} 个值中，取种子 {seed} 训练{budget}后{judge}损失"
        "最低者；凡未指定学习率者皆用此规则。",
    },
    "rates_given": {
        "en": "Learning rates: as given.",
        "zh": "学习率：按指定值。",
    },
    "rates_default": {
        "en": "Learning rates: torch's defaults, not tuned, where none is given.",
        "zh": "学习率：未指定者用 torch 的默认值，未调优。",
    },
    "budget": {"en": "{n} batches", "zh": " {n} 批"},
    "budget_or_run": {"en": " (or the whole run if shorter)", "zh": "（更短者训练到底）"},
    "judge_validation": {"en": "validation images", "zh": "验证集"},
    "judge_training": {"en": "training images", "zh": "训练集"},
    "batch_loss": {"en": "training loss", "zh": "训练损失"},
    "band_read": {
        "en": "Line: mean of {n} seeds; band: lowest to highest.",
        "zh": "线：{n} 个种子的均值；带：最低到最高。",
    },
    "windows": {
        "en": "Each step's loss is the mean of the last {n} batches.",
        "zh": "每步的损失取最近 {n} 批的平均。",
    },
    "no_window": {
        "en": "Each step's loss is that of its batch.",
        "zh": "每步的损失取自该批。",
    },
    "test_accuracy": {"en": "accuracy on the test images", "zh": "测试集准确率"},
    "cells_read": {
        "en": "Mean of {n} seeds ± half the distance from the lowest to the highest.",
        "zh": "{n} 个种子的均值 ± 最高与最低之差的一半。",
    },
    "bars_read": {
        "en": "Marks: mean of {n} seeds; bars: lowest to highest.",
        "zh": "标记：{n} 个种子的均值；竖线：最低到最高。",
    },
    "one_seed": {"en": "One seed.", "zh": "一个种子。"},
    "all_diverged": {"en": "diverged", "zh": "发散"},
    "some_diverged": {"en": "{k} of {n} diverged", "zh": "{n} 次中 {k} 次发散"},
    "parameters": {"en": "{n} parameters", "zh": "{n} 个参数"},
    "train_images": {"en": "images trained on", "zh": "训练图像数"},
    "on_train": {"en": "on the images trained on", "zh": "训练集"},
    "on_test": {"en": "on the test images", "zh": "测试集"},
    "sizes_title": {"en": "Depth against width", "zh": "深度与宽度"},
    "samples_title": {"en": "Accuracy and the number of images", "zh": "准确率与训练图像数"},
    "weights_title": {"en": "Weights after training", "zh": "训练后的权重"},
    "weights_count": {"en": "how many", "zh": "个数"},
    "weights_value": {"en": "weight", "zh": "权重"},
    "weights_small": {"en": "{share} below 0.001", "zh": "{share} 小于 0.001"},
    "train_score": {"en": "training {share}", "zh": "训练 {share}"},
    "test_score": {"en": "test {share}", "zh": "测试 {share}"},
    "means_read": {"en": "Mean of {n} seeds.", "zh": "{n} 个种子的均值。"},
    "weights_read": {
        "en": "Weights beyond ±0.5 stand in the outermost bins.",
        "zh": "超出 ±0.5 的权重计入最外侧。",
    },
    "no_penalty": {"en": "none", "zh": "无正则化"},
    "set_l1": {"en": "L1 {value}", "zh": "L1 {value}"},
    "set_l2": {"en": "L2 {value}", "zh": "L2 {value}"},
    "set_dropout": {"en": "dropout {value}", "zh": "dropout {value}"},
    "set_hidden": {"en": "hidden {value}", "zh": "隐藏层 {value}"},
    "set_epochs": {"en": "{value} epochs", "zh": "{value} 轮"},
    "set_batch_size": {"en": "batch {value}", "zh": "批大小 {value}"},
    "set_samples": {"en": "{value} images", "zh": "{value} 张图像"},
    "set_all_samples": {"en": "all images", "zh": "全部图像"},
    "set_validation": {"en": "validation {value}", "zh": "验证 {value}"},
    "set_patience": {"en": "patience {value}", "zh": "耐心 {value}"},
    "set_none": {"en": "none", "zh": "无"},
}


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _WORDS[word][language].format(**numbers)
