"""JavaScript of rules, schedules and surfaces, printed from the tape of their Python code.

No operation is reordered, so an engine whose ``exp``, ``sin``, ``pow``, ... are those of the
platform's C gives the same bits. The functions that the text calls stand in
``optviz/explorer/js/engine/arithmetic.js``; ``descend.js`` beside it says what each object holds,
and runs it.
"""

from __future__ import annotations

from optviz.translate.javascript.lines import lines_source
from optviz.translate.javascript.rules import (
    rule_entries,
    rule_source,
    schedule_entries,
    schedule_source,
    settings,
)
from optviz.translate.javascript.script import object_source
from optviz.translate.javascript.surface import surface_source

__all__ = [
    "lines_source",
    "object_source",
    "rule_entries",
    "rule_source",
    "schedule_entries",
    "schedule_source",
    "settings",
    "surface_source",
]
