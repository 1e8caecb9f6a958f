"""What the explorer says of a wrong formula: Python's words, and the same in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import formulas
import pytest

import optviz
from optviz.words import words_of

PHRASES = {entry["en"]: entry["zh"] for entry in words_of("formula").values()}
SOURCES = ("tokens.js", "grammar.js", "parse.js", "user_formula.js")

SAID = """([texts, language]) => texts.map((text) => {
  const model = new optviz.model.constructor(optviz.model.data, { language });
  model.attempt(() => model.useFormula(text, [-5, 5, -5, 5]));
  return model.notice;
})"""


@pytest.fixture(scope="module")
def said(one_page):
    """What the page says of each formula that is refused, in both languages."""
    texts = [*formulas.REFUSED, "log(-1 - x**2)", "1/0", "x + " * 300 + "1"]
    return {
        language: dict(zip(texts, one_page.page.evaluate(SAID, [texts, language]), strict=True))
        for language in ("en", "zh")
    }


@pytest.mark.parametrize("typed", [*formulas.REFUSED, "log(-1 - x**2)", "1/0"])
def test_a_refusal_is_said_in_the_readers_language(typed, said):
    english, chinese = said["en"][typed], said["zh"][typed]
    assert english.startswith("formula must ")
    assert chinese.startswith(("公式", "补全所有符号后，公式"))
    # What was typed, names of functions and examples stay; no English sentence does.
    rest = chinese
    for kept in (*re.findall(r"'[^']*'|\"[^\"]*\"", english), *PHRASES.values()):
        rest = rest.replace(kept, "")
    words = re.findall(r"[a-z]{2,}", rest.lower())
    known = set(re.findall(r"[a-z]+", PHRASES_ALLOWED))
    assert [word for word in words if word not in known] == []
    assert "{" not in re.sub(r"'[^']*'|\"[^\"]*\"", "", chinese)


PHRASES_ALLOWED = (
    "where sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp log sqrt cbrt abs sign "
    "floor minimum maximum pi max min pow hypot arcsin ceiling sec"
)


def test_the_column_is_the_same_in_both_languages(said):
    for typed, english in said["en"].items():
        column = re.search(r"at column (\d+)", english)
        if column:
            assert f"第 {column[1]} 列" in said["zh"][typed], typed


def test_each_phrase_of_the_catalogue_is_one_of_the_sources():
    """No translation is left over when an English phrase is another."""
    folder = Path(optviz.__file__).parent / "explorer/js/formula"
    sources = "".join((folder / name).read_text("utf-8") for name in SOURCES)
    sources = re.sub(r'" \+\n\s*"', "", sources)
    joined = {"formula_misread_hint", "formula_one_commas"}  # made of two others
    for word, entry in words_of("formula").items():
        assert word in joined or entry["en"] in sources, word


def test_a_wrong_formula_in_the_page_is_said_in_chinese(show):
    shown = show("#lang=zh")
    page = shown.page
    page.locator(".ov-own-box summary").click()
    for typed, told in (
        ("x +", "公式此处应为数、名称或括号；第 4 列是 公式结尾"),
        ("sinn(x)", "公式只能使用已知的名称；第 1 列是 'sinn'（是否想写“sin”？）"),
    ):
        page.locator(".ov-own input[type=text]").fill(typed)
        page.locator(".ov-own button").click()
        assert page.locator(".ov-wrong").inner_text() == told
    page.get_by_label("x0").fill("")
    page.locator(".ov-own input[type=text]").fill("x^2 + y^2")
    page.locator(".ov-own button").click()
    assert page.locator(".ov-wrong").inner_text().startswith("窗口 必须是两个从小到大的区间")
    assert shown.state("surface") == "himmelblau"
