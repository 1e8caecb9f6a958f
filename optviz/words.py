"""The words in pictures, in English and Simplified Chinese."""

from __future__ import annotations

_WORDS: dict[str, dict[str, str]] = {
    "step": {"en": "step", "zh": "步数"},
    "step_of": {"en": "step {k} of {n}", "zh": "第 {k} 步，共 {n} 步"},
    "at_step": {"en": "step {k}", "zh": "第 {k} 步"},
    "loss": {"en": "f(x, y)", "zh": "f(x, y)"},
    "rise": {"en": "f(x, y) above the minimum", "zh": "f(x, y) 高出最小值"},
    "rise_seen": {"en": "f(x, y) above the lowest value seen", "zh": "f(x, y) 高出所见最低值"},
    "weight": {"en": "weight", "zh": "权重"},
    "bias": {"en": "bias", "zh": "偏置"},
    "rate": {"en": "learning rate", "zh": "学习率"},
    "gradient": {"en": "gradient", "zh": "梯度"},
    "memory": {"en": "memory", "zh": "记忆"},
    "update": {"en": "step", "zh": "更新"},
    "diverged": {"en": "diverged at step {k}", "zh": "第 {k} 步发散"},
    "left": {"en": "left the surface at step {k}", "zh": "第 {k} 步离开曲面"},
    "no_rate_fits": {
        "en": "(no rate stays in the window)",
        "zh": "（没有学习率能留在窗口内）",
    },
    # Networks: films of training.
    "cross_entropy": {"en": "cross-entropy", "zh": "交叉熵"},
    "accuracy": {"en": "accuracy", "zh": "准确率"},
    "training": {"en": "training", "zh": "训练"},
    "mean_loss": {"en": "cross-entropy, mean of {n} batches", "zh": "交叉熵，{n} 个批次的平均"},
    "validation": {"en": "validation", "zh": "验证"},
    "first_layer": {"en": "first layer, −{w} to {w}", "zh": "第一层，−{w} 到 {w}"},
    "predicted": {"en": "predicted", "zh": "预测"},
    "predicted_by": {"en": "predicted by {label}", "zh": "{label} 的预测"},
    "true": {"en": "true (validation)", "zh": "真实（验证集）"},
    # Networks: activations and evaluation.
    "sensitivity": {"en": "sensitivity", "zh": "灵敏度"},
    "specificity": {"en": "specificity", "zh": "特异度"},
    "precision": {"en": "precision", "zh": "精确率"},
    "f1": {"en": "F1", "zh": "F1"},
    "auc": {"en": "AUC", "zh": "AUC"},
    "macro": {"en": "mean", "zh": "平均"},
    "true_class": {"en": "true", "zh": "真实类别"},
    "said_class": {"en": "predicted", "zh": "预测类别"},
    "confusion_title": {
        "en": "{accuracy} of {n} test images right",
        "zh": "{n} 张测试图像中 {accuracy} 正确",
    },
    "row_share": {"en": "share of the row", "zh": "占该行的比例"},
    "never_predicted": {
        "en": "never predicted: {names}; their precision, 0/0, counts as 0",
        "zh": "从未被预测：{names}；其精确率 0/0 记为 0",
    },
    "no_test_images": {
        "en": "no test images: {names}; sensitivity and ROC are undefined, left out of means",
        "zh": "没有测试图像：{names}；其灵敏度与 ROC 无定义，不计入平均",
    },
    "overflowed": {
        "en": "{n} images got no finite scores (overflow): they count as equally likely anything",
        "zh": "{n} 张图像的得分不是有限数（数值溢出）：视为各类概率相等",
    },
    "no_known_set": {"en": "images of no known set", "zh": "未知数据集的图像"},
    "trained_on_other": {
        "en": "trained on other data ({source}): some of these images may have been seen",
        "zh": "网络用其他数据训练（{source}）：可能见过其中一些图像",
    },
    "run_diverged": {
        "en": "the run diverged: judged is the network after {epochs} whole epochs",
        "zh": "训练已发散：评价的是 {epochs} 个完整轮次后的网络",
    },
    "run_unfinished": {
        "en": "the run did not come to its end: judged is the network after {epochs} epochs",
        "zh": "训练没有结束：评价的是 {epochs} 个轮次后的网络",
    },
    "roc_title": {"en": "ROC: each class against the rest", "zh": "ROC：每一类对其余各类"},
    "fpr": {"en": "false positive rate", "zh": "假阳性率"},
    "tpr": {"en": "true positive rate", "zh": "真阳性率"},
    "chance": {"en": "chance", "zh": "随机猜测"},
    "corner": {"en": "the corner, larger", "zh": "左上角放大"},
    "metrics_title": {"en": "Each class against the rest", "zh": "每一类对其余各类"},
    "mistakes_title": {"en": "Most frequent mistakes", "zh": "最常见的错误"},
    "mistakes_note": {
        "en": "Below each image: how sure of the prediction (and of the truth)",
        "zh": "图像下方：对预测的把握（括号内：对真实类别的把握）",
    },
    "times": {"en": "{k} of {n}", "zh": "{n} 中 {k} 次"},
    "no_mistakes": {"en": "no mistake in {n} images", "zh": "{n} 张图像没有一个错误"},
    "calibration_title": {
        "en": "Right as often as sure? Expected calibration error {ece}",
        "zh": "把握与正确率相符吗？期望校准误差 {ece}",
    },
    "confidence": {"en": "confidence: the highest score", "zh": "置信度：最高得分"},
    "right_share": {"en": "share that is right", "zh": "正确比例"},
    "image_share": {"en": "share of images", "zh": "图像比例"},
    "ideal": {"en": "as sure as right", "zh": "完全相符"},
    "binary_title": {"en": "{name} or not", "zh": "是否为 {name}"},
    "is": {"en": "is {name}", "zh": "是 {name}"},
    "is_not": {"en": "is not", "zh": "不是"},
    "said_is": {"en": "predicted: {name}", "zh": "预测：{name}"},
    "said_not": {"en": "predicted: not", "zh": "预测：不是"},
    "undefined": {"en": "undefined", "zh": "无定义"},
    "always_no": {
        "en": "Always saying “not {name}”: accuracy {accuracy}, sensitivity {sensitivity}. "
        "Accuracy alone does not tell.",
        "zh": "总说“不是 {name}”：准确率 {accuracy}，灵敏度 {sensitivity}。"
        "只看准确率说明不了问题。",
    },
    "activation": {"en": "activation", "zh": "激活函数"},
    "derivative": {"en": "derivative", "zh": "导数"},
    "dead_zone": {
        "en": "dead zone: |derivative| <\u00a0{threshold}",
        "zh": "死区：|导数| <\u00a0{threshold}",
    },
    "slope_learned": {
        "en": "slope\u00a0learned from\u00a0{slope}",
        "zh": "斜率可学习，初值\u00a0{slope}",
    },
    "no_dead_zone": {"en": "none", "zh": "无"},
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
    "dots_read": {"en": "Small dots: single seeds.", "zh": "小圆点：单个种子。"},
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
    "set_seed": {"en": "seed {value}", "zh": "种子 {value}"},
    "set_none": {"en": "none", "zh": "无"},
}


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _WORDS[word][language].format(**numbers)
