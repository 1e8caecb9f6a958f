"""What is saved comes back the same: every kind of surface and optimizer, and older files."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

import optviz
import surfaces
from optviz.errors import InputError
from optviz.optimizers import REGISTRY, Optimizer, Rate, schedules, wrappers
from optviz.records.trajectory import Trajectory

AXIS = np.linspace(-2, 2, 9)


def bowl(x, y):
    return x**2 + 3 * y**2


SURFACES = {
    "built-in": lambda: surfaces.rosenbrock,
    "widened": lambda: surfaces.booth.reaching((30, 3)),
    "formula": lambda: surfaces.from_formula(
        "x^2 + exp(y) - y", ((-1, 2), (-3, 4)), minima=((0, 0, 1),), steps=7
    ),
    "samples": lambda: surfaces.from_samples(AXIS, AXIS, np.add.outer(AXIS**2, AXIS**4)),
    "fit_line": lambda: surfaces.fit_line([0, 1, 2, 3], [1.0, 2.9, 5.2, 6.8]),
    "torch": lambda: optviz.torch_surface(bowl, ((-2, 2), (-2, 2)), (1, 1)),
}


@dataclass(frozen=True)
class Mine(Optimizer):
    """A user's own, with settings of every kind."""

    lr: Rate = 0.01
    power: float = 1.5
    pair: tuple[float, float] = (0.5, float("inf"))
    mode: str = "plain"
    flip: bool = False

    def slots(self, zeros):
        return {"_last": zeros}

    def rule(self, t, lr, grad, _last):
        return -lr * (grad + 0.1 * _last), {"_last": grad}


@dataclass(frozen=True)
class Fading(schedules.Schedule):
    lr: Rate = 0.01

    def rule(self, epoch, lr):
        return lr / (1 + epoch)


class HalfStep(torch.optim.Optimizer):
    def __init__(self, params, lr=0.5, words=()):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= 0.5 * group["lr"] * p.grad


OPTIMIZERS = {
    **{name: lambda kind=kind: kind() for name, kind in REGISTRY.items()},
    "scheduled": lambda: optviz.GD(schedules.Warmup(schedules.Cosine(0.01, 20), 5)),
    "own": lambda: Mine(0.02, 2.0, (0.25, 3.0), "other", True),
    "own, infinite": Mine,
    "own schedule": lambda: Mine(Fading(0.02)),
    "own schedule of ours": lambda: optviz.Adam(schedules.Warmup(Fading(0.1), 3)),
    "torch's": lambda: optviz.from_torch(torch.optim.ASGD, lr=0.01),
    "torch's, settings": lambda: optviz.from_torch(
        torch.optim.Adam, lr=0.01, betas=(0.8, 0.99), amsgrad=True, foreach=None
    ),
    "torch's from elsewhere": lambda: optviz.from_torch(HalfStep, lr=0.02, words=("a", 1)),
}
ARRAYS = ("points", "values", "gradients", "steps_taken")


def assert_same_run(back, run):
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(back, name), getattr(run, name))
    assert list(back.states) == list(run.states)
    for slot in run.states:
        np.testing.assert_array_equal(back.states[slot], run.states[slot])
    for name in ("status", "noise", "seed", "rate_fits", "label"):
        assert getattr(back, name) == getattr(run, name), name
    assert back.summary() == run.summary()
    np.testing.assert_array_equal(back.lrs, run.lrs)


def stored(run, suffix, folder):
    return Trajectory.load(run.save(folder / f"run{suffix}"))


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("name", SURFACES)
def test_surfaces_come_back(name, suffix, tmp_path):
    surface = SURFACES[name]()
    run = optviz.descend(surface, "adam:lr=0.05", steps=6, noise=0.1, seed=np.int64(3))
    back = stored(run, suffix, tmp_path)
    assert_same_run(back, run)
    surface = run.surface
    for field in dataclasses.fields(surface):
        if field.name not in ("kernel", "data", "notes"):
            assert getattr(back.surface, field.name) == getattr(surface, field.name), field.name
    if surface.data is not None:
        np.testing.assert_array_equal(back.surface.data, surface.data)
    points = np.random.default_rng(1).uniform(-1.9, 1.9, (50, 2))
    if name == "torch":
        assert "samples" in back.surface.notes[-1]
        np.testing.assert_allclose(back.surface.value(points), surface.value(points), rtol=0.02)
    else:
        assert back.surface.notes == surface.notes
        np.testing.assert_array_equal(back.surface.value(points), surface.value(points))
        again = optviz.descend(back.surface, back.optimizer, steps=6, noise=0.1, seed=3)
        np.testing.assert_array_equal(again.points, run.points)
    views = ["contour", "loss", "anatomy"] + ["data"] * (name == "fit_line")
    frames = [optviz.Animation([r], views=views, size=(600, 300)).frame(-1) for r in (back, run)]
    assert np.ptp(frames[0]) > 100
    if name != "torch":
        np.testing.assert_array_equal(*frames)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_come_back(name, suffix, tmp_path):
    run = optviz.descend("booth", OPTIMIZERS[name](), steps=6)
    back = stored(run, suffix, tmp_path)
    assert back.optimizer == run.optimizer
    assert type(back.optimizer) is type(run.optimizer)
    assert_same_run(back, run)
    assert_same_run(optviz.descend("booth", back.optimizer, steps=6), run)
    assert_same_run(stored(back, suffix, tmp_path), run)


def test_numbers_beyond_the_finite_come_back(tmp_path):
    run = optviz.descend("sphere", optviz.from_torch(torch.optim.Adam, lr=0.1), steps=3)
    states = {name: state.copy() for name, state in run.states.items()}
    states["exp_avg_sq"][1:] = [[np.inf, -np.inf]] * 3
    run = dataclasses.replace(run, states=states)
    for suffix in (".json", ".npz"):
        assert_same_run(stored(run, suffix, tmp_path), run)


CODE = """
import sys
from pathlib import Path
import optviz
from optviz.records.trajectory import Trajectory

if "without torch" in sys.argv:
    sys.modules["torch"] = None
back = Trajectory.load(sys.argv[1])
film = optviz.Animation([back, optviz.descend("booth", "gd", steps=6)])
assert film.frame(-1).std() > 10
print(back.summary(), back.label, back.lrs.tolist(), sep="\\n")
again = back.save(Path(sys.argv[1]).with_name("again.json"))
print(Trajectory.load(again).summary())
assert "own_rules_of_a_user" not in sys.modules
try:
    optviz.descend("booth", back.optimizer, steps=2)
except optviz.InputError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("name", "words", "part"),
    [
        ("own", [], "Mine must be defined first"),
        ("own schedule", [], "Fading must be defined first"),
        ("torch's from elsewhere", [], "HalfStep must be imported first"),
        ("torch's", ["without torch"], "torch must be installed first"),
    ],
)
def test_where_the_class_is_not_at_hand_it_is_shown_but_does_not_run(name, words, part, tmp_path):
    """In a new process, in which nothing but the package is imported."""
    run = optviz.descend("booth", OPTIMIZERS[name](), steps=6)
    path = run.save(tmp_path / "run.json")
    done = subprocess.run(
        [sys.executable, "-c", CODE, path, *words], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    summary, label, rates, again, refused = done.stdout.splitlines()
    assert (summary, label, rates) == (run.summary(), run.label, str(run.lrs.tolist()))
    assert again == run.summary()
    assert part in refused
    assert run.optimizer.title in refused
    assert_same_run(Trajectory.load(tmp_path / "again.json"), run)  # nothing was lost on the way
    assert Trajectory.load(tmp_path / "again.json").optimizer == run.optimizer


def test_a_wrapped_class_of_ones_own_is_made_again(tmp_path, monkeypatch):
    run = optviz.descend("booth", optviz.clip(Mine(0.02), norm=1), steps=4)
    monkeypatch.setattr(wrappers, "_made", {})  # as in a process that has wrapped nothing yet
    body = {"__module__": "elsewhere", "rule": lambda self, t, lr, grad: (-lr * grad, {})}
    other = dataclasses.dataclass(frozen=True)(type("Mine", (Optimizer,), body))
    optviz.clip(other(0.1), norm=1)  # another class of that name
    back = stored(run, ".json", tmp_path)
    assert_same_run(back, run)
    assert_same_run(optviz.descend("booth", back.optimizer, steps=4), run)


def test_an_older_file_of_a_registered_rule_says_what_to_do(tmp_path):
    path = optviz.descend("booth", "gd", steps=4).save(tmp_path / "run.json")
    content = json.loads(path.read_text())
    content["trajectories"][0]["optimizer_record"] = {"spec": "signum:lr=0.1"}
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"not 'signum'.*optviz\.register, --plugin"):
        Trajectory.load(path)


def test_a_setting_that_no_file_can_hold_is_said(tmp_path):
    run = optviz.descend("booth", Mine(mode=frozenset("ab")), steps=4)
    back = stored(run, ".json", tmp_path)
    assert_same_run(back, run)
    with pytest.raises(InputError, match=r"Mine.*frozenset.*cannot be written"):
        optviz.descend("booth", back.optimizer, steps=4)
    with pytest.raises(InputError, match="Mine as it was recorded"):
        optviz.Animation([back], views=["anatomy"])


def test_the_anatomy_of_a_rule_that_is_not_at_hand_says_what_is_missing(tmp_path):
    path = optviz.descend("booth", Mine(0.02), steps=4).save(tmp_path / "run.json")
    content = json.loads(path.read_text())
    content["trajectories"][0]["optimizer_record"]["class"] = "a.Saw"
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"Mine as it was recorded: a\.Saw"):
        optviz.Animation([Trajectory.load(path)], views=["anatomy"])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("optimizer_record",), {"class": "a.B", "settings": [1]}),
        (("surface_record", "minima"), [["a", "b", "c"]]),
        (("status",), "running"),
        (("status",), "lost"),
    ],
)
def test_a_damaged_file_is_one_line(place, value, tmp_path):
    path = optviz.descend("booth", Mine(0.02), steps=3).save(tmp_path / "run.json")
    content = json.loads(path.read_text())
    entry = content["trajectories"][0]
    for key in place[:-1]:
        entry = entry[key]
    entry[place[-1]] = value
    path.write_text(json.dumps(content))
    with pytest.raises(InputError) as caught:
        Trajectory.load(path)
    assert "\n" not in str(caught.value)


def test_a_suffix_may_be_in_capitals(tmp_path):
    path = optviz.descend("booth", "gd", steps=3).save(tmp_path / "run.JSON")
    assert len(Trajectory.load(path)) == 3


def test_a_status_may_be_given_as_text():
    run = dataclasses.replace(optviz.descend("booth", "gd", steps=3), status="diverged")
    assert run.diverged_at == 4
    assert "diverged at step 4" in run.summary()
    assert "diverges at step 4" in optviz.Animation([run]).alt
    with pytest.raises(InputError, match="'finished', 'diverged' or 'left'"):
        dataclasses.replace(run, status="running")


EVIL = [
    {"class": "os.system", "settings": {"command": "echo"}},
    {"class": "antigravity.Fly", "settings": {}},
    {"torch": "torch.hub.load", "settings": {"lr": 0.1}},
    {"torch": "antigravity.Fly", "settings": {"lr": 0.1}},
    {
        "class": "test_saved_runs.Mine",
        "settings": {"lr": {"schedule": "os.system", "settings": {}}},
    },
    {"class": "optviz.optimizers.base.Optimizer", "settings": {}},
]


@pytest.mark.parametrize("change", EVIL, ids=[f"{i}" for i in range(len(EVIL))])
def test_a_file_imports_and_calls_nothing_of_its_own_choosing(change, tmp_path):
    path = optviz.descend("booth", Mine(0.02), steps=3).save(tmp_path / "run.json")
    content = json.loads(path.read_text())
    record = content["trajectories"][0]["optimizer_record"]
    record.pop("class")
    record |= change
    path.write_text(json.dumps(content))
    before = set(sys.modules)
    back = Trajectory.load(path)
    assert not {"antigravity"} & (set(sys.modules) - before)
    with pytest.raises(InputError, match="Mine as it was recorded"):
        optviz.descend("booth", back.optimizer, steps=2)


def test_a_newer_file_is_refused_in_one_line(tmp_path):
    path = optviz.descend("booth", "gd", steps=3).save(tmp_path / "run.json")
    path.write_text(path.read_text().replace('"format": 2', '"format": 3'))
    with pytest.raises(InputError, match="newer optviz") as caught:
        Trajectory.load(path)
    assert "\n" not in str(caught.value)


OLDER = Path(__file__).parent / "saved_runs"  # as the first version wrote them, without a format
BEGINNINGS = {
    "built_in": lambda: optviz.descend("booth", "adam:lr=cosine(0.1,40),amsgrad=true", steps=2),
    "formula": lambda: optviz.descend(
        surfaces.from_formula("x**4 + y**2", ((-1, 2), (-3, 4))), "gd:lr=0.1", steps=2, noise=0.5,
        seed=5,
    ),
    "diverged": lambda: optviz.descend("beale", "gd:lr=10", steps=4),
}  # fmt: skip


@pytest.mark.parametrize("file", ["built_in.json", "built_in.npz", "formula.json", "diverged.npz"])
def test_files_of_the_version_before_open(file):
    back, run = Trajectory.load(OLDER / file), BEGINNINGS[file.partition(".")[0]]()
    for name in ARRAYS:  # rules have been written in another order of operations since
        np.testing.assert_allclose(getattr(back, name), getattr(run, name), 1e-12, 1e-15)
    for name in ("status", "noise", "seed", "rate_fits", "label"):
        assert getattr(back, name) == getattr(run, name), name
    assert back.optimizer == run.optimizer
    assert (back.surface.formula, back.surface.domain) == (run.surface.formula, run.surface.domain)


def test_older_files_of_one_run_hold_the_same_numbers():
    assert_same_run(*(Trajectory.load(OLDER / f"built_in.{kind}") for kind in ("json", "npz")))


def test_one_that_did_not_keep_its_surface_says_what_to_do():
    with pytest.raises(InputError, match=r"samples.*run it again") as caught:
        Trajectory.load(OLDER / "samples.json")
    assert "\n" not in str(caught.value)
