"""Files and functions of the source are short, and each module says what it does."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path for folder in ("optviz", "surfaces") for path in (ROOT / folder).rglob("*.py")
)
LINES_OF_A_FILE, LINES_OF_A_FUNCTION, COLUMNS = 300, 60, 100


def length(function):
    """Lines of a function, its signature among them and its docstring not."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        text = function.body[0]
        lines -= text.end_lineno - text.lineno + 1
    return lines


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_says_what_it_does(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LINES_OF_A_FILE
    long = {
        node.name: length(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length(node) > LINES_OF_A_FUNCTION
    }
    assert not long
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    assert summary.endswith((".", "::"))
    assert 0 < len(summary) <= COLUMNS


def test_the_source_is_found():
    assert {ROOT / "optviz/__init__.py", ROOT / "surfaces/tape.py"} <= set(SOURCES)


def test_a_long_function_is_measured_without_its_docstring():
    body = "    x = 1\n" * 60
    (function,) = ast.parse(f'def f():\n    """One.\n\n    More.\n    """\n{body}').body
    assert length(function) == 61 > LINES_OF_A_FUNCTION
