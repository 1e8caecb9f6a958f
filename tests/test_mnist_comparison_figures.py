"""Figures of comparisons: what they show is what was measured."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from comparisons import compare
from matplotlib.colors import to_hex

from optviz.errors import InputError
from optviz.mnist.comparison.figures.layout import accuracy_ticks
from optviz.mnist.comparison.figures.registry import FIGURES


@pytest.fixture(scope="module")
def lesson(subset):
    """An axis for each figure."""
    return compare(
        subset, ["adam:lr=0.003", "gd:lr=0.1"], hidden=((8,), (6, 6)), seeds=2, samples=[60, 300],
        l1=[0, 3e-3], l2=[0, 1e-2],
    )  # fmt: skip


LOOKS = [((600, 400), "dark", "zh"), ((300, 300), "print", "en")]


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", FIGURES)
def test_figures(name, look, lesson):
    size, theme, language = look
    part = lesson if name != "weights" else lesson.only(samples=60, hidden=(8,))
    if name == "curves":
        part = lesson.only(l1=0)
    still = part.figure(name, size=size, theme=theme, language=language)
    picture = still.rgba()
    assert picture.shape == (size[1], size[0], 4)
    assert "test accuracy" in still.alt
    figure = still.figure
    said = " ".join(text.get_text() for text in figure.texts)
    assert ("Learning rates" if language == "en" else "学习率") in said
    for artist in (*figure.texts, *figure.legends, *(axes.title for axes in figure.axes)):
        box = artist.get_window_extent()
        assert -1 <= box.x0 <= box.x1 <= size[0] + 1, artist
        assert -1 <= box.y0 <= box.y1 <= size[1] + 1, artist


def test_figures_say_what_they_need(lesson, grid):
    assert grid.figures() == ["curves", "accuracy", "samples"]
    assert "weights" in lesson.too_big_for()
    with pytest.raises(InputError, match=r"weights must have several values of l1, l2 or dropout"):
        grid.figure("weights")
    with pytest.raises(InputError, match=r"weights must have at most 4.*only\(\)"):
        lesson.figure("weights")
    with pytest.raises(InputError, match="'curves'"):
        grid.figure("curve")


def test_the_map_writes_what_was_measured(grid):
    part = grid.only(samples=300)
    texts = [t.get_text() for t in part.figure("accuracy").figure.axes[0].texts]
    for text, group in zip(texts, part.groups, strict=True):
        accuracy = group.of("test_accuracy")
        mean, spread = (float(number.strip(" %")) for number in text.split("\n± "))
        assert mean == pytest.approx(100 * accuracy.mean(), abs=0.0501)
        assert spread == pytest.approx(50 * np.ptp(accuracy), abs=0.0501)


def test_the_map_has_a_scale_of_the_seeds_own_spread(grid):
    """The colours of the cells are those beside their numbers on the scale."""
    figure = grid.figure("accuracy").figure
    *panels, bar = figure.axes
    low, high = bar.get_ylim()
    ends = [float(bar.get_yticklabels()[i].get_text().strip(" %")) / 100 for i in (0, -1)]
    assert (low, high) == pytest.approx(ends)
    spreads = [np.ptp(group.of("test_accuracy")) for group in grid.groups]
    assert high - low >= max(0.02, 2 * np.median(spreads))
    for panel in panels:
        (drawn,) = panel.images
        shades = bar.collections[-1].cmap
        for text, share in zip(panel.texts, drawn.get_array().ravel(), strict=True):
            assert low <= share <= high
            assert text.get_text().startswith(f"{100 * share:.1f} %")
            np.testing.assert_allclose(drawn.to_rgba(share), shades((share - low) / (high - low)))
    assert to_hex(shades(0.0)) != to_hex(figure.get_facecolor())


@pytest.mark.parametrize("seeds", [1, 3])
def test_one_axis_is_rows_with_every_seed(seeds, subset):
    found = compare(subset, ["adam:lr=0.003", "gd:lr=0.1", "gd:lr=1e30"], seeds=seeds)
    (axes,) = found.figure("accuracy").figure.axes
    assert [t.get_text() for t in axes.get_yticklabels()] == [
        "Adam lr=0.003", "gd:lr=0.1", "gd:lr=1e30"]  # fmt: skip
    low, high = axes.get_xlim()
    assert axes.get_xticklabels()[0].get_text() == f"{100 * low:.4g} %"
    for row, group in enumerate(found.groups):
        shares = group.of("test_accuracy")
        drawn = [line for line in axes.lines if set(line.get_ydata()) == {row}]
        seen = {x for line in drawn for x in line.get_xdata()}
        assert seen == {*shares, shares.mean()}
        assert low <= min(seen) <= max(seen) <= high
        assert axes.texts[row].get_text().startswith(f"{100 * shares.mean():.1f} %")
        assert axes.texts[row].get_text().endswith("diverged") == (row == 2)


@pytest.mark.parametrize(
    ("shares", "spread", "ends"),
    [([0.857, 0.875], 0.016, (0.84, 0.89)), ([0.971, 0.976], 0.001, (0.96, 0.985)),
     ([0.1, 0.9], 0.01, (0, 1)), ([1, 1], 0, (0.99, 1)), ([0.5, 0.5], 0, (0.49, 0.51))],
)  # fmt: skip
def test_scales_of_accuracy(shares, spread, ends):
    """Round ends around all seeds, no narrower than twice what seeds differ by."""
    seeds = [np.array([share - spread / 2, share + spread / 2]) for share in shares]
    groups = [SimpleNamespace(of={"test_accuracy": both}.get) for both in seeds]
    ticks = accuracy_ticks(SimpleNamespace(groups=groups))
    assert (ticks[0], ticks[-1]) == pytest.approx(ends)
    assert np.ptp(np.diff(ticks)) < 1e-12
