"""optviz shows how optimizers move: surfaces, hand-written optimizers, trajectories, films.

>>> import optviz
>>> optviz.animate("himmelblau").save("himmelblau.gif")  # doctest: +SKIP
"""

import importlib.util
import os.path

import lazy_loader

_found = importlib.util.find_spec("surfaces")
_folder = os.path.dirname(_found.origin or "") if _found else ""
if not (_folder and os.path.exists(os.path.join(_folder, "multipeak.py"))):
    raise ImportError(
        "optviz needs its own package 'surfaces', but Python found another one of that name"
        f" ({_found.origin if _found else 'none'}): uninstall it or rename it"
    )

# The names and where they come from stand in __init__.pyi, for type checkers and for this line.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = "0.1.0"
