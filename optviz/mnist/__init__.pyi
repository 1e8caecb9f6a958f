from .comparing import compare
from .comparison import Comparison
from .data import Dataset, load
from .film import animate
from .models import activations, build
from .run import History, Run
from .training import data_of, restore, resume, train

__all__ = [
    "Comparison",
    "Dataset",
    "History",
    "Run",
    "activations",
    "animate",
    "build",
    "compare",
    "data_of",
    "load",
    "restore",
    "resume",
    "train",
]
