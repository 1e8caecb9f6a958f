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
    "sensitivity": {"en": "sensitivity", "zh": "灵敏度"},
    "specificity": {"en": "specificity", "zh": "特异度"},
    "precision": {"en": "precision", "zh": "精确率"},
    "f1": {"en": "F1", "zh": "F1"},
    "auc": {"en": "AUC", "zh": "AUC"},
    "macro": {"en": "mean", "zh": "平均"},
    "true_class": {"en": "what it is", "zh": "真实类别"},
    "said_class": {"en": "what was said", "zh": "预测类别"},
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
        "en": "Below each image: how sure of what was said (and of the truth)",
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
    "said_is": {"en": "said: {name}", "zh": "预测：{name}"},
    "said_not": {"en": "said: not", "zh": "预测：不是"},
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
}


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _WORDS[word][language].format(**numbers)
