from .cautions import Caution
from .comparison.compare import compare
from .comparison.comparison import Comparison
from .data.dataset import Dataset
from .data.loading import load
from .evaluation.evaluation import Evaluation, evaluate
from .networks.figure import activation_figure
from .networks.models import activations, build
from .training.film import animate
from .training.run import History, Run
from .training.train import data_of, restore, resume, train

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
