"""The tapes that the package brings along: those that SymPy gives today, and used without it."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from commands import python

import surfaces
from optviz import scenarios
from surfaces import build_tapes, built_in, examples
from surfaces.trace import Trace

STALE = "the built-in tapes are stale: run python -m surfaces.build_tapes"
FORMULAS = build_tapes.formulas()


def test_the_formulas_are_those_of_the_catalogue_and_the_lessons():
    shown = [scenarios.get(name).surface.formula for name in scenarios.names()]
    catalogue = [surfaces.get(name).formula for name in surfaces.names()]
    others = [surface.formula for surface in examples.SURFACES]
    assert set(built_in.stored()["formulas"]) == {*catalogue, *shown, *others}, STALE


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_built_in_tape_is_what_sympy_gives(formula):
    record, fresh = built_in.stored()["formulas"][formula], Trace(formula)
    kernel = built_in.BuiltIn(record)
    x, y = np.random.default_rng(0).uniform(-2, 2, (2, 100))
    for ours, new in (
        ([kernel.value(x, y)], [fresh.value(x, y)]),
        (kernel.value_and_gradient(x, y), fresh.value_and_gradient(x, y)),
        (kernel.hessian(x, y), fresh.hessian(x, y)),
    ):
        for part, other in zip(ours, new, strict=True):
            size = np.abs(other).max()
            np.testing.assert_allclose(part, other, rtol=1e-12, atol=1e-13 * size, err_msg=STALE)
    if sympy.__version__ == built_in.stored()["sympy"]:  # others order sums and factors otherwise
        assert record == built_in.record_of(fresh), STALE
        for name in ("value_tape", "gradient_tape", "hessian_tape"):
            assert getattr(kernel, name) == getattr(fresh, name), STALE


def test_the_command_writes_the_file(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build_tapes, "PATH", tmp_path / "tapes.json")
    monkeypatch.setattr(build_tapes, "formulas", lambda: FORMULAS[:1])
    build_tapes.main()
    assert capsys.readouterr().out == f"{tmp_path / 'tapes.json'}\n"
    lines = (tmp_path / "tapes.json").read_text().splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(f'"{FORMULAS[0]}": ')


USES = {
    "import": "import surfaces; surfaces.get('ackley').latex",
    "race": "import optviz; optviz.race('himmelblau')",
    "film": "import optviz; optviz.animate('sphere', seconds=0.2, steps=5).save('race.gif')",
    "anatomy": "import optviz; optviz.animate('ackley', ['adam'], views=['contour', 'anatomy', "
    "'relief', 'profile'], size=(1600, 400), seconds=0.2, steps=5).frame(-1)",
    "curvature": "import surfaces; surfaces.eggholder.hessian([1, 2])",
    "animate": "from optviz.cli.main import main; "
    "main(['animate', 'himmelblau', '--seconds', '0.2', '--steps', '9', '--alt', '-o', 'a.gif'])",
    "run": "from optviz.cli.main import main; main(['run', 'beale', '-o', 'a.csv'])",
}
LESSONS = {
    "page": "from optviz.cli.main import main; main(['page', '-o', 'all.html'])",
    "page of one": "from optviz.cli.main import main; main(['page', 'booth', '-o', 'one.html'])",
    "list": "from optviz.cli.main import main; main(['list', 'scenarios'])",
    "lesson": "import optviz; optviz.animate_scenario('fit-a-line', seconds=0.2).frame(-1)",
}


@pytest.mark.parametrize("use", {**USES, **LESSONS})
def test_what_is_built_in_needs_no_sympy(use, tmp_path):
    code = f"import sys; {(USES | LESSONS)[use]}; print('loaded', *sys.modules)"
    done = python("-c", code, cwd=tmp_path, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert {"loaded", "numpy", "surfaces.surface"} <= set(loaded)
    assert not {"sympy", "torch"} & set(loaded)
    for module in ("inventions", "practice", "lessons", "well_lessons"):
        assert (f"optviz.scenarios.{module}" in loaded) == (use in LESSONS)


def test_an_edited_formula_is_derived_anew():
    edited = surfaces.sphere.formula.replace("x**2", "3*x**2")
    assert isinstance(built_in.kernel_of(surfaces.sphere.formula), built_in.BuiltIn)
    assert isinstance(built_in.kernel_of(edited), Trace)
    assert built_in.kernel_of(edited).at(1.0, 2.0) == (7.0, 6.0, 4.0)
