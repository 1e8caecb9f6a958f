"""The image data sets: loading from downloads and folders, and recognition by content."""

from optviz.mnist.data.dataset import Dataset
from optviz.mnist.data.loading import load

__all__ = ["Dataset", "load"]
