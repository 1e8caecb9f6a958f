"""The loss over a plane is the network's at every point, and pictures say what the plane hides."""

from __future__ import annotations

import copy
import json
import pickle
import re

import numpy as np
import pytest
import torch
from explorer_page import leave, visit
from landscapes import MODELS, SAMPLES, loss_by_torch, samples, walked
from torch import nn

import optviz
from optviz import InputError, Recorder, landscape
from optviz.landscape import explore as making
from optviz.landscape import loss_over_plane, surface_of
from optviz.records.recorded_path import percent
from optviz.scene.panels import relief
from optviz.scene.views import LANDSCAPE_PANELS

F = nn.functional
QUICK = {"resolution": 7, "progress": False}


def explored(name, **settings):
    recorder, inputs, labels = walked(name)
    made = landscape.plane(recorder, F.cross_entropy, inputs, labels, **(QUICK | settings))
    return made, recorder, inputs, labels


HOW = {
    "mlp": "0 computed once, 109 points a pass",
    "cnn": "0 computed once, a point a pass",
    "batch norm": "0 computed once",
    "batch norm first": "no linear or convolutional layer is given the data alone",
    "dropout": "0 computed once",
    "residual": "inner computed once",
    "tied": "80 points a pass; inner computed once, 80 points a pass: another loss",
    "branching": "a point a pass; inner computed once, 109 points a pass: RuntimeError",
}


@pytest.mark.parametrize("name", MODELS)
def test_the_loss_is_the_networks_at_every_point(name):
    found, recorder, inputs, labels = explored(name)
    assert HOW[name] in found.how
    generator = np.random.default_rng(5)
    for i, j in generator.integers(0, 7, (6, 2)):
        u, v = float(found.u[j]), float(found.v[i])
        weights, buffers = found.plane.at(u, v), found.plane.buffers_at(u, v).clamp(min=0)
        if name.startswith("batch norm"):  # only the variances may not be negative
            size = found.plane.buffers.shape[1] // 2
            buffers = found.plane.buffers_at(u, v)
            buffers[size:] = buffers[size:].clamp(min=0)
        true = loss_by_torch(recorder.model, weights, buffers, inputs, labels)
        assert found.loss[i, j] == pytest.approx(true, rel=1e-5)
        assert found.loss_at(u, v) == pytest.approx(true, rel=1e-6)


@pytest.mark.parametrize("name", ["mlp", "batch norm", "dropout"])
def test_a_paths_losses_are_the_networks_and_the_planes(name):
    found, recorder, inputs, labels = explored(name)
    (path,) = found.trajectories
    assert path.steps.tolist() == recorder.steps
    for k, (u, v) in enumerate(path.points.tolist()):
        own = loss_by_torch(recorder.model, recorder.params[k], recorder.buffers[k], inputs, labels)
        assert path.true_loss[k] == pytest.approx(own, rel=1e-6)
        assert path.plane_loss[k] == pytest.approx(found.loss_at(u, v), rel=1e-12)
        away = recorder.params[k].double() - found.plane.at(u, v)
        assert path.distance_from_plane[k] == pytest.approx(float(away.norm()), abs=1e-12)
    assert np.abs(path.true_loss / path.plane_loss - 1).max() > 1e-4  # the gap is there


def test_the_model_is_left_as_it_was():
    recorder, inputs, labels = walked("batch norm")
    before = copy.deepcopy(recorder.model.state_dict())
    recorder.model.train()
    landscape.plane(recorder, F.cross_entropy, inputs, labels, **QUICK)
    assert recorder.model.training
    assert "forward" not in vars(recorder.model[0])
    for name, tensor in recorder.model.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_samples_in_several_parts_and_points_together_give_the_same(monkeypatch):
    whole, *_ = explored("mlp")
    monkeypatch.setattr(loss_over_plane, "ACTIVATIONS", 80 * 17)  # 17 samples a pass
    monkeypatch.setattr(loss_over_plane, "TOGETHER", 80 * 17 * 5)
    parts, *_ = explored("mlp")
    assert "5 points" in parts.how
    assert np.allclose(whole.loss, parts.loss, rtol=1e-6)
    monkeypatch.setattr("optviz.landscape.first_layer.MOST", 10)
    plain, *_ = explored("mlp")
    assert "the outputs of 0 are too many to keep" in plain.how
    assert np.allclose(whole.loss, plain.loss, rtol=1e-6)


def test_a_layer_of_few_inputs_is_computed_anew():
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))
    recorder = Recorder(model)
    for _ in range(4):
        recorder.snapshot()
        with torch.no_grad():
            for p in model.parameters():
                p.add_(0.1 * torch.randn(p.shape, generator=torch.Generator().manual_seed(_)))
    inputs, labels = samples((5,))
    found = landscape.plane(recorder, F.cross_entropy, inputs, labels, **QUICK)
    assert "0 sums so few inputs" in found.how


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (F.cross_entropy, torch.where(samples((80,))[1] == 2, -100, samples((80,))[1])),
        (F.cross_entropy, F.one_hot(samples((80,))[1], 3).float()),
        (lambda out, y: (out[:, 0] - y).square().mean(), samples((80,))[1]),
    ],
    ids=["ignored classes", "soft labels", "a loss of one's own"],
)
def test_any_mean_may_be_the_loss(loss, targets):
    recorder, inputs, _ = walked("mlp")
    found = landscape.plane(recorder, loss, inputs, targets, **QUICK)
    true = loss_by_torch(
        recorder.model, found.plane.at(float(found.u[2]), float(found.v[5])), [], inputs, targets,
        loss,
    )  # fmt: skip
    assert found.loss[5, 2] == pytest.approx(true, rel=1e-5)


def test_a_loss_that_is_no_number_is_a_gap():
    recorder, inputs, labels = walked("mlp")
    found = landscape.plane(
        recorder, lambda out, y: (9 - out.square().mean()).log(), inputs, labels,
        window=((-9, 9), (-9, 9)), **QUICK,
    )  # fmt: skip
    assert 0 < np.isnan(found.loss).sum() < found.loss.size
    assert found.animate(size=(400, 300)).frame(0).shape == (300, 400, 3)


def test_a_subset_is_drawn_by_its_seed_and_its_error_is_said():
    inputs, labels = samples((80,), 400)
    recorder, _, _ = walked("mlp")

    def of(count, seed=0):
        return landscape.plane(
            recorder, F.cross_entropy, inputs, labels, samples=count, seed=seed, **QUICK
        )

    some, again, other, every = of(100), of(100), of(100, 1), of(None)
    assert np.array_equal(some.loss, again.loss)
    assert not np.array_equal(some.loss, other.loss)
    assert (some.facts.samples, some.facts.population) == (100, 400)
    assert every.facts.standard_error == 0
    # Of 100 out of 400: the spread of each sample's loss by torch, and Cochran's factor.
    with torch.no_grad():
        each = F.cross_entropy(recorder.model.eval()(inputs), labels, reduction="none")
    # Its last snapshot is two steps before the model's end.
    spread = float(each.std()) / 10 * np.sqrt(300 / 399)
    assert some.facts.standard_error == pytest.approx(spread, rel=0.5)
    means = [of(100, seed).trajectories[0].true_loss[-1] for seed in range(12)]
    assert np.std(means) == pytest.approx(spread, rel=0.6)


def test_interrupted_it_keeps_rows_and_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("OPTVIZ_CACHE_DIR", str(tmp_path / "cache"))
    whole, recorder, inputs, labels = explored("mlp")
    assert not (tmp_path / "cache").exists()
    row, computed = loss_over_plane.PlaneLoss.row, []

    def counted(self, u, v):
        if len(u) > 1:
            computed.append(v)
            if len(computed) == 5 and stop:
                raise KeyboardInterrupt
        return row(self, u, v)

    monkeypatch.setattr(loss_over_plane.PlaneLoss, "row", counted)
    stop = True
    with pytest.raises(KeyboardInterrupt, match="4 of 7 rows are kept"):
        landscape.plane(recorder, F.cross_entropy, inputs, labels, **QUICK)
    (kept,) = (tmp_path / "cache").iterdir()
    stop = False
    computed.clear()
    found = landscape.plane(recorder, F.cross_entropy, inputs, labels, **QUICK)
    assert np.allclose(found.loss, whole.loss, rtol=1e-12)
    assert len(computed) == 1 + 3  # one of those kept is computed again, to be sure
    assert not kept.exists()


def test_rows_kept_of_another_loss_are_not_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("OPTVIZ_CACHE_DIR", str(tmp_path))
    whole, recorder, inputs, labels = explored("mlp")
    monkeypatch.setattr(making.Unfinished, "rows", lambda self, width: [np.full(width, 5.0)] * 3)
    found = landscape.plane(recorder, F.cross_entropy, inputs, labels, **QUICK)
    assert np.array_equal(found.loss, whole.loss)


@pytest.fixture(scope="module")
def three():
    """A landscape of three optimizers from the same weights."""
    inputs, labels = samples((80,))
    runs = [
        walked("mlp", 12, kind, **settings)[0]
        for kind, settings in (
            (torch.optim.SGD, {"lr": 0.3}),
            (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
            (torch.optim.Adam, {"lr": 0.02}),
        )
    ]
    return landscape.plane(runs, F.cross_entropy, inputs, labels, samples=40, **QUICK)


def test_all_run_in_one_plane_from_one_start(three):
    starts = {tuple(path.points[0]) for path in three.trajectories}
    assert len(starts) == 1
    assert len({id(path.surface) for path in three.trajectories}) == 1
    assert 0.5 < three.captured < 1
    (u0, u1), (v0, v1) = three.trajectories[0].surface.domain
    for path in three.trajectories:
        assert (path.points > (u0, v0)).all()
        assert (path.points < (u1, v1)).all()
    text = repr(three)
    assert "GD lr=0.3, Momentum lr=0.1, Adam lr=0.02" in text
    assert f"{three.captured:.1%}" in text


def test_marks_are_the_optimizers(three):
    theirs = optviz.animate("booth", ["gd", "momentum", "adam"], steps=3, seconds=1).scene.style
    assert list(three.animate().scene.style.marks) == list(theirs.marks)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("settings", [{}, {"caption": ""}, {"caption": "Look.", "title": "Mine"}])
def test_no_picture_is_without_what_the_plane_hides(three, language, settings):
    """Whatever is asked for, the share captured and the samples stand at the foot and in words."""
    share = percent(three.captured)
    for views in (["contour"], ["relief"], ["distance"]):
        film = three.animate(views=views, language=language, size=(400, 300), **settings)
        texts = [text.get_text().replace("\n", " ") for text in film.scene.figure.texts]
        foot = [text for text in texts if f"{share}\N{NO-BREAK SPACE}%" in text]
        assert len(foot) == 1
        assert "40" in foot[0]
        assert "60" in foot[0]
        assert settings.get("caption", "") in foot[0]
        assert f"{share} %" in film.alt


def test_the_axes_say_what_each_holds(three):
    (path, *_), film = three.trajectories, three.animate(views="contour")
    (panel,) = film.scene.panels
    said = [panel.axes.get_xlabel(), panel.axes.get_ylabel()]
    found = [float(re.search(r"([\d.]+) %", text)[1]) for text in said]
    assert sum(found) == pytest.approx(100 * three.captured, abs=0.2)
    assert path.surface.axis_names("zh")[0].startswith("主成分 1")


def test_panels_draw_the_numbers(three):
    film = three.animate(views=list(LANDSCAPE_PANELS))
    panels = dict(zip(LANDSCAPE_PANELS, film.scene.panels, strict=True))
    film.frame(-1)
    for i, path in enumerate(three.trajectories):
        at = path.steps - path.steps[0]
        assert np.array_equal(panels["contour"].paths[i][at], path.points)
        assert np.array_equal(panels["loss"].paths[i], np.column_stack([at, path.true_loss]))
        assert np.array_equal(panels["loss"].dashed[i][:, 1], path.plane_loss)
        assert np.array_equal(panels["distance"].paths[i][:, 1], path.distance_from_plane)
    first = three.trajectories[0]
    head = panels["distance"].heads.get_offsets()[0]
    assert np.allclose(head, [len(first), first.distance_from_plane[-1]])


def test_a_trail_in_the_relief_runs_at_the_true_loss(three):
    film = three.animate(views="relief")
    (panel,) = film.scene.panels
    path = three.trajectories[0]
    heights = panel.paths[0][path.steps - path.steps[0], 2]
    assert np.allclose(heights, panel._height(path.true_loss) + relief.LIFT)
    assert not np.allclose(heights, panel._height(path.plane_loss) + relief.LIFT, atol=1e-3)


def test_paths_from_the_same_weights_begin_at_one_place():
    recorder, other, elsewhere = (walked("mlp", seed=seed)[0] for seed in (0, 0, 1))
    seen = [
        (each.params, np.full((3, 2), float(i)), np.zeros(3))
        for i, each in enumerate((recorder, other, elsewhere))
    ]
    first, second, third = (points for points, _ in making._together(seen))
    assert (second[0] == first[0]).all()
    assert (second[1:] == 1).all()
    assert (third == 2).all()


@pytest.mark.parametrize(
    ("share", "said"),
    [(1, "100"), (0.99999, "99.9"), (0.8666, "86.6"), (0.35, "35"), (0.0012, "0.1"),
     (0.0000237, "0.0023"), (0, "0"), (1 - 1e-15, "100")],
)  # fmt: skip
def test_a_share_is_said_so_that_it_is_not_more_than_it_is(share, said):
    assert percent(share) == said


def test_scales_and_windows(three):
    assert surface_of.scale_of(np.geomspace(1e-3, 10, 100)) == "log"
    assert surface_of.scale_of(np.linspace(1, 2, 100)) == "linear"
    assert surface_of.scale_of(np.linspace(-5, 5, 100)) == "linear"
    (u0, u1), (v0, v1) = surface_of.window_of([np.array([[0.0, 0], [10, 0.1]])], "paths")
    assert (u0, u1) == pytest.approx((-1.5, 11.5))
    assert v1 - v0 == pytest.approx(0.6 * 10 * 1.3)
    wide = surface_of.window_of([np.array([[0.0, 0], [0.1, 0.1]])], "random")
    assert wide[0][0] <= -1
    assert wide[1][1] >= 1


@pytest.mark.parametrize(
    ("over", "said"),
    [
        (lambda r, x, y: landscape.random(r, r.model), "random direction 2"),
        (lambda r, x, y: landscape.through(r, 0, 2, -1), "direction 2"),
        (lambda r, x, y: landscape.of_hessian(r, r.model, F.cross_entropy, x, y), "eigenvector 2"),
    ],
    ids=["random", "through", "hessian"],
)
def test_other_planes_say_that_they_hold_less(over, said):
    recorder, inputs, labels = walked("mlp")
    best = landscape.plane(recorder, F.cross_entropy, inputs, labels, **QUICK)
    other = landscape.plane(
        recorder, F.cross_entropy, inputs, labels, over=over(recorder, inputs, labels), **QUICK
    )
    assert other.captured < best.captured
    name = other.trajectories[0].surface.axis_names("en")[1]
    assert said in name
    assert f"{percent(other.captured)} %" in name
    assert other.animate(size=(400, 300)).frame(0).any()


def test_records_are_tables_pickles_and_summaries(three):
    table = optviz.to_frame(three.trajectories)
    known = table.dropna(subset="true_loss")
    assert len(known) == sum(len(path.steps) for path in three.trajectories)
    one = known[known["run"] == 2]
    assert np.array_equal(one["u"], three.trajectories[2].points[:, 0])
    assert np.array_equal(one["step"], three.trajectories[2].steps)
    again = pickle.loads(pickle.dumps(three.animate(size=(400, 300))))
    assert np.array_equal(again.frame(-1), three.animate(size=(400, 300)).frame(-1))
    for path in three.trajectories:
        assert f"loss {path.true_loss[-1]:.4g} at the end" in path.summary()


def test_paths_of_two_landscapes_do_not_stand_in_one_picture(three):
    from optviz.animation import Animation

    other, *_ = explored("mlp")
    with pytest.raises(InputError, match="of one landscape"):
        Animation([*three.trajectories, *other.trajectories])


def test_the_page_shows_the_surface_and_the_paths_as_recorded(three, tmp_path, browser):
    film = three.animate(views=["contour", "loss"])
    page = film.save(tmp_path / "page.html")
    text = page.read_text("utf-8")
    (line,) = re.findall(r"^const RECORDED = (.*);$", text, re.MULTILINE)
    recorded = json.loads(line)
    assert recorded["caption"] == film.scene.caption
    assert [racer["rule"] for racer in recorded["racers"]] == ["gd", "momentum", "adam"]
    for racer, path in zip(recorded["racers"], three.trajectories, strict=True):
        assert not racer["canRun"]
        (run,) = racer["runs"]
        at = path.steps - path.steps[0]
        assert np.array_equal(np.reshape(run["points"], (-1, 2))[at], path.points)
        assert np.array_equal(np.array(run["values"])[at], path.true_loss)
    shown = visit(browser, page.as_uri())
    marks = shown.page.evaluate("optviz.model.marks.map(({colour, shape}) => [colour, shape])")
    assert marks == [list(mark) for mark in film.scene.style.marks]
    assert np.array_equal(np.reshape(shown.points(2), (-1, 2))[at], path.points)
    share = percent(three.captured)
    assert f"{share}\N{NO-BREAK SPACE}%" in shown.page.locator("body").inner_text()
    value = shown.page.evaluate(
        f"(() => {{ const at = []; optviz.model.surface.at({three.u[2]}, {three.v[4]}, at);"
        " return at[0]; })()"
    )
    assert value == pytest.approx(three.loss[4, 2], rel=1e-9)
    leave(shown)


def bare():
    recorder = Recorder(nn.Linear(2, 1))
    for i in range(4):
        recorder.snapshot()
        with torch.no_grad():
            recorder.model.weight.add_(torch.tensor([[0.1, 0.2 * i]]))
    return recorder


def of(*given, **settings):
    recorder = bare()
    inputs, targets = torch.ones(5, 2), torch.ones(5, 1)
    arguments = [recorder, F.mse_loss, inputs, targets]
    return landscape.plane(*given, *arguments[len(given) :], **(QUICK | settings))


WRONG = [
    (lambda: of([]), "at least one optviz.Recorder"),
    (lambda: of(5), "at least one optviz.Recorder"),
    (lambda: of(resolution=3), "resolution must be a whole number from 4 to 1001; not 3"),
    (lambda: of(resolution=10**6), "resolution must be a whole number from 4 to 1001"),
    (lambda: of(resolution=7.0), "resolution"),
    (lambda: of(samples=0), "samples must be a whole number from 1"),
    (lambda: of(seed=-1), "seed must be a whole number from 0"),
    (lambda: of(window=((0, 0), (1, 2))), "domain"),
    (lambda: of(bare(), F.mse_loss, torch.ones(5, 2), torch.ones(4, 1)), "of one length"),
    (lambda: of(bare(), F.mse_loss, torch.ones(0, 2), torch.ones(0, 1)), "of one length"),
    (lambda: of(bare(), F.mse_loss, "x", "y"), "inputs must be a tensor or an array"),
    (lambda: of({"": bare()}), "label"),
    (lambda: of(bare(), lambda out, y: out.mean() * torch.nan), "finite somewhere in the plane"),
    (lambda: of(over=landscape.through(walked("mlp")[0], 0, 1, 2)), "of one size"),
    (lambda: of().animate(views="contor"), "did you mean 'contour'"),
]  # fmt: skip


@pytest.mark.parametrize(("do", "part"), WRONG, ids=[part for _, part in WRONG])
def test_what_is_wrong_is_said_in_one_line(do, part):
    with pytest.raises(InputError) as caught:
        do()
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_there_are_samples_of_each_kind():
    assert SAMPLES > 20
    assert set(HOW) == set(MODELS)
