from .cautions import Caution
from .comparison.compare import compare
from .comparison.comparison import Comparison
from .data.dataset import Dataset
from .data.loading import load
from .evaluation.evaluate import evaluate
from .evaluation.evaluation import Evaluation
from .networks.activation_figure import activation_figure
from .networks.models import activations, build
from .training.animate import animate
from .training.config import TrainConfig
from .training.history import History
from .training.instruments import instruments
from .training.landscape import landscape
from .training.matching import matching
from .training.restore import data_of, restore
from .training.resume import resume
from .training.run import Run
from .training.train import train

__all__ = [
    "Caution",
    "Comparison",
    "Dataset",
    "Evaluation",
    "History",
    "Run",
    "TrainConfig",
    "activation_figure",
    "activations",
    "animate",
    "build",
    "compare",
    "data_of",
    "evaluate",
    "instruments",
    "landscape",
    "load",
    "matching",
    "restore",
    "resume",
    "train",
]
