"""The catalogue of words: each in every language, with the same gaps, under one name."""

from __future__ import annotations

from collections import Counter
from string import Formatter

import pytest

from optviz.records.ending import Ending
from optviz.words import LANGUAGES, _sections, say, words_of

WORDS = [(section, name) for section, words in _sections().items() for name in words]


@pytest.mark.parametrize(("section", "name"), WORDS)
def test_a_word_is_said_in_every_language_with_the_same_gaps(section, name):
    word = words_of(section)[name]
    assert tuple(word) == LANGUAGES
    gaps = [sorted(gap for _, gap, *_ in Formatter().parse(t) if gap) for t in word.values()]
    assert gaps[0] == gaps[1]
    assert all(text.strip() for text in word.values())


def test_no_word_stands_twice():
    told = Counter(name for section, name in WORDS if section != "page")
    page = words_of("everywhere").keys() & words_of("page").keys()
    assert not page
    assert set(told.values()) == {1}


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending.broke_off])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_that_broke_off_has_a_sentence(ending, language):
    assert "17" in ending.sentence(17, language)
    assert say(f"alt_{ending}", language, label="Adam", k=17).startswith("Adam")


def test_an_ending_is_its_text():
    assert Ending("stopped early") is Ending.STOPPED_EARLY == "stopped early"
    assert f"{Ending.DIVERGED}" == "diverged"
    assert [e.value for e in Ending if not e.is_over] == ["running", "interrupted"]
