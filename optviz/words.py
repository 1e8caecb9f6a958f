"""All texts that pictures, descriptions and the page show, in English and Simplified Chinese.

They stand in words.json, in sections; the page has names of its own for its words.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib import resources
from typing import Any, Protocol

LANGUAGES = ("en", "zh")

Words = dict[str, dict[str, str]]


@cache
def _sections() -> dict[str, Words]:
    text = resources.files(__package__).joinpath("words.json").read_text(encoding="utf-8")
    sections: dict[str, Words] = json.loads(text)
    return sections


def words_of(*sections: str) -> Words:
    """The words of sections of the catalogue, by name."""
    return {name: word for section in sections for name, word in _sections()[section].items()}


@cache
def _known() -> Words:
    return words_of(*(section for section in _sections() if section != "page"))


def check_word(word: str) -> None:
    """Raise a LookupError about a word that pictures do not have."""
    if word not in _known():
        raise LookupError(f"words.json must have {word!r} in a section other than 'page'")


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _known()[word][language].format(**numbers)


def joined(sentences: Iterable[str], language: str) -> str:
    """Sentences one after another, with a space between where the language has one."""
    return reduce(
        lambda first, second: say("two_sentences", language, first=first, second=second), sentences
    )


def one_line(name: str, text: Any) -> str:
    """A user's text on one line, without control characters; or an `InputError` about ``name``."""
    if not isinstance(text, str):
        from surfaces.errors import must  # it brings NumPy, which the command line's help can spare

        raise must(name, "a text", text)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def readable(number: float) -> str:
    """A number for reading: at most four significant digits, a real minus sign.

    Written out from 0.0001 to 9,999,999, else with a power of ten; in the browser it is the same.
    """
    rounded = float(f"{number:.4g}")
    if rounded == 0 or 1e-4 <= abs(rounded) < 1e7:
        text = f"{rounded:.8f}".rstrip("0").rstrip(".")
    elif math.isfinite(rounded):
        digits, _, power = f"{rounded:.3e}".partition("e")
        text = f"{digits.rstrip('0').rstrip('.')}e{int(power)}"
    else:
        text = str(rounded)
    return text.replace("-", "−")


class Sayable(Protocol):
    """The protocol of texts that can be given in each language."""

    def text(self, language: str) -> str: ...


Text = str | Sayable  # a proper name, the same in every language, or what differs


def text_of(text: Text, language: str) -> str:
    """A text in a language."""
    return text if isinstance(text, str) else text.text(language)


@dataclass(frozen=True)
class Translated:
    """A text that is given in each language."""

    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """The text in this language."""
        return self.texts[language]


@dataclass(frozen=True)
class Series:
    """Texts one after another, separated by a word of the catalogue such as a comma."""

    parts: Sequence[Text]
    separator: str

    def text(self, language: str) -> str:
        """The series in a language."""
        return say(self.separator, language).join(text_of(part, language) for part in self.parts)


@dataclass(frozen=True)
class Phrase:
    """A word of the catalogue with values to fill in, its language still open.

    Attributes
    ----------
    word : str
    numbers : mapping of str to number
    texts : mapping of str to text
        Texts to fill in, themselves given in the language asked for.
    """

    word: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The phrase in a language."""
        texts = {name: text_of(text, language) for name, text in self.texts.items()}
        return say(self.word, language, **self.numbers, **texts)
