"""Every word that pictures, descriptions and the page show, in English and Simplified Chinese.

They stand in words.json, in sections; the page has names of its own for its words.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

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


def say(word: str, language: str, **numbers: object) -> str:
    """The text of a word in a language, numbers filled in."""
    return _known()[word][language].format(**numbers)
