"""How pictures say a setting of training."""

from __future__ import annotations

from typing import Any

from optviz.mnist.settings import as_typed, declared
from optviz.mnist.training.config import TrainConfig
from optviz.words import say


def in_words(name: str, value: Any, language: str = "en") -> str:
    """A setting with its value: ``relu``, ``L2 0.001``, ``64 images``."""
    about = declared(TrainConfig)[name]
    if about.word is None:
        return str(value)
    if value is None and about.word_for_none is not None:
        return say(about.word_for_none, language)
    shown = say("set_none", language) if value is None else as_typed(value)
    return say(about.word, language, value=f"{shown:g}" if type(shown) is float else shown)
