from .data import Dataset, load

__all__ = ["Dataset", "load"]
