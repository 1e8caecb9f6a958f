from .cautions import Caution
from .comparing import compare
from .comparison import Comparison
from .data import Dataset, load
from .evaluation import Evaluation, evaluate
from .figures.activations import activation_figure
from .film import animate
from .models import activations, build
from .run import History, Run
from .training import data_of, restore, resume, train

__all__ = [
    "Caution",
    "Comparison",
    "Dataset",
    "Evaluation",
    "History",
    "Run",
    "activation_figure",
    "activations",
    "animate",
    "build",
    "compare",
    "data_of",
    "evaluate",
    "load",
    "restore",
    "resume",
    "train",
]
