"""Digits to train on: sets made here, as arrays and as MNIST's own files; short trainings."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass

import numpy as np
from commands import ROOT

import optviz
from optviz import mnist
from optviz.mnist.data import download, published

REAL = os.environ.get(download.FOLDER_VARIABLE) or ROOT.parent / "shared" / "mnist"


def idx(array, magic=None):
    """An array as one of MNIST's files."""
    axes = np.array(array.shape, ">i4").tobytes()
    return (magic or 2048 + array.ndim).to_bytes(4, "big") + axes + array.tobytes()


def made(seed=0, train=50, test=20):
    """Images and labels for training, then for the test, at random."""
    random = np.random.default_rng(seed)
    return [
        array.astype(np.uint8)
        for n in (train, test)
        for array in (random.integers(0, 256, (n, 28, 28)), random.integers(0, 10, n))
    ]


def write(folder, arrays=None, packed=True):
    """The four files of a set."""
    for name, array in zip(published.FILES, arrays or made(), strict=True):
        content = idx(array)
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)
    return folder


def quick(data, **settings):
    """A small network, trained briefly."""
    return mnist.train(data, **({"hidden": (16,), "batch_size": 64, "progress": False} | settings))


def edited(**changes):
    """An edit of a run folder's config.json."""

    def edit(folder):
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | changes))

    return edit


@dataclass(frozen=True)
class Own(optviz.Optimizer):
    """A user's optimizer, whose state is a tensor and a number."""

    lr: float = 0.01

    def slots(self, zeros):
        return {"last": zeros, "count": 1.0}

    def rule(self, t, lr, grad, last, count):
        return -lr * (grad + last) / count, {"last": grad, "count": count + 0.5}
