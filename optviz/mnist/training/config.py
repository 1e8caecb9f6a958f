"""The settings of a training run, declared once.

From these fields follow the options of ``optviz mnist train``, the axes of `compare`, all checks,
the words in pictures, and config.json: a new setting is one field here, a keyword of `train`, and
the line that uses it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from optviz.mnist.networks.kind import Network
from optviz.mnist.settings import (
    DROPOUT,
    LAYERS,
    Number,
    Text,
    Whole,
    declared,
    errors,
    setting,
)

PENALTY = Number("[0, inf)")


@dataclass(frozen=True)
class TrainConfig:
    """All settings of a training run: with the images they determine it; see `train` for each.

    Equal configs on equal images give equal runs. Numbers of any library are kept as Python's,
    ``optimizer`` as its spec.

    Raises
    ------
    InputError
        A value that is invalid whatever the images. Names are looked up where they are used:
        see `checks`.
    """

    model: str = setting("mlp", Network("model"), metavar="mlp|cnn|linear")
    hidden: tuple[int, ...] = setting(
        (128, 64), LAYERS, metavar="N,N", word="set_hidden", models=("mlp",),
        help="Hidden layers of the MLP; 'none' for none.",
    )  # fmt: skip
    activation: str = setting(
        "relu", Network("activation"), metavar="NAME", models=("mlp", "cnn"),
        help="sigmoid, tanh, relu, leaky_relu, prelu, elu or gelu.",
    )  # fmt: skip
    optimizer: str = setting(
        "adam", Text(), metavar="SPEC",
        help="As in adam:lr=cosine(0.003,1290); torch's as in torch.optim.ASGD:lr=0.1.",
    )  # fmt: skip
    epochs: int = setting(3, Whole(1), metavar="N", word="set_epochs")
    batch_size: int = setting(128, Whole(1), metavar="N", word="set_batch_size")
    samples: int | None = setting(
        None, Whole(1, optional=True, none="all", noun="number of images"), metavar="N|all",
        word="set_samples", word_for_none="set_all_samples",
        help="Train on that many images only.",
    )  # fmt: skip
    validation: int | None = setting(
        None, Whole(0, optional=True), metavar="N", word="set_validation",
        help="Images kept apart.  [default: 5000, or a tenth of a small data set]",
    )  # fmt: skip
    l1: float = setting(0.0, PENALTY, metavar="X", word="set_l1", help="Penalty X times sum |w|.")
    l2: float = setting(0.0, PENALTY, metavar="X", word="set_l2", help="Penalty X times sum w^2.")
    dropout: float = setting(
        0.0, DROPOUT, metavar="X", word="set_dropout", models=("mlp", "cnn"),
        help="Share of units dropped.",
    )  # fmt: skip
    patience: int | None = setting(
        None, Whole(1, optional=True), metavar="N", word="set_patience",
        help="Stop after N epochs without a lower validation loss; keep the best weights.",
    )  # fmt: skip
    device: str = setting("cpu", Text(), metavar="cpu|auto|cuda|mps")
    seed: int = setting(0, Whole(0), metavar="K", word="set_seed", compared=False)
    record: int | None = setting(
        None, Whole(1, optional=True), metavar="N", compared=False, added_later=True,
        help="Keep the weights after every N-th step, for films and landscapes.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        for name, about in declared(self).items():
            checked = about.kind.check(name, getattr(self, name))
            object.__setattr__(self, name, checked)  # frozen for others
        if self.validation == 0 and self.patience is not None:
            raise errors().InputError("patience must have validation images to look at; not 0")
        if self.samples is not None:
            self._check_batches(self.samples)

    def split_sizes(self, total: int) -> tuple[int, int]:
        """How many of ``total`` training images are for validation, and how many are trained on.

        Raises
        ------
        InputError
            There are too few of them.
        """
        n_validation = min(5000, total // 10) if self.validation is None else self.validation
        samples = total - n_validation if self.samples is None else self.samples
        if not 0 <= n_validation < total:
            raise errors().must("validation", f"from 0 to {total - 1:,} images", n_validation)
        if not 1 <= samples <= total - n_validation:
            raise errors().must("samples", f"from 1 to {total - n_validation:,} images", samples)
        if not n_validation and self.patience is not None:
            raise errors().InputError("patience must have validation images to look at; not 0")
        self._check_batches(samples)
        return n_validation, samples

    def _check_batches(self, samples: int) -> None:
        if self.batch_size > samples:
            allowed = f"at most the {samples:,} images to train on"
            raise errors().must("batch_size", allowed, self.batch_size)

    def to_dict(self) -> dict[str, Any]:
        """The settings as they are written to config.json."""
        values = dataclasses.asdict(self)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> Self:
        """Read back what `to_dict` wrote; other keys are left alone."""
        return cls(**{name: written[name] for name in declared(cls) if name in written})
