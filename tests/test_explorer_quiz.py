"""The explorer's quiz: nothing gives the answer away, and question and answer belong together."""

from __future__ import annotations

import numpy as np
import pytest

import optviz

LINK = "#s=sphere&o=gd:lr=0.1;momentum:lr=0.02&n=50&k=0&v=loss,anatomy"


@pytest.fixture
def quiz(show):
    shown = show(LINK)
    shown.page.get_by_role("button", name="Quiz: where will it be?").click()
    shown.settle()
    return shown


def question(shown):
    shown.page.evaluate("optviz.flush()")
    return shown.page.locator(".ov-quiz .ov-told").inner_text()


def test_nothing_gives_the_answer_away_until_there_is_a_guess(quiz):
    page = quiz.page
    hidden = page.locator(".ov-anatomy, .ov-caption, .ov-start")
    assert hidden.count() == 3
    assert [part.is_visible() for part in hidden.all()] == [False] * 3
    assert page.evaluate("optviz.model.arrows()") is None
    before = quiz.pixels("plane")[1]
    page.evaluate("optviz.model.endQuiz()")
    quiz.settle()
    assert quiz.pixels("plane")[1] != before  # the arrows are there again
    page.evaluate("optviz.model.startQuiz()")
    page.mouse.click(*quiz.place(1, 1))
    quiz.settle()
    assert page.locator(".ov-anatomy").is_visible()
    assert page.evaluate("optviz.model.arrows().length") > 0


@pytest.mark.parametrize("change", [
    "select(0)", "setRate(1, 0.05)", "goTo(20)", "setNumbers({ noise: 1 })", "addRacer('adam')",
    "setRacer(0, { on: false })", "askAhead(20)",
])  # fmt: skip
def test_another_question_has_no_old_answer(change, quiz):
    quiz.page.mouse.click(*quiz.place(1, 1))
    assert "Off by" in question(quiz)
    quiz.page.evaluate(f"optviz.model.{change}")
    text = question(quiz)
    name = "GD" if change == "select(0)" else "Momentum"
    ahead = 20 if change == "askAhead(20)" else 5
    assert text == f"Click where {name} will be {ahead} steps from now."


def test_language_and_the_optimizer_taken_apart_change_question_and_answer(quiz):
    page = quiz.page
    page.get_by_role("button", name="中文").click()
    assert question(quiz) == "请点击你认为 Momentum 再走 5 步后的位置。"
    run = optviz.descend("sphere", "momentum:lr=0.02", steps=50)
    x, y = run.points[5]
    page.mouse.click(*quiz.place(x, y))
    assert "相差" in question(quiz)
    page.get_by_role("button", name="English").click()
    assert f"It went to ({x:.4g}, {y:.4g})".replace("-", "−") in question(quiz)
    np.testing.assert_allclose(page.evaluate("optviz.model.state.quiz.real"), (x, y))
    page.locator("select[aria-label='Taken apart']").select_option("0")
    assert question(quiz) == "Click where GD will be 5 steps from now."


def test_a_surface_or_a_lesson_ends_the_quiz_and_nobody_runs_is_said(quiz):
    quiz.page.evaluate("optviz.model.setRacer(0, { on: false })")
    quiz.page.evaluate("optviz.model.setRacer(1, { on: false })")
    assert question(quiz) == "No optimizer runs: tick one first."
    quiz.page.evaluate("optviz.model.chooseSurface('beale')")
    quiz.settle()
    assert quiz.state("quiz") is None
    assert quiz.page.locator(".ov-start").is_visible()
