"""The images: where they come from, and how their content is recognised."""

from optviz.mnist.data.dataset import Dataset
from optviz.mnist.data.loading import load

__all__ = ["Dataset", "load"]
