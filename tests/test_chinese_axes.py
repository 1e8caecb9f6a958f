"""Axes and titles with Chinese signs have glyphs in English pictures too."""

from __future__ import annotations

import pytest

import optviz
import surfaces


@pytest.mark.parametrize("view", ["contour", "profile", "relief", "loss"])
def test_axis_names_with_chinese_signs_have_glyphs(view):
    """A missing glyph is a warning of matplotlib's, which is an error here."""
    made = surfaces.from_formula(
        "x**2 + y**2", ((-2, 2), (-2, 2)), axes=("权重 w", "偏置 b"), title="碗"
    )
    film = optviz.animate(made, ["gd:lr=0.1"], steps=3, seconds=0.2, views=view, language="en")
    assert film.frame(-1).any()


def test_the_axes_of_data_with_chinese_signs_have_glyphs():
    line = surfaces.fit_line([1, 2, 3], [2, 4, 7], data_axes=("时间", "价格"))
    film = optviz.animate(line, ["gd:lr=0.1"], steps=3, seconds=0.2, views="data")
    assert film.frame(-1).any()
