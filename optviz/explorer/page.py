"""The explorer as one HTML file that needs no network and no Python."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import surfaces as catalogue
from optviz import files
from optviz.descent import CLASSICS, race
from optviz.descent.resolve import as_surface
from optviz.explorer.data import module_text, opened_first
from optviz.words import words_of
from surfaces.surface import Surface

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; worker-src blob:">
<title>optviz explorer</title>
<style>
{css}
</style>
<noscript><style>.ov-unscripted {{ visibility: visible; animation: none; }}</style></noscript>
</head>
<body>
<main id="explorer"><div class="ov-unscripted">{unscripted}</div></main>
<script type="module">
{module}
{entry}
</script>
</body>
</html>
"""  # noqa: E501  # one header, one line

_ENTRY = """
const GIVEN = {given};
const RECORDED = {recorded};
const root = document.getElementById("explorer");
globalThis.optviz = optvizExplorer.openPage(root, DATA, GIVEN, RECORDED);
performance.mark("optviz ready");
"""


def page_text(
    given: Sequence[Surface] = (),
    state: dict[str, Any] | None = None,
    kinds: Sequence[Any] = (),
    *,
    whole: bool = True,
    recorded: dict[str, Any] | None = None,
) -> str:
    """The page as text.

    Parameters
    ----------
    given, kinds, whole
        As in `module_text`.
    state : dict, optional
        What the page opens with, in the words of ``state/schema.js``; ``specs`` in place of
        ``racers``.
    recorded : dict, optional
        Runs to be shown as they are, in the words of ``recorded.js``.
    """
    css = (resources.files(__package__) / "explorer.css").read_text(encoding="utf-8")
    entry = _ENTRY.format(given=_literal(state or {}), recorded=_literal(recorded))
    module = module_text(given, kinds, whole=whole)
    return _PAGE.format(css=css, unscripted=_unscripted(), module=module, entry=entry)


def _unscripted() -> str:
    """What stands there until scripts replace it: for viewers that run none."""
    said = words_of("page")["no_scripts"].items()
    return "".join(f'<p lang="{language}">{html.escape(text)}</p>' for language, text in said)


def _literal(value: Any) -> str:
    """A JavaScript literal inside a script element; nan and infinities are NaN and Infinity."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("</", r"<\/").replace("<!--", r"<\!--")


def besides_catalogue(surface: Surface) -> list[Surface]:
    """The surface in a list; an empty list if the catalogue has it."""
    known = surface.name in catalogue.names() and catalogue.get(surface.name) is surface
    return [] if known else [surface]


def page(surfaces: Sequence[Surface | str] = (), path: str | Path = "explorer.html") -> Path:
    """Write the explorer as one HTML file; it opens from disk, offline.

    Parameters
    ----------
    surfaces : sequence of Surface or name
        Those to choose from, with their lessons; the whole catalogue and every lesson unless given.
    path : str or Path
        Ends in ``.html``.

    Raises
    ------
    InputError
        An unknown name, a surface that no formula gives, or a path that cannot be written.
    """
    target = files.check_writable(path, (".html",))
    chosen = [as_surface(surface) for surface in surfaces]
    first = opened_first(chosen)
    # Tuned here, so that the page need not before it shows anything.
    # One that no rate suits is left to the page, which says so.
    races = zip(CLASSICS, race(first, CLASSICS), strict=True)
    specs = [f"~{run.optimizer}" if run.rate_fits else name for name, run in races]
    text = page_text(chosen, {"specs": specs}, whole=not chosen)
    with files.replacing(target) as stream:
        stream.write(text.encode())
    return target
