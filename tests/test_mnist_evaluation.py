"""Evaluation against scikit-learn; what its figures, tables and folders hold; its command."""

from __future__ import annotations

import itertools
import json
import re
import warnings
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from coloraide import Color
from commands import ROOT, assert_refused, called, python
from evaluations import made_up
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from PIL import Image
from sklearn import metrics
from texts import assert_texts_apart

from optviz import files, mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.mnist.data.published import CLASSES
from optviz.mnist.evaluation.figures.registry import FIGURES
from optviz.mnist.evaluation.metrics import MEASURES
from optviz.mnist.evaluation.rounding import decimals, rounded
from optviz.records.ending import Ending


@pytest.fixture(scope="module")
def odd():
    return made_up(positive="T-shirt")


@pytest.fixture(scope="module")
def folder(subset, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "run"
    mnist.train(subset, hidden=(16,), samples=2000, epochs=4, optimizer="adam:lr=0.01",
                progress=False, out=path)  # fmt: skip
    return path


@pytest.fixture(scope="module")
def judged(folder, subset):
    return mnist.evaluate(folder, subset, positive=8)


@st.composite
def answers(draw):
    n = draw(st.integers(1, 60))
    few = st.lists(st.integers(0, draw(st.integers(0, 9))), min_size=n, max_size=n)
    labels, said = np.array(draw(few)), np.array(draw(few))
    scores = np.random.default_rng(n).random((n, 10)) * draw(st.sampled_from([0.0, 0.5, 0.99]))
    scores[np.arange(n), said] += 1
    return labels, scores / scores.sum(1, keepdims=True)


@given(answers())
@settings(max_examples=30)
def test_every_measure_is_scikit_learns(pair):
    labels, scores = pair
    said, everyone = scores.argmax(1), range(10)
    e = mnist.Evaluation(labels, scores)
    np.testing.assert_array_equal(e.predictions, said)
    np.testing.assert_array_equal(
        e.confusion, metrics.confusion_matrix(labels, said, labels=everyone)
    )
    assert e.accuracy == pytest.approx(metrics.accuracy_score(labels, said))
    there = np.unique(labels)
    for i in everyone:
        true, guess = labels == i, said == i
        view, counts = e.binary(i), metrics.confusion_matrix(true, guess, labels=[False, True])
        assert e.class_accuracy[i] == view.accuracy == np.mean(true == guess)
        assert np.isnan(e.sensitivity[i]) == (i not in there)
        if not true.all():
            assert e.specificity[i] == view.specificity == metrics.recall_score(~true, ~guess)
        else:
            assert np.isnan(e.specificity[i])
        assert counts.ravel().tolist() == [view.TN, view.FP, view.FN, view.TP]
        both = true.any() and not true.all()
        assert np.isnan(e.auc[i]) != both
        if both:
            assert e.auc[i] == pytest.approx(metrics.roc_auc_score(true, scores[:, i]))
    each = {"labels": there, "average": None, "zero_division": 0}
    for name in ("precision", "recall", "f1"):
        ours = e.per_class["sensitivity" if name == "recall" else name][there]
        np.testing.assert_allclose(ours, getattr(metrics, f"{name}_score")(labels, said, **each))
    with warnings.catch_warnings(action="ignore"):  # what is said, but is not there
        assert e.macro["sensitivity"] == pytest.approx(
            metrics.balanced_accuracy_score(labels, said)
        )
    macro = {"labels": there, "average": "macro", "zero_division": 0}
    assert e.macro["precision"] == pytest.approx(metrics.precision_score(labels, said, **macro))
    assert e.macro["f1"] == pytest.approx(metrics.f1_score(labels, said, **macro))


def test_roc_and_macro_auc(judged):
    for i in range(10):
        curve = judged.roc(i)
        assert curve.auc == pytest.approx(metrics.auc(curve.fpr, curve.tpr))
        fpr, tpr, thresholds = metrics.roc_curve(judged.labels == i, judged.scores[:, i])
        for ours, theirs in zip(curve[:3], (fpr, tpr, thresholds), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    expected = metrics.roc_auc_score(judged.labels, judged.scores, multi_class="ovr")
    assert judged.macro["auc"] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_calibration_by_its_definition(seed):
    e = made_up(seed=seed)
    sure, right = e.scores.max(1), e.predictions == e.labels
    shares, error = [], 0.0
    for low, high in zip(np.arange(10) / 10, np.arange(1, 11) / 10, strict=True):
        inside = (sure > low) & (sure <= high)
        shares.append(inside.mean())
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    np.testing.assert_allclose(e.calibration.share, shares)
    assert e.calibration.ece == pytest.approx(error)
    assert len(e.calibration.accuracy) == np.count_nonzero(shares)


def test_the_course_s_view(judged):
    view = judged.binary()
    wanted = judged.labels == 8
    found = judged.predictions == 8
    assert (wanted & found).sum() == view.TP
    assert (wanted & ~found).sum() == view.FN
    report = metrics.classification_report(wanted, found, output_dict=True)
    assert view.sensitivity == report["True"]["recall"]
    assert view.specificity == report["False"]["recall"]
    assert view.precision == report["True"]["precision"]
    assert view.f1 == pytest.approx(report["True"]["f1-score"])
    assert view.accuracy == pytest.approx(report["accuracy"])
    assert view.always_negative.accuracy == 0.9  # 100 of the 1,000 images are an 8
    assert view.always_negative.sensitivity == 0
    assert judged.binary("3") == judged.binary(3) != view


def test_what_is_undefined_is_said(odd):
    assert odd.precision[4] == odd.sensitivity[4] == odd.f1[4] == 0
    assert np.isnan([odd.sensitivity[9], odd.auc[9], odd.roc(9).auc, odd.roc(9).tpr[0]]).all()
    assert all(np.isfinite(list(odd.macro.values())))
    for text in (odd.summary(), odd._repr_html_()):
        assert "never predicted: coat; their precision, 0/0, counts as 0" in text
        assert "no test images: ankle boot" in text
    assert odd.binary("ankle boot").precision == 0
    assert np.isnan(odd.binary("ankle boot").sensitivity)


@pytest.fixture(scope="module")
def overflowed():
    scores = np.full((20, 10), np.nan)
    scores[0] = np.eye(10)[3]
    return mnist.Evaluation(np.arange(20) % 10, scores, images=np.zeros((20, 28, 28), np.uint8))


def test_scores_that_overflowed_are_a_result(overflowed):
    assert "19 images got no finite scores" in overflowed.summary()
    assert overflowed.predictions.tolist() == [3] + [0] * 19


@pytest.mark.parametrize("name", sorted({*FIGURES} - {"binary"}))
def test_figures_say_that_scores_overflowed(name, overflowed):
    assert "19" in overflowed.figure(name).alt


@pytest.fixture(scope="module")
def perfect():
    """One class only, and no mistake."""
    return mnist.Evaluation([7, 7], np.eye(10)[[7, 7]], images=np.zeros((2, 28, 28)), positive=7)


def test_one_class_only_and_no_mistake(perfect):
    assert perfect.accuracy == 1
    assert perfect.confused() == []
    assert "most often confused: nothing" in perfect.summary()
    assert "no mistake in 2 images" in perfect.figure("mistakes").alt


@pytest.mark.parametrize("name", FIGURES)
def test_figures_of_one_class_only(name, perfect):
    assert len(np.unique(perfect.figure(name).rgba().reshape(-1, 4), axis=0)) > 5


GOOD = np.full((3, 10), 0.1)


@pytest.mark.parametrize(
    ("arguments", "settings", "part"),
    [
        (([], np.zeros((0, 10))), {}, "labels"),
        (([0, 1, 10], GOOD), {}, "from 0 to 9"),
        (([0, 1, -1], GOOD), {}, "from 0 to 9"),
        (([0.0, 1.0, 2.0], GOOD), {}, "whole numbers"),
        ((["a", "b", "c"], GOOD), {}, "whole numbers"),
        (([0, 1], GOOD), {}, "shape (2, 10)"),
        (([0, 1, 2], GOOD[:, :9]), {}, "shape (3, 10)"),
        (([0, 1, 2], 5 * GOOD), {}, "probabilities"),
        (([0, 1, 2], [["x"] * 10] * 3), {}, "numbers"),
        (([0, 1, 2], GOOD), {"images": np.zeros((2, 28, 28))}, "(3, 28, 28)"),
        (([0, 1, 2], GOOD), {"positive": 10}, "from 0 to 9"),
        (([0, 1, 2], GOOD), {"positive": True}, "whole number"),
        (([0, 1, 2], GOOD), {"positive": 1.5}, "whole number"),
        (([0, 1, 2], GOOD), {"positive": "boot", "classes": CLASSES["fashion"]}, "'ankle boot'"),
    ],
)
def test_wrong_input(arguments, settings, part):
    with pytest.raises(InputError, match=re.escape(part)) as caught:
        mnist.Evaluation(*arguments, **settings)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "part"), [("mistakes", "images"), ("binary", "positive"), ("rocks", "'roc'")]
)
def test_figures_that_cannot_be(name, part):
    with pytest.raises(InputError, match=part):
        mnist.Evaluation([0, 1, 2], GOOD).figure(name)


def test_a_view_of_no_class():
    with pytest.raises(InputError, match="positive"):
        mnist.Evaluation([0, 1, 2], GOOD).binary()


@pytest.mark.parametrize("size", [(600, 400), (1600, 900), (200, 200)], ids=str)
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_cut_off(name, size, odd):
    language, theme = ("en", "light") if size[0] == 600 else ("zh", "dark")
    still = odd.figure(name, size, theme, language)
    page = still.rgba()
    assert to_hex(page[0, 0, :3] / 255).upper() == still.theme.page
    renderer = still.canvas.get_renderer()
    if size[0] > 200:
        box = still.figure.get_tightbbox(renderer)
        assert (box.min > -0.02).all()
        assert (box.max <= np.array(size) / 100 + 0.02).all()
    assert len(still.alt) > 50
    text = " ".join(t.get_text() for t in still.figure.texts).replace("\n", " ")
    assert "0/0" in text + still.figure._supxlabel.get_text()
    assert "ankle boot" in still.figure._supxlabel.get_text()


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_confusion_has_all_counts_in_readable_colours(theme, odd):
    still = odd.figure("confusion", theme=theme)
    axes = still.figure.axes[0]
    (drawn,) = axes.images
    share = odd.confusion[:9] / odd.confusion[:9].sum(1, keepdims=True)
    np.testing.assert_allclose(drawn.get_array()[:9], share)
    cells = drawn.to_rgba(drawn.get_array())
    for text in axes.texts:
        j, i = text.get_position()
        assert text.get_text() == f"{odd.confusion[i, j]:,}"
        assert Color(to_hex(text.get_color())).contrast(to_hex(cells[i, j])) > 3.8
    if theme != "dark":  # darker is more
        brightness = [cells[i, j, :3].sum() for i, j in np.ndindex(9, 10)]
        assert (np.diff(np.array(brightness)[np.argsort(share.ravel())]) <= 1e-9).all()


@pytest.mark.parametrize("size", [(900, 600), (400, 300), (1600, 500)], ids=str)
def test_ends_of_scales_stand_below_them_and_apart(size, judged):
    axes = judged.figure("metrics", size=size).figure.axes[0]
    below = [text for text in axes.texts if text.get_va() == "top"]
    assert len(below) == 2 * len(MEASURES)
    lows = {float(text.get_text()) for text in below[::2]}
    assert len(lows) == 1  # one scale
    lowest = min(ends.min() for ends in judged.intervals.values())
    assert 0 <= lows.pop() <= lowest
    assert {text.get_text() for text in below[1::2]} == {"1"}
    for a, b in itertools.pairwise(text.get_window_extent() for text in below):
        assert b.x0 - a.x1 > 2, "they read as one number"


def test_intervals_are_scipys_and_are_drawn_and_written(judged):
    shares = {"sensitivity": ("TP", "FN"), "specificity": ("TN", "FP"), "precision": ("TP", "FP")}
    for name, (part, rest) in shares.items():
        for i in range(10):
            k, n = (int(judged.counts[count][i]) for count in (part, rest))
            share, z = k / (k + n), 1.959963984540054
            n += k
            middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)  # Wilson (1927)
            reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
            np.testing.assert_allclose(judged.intervals[name][i], (middle - reach, middle + reach))
    axes = judged.figure("metrics").figure.axes[0]
    whiskers = [line for line in axes.lines if line.get_marker() == "|"]
    assert len(whiskers) == 40
    for i, (low, high) in enumerate(judged.intervals["sensitivity"]):
        text = [t for t in axes.texts if t.get_va() == "center"][i].get_text()
        assert text == f"{judged.sensitivity[i]:.2f} ({low:.2f}–{high:.2f})"
        ends = axes.lines[1].get_xdata()  # the scale of the first column
        (scale_low,) = {float(t.get_text()) for t in axes.texts if t.get_va() == "top"} - {1.0}
        drawn = np.interp(whiskers[i].get_xdata(), ends, (scale_low, 1))
        np.testing.assert_allclose(drawn, (low, high))


def test_both_accuracies_are_named(judged):
    title = judged.figure("metrics").figure._suptitle.get_text().replace("\n", " ")
    low, high = judged.accuracy_interval
    assert f"all classes: accuracy {judged.accuracy:.3f} ({low:.3f}–{high:.3f})" in title
    assert f"mean one-vs-rest accuracy {judged.macro['accuracy']:.3f}" in title


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.86, 2, "0.86"),
        (0.9997, 3, ">0.999"),
        (1, 3, "1.000"),
        (0.001, 2, "<0.01"),
        (0, 2, "0.00"),
    ],
)
def test_what_is_not_1_is_not_rounded_to_it(share, digits, text):
    assert rounded(share, digits) == text


@pytest.mark.parametrize(("images", "digits"), [(1, 2), (100, 2), (900, 3), (10_000, 3)])
def test_decimals_follow_the_number_of_images(images, digits):
    assert decimals(images) == digits


@pytest.mark.parametrize("size", [(600, 400), (900, 600), (1600, 900)], ids=str)
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark"), ("zh", "print")])
@pytest.mark.parametrize("name", ["binary", "metrics"])
def test_no_text_overlaps_another_or_is_cut_off(name, language, theme, size, judged):
    assert_texts_apart(judged.figure(name, size, theme, language))


def test_binary_shows_formulas_that_come_out(judged):
    still = judged.figure("binary")
    texts = [text.get_text() for text in still.figure.axes[1].texts]
    assert [text.split()[0] for text in texts[:10:2]] == [*MEASURES[:4], "F1"]
    assert "(recall)" in texts[0]
    for said, equation in zip(texts[:10:2], texts[1:10:2], strict=True):
        over, under = re.findall(r"dfrac\{(.*?)\}\{([^{}]*)\}\$", equation)[0]
        over = over.rpartition("dfrac{")[2]
        value = eval(over.replace(r"\cdot", "*")) / eval(under.replace(r"\cdot", "*"))
        digits = re.findall(r" (\d\.\d+)", said)[0]
        assert digits == f"{value:.{len(digits) - 2}f}"
    assert "accuracy 0.900, sensitivity 0." in texts[-1].replace("\n", " ")


def test_mistakes_show_the_images_themselves(judged):
    still = judged.figure("mistakes", (600, 400))
    shown = [axes for axes in still.figure.axes if axes.images]
    true, said, count = judged.confused()[0]
    assert count == judged.confusion[true, said]
    wrong = judged.images[(judged.labels == true) & (judged.predictions == said)]
    first = np.asarray(shown[0].images[0].get_array())
    assert any((first == image).all() for image in wrong)
    sure = judged.scores[(judged.labels == true) & (judged.predictions == said), said].max()
    assert shown[0].get_xlabel().startswith(f"{sure:.0%} (")


def test_roc_has_a_curve_a_class_and_enlarges_the_corner(judged):
    still = judged.figure("roc")
    whole, corner = still.figure.axes
    labels = [line.get_label() for line in whole.lines]
    assert labels[:10] == [f"{i}  {judged.auc[i]:.4f}" for i in range(10)]
    looks = {(line.get_color(), line.get_linestyle()) for line in whole.lines}
    assert len(looks) == 12
    assert corner.get_xlim()[1] < 0.5
    bends = [np.maximum(c.fpr, 1 - c.tpr).min() for c in map(judged.roc, range(10))]
    assert max(bends) < corner.get_xlim()[1]


def test_a_run_is_judged_by_its_test_images(folder, subset, judged):
    run = mnist.restore(folder)
    assert judged.accuracy == run.accuracy(subset.test_images, subset.test_labels)
    assert judged.accuracy > 0.7
    np.testing.assert_array_equal(judged.labels, subset.test_labels)
    assert judged.notes() == []
    again = mnist.evaluate(run)  # the data are loaded as the run had them
    np.testing.assert_array_equal(again.scores, judged.scores)
    assert again.positive is None
    other = mnist.Dataset(subset.train_images[:9], subset.train_labels[:9],
                          subset.test_images[:9], subset.test_labels[:9])  # fmt: skip
    *_, note = mnist.evaluate(run, other).notes()
    assert "trained on other data (the subset" in note
    clothes = mnist.Dataset(*(vars(other)[key] for key in list(vars(other))[:4]), "fashion")
    with pytest.raises(InputError, match="data must be mnist"):
        mnist.evaluate(run, clothes)
    none = mnist.Dataset(other.train_images, other.train_labels, subset.test_images[:0],
                         subset.test_labels[:0])  # fmt: skip
    with pytest.raises(InputError, match="test images"):
        mnist.evaluate(run, none)


@pytest.mark.parametrize(("status", "part"), [("diverged", "diverged"), ("interrupted", "end")])
def test_a_run_that_did_not_finish_is_judged_and_that_is_said(status, part, folder, subset):
    run = mnist.restore(folder)
    run.status = Ending(status)
    (note,) = mnist.evaluate(run, subset).notes()
    assert part in note
    assert "after 4" in note


def test_a_folder_of_everything(odd, tmp_path):
    made = odd.save(tmp_path / "all", size=(300, 200))
    tables = {"metrics.csv", "confusion.csv", "evaluation.json"}
    assert {path.name for path in made.iterdir()} == tables | {f"{name}.png" for name in FIGURES}
    table = pd.read_csv(made / "metrics.csv", index_col="class")
    for name in MEASURES:
        np.testing.assert_array_equal(table[name][:10], odd.per_class[name])
        assert table[name]["macro mean"] == pytest.approx(odd.macro[name])
    assert table["note"]["coat"] == "never predicted: precision 0/0 counts as 0"
    assert "undefined" in table["note"]["ankle boot"]
    counts = pd.read_csv(made / "confusion.csv", index_col=0)
    np.testing.assert_array_equal(counts, odd.confusion)
    assert list(counts.columns) == list(counts.index) == list(odd.classes)
    content = json.loads((made / "evaluation.json").read_text())
    assert content["accuracy"] == odd.accuracy
    assert content["per_class"]["sensitivity"][9] is None
    assert content["intervals"]["sensitivity"][9] == [None, None]
    assert content["intervals"]["sensitivity"][0] == odd.intervals["sensitivity"][0].tolist()
    assert content["binary"]["TP"] == odd.binary().TP
    assert content["notes"] == odd.notes()
    for name in FIGURES:
        picture = Image.open(made / f"{name}.png")
        assert picture.size == (300, 200)
        assert len(picture.text["Description"]) > 50
    mnist.Evaluation([0, 1, 2], GOOD).save(made, size=(300, 200))  # in place of the earlier one
    assert not (made / "binary.png").exists()
    assert json.loads((made / "evaluation.json").read_text())["images"] == 3


@pytest.mark.parametrize(
    ("place", "part"),
    [(".", "new folder"), ("thesis.txt", "new folder"), ("a/b", "folder that exists"),
     ("/proc/x", "output")],
)  # fmt: skip
def test_a_place_that_is_none(place, part, odd, tmp_path):
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(InputError, match=part):
        odd.save(tmp_path / place, size=(200, 200))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_full_disk_leaves_nothing(odd, tmp_path, monkeypatch):
    whole, written = files.replacing, []

    @contextmanager
    def full(path):
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        with whole(path) as stream:
            yield stream

    monkeypatch.setattr(files, "replacing", full)
    with pytest.raises(InputError, match="No space left"):
        odd.save(tmp_path / "new", size=(200, 200))
    assert len(written) == 3
    assert list(tmp_path.iterdir()) == []


def test_in_a_notebook(odd):
    rows = re.findall(r"<tr>(.*?)</tr>", odd._repr_html_())
    cells = [re.findall(r"<t[hd]>(.*?)</t[hd]>", row) for row in rows]
    assert [len(row) for row in cells] == [len(cells[0])] * 12
    assert [int(row[1]) for row in cells[1:]] == [*odd.support, 500]
    assert repr(odd) == f"<Evaluation of 500 images: accuracy {odd.accuracy:.2%}>"


def test_command(folder, judged, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").symlink_to(folder)
    assert main(["mnist", "evaluate", "digits", "--positive", "8", "--size", "300x200"]) == 0
    said = capsys.readouterr()
    assert said.out == "digits-evaluation\n"
    assert said.err == judged.summary() + "\n"
    assert "8 or not: TP " in said.err
    assert 'always saying "not 8": accuracy 0.9000, sensitivity 0' in said.err
    assert (tmp_path / "digits-evaluation" / "binary.png").is_file()
    looks = ["--data", "subset", "--theme", "dark", "--lang", "zh", "--size", "300x200"]
    assert main(["mnist", "evaluate", "digits", *looks, "-o", "mine"]) == 0
    assert capsys.readouterr().out == "mine\n"
    assert not (tmp_path / "mine" / "binary.png").exists()
    assert Image.open(tmp_path / "mine" / "roc.png").getpixel((0, 0)) == (0x15, 0x18, 0x1E)


WRONG = [
    (["--positive", "10"], "from 0 to 9"),
    (["--positive", "boot"], "one of 0, 1"),
    (["--positive", "-1"], "from 0 to 9"),
    (["--data", "subst"], "'subset'"),
    (["--data", "subset", "--data-dir", "."], "not two"),
    (["--data", "mnist", "--data-dir", "nowhere"], "folder that exists"),
    (["--theme", "drak"], "'dark'"),
    (["--lang", "de"], "language"),
    (["--size", "big"], "size"),
    (["--size", "10x10"], "size"),
    (["-o", "none/here"], "folder that exists"),
    (["-o", "/proc/x"], "output"),
    (["-o", str(ROOT)], "new folder"),
]


@pytest.mark.parametrize(("arguments", "part"), WRONG, ids=lambda v: " ".join(v)[-50:])
def test_wrong_input_is_one_line_and_exit_code_2(arguments, part, folder, tmp_path, capsys,
                                                 monkeypatch):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    output = [] if "-o" in arguments else ["-o", "new"]
    done = called(["mnist", "evaluate", str(folder), *output, *arguments], capsys)
    assert_refused(done, part, tmp_path)


@pytest.mark.parametrize(
    ("run", "part"), [(["nowhere"], "made"), (["."], "config.json"), ([], "RUN")]
)
def test_no_run(run, part, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_refused(called(["mnist", "evaluate", *run], capsys), part, tmp_path)


def test_without_scikit_learn_one_line_says_how_to_get_it(folder, tmp_path):
    code = (
        "import sys; sys.modules['sklearn'] = None; from optviz.cli.main import main; "
        f"print(main(['mnist', 'evaluate', {str(folder)!r}]))"
    )
    process = python("-c", code, cwd=tmp_path, check=True)
    assert process.stdout == "2\n"
    assert process.stderr == (
        "error: optviz mnist must have the package sklearn: pip install 'optviz[mnist]'\n"
    )
