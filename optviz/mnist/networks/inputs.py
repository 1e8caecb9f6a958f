"""The input of a network: images as normalized tensors."""

from __future__ import annotations

from typing import Any

import torch

from optviz.mnist.data.dataset import checked_images

MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's training pixels between 0 and 1


def normalize(images: Any, device: torch.device | str = "cpu") -> torch.Tensor:
    """uint8 images (n, 28, 28) as float32 (n, 1, 28, 28) of mean 0 and deviation 1 on MNIST."""
    pixels = torch.tensor(checked_images("images", images), device=device)[:, None].float()
    return pixels.div_(255).sub_(MEAN).div_(DEVIATION)
