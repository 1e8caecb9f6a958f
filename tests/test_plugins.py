"""What users register, by a plugin or an entry point, is known wherever names are read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from commands import ROOT, environment, python
from digits import made
from torch import nn

import optviz
import surfaces
from optviz import mnist
from optviz.export import WRITERS
from optviz.mnist.networks.models import ACTIVATIONS, MODELS
from optviz.optimizers import REGISTRY, Optimizer, parse
from optviz.optimizers.ops import sign
from optviz.scenarios import Scenario, registry
from optviz.scene import PANELS, Panel
from optviz.scene.panels.loss import Loss
from surfaces import CATALOGUE
from surfaces.registry import load_plugin

# One of each kind; the module of `optviz_signs`, which the tests install or name by --plugin.
MODULE = '''
from dataclasses import dataclass

import numpy as np
import optviz
import surfaces
from optviz.optimizers import Optimizer
from optviz.optimizers.ops import sign
from optviz.scene import Panel
from optviz.scenarios import Scenario
from torch import nn


@optviz.register
@dataclass(frozen=True)
class SignDescent(Optimizer):
    """Steps of one length."""

    def rule(self, t, lr, grad):
        return -lr * sign(grad), {}


quartic = optviz.register(
    surfaces.from_formula("x**4 + y**2", ((-2, 2), (-2, 2)), start=(1.5, 1)), "quartic"
)


@optviz.register
class Slopesize(Panel):
    """The gradient's length."""

    def __init__(self, axes, runs, style):
        super().__init__(axes, runs, style)
        self.line = axes.plot([0], [0])[0]
        self.moves(self.line)

    def artists_at(self, at, revealed=1.0):
        norms = np.linalg.norm(self.runs[0].gradients[: int(at) + 1], axis=1)
        self.line.set_data(range(len(norms)), norms)
        yield self.line


@lambda write: optviz.register(write, ".npf")
def write(film, stream, progress):
    """All frames, as NumPy's array."""
    np.save(stream, np.stack([film.rgba(i) for i in range(len(film))]))


optviz.register(nn.SiLU)


@optviz.register
class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, images):
        return self.layers(images)


optviz.register(
    Scenario("signs", {"en": "Signs", "zh": "符号"}, {"en": "It goes.", "zh": "前进。"}, quartic,
             ("signdescent:lr=0.05",), lambda runs: runs[0].values[-1] < runs[0].values[0])
)
'''
TABLES_OF = {"activation": ACTIVATIONS, "model": MODELS}
TABLES = (REGISTRY, CATALOGUE, PANELS, WRITERS, ACTIVATIONS, MODELS)


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """Each test leaves the registries as they were."""
    yield
    for table in (*TABLES, registry()):
        for name in table.added():
            del table[name]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH, in which a package with an entry point is installed."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "optviz_signs.py").write_text(MODULE, encoding="utf-8")
    about = folder / "optviz_signs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: optviz-signs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[optviz.plugins]\nsigns = optviz_signs\n")
    return folder


def command(*arguments: str, path: Path | None = None, cwd: Path) -> Any:
    """The command line in a fresh process, with a folder of packages before ours."""
    folders = ":".join(map(str, [path, ROOT] if path else [ROOT]))
    env = environment(PYTHONPATH=folders, HOME=str(cwd))
    return python("-m", "optviz", *arguments, cwd=cwd, env=env, timeout=300)


@pytest.mark.parametrize(
    ("what", "name"),
    [("optimizers", "signdescent"), ("surfaces", "quartic"), ("views", "slopesize"),
     ("formats", ".npf"), ("scenarios", "signs")],
)  # fmt: skip
def test_an_installed_package_adds_to_each_list(
    what: str, name: str, installed: Path, tmp_path: Path
) -> None:
    listed = command("list", what, path=installed, cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert any(line.startswith(name) for line in listed.stdout.splitlines())
    without = command("list", what, cwd=tmp_path)
    assert not any(line.startswith(name) for line in without.stdout.splitlines())


def test_a_film_is_made_of_what_a_package_adds(installed: Path, tmp_path: Path) -> None:
    done = command("animate", "quartic", "-O", "signdescent:lr=0.1", "--views", "contour,slopesize",
                   "--steps", "5", "--seconds", "0.2", "-o", "film.npf",
                   path=installed, cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (tmp_path / "film.npf").open("rb") as stream:
        assert np.load(stream).shape[1:] == (400, 800, 4)


def test_a_lesson_and_a_run_of_a_package_are_known_by_name(installed: Path, tmp_path: Path) -> None:
    lesson = command("animate", "--scenario", "signs", "--seconds", "0.2", "-o", "s.png",
                     path=installed, cwd=tmp_path)  # fmt: skip
    assert lesson.returncode == 0, lesson.stderr
    saved = command("run", "quartic", "-O", "signdescent", "-o", "run.json",
                    path=installed, cwd=tmp_path)  # fmt: skip
    assert saved.returncode == 0, saved.stderr
    asked = "import optviz; print(repr(optviz.Trajectory.load('run.json').optimizer))"
    read = python("-c", asked, cwd=tmp_path, env=environment(PYTHONPATH=f"{installed}:{ROOT}"))
    assert read.returncode == 0, read.stderr
    assert read.stdout.startswith("SignDescent(")


READ = """
import optviz
for run in optviz.load_all("runs.json"):
    print(run.label, run.lrs[0], optviz.Animation([run]).alt[:7])
    try:
        optviz.descend("booth", run.optimizer)
    except optviz.InputError as error:
        print(error)
"""


def test_a_run_of_a_class_that_is_not_there_is_shown_and_says_what_to_do(
    installed: Path, tmp_path: Path
) -> None:
    saved = command("run", "quartic", "-O", "signdescent:lr=0.1", "-O",
                    "clip(signdescent:lr=0.2,norm=1)", "-o", "runs.json",
                    path=installed, cwd=tmp_path)  # fmt: skip
    assert saved.returncode == 0, saved.stderr
    read = python("-c", READ, cwd=tmp_path)
    assert read.returncode == 0, read.stderr
    first, refused, second, also = read.stdout.splitlines()
    assert first.startswith("SignDescent lr=0.1 0.1 ")
    assert second.startswith("SignDescent+clip lr=0.2")
    for line in (refused, also):
        assert "optviz_signs.SignDescent must be defined first" in line
        assert "optviz.register, --plugin" in line


def test_a_module_beside_the_user_is_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    for arguments in (["--plugin", "mine", "list", "optimizers"],
                      ["list", "optimizers", "--plugin", "mine.py"]):  # fmt: skip
        done = command(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "signdescent:lr=0.01" in done.stdout


def test_a_fresh_process_reads_a_network_of_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    train = ("mnist", "train", "--data", "subset", "--samples", "300", "--epochs", "1")
    done = command(*train, "--model", "tiny", "-O", "signdescent:lr=0.001", "-o", "run",
                   "--plugin", "mine", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    known = command("mnist", "evaluate", "run", "-o", "e", "--plugin", "mine", cwd=tmp_path)
    assert known.returncode == 0, known.stderr
    unknown = command("mnist", "evaluate", "run", "-o", "f", cwd=tmp_path)
    assert unknown.returncode == 2
    assert len(unknown.stderr.splitlines()) == 1
    assert "--plugin" in unknown.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("import nowhere_to_be_found\n", "No module named 'nowhere_to_be_found'"),
     ("1 / 0\n", "ZeroDivisionError"),
     ("def broken(:\n", "SyntaxError"),
     ("import optviz\noptviz.register(3)\n", "not 3"),
     (MODULE.replace('"quartic"', '"booth"'), "'booth', a built-in's")],
)  # fmt: skip
def test_a_plugin_that_cannot_be_imported_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    done = command("list", "optimizers", "--plugin", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_an_installed_plugin_that_is_broken_leaves_the_others(
    installed: Path, tmp_path: Path
) -> None:
    about = tmp_path / "optviz_broken-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: optviz-broken\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[optviz.plugins]\nbad = nowhere_at_all\n")
    done = command("list", "optimizers", path=Path(f"{tmp_path}:{installed}"), cwd=tmp_path)
    assert done.returncode == 0
    assert "signdescent" in done.stdout
    [note] = done.stderr.splitlines()
    assert note.startswith("note: plugin bad of optviz-broken must be")


def test_what_is_built_in_is_found_without_looking_for_plugins(tmp_path: Path) -> None:
    # Their packages may take seconds to import.
    code = (
        "import importlib.metadata as m\n"
        "def refuse(**group): raise AssertionError(group)\n"
        "m.entry_points = refuse\n"
        "import optviz\n"
        "optviz.animate('booth', ['gd', 'adam'], steps=3).frame(-1)\n"
        "try:\n    optviz.race('booth', ['nobody'])\n"
        "except AssertionError as asked:\n    assert 'optviz.plugins' in str(asked)\n"
        "else:\n    raise SystemExit('plugins were not looked for')\n"
    )
    done = python("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def _sign() -> type[Optimizer]:
    @dataclass(frozen=True)
    class Signs(Optimizer):
        def rule(self, t: object, lr: float, grad: object) -> tuple[object, dict[str, object]]:
            return -lr * sign(grad), {}

    return Signs


def test_a_name_is_what_a_spec_says() -> None:
    kind = optviz.register(_sign(), "sign-descent")
    assert str(kind(lr=0.5)) == "sign-descent:lr=0.5"
    assert parse(str(kind(lr=0.5))) == kind(lr=0.5)
    assert str(optviz.race("booth", ["sign-descent"], steps=3)[0].optimizer).startswith("sign-")


def test_a_class_defined_again_takes_its_own_place() -> None:
    optviz.register(_sign())
    again = optviz.register(_sign())
    assert REGISTRY["signs"] is again


def test_two_things_of_one_name_are_refused() -> None:
    with pytest.raises(optviz.InputError, match="name of its own; not 'adam', a built-in's"):
        optviz.register(_sign(), "adam")
    bowl = optviz.register(surfaces.from_formula("x**2 + y**2"), "bowl")
    other = surfaces.from_formula("x**2 + 2*y**2")
    with pytest.raises(optviz.InputError, match=r"'bowl', which .* has"):
        optviz.register(other, "bowl")
    assert surfaces.get("bowl").formula == bowl.formula
    optviz.register(other, "bowl", replace=True)
    assert surfaces.get("bowl").formula == other.formula


def test_the_page_of_all_shows_a_registered_function_from_samples(tmp_path: Path) -> None:
    def ripples(x: float, y: float) -> float:
        return float(np.cos(x) + y**2)

    optviz.register(surfaces.from_function(ripples, ((-3, 3), (-3, 3)), vectorized=False))
    text = optviz.page(path=tmp_path / "all.html").read_text(encoding="utf-8")
    assert '"ripples"' in text or "ripples:" in text


@pytest.mark.parametrize("name", ["", "Bowl", "a b", "a:b", "a,b", "1", 3])
def test_a_name_must_be_one_that_can_be_typed(name: object) -> None:
    with pytest.raises(optviz.InputError, match="surface's name must be"):
        optviz.register(surfaces.from_formula("x**2 + y**2"), name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["clip", "clipvalue", "cosine", "warmup", "torch", "torch.optim", "torch.optim.mine",
             "a:b", "clip(a)", "a,b", "a b", "a=b"],
)  # fmt: skip
def test_an_optimizer_has_no_name_that_specs_give_a_meaning(name: str) -> None:
    with pytest.raises(optviz.InputError, match="optimizer's name must be") as error:
        optviz.register(_sign(), name)
    assert "\n" not in str(error.value)
    assert str(optviz.clip("adam:lr=0.1", norm=1)) == "clip(adam:lr=0.1,norm=1)"


@pytest.mark.parametrize(
    "make", [lambda: optviz.clip("adam", norm=1), optviz.Adam, lambda: _torchs()]
)
def test_classes_of_ours_keep_their_names(make: Callable[[], Optimizer]) -> None:
    made = make()
    before = str(made)
    for name in (None, "mine"):
        with pytest.raises(optviz.InputError, match="must be a class of your own"):
            optviz.register(type(made), name)
    assert str(made) == before
    assert not REGISTRY.added()


def _torchs() -> Optimizer:
    return optviz.from_torch(torch.optim.ASGD, lr=0.1)


def test_things_stand_in_place_of_their_names() -> None:
    signs = _sign()
    scenario = Scenario("own", {"en": "Own"}, {"en": "It goes."}, surfaces.booth,
                        (signs(lr=0.1),), lambda runs: True)  # fmt: skip
    film = optviz.animate_scenario(scenario, seconds=0.2)
    assert film.scene.caption == "It goes."
    assert len(optviz.animate("booth", ["gd"], steps=3, views=("contour", Loss)).scene.panels) == 2
    assert Panel not in PANELS.values()


def test_a_training_takes_networks_themselves() -> None:
    data = mnist.Dataset(*made(train=300, test=50))
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    before = [p.detach().clone() for p in net.parameters()]
    run = mnist.train(data, model=net, epochs=1, samples=200, progress=False)
    assert run.settings.model == "sequential"
    assert all((a == b).all() for a, b in zip(before, net.parameters(), strict=True))
    again = mnist.train(data, model=net, epochs=1, samples=200, progress=False)
    assert run.history.loss == again.history.loss
    other = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    assert mnist.train(data, model=other, epochs=1, samples=200, progress=False).settings.model == (
        "sequential-2"
    )
    assert mnist.train(
        data, activation=nn.Mish, epochs=1, samples=200, progress=False
    ).settings.activation == "mish"  # fmt: skip
    assert mnist.train(
        data, activation=nn.ReLU, epochs=1, samples=200, progress=False
    ).settings.activation == "relu"  # fmt: skip


class Swish(nn.Module):
    """Known in this module alone: a worker has never heard of its name."""

    def forward(self, x):  # type: ignore[no-untyped-def]
        return x * x.sigmoid()


def test_workers_know_what_was_registered() -> None:
    data = mnist.Dataset(*made(train=300, test=50))
    compared = mnist.compare(data, ["gd:lr=0.1"], [Swish, "relu"], seeds=1, samples=200,
                             jobs=2, progress=False)  # fmt: skip
    alone = mnist.train(data, activation="swish", optimizer="gd:lr=0.1", samples=200, epochs=1,
                        progress=False)  # fmt: skip
    [curve] = [r.curve for r in compared.runs if r.settings["activation"] == "swish"]
    np.testing.assert_allclose(curve, alone.history.loss, rtol=1e-5)


def test_a_worker_elsewhere_is_sent_what_a_plugin_defines(tmp_path: Path) -> None:
    from distributed import LocalCluster

    data = mnist.Dataset(*made(train=300, test=50))
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        (tmp_path / "elsewhere.py").write_text(MODULE, encoding="utf-8")
        load_plugin(str(tmp_path / "elsewhere.py"))  # its workers have no such file
        there = mnist.compare(data, ["signdescent:lr=0.001"], ["silu"], seeds=1, samples=200,
                              progress=False, dask=cluster.scheduler_address)  # fmt: skip
    here = mnist.train(data, activation="silu", optimizer="signdescent:lr=0.001", samples=200,
                       epochs=1, progress=False)  # fmt: skip
    np.testing.assert_allclose(there.runs[0].curve, here.history.loss, rtol=1e-5)


def _failing() -> nn.Module:
    raise ValueError("no net")


class Net(nn.Sequential):
    """Softmax regression, made without settings."""

    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 10))


def _deep(hidden: Sequence[int], activation: str, dropout: float) -> nn.Module:
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, hidden[0]), ACTIVATIONS[activation](), nn.Linear(hidden[0], 10)
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [({"activation": lambda: nn.LeakyReLU(0.2)}, "leakyrelu"),
     ({"activation": functools.partial(nn.LeakyReLU, 0.2)}, "leakyrelu"),
     ({"model": lambda: Net()}, "net"),
     ({"model": lambda hidden, activation, dropout: _deep(hidden, activation, dropout)},
      "sequential")],
)  # fmt: skip
def test_what_has_no_name_is_called_as_what_it_makes(
    given: dict[str, Any], name: str, tmp_path: Path
) -> None:
    data = mnist.Dataset(*made(train=300, test=50))
    run = mnist.train(data, epochs=1, samples=200, progress=False, **given)
    [kind] = given
    assert getattr(run.settings, kind) == name
    settings = {"epochs": 1, "samples": 200, "progress": False}
    assert mnist.train(data, **settings, **{kind: name}).history.loss == run.history.loss
    grid = {"activations": ["relu"]} | (
        {"activations": [given[kind], "relu"]} if kind == "activation" else {"model": given[kind]}
    )
    compared = mnist.compare(data, ["gd:lr=0.1"], **grid, seeds=1, samples=200, jobs=2,
                             progress=False)  # fmt: skip
    assert compared.runs[0].settings[kind] == name
    run.save(tmp_path / "run")
    del TABLES_OF[kind][name]
    with pytest.raises(optviz.InputError, match=f"not '{name}'.*; one's own is registered first"):
        mnist.restore(tmp_path / "run")
    optviz.register(given[kind], name, kind=kind)
    assert (mnist.restore(tmp_path / "run").params == run.params).all()
    with pytest.raises(optviz.InputError, match=r"registered with a name: optviz.register"):
        optviz.register(given[kind], kind=kind)


@pytest.mark.parametrize("settings", [{"activation": "tanh"}, {"hidden": (5,)}, {"dropout": 0.5}])
def test_a_setting_that_does_nothing_to_ones_own_model_is_told(settings: dict[str, Any]) -> None:
    data = mnist.Dataset(*made(train=300, test=50))
    usual = {"epochs": 1, "samples": 200, "progress": False}
    with pytest.warns(UserWarning, match=f"^{next(iter(settings))} does nothing to a net network$"):
        mnist.train(data, model=Net, **usual, **settings)
    mnist.train(data, model=_deep, **usual, **settings)  # it takes them


def test_a_comparison_of_ones_own_model_may_vary_what_it_takes() -> None:
    data = mnist.Dataset(*made(train=300, test=50))
    asked = {"seeds": 1, "samples": 200, "jobs": 1, "progress": False}
    compared = mnist.compare(data, ["gd:lr=0.1"], ["relu", "tanh"], model=_deep, **asked)
    assert len({run.validation_loss for run in compared.runs}) == 2
    with pytest.raises(optviz.InputError, match="one value where no model looks at it"):
        mnist.compare(data, ["gd:lr=0.1"], ["relu", "tanh"], model=Net, **asked)


@pytest.mark.parametrize(
    ("bad", "said"),
    [({"model": nn.Linear(3, 3)}, "one for numbers of shape"),
     ({"model": nn.Flatten()}, "turns .* into logits"),
     ({"model": nn.Sequential(nn.Flatten(), nn.BatchNorm1d(784), nn.Linear(784, 10))},
      "^model must be without buffers, .* GroupNorm or LayerNorm has none; not '1.running_mean'"),
     ({"model": nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).double()},
      "must be one for numbers"),
     ({"model": lambda: nn.Flatten()}, r"^model must be one that turns .*; not \(2, 784\)$"),
     ({"model": 3}, "^model must be a torch module, its class, or a function that makes one; not"),
     ({"activation": 3}, "^activation must be a torch module, its class, or a function without"),
     ({"activation": nn.functional.gelu}, "^activation .*; not <.*gelu>: TypeError"),
     ({"activation": lambda: 3}, r"^activation must be .*lambda.*: it makes 3$"),
     ({"model": _failing}, "^model must be .*; not <function _failing .*>: ValueError: no net"),
     ({"activation": nn.Softmax2d}, "numbers of shape"),
     ({"activation": nn.Flatten}, "must be")],
)  # fmt: skip
def test_networks_that_cannot_be_trained_are_refused(bad: dict[str, object], said: str) -> None:
    with pytest.raises(optviz.InputError, match=said) as error:
        mnist.train(mnist.Dataset(*made(train=300, test=50)), **bad)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


def test_a_plugin_that_ends_the_program_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    done = command("list", "optimizers", "--plugin", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "not mine: SystemExit: 3" in done.stderr
