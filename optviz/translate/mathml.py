"""The LaTeX of `optviz.translate.latex`'s names as presentation MathML."""

from __future__ import annotations

import html
import re
from functools import lru_cache

TOKEN = re.compile(r"\\mathrm\{[^}]*\}|\\[A-Za-z]+|[A-Za-z]+|[0-9]+|\S")
ACCENTS = {r"\hat": "^", r"\tilde": "~", r"\bar": "¯"}


@lru_cache(maxsize=1024)
def mathml(latex: str) -> str:
    r"""A name such as ``\hat{v}_{t-1}``, ``\eta^-`` or ``\mathrm{push}'``, its text escaped.

    Letters, numbers and Greek, ``\mathrm``, accents, groups, scripts and primes: what
    `optviz.translate.latex.symbol` writes.
    """
    return _row(TOKEN.findall(latex)[::-1])


def _row(rest: list[str]) -> str:
    """Pieces up to the end of their group; ``rest`` is in reverse, so that its next piece pops."""
    pieces = []
    while rest and rest[-1] != "}":
        pieces.append(_scripted(rest))
    return _joined(pieces)


def _scripted(rest: list[str]) -> str:
    """One piece with its scripts. Primes stand at the letter itself: raised they hardly show."""
    base, primes = _piece(rest), ""
    scripts: dict[str, list[str]] = {"sub": [], "sup": []}
    while rest and rest[-1] in "_^'":
        mark = rest.pop()
        if mark == "'":
            primes += "<mo>′</mo>"
        else:
            scripts["sub" if mark == "_" else "sup"].append(_piece(rest))
    if primes:
        base = f"<mrow>{base}{primes}</mrow>"
    sides = {side: _joined(pieces) for side, pieces in scripts.items() if pieces}
    kind = f"m{''.join(sides)}"
    return f"<{kind}>{base}{''.join(sides.values())}</{kind}>" if sides else base


def _joined(pieces: list[str]) -> str:
    return pieces[0] if len(pieces) == 1 else f"<mrow>{''.join(pieces)}</mrow>"


def _piece(rest: list[str]) -> str:
    token = rest.pop()
    if token == "{":
        inside = _row(rest)
        rest.pop()  # its end
        return inside
    if token in ACCENTS:
        accent = f'<mo stretchy="false">{ACCENTS[token]}</mo>'
        return f'<mover accent="true">{_piece(rest)}{accent}</mover>'
    if token.startswith(r"\mathrm"):
        return _upright(token[len(r"\mathrm{") : -1].replace(r"\ ", "\N{NO-BREAK SPACE}"))
    if token.startswith("\\"):
        letter = "∞" if token == r"\infty" else html.unescape(f"&{token[1:]};")
        return _upright(letter) if letter.isupper() else f"<mi>{letter}</mi>"
    if token.isalpha():
        return f"<mi>{token}</mi>"
    if token.isdigit():
        return f"<mn>{token}</mn>"
    return f"<mo>{html.escape(token.replace('-', '−'))}</mo>"


def _upright(text: str) -> str:
    """A word in upright letters; a single letter needs ``mathvariant`` for that."""
    variant = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{variant}>{html.escape(text)}</mi>"
