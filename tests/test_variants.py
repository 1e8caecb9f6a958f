"""Variants of a computation as one: each of them is found in the whole, operation by operation."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optviz.explorer.bundle import bundle
from optviz.translate.javascript.body import Body
from optviz.translate.javascript.branches import Flag
from optviz.translate.javascript.script import function
from optviz.translate.merging import merge
from surfaces.tape import TapeWriter

OPERATIONS = {"add": 2, "sub": 2, "mul": 2, "neg": 1, "maximum": 2}
NAMES = ["a", "b", "c", "x"]
VALUES = {"x": 1.7, "y": -0.3, "z": 0.0}
CONSTANTS = [0.0, -0.0, 1.0, 0.5, -3.0]


def ran(operations, results, values):
    """What operations give, by the tests' own interpreter."""
    known = dict(values)
    do = {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "neg": lambda a: -a, "copy": lambda a: a,
        "maximum": lambda a, b: a if a > b or a != a else b,
    }  # fmt: skip
    for name, op, args in operations:
        known[name] = do[op](*[known[a] if isinstance(a, str) else a for a in args])
    return [repr(known[r] if isinstance(r, str) else r) for r in results]


def assert_each_is_found(tapes, labels):
    """The operations of each variant, and their results on numbers, are its own."""
    merged = merge(tapes, labels)
    for variant, (tape, mine) in enumerate(zip(tapes, labels, strict=True)):
        steps = [s.operation for s in merged.steps if s.variants >> variant & 1]
        assert len({s.name for s in steps}) == len(steps)  # a name is given once
        assert VALUES.keys().isdisjoint(s.name for s in steps)
        found = ran(steps, [merged.results[label] for label in mine], VALUES)
        assert found == ran(tape.operations, tape.results, VALUES)
        assert sorted(s.op for s in steps if s.op != "copy") == sorted(
            o.op for o in tape.operations
        )
    return merged


@st.composite
def programs(draw):
    """Statements, some of them under a condition on flags; and what each variant makes of them."""
    flags = draw(st.integers(1, 3))
    statements = []
    for _ in range(draw(st.integers(1, 12))):
        op = draw(st.sampled_from(sorted(OPERATIONS)))
        places = [draw(st.integers(0, 40)) for _ in range(OPERATIONS[op])]
        condition = draw(st.sets(st.integers(0, 2**flags - 1)))
        always = draw(st.booleans())
        target = draw(st.sampled_from(NAMES))
        statements.append((op, places, None if always else condition, target))
    ends = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    optional = draw(st.sets(st.integers(0, 2**flags - 1)))
    return flags, statements, ends, optional


def tape_of(statements, ends, variant):
    writer = TapeWriter()
    scope = {name: writer.input(name) for name in ("x", "y", "z")} | {"a": 0.5, "b": 1.0, "c": -0.0}
    for op, places, condition, target in statements:
        if condition is not None and variant not in condition:
            continue
        values = [*scope.values(), *CONSTANTS]
        scope[target] = writer.write(op, *[values[place % len(values)] for place in places])
    return writer.tape([scope[name] for name in ends])


@settings(max_examples=300, deadline=None)
@given(programs())
def test_each_variant_is_found_in_the_whole(program):
    flags, statements, ends, optional = program
    tapes, labels = [], []
    for variant in range(2**flags):
        mine = ends if variant not in optional else ends[:1]
        tapes.append(tape_of(statements, mine, variant))
        labels.append(mine)
    assert_each_is_found(tapes, labels)


def test_equal_variants_are_one():
    writer = TapeWriter()
    tape = writer.tape([writer.write("mul", writer.write("add", writer.input("x"), 0.5), "x")])
    merged = assert_each_is_found([tape] * 8, [["end"]] * 8)
    assert [step.variants for step in merged.steps] == [255, 255]


def test_what_is_shared_stands_once():
    """x -> -x if the first flag is set; then (x + y) * x, whose root comes with the second."""
    tapes = []
    for variant in range(4):
        writer = TapeWriter()
        x, y = writer.input("x"), writer.input("y")
        if variant & 1:
            x = writer.write("neg", x)
        end = writer.write("mul", writer.write("add", x, y), x)
        if variant & 2:
            end = writer.write("maximum", end, 0.0)
        tapes.append(writer.tape([end]))
    merged = assert_each_is_found(tapes, [["end"]] * 4)
    assert sorted((s.operation.op, s.variants) for s in merged.steps) == [
        ("add", 0b1111), ("copy", 0b0011), ("copy", 0b0101), ("maximum", 0b1100),
        ("mul", 0b1111), ("neg", 0b1010),
    ]  # fmt: skip


@pytest.mark.parametrize("constant", [0.0, -0.0])
def test_zeros_of_both_signs_stay_apart(constant):
    tapes = []
    for value in (constant, -constant):
        writer = TapeWriter()
        x = writer.input("x")
        sums = [writer.write("add", x, value), writer.write("mul", x, value)]
        tapes.append(writer.tape([*sums, value, writer.write("mul", x, -value)]))
    assert_each_is_found(tapes, [["sum", "product", "zero", "other"]] * 2)


def any_program(rng):
    """As those of `programs`, of any shape: what is shared, and what under which flags."""
    flags = rng.randint(1, 4)
    statements = []
    for _ in range(rng.randint(1, 14)):
        op = rng.choice(sorted(OPERATIONS))
        condition = None
        if rng.random() < 0.6:  # often one flag, as in a rule; else any variants
            flag = 1 << rng.randrange(flags)
            some = {v for v in range(2**flags) if v & flag}
            condition = some if rng.random() < 0.7 else set(rng.sample(range(2**flags), flags))
        places = [rng.randrange(40) for _ in range(OPERATIONS[op])]
        statements.append((op, places, condition, rng.choice(NAMES)))
    return flags, statements


def test_a_function_with_branches_is_each_variant_in_a_browser(browser):
    """Printed as JavaScript, with what is used once in its place."""
    rng = random.Random(5)
    functions, expected = [], []
    for _ in range(300):
        flags, statements = any_program(rng)
        tapes = [tape_of(statements, NAMES, variant) for variant in range(2**flags)]
        body = Body(
            merge(tapes, [NAMES] * len(tapes)), [Flag(f"f[{i}]", f"!f[{i}]") for i in range(flags)]
        )
        results = f"return [{', '.join(map(body.result, NAMES))}];"
        functions.append(function("(f, x, y, z) =>", *body.statements(), results))
        expected.append([ran(tape.operations, tape.results, VALUES) for tape in tapes])
    module = f"""{bundle()}
    const functions = [{",".join(functions)}];
    const shown = (value) => Object.is(value, -0) ? "-0" : String(value);
    export const found = (counts, at) => functions.map((run, i) =>
      Array.from({{ length: counts[i] }}, (_, variant) =>
        run([0, 1, 2, 3].map((bit) => Boolean(variant >> bit & 1)), ...at).map(shown)));"""
    load = "text => import(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})))"
    handle = browser.new_page().evaluate_handle(load, module)
    found = handle.evaluate(
        "(module, [counts, at]) => module.found(counts, at)",
        [[len(variants) for variants in expected], list(VALUES.values())],
    )
    for mine, theirs in zip(found, expected, strict=True):
        assert [[repr(float(text)) for text in results] for results in mine] == theirs
