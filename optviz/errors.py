"""The project's errors under this package's name: the very classes of `surfaces.errors`."""

from surfaces.errors import FormulaError, InputError

__all__ = ["FormulaError", "InputError"]
