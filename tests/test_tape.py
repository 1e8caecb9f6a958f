"""A tape says what was computed: it can be written, read back and run."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surfaces import python
from surfaces.tape import Operation, Tape, TapeWriter

NUMBERS = st.floats(allow_nan=False)


def example():
    """(x - 2.5)^2 / y and its sine, the difference written twice."""
    writer = TapeWriter()
    x, y = writer.input("x"), writer.input("y")
    first, again = (writer.write("sub", x, 2.5) for _ in range(2))
    assert first == again
    quotient = writer.write("div", writer.write("mul", first, again), y)
    return writer.tape([quotient, writer.write("sin", quotient), 1.0])


def test_an_operation_is_written_once():
    assert [operation.op for operation in example().operations] == ["sub", "mul", "div", "sin"]


@pytest.mark.parametrize(("a", "b"), [(0.0, -0.0), (1.0, math.nan), (math.inf, -math.inf)])
def test_constants_that_differ_are_told_apart(a, b):
    writer = TapeWriter()
    assert writer.write("add", "x", a) != writer.write("add", "x", b)
    assert writer.write("add", "x", a) == writer.write("add", "x", a)


def test_a_tape_is_read_back_from_json():
    tape = example()
    assert Tape.from_json(json.loads(json.dumps(tape.to_json()))) == tape


@given(NUMBERS, NUMBERS.filter(bool))
def test_python_printed_from_a_tape_computes_it(x, y):
    run = python.bind(python.source(example()), {"sin": lambda v: v})
    quotient = (x - 2.5) * (x - 2.5) / y
    assert repr(run(x, y)) == repr((quotient, quotient, 1.0))


def test_a_negative_constant_stands_in_brackets():
    assert python.expression(Operation("t0", "sub", ("x", -1.0))) == "x - (-1.0)"
    assert eval(python.expression(Operation("t0", "neg", (-2.0,)))) == 2.0
