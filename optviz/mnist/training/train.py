"""Train a network from the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from optviz.descent.resolve import as_optimizer
from optviz.mnist.cautions import caution
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.networks.models import MODELS
from optviz.mnist.settings import declared
from optviz.mnist.training.checks import check_machine, idle_patience, without_effect
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.folder import check_new
from optviz.mnist.training.loop import Trainer
from optviz.mnist.training.run import Run
from optviz.optimizers import Optimizer
from optviz.torch_bridge.checks import check_for_network
from surfaces.errors import unknown


def train(
    data: Dataset,
    *,
    model: str | Callable[..., Any] = "mlp",
    hidden: Sequence[int] = (128, 64),
    activation: str | Callable[..., Any] = "relu",
    optimizer: Optimizer | str = "adam",
    epochs: int = 3,
    batch_size: int = 128,
    samples: int | None = None,
    validation: int | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    dropout: float = 0.0,
    patience: int | None = None,
    device: str = "cpu",
    seed: int = 0,
    record: int | None = None,
    progress: bool = True,
    out: str | Path | None = None,
    **further: Any,
) -> Run:
    """Train a network.

    Parameters
    ----------
    data : Dataset
        From `load`. The test images are not used.
    model : {"mlp", "cnn", "linear"}, torch module or what makes one
        One of your own turns images (n, 1, 28, 28) into logits (n, 10); a module is copied, and
        begins with its own weights: see `optviz.register`. A function that does not take
        ``(hidden, activation, dropout)`` makes what it makes: these settings do nothing then.
    hidden : sequence of int
        Hidden layers of the MLP.
    activation : str, torch module or what makes one
        One of `activations`, a class of torch modules, or ``lambda: nn.LeakyReLU(0.2)``. What has
        no name of its own, as a lambda, is called as what it makes, here leakyrelu. Another process
        reads the run back once such a thing is registered under its name.
    optimizer : Optimizer, name or spec
        Ours, or torch's by `optviz.from_torch` or as text: ``"torch.optim.ASGD:lr=0.1"``.
    epochs, batch_size : int
        The last batch of an epoch may be smaller.
    samples : int, optional
        Train on that many images only: a few hundred are soon memorised.
    validation : int, optional
        How many of the training images are kept apart: 5,000, or a tenth of a small data set,
        unless given.
    l1, l2 : float
        Penalties ``l1`` sum |w| + ``l2`` sum w^2 on all weights w, not on biases. They act through
        the gradient (coupled); decoupled decay is ``"adamw:weight_decay=0.01"``.
    dropout : float
        Share of hidden units that is dropped in training.
    patience : int, optional
        Stop after that many epochs without a lower validation loss, and go back to the weights of
        the lowest.
    device : {"cpu", "auto"} or a torch device
        "auto" takes CUDA or MPS where there is one.
    seed : int
        Of the weights, the split, the order of batches and dropout. Runs of one seed see the same
        batches, whatever else differs, and are equal bit for bit on one machine and one number of
        threads (``torch.set_num_threads``).
    record : int, optional
        Keep the parameters before the first step, after every ``record``-th and at each epoch's
        end: what `animate` and `landscape` make films of. 0.4 MB each for the MLP: up to 256 MB in
        memory, more in a temporary file.
    progress : bool
        Show a bar with loss, accuracy and the time left.
    out : path, optional
        A new folder that holds the run from the first epoch on; `resume` goes on from there.
    **further
        Any other setting of `TrainConfig`.

    Returns
    -------
    Run
        If the loss leaves the finite numbers, status is "diverged"; after Ctrl-C "interrupted".
        Either has the weights of the last whole epoch.

    Raises
    ------
    InputError
        A value that is not allowed.

    Warns
    -----
    Caution
        A setting that does nothing to a model of your own, or a patience that ends nothing.
    """
    config, rule = configured(
        optimizer, model=model, hidden=hidden, activation=activation, epochs=epochs,
        batch_size=batch_size, samples=samples, validation=validation, l1=l1, l2=l2,
        dropout=dropout, patience=patience, device=device, seed=seed, record=record, **further,
    )  # fmt: skip
    if config.model in MODELS.added():
        for text in without_effect(config):
            caution(text)
    return begin(data, config, rule, out, progress=progress)


def configured(optimizer: Optimizer | str, **settings: Any) -> tuple[TrainConfig, Optimizer]:
    """The config of a run with these settings of `train`, and its optimizer.

    Raises
    ------
    InputError
        A setting that is invalid whatever the data: nothing has been read yet.
    """
    for name in settings:
        if name not in declared(TrainConfig):
            raise unknown("setting", name, declared(TrainConfig))
    rule = as_optimizer(optimizer)
    check_for_network(rule)
    config = TrainConfig(optimizer=str(rule), **settings)
    check_machine(config)
    return config, rule


def begin(data: Dataset, config: TrainConfig, optimizer: Optimizer,
          out: str | Path | None = None, *, progress: bool = True) -> Run:  # fmt: skip
    """Train a network by a config as `train` does; ``optimizer`` is of the config's spec."""
    trainer = Trainer(config, data, optimizer)
    run = trainer.begin(data.provenance)
    folder = None if out is None else check_new(out)
    idle = idle_patience(config.epochs, config.patience)
    if idle is not None:
        caution(idle)
    return trainer.train(run, folder, progress)
