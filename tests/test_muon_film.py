"""What Muon does to a matrix: the rule's own iteration, filmed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import optviz
from optviz.animation.muon import iterates
from optviz.errors import InputError
from optviz.optimizers import Muon
from optviz.optimizers.matrix import Matrix

RNG = np.random.default_rng(0)
SHAPES = [(8, 8), (3, 5), (5, 3), (4, 1), (1, 4), (1, 1)]


def orthogonalized(momentum, steps=5):
    """Jordan et al. (2024), zeropower_via_newtonschulz5, without its cast to bfloat16."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = momentum.T if momentum.shape[0] > momentum.shape[1] else momentum
    x = x / np.linalg.norm(x)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if momentum.shape[0] > momentum.shape[1] else x


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_the_iteration_of_the_paper(shape):
    matrix = RNG.standard_normal(shape)
    found = iterates(matrix)
    assert len(found) == 6
    for k, x in enumerate(found):
        np.testing.assert_allclose(x, orthogonalized(matrix, k), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_rule_steps_by_the_last_of_them(shape):
    grad = RNG.standard_normal(shape)
    rule = Muon(lr=1.0, weight_decay=0)
    first = Matrix([0.0] * grad.size, shape)
    whole = Matrix(grad.ravel().tolist(), shape)
    step, _ = rule.apply(1, 1.0, whole, first, rule.slots(first))
    scale = max(1, shape[0] / shape[1]) ** 0.5
    np.testing.assert_allclose(
        np.reshape(step.members, shape), -scale * iterates(grad)[-1], atol=1e-12
    )


def test_singular_values_from_a_hundredth_on_come_near_one():
    left, right = (np.linalg.qr(RNG.standard_normal((8, 8)))[0] for _ in range(2))
    for low in (0.01, 0.1):
        last = iterates(left @ np.diag(np.geomspace(low, 1, 8)) @ right)[-1]
        values = np.linalg.svd(last, compute_uv=False)
        assert 0.67 < values.min() < values.max() < 1.21


def test_the_film_draws_each_singular_value_at_its_iteration():
    matrix = RNG.standard_normal((5, 3))
    film = optviz.animate_muon(matrix, seconds=1, fps=10, language="zh")
    assert len(film) == 10
    assert len(film.lines) == 3
    steps = iterates(matrix)
    for k, x in enumerate(steps):
        film._show(k)
        drawn = [line.get_ydata()[-1] for line in film.lines]
        np.testing.assert_allclose(sorted(drawn)[::-1], np.linalg.svd(x, compute_uv=False))
        assert {line.get_xdata()[-1] for line in film.lines} == {k}
        np.testing.assert_allclose(film.image.get_array(), x)
    assert film.counter.get_text() == "第 5 次迭代，共 5 次"
    values = np.linalg.svd(steps[-1], compute_uv=False)
    assert f"{values.min():.2g} 到 {values.max():.2g} 之间。" in film.alt


def test_files_hold_its_frames(tmp_path):
    film = optviz.animate_muon([[3, 0.1], [0, 0.2]], seconds=1, fps=5, size=(400, 300))
    with Image.open(film.save(tmp_path / "muon.gif")) as saved:
        assert (saved.n_frames, saved.size) == (5, (400, 300))
    film.rgba(0)
    film.save(tmp_path / "muon.pdf")
    with Image.open(film.save(tmp_path / "muon.png")) as saved:
        np.testing.assert_array_equal(np.asarray(saved.convert("RGBA")), film.rgba(-1))
    assert film._repr_mimebundle_()["text/plain"] == film.alt
    stream = io.BytesIO()
    film.draw_still(stream, "svg")
    assert "iteration 5 of 5" in stream.getvalue().decode()


@pytest.mark.parametrize(
    ("matrix", "settings", "said"),
    [([[0, 0], [0, 0]], {}, "not all of them zero"), ([1, 2], {}, "rows and columns"),
     (np.ones((17, 2)), {}, "at most 16"), ([[np.nan, 1]], {}, "matrix must be"),
     ("text", {}, "matrix must be"), (np.eye(2), {"optimizer": "muon"}, "ns_steps"),
     (np.eye(2), {"optimizer": Muon(ns_steps=0)}, "ns_steps"), (np.eye(2), {"fps": 0}, "fps")],
)  # fmt: skip
def test_what_cannot_be_shown_is_one_line(matrix, settings, said):
    with pytest.raises(InputError, match=said):
        optviz.animate_muon(matrix, **settings)
