"""An epoch of training, and what accuracy three of them give.

    python benchmarks/mnist.py --data-dir DIR              # speed, about 1 minute
    python benchmarks/mnist.py --data-dir DIR --accuracy   # about 3 minutes

The MLP is 784-128-64-10, batch 128, Adam, 55,000 images. Peers: the plain script (a Dataset that
transforms each sample, DataLoader, torch.optim.Adam), the same with what torchvision does for a
sample, and the same loop on tensors kept in memory
with torch.optim's for-loop and with its default. Prints rows for `benchmarks/README.md`.
"""

from __future__ import annotations

import argparse
import time
from statistics import mean, median
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader

from optviz import mnist
from optviz.mnist.networks.inputs import DEVIATION, MEAN, normalize

ROUNDS, TRAIN, BATCH = 7, 55_000, 128


class PlainDataset(torch.utils.data.Dataset[Any]):
    """A sample is converted and normalised when it is asked for, in as few calls as can be."""

    def __init__(self, data: mnist.Dataset) -> None:
        self.images = torch.tensor(data.train_images[:TRAIN])
        self.labels = torch.tensor(data.train_labels[:TRAIN])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        pixels = self.images[i].float().div_(255).sub_(MEAN).div_(DEVIATION)
        return pixels, int(self.labels[i])


class TorchvisionDataset(PlainDataset):
    """The same as torchvision's MNIST with ToTensor and Normalize does it."""

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        picture = Image.fromarray(self.images[i].numpy())
        pixels = torch.from_numpy(np.array(picture, copy=True))
        image = pixels.view(28, 28, 1).permute(2, 0, 1).contiguous().float().div(255).clone()
        mean, deviation = torch.as_tensor([MEAN]), torch.as_tensor([DEVIATION])
        return image.sub_(mean[:, None, None]).div_(deviation[:, None, None]), int(self.labels[i])


def epoch(batches: Any, **settings: Any) -> float:
    """Seconds of one epoch by the book."""
    model = mnist.build()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **settings)
    began = time.perf_counter()
    for images, labels in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    return time.perf_counter() - began


def in_memory(images: torch.Tensor, labels: torch.Tensor) -> Any:
    """Shuffled batches of tensors kept in memory."""
    for places in torch.randperm(TRAIN).split(BATCH):
        yield images[places], labels[places]


def speed(data: mnist.Dataset) -> None:
    """Rows of one epoch, alternating."""
    images = normalize(data.train_images[:TRAIN])
    labels = torch.from_numpy(data.train_labels[:TRAIN].astype("int64"))
    plain, usual = (
        DataLoader(kind(data), BATCH, shuffle=True) for kind in (PlainDataset, TorchvisionDataset)
    )
    rounds = []
    for seed in range(ROUNDS + 1):
        torch.manual_seed(seed)
        run = mnist.train(data, epochs=1, seed=seed, progress=False)
        rounds.append([
            run.history.epochs[0].seconds,
            epoch(plain),
            epoch(usual),
            epoch(in_memory(images, labels), foreach=False),
            epoch(in_memory(images, labels)),
        ])  # fmt: skip
    names = [
        "plain script",
        "plain script, torchvision's transforms",
        "in memory, torch.optim for-loop",
        "in memory, torch.optim default",
    ]
    columns = list(zip(*rounds[1:], strict=True))
    for name, column in zip(names, columns[1:], strict=True):
        ratios = sorted(peer / ours for peer, ours in zip(column, columns[0], strict=True))
        print(
            f"| an MLP epoch | {median(columns[0]):.2f} s | {name} | {median(column):.2f} s "
            f"| {median(ratios):.2f}x ({ratios[0]:.2f}-{ratios[-1]:.2f}) |", flush=True,
        )  # fmt: skip


def accuracy(data: mnist.Dataset) -> None:
    """Test accuracy after 3 epochs, 3 seeds each."""
    steps = 3 * -(-TRAIN // BATCH)
    recipes = [("mlp", "adam"), ("mlp", f"adam:lr=cosine(0.003,{steps})"),
               ("cnn", f"adam:lr=cosine(0.003,{steps})")]  # fmt: skip
    for model, optimizer in recipes:
        runs = [
            mnist.train(data, model=model, optimizer=optimizer, seed=seed, progress=False)
            for seed in range(3)
        ]
        found = [run.accuracy(data.test_images, data.test_labels) for run in runs]
        seconds = median(epoch.seconds for run in runs for epoch in run.history.epochs)
        each = ", ".join(f"{value:.2%}" for value in found)
        print(
            f"| {model} | `{optimizer}` | {mean(found):.2%} | {each} | {seconds:.1f} s |",
            flush=True,
        )


def main() -> None:
    """Speed, or accuracy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir")
    parser.add_argument("--accuracy", action="store_true")
    parser.add_argument("--threads", type=int)
    chosen = parser.parse_args()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    data = mnist.load(chosen.data_dir)
    (accuracy if chosen.accuracy else speed)(data)


if __name__ == "__main__":
    main()
