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
_from_stub, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """A public name, or an optimizer of the registry that the stub does not have yet."""
    try:
        return _from_stub(name)
    except AttributeError:
        from optviz.optimizers import REGISTRY

        kind = REGISTRY.so_far.get(name.lower())
        if kind is None or kind.__name__ != name:
            raise
        return kind


__version__ = "0.1.0"
