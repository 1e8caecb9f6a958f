"""The names of `optviz.translate.symbols` as presentation MathML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache

from optviz.translate.symbols import Symbol, Word

# Of the letters that people write in LaTeX: `LETTERS`, and those that a class brings.
TOKEN = re.compile(r"\\mathrm\{[^}]*\}|\\[A-Za-z]+|[A-Za-z]+|[0-9]+|\S")
ACCENTS = {r"\hat": "^", r"\tilde": "~", r"\bar": "¯"}
MOMENTS = {
    "t": "<mi>t</mi>",
    "t-1": "<mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow>",
}


@dataclass
class _Scripted:
    """A base in MathML with its scripts. Primes stand at the base: raised they hardly show."""

    base: str
    primes: int = 0
    sub: list[str] = field(default_factory=list)
    sup: list[str] = field(default_factory=list)

    def markup(self) -> str:
        base = self.base
        if self.primes:
            base = f"<mrow>{base}{'<mo>′</mo>' * self.primes}</mrow>"
        sides = {"sub": self.sub, "sup": self.sup}
        scripts = {side: _joined(pieces) for side, pieces in sides.items() if pieces}
        kind = f"m{''.join(scripts)}"
        return f"<{kind}>{base}{''.join(scripts.values())}</{kind}>" if scripts else base


@lru_cache(maxsize=1024)
def mathml(symbol: Symbol) -> str:
    r"""A name, its text escaped; moment and primes belong to the last piece of its letter.

    A letter such as ``\hat{v}`` or ``\eta^-`` may consist of letters, numbers and Greek,
    ``\mathrm``, accents, groups, scripts and primes.
    """
    if isinstance(symbol.base, Word):
        pieces = [_Scripted(_upright(symbol.base.text))]
    else:
        pieces = _pieces(TOKEN.findall(symbol.base.latex)[::-1]) or [_Scripted("<mrow></mrow>")]
    pieces[-1].primes += symbol.primes
    pieces[-1].sub += [MOMENTS[symbol.moment]] if symbol.moment else []
    return _joined([piece.markup() for piece in pieces])


def _pieces(rest: list[str]) -> list[_Scripted]:
    """Pieces up to the end of their group; ``rest`` is in reverse, so that its next piece pops."""
    pieces = []
    while rest and rest[-1] != "}":
        pieces.append(_scripted(rest))
    return pieces


def _scripted(rest: list[str]) -> _Scripted:
    scripted = _Scripted(_base(rest))
    while rest and rest[-1] in "_^'":
        mark = rest.pop()
        if mark == "'":
            scripted.primes += 1
        else:
            (scripted.sub if mark == "_" else scripted.sup).append(_base(rest))
    return scripted


def _joined(pieces: list[str]) -> str:
    return pieces[0] if len(pieces) == 1 else f"<mrow>{''.join(pieces)}</mrow>"


def _base(rest: list[str]) -> str:
    token = rest.pop()
    if token == "{":
        inside = _joined([piece.markup() for piece in _pieces(rest)])
        rest.pop()  # its end
        return inside
    if token in ACCENTS:
        accent = f'<mo stretchy="false">{ACCENTS[token]}</mo>'
        return f'<mover accent="true">{_base(rest)}{accent}</mover>'
    if token.startswith(r"\mathrm"):
        return _upright(token[len(r"\mathrm{") : -1].replace(r"\ ", " "))
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
    text = text.replace(" ", "\N{NO-BREAK SPACE}")
    variant = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{variant}>{html.escape(text)}</mi>"
