"""The interactive explorer, a page or a widget: ES modules, and JavaScript derived from Python."""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
