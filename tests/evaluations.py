"""An evaluation without a network."""

from __future__ import annotations

import numpy as np

from optviz import mnist
from optviz.mnist.data.published import CLASSES


def made_up(n=500, classes=9, seed=0, names=CLASSES["fashion"], **settings):
    """A mediocre classifier: class 4 is never said, class 9 has no images."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, n)
    scores = random.dirichlet(np.full(10, 0.3), n)
    scores[np.arange(n), labels] += random.random(n)
    scores[:, 4] *= 0.01
    scores /= scores.sum(1, keepdims=True)
    images = random.integers(0, 256, (n, 28, 28), np.uint8)
    return mnist.Evaluation(labels, scores, images=images, classes=names, **settings)
