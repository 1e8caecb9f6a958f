"""Loss landscapes of any torch model: recorded paths, planes through them, and instruments.

>>> from optviz import landscape
>>> landscape.plane(recorders, loss, inputs, targets).animate().save("x.gif")  # doctest: +SKIP
"""

import lazy_loader

# Lazy: `import optviz` does not wait for torch. The names are in __init__.pyi.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
