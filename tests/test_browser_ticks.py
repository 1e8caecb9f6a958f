"""Tick labels and the zero of the loss axis in the browser, by Python's own rules."""

from __future__ import annotations

import explorer_page
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

LABELS = """async ([low, high, count]) => {
  const { nameWithout, roundTicks, tickLabels } = await import('/paint/ticks.js');
  const ticks = roundTicks(low, high, count);
  const { labels, offset } = tickLabels(ticks);
  return { ticks, labels, offset, name: nameWithout('x', offset) };
}"""
ZERO = """async ([curves, minima]) => {
  const { zeroOf } = await import('/views/curves.js');
  return zeroOf(curves, minima);
}"""


@pytest.fixture(scope="module")
def browser_page(browser):
    return explorer_page.opened(browser)


ends = st.floats(-1e12, 1e12) | st.floats(-1e-3, 1e-3) | st.integers(-(10**7), 10**7).map(float)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends, st.floats(-9, 9).map(lambda power: 10.0**power))
@example(1e9, 50.0)
@example(999999.0, 2.0)
@example(-78000.0, 50.0)
@example(-500000.0, 1e6)
def test_labels_differ_and_name_their_ticks(browser_page, low, span):
    assume(abs(low) < 1e12 * span)
    found = browser_page.evaluate(LABELS, [low, low + span, 5])
    values = [float(label.replace("−", "-")) for label in found["labels"]]
    assert len(set(found["labels"])) == len(found["ticks"])
    step = min(np.diff(found["ticks"]), default=np.inf)
    np.testing.assert_allclose(
        np.add(values, found["offset"]), found["ticks"], rtol=4e-16, atol=0.02 * step
    )


@pytest.mark.parametrize(
    ("low", "high", "labels", "name"),
    [
        (-5, 5, ["−5", "−2.5", "0", "2.5", "5"], "x"),
        (0, 3e7, ["0", "1e7", "2e7", "3e7"], "x"),
        (1e9, 1e9 + 40, ["0", "10", "20", "30", "40"], "x − 1e9"),
        (999999, 1000001, ["−1", "−0.5", "0", "0.5", "1"], "x − 1e6"),
        (-1e9 - 20, -1e9 + 20, ["−20", "−10", "0", "10", "20"], "x + 1e9"),
    ],
)
def test_labels_are_short(browser_page, low, high, labels, name):
    found = browser_page.evaluate(LABELS, [low, high, 4])
    assert (found["labels"], found["name"]) == (labels, name)


@pytest.mark.parametrize(
    ("curves", "minima", "expected"),
    [
        ([[9, 4, 1.5]], [[0, 0, 1]], (1, "above", 14)),
        ([[9, 4, 1.5], [9, 0.5]], [[0, 0, 1]], (0.5, "above_seen", 4)),  # lower than what is known
        ([[9, 4, 0.01]], [], (0, "value", 14)),
        ([[9, 4, 1.5]], [], (1.5, "above_seen", 4)),
        ([[9, 4, -2]], [], (-2, "above_seen", 4)),
    ],
)
def test_the_log_axis_counts_from_what_its_name_says(browser_page, curves, minima, expected):
    found = browser_page.evaluate(ZERO, [curves, minima])
    assert (found["zero"], found["word"], found["decades"]) == expected
