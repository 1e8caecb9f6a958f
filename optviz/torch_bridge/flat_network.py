"""A network whose parameters are the slices of one vector, and its gradient on a mini-batch."""

from __future__ import annotations

from itertools import accumulate, pairwise

import torch
from torch import nn


class FlatNetwork:
    """A module on one flat vector: what `optviz.iterate` descends on.

    Parameters
    ----------
    model : torch.nn.Module
        Its parameters become views of ``flat``, their gradients views of ``grad``.
    l1, l2 : float
        The loss that is descended is cross-entropy + ``l1`` sum |w| + ``l2`` sum w^2 over all
        weights w; biases and learned slopes are left out.

    Attributes
    ----------
    flat, grad : tensor (d,)
    loss, correct : float
        Cross-entropy of the last batch without the penalties, and how many it got right.
    """

    def __init__(self, model: nn.Module, l1: float = 0.0, l2: float = 0.0) -> None:
        self.model, self.l1, self.l2 = model, l1, l2
        params = list(model.parameters())
        self.flat = torch.cat([p.detach().reshape(-1) for p in params])
        self.grad = torch.zeros_like(self.flat)
        self.penalised = torch.zeros_like(self.flat)  # 1 where a penalty applies
        for p, (a, b) in zip(params, pairwise(accumulate([0] + [p.numel() for p in params])),
                             strict=True):  # fmt: skip
            p.data = self.flat[a:b].view(p.shape)
            p.grad = self.grad[a:b].view(p.shape)
            self.penalised[a:b] = float(p.ndim > 1)
        self.loss, self.correct = float("nan"), 0.0

    def move(self, params: torch.Tensor) -> None:
        """Put the network at ``params`` (d,)."""
        if params is not self.flat:
            self.flat.copy_(params)

    def release(self) -> None:
        """Give each parameter memory of its own; from then on the vector moves nothing."""
        for p in self.model.parameters():
            p.data, p.grad = p.detach().clone(), None

    @property
    def value(self) -> float:
        """The loss that is descended: that of the last batch with the penalties, where it is."""
        value = self.loss
        if self.l1:
            value += self.l1 * float((self.flat.abs() * self.penalised).sum())
        if self.l2:
            value += self.l2 * float((self.flat.square() * self.penalised).sum())
        return value

    def gradient(
        self, params: torch.Tensor, images: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """The gradient (d,) at ``params`` on images (n, 1, 28, 28); the next call overwrites it."""
        self.grad.zero_()
        self._forward(params, images, labels).backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            if self.l1:
                self.grad.addcmul_(self.flat.sign(), self.penalised, value=self.l1)
            if self.l2:
                self.grad.addcmul_(self.flat, self.penalised, value=2 * self.l2)
        return self.grad

    @torch.no_grad()
    def measure(self, params: torch.Tensor, images: torch.Tensor, labels: torch.Tensor) -> None:
        """Set ``loss`` and ``correct`` at ``params``, without a gradient."""
        self._forward(params, images, labels)

    def _forward(
        self, params: torch.Tensor, images: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        self.move(params)
        logits = self.model(images)
        loss = nn.functional.cross_entropy(logits, labels)
        with torch.no_grad():
            self.correct = float((logits.argmax(1) == labels).sum())
            self.loss = float(loss)
        return loss

    def evaluate(
        self, params: torch.Tensor, images: torch.Tensor, labels: torch.Tensor
    ) -> tuple[float, torch.Tensor]:
        """The loss with the penalties, and its gradient, elsewhere.

        The network, the gradient of the step and what is known of it stay.
        """
        here, slope, loss, correct = self.flat.clone(), self.grad.clone(), self.loss, self.correct
        with torch.enable_grad():
            grad = self.gradient(params, images, labels).clone()
        value = self.value
        self.move(here)
        self.grad.copy_(slope)
        self.loss, self.correct = loss, correct
        return value, grad


@torch.no_grad()
def logits(model: nn.Module, images: torch.Tensor, batch: int = 1000) -> torch.Tensor:
    """Outputs (n, 10) for normalized images (n, 1, 28, 28), without dropout."""
    training = model.training
    model.eval()
    parts = [model(images[i : i + batch]) for i in range(0, len(images), batch)]
    model.train(training)
    return torch.cat(parts)


def loss_and_accuracy(
    model: nn.Module, images: torch.Tensor, labels: torch.Tensor
) -> tuple[float, float]:
    """Mean cross-entropy and the share that is right; nan for no images."""
    if not len(labels):
        return float("nan"), float("nan")
    return score(logits(model, images), labels)


def score(out: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Mean cross-entropy of logits (n, 10), and the share that is right."""
    right = (out.argmax(1) == labels).double().mean()
    return float(nn.functional.cross_entropy(out, labels)), float(right)
