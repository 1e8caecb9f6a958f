from .data import Dataset, load
from .models import activations, build
from .run import History, Run
from .training import resume, train

__all__ = ["Dataset", "History", "Run", "activations", "build", "load", "resume", "train"]
