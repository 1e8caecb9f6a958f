"""The settings of training in words, for the legends and titles of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.mnist.data.published import title_of
from optviz.mnist.settings import as_typed, declared
from optviz.mnist.training.config import TrainConfig
from optviz.words import Text, say, text_of


def in_words(name: str, value: Any, language: str = "en") -> str:
    """A setting with its value: ``relu``, ``L2 0.001``, ``64 images``."""
    about = declared(TrainConfig)[name]
    if about.word is None:
        return str(value)
    if value is None and about.word_for_none is not None:
        return say(about.word_for_none, language)
    shown = say("set_none", language) if value is None else as_typed(value)
    return say(about.word, language, value=f"{shown:g}" if type(shown) is float else shown)


@dataclass(frozen=True)
class Setting:
    """A setting of a run, as a text that can be given in each language."""

    name: str
    value: Any

    def text(self, language: str) -> str:
        """Such as "64 images"."""
        return in_words(self.name, self.value, language)


@dataclass(frozen=True)
class Label:
    """The name of a run in a legend: the settings in which it differs from the other runs."""

    parts: tuple[Text, ...]

    def text(self, language: str) -> str:
        """Such as "relu, 64 images"."""
        return ", ".join(text_of(part, language) for part in self.parts)


@dataclass(frozen=True)
class Title:
    """The title of a picture of trainings: the data set, and the settings all runs share.

    Attributes
    ----------
    published : str or None
        The data set; None for data that are none that is known.
    shared : Label
        The settings that all runs have.
    """

    published: str | None
    shared: Label

    def text(self, language: str) -> str:
        """Such as "MNIST: mlp 128-64, batch 50"."""
        data, settings = title_of(self.published, language), self.shared.text(language)
        return say("training_title", language, data=data, settings=settings) if settings else data
